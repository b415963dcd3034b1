"""What another version changes is told in words before it is published, with the answers that it touches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from made_forms import CHOICES, SURVEY, sheet

from datashift.web.fieldwork import services
from datashift.web.fieldwork.changes import Change, changes_of
from datashift.web.fieldwork.layouts import layout, merged_form
from datashift.web.fieldwork.models import Content, Form, FormVersion, Submission
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def live(organisation: Organisation, producer: User) -> Form:
    """A form on phones, under which three answers came in."""
    form = services.add_uploaded(organisation=organisation, file=sheet(form_id="water", version="1"), by=producer)
    version = services.publish_version(version=form.versions.get(), by=producer)
    for number in range(3):
        Submission.objects.create(form=form, version=version, instance_id=f"uuid:{number}", digest="d")
    return form


@pytest.fixture
def then(live: Form, producer: User) -> Callable[..., FormVersion]:
    """Add a version: then(survey, choices)."""

    def made(survey: object = SURVEY, choices: object = CHOICES, version: str = "2") -> FormVersion:
        file = sheet(survey, choices, form_id="water", version=version)  # type: ignore[arg-type]
        return services.add_version(form=live, file=file, by=producer)

    return made


def told(version: FormVersion) -> list[tuple[str, str, int]]:
    return [(one.kind, one.path, one.touched) for one in changes_of(version)]


def test_a_first_version_changes_nothing(organisation: Organisation, producer: User) -> None:
    form = services.add_uploaded(organisation=organisation, file=sheet(), by=producer)
    assert changes_of(form.versions.get()) == []


def test_new_and_removed_questions_are_told(then: Callable[..., FormVersion]) -> None:
    version = then([*SURVEY[:3], ("text", "remark", "Anything else?", "Kuna lingine?")])
    assert told(version) == [("new", "remark", 0), ("gone", "people", 3)]
    assert changes_of(version)[0] == Change("new", "remark", "New: “Anything else?”.")
    assert changes_of(version)[1].text == "Not asked any more: “How many people live here?”. What was answered stays."


def test_another_kind_is_told_with_the_name_of_the_old_column(then: Callable[..., FormVersion]) -> None:
    version = then([*SURVEY[:3], ("text", "people", *SURVEY[3][2:])])
    assert told(version) == [("other-kind", "people", 3)]
    assert "people.v1" in changes_of(version)[0].text


def test_a_move_is_told(then: Callable[..., FormVersion]) -> None:
    group = [("begin_group", "home", "Home", "Nyumba"), SURVEY[3], ("end_group", "", "", "")]
    version = then([*SURVEY[:3], *group])
    assert told(version) == [("moved", "home/people", 3)]
    assert "from people to home/people" in changes_of(version)[0].text


def test_other_words_are_told(then: Callable[..., FormVersion]) -> None:
    version = then([*SURVEY[:3], ("integer", "people", "How many slept here?", SURVEY[3][3])])
    assert told(version) == [("reworded", "people", 3)]
    assert "It was “How many people live here?”" in changes_of(version)[0].text


def test_changed_answers_are_told_one_by_one(then: Callable[..., FormVersion]) -> None:
    choices = [CHOICES[0], ("water", "tap", "Tap at home", "Bomba"), ("water", "river", "River", "Mto")]
    version = then(SURVEY, choices)
    assert told(version) == [("answers-gone", "source", 3), ("answers-new", "source", 3),
                             ("answers-reworded", "source", 3)]  # fmt: skip
    texts = [one.text for one in changes_of(version)]
    assert "“Well”" in texts[0]
    assert "“River”" in texts[1]
    assert "the answer tap was “Tap” and is “Tap at home” now" in texts[2]


def test_a_long_list_is_counted(then: Callable[..., FormVersion]) -> None:
    more = [("water", f"w{n}", f"W{n}", f"W{n}") for n in range(20)]
    assert "“W7” and 12 others" in changes_of(then(SURVEY, [*CHOICES, *more]))[0].text


def test_the_table_has_the_choices_of_all_versions_with_the_latest_labels(
    live: Form, then: Callable[..., FormVersion], producer: User
) -> None:
    choices = [CHOICES[0], ("water", "tap", "Tap at home", "Bomba"), ("water", "river", "River", "Mto")]
    version = then(SURVEY, choices)
    assert len(layout(live).sheets[0].columns[1].choices) == 2, "a draft is no column yet"
    services.publish_version(version=version, by=producer)
    column = layout(live).sheets[0].columns[1]
    assert (column.name, column.labels["sw"]) == ("source", "Maji yanatoka wapi?")
    offered = [(one.name, one.labels["en"]) for one in column.choices]
    assert offered == [("tap", "Tap at home"), ("river", "River"), ("well", "Well")]


def test_what_came_under_a_version_we_never_had_has_columns(live: Form) -> None:
    stray = Submission.objects.create(form=live, version=None, said_version="0", instance_id="uuid:old", digest="d")
    Content.objects.create(submission=stray, xml=b"", answers='{"people": "4", "roof": "tin"}')
    found = merged_form(live)
    assert [column.name for column in found.layout.sheets[0].columns] == [
        "today", "source", "people", "meta/instanceID", "roof",
    ]  # fmt: skip
    assert found.placed(None, {"people": "4", "roof": "tin"}) == {"people": "4", "roof": "tin"}
