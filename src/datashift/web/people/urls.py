"""Addresses of people, organisations and the record."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
