"""What people type who have no accents, other digits, another language, or too many dots: it is read, never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from short_forms import EN, NE, SW, setting, short_form

from datashift.forms.messages import Setting, begin, go_on
from datashift.forms.messages.folding import as_keyword
from datashift.forms.xform import XForm

ES = "label::Español (es)"
SPANISH = "Español (es)"
CHOICES = (
    ("list_name", "name", ES, EN),
    ("yes", "yes", "Sí", "Yes"),
    ("yes", "no", "No", "No"),
    ("yes", "unknown", "No sé", "I do not know"),
    ("use", "drink", "Beber", "Drinking"),
    ("use", "wash", "Lavar", "Washing"),
    ("use", "farm", "Riego", "Farming"),
)


def asked(kind: str, said: str, choices: Sequence[Sequence[str]] = CHOICES, spoken: str = SPANISH) -> str | None:
    """The code that an answer becomes; None where the question is asked again."""
    rows = [("type", "name", ES, EN, "required"), (kind, "q", "¿?", "?", "yes"), ("text", "end", "Fin", "End", "")]
    form = short_form(rows, choices)
    turn = go_on(form, begin(form, setting(), spoken).state, said, setting())
    found = turn.state.partition("<q>")[2].partition("</q>")[0]
    return found if found and not turn.text.startswith("Elija") else None


@pytest.mark.parametrize(("said", "code"), [
    ("si", "yes"), ("SI", "yes"), ("Sí.", "yes"), ("¡Sí!", "yes"), ("Si\u0301", "yes"), ("«si»", "yes"),
    ("no se", "unknown"), ("no  se", "unknown"), ("No.Sé", None), ("no", "no"), ("no s", "unknown"),
    ("1.-", "yes"), ("- 1", "yes"), ("#3", "unknown"), ("*2*", "no"), ("(2)", "no"), ("1️⃣", "yes"), ("２", "no"),
    ("२।", "no"),
    ("1 si", "yes"), ("3) No sé", "unknown"), ("1. No", None), ("-1", None), ("13", None), ("0", None),
])  # fmt: skip
def test_a_choice_is_known_without_its_accents_and_with_stray_signs(said: str, code: str | None) -> None:
    assert asked("select_one yes", said) == code


def test_a_choice_is_known_by_its_label_in_any_language_of_the_form() -> None:
    assert asked("select_one yes", "yes") == "yes"
    assert asked("select_one yes", "i do not know.") == "unknown"
    assert asked("select_one yes", "Si", spoken="English (en)") == "yes"
    assert asked("select_multiple use", "Washing, riego") == "wash farm"


def test_what_fits_a_choice_in_one_language_and_begins_another_is_asked_again() -> None:
    choices = (*CHOICES[:1], ("yes", "a", "Nothing", "Nada"), ("yes", "b", "Ninguno", "Not"), ("yes", "c", "Otro", "N"))
    assert asked("select_one yes", "not", choices) is None
    assert asked("select_one yes", "ninguno", choices) == "b"


def test_of_two_choices_that_differ_by_accents_none_is_guessed() -> None:
    choices = (*CHOICES[:1], ("yes", "year", "Año", "Year"), ("yes", "other", "Ano", "Other"))
    assert asked("select_one yes", "ano", choices) is None
    assert asked("select_one yes", "AÑO", choices) == "year"
    assert asked("select_one yes", "2", choices) == "other"


def test_signs_that_mean_something_are_not_taken_away() -> None:
    choices = (*CHOICES[:1], ("yes", "more", "más de 10", "> 10"), ("yes", "ten", "diez", "10"))
    assert asked("select_one yes", "< 10", choices, spoken="English (en)") is None
    assert asked("select_one yes", "> 10", choices, spoken="English (en)") == "more"


def test_vowel_signs_of_devanagari_are_no_accents() -> None:
    choices = (("list_name", "name", NE, SW), ("yes", "one", "काम", "Kazi"), ("yes", "two", "कम", "Ng'ombe"))
    rows = [
        ("type", "name", NE, SW, "required"),
        ("select_one yes", "q", "के?", "Nini?", "yes"),
        ("text", "end", "अन्त", "Mwisho"),
    ]
    form = short_form(rows, choices)

    def told(said: str, spoken: str = "नेपाली (ne)") -> str:
        state = go_on(form, begin(form, setting(), spoken).state, said, setting()).state
        return state.partition("<q>")[2].partition("</q>")[0]

    assert [told(said) for said in ("काम", "कम", "कम।", "क\u200dम")] == ["one", "two", "two", "two"]
    assert [told(said, "Kiswahili (sw)") for said in ("ngombe", "Ng’ombe")] == ["two", "two"]


@pytest.mark.parametrize(("said", "codes"), [
    ("1 3", "drink farm"), ("1,3", "drink farm"), ("1+3", "drink farm"), ("1/3", "drink farm"), ("१।३", "drink farm"),
    ("1) 3)", "drink farm"), ("1. 3.", "drink farm"), ("１、３", None), ("lavar; beber", "drink wash"),
    ("1 9", None), ("1-3", None),
])  # fmt: skip
def test_several_choices_are_parted_by_almost_anything(said: str, codes: str | None) -> None:
    assert asked("select_multiple use", said) == codes


@pytest.mark.parametrize(("said", "number"), [
    ("४०", "40"), ("４０", "40"), ("40.", "40"), ("40।", "40"), ("«40»", "40"), ("1 500", "1500"), ("-5", "-5"),
    ("- 5", None), ("1.500", None), ("40 litros", None),
])  # fmt: skip
def test_numbers_are_read_in_every_script_and_a_minus_is_never_lost(said: str, number: str | None) -> None:
    assert asked("integer", said) == number


@pytest.mark.parametrize("said", ["atras", "volver", "Volver.", "¡VOLVER!", "फर्क"])
def test_commands_are_known_without_accents_and_with_stray_signs(said: str) -> None:
    rows = [("type", "name", ES, EN), ("text", "one", "¿Uno?", "One?"), ("text", "two", "¿Dos?", "Two?")]
    form = short_form(rows, CHOICES)
    turn = go_on(form, begin(form, setting(), SPANISH).state, "x", setting())
    assert ("¿Uno?" in go_on(form, turn.state, said, setting()).text) == (said != "atras")


def test_the_rest_of_a_list_is_asked_for_without_an_accent() -> None:
    many = [("yes", f"w{n}", f"Barrio de las aguas {n}", f"Ward {n}") for n in range(1, 41)]
    form = short_form([("type", "name", ES, EN), ("select_one yes", "q", "¿?", "?")], [CHOICES[0], *many])
    first = begin(form, setting(), SPANISH)
    assert go_on(form, first.state, "mas", setting()).text != first.text


@pytest.mark.parametrize(("language", "said", "agreed"), [
    ("नेपाली (ne)", "हो", True), ("नेपाली (ne)", "होइन", False), ("नेपाली (ne)", "yes", True), ("नेपाली (ne)", "no", False),
    ("Kiswahili (sw)", "ndiyo", True), ("Kiswahili (sw)", "hapana", False), ("Kiswahili (sw)", "h", False),
])  # fmt: skip
def test_consent_is_given_and_refused_by_the_word_alone(language: str, said: str, agreed: bool) -> None:
    form = short_form()
    told = Setting(setting().now, setting().timezone, consent=lambda _language: "?")
    turn = go_on(form, begin(form, told, language).state, said, told)
    assert (turn.done, turn.consent) == (not agreed, language if agreed else "")


def test_the_language_is_known_without_accents_and_by_its_code() -> None:
    form: XForm = short_form([("type", "name", ES, NE), ("text", "one", "¿Uno?", "एक?")], CHOICES)
    state = begin(form, setting()).state
    assert "¿Uno?" in go_on(form, state, "espanol", setting()).text
    assert "एक?" in go_on(form, state, "NE", setting()).text


@pytest.mark.parametrize(("said", "kept"), [
    ("पानी", "पानी"), ("  खानेपानी ", "खानेपानी"), ("ANÁLISIS", "ANÁLISIS"), ("ANA\u0301LISIS", "ANÁLISIS"),
    ("WATER2", "WATER2"),
    ("गर्\u200dयो", "गर्\u200dयो"), ("two words", ""), ("", ""), ("12", ""), ("१२", ""), ("\u093e", ""), ("a" * 21, ""),
    ("MAJI!", ""), ("\u200d", ""),
])  # fmt: skip
def test_a_keyword_is_one_word_of_any_script(said: str, kept: str) -> None:
    assert as_keyword(said) == kept
    assert unicodedata.is_normalized("NFC", as_keyword(said))
