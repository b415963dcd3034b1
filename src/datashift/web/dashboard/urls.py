"""Addresses of the public pages, and of the desk where releases are decided."""

from __future__ import annotations

from django.urls import path

from datashift.web.dashboard import consent_desk, desk, rating_desk
from datashift.web.dashboard.views import about, across, organisations, places, releases

urlpatterns = [
    path("", places.start, name="start"),
    path("goals/", places.goals, name="goals"),
    path("goals/<int:number>/", places.goal, name="goal"),
    path("indicator/<str:indicator>/", places.indicator, name="indicator"),
    path("indicator/<str:indicator>/<str:area>/", places.ledger, name="ledger"),
    path("embed/<str:indicator>/<str:area>/", places.embed, name="embed"),
    path("place/<str:area>/", places.place, name="place"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation, name="organisation"),
    path("release/<str:release>/", releases.release, name="release"),
    path("release/<str:release>/figure/<str:measure>/<str:area>/", releases.figure, name="figure"),
    path("release/<str:release>/dossier/", releases.dossier, name="dossier"),
    path("compare/", across.compare, name="compare"),
    path("coverage/", across.coverage, name="coverage"),
    path("coverage/<str:country>/", across.coverage_of, name="coverage-of"),
    path("search/", across.search, name="search"),
    path("methods/", about.methods, name="methods"),
    path("data/", about.api_page, name="api-page"),
    path("withdraw/", consent_desk.withdraw, name="withdraw-answer"),
    path("work/consent/<uuid:key>/", consent_desk.consent, name="consent"),
    path("work/consent/<uuid:key>/receipts/", consent_desk.receipts_file, name="receipts"),
    path("work/review/", desk.queue, name="review-queue"),
    path("work/review/<int:review>/", desk.review, name="review"),
    path("work/release/<str:release>/withdraw/", desk.withdraw, name="withdraw"),
    path("work/release/<str:release>/rate/<str:profile>/", rating_desk.rate, name="rate"),
]
