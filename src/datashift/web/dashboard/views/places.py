"""Start, goals, indicators, places: where a reader begins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.frame.public import public


@public()
def start(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def goals(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def goal(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def indicator(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def ledger(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def embed(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def place(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})
