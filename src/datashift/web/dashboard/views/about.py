"""How it is done, and how machines read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.dashboard import reading
from datashift.web.dashboard.words import METHODS
from datashift.web.frame.public import public


@public()
def methods(request: HttpRequest) -> HttpResponse:
    """Say in plain words how figures are made, what they need, and what is refused."""
    return render(request, "dashboard/methods.html", {"sections": METHODS})


@public()
def api_page(request: HttpRequest) -> HttpResponse:
    """Show machines the door: addresses that can be copied, formats, licence, embed."""
    one = reading.releases().first()
    return render(request, "dashboard/api_page.html", {"one": one})
