"""Where a form begins: from a kit with its places and languages, or from an XLSForm; and where it gets a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import BadFieldwork, InputError
from datashift.language import _, label
from datashift.model import Area, Kit
from datashift.standards.areas import area_label, countries, kind_label, known_areas, world
from datashift.web.fieldwork import services
from datashift.web.fieldwork.kept import MOST_FORM_BYTES, File
from datashift.web.fieldwork.views.access import organisations, person, the_form
from datashift.web.people.models import Organisation
from datashift.web.people.roles import needs
from datashift.web.standards.services import kit_of, newest, parsed

if TYPE_CHECKING:
    from datashift.forms.problem import Problem

ACT = "manage-forms"


@dataclass(frozen=True)
class Places:
    """The places of one kind in a country, such as its regions."""

    kind: str
    label: str
    areas: tuple[tuple[str, str], ...]


@require_safe
@needs(ACT)
def new(request: HttpRequest) -> HttpResponse:
    """Show the kits as cards, and the way for a form of one's own."""
    kits = sorted((parsed(row.text) for row in newest()), key=lambda kit: label(kit.title).casefold())
    return render(request, "fieldwork/form_new.html", {"kits": kits})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def from_kit(request: HttpRequest) -> HttpResponse:
    """Ask for places and languages; make the form of a kit."""
    kit = kit_of(request.POST.get("kit") or request.GET.get("kit", ""))
    if request.method != "POST":
        return _ask(request, kit)
    country = request.POST.get("country", "")
    try:
        form = services.add_form(
            organisation=_organisation(request), kit=f"{kit.id}@{kit.version}", by=person(request),
            places=_chosen_places(request, country), languages=_chosen_languages(request),
            listed=request.POST.get("listed") == "1",
        )  # fmt: skip
    except BadFieldwork as found:
        return _ask(request, kit, found)
    messages.success(request, _("The form is made. Nobody has it yet: look at it, then publish it."))
    return redirect("form-version", form.pk, 1)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def from_file(request: HttpRequest) -> HttpResponse:
    """Ask for an XLSForm; keep it as a draft, or tell what is wrong in it."""
    facts: dict[str, Any] = {"form": None, "organisations": list(organisations(request, ACT))}
    if request.method != "POST":
        return _ask_for_file(request, facts)
    try:
        file = sent(request, MOST_FORM_BYTES)
        form = services.add_uploaded(organisation=_organisation(request), file=file, by=person(request))
    except InputError as found:
        return _ask_for_file(request, facts, found)
    messages.success(request, _("The form is kept as a draft. Nobody has it yet: look at it, then publish it."))
    return redirect("form-version", form.pk, 1)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def add(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for another version of a form as XLSForm; keep it as a draft beside the one that phones have."""
    form = the_form(request, key, ACT)
    facts: dict[str, Any] = {"form": form, "organisations": []}
    if request.method != "POST":
        return _ask_for_file(request, facts)
    try:
        version = services.add_version(form=form, file=sent(request, MOST_FORM_BYTES), by=person(request))
    except InputError as found:
        return _ask_for_file(request, facts, found)
    messages.success(request, _("The version is kept as a draft. Phones keep the one before until you publish it."))
    return redirect("form-version", form.pk, version.number)


def sent(request: HttpRequest, most: int) -> File:
    """Return the file that came along; one that is too large is not read. Raises BadFieldwork."""
    found = request.FILES.get("file")
    if found is None:
        raise BadFieldwork("fieldwork.no-file")
    name = found.name or "form.xlsx"
    if (found.size or 0) > most:
        raise BadFieldwork("fieldwork.file-too-large", file=name, most=f"{most >> 20} MB")
    return File(name, found.read())


# --- what is asked ----------------------------------------------------------------------------------------------------


def _ask(request: HttpRequest, kit: Kit, problem: BadFieldwork | None = None) -> HttpResponse:
    mine = list(organisations(request, ACT))
    asked = request.POST if request.method == "POST" else request.GET
    country = asked.get("country") or (mine[0].country if mine else "")
    facts = {
        "kit": kit,
        "organisations": mine,
        "countries": [(code, area_label(world()[code])) for code in countries()],
        "country": country if country in countries() else "",
        "places": _places(country),
        "spoken": [(code, name) for code, name in settings.LANGUAGES if code in kit.title],
        "reviewed": kit.reviewed,
        "chosen": set(request.POST.getlist("place")) | set(request.POST.getlist("all")),
        "languages_chosen": request.POST.getlist("language") or [request.LANGUAGE_CODE],
        "problem": problem,
    }
    return render(request, "fieldwork/form_kit.html", facts, status=400 if problem else 200)


def _places(country: str) -> list[Places]:
    """Return the places of today of a country by kind, the largest first; [] where no list of them ships."""
    if country not in countries():
        return []
    kinds: dict[str, list[Area]] = {}
    today = timezone.localdate()
    for area in sorted(known_areas(country).values(), key=lambda area: (area.level, area_label(area))):
        if area.level and area.valid_on(today):
            kinds.setdefault(area.kind, []).append(area)
    return [
        Places(kind, kind_label(kind), tuple((area.id, area_label(area)) for area in found))
        for kind, found in kinds.items()
    ]


def _chosen_places(request: HttpRequest, country: str) -> list[str]:
    """Return the places that were ticked, and those of the kinds of which all were, in the order of the page."""
    ticked, kinds = set(request.POST.getlist("place")), set(request.POST.getlist("all"))
    offered = [(one.kind, place) for one in _places(country) for place, _label in one.areas]
    known = [place for kind, place in offered if kind in kinds or place in ticked]
    return known + sorted(ticked - {place for _kind, place in offered})


def _chosen_languages(request: HttpRequest) -> list[str]:
    """Return the languages that were ticked. That of the page comes first: the form and its title are in it."""
    return sorted(request.POST.getlist("language"), key=lambda code: code != request.LANGUAGE_CODE)


def _organisation(request: HttpRequest) -> Organisation:
    found = organisations(request, ACT).filter(pk=_number(request.POST.get("organisation", ""))).first()
    if found is None:
        raise BadFieldwork("fieldwork.no-organisation")
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _ask_for_file(request: HttpRequest, facts: dict[str, Any], problem: InputError | None = None) -> HttpResponse:
    """Show the page for a file; where the form in it has faults, with all of them, sheet by sheet."""
    told = isinstance(problem, BadFieldwork) and problem.code == "fieldwork.faults"
    faults = [one for one in _noticed(request) if one.level != "hint"] if told else []
    facts |= {"problem": problem, "faults": faults, "most": MOST_FORM_BYTES >> 20}
    return render(request, "fieldwork/form_file.html", facts, status=400 if problem else 200)


def _noticed(request: HttpRequest) -> list[Problem]:
    found = request.FILES.get("file")
    if found is None:
        return []
    found.seek(0)
    return services.noticed_in(sent(request, MOST_FORM_BYTES))
