"""What a form by messages costs, held against the conversation that it becomes."""

from __future__ import annotations

import pytest
from short_forms import CHOICES, SURVEY, setting, short_form

from datashift.forms.messages import SMS, USSD, Room, Setting, begin, closing, costs, go_on, parts

LANGUAGES = ["English (en)", "Kiswahili (sw)", "नेपाली (ne)"]


@pytest.mark.parametrize("room", [SMS, USSD])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cost_is_what_the_conversation_takes_that_asks_everything(language: str, room: Room) -> None:
    form, around = short_form(), setting(room)
    around = Setting(around.now, around.timezone, room, lambda _language: "Words of consent. " * 12)
    told = [begin(form, around, language)]
    answers = iter(("1", "1", "40", "1 3", "Asante"))
    while not told[-1].done:
        more = "\n98 " in told[-1].text
        told.append(go_on(form, told[-1].state, "98" if more else next(answers), around))
    whole = [*(turn.text for turn in told[:-1]), closing(language, "0000 0000 0000 0000", room)]
    [cost] = costs(form, around, language)
    assert (cost.language, cost.parts, cost.answers) == (language, sum(parts(one, room) for one in whole), len(told))


def test_a_form_that_asks_for_the_language_costs_one_message_more_in_each() -> None:
    form = short_form()
    for asked, alone in zip(costs(form, setting()), (costs(form, setting(), one)[0] for one in LANGUAGES), strict=True):
        assert (asked.parts, asked.answers) == (alone.parts + 1, alone.answers + 1)


def test_nepali_costs_more_than_the_same_words_in_latin_letters() -> None:
    rows = [SURVEY[0], ("text", "q", "a" * 150, "a" * 150, "न" * 150)]
    english, _swahili, nepali = costs(short_form(rows, CHOICES), setting())
    assert nepali.parts > english.parts


def test_questions_that_are_asked_of_some_only_count() -> None:
    rows = [(*row[:6], "false()", *row[7:]) if row[1] == "litres" else row for row in SURVEY]
    assert costs(short_form(rows), setting()) == costs(short_form(), setting())


def test_a_form_without_languages_has_one_cost() -> None:
    rows = [("type", "name", "label"), ("integer", "litres", "Litres?")]
    [cost] = costs(short_form(rows, [("list_name", "name", "label")]), setting())
    assert cost.answers == 2
