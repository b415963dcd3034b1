"""Addresses of people, organisations, invitations and the record."""

from __future__ import annotations

from django.urls import path

from datashift.web.people.views import invitation, organisations, record

urlpatterns = [
    path("", organisations.organisations, name="people"),
    path("new/", organisations.new, name="people-new"),
    path("site/", organisations.members, name="people-site"),
    path("organisation/<int:organisation>/", organisations.members, name="people-organisation"),
    path("organisation/<int:organisation>/edit/", organisations.edit, name="people-edit"),
    path("role/<int:membership>/take/", organisations.take, name="people-take"),
    path("person/<int:person>/", organisations.person, name="people-person"),
    path("invited/<int:invitation>/withdraw/", organisations.withdraw, name="people-withdraw"),
    path("record/", record.record, name="people-record"),
    path("invitation/<str:secret>/", invitation.invitation, name="invitation"),
]
