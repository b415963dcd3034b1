"""Which indicators a form can feed: the kits' own forms feed all, others some, and the lacking question is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from datashift.forms.answerable import Answerable, answerable, design_items
from datashift.forms.matching import map_choices, matches
from datashift.forms.xlsform import Choice, Form, read_form
from datashift.model import Kit
from datashift.standards.areas import folded
from datashift.standards.kits import kit_folder, known_kits, shipped_kit

WITH_FORM = [kit for kit in known_kits() if (kit_folder(kit) / "form.md").is_file()]


def drawn(text: str) -> Form:
    return read_form("\n".join(line.strip() for line in text.strip().splitlines()).encode(), "drawn.md")


def told(form: Form, kit: str) -> dict[str, Answerable]:
    return {one.measure: one for one in answerable(form, [shipped_kit(kit)])}


@pytest.fixture(scope="module")
def wells() -> Kit:
    return shipped_kit("water-point-functionality")


OWN_WORDS = """
| survey  | type                | name   | label::English (en)         | label::Kiswahili (sw)        |
|         | today               | day    |                             |                              |
|         | select_one villages | kijiji | Which village?              | Kijiji gani?                 |
|         | select_one kinds    | aina   | Type of water point         | Aina ya kituo cha maji       |
|         | select_one states   | hali   | Does the point work?        | Je, kituo kinafanya kazi?    |
| choices | list_name           | name   | label::English (en)         | label::Kiswahili (sw)        |
|         | villages            | v1     | Kidato                      | Kidato                       |
|         | kinds               | hp     | Hand pump                   | Pampu ya mkono               |
|         | kinds               | tap    | Public tap                  | Bomba la umma                |
|         | kinds               | river  | River                       | Mto                          |
|         | states              | ok     | Working                     | Inafanya kazi                |
|         | states              | bad    | Broken down                 | Kimeharibika                 |
"""


# --- the kits' own forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kit", WITH_FORM)
def test_every_measure_of_a_kit_can_be_computed_from_its_own_form(kit: str) -> None:
    form = read_form(kit_folder(kit) / "form.md")
    found = told(form, kit)
    assert {one.verdict for one in found.values()} == {"can"}
    assert all(not one.repairs and not one.absent for one in found.values())


@pytest.mark.parametrize("kit", WITH_FORM)
def test_a_kits_form_asks_what_its_design_needs(kit: str) -> None:
    items = design_items(read_form(kit_folder(kit) / "form.md"))
    assert items["area"] is not None
    assert items["date"] is not None


@pytest.mark.parametrize("kit", WITH_FORM)
def test_without_a_question_the_measures_that_need_it_fall_and_the_question_is_offered(kit: str) -> None:
    text = (kit_folder(kit) / "form.md").read_text("utf-8")
    concept = next(iter(told(read_form(text.encode(), "form.md"), kit).values())).matches[0].concept
    fewer = [line for line in text.splitlines() if f"| {concept} |" not in line.split("label")[0][:120]]
    found = told(read_form("\n".join(fewer).encode(), "form.md"), kit)
    lost = [one for one in found.values() if concept in {repair.concept for repair in one.repairs}]
    assert lost
    assert {one.verdict for one in lost} == {"cannot"}
    [repair] = {r for one in lost for r in one.repairs if r.concept == concept}
    assert repair.label
    codes = shipped_kit(kit).concepts[concept].codes
    assert [code for code, _label in repair.choices] == list(codes)


# --- forms in other words -------------------------------------------------------------------------------------------


def test_questions_and_answers_in_other_words_are_mapped_for_a_person_to_confirm() -> None:
    found = told(drawn(OWN_WORDS), "water-point-functionality")
    one = found["WP_FUNCTIONAL"]
    assert one.verdict == "mapping"
    by_concept = {match.concept: match for match in one.matches}
    assert by_concept["technology"].codes == {"hp": "hand_pump", "tap": "public_standpipe", "river": "surface_water"}
    assert by_concept["status"].codes == {"ok": "functional", "bad": "non_functional"}
    assert by_concept["status"].question.row == 5
    assert not by_concept["status"].exact


def test_an_answer_that_the_measure_needs_and_the_form_lacks_is_named() -> None:
    one = told(drawn(OWN_WORDS), "water-point-functionality")["WP_FUNCTIONAL_OR_REPAIR"]
    assert dict(one.absent)["status"] == ("needs_repair",)


def test_a_measure_falls_where_no_answer_can_count(wells: Kit) -> None:
    text = OWN_WORDS.replace("| ok     | Working       ", "| half   | Needs repair  ")
    text = text.replace("Inafanya kazi", "Inahitaji")
    one = told(drawn(text), wells.id)["WP_FUNCTIONAL"]
    assert one.verdict == "cannot"
    assert [repair.concept for repair in one.repairs] == ["status"]


def test_the_lacking_question_is_offered_in_the_language_of_the_form(wells: Kit) -> None:
    text = OWN_WORDS.replace("label::English (en)", "hint::English (en)")
    text = "\n".join(line for line in text.splitlines() if "| hali " not in line)
    one = told(drawn(text), wells.id)["WP_FUNCTIONAL"]
    [repair] = one.repairs
    assert repair.label == "Je, kituo cha maji kinafanya kazi?"
    assert ("non_functional", "Hakifanyi kazi") in repair.choices


def test_several_answers_at_once_are_no_single_code(wells: Kit) -> None:
    found = matches(drawn(OWN_WORDS.replace("select_one states", "select_multiple states")), wells)
    assert "status" not in found


def test_a_form_about_something_else_feeds_nothing() -> None:
    text = """
    | survey  | type             | name    | label                    |
    |         | text             | song    | Which song do you like?  |
    |         | select_one yn    | dances  | Do you dance?            |
    |         | integer          | shoes   | How many shoes?          |
    | choices | list_name        | name    | label                    |
    |         | yn               | yes     | Yes                      |
    |         | yn               | no      | No                       |
    """
    found = answerable(drawn(text), [shipped_kit(kit) for kit in WITH_FORM])
    assert {one.verdict for one in found} == {"cannot"}
    assert not any(one.matches for one in found)


def test_what_a_design_needs_is_found_or_missed() -> None:
    items = design_items(drawn(OWN_WORDS))
    assert {item: question.name if question else None for item, question in items.items()} == {
        "area": None, "date": "day", "cluster": "kijiji", "stratum": None, "weight": None,
    }  # fmt: skip


# --- answers --------------------------------------------------------------------------------------------------------


def test_answers_are_matched_by_name_label_synonym_and_near_spelling(wells: Kit) -> None:
    codes = wells.concepts["status"].codes
    choices = [
        Choice(2, "s", "functional"), Choice(3, "s", "1", {"en": "Not working"}), Choice(4, "s", "needs repairs"),
        Choice(5, "s", "x", {"sw": "Haijulikani"}), Choice(6, "s", "purple"),
    ]  # fmt: skip
    assert dict(map_choices(choices, codes)) == {
        "functional": "functional", "1": "non_functional", "needs repairs": "needs_repair", "x": "unknown",
    }  # fmt: skip


def test_numbers_in_answers_must_be_the_same() -> None:
    codes = {"y18_24": {"label": {"en": "18 to 24"}}, "y25_34": {"label": {"en": "25 to 34"}}}
    from_kit = Kit.model_fields["concepts"].annotation.__args__[1](label={"en": "Age"}, codes=codes).codes  # type: ignore[union-attr]
    choices = [Choice(2, "a", "a", {"en": "18 to 24 years"}), Choice(3, "a", "b", {"en": "28 to 34"})]
    assert "b" not in dict(map_choices(choices, from_kit))


def test_plain_text_keeps_the_vowel_signs_of_nepali() -> None:
    assert folded("Água_Potável!") == "agua potavel"
    assert folded("पानी") == "पानी"


# --- the real form --------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_real_survey_feeds_the_kind_of_source_and_lacks_where_it_is(shared: Path) -> None:
    form = read_form(shared / "cgd" / "irq_reach_kobo" / "form.xlsx")
    found = told(form, "drinking-water-ladder")
    assert found["WATER_IMPROVED"].verdict == "mapping"
    by_concept = {match.concept: match for match in found["WATER_IMPROVED"].matches}
    assert by_concept["source"].question.name == "water_source_drinking"
    assert by_concept["source"].codes["trucking"] == "tanker"
    assert by_concept["household_size"].question.name == "num_hh_member"
    basic = found["WATER_AT_LEAST_BASIC"]
    assert basic.verdict == "cannot"
    assert {repair.concept for repair in basic.repairs} == {"source_location", "minutes"}


@pytest.mark.shared
def test_the_real_survey_feeds_no_kit_about_something_else(shared: Path) -> None:
    form = read_form(shared / "cgd" / "irq_reach_kobo" / "form.xlsx")
    for kit in ("water-point-functionality", "public-service-satisfaction", "bribery-experience", "feeling-safe"):
        assert {one.verdict for one in told(form, kit).values()} == {"cannot"}
