"""Rows that are fetched from other systems: the sources, how each stands, and what can be done with one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import BadPull, BadUpload, DataShiftError
from datashift.language import N_, _
from datashift.web.collection import sources as services
from datashift.web.collection.models import Pulling
from datashift.web.collection.sources import FEWER, FIELDS, KINDS, PULL, Stated, held_up, said_of
from datashift.web.collection.views.access import organisations, person
from datashift.web.collection.views.arrival import EVERY, OPEN
from datashift.web.collection.views.places import named_countries
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import latest, problem, worker_seen
from datashift.web.people.roles import may, needs

WHERE = {
    "kobo": (N_("KoBoToolbox"), N_("The answers of a form, with their corrections.")),
    "odk-central": (N_("ODK Central"), N_("The submissions of a form.")),
    "sheet": (N_("Google Sheets"), N_("A sheet that everybody with the link can read.")),
    "csv": (N_("A table at an address"), N_("CSV, Excel and all other files that can be read here.")),
    "ushahidi": (N_("Ushahidi"), N_("The CSV that Ushahidi exports, at an address.")),
    "wpdx": (N_("Water Point Data Exchange"), N_("Water points that many organisations share.")),
    "openaq": (N_("OpenAQ"), N_("What a sensor of the air measures.")),
    "sensors": (N_("Readings of sensors"), N_("One file, or one for each day.")),
}
HINTS = {
    ("kobo", "address"): N_("Of your server, such as https://kf.kobotoolbox.org"),
    ("kobo", "form"): N_("The id of the form: in its address, behind forms/"),
    ("kobo", "token"): N_("In your account there, under Security: API key"),
    ("odk-central", "address"): N_("Of your server, beginning with https://"),
    ("odk-central", "project"): N_("In the address of the project there"),
    ("odk-central", "form"): N_("The form id, as it stands in the list of forms"),
    ("odk-central", "token"): N_("E-mail address and password of a person who may only read, with a colon between"),
    ("sheet", "address"): N_("As it stands in the browser"),
    ("wpdx", "form"): N_("Leave it empty for all points of WPdx+"),
    ("openaq", "form"): N_("The number of the sensor"),
    ("openaq", "token"): N_("The API key of your account there"),
    ("openaq", "since"): N_("Readings before it are left out"),
    ("sensors", "address"): N_("Where there is one file for each day, write {{year}}, {{month}}, {{day}} or {{date}}"),
    ("sensors", "since"): N_("Only where there is one file for each day"),
}
KEY_HINT = N_("Names of columns, with a comma between. Without them an edited row counts as a new one.")
OFTEN = {
    Pulling.Often.NEVER: (N_("Only when I ask"), N_("It is fetched when somebody asks.")),
    Pulling.Often.HOUR: (N_("Every hour"), N_("It is fetched every hour.")),
    Pulling.Often.DAY: (N_("Every day"), N_("It is fetched every day.")),
    Pulling.Often.WEEK: (N_("Every week"), N_("It is fetched every week.")),
}


@require_safe
@needs("upload")
def sources(request: HttpRequest) -> HttpResponse:
    """List the sources of my organisations with what the last time gave."""
    found = Pulling.objects.filter(organisation__in=organisations(request)).select_related("organisation", "dataset")
    listed = [_standing(one) for one in found.defer("state")]
    return render(request, "collection/pulls.html", {"listed": listed})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def new(request: HttpRequest) -> HttpResponse:
    """Ask where the rows are, then what is needed to fetch them, and fetch them for the first time."""
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in KINDS:
        where = [(one, _(title), _(words)) for one, (title, words) in WHERE.items()]
        return render(request, "collection/pull_new.html", {"where": where})
    if request.method != "POST":
        return _asked(request, kind)
    try:
        mine = {str(one.pk): one for one in organisations(request)}
        if request.POST.get("organisation", "") not in mine:
            raise BadUpload("upload.no-organisation")
        organisation = mine[request.POST["organisation"]]
        made = services.add(organisation=organisation, stated=_stated(request, kind), by=person(request))
    except DataShiftError as refused:
        return _asked(request, kind, refused=refused)
    return redirect("pull", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def source(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how a source stands; fetch it now, accept fewer rows, stop it, or go on."""
    found = _found(request, key)
    if request.method == "POST":
        _acted(request, found)
        return redirect("pull", found.pk)
    facts = _standing(found)
    facts |= {"said": _shown(found), "worker": worker_seen(), "fewer": found.problem.get("code") == FEWER}
    response = render(request, "collection/pull.html", facts)
    if facts["waits"]:
        response["Refresh"] = str(EVERY)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what a source is called, how often it is fetched, and its token; where no rows came yet, all of it."""
    found = _found(request, key)
    if request.method != "POST":
        return _asked(request, found.kind, found)
    try:
        services.change(pulling=found, stated=_stated(request, found.kind), by=person(request))
    except BadPull as refused:
        return _asked(request, found.kind, found, refused)
    return redirect("pull", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("upload")
def delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask, and then forget a source; its data set stays."""
    found = _found(request, key)
    if request.method != "POST":
        return render(request, "collection/pull_delete.html", {"source": found})
    services.delete(pulling=found, by=person(request))
    messages.success(request, _("“{title}” is deleted. The data set stays.").format(title=found.title))
    return redirect("pulls")


