"""The desk where a reviewer decides, and where a release can be withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def queue(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


def review(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


def withdraw(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})
