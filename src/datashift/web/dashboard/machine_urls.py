"""Addresses for machines and files: they carry no language."""

from __future__ import annotations

from django.urls import path

from datashift.web.dashboard.views import home, releases

urlpatterns = [
    path("", home.home, name="home"),
    path("r/<str:release>", releases.permanent, name="permanent"),
    path("file/<str:release>/<path:name>", releases.file, name="release-file"),
    path("card/<str:release>/<str:language>.png", releases.card, name="card"),
]