def _acted(request: HttpRequest, found: Pulling) -> None:
    act, by = request.POST.get("act", ""), person(request)
    if act in ("fetch", "fewer"):
        services.fetch_now(pulling=found, by=by, fewer=act == "fewer")
    elif act in ("stop", "go-on"):
        services.stop(pulling=found, by=by, stopped=act == "stop")


def _found(request: HttpRequest, key: UUID) -> Pulling:
    found = Pulling.objects.select_related("organisation", "dataset").filter(pk=key).first()
    if found is None or not may(request.user, "upload", found.organisation):
        raise Http404
    return found


def _stated(request: HttpRequest, kind: str) -> Stated:
    said = request.POST
    country = said.get("country", "")
    return Stated(
        title=said.get("title", ""), kind=kind, often=said.get("often", ""),
        fields={name: said.get(name, "") for name in FIELDS},
        country=country if country in dict(named_countries()) else "",
    )  # fmt: skip


def _standing(found: Pulling) -> dict[str, object]:
    """Return what a page says of a source: where, how often, what the last time gave, what is wrong."""
    job = latest(PULL, str(found.pk))
    wrong = ""
    if job is not None and job.state == Job.State.FAILED:
        wrong = problem(job)
    elif found.problem:
        wrong = _(found.problem["text"]).format(**found.problem["facts"])
    return {
        "source": found,
        "where": _(WHERE[found.kind][0]),
        "often": _(OFTEN[Pulling.Often(found.often)][1]),
        "waits": job is not None and job.state in OPEN,
        "held": held_up(found.dataset),
        "gone": found.at is not None and found.dataset is None,
        "problem": wrong,
    }


def _shown(found: Pulling) -> list[tuple[str, str]]:
    said = said_of(found)
    return [(_(words), said[name]) for name, words in FIELDS.items() if name in said]


def _asked(
    request: HttpRequest, kind: str, found: Pulling | None = None, refused: DataShiftError | None = None
) -> HttpResponse:
    """Show the questions about a source with what was said; a token is never shown again."""
    before = {**said_of(found), "title": found.title, "often": found.often, "country": found.country} if found else {}
    said = {name: request.POST.get(name, before.get(name, "")) for name in (*FIELDS, "title", "often", "country")}
    asked = KINDS[kind]
    fixed = bool(found and found.state)
    names = [name for name in (*asked.needs, *asked.may) if name == "token" or not fixed]
    fields = [
        {
            "name": name, "label": _(FIELDS[name]), "hint": _hint(kind, name), "secret": name == "token",
            "needed": name in asked.needs and not (name == "token" and found and found.token),
            "said": "" if name == "token" else said[name],
        }
        for name in names
    ]  # fmt: skip
    facts = {
        "source": found, "kind": kind, "where": _(WHERE[kind][0]), "fields": fields, "said": said, "fixed": fixed,
        "often": [(value, _(words[0])) for value, words in OFTEN.items()], "problem": refused,
        "organisations": organisations(request), "countries": named_countries(),
        "chosen": request.POST.get("organisation", ""),
    }  # fmt: skip
    return render(request, "collection/pull_edit.html", facts, status=400 if refused else 200)


def _hint(kind: str, name: str) -> str:
    if name == "key":
        return _(KEY_HINT)
    hint = HINTS.get((kind, name))
    return _(hint).format() if hint else ""
