"""Addresses of the work desk and of the road from a file to a reviewed figure."""

from __future__ import annotations

from django.urls import path

from datashift.web.collection import views

urlpatterns = [
    path("", views.work, name="work"),
]
