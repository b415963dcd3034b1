"""How it is done, and how machines read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.frame.public import public


@public()
def methods(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})


@public()
def api_page(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Show the page."""
    return render(request, "frame/refused.html", {"status": 404})
