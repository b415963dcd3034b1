"""The bare address: to the start page in the reader's language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers


def home(request: HttpRequest) -> HttpResponse:
    """Send the reader to the start page in the language that the browser asks for."""
    response = HttpResponseRedirect(reverse("start"))
    patch_vary_headers(response, ["Accept-Language"])
    return response
