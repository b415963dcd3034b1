"""Who may do what. One function decides; every view that is not public asks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from datashift.web.people.models import Organisation, Role, User

EVERYBODY: frozenset[Role] = frozenset(Role)

ACTS: dict[str, frozenset[Role]] = {
    "own-account": EVERYBODY,
    "work": EVERYBODY,
    "upload": frozenset({Role.PRODUCER}),
    "manage-forms": frozenset({Role.PRODUCER}),
    "fieldwork": frozenset({Role.PRODUCER, Role.SUPERVISOR}),
    "see-draft": frozenset({Role.PRODUCER, Role.REVIEWER, Role.SAFETY}),
    "see-findings": frozenset({Role.PRODUCER, Role.REVIEWER, Role.SUPERVISOR, Role.SAFETY}),
    "see-interviewers": frozenset({Role.SUPERVISOR}),
    "decide-appeals": frozenset({Role.SAFETY}),
    "review": frozenset({Role.REVIEWER}),
    "withdraw": frozenset({Role.SAFETY, Role.ADMINISTRATOR}),
    "office-desk": frozenset({Role.OFFICE}),
    "edit-kits": frozenset({Role.EDITOR}),
    "edit-profiles": frozenset({Role.EDITOR, Role.OFFICE}),
    "rate": frozenset({Role.REVIEWER, Role.OFFICE}),
    "manage-people": frozenset({Role.ADMINISTRATOR}),
    "read-record": frozenset({Role.ADMINISTRATOR, Role.SAFETY}),
}
"""The roles that may do each act. A role in an organisation reaches that organisation; one without, all of them."""

NEEDS_NO_ROLE = frozenset({"own-account"})
"""What everybody who is signed in may do, even before anybody gave them a role."""

WITHIN = frozenset({Role.PRODUCER, Role.REVIEWER, Role.SUPERVISOR, Role.SAFETY})
"""The roles that can be held in an organisation."""
FOR_ALL = frozenset(Role) - {Role.PRODUCER, Role.SUPERVISOR}
"""The roles that can be held for the whole site."""


def fits(role: str, organisation: Organisation | None, country: str) -> bool:
    """Say whether a role can be held there; a statistics office has a country, nobody else has."""
    return role in (WITHIN if organisation else FOR_ALL) and bool(country) == (role == Role.OFFICE)


def may(user: User | Any, act: str, organisation: Organisation | None = None) -> bool:
    """Say whether a person may do an act, in an organisation where one is named."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    if act in NEEDS_NO_ROLE:
        return True
    roles = ACTS[act]
    held = {(m.role, m.organisation_id) for m in user.memberships.all()}
    return any(role in roles and (org is None or organisation is None or org == organisation.pk) for role, org in held)


def reached(user: User, act: str) -> frozenset[int] | None:
    """Return the keys of the organisations in which a person may do an act; None means all of them."""
    held = {m.organisation_id for m in user.memberships.all() if m.role in ACTS[act]}
    return None if None in held else frozenset(org for org in held if org is not None)


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
