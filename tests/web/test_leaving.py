"""What leaves the site, address by address: nothing about a person, and no figure that is hidden.

Every address is listed here: `RELEASED` answers to everybody, and only of what was released; `OWN` answers to people
with a role about the rows of their own organisation, or to who holds a secret link. An address that is in neither list,
or asks for a word of which no sample is known, fails: a new way out is thought of before it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, path
from django.utils import translation
from marked_form import OPEN_LINK
from marked_people import MARKERS
from marked_world import World, marked_world
from site_reader import arguments, body, filled, found_in, routes

from datashift.web.dashboard.members import opened
from datashift.web.dashboard.models import Release
from datashift.web.people import services as people
from datashift.web.people.models import Organisation, Role, User
from datashift.web.people.roles import ACTS, NEEDS_NO_ROLE
from datashift.web.urls import urlpatterns as own_patterns

pytestmark = pytest.mark.django_db(transaction=True)

RELEASED = frozenset({
    "health", "robots.txt", "", "r/<str:release>", "file/<str:release>/<path:name>",
    "dossier/<str:release>/<str:name>", "card/<str:release>/<str:language>.png",
    "api/v1/openapi.json", "api/v1/releases", "api/v1/releases/<release>", "api/v1/figures", "api/v1/comparisons",
    "api/v1/ledger/<indicator>/<area>", "api/v1/coverage/<country>", "api/v1/indicators", "api/v1/areas",
    "api/v1/organisations", "api/v1/kits", "api/v1/", "sdmx/2.1/data/<str:named>",
    "sdmx/2.1/data/<str:named>/<str:key>", "sdmx/2.1/data/<str:named>/<str:key>/<str:provider>",
    "sdmx/2.1/<str:kind>", "sdmx/2.1/<str:kind>/<str:agency>", "sdmx/2.1/<str:kind>/<str:agency>/<str:name>",
    "sdmx/2.1/<str:kind>/<str:agency>/<str:name>/<str:version>", "registry/kit/<str:kit>/<str:version>/<str:name>",
    "registry/profile/<str:profile>/<str:version>.toml", "registry/list/<str:name>", "en/", "en/goals/",
    "en/goals/<int:number>/", "en/indicator/<str:indicator>/", "en/indicator/<str:indicator>/<str:area>/",
    "en/embed/<str:indicator>/<str:area>/", "en/place/<str:area>/", "en/organisations/",
    "en/organisations/<slug:slug>/", "en/release/<str:release>/",
    "en/release/<str:release>/figure/<str:measure>/<str:area>/", "en/release/<str:release>/dossier/", "en/compare/",
    "en/coverage/", "en/coverage/<str:country>/", "en/search/", "en/methods/", "en/data/", "en/registry/",
    "en/registry/kits/<str:kit>/", "en/registry/kits/<str:kit>/<str:version>/",
    "en/registry/differences/<str:first>/<str:second>/", "en/registry/concepts/", "en/registry/codelists/",
    "en/registry/areas/", "en/registry/areas/<str:country>/", "en/registry/profiles/",
    "en/registry/profiles/<str:profile>/", "en/registry/profiles/<str:profile>/<str:version>/",
    "en/withdraw/", "en/account/login/", "en/account/login/passkey/", "en/account/login/second/", "en/account/logout/",
    "en/account/inactive/", "en/account/join/", "en/account/left/", "en/account/password/reset/",
    "en/account/password/reset/sent/", "en/account/password/reset/done/",
    "en/account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
})  # fmt: skip
"""Nobody finds a marker here, whoever asks, in whatever format and language."""

OWN = frozenset({
    "key/<str:token>/formList", "key/<str:token>/submission", "key/<str:token>/form/<uuid:key>/<int:number>",
    "gateway/<str:token>/sms", "gateway/<str:token>/ussd", "en/work/forms/<uuid:key>/messages/",
    "en/work/forms/<uuid:key>/messages/try/", "en/work/forms/<uuid:key>/messages/<int:number>/stop/",
    "key/<str:token>/form/<uuid:key>/<int:number>/manifest",
    "key/<str:token>/form/<uuid:key>/<int:number>/media/<int:file>",
    "en/work/forms/", "en/work/forms/new/", "en/work/forms/new/kit/", "en/work/forms/new/file/",
    "en/work/forms/phones/", "en/work/forms/phones/new/", "en/work/forms/phones/<int:number>/",
    "en/work/forms/phones/<int:number>/key/", "en/work/forms/phones/<int:number>/stop/",
    "en/work/forms/<uuid:key>/", "en/work/forms/<uuid:key>/stand/", "en/work/forms/<uuid:key>/link/",
    "en/work/forms/<uuid:key>/protection/", "en/work/forms/<uuid:key>/protection/key/",
    "en/work/forms/<uuid:key>/delete/", "en/work/forms/<uuid:key>/add/",
    "en/work/forms/<uuid:key>/version/<int:number>/", "en/work/forms/<uuid:key>/version/<int:number>/questions/",
    "en/work/forms/<uuid:key>/version/<int:number>/figures/", "en/work/forms/<uuid:key>/version/<int:number>/media/",
    "en/work/forms/<uuid:key>/version/<int:number>/form",
    "en/work/forms/<uuid:key>/sample/", "en/work/forms/<uuid:key>/sample/new/",
    "en/work/forms/<uuid:key>/sample/columns/", "en/work/forms/<uuid:key>/sample/number/",
    "en/work/forms/<uuid:key>/sample/draw/", "en/work/forms/<uuid:key>/sample/listing/",
    "en/work/forms/<uuid:key>/sample/assign/", "en/work/forms/<uuid:key>/sample/proof/",
    "en/work/forms/<uuid:key>/sample/unit/<int:number>/", "en/work/forms/<uuid:key>/sample/file/<str:name>",
    "en/work/forms/desk/", "en/work/forms/<uuid:key>/answers/", "en/work/forms/<uuid:key>/answers/decide/",
    "en/work/forms/<uuid:key>/answers/map/", "en/work/forms/<uuid:key>/answers/progress/",
    "en/work/forms/<uuid:key>/answers/again/<int:number>/", "en/work/forms/<uuid:key>/answers/strays/",
    "en/work/forms/<uuid:key>/answers/files/", "en/work/forms/<uuid:key>/answers/files/<str:kind>",
    "en/work/forms/<uuid:key>/answers/<int:number>/", "en/work/forms/<uuid:key>/answers/<int:number>/correct/",
    "en/work/forms/<uuid:key>/answers/<int:number>/remark/",
    "en/work/forms/<uuid:key>/answers/<int:number>/withdraw/",
    "en/work/forms/<uuid:key>/answers/<int:number>/file/<int:file>", "en/fill/<str:token>/reply/<int:number>",
    "en/work/forms/<uuid:key>/gather/", "en/fill/<str:token>/", "en/fill/<str:token>/form.json",
    "en/fill/<str:token>/media/<str:file>", "en/fill/<str:token>/worker.js", "en/fill/<str:token>/submission",
    "en/fill/<str:token>/draft/<str:key>/", "en/fill/<str:token>/draft/<str:key>/check/",
    "en/fill/<str:token>/draft/<str:key>/file/<str:file>", "en/fill/<str:token>/<str:form_id>/",
    "en/fill/<str:token>/<str:form_id>/form.json", "en/fill/<str:token>/<str:form_id>/media/<str:file>",
    "en/fill/<str:token>/<str:form_id>/worker.js", "en/fill/<str:token>/<str:form_id>/submission",
    "en/fill/<str:token>/<str:form_id>/draft/<str:key>/", "en/fill/<str:token>/<str:form_id>/draft/<str:key>/check/",
    "en/fill/<str:token>/<str:form_id>/draft/<str:key>/file/<str:file>",
    "en/fill/web-forms/<str:file>", "en/fill/<str:token>/form.xml", "en/fill/<str:token>/web-forms",
    "en/fill/<str:token>/<str:form_id>/form.xml", "en/fill/<str:token>/<str:form_id>/web-forms",
    "en/work/consent/<uuid:key>/", "en/work/consent/<uuid:key>/receipts/", "en/work/review/",
    "en/work/review/<int:review>/", "en/work/release/<str:release>/withdraw/",
    "en/work/release/<str:release>/rate/<str:profile>/", "en/registry/profiles/new/",
    "en/registry/profiles/<str:profile>/<str:version>/change/", "en/registry/add/", "en/work/", "en/work/new/",
    "en/work/sources/", "en/work/sources/new/", "en/work/sources/<uuid:key>/", "en/work/sources/<uuid:key>/change/",
    "en/work/sources/<uuid:key>/delete/",
    "en/work/<uuid:key>/", "en/work/<uuid:key>/wait/", "en/work/<uuid:key>/progress", "en/work/<uuid:key>/again/",
    "en/work/<uuid:key>/step/<slug:name>/", "en/work/<uuid:key>/column/<int:number>/", "en/work/<uuid:key>/correct/",
    "en/work/<uuid:key>/lead/", "en/work/<uuid:key>/explain/", "en/work/<uuid:key>/interviewers/",
    "en/work/<uuid:key>/interviewers/<int:concern>/", "en/work/appeals/", "en/work/appeals/<int:concern>/",
    "en/work/<uuid:key>/evidence/", "en/work/<uuid:key>/precautions/", "en/work/<uuid:key>/texts/",
    "en/work/<uuid:key>/texts/<int:number>/", "en/work/<uuid:key>/take-back/", "en/work/<uuid:key>/delete/",
    "en/work/<uuid:key>/file/<slug:what>", "en/work/reply/<str:token>/", "en/work/people/", "en/work/people/new/",
    "en/work/people/site/", "en/work/people/organisation/<int:organisation>/",
    "en/work/people/organisation/<int:organisation>/edit/", "en/work/people/role/<int:membership>/take/",
    "en/work/people/person/<int:person>/", "en/work/people/invited/<int:invitation>/withdraw/",
    "en/work/people/record/", "en/work/people/invitation/<str:secret>/", "en/account/", "en/account/email/",
    "en/account/email/<str:token>/", "en/account/leave/", "en/account/again/", "en/account/again/code/",
    "en/account/again/passkey/", "en/account/password/", "en/account/password/set/", "en/account/ways/",
    "en/account/app/", "en/account/app/remove/", "en/account/codes/", "en/account/codes/new/",
    "en/account/codes/file/", "en/account/passkeys/", "en/account/passkeys/add/",
    "en/account/passkeys/<int:pk>/remove/", "en/account/passkeys/<int:pk>/name/",
})  # fmt: skip
"""A marker may stand here for the roles of `ACTS` in the organisation whose rows they are, and for nobody else."""

UNLISTED = (
    "{route}: say in tests/web/test_leaving.py whether it answers of releases alone (RELEASED) or to a role (OWN)."
)
NO_SAMPLE = "{route}: no sample of '{name}' is known; add one that is there to `samples` in tests/web/test_leaving.py."
TELLS = "{path} tells {who} of {word}{where}."
BROKEN = "{path} breaks for {who}."
SILENT = "{route}: no address of it answers, so the walk proves nothing. Give it samples that are there."

Samples = Mapping[str, Sequence[str]]


def samples(world: World, route: str) -> Samples:
    """Return words that are there, for every argument of every route."""
    release, version = world.release, world.release.kit_version
    flow = "DF_" + release.kit.upper().replace("-", "_")
    bundle = opened(release.pk)
    assert bundle is not None
    names = {
        "file": [*bundle.members, "release.zip", "private/evidence.zip", "evidence.zip", "observations.parquet"],
        "dossier": [f"{code}.{kind}" for code in ("en", "es", "sw", "ne") for kind in ("html", "pdf")],
        "registry/kit": ["kit.toml", "form.xlsx"], "registry/list": ["KE.csv", "KE-crosswalk.csv"],
        "sdmx": [flow, "all"],
        "en/work": ["file", "rows", "kit", "columns", "place", "asked", "findings", "result", "who", "review"],
    }  # fmt: skip
    areas = sorted({figure.area for figure in release.figures.all()})
    return {
        "release": [release.pk], "language": ["en", "ne"], "indicator": [release.indicator], "country": ["ZZ", "KE"],
        "area": [release.country, *areas], "measure": [one["id"] for one in release.measures],
        "number": ["0", "1", "11", "16"],
        "slug": [release.organisation.slug], "named": [flow, f"DATASHIFT,{flow},{version}"],
        "key": _keys(world, route), "provider": ["all", "DATASHIFT"], "agency": ["DATASHIFT", "all"],
        "kind": ["dataflow", "datastructure", "codelist", "conceptscheme", "structure"], "kit": [release.kit],
        "version": ["1.0.0", "latest"], "first": [f"{release.kit}@{version}"], "second": [f"{release.kit}@{version}"],
        "profile": ["ons", "kesqaf"], "review": [str(world.review.pk)], "concern": [str(world.concern.pk)],
        "token": [world.concern.token], "what": ["upload", "recipe", "bundle", "evidence"], "pk": ["1"], "file": ["1"],
        "organisation": [str(release.organisation_id)], "membership": ["1"], "person": ["1"], "invitation": ["1"],
        "secret": ["none"], "name": next((words for start, words in names.items() if route.startswith(start)), []),
    } | _of_forms(world, route)  # fmt: skip


def _of_forms(world: World, route: str) -> Samples:
    """Return what is there of forms: for their people, for phones, for whoever answers."""
    made = world.collected
    form, answer = str(made.form.pk), str(made.answer.pk)
    if route.startswith("en/work/forms/"):
        files = [str(one.pk) for one in made.answer.attachments.all()]
        names = ["drawn.csv", "record.json", "sample.csv"]
        return {"key": [form], "number": ["1", answer, str(made.unit.pk)], "file": files, "name": names,
                "kind": ["csv", "xlsx", "geopackage"]}  # fmt: skip
    if route.startswith("key/"):
        return {"token": [made.code], "key": [form], "number": ["1"], "file": [str(made.media.pk)]}
    if route.startswith("gateway/"):
        return {"token": ["nothing"]}
    if route.startswith("en/fill/"):
        return {"token": [OPEN_LINK, made.code], "form_id": [made.form.form_id], "key": [made.draft],
                "file": [made.media.name], "number": [answer]}  # fmt: skip
    return {}


def _keys(world: World, route: str) -> list[str]:
    return ["all", "A......"] if route.startswith("sdmx") else [str(world.published.pk), str(world.draft.pk)]


QUERIES: Mapping[str, Sequence[str]] = {
    "format": ["json", "csv", "xml", "sdmx-csv-1.0", "sdmx-ml-2.1", "sdmx-ml-3.0", "sdmx-json"],
    "language": ["es", "sw", "ne"], "limit": ["1", "1000"], "after": ["0"], "state": ["all"], "country": ["ZZ"],
    "organisation": ["water-watch"], "verdict": ["cannot_tell"], "period": ["2024"], "detail": ["full", "dataonly"],
    "references": ["all", "descendants"], "startPeriod": ["2020"], "endPeriod": ["2030"], "q": ["Dunave", "Tavelia"],
    "goal": ["16"], "place": ["ZZ"], "breakdown": ["", "SEX=F"], "group": ["SEX=F"], "profile": ["ons"],
    "includeHistory": ["true"], "dimensionAtObservation": ["TIME_PERIOD"], "updatedAfter": ["2020-01-01"],
    "firstNObservations": ["1"], "lastNObservations": ["1"],
}  # fmt: skip
"""What can be asked with a question mark; the words for the others are those of the samples."""


def questions(view: Any, known: Samples) -> Iterator[str]:
    """Yield the address ends that a public view knows, one parameter at a time."""
    yield ""
    for name in getattr(view, "parameters", ()):
        yield from (f"?{name}={word}" for word in (QUERIES.get(name) or known.get(name) or [""]))


def every_route() -> list[tuple[str, str, Any]]:
    """Return all routes under their English address: the last page asked for may have been in another language."""
    with translation.override("en"):
        return list(routes())


# --- the walk ---------------------------------------------------------------------------------------------------------


def unknown(known: Callable[[str], Samples]) -> list[str]:
    """Return what is not said of an address: in which list it is, and what is there for its arguments."""
    told = [UNLISTED.format(route=route) for route, _name, _view in every_route() if route not in RELEASED | OWN]
    listed = [route for route, _name, _view in every_route() if route in RELEASED | OWN]
    return told + [NO_SAMPLE.format(route=route, name=name) for route in listed for name in arguments(route)
                   if not known(route).get(name)]  # fmt: skip


def released(
    clients: Mapping[str, Client], known: Callable[[str], Samples], words: Sequence[str]
) -> tuple[list[str], set[str]]:
    """Ask every address that is not `OWN`; return what tells of a word, and the routes that answered.

    Nobody asks them all, in every format, and each route in every language; the others ask each route once: a page for
    everybody is the same for everybody (see test_public_routes.py).
    """
    told, answered = [], set()
    for route, _name, view in every_route():
        if route in OWN or any(not known(route).get(name) for name in arguments(route)):
            continue
        here = filled(route, known(route))
        spoken = [here[0].replace("/en/", f"/{language}/", 1) for language in ("es", "sw", "ne")]
        for place, address in enumerate([*here, *(one for one in spoken if one not in here)]):
            for end in questions(view, known(route)):
                asking = clients if not (place or end) else {"nobody": clients["nobody"]}
                for who, client in asking.items():
                    status, found = _asked(client, address + end, words)
                    answered |= {route} if status in (200, 302) else set()
                    told += [BROKEN.format(path=address + end, who=who)] if status == 500 else []
                    told += [TELLS.format(path=address + end, who=who, word=word, where=where) for where, word in found]
    return told, answered


def own(
    clients: Mapping[str, tuple[Client, str, bool]], known: Callable[[str], Samples], words: Sequence[str]
) -> tuple[list[str], set[str]]:
    """Ask every address of `OWN`; return what tells a word to somebody outside, and what told it to somebody inside."""
    told, inside = [], set()
    acts = {route: getattr(view, "act", "") for route, _name, view in every_route()}
    for route in sorted(OWN):
        for address in filled(route, known(route)):
            for who, (client, role, at_home) in clients.items():
                _status, found = _asked(client, address, words)
                may = at_home and (acts[route] in NEEDS_NO_ROLE or role in ACTS.get(acts[route], ()))
                if may:
                    inside |= {address for _one in found}
                else:
                    told += [TELLS.format(path=address, who=who, word=word, where=where) for where, word in found]
    return told, inside


def _asked(client: Client, address: str, words: Sequence[str]) -> tuple[int, list[tuple[str, str]]]:
    answer = client.get(address)
    heads = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return answer.status_code, [*found_in(body(answer), words), *found_in(heads.encode(), words)]


@pytest.fixture
def world(organisation: Organisation, person: Callable[..., User], site: Any) -> World:
    return marked_world(
        organisation, person("producer", organisation), person("reviewer", organisation), person("office", None, "ZZ")
    )


def quiet(client: Client) -> Client:
    client.raise_request_exception = False
    return client


# --- claims -----------------------------------------------------------------------------------------------------------


def test_nothing_leaves_that_is_about_a_person_or_hidden(
    world: World, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    @cache
    def known(route: str) -> Samples:
        return samples(world, route)

    assert unknown(known) == []
    assert len(world.markers) > len(world.digits) > 4
    other = people.add_organisation(name="Other People", by=None)
    home = ("producer", "reviewer", "safety", "supervisor")
    insiders = {f"the {role}": (quiet(signed_in(person(role, organisation))), role, True) for role in home}
    outsiders = {
        "nobody": (quiet(Client()), "", False),
        "somebody without a role": (quiet(signed_in(person())), "", False),
        **{f"the {role} of another house": (quiet(signed_in(person(role, other))), role, False) for role in home},
        **{f"the {role}": (quiet(signed_in(person(role, None, "KE" if role == "office" else ""))), role, False)
           for role in ("office", "editor", "administrator")},
    }  # fmt: skip
    assert {role for _client, role, _home in chain(insiders.values(), outsiders.values())} >= set(Role.values)

    assert numbers_of_hidden_figures(world.release) == []
    told, answered = released({who: one[0] for who, one in (outsiders | insiders).items()}, known, world.markers)
    assert told == []
    silent = sorted(SILENT.format(route=route) for route in RELEASED - answered - SILENT_BY_NATURE)
    assert not silent, silent
    told, inside = own(insiders | outsiders, known, world.markers)
    assert told == []
    assert any("/file/upload" in address for address in inside), "the walk sees a marker where one stands"
    assert any("/interviewers/" in address for address in inside)


SILENT_BY_NATURE = frozenset({
    "health", "api/v1/",
    "en/account/login/passkey/", "en/account/login/second/", "en/account/logout/", "en/account/password/reset/done/",
    "en/account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
})  # fmt: skip
"""The state of a site without a worker, the root of the API, and ways in that answer in the middle of signing in."""


def numbers_of_hidden_figures(release: Release) -> list[Any]:
    """The small numbers themselves cannot be searched for: so every record of a hidden figure is looked at."""
    hidden = {(one.measure, one.area) for one in release.figures.filter(status="Q")}
    assert {area for _measure, area in hidden} == {"ZZ-CERULA", "ZZ-DUNAVE"}
    records = Client().get(f"/api/v1/figures?release={release.pk}&limit=1000").json()["items"]
    numbers = ("value", "se", "lower", "upper", "n", "n_eff", "deff", "df")
    told = [one for one in records if (one["measure"], one["area"]) in hidden and any(one[name] for name in numbers)]
    pages = [f"/en/release/{release.pk}/figure/{measure}/{area}/" for measure, area in sorted(hidden)]
    return told + [page for page in pages if "<data " in Client().get(page).content.decode()]


def test_what_goes_wrong_tells_nobody_s_name() -> None:
    with override_settings(ROOT_URLCONF=_Leaking):
        clear_url_caches()
        for address in ("/fails", "/en/nothing/", "/en/release/Quillabong/", "/api/v1/figures?limit=Quillabong"):
            answer = quiet(Client()).get(address)
            assert answer.status_code in (404, 422, 500), address
            told = [word for _where, word in found_in(body(answer), MARKERS)]
            assert told == [] or "Quillabong" in address, address
    clear_url_caches()


# --- that it can fail -------------------------------------------------------------------------------------------------


def leaks(_request: HttpRequest) -> HttpResponse:
    """Answer what no page may."""
    return HttpResponse("Asked by Wilhelmine Oxbarrow")


def fails(_request: HttpRequest) -> HttpResponse:
    """Stop, with somebody's name in the reason."""
    raise ValueError("Zephyrine Quillabong cannot be divided by zero")


class _Leaking:
    urlpatterns = (
        path("leak", leaks), path("fails", fails), path("api/v1/health/<str:heart>", leaks), *own_patterns,
    )  # fmt: skip
    handler404, handler500 = "datashift.web.frame.views.not_found", "datashift.web.frame.views.failed"


def test_a_new_address_that_leaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(_route: str) -> Samples:
        return {}

    assert not [one for one in unknown(known) if "RELEASED" in one], "nothing is unlisted as the site is"
    with override_settings(ROOT_URLCONF=_Leaking):
        clear_url_caches()
        complaints = unknown(known)
        assert UNLISTED.format(route="leak") in complaints
        monkeypatch.setattr(f"{__name__}.RELEASED", RELEASED | {"api/v1/health/<str:heart>"})
        assert NO_SAMPLE.format(route="api/v1/health/<str:heart>", name="heart") in unknown(known)
        told, answered = released({"nobody": quiet(Client())}, known, ["Oxbarrow"])
    clear_url_caches()
    assert "leak" in answered
    assert TELLS.format(path="/leak", who="nobody", word="Oxbarrow", where="") in told
    assert BROKEN.format(path="/fails", who="nobody") in told
    assert len(told) == 2
