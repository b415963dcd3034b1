"""How allauth makes accounts here: only by invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up alone: an invitation makes a person a member of an organisation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: accounts are made by invitations."""
        return False
