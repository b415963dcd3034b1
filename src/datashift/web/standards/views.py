"""The registry for readers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.frame.public import public


@public()
def registry(request: HttpRequest) -> HttpResponse:
    """Show what the registry holds."""
    return render(request, "frame/refused.html", {"status": 404})
