"""A form as a conversation by messages: whole ones, and what people write who do not do as they are told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from xml.etree.ElementTree import fromstring

import pytest
from short_forms import CHOICES, EN, NOW, SURVEY, SW, made, setting, short_form

from datashift.forms.messages import SMS, USSD, Room, Setting, Turn, again, begin, closing, go_on, unfit
from datashift.forms.messages.folding import tidy
from datashift.forms.xform import Instance, XForm, read_xform

SWAHILI, NEPALI, ENGLISH = "Kiswahili (sw)", "नेपाली (ne)", "English (en)"


@pytest.fixture(scope="module")
def form() -> XForm:
    return short_form()


def talk(form: XForm, *said: str, language: str = SWAHILI, room: Room = SMS) -> list[Turn]:
    """What is answered to each message, the first one included."""
    turns = [begin(form, setting(room), language)]
    for text in said:
        assert not turns[-1].done, turns[-1].text
        turns.append(go_on(form, turns[-1].state, text, setting(room)))
    return turns


def answers(turn: Turn) -> dict[str, str]:
    """The answers of a conversation that is over."""
    assert turn.done
    assert turn.xml is not None
    return {one.tag: one.text or "" for one in fromstring(turn.xml) if "meta" not in one.tag}


def test_a_whole_conversation_in_swahili(form: XForm) -> None:
    turns = talk(form, "2", "40", "1 3", "Asante")
    assert "Maji yanatoka wapi?\n1 Bomba\n2 Kisima\n3 Hakuna" in turns[0].text
    assert turns[1].text == "Lita ngapi?"
    assert turns[2].text.startswith("Kwa nini?\n1 Kunywa\n2 Kufua\n3 Kilimo")
    assert answers(turns[-1]) == {"source": "well", "litres": "40", "use": "drink farm", "note": "Asante"}
    assert turns[-1].state == ""


def test_a_whole_conversation_in_nepali_with_its_own_digits_and_words(form: XForm) -> None:
    turns = talk(form, "इनार", "४०", "१, ३", "धन्यवाद", language=NEPALI)
    assert "पानी कहाँबाट आउँछ?" in turns[0].text
    assert answers(turns[-1]) == {"source": "well", "litres": "40", "use": "drink farm", "note": "धन्यवाद"}


@pytest.mark.parametrize("said", ["2", "२", "٢", "Kisima", "kisima.", " KISIMA ", "k", "Kis", "02"])
def test_a_choice_is_known_by_number_word_or_first_letters(form: XForm, said: str) -> None:
    assert talk(form, said)[-1].text == "Lita ngapi?"


@pytest.mark.parametrize("said", ["4", "x", "-1", "1 2", "", "🙂", "1;DROP TABLE", "<b>1</b>"])
def test_what_is_no_choice_is_asked_again(form: XForm, said: str) -> None:
    turn = talk(form, said)[-1]
    assert "Maji yanatoka wapi?" in turn.text
    assert not turn.done


def test_first_letters_of_two_choices_are_no_answer() -> None:
    choices = [row if row[1] != "tap" else ("source", "tap", "Tap", "Kisimani", "धारा") for row in CHOICES]
    turns = talk(short_form(SURVEY, choices), "kis")
    assert "Maji yanatoka wapi?" in turns[-1].text
    assert talk(short_form(SURVEY, choices), "Kisima")[-1].text == "Lita ngapi?"


def test_choices_that_are_numbers_stand_after_letters_so_that_a_number_means_itself() -> None:
    choices = [(*row[:2], label, label, label) if row[0] == "source" else row
               for row, label in zip(CHOICES, ["", "2", "1", "5", "", "", ""], strict=True)]  # fmt: skip
    form = short_form(SURVEY, choices)
    assert "a 2\nb 1\nc 5" in begin(form, setting(), SWAHILI).text
    assert answers(talk(form, "2", "4", "1", "-")[-1])["source"] == "tap"
    assert answers(talk(form, "b", "4", "1", "-")[-1])["source"] == "well"


def test_what_is_not_relevant_is_not_asked(form: XForm) -> None:
    turns = talk(form, "3")
    assert turns[-1].text.startswith("Kwa nini?")


def test_a_broken_rule_is_told_in_the_words_of_the_form_and_nothing_of_it_is_kept(form: XForm) -> None:
    turns = talk(form, "1", "5000")
    assert turns[-1].text.startswith("0 hadi 999\nLita ngapi?")
    assert "5000" not in turns[-1].state
    assert talk(form, "1", "many")[-1].text.endswith("Lita ngapi?")


def test_a_number_that_means_two_things_is_asked_again_and_zero_is_a_number(form: XForm) -> None:
    assert talk(form, "1", "1,500")[-1].text.endswith("Lita ngapi?")
    assert talk(form, "1", "0")[-1].text.startswith("Kwa nini?")
    assert talk(form, "1", "98")[-1].text.startswith("Kwa nini?")


def test_what_is_needed_cannot_be_skipped_and_the_rest_can(form: XForm) -> None:
    assert "Lita ngapi?" in talk(form, "1", "000")[-1].text
    assert answers(talk(form, "1", "5", "SKIP", "000")[-1]) == {"source": "tap", "litres": "5", "use": "", "note": ""}


def test_back_asks_the_question_before_and_a_changed_answer_changes_what_follows(form: XForm) -> None:
    turns = talk(form, "1", "30", "0", "00", "3", "2", "-")
    assert turns[3].text.startswith("Lita ngapi?")
    assert "Maji yanatoka wapi?" in turns[4].text
    told = answers(turns[-1])
    assert told == {"source": "none", "use": "wash", "note": "-"}


def test_back_at_the_first_question_stays_there(form: XForm) -> None:
    assert "Maji yanatoka wapi?" in talk(form, "BACK")[-1].text


@pytest.mark.parametrize("said", ["STOP", "stop", " Stop. "])
def test_stop_ends_it_at_any_question_and_nothing_is_left(form: XForm, said: str) -> None:
    for before in ([], ["1"], ["1", "4"], ["1", "4", "2"]):
        turn = talk(form, *before, said)[-1]
        assert (turn.done, turn.xml, turn.state) == (True, None, "")


def test_help_tells_how_and_asks_again(form: XForm) -> None:
    turn = talk(form, "1", "help")[-1]
    assert "SITISHA" in turn.text  # the word of the language; the English one works, too
    assert turn.text.endswith("Lita ngapi?")


def test_the_language_is_asked_for_and_can_be_changed_on_the_way(form: XForm) -> None:
    turns = talk(form, "2", "1", "LANGUAGE", "1", "7", "3", "-", language="")
    assert turns[0].text == "Maji\n1 English\n2 Kiswahili\n3 नेपाली"
    assert "Maji yanatoka wapi?" in turns[1].text
    assert turns[2].text == "Lita ngapi?"
    assert turns[4].text == "How many litres?"
    assert answers(turns[-1])["litres"] == "7"
    assert turns[-1].language == ENGLISH


def test_consent_is_asked_for_first_and_a_no_keeps_nothing(form: XForm) -> None:
    told = Setting(NOW, UTC, consent=lambda language: f"Ridhaa {language}")
    first = begin(form, told, SWAHILI)
    assert "Ridhaa Kiswahili" in first.text
    no = go_on(form, first.state, "2", told)
    assert (no.done, no.xml, no.state) == (True, None, "")
    yes = go_on(form, first.state, "1", told)
    assert "Maji yanatoka wapi?" in yes.text
    assert yes.consent == SWAHILI
    assert "Ridhaa" in go_on(form, first.state, "maybe", told).text


def test_the_same_answers_give_the_same_xml_as_the_pages(form: XForm) -> None:
    last = talk(form, "2", "40", "1 3", "Asante")[-1]
    page = Instance(form, now=NOW, today=NOW.date(), timezone=UTC, language=SWAHILI)
    for name, value in (("source", "well"), ("litres", "40"), ("use", "drink farm"), ("note", "Asante")):
        page.answer(f"{form.root}/{name}", value)
    page.finish(NOW)
    assert not page.faults()
    assert plain(last.xml) == plain(page.as_xml())


def plain(xml: bytes | None) -> bytes:
    return re.sub(rb"uuid:[0-9a-f-]{36}", b"uuid", xml or b"")


# --- lengths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [SWAHILI, NEPALI])
def test_a_long_list_is_shown_in_screens_and_every_choice_can_be_reached(language: str) -> None:
    names = [
        ("source", f"w{n}", f"Ward {n}", f"Kata ya {'abcdefghij'[n % 10] * 6} {n}", f"वडा {n}") for n in range(1, 41)
    ]
    form = short_form(SURVEY, [*CHOICES[:1], *names, *CHOICES[4:]])
    for room in (SMS, USSD):
        turns, text = [begin(form, setting(room), language)], ""
        while "98 " in turns[-1].text:
            text += turns[-1].text
            turns.append(go_on(form, turns[-1].state, "98", setting(room)))
        text += turns[-1].text
        assert all(room.holds(turn.text) for turn in turns)
        assert all(f"\n{n} " in f"\n{text}" or f"{n} " in text for n in range(1, 41))
        assert len(turns) > 1
        taken = go_on(form, turns[-1].state, "37", setting(room))
        assert "<source>w37</source>" in taken.state


def test_a_long_question_is_read_to_its_end_before_an_answer_is_taken() -> None:
    rows = [row if row[1] != "litres" else (*row[:3], "Lita ngapi " * 30, *row[4:]) for row in SURVEY]
    form = short_form(rows)
    turns = talk(form, "1", "40", room=USSD)
    assert turns[1].text.endswith("98 more") or "98" in turns[1].text
    assert "<litres>40" not in turns[-1].state
    assert all(USSD.holds(turn.text) for turn in turns)
    turn = go_on(form, turns[-1].state, "40", setting(USSD))
    assert "<litres>40</litres>" in turn.state


def test_a_conversation_that_broke_off_goes_on_with_its_question(form: XForm) -> None:
    state = talk(form, "1")[-1].state
    assert again(form, state, setting()).text == "Lita ngapi?"


def test_the_last_message_fits_whatever_the_room() -> None:
    for language in (SWAHILI, NEPALI, ENGLISH):
        for room in (SMS, USSD):
            said = closing(language, "1234 5678 1234 5678", room)
            assert "1234 5678 1234 5678" in said
            assert room.holds(said)


# --- what comes from outside ------------------------------------------------------------------------------------------


def test_hostile_texts_are_answers_and_nothing_else(form: XForm) -> None:
    for text in ("</note><source>none</source>", "\x00\x1b[2J", "a\u202eb", "x" * 100_000, "]]>&amp;", "\ud83d"):
        last = talk(form, "1", "4", "2", text)[-1]
        if last.done:
            told = answers(last)
            assert (told["source"], told["litres"]) == ("tap", "4")
            assert len(told["note"]) <= 1000
            assert told["note"] == tidy(text)


def test_a_note_is_read_out_before_the_question_after_it() -> None:
    rows = [*SURVEY[:2], ("note", "thanks", "Now the amount.", "Sasa kiasi.", "अब"), *SURVEY[2:]]
    assert talk(short_form(rows), "1")[-1].text == "Sasa kiasi.\nLita ngapi?"


def test_days_and_times_are_read_as_people_write_them() -> None:
    rows = [SURVEY[0], ("date", "day", "Day?", "Siku?", "दिन?"), ("time", "hour", "Hour?", "Saa?", "समय?")]
    turn = talk(short_form(rows), "३१-१२-२०२६", "9:05")[-1]
    assert answers(turn) == {"day": "2026-12-31", "hour": "09:05:00.000"}
    assert not talk(short_form(rows), "31-13-2026")[-1].done
    assert "Siku?" in talk(short_form(rows), "31-13-2026")[-1].text


# --- which forms fit --------------------------------------------------------------------------------------------------


def test_a_short_form_fits(form: XForm) -> None:
    assert unfit(form) == []


def test_a_form_that_does_not_fit_says_everything_that_keeps_it_from_it() -> None:
    rows = [
        SURVEY[0], ("image", "photo", "A picture", "Picha", ""), ("geopoint", "place", "Where", "Wapi", ""),
        ("begin repeat", "person", "Person", "Mtu", ""), ("text", "name", "Name", "Jina", ""), ("end repeat", ""),
        *(("text", f"q{n}", f"Q{n}", f"S{n}", "") for n in range(21)),
    ]  # fmt: skip
    told = unfit(read_xform(made(rows)))
    assert [one.code for one in told] == [
        "message.kind", "message.kind", "message.repeat", "message.many-questions",
    ]  # fmt: skip
    assert "A picture" in str(told[0])


def test_a_form_without_languages_is_asked_as_it_is() -> None:
    rows = [("type", "name", "label"), ("integer", "litres", "Litres?")]
    form = read_xform(made(rows, [("list_name", "name", "label")], default_language=""))
    turn = begin(form, setting())
    assert turn.text.startswith("Maji.")
    assert answers(go_on(form, turn.state, "4", setting()))["litres"] == "4"


def test_a_later_answer_that_makes_an_earlier_one_wrong_leads_back_to_it() -> None:
    rows = [
        ("type", "name", EN, SW, "required", "constraint"),
        ("integer", "all", "All?", "Wote?", "yes", "${some} = '' or . >= ${some}"),
        ("integer", "some", "Some?", "Baadhi?", "yes", ""),
    ]
    form = short_form(rows, [("list_name", "name", EN, SW)])
    turns = talk(form, "5", "9", "10", "9")
    assert "Wote?" in turns[2].text
    assert answers(turns[-1]) == {"all": "10", "some": "9"}


def test_the_settings_of_a_room_do_not_change(form: XForm) -> None:
    with pytest.raises(AttributeError):
        replace(setting(), room=USSD).room = SMS  # type: ignore[misc]
