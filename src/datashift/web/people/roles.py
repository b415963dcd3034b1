"""Who may do what. One function decides; every view that is not public asks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from datashift.web.people.models import Organisation, Role, User

ACTS: dict[str, frozenset[Role]] = {
    "work": frozenset(Role),
    "upload": frozenset({Role.PRODUCER}),
    "see-draft": frozenset({Role.PRODUCER, Role.REVIEWER, Role.SAFETY}),
    "see-findings": frozenset({Role.PRODUCER, Role.REVIEWER, Role.SAFETY}),
    "review": frozenset({Role.REVIEWER}),
    "withdraw": frozenset({Role.SAFETY, Role.ADMINISTRATOR}),
    "office-desk": frozenset({Role.OFFICE}),
    "edit-kits": frozenset({Role.EDITOR}),
    "manage-people": frozenset({Role.ADMINISTRATOR}),
    "read-record": frozenset({Role.ADMINISTRATOR, Role.SAFETY}),
}
"""The roles that may do each act. A role in an organisation reaches that organisation; one without, all of them."""


def may(user: User | Any, act: str, organisation: Organisation | None = None) -> bool:
    """Say whether a person may do an act, in an organisation where one is named."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    roles = ACTS[act]
    held = {(m.role, m.organisation_id) for m in user.memberships.all()}
    return any(role in roles and (org is None or organisation is None or org == organisation.pk) for role, org in held)


def needs(act: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view be reached only by people who may do `act` somewhere; others sign in, or are refused."""

    def made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user, act):
                raise PermissionDenied
            response = view(request, *args, **named)
            response.setdefault("Cache-Control", "no-store")
            return response

        guarded.act = act  # type: ignore[attr-defined]
        return guarded

    return made
