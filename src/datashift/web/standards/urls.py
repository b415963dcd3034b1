"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from datashift.web.standards import views

urlpatterns = [
    path("", views.registry, name="registry"),
]
