"""One's own account: name, language, how one signs in, address, leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from datashift.language import _
from datashift.web.people import services
from datashift.web.people.forms import Account, Address
from datashift.web.people.letters import post
from datashift.web.people.models import User
from datashift.web.people.roles import may, needs

View = Callable[..., HttpResponse]

_SALT = "datashift.people.address"
_DAY = 86_400
_asked_again: Callable[[View], View] = reauthentication_required
"""Who changes how to sign in, or leaves, says once more who they are."""


@needs("own-account")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account, and change name and language."""
    user: Any = request.user
    form = Account(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        services.change_account(user=user, **form.cleaned_data)
        messages.success(request, _("Your account was changed."))
        with override(form.cleaned_data["language"]):
            return redirect("my-account")
    ways = Authenticator.objects.filter(user=user)
    return render(request, "people/account.html", {
        "form": form,
        "passkeys": [one.wrap().name for one in ways if one.type == Authenticator.Type.WEBAUTHN],
        "app": any(one.type == Authenticator.Type.TOTP for one in ways),
        "codes": next((len(one.wrap().get_unused_codes()) for one in ways
                       if one.type == Authenticator.Type.RECOVERY_CODES), None),
        "manages": may(user, "manage-people"), "reads": may(user, "read-record"),
        "memberships": user.memberships.select_related("organisation").order_by("organisation__name", "role"),
    })  # fmt: skip


@needs("own-account")
@_asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address; a letter to it brings the link that makes it ours. Whether it is taken is not told."""
    user: Any = request.user
    form = Address(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent:
        address = form.cleaned_data["email"].lower()
        if not User.objects.filter(email=address).exists():
            token = signing.dumps([user.pk, user.email, address], salt=_SALT)
            link = settings.ORIGIN + reverse("my-email-confirm", args=[token])
            post(address, _("Confirm your e-mail address"),
                 _("Open this link and confirm, so that this address is yours on DataShift. It works for one day:"),
                 link, _("If you did not ask for this, do nothing."))  # fmt: skip
    return render(request, "people/email.html", {"form": form, "sent": sent})


@needs("own-account")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Take the new address, when whoever opens the letter is the one who asked for it."""
    user: Any = request.user
    try:
        person, before, address = signing.loads(token, salt=_SALT, max_age=_DAY)
    except signing.BadSignature:
        person, before, address = 0, "", ""
    good = (person, before) == (user.pk, user.email) and not User.objects.filter(email=address).exists()
    if good and request.method == "POST":
        services.change_email(user=user, email=address)
        messages.success(request, _("Your e-mail address was changed."))
        return redirect("my-account")
    shown = {"good": good, "address": address}
    return render(request, "people/email_confirm.html", shown, status=200 if good else 410)


@needs("own-account")
@_asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Say what leaving means, and close the account of who wants that."""
    if request.method == "POST":
        user = User.objects.get(pk=str(request.user.pk))
        services.close_account(user=user, by=user)
        logout(request)
        return redirect("left")
    return render(request, "people/leave.html")


@needs("own-account")
@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    """Lead from the place where allauth ends a change of how one signs in to one's own account."""
    return redirect("my-account")
