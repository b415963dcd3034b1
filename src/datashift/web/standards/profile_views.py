"""Assessment profiles: what each office asks of data, for readers; and where an office writes its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datashift.errors import DataShiftError
from datashift.language import _, label
from datashift.standards.areas import world
from datashift.standards.profiles import Profile, catalogue
from datashift.web.frame.public import public
from datashift.web.people.models import User
from datashift.web.people.roles import needs
from datashift.web.standards import profile_form
from datashift.web.standards.models import ProfileVersion
from datashift.web.standards.profiles import (
    add_profile,
    country_of,
    newest_profiles,
    parsed_profile,
    profile_row,
)
from datashift.web.standards.services import order


@public()
def profiles(request: HttpRequest) -> HttpResponse:
    """Show every profile, and the evidence that all of them draw on."""
    rows = newest_profiles()
    told = {
        "profiles": [(row, parsed_profile(row.text)) for row in rows],
        "groups": [(name, [one for one in catalogue().criteria if one.group == key]) for key, name in
                   catalogue().groups.items()],
        "countries": {row.country: label(dict(world()[row.country].names)) for row in rows if row.country in world()},
    }  # fmt: skip
    return render(request, "standards/profiles.html", told)


@public()
def profile(request: HttpRequest, profile: str, version: str = "") -> HttpResponse:
    """Show one version of a profile: gates, criteria, the evidence behind each, and the rule."""
    row = _row(profile, version)
    versions = sorted(ProfileVersion.objects.filter(profile=profile), key=lambda one: order(one.version), reverse=True)
    told = {"row": row, "profile": parsed_profile(row.text), "versions": versions, "names": _names(),
            "country": label(dict(world()[row.country].names)) if row.country in world() else ""}  # fmt: skip
    return render(request, "standards/profile.html", told)


@public()
def profile_file(request: HttpRequest, profile: str, version: str) -> HttpResponse:
    """Answer the text of a profile."""
    row = _row(profile, version)
    response = HttpResponse(row.text.encode(), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.profile}-{row.version}.toml"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs("edit-profiles")
def change(request: HttpRequest, profile: str = "", version: str = "") -> HttpResponse:
    """Write a profile: a new version of one's own, or one's own from somebody else's. Nothing typed is ever lost."""
    user = request.user
    assert isinstance(user, User)
    row = _row(profile, version) if profile else None
    before = parsed_profile(row.text) if row else None
    problem: DataShiftError | None = None
    if request.method != "POST":
        fields = _begin(before, row, user)
    else:
        fields = profile_form.fields_from(request.POST)
        if "more" not in request.POST:
            try:
                text = profile_form.text_of(fields, before)
                made = add_profile(text=text, by=user, base=f"{row.profile}@{row.version}" if row else "")
            except DataShiftError as refused:
                problem = refused
            else:
                messages.success(request, _("The profile is in the registry. This version never changes."))
                return redirect("profile-version", made.profile, made.version)
    told = {"row": row, "fields": profile_form.with_empty(fields), "problem": problem, "groups": _groups()}
    return render(request, "standards/profile_change.html", told, status=400 if problem else 200)


def _begin(before: Profile | None, row: ProfileVersion | None, user: User) -> dict[str, Any]:
    if before is None or row is None:
        empty = Profile(id="new", version="1.0.0", title={"en": ""}, owner="", about={"en": ""})
        return profile_form.fields_of(empty) | {"id": "", "version": "1.0.0", "has_rule": True}
    fields = profile_form.fields_of(before)
    own = not row.shipped and row.country == country_of(user)
    return fields if own else fields | {"id": "", "version": "1.0.0"}


def _row(profile: str, version: str) -> ProfileVersion:
    row = profile_row(profile, version)
    if row is None:
        raise Http404
    return row


def _names() -> dict[str, str]:
    return {one.id: label(one.label) for one in catalogue().criteria}


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (label(name), [(one.id, label(one.label)) for one in catalogue().criteria if one.group == key])
        for key, name in catalogue().groups.items()
    ]
