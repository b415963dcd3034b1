"""Who reaches what: every address is public, or asks for an act; every role is asked at every door.

What is stated stands in docs/reference/roles.md. The table of addresses there is written by this module:
    DATASHIFT_WRITE_ROLES=1 python -m pytest tests/web/test_access.py
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from site_reader import routes

from datashift.web.collection.models import Dataset, Review, Run, Upload
from datashift.web.people import services
from datashift.web.people.models import Organisation, Role, User
from datashift.web.people.roles import ACTS, NEEDS_NO_ROLE

pytestmark = pytest.mark.django_db
DOC = Path(__file__).parents[2] / "docs" / "reference" / "roles.md"
OPEN = {
    "health", "robots", "home", "permanent", "release-file", "dossier-file", "card", "reply", "invitation",
    "withdraw-answer",
    "openrosa-forms", "openrosa-submission", "openrosa-form", "openrosa-manifest", "openrosa-media", "gateway-sms",
    "gateway-ussd", "fill", "fill-own", "fill-reply",
    *(f"{start}-{what}" for start in ("fill", "fill-own")
      for what in ("program", "media", "worker", "submission", "page", "check", "file", "xform", "web-forms")),
    "fill-web-forms-part",
    "account_login", "mfa_login_webauthn", "mfa_authenticate", "account_logout", "account_inactive", "account_signup",
    "left", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done",
    "account_reset_password_from_key",
}  # fmt: skip
"""Addresses for everybody that are not kept as public pages: the state of the site, files, and the way in."""
SAMPLES = {
    "release": "nothing", "path": "release.zip", "str": "nothing", "slug": "nothing", "int": "99999",
    "uuid": "00000000-0000-0000-0000-000000000000",
}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """An address of the site: its route, its name, what it asks for."""

    route: str
    name: str
    act: str

    @property
    def path(self) -> str:
        """Return an address that fits the route, about things that are not there."""
        filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: SAMPLES[found[1] or "str"], self.route)
        return "/" + filled


def _doors() -> Iterator[Door]:
    for route, name, view in routes():
        act = getattr(view, "act", "") or ("public" if getattr(view, "is_public", False) else "")
        yield Door(route, name, act or ("open" if name in OPEN else ""))


def _table(title: str) -> list[list[str]]:
    section = DOC.read_text("utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def _lines() -> list[str]:
    doors = ((one.route.removeprefix("en/"), "●" if one.route.startswith("en/") else " ", one.act) for one in _doors())
    return [f"| `{route or '/'}` | {spoken} | {act} |" for route, spoken, act in doors]


DOORS = [one for one in _doors() if one.act not in ("public", "open", "")]
WHO = ["nobody", "without a role", *Role.values]


def test_every_address_is_public_or_asks_for_an_act_that_is_known() -> None:
    doors = list(_doors())
    assert len(doors) > 80
    assert [one.route for one in doors if not one.act] == []
    assert {one.act for one in DOORS} <= set(ACTS)
    known = {one.name for one in doors}
    assert known >= OPEN


def test_the_page_about_roles_says_who_may_do_what() -> None:
    rows = _table("Who may do what")
    stated = {row[0]: {role for role, cell in zip(Role.values, row[2:], strict=True) if cell == "●"} for row in rows}
    assert stated == {
        act: set() if act in NEEDS_NO_ROLE else {str(role) for role in roles} for act, roles in ACTS.items()
    }


def test_the_page_about_roles_names_every_address() -> None:
    text = DOC.read_text("utf-8")
    if os.environ.get("DATASHIFT_WRITE_ROLES"):
        head, mark, _rest = text.partition("| address | in a language | asks for |\n|---|---|---|\n")
        DOC.write_text(head + mark + "\n".join(_lines()) + "\n", "utf-8")
    stated = [f"| `{row[0]}` | {row[1] or ' '} | {row[2]} |" for row in _table("Every address")]
    assert stated == _lines()


def _expected(who: str, act: str) -> set[int]:
    if who == "nobody":
        return {302}
    inside = act in NEEDS_NO_ROLE or (who in Role.values and Role(who) in ACTS[act])
    return {200, 302, 400, 404, 405, 410} if inside else {403}


@pytest.mark.parametrize("who", WHO)
def test_every_role_is_let_in_or_refused_at_every_door_as_stated(
    who: str, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    role = who if who in Role.values else ""
    inside = organisation if role in ("producer", "reviewer", "supervisor") else None
    client = Client() if who == "nobody" else signed_in(person(role, inside, "TZ" if role == "office" else ""))
    client.raise_request_exception = False
    wrong = []
    for door in DOORS:
        allowed = _expected(who, door.act)
        methods = ("get", "post") if allowed in ({302}, {403}) else ("get",)
        for method in methods:
            answer = getattr(client, method)(door.path)
            if answer.status_code not in allowed | {405}:
                wrong.append((method, door.path, answer.status_code))
            if who == "nobody" and answer.status_code == 302 and "/account/login/?next=" not in answer["Location"]:
                wrong.append((method, door.path, answer["Location"]))
    assert wrong == []


def test_what_belongs_to_one_person_is_kept_by_no_cache(
    person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(person("administrator"))
    for path in ("/en/account/", "/en/work/people/", "/en/work/people/record/", "/en/work/"):
        kept = client.get(path).get("Cache-Control", "")
        assert "no-store" in kept or "private" in kept


# --- things of one organisation are not for another -------------------------------------------------------------------


@pytest.fixture
def dataset(organisation: Organisation, person: Callable[..., User], site: Path) -> Dataset:
    """A data set under review, with a draft bundle and evidence in the store."""
    owner = person("producer", organisation)
    upload = Upload.objects.create(sha256="a" * 64, name="answers.csv", size=3, organisation=organisation, by=owner)
    made = Dataset.objects.create(
        organisation=organisation, upload=upload, title="Wells", country="TZ", state=Dataset.State.IN_REVIEW,
        created_by=owner, recipe="title = 'Wells'\n",
    )  # fmt: skip
    folder = f"datasets/{made.pk}/1"
    for name in ("release.zip", "private/evidence.zip"):
        (site / folder / name).parent.mkdir(parents=True, exist_ok=True)
        (site / folder / name).write_bytes(b"PK")
    (site / "raw").mkdir(exist_ok=True)
    (site / "raw" / ("a" * 64)).write_bytes(b"a,b")
    told = {"rows_in": 1, "rows_used": 1, "explained": [], "findings": [], "estimates": [], "measures": [],
            "finding": {"en": "Wells work."}, "comparisons": [], "limits": [], "uncertainty": {"en": ""}, "charts": [],
            "bundle_id": "none", "simulated": False}  # fmt: skip
    run = Run.objects.create(dataset=made, number=1, recipe=made.recipe, folder=folder, told=told)
    Review.objects.create(run=run, asked_by=owner)
    return made


def _inside(dataset: Dataset) -> list[str]:
    key = str(dataset.pk)
    paths = [one.path.replace(SAMPLES["uuid"], key) for one in DOORS if "<uuid:" in one.route]
    paths += [f"/en/work/{key}/file/{what}" for what in ("upload", "recipe", "bundle", "evidence")]
    return [*paths, f"/en/work/review/{Review.objects.get().pk}/"]


@pytest.mark.parametrize("role", ["producer", "reviewer", "safety", "office", "editor", "administrator"])
def test_nobody_of_another_house_reaches_what_is_not_published(
    role: str, dataset: Dataset, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    other = services.add_organisation(name="Other People", by=None)
    house = other if role in ("producer", "reviewer", "safety") else None
    client = signed_in(person(role, house, "KE" if role == "office" else ""))
    paths = _inside(dataset)
    assert len(paths) > 10
    before = Dataset.objects.values().get(), Review.objects.values().get()
    reached = [
        (method, path, answer.status_code)
        for path in paths
        for method in ("get", "post")
        if (answer := getattr(client, method)(path)).status_code not in (403, 404, 405)
    ]
    assert reached == []
    assert (Dataset.objects.values().get(), Review.objects.values().get()) == before


def test_rows_are_for_the_house_itself(
    dataset: Dataset, organisation: Organisation, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    def status(user: User, what: str) -> int:
        answer = signed_in(user).get(f"/en/work/{dataset.pk}/file/{what}")
        assert b"".join(answer)  # a file is closed by reading it to its end
        return int(answer.status_code)

    house = [person(role, organisation) for role in ("producer", "reviewer", "safety")]
    abroad = [person("reviewer"), person("safety"), person("administrator")]
    assert {status(one, what) for one in house for what in ("upload", "evidence", "bundle", "recipe")} == {200}
    assert {status(one, what) for one in abroad for what in ("upload", "evidence")} <= {403, 404}


def test_a_statistics_office_reads_what_was_shown_to_its_country_and_nothing_else(
    dataset: Dataset, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    path = f"/en/work/review/{Review.objects.get().pk}/"
    home, abroad = signed_in(person("office", country="TZ")), signed_in(person("office", country="KE"))
    assert home.get(path).status_code == 404
    Review.objects.update(for_office=True)
    assert (home.get(path).status_code, abroad.get(path).status_code) == (200, 404)
    assert home.post(path, {"decision": "release", "read": "1"}).status_code in (403, 404)
    assert home.get(f"/en/work/{dataset.pk}/file/evidence").status_code in (403, 404)


@pytest.mark.parametrize(
    "name", ["evidence.zip", "private/evidence.zip", "../site.sqlite3", "..%2Fsite.sqlite3", "rejects.csv"]
)
def test_no_public_address_leads_to_rows_or_to_the_store(dataset: Dataset, site: Path, name: str) -> None:
    for release in (str(dataset.pk), "nothing", "..", "%2e%2e"):
        assert Client().get(f"/file/{release}/{name}").status_code in (301, 302, 404)
