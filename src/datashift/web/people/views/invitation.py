"""The way in and out: an invitation is accepted by a new person, or by one who has an account."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from datashift.language import _
from datashift.web.people import services
from datashift.web.people.forms import FirstAccount, NewAccount
from datashift.web.people.models import Invitation, User


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what an invitation offers, and take it."""
    found = services.invitation_of(secret)
    if found is None:
        return render(request, "people/invitation_gone.html", status=410)
    if request.user.is_authenticated:
        return _joined(request, found, secret)
    first = services.is_first(found)
    form = (FirstAccount if first else NewAccount)(request.POST or None, address=found.email)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data.get("email", found.email).lower()
        if User.objects.filter(email=address).exists():
            form.add_error(None, _("There is an account with this address. Sign in, then open the link again."))
        else:
            return _made(request, secret, form.cleaned_data, first)
    return render(request, "people/invitation.html", {"form": form, "invitation": found, "first": first})


def _joined(request: HttpRequest, found: Invitation, secret: str) -> HttpResponse:
    if request.method == "POST":
        user: Any = request.user
        services.join(secret=secret, by=user)
        messages.success(request, _("You accepted the invitation."))
        return redirect("my-account")
    return render(request, "people/invitation_join.html", {"invitation": found})


def _made(request: HttpRequest, secret: str, told: dict[str, Any], first: bool) -> HttpResponse:
    person = services.set_up(secret=secret, **told) if first else services.accept(secret=secret, **told)
    with override(told["language"]):
        response: HttpResponse = perform_login(request, person, redirect_url=reverse("work"))
    return response


@require_safe
def by_invitation(request: HttpRequest) -> HttpResponse:
    """Say how one gets an account."""
    return render(request, "people/by_invitation.html")


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Say goodbye to who left."""
    return render(request, "people/left.html")


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do where a page was sent that this browser was not given: open too long, or without cookies."""
    return render(request, "people/stale.html", status=403)
