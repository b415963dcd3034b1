"""Across places and indicators: comparison, coverage, search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.frame.public import public


@public()
def compare(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def coverage(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def coverage_of(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def search(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})
