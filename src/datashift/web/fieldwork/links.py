"""Who may fill in what: an address names a form by its open link, or an enumerator by a key."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404

from datashift.web.fieldwork.models import Enumerator, Form, FormVersion
from datashift.web.fieldwork.phones import digest


class Link(NamedTuple):
    """What an address leads to: a form in the version that is given out, and who fills it in (None: anybody)."""

    form: Form
    version: FormVersion
    enumerator: Enumerator | None


def holder(token: str) -> Enumerator | None:
    """Return whose key this is; None where it is nobody's, or was stopped."""
    return Enumerator.objects.select_related("organisation").filter(digest=digest(token), stopped=None).first()


def forms_of(enumerator: Enumerator) -> list[Form]:
    """Return the forms that somebody fills in now, by title."""
    return list(enumerator.forms.filter(state=Form.State.PUBLISHED).order_by("title"))


def link(token: str, form_id: str = "") -> Link:
    """Return what an address leads to: with `form_id`, a form of an enumerator; without, one with an open link.

    Raises Http404 where there is none, so that nobody can tell a wrong address from an old one.
    """
    enumerator = holder(token) if form_id else None
    if form_id and enumerator is None:
        raise Http404
    open_to = Form.objects.filter(open_link=token) if enumerator is None else enumerator.forms.filter(form_id=form_id)
    form = open_to.select_related("organisation", "seal_key").filter(state=Form.State.PUBLISHED).first()
    version = form.versions.exclude(published=None).order_by("-number").first() if form else None
    if form is None or version is None:
        raise Http404
    version.form = form
    return Link(form, version, enumerator)


def taker(token: str, form_id: str = "") -> tuple[Form, Enumerator | None]:
    """Return to which form something is sent, and by whom: also one that is closed, or whose key was stopped since, for
    what was filled in before is not lost. Raises Http404.
    """
    if not form_id:
        form = Form.objects.select_related("organisation", "seal_key").filter(open_link=token).first()
        if form is None:
            raise Http404
        return form, None
    enumerator = Enumerator.objects.select_related("organisation").filter(digest=digest(token)).first()
    found = Form.objects.select_related("organisation", "seal_key").filter(
        organisation=enumerator.organisation_id if enumerator else None, form_id=form_id
    )
    form = found.first()
    if form is None:
        raise Http404
    return form, enumerator
