"""A release: its figures step by step, its dossier, its files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.frame.public import public


@public()
def release(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def figure(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def dossier(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def permanent(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def file(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def card(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})
