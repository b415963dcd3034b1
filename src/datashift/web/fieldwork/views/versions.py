"""A version of a form: what was noticed, what it changes, its texts, its files; and where it is published."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.errors import BadXForm, InputError, Unreadable
from datashift.language import N_, _
from datashift.web.fieldwork import services
from datashift.web.fieldwork.filling import form_of, left_blank
from datashift.web.fieldwork.kept import MOST_MEDIA_BYTES
from datashift.web.fieldwork.models import FormVersion
from datashift.web.fieldwork.promised import unprotected
from datashift.web.fieldwork.views.access import person, the_version
from datashift.web.fieldwork.views.new_forms import sent
from datashift.web.people.roles import needs
from datashift.web.standards.services import newest, parsed

ACT = "manage-forms"
LEVELS = {
    "fault": N_("Must be put right"),
    "warning": N_("Answers will suffer from it"),
    "hint": N_("Think about it"),
}
TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def version(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Show what was noticed in a version and what it changes; publish it."""
    found = the_version(request, key, number, ACT)
    if request.method != "POST":
        return render(request, "fieldwork/form_version.html", _told(found))
    if unprotected(found.form, found.xform) and request.POST.get("seen") != "1":
        messages.error(request, _("Look at the protected questions that are gone, and tick the box."))
        return redirect(f"{reverse('form-version', args=[found.form.pk, found.number])}#publish")
    try:
        services.publish_version(version=found, by=person(request))
    except InputError as problem:
        return render(request, "fieldwork/form_version.html", _told(found) | {"problem": problem}, status=400)
    messages.success(request, _("Published. Phones get it the next time they ask for forms."))
    return redirect("form", found.form.pk)


@require_safe
@needs(ACT)
def questions(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Show the questions of a version in all its languages, side by side."""
    found = the_version(request, key, number, ACT)
    previews = import_module("datashift.web.fieldwork.previews")
    form = import_module("datashift.web.fieldwork.layouts").read(found.xform)
    names = dict(settings.LANGUAGES)
    facts = {
        "form": found.form,
        "version": found,
        "lines": previews.lines(form),
        "tongues": [(code, names.get(code, code)) for code in previews.tongues(form)],
        "gaps": previews.gaps(form),
        "kinds": previews.KINDS,
    }
    return render(request, "fieldwork/form_questions.html", facts)


@require_safe
@needs(ACT)
def figures(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Say which figures can be computed from the answers, and what would have to be asked for others."""
    found = the_version(request, key, number, ACT)
    kits = [parsed(row.text) for row in newest()]
    sources: Any = import_module("datashift.web.fieldwork.sources")
    told = sources.figures(services.source(found), kits)
    titles = {kit.id: kit.title for kit in kits}
    facts = {"form": found.form, "version": found, "titles": titles, "told": told, "verdicts": sources.VERDICTS}
    return render(request, "fieldwork/form_figures.html", facts)


@require_POST
@needs(ACT)
def media(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Add a file to a version."""
    found = the_version(request, key, number, ACT)
    try:
        made = services.add_media(version=found, file=sent(request, MOST_MEDIA_BYTES), by=person(request))
    except InputError as problem:
        return render(request, "fieldwork/form_version.html", _told(found) | {"problem": problem}, status=400)
    messages.success(request, _("The file {name} was added.").format(name=made.name))
    return redirect("form-version", found.form.pk, found.number)


@require_safe
@needs(ACT)
def workbook(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Answer the XLSForm of a version, as it came or as it was made from the kit."""
    found = the_version(request, key, number, ACT)
    if not found.source_sha256:
        raise Http404
    file = services.source(found)
    ending = next((ending for ending in TYPES if file.name.lower().endswith(ending)), ".xlsx")
    response = HttpResponse(file.data, content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="form-{found.number}{ending}"'
    return response


def blank_in_browser(found: FormVersion) -> list[str]:
    """Return the names of questions that the browser form leaves blank; nothing where the form cannot be read."""
    try:
        return left_blank(form_of(found))
    except (BadXForm, Unreadable):
        return []


def _told(found: FormVersion) -> dict[str, Any]:
    problems = services.noticed(found) if found.source_sha256 else []
    levels = [(_(words), [one for one in problems if one.level == level]) for level, words in LEVELS.items()]
    return {
        "form": found.form,
        "version": found,
        "levels": [(words, found_ones) for words, found_ones in levels if found_ones],
        "changes": import_module("datashift.web.fieldwork.changes").changes_of(found),
        "missing": services.missing_media(found),
        "unprotected": unprotected(found.form, found.xform),
        "media": list(found.media.order_by("name")),
        "kinds": ",".join(services.MEDIA_KINDS),
        "most": MOST_MEDIA_BYTES >> 20,
        "blank": blank_in_browser(found),
        "newest": not found.form.versions.filter(number__gt=found.number).exists(),
        "problem": None,
    }
