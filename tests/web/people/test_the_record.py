"""The record: the database refuses to change it, and who may read it reads their part."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from datashift.language import speaking
from datashift.web.people import services
from datashift.web.people.models import Event, Organisation, User
from datashift.web.people.verbs import VERBS, said_of

pytestmark = pytest.mark.django_db


def test_the_database_itself_refuses_to_change_the_record(person: Callable[..., User]) -> None:
    services.record("released", "R1", by=person("reviewer"))
    changes = ["UPDATE people_event SET verb = 'nothing'", "DELETE FROM people_event WHERE id > 0"]
    if connection.vendor == "postgresql":
        changes.append("TRUNCATE people_event")
    for change in changes:
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        Event.objects.all().delete()
    assert Event.objects.get().verb == "released"


def test_a_safety_officer_of_an_organisation_reads_its_part_and_an_administrator_everything(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    other = services.add_organisation(name="Other People", by=None)
    services.record("here", "mine", by=None, organisation=organisation)
    services.record("there", "theirs", by=None, organisation=other)
    seen = signed_in(person("safety", organisation)).get("/en/work/people/record/").content.decode()
    assert ("mine" in seen, "theirs" in seen, "Water Watch" in seen) == (True, False, True)
    asked = signed_in(person("safety", organisation)).get(f"/en/work/people/record/?organisation={other.pk}")
    assert "theirs" not in asked.content.decode()
    for role in ("safety", "administrator"):
        everything = signed_in(person(role)).get("/en/work/people/record/").content.decode()
        assert ("mine" in everything, "theirs" in everything) == (True, True)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 50), ("?page=2", 12), ("?page=99", 12), ("?verb=knocked", 50), ("?verb=invited", 1), ("?person=7", 3),
        ("?since=2099-01-01", 0), ("?until=2000-01-01", 0), ("?since=2000-01-01&until=2099-01-01", 50),
        ("?since=yesterday", 0), ("?organisation=9999", 0), ("?verb=nothing", 0),
    ],
)  # fmt: skip
def test_the_record_is_filtered_and_turned_over(
    person: Callable[..., User], signed_in: Callable[[User], Client], query: str, rows: int
) -> None:
    for _n in range(58):
        services.record("knocked", "x", by=None)
    for _n in range(3):
        Event.objects.create(actor=7, verb="looked")
    services.record("invited", "1", by=None)
    answer = signed_in(person("administrator")).get(f"/en/work/people/record/{query}")
    page = answer.content.decode()
    assert (answer.status_code, page.count("<time")) == (200, rows)
    if not query:
        assert 'rel="next" href="?&amp;page=2"' in page
        assert "Somebody was invited" in page


def test_every_act_that_is_recorded_has_words() -> None:
    folder = Path(__file__).parents[3] / "src/datashift/web"
    calls = [
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("record", "_record")
    ]
    verbs = {str(one.args[0].value) for one in calls if one.args and isinstance(one.args[0], ast.Constant)}
    assert len(verbs) > 15
    assert verbs - set(VERBS) == set()
    for language in ("en", "es", "sw", "ne"):
        with speaking(language):
            assert said_of("signed-in") != "signed-in"
