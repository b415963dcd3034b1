"""How allauth makes accounts, writes letters and tells the record: only by invitation, and in the reader's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from datashift.language import _
from datashift.web.people.letters import post, reading
from datashift.web.people.models import User
from datashift.web.people.services import record
from datashift.web.people.verbs import said_of


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: an invitation makes a person a member of an organisation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: accounts are made by invitations."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return a link to our own origin, whatever host a request claimed to ask."""
        return str(settings.ORIGIN + urlsplit(super().get_reset_password_from_key_url(key)).path)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the link where a new password is chosen."""
        with reading(user.language):
            post(
                email,
                _("A new password"),
                _("You, or somebody else, asked for a new password on DataShift. Choose it here:"),
                self.get_reset_password_from_key_url(f"{context['uid']}-{context['key']}"),
                _("The link works once. If you did not ask for it, do nothing: your password stays as it is."),
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to an address without an account that somebody asked for; allauth sends no other letter by itself."""
        post(
            email,
            _("A new password"),
            _("You, or somebody else, asked for a new password on DataShift. This address has no account there."),
            _("Perhaps your account has another address. If you did not ask, do nothing."),
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Put a change of how somebody signs in on record, and tell that person."""
        verb = template_prefix.rpartition("/")[2].replace("_", "-")
        record(verb, str(user.pk), by=user)
        with reading(user.language):
            post(
                user.email,
                _("How you sign in was changed"),
                said_of(verb) + ".",
                _("If that was not you, tell your administrator today."),
            )

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Put the sign-in on record."""
        record("signed-in", str(user.pk), by=user)
        response: HttpResponse = super().post_login(request, user, **more)
        return response
