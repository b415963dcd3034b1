"""What is open before a result is public: the list is complete, in plain words, each with its repair."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from datashift import legal
from datashift.language import LANGUAGES, speaking
from datashift.legal import legal_of, questions
from datashift.model.kit import Variant
from datashift.standards.kits import shipped_kit
from datashift.web.collection import precautions, still_open
from datashift.web.collection.models import Dataset, Note, Run, Upload
from datashift.web.collection.precautions import consider
from datashift.web.collection.still_open import StillOpen
from datashift.web.people.models import Organisation, User

pytestmark = pytest.mark.django_db
CALM = {one.id: "no" for one in questions()}
NAMED = 'producer = "Water Watch"\n'


class Waiting:
    """A result of some data set, and what is open before it may be public."""

    def __init__(self, dataset: Dataset, producer: User) -> None:
        self.dataset, self.producer = dataset, producer
        told = {"estimates": [{"period": "2024"}]}
        self.run = Run.objects.create(dataset=dataset, number=1, recipe=NAMED, folder="x", told=told)

    def say(self, answers: dict[str, str] | None, items: list[str]) -> None:
        consider(dataset=self.dataset, items=items, answers=answers, version=self.dataset.version, by=self.producer)
        self.dataset.refresh_from_db()

    def note(self, text: str) -> None:
        Note.objects.create(dataset=self.dataset, check_id="K1", code=text[:9], text=text, by=self.producer)

    def open(self, recipe: str = "") -> dict[str, StillOpen]:
        run = Run.objects.get(pk=self.run.pk)
        return {one.code: one for one in still_open.still_open(run, recipe)}


@pytest.fixture
def waiting(producer: User, organisation: Organisation) -> Waiting:
    upload = Upload.objects.create(sha256="0" * 64, name="a.csv", organisation=organisation, size=1, by=producer)
    made = Dataset.objects.create(organisation=organisation, upload=upload, title="Wells", country="ZZ")
    return Waiting(made, producer)


def test_a_country_nobody_read_about_and_questions_nobody_answered_are_two_open_points(waiting: Waiting) -> None:
    assert set(waiting.open()) == {"no-law-read", "questions"}
    assert not any(one.stop for one in waiting.open().values())


def test_laws_close_one_by_one_and_open_again_when_they_are_read_anew(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    Dataset.objects.update(country="TZ")
    waiting.dataset.refresh_from_db()
    tanzania = legal_of("TZ")
    assert tanzania is not None
    first, *rest = [one.id for one in tanzania.items]
    waiting.say(CALM, [])
    assert waiting.open()["laws"].cases == tuple(one.law for one in tanzania.items)
    waiting.say(None, [first])
    assert len(waiting.open()["laws"].cases) == len(rest)
    waiting.say(None, [first, *rest])
    assert waiting.open() == {}
    anew = tanzania.model_copy(update={"read": tanzania.read + timedelta(days=1)})
    monkeypatch.setattr(still_open, "legal_of", lambda _country: anew)
    assert set(waiting.open()) == {"laws-read-anew"}
    assert len(waiting.open()["laws-read-anew"].cases) == len(tanzania.items)
    assert legal.open_items(anew, precautions.kept(waiting.dataset)["ticks"]) == anew.items


def test_few_answers_more_than_in_the_release_before_are_an_open_point(waiting: Waiting) -> None:
    waiting.run.told |= {"since": {"soon": {"en": "Three came."}, "repair": {"en": "Wait."}, "hidden": []}}
    waiting.run.save()
    found = waiting.open()["soon"]
    assert (found.text, found.repair, found.stop) == ("Three came.", "Wait.", False)


@pytest.mark.parametrize(
    ("own", "told"),
    [({}, False), ({"least_n": 25}, False), ({"least_n": 2}, True), ({"least_effective_n": 0.0}, True)],
)
def test_a_variant_that_hides_less_than_its_base_is_an_open_point(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch, own: dict[str, float], told: bool
) -> None:
    base = shipped_kit("bribery-experience")
    departs = {"variant": Variant(of="base@1"), "disclosure": base.disclosure.model_copy(update=own)}
    kits = {"base@1": base, "ours@1": base.model_copy(update=departs)}
    monkeypatch.setattr(still_open, "kit_named", kits.__getitem__)
    Dataset.objects.filter(pk=waiting.dataset.pk).update(kit="ours@1")
    assert ("looser-kit" in waiting.open()) is told


def test_some_questions_left_out_are_counted(waiting: Waiting) -> None:
    waiting.say({"harm": "no", "people": "no"}, [])
    assert "8" in waiting.open()["questions"].text


@pytest.mark.parametrize(
    ("period", "last"),
    [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("2024-05-03", "2024-05-03"), ("2999", None)],
)
def test_days_to_wait_begin_after_the_last_day_of_the_data_and_never_after_the_run(
    waiting: Waiting, period: str, last: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run.objects.update(told={"estimates": [{"period": "2011"}, {"period": period}]})
    recipe = f"{NAMED}[disclosure]\ndelay = 30\n"
    end = (date.fromisoformat(last) if last else waiting.run.made.date()) + timedelta(days=30)
    noon = timezone.now().replace(hour=12)
    for day, still in ((end - timedelta(days=1), True), (end, False)):
        monkeypatch.setattr(timezone, "now", lambda day=day: noon.replace(year=day.year, month=day.month, day=day.day))
        assert ("delay" in waiting.open(recipe)) is still
        assert not still or end.isoformat() in waiting.open(recipe)["delay"].text
        assert not still or not waiting.open(recipe)["delay"].stop


def test_words_with_a_phone_stop_a_release_and_a_name_only_asks_for_a_look(waiting: Waiting) -> None:
    waiting.note("Ask Juma Hamisi")
    look = waiting.open()["perhaps-personal"]
    assert (look.cases, look.stop) == (("Explanation of a finding: name",), False)
    waiting.note("+255 754 123 456")
    stop = waiting.open()["words"]
    assert (stop.cases, stop.stop) == (("Explanation of a finding: phone",), True)
    assert next(iter(waiting.open())) == "words", "what stops it stands first"
    assert "754" not in str(waiting.open())
    assert "Hamisi" not in str(waiting.open())


@pytest.mark.parametrize("step", ["title", "note", "limits", "evidence"])
def test_the_words_of_every_place_are_looked_at(waiting: Waiting, step: str) -> None:
    call = "Call +255 754 123 456"
    answers = {"evidence": {"K1": {"text": {"en": call}}}} if step == "evidence" else {"asked": {step: call}}
    Dataset.objects.update(**({"title": call} if step == "title" else {"answers": answers}))
    assert waiting.open()["words"].stop


def test_an_organisation_that_must_not_be_named_stops_a_release_while_the_recipe_names_it(waiting: Waiting) -> None:
    waiting.say(CALM | {"pressure": "no"}, [])
    assert "name" not in waiting.open()
    waiting.say(CALM | {"pressure": "unsure"}, [])
    assert waiting.open()["name"].stop
    waiting.say({"harm": "no"}, [])
    assert not waiting.open()["name"].stop, "nobody said it: the question was left out"
    waiting.say(CALM | {"pressure": "yes"}, [])
    unnamed = f'producer = "{waiting.dataset.organisation.slug}"\n'
    assert not waiting.open(unnamed)["name"].stop, "its page still names it"
    Organisation.objects.update(anonymous=True)
    assert "name" not in waiting.open(unnamed)
    assert waiting.open()["name"].stop, "the files were made before"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_open_point_has_a_repair_in_every_language(waiting: Waiting, language: str) -> None:
    waiting.note("+255 754 123 456")
    with speaking(language):
        found = waiting.open()
    assert set(found) == {"words", "no-law-read", "questions"}
    assert all(one.text and one.repair for one in found.values())
