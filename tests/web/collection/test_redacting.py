"""Redactions: proposed by the program, confirmed by a person, replayed by the next run; the file stays as it came."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import page_rules
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from water_road import ASKED, DEMO, PLACE, quiet

from datashift.corrections import Change, parse
from datashift.errors import BadUpload, PersonalWords
from datashift.web.collection import receipts, services
from datashift.web.collection.looking import look
from datashift.web.collection.models import Dataset, Note, Passage
from datashift.web.collection.passages import is_looked, open_words, redactions, require_decided, text_columns
from datashift.web.collection.recipes import LEDGER, beside
from datashift.web.collection.redacting import columns_of, decide, decide_words, look_again
from datashift.web.collection.retaining import retain
from datashift.web.collection.running import run
from datashift.web.collection.screening import screen
from datashift.web.collection.suggesting import suggest
from datashift.web.jobs.models import Job
from datashift.web.jobs.worker import work_off
from datashift.web.people.models import Event, Organisation, User
from datashift.web.serving import kinds

pytestmark = pytest.mark.django_db
ROWS = 80
PHONE, PERSON = "0712 345 678", "Zelphine Harrowgate"
SAID = {
    3: f"Call {PHONE}, my name is {PERSON}, the pump is broken",
    4: "The pump is broken since last year",
    6: f"नमस्ते, piga simu {PHONE} tafadhali",
    7: f"Llame al {PHONE} por favor",
}


@pytest.fixture
def told(sent: Callable[..., Dataset]) -> Dataset:
    """The water points with a column of free text, suggested and looked through."""
    dataset = sent(with_texts(SAID), "water_points.csv")
    look(str(dataset.pk), quiet)
    dataset.refresh_from_db()
    return dataset


@pytest.fixture
def complete(told: Dataset, say: Callable[..., Dataset]) -> Dataset:
    """The same, with everything said that a run needs."""
    for step, answers in {"rows": {"title": "Water points", "simulated": True, "row_id": "wp_id"}, "kit": {},
                          "columns": {}, "place": PLACE, "asked": ASKED}.items():  # fmt: skip
        told = say(told, step, answers)
    return told


def with_texts(texts: dict[int, str]) -> bytes:
    rows = list(csv.reader((DEMO / "water_points.csv").read_text("cp1252").splitlines()[:ROWS], delimiter=";"))
    for number, row in enumerate(rows, 1):
        row.append("remarks" if number == 1 else texts.get(number, f"we looked at well {number}"))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def at(dataset: Dataset) -> int:
    return [name for name, _texts in dataset.looked["texts"]].index("remarks")


def everything(dataset: Dataset, choice: str = "redact") -> dict[int, list[str]]:
    return {one.pk: [choice] * len(one.spans) for one in dataset.passages.all()}


def test_texts_are_searched_and_answers_places_and_ids_are_not(told: Dataset) -> None:
    columns = text_columns(told)
    assert "remarks" in columns
    assert not {"region", "visited", "latitude", "longitude", "works", "phone", "collector"} & set(columns)
    assert [(one.row, [kind for _start, _end, kind in one.spans]) for one in told.passages.all()] == [
        (3, ["phone", "name"]), (6, ["phone"]), (7, ["phone"]),
    ]  # fmt: skip
    column = columns_of(told)[at(told)]
    assert (column["personal"], column["open"], dict(column["kinds"])) == (3, 3, {"phone": 3, "name": 1})


def test_nothing_is_redacted_that_nobody_confirmed(told: Dataset) -> None:
    assert redactions(told) == []
    assert LEDGER not in beside(told)
    assert "corrections" not in told.recipe


def test_what_is_confirmed_stands_in_the_ledger_and_what_is_kept_stays(told: Dataset, producer: User) -> None:
    first = told.passages.get(row=3)
    decide(dataset=told, said={first.pk: ["redact", "keep"]}, by=producer)
    told.refresh_from_db()
    ledger = parse(beside(told)[LEDGER].encode(), LEDGER)
    changes = [one for one in ledger.entries if isinstance(one, Change)]
    assert [(one.row, one.column, one.new) for one in changes] == [
        ("3", "remarks", f"Call [phone], my name is {PERSON}, the pump is broken")
    ]
    assert PHONE not in beside(told)[LEDGER]
    assert told.passages.filter(at=None).count() == 2


def test_the_record_says_who_and_how_many_and_no_word(told: Dataset, producer: User) -> None:
    decide(dataset=told, said=everything(told), by=producer)
    event = Event.objects.get(verb="redacted")
    assert (event.actor, event.facts["redact"], event.facts["texts"]) == (producer.pk, {"phone": 3, "name": 1}, 3)
    assert not any(word in json.dumps(list(Event.objects.values()), default=str) for word in (PHONE, PERSON))


@pytest.mark.parametrize("choices", [["redact"], ["redact", ""], ["redact", "perhaps"], ["redact", "keep", "keep"]])
def test_a_stretch_without_a_decision_is_not_decided(told: Dataset, producer: User, choices: list[str]) -> None:
    with pytest.raises(BadUpload):
        decide(dataset=told, said={told.passages.get(row=3).pk: choices}, by=producer)
    assert told.passages.filter(at=None).count() == 3


def test_a_page_from_before_another_search_is_refused(told: Dataset, producer: User) -> None:
    old = everything(told)
    look_again(dataset=told)
    with pytest.raises(BadUpload):
        decide(dataset=told, said=old, by=producer)
    look(str(told.pk), quiet)
    with pytest.raises(BadUpload):
        decide(dataset=told, said={10**9: ["redact"]}, by=producer)


def test_a_corrected_file_keeps_the_decisions_on_the_texts_that_it_still_has(
    told: Dataset, producer: User, organisation: Organisation
) -> None:
    decide(dataset=told, said=everything(told), by=producer)
    moved = with_texts({9: SAID[3], 10: "Ask for Zebulon, 0798 765 432, at the gate"})
    upload = services.receive(name="water_points.csv", chunks=[moved], organisation=organisation, by=producer)
    dataset = services.replace(dataset=told, upload=upload, by=producer)
    assert redactions(dataset) == []  # the rows of the former file are none of this one
    suggest(str(dataset.pk), quiet)
    look(str(dataset.pk), quiet)
    dataset.refresh_from_db()
    assert [(one.row, one.at is None) for one in dataset.passages.order_by("row")] == [(9, False), (10, True)]
    assert [one.row for one in redactions(dataset)] == ["9"]
    assert "corrections" in dataset.recipe


def test_a_withdrawn_answer_takes_its_text_along(told: Dataset, producer: User) -> None:
    decide(dataset=told, said=everything(told), by=producer)
    told.refresh_from_db()
    receipts.take_out(dataset=told, place=1, by=None)
    assert not Passage.objects.filter(text__contains=PERSON).exists()
    screen(str(told.pk), quiet)
    suggest(str(told.pk), quiet)
    look(str(told.pk), quiet)
    told.refresh_from_db()
    assert is_looked(told)
    assert [one.row for one in redactions(told)] == ["6", "7"]
    assert not Passage.objects.filter(text__contains=PERSON).exists()


def test_rows_whose_time_is_over_take_their_texts_along(told: Dataset) -> None:
    Dataset.objects.filter(pk=told.pk).update(keep_until="2024-01-31")
    retain("2024-02-01", quiet)
    assert not told.passages.exists()
    look(str(told.pk), quiet)
    assert not told.passages.exists()


def test_a_text_is_searched_again_only_when_the_file_or_its_reading_is_another(told: Dataset) -> None:
    before = list(told.passages.values_list("pk", flat=True))
    look(str(told.pk), quiet)
    assert list(told.passages.values_list("pk", flat=True)) == before
    look_again(dataset=told)
    look(str(told.pk), quiet)
    assert set(told.passages.values_list("pk", flat=True)).isdisjoint(before)


def test_the_run_replays_them_and_nothing_public_holds_the_words(complete: Dataset, producer: User) -> None:
    Job.objects.all().delete()
    decide(dataset=complete, said=everything(complete), by=producer)
    assert Job.objects.filter(kind="run", subject=str(complete.pk)).exists()
    run(str(complete.pk), quiet)
    made = complete.runs.get()
    complete.refresh_from_db()
    assert made.recipe == complete.recipe
    with ZipFile(settings.HOME / made.folder / "release.zip") as public:
        for name in public.namelist():
            assert not any(word.encode() in public.read(name) for word in (PHONE, PERSON)), name
    assert (settings.HOME / "raw" / complete.upload.sha256).read_bytes() == with_texts(SAID)


def test_decisions_wait_while_a_review_is_open(told: Dataset, producer: User) -> None:
    Dataset.objects.filter(pk=told.pk).update(state=Dataset.State.IN_REVIEW)
    with pytest.raises(BadUpload):
        decide(dataset=told, said=everything(told), by=producer)


# --- the words of the producer ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "My name is Zelphine Harrowgate.",
        "Me llamo Nahiara Quintrel.",
        "Jina langu ni Masalu Lupilya.",
        "मेरो नाम राम बहादुर थापा हो",
        f"Call {PHONE}",
    ],
)
def test_words_for_everybody_are_decided_on_before_anybody_reviews_them(
    told: Dataset, producer: User, words: str
) -> None:
    require_decided(told)
    note = Note.objects.create(dataset=told, check_id="K1", code="x", text=words, by=producer)
    with pytest.raises(PersonalWords) as refused:
        require_decided(told)
    assert words not in str(refused.value)
    one = open_words(told)[0]
    decide_words(dataset=told, key=one.key, known=one.digest, names_stay=False, by=producer)
    note.refresh_from_db()
    assert note.text == one.proposed() != words
    require_decided(told)


def test_nothing_is_decided_on_a_column_that_names_people(complete: Dataset, say: Callable[..., Dataset]) -> None:
    number = at(complete)
    assert ("remarks", number) in {(one["name"], one["number"]) for one in columns_of(complete)}
    told = say(complete, "columns", {"personal": ["remarks"]})
    assert "remarks" not in {one["name"] for one in columns_of(told)}


def test_who_is_stopped_by_own_words_is_led_to_them(
    complete: Dataset, say: Callable[..., Dataset], producer: User, signed_in: Callable[[User], Client]
) -> None:
    told = say(complete, "asked", {**ASKED, "note": f"Asked by somebody, {PHONE}."})
    work_off(kinds("run"))
    page = signed_in(producer).get(reverse("wait", args=[told.pk])).content.decode()
    assert "Words of yours that everybody would read seem to hold: phone." in page
    assert f"{reverse('texts', args=[told.pk])}#words" in page
    assert PHONE not in page
    assert "recipe.toml" not in page


def test_nobody_asks_for_a_review_of_words_that_nobody_decided_on(
    worked_out: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    Note.objects.create(dataset=worked_out, check_id="K1", code="x", text=f"Call {PHONE}", by=producer)
    answer = signed_in(producer).post(reverse("step", args=[worked_out.pk, "review"]), {"version": worked_out.version})
    assert answer.status_code == 400
    assert reverse("texts", args=[worked_out.pk]) in answer.content.decode()
    assert PHONE not in answer.content.decode()
    Note.objects.all().delete()
    assert services.ask_for_review(dataset=worked_out, for_office=False, by=producer).pk


def test_a_name_may_stay_once_somebody_said_so_and_a_phone_never(told: Dataset, producer: User) -> None:
    note = Note.objects.create(dataset=told, check_id="K1", code="x", text=f"My name is {PERSON}, {PHONE}", by=producer)
    one = open_words(told)[0]
    decide_words(dataset=told, key=one.key, known=one.digest, names_stay=True, by=producer)
    told.refresh_from_db()
    note.refresh_from_db()
    assert note.text == f"My name is {PERSON}, [phone]"
    assert open_words(told) == []
    assert Event.objects.get(verb="words-decided").facts == {
        "place": "finding", "kinds": {"name": 1, "phone": 1}, "names_stay": True,
    }  # fmt: skip


def test_the_title_and_what_was_said_of_limits_change_where_they_were_said(
    complete: Dataset, producer: User, say: Callable[..., Dataset]
) -> None:
    dataset = say(complete, "asked", {**ASKED, "limits": "Ask for Zebulon at the gate."})
    assert [one.key for one in open_words(dataset)] == ["limits"]
    one = open_words(dataset)[0]
    dataset = decide_words(dataset=dataset, key="limits", known=one.digest, names_stay=False, by=producer)
    assert dataset.answers["asked"] == {**dataset.answers["asked"], "limits": "Ask for [name] at the gate."}
    assert "Zebulon" not in dataset.recipe


def test_words_that_changed_meanwhile_are_not_overwritten(told: Dataset, producer: User) -> None:
    note = Note.objects.create(dataset=told, check_id="K1", code="x", text=f"Call {PHONE}", by=producer)
    one = open_words(told)[0]
    Note.objects.update(text=f"Better call {PHONE}")
    with pytest.raises(BadUpload):
        decide_words(dataset=told, key=one.key, known=one.digest, names_stay=False, by=producer)
    note.refresh_from_db()
    assert note.text == f"Better call {PHONE}"


# --- the pages --------------------------------------------------------------------------------------------------------


def test_a_producer_decides_page_by_page_and_goes_on_another_day(
    told: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    client, address = signed_in(producer), reverse("texts-column", args=[told.pk, at(told)])
    page = client.get(f"{address}?one")
    assert page["Cache-Control"] == "no-store"
    assert f"<mark>{PHONE}</mark>" in page.content.decode()
    first = told.passages.get(row=3)
    assert client.post(f"{address}?one", {"passage": first.pk, f"{first.pk}-0": "redact", f"{first.pk}-1": "keep"})
    page = client.get(address).content.decode()
    assert "Still to decide: 2" in page
    assert PERSON not in page
    assert PERSON in client.get(f"{address}?decided=1").content.decode()


def test_the_pages_are_for_producers_of_the_organisation_alone(
    told: Dataset, person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    other = Organisation.objects.create(slug="other", name="Other")
    for role, held in (("producer", other), ("reviewer", organisation), ("safety", organisation), ("editor", None)):
        client = signed_in(person(role, held))
        for address in (reverse("texts", args=[told.pk]), reverse("texts-column", args=[told.pk, at(told)])):
            assert client.get(address).status_code in (403, 404), (role, address)


def test_the_overview_says_how_many_and_quotes_no_text(
    told: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(producer).get(reverse("texts", args=[told.pk])).content.decode()
    assert "They look personal: 3. Still to decide: 3" in page
    assert PHONE not in page


def test_a_press_puts_the_proposed_words_in_their_place(
    told: Dataset, producer: User, signed_in: Callable[[User], Client]
) -> None:
    Note.objects.create(dataset=told, check_id="K1", code="x", text=f"Call {PHONE}", by=producer)
    client, address, one = signed_in(producer), reverse("texts", args=[told.pk]), open_words(told)[0]
    assert "Call [phone]" in client.get(address).content.decode()
    assert client.post(address, {"key": one.key, "known": one.digest, "press": "perhaps"}).status_code == 400
    assert client.post(address, {"key": one.key, "known": one.digest, "press": "all"}).status_code == 302
    assert told.notes.get().text == "Call [phone]"


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_it_goes_without_javascript_on_a_phone_and_axe_finds_nothing(
    told: Dataset, producer: User, chromium: Any, live_server: Any, signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    Note.objects.create(dataset=told, check_id="K1", code="x", text=f"My name is {PERSON}, {PHONE}", by=producer)
    session = signed_in(producer).cookies["sessionid"].value
    overview, column = reverse("texts", args=[told.pk]), reverse("texts-column", args=[told.pk, at(told)])
    for width, javascript in ((1280, True), (360, False)):
        context = chromium.new_context(
            base_url=live_server.url, java_script_enabled=javascript, viewport={"width": width, "height": 900}
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        for path in (overview, column):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if shots := os.environ.get("DATASHIFT_PICTURES"):
                page.screenshot(path=f"{shots}/texts-{width}-{path == column}.png", full_page=True)
            if javascript:
                assert page_rules.axe(page) + page_rules.shape(page) == [], path
        if not javascript:
            first = told.passages.get(row=3)
            page.check(f"input[name='{first.pk}-1'][value=keep]")
            page.click("main button.first")
            page.wait_for_selector("text=Still to decide: 0")
        context.close()
    assert {one.row: one.kept for one in told.passages.exclude(at=None)} == {3: [1], 6: [], 7: []}
    assert len(redactions(Dataset.objects.get())) == 3
