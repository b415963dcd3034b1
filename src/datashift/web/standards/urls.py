"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from datashift.web.standards import editing, profile_views, views

urlpatterns = [
    path("", views.registry, name="registry"),
    path("kits/<str:kit>/", views.kit, name="registry-kit"),
    path("kits/<str:kit>/<str:version>/", views.kit, name="registry-kit-version"),
    path("differences/<str:first>/<str:second>/", views.differences, name="registry-differences"),
    path("concepts/", views.concepts, name="registry-concepts"),
    path("codelists/", views.codelists, name="registry-codelists"),
    path("areas/", views.countries, name="registry-areas"),
    path("areas/<str:country>/", views.areas, name="registry-country"),
    path("profiles/", profile_views.profiles, name="profiles"),
    path("profiles/new/", profile_views.change, name="profile-new"),
    path("profiles/<str:profile>/", profile_views.profile, name="profile"),
    path("profiles/<str:profile>/<str:version>/", profile_views.profile, name="profile-version"),
    path("profiles/<str:profile>/<str:version>/change/", profile_views.change, name="profile-change"),
    path("add/", editing.add, name="registry-add"),
]
