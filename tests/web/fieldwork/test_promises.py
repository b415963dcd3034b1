"""What a form promises: who may seal, with which key, how coarse, and that a promise is only ever made stricter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from protected_forms import XFORM, protected

from datashift import sealed
from datashift.errors import BadProtection
from datashift.web.fieldwork.models import Form, SealKey, Submission
from datashift.web.fieldwork.promised import carry_over, fields, followers
from datashift.web.fieldwork.protecting import Asked, consent_words, fits, key_with, make_key, proposed, protect, told
from datashift.web.people.models import Event, Organisation, User


@pytest.fixture
def producer(person: Callable[..., User], organisation: Organisation) -> User:
    return person("producer", organisation)


@pytest.fixture
def form(organisation: Organisation) -> Form:
    return protected(organisation)[0]


def asked(**said: object) -> Asked:
    return Asked(**{"sealed": (), "metres": None, "keep_days": None, "consent": {}} | said)  # type: ignore[arg-type]


def keyed(form: Form, by: User) -> tuple[SealKey, str]:
    key, file = make_key(organisation=form.organisation, by=by)
    return key, file.strip()[-4:]


def test_a_form_is_read_with_labels_types_and_what_is_worked_out_from_what() -> None:
    known = {one.path: one for one in fields(XFORM)}
    assert list(known) == ["begin", "water", "house/name", "house/greeting", "house/longer", "person/phone",
                           "person/age", "gps", "plot", "photo", "latitude"]  # fmt: skip
    assert known["house/name"].label == "Your name"
    assert known["begin"].type == known["gps"].type == "geopoint"
    assert known["house/longer"].made_of == {"house/greeting"}
    assert followers(list(known.values()), frozenset({"house/name"})) == {"house/greeting", "house/longer"}


def test_a_key_is_shown_once_and_only_its_public_part_is_kept(form: Form, producer: User) -> None:
    key, file = make_key(organisation=form.organisation, by=producer)
    private = sealed.read_key(file)
    assert sealed.unseal(sealed.seal("a", key.public, sealed.Where("f", "i", "p")), private) == "a"
    assert key_with(form.organisation, file.strip()[-4:]) == key
    last = file.strip().splitlines()[-1]
    kept = str(list(SealKey.objects.values())) + str(list(Event.objects.values()))
    assert not any(group in kept for group in last.split("-")[:-1])


def test_a_key_is_taken_into_use_by_who_has_its_file(form: Form, producer: User) -> None:
    key, signs = keyed(form, producer)
    for wrong in ("", "AAAA" if signs != "AAAA" else "BBBB", key.public[-4:]):
        with pytest.raises(BadProtection) as problem:
            protect(form=form, asked=asked(sealed=["house/name"], key=key, last_signs=wrong), by=producer)
        assert problem.value.code == "protection.last-signs"
    assert fits(key, f" {signs.lower()} ")
    made = protect(form=form, asked=asked(sealed=["house/name"], key=key, last_signs=signs), by=producer)
    assert made.seal_key == key
    # What is worked out from a sealed field would tell it.
    assert made.sealed == ["house/greeting", "house/longer", "house/name"]


def test_the_key_of_another_organisation_and_no_key_at_all_are_refused(form: Form, producer: User) -> None:
    other = Organisation.objects.create(slug="others", name="Others", country="KE")
    key, file = make_key(organisation=other, by=producer)
    with pytest.raises(BadProtection):
        protect(form=form, asked=asked(sealed=["water"], key=key, last_signs=file.strip()[-4:]), by=producer)
    with pytest.raises(BadProtection) as problem:
        protect(form=form, asked=asked(sealed=["water"]), by=producer)
    assert problem.value.code == "protection.no-key"
    form.refresh_from_db()
    assert form.sealed == []


def test_all_positions_become_coarse_the_start_too(form: Form, producer: User) -> None:
    made = protect(form=form, asked=asked(metres=500), by=producer)
    assert made.coarse == {"begin": 500, "gps": 500, "plot": 500}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"metres": 5}, "protection.metres"),
        ({"keep_days": 0}, "protection.days"),
        ({"keep_days": 100_000}, "protection.days"),
        ({"sealed": ["nowhere"]}, "protection.no-field"),
        ({"consent": {"en": "x" * 5000}}, "protection.words"),
    ],
)
def test_what_cannot_be_promised_changes_nothing(
    form: Form, producer: User, said: dict[str, object], code: str
) -> None:
    with pytest.raises(BadProtection) as problem:
        protect(form=form, asked=asked(**said), by=producer)
    assert problem.value.code == code


def test_once_answers_came_a_promise_is_only_made_stricter(form: Form, producer: User) -> None:
    key, signs = keyed(form, producer)
    first = asked(sealed=["water"], metres=500, keep_days=90, key=key, last_signs=signs)
    protect(form=form, asked=first, by=producer)
    protect(form=form, asked=first._replace(metres=100, keep_days=365), by=producer)  # nobody relied on it yet
    protect(form=form, asked=first, by=producer)
    Submission.objects.create(form=form, instance_id="uuid:1", digest="1")
    for looser in ({"sealed": ["gps"]}, {"metres": 100}, {"metres": None}, {"keep_days": 91}, {"keep_days": None}):
        with pytest.raises(BadProtection) as problem:
            protect(form=form, asked=first._replace(**looser), by=producer)
        assert problem.value.code == "protection.looser"
    made = protect(form=form, asked=first._replace(sealed=["water", "gps"], metres=1000, keep_days=30), by=producer)
    assert (made.sealed, made.coarse["gps"], made.keep_days) == (["gps", "latitude", "water"], 1000, 30)


def test_a_new_version_is_held_to_the_promise_and_lost_fields_are_named(form: Form, producer: User) -> None:
    key, signs = keyed(form, producer)
    made = protect(form=form, asked=asked(sealed=["house/name"], metres=500, key=key, last_signs=signs), by=producer)
    newer = XFORM.replace("<gps/>", "<gps/><well_at/><slogan/>").replace(
        '<bind nodeset="/data/gps"',
        '<bind nodeset="/data/well_at" type="geopoint"/>'
        '<bind nodeset="/data/slogan" type="string" calculate="/data/house/name"/><bind nodeset="/data/gps"',
    )
    assert carry_over(made, newer) == []
    assert made.coarse["well_at"] == 500
    assert "slogan" in made.sealed
    renamed = XFORM.replace("<name/>", "<full_name/>").replace("/data/house/name", "/data/house/full_name")
    assert carry_over(made, renamed) == ["house/name", "slogan", "well_at"]


def test_words_of_consent_are_kept_as_they_were_shown(form: Form, producer: User) -> None:
    assert consent_words(form, "en") is None
    made = protect(form=form, asked=asked(consent={"en": " May we ask? ", "sw": "Tuulize?", "ne": " "}), by=producer)
    assert made.consent == {"en": "May we ask?", "sw": "Tuulize?"}
    shown = consent_words(made, "sw")
    assert shown is not None
    assert shown.words == "Tuulize?"
    again = protect(form=form, asked=asked(consent={"en": "May we ask you?", "sw": "Tuulize?"}), by=producer)
    newer = consent_words(again, "es")
    assert newer is not None
    assert (newer.language, newer.words) == ("en", "May we ask you?")
    assert consent_words(again, "sw") == shown
    assert made.consent_texts.count() == 2


def test_without_a_workbook_nothing_is_proposed_and_the_page_still_knows_the_questions(form: Form) -> None:
    assert proposed(form) == {}
    assert [one.path for one in told(form)["positions"]] == ["begin", "gps", "plot"]
