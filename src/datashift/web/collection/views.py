"""The work desk, and the road from a file to a reviewed figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.web.people.roles import needs


@needs("work")
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person."""
    return render(request, "frame/work.html")
