import itertools

import pytest

from datashift.language import LANGUAGES
from datashift.legal import defaults, questions


def settings(answers):
    return defaults(answers).model_dump(exclude={"reasons"})


NO = {one.id: "no" for one in questions()}


def test_there_are_ten_questions_in_four_languages_each_with_a_reason():
    assert len(questions()) == 10
    assert all(one.text[language] and one.why[language] for one in questions() for language in LANGUAGES)


def test_where_nothing_threatens_everything_may_be_shown():
    found = defaults(NO)
    assert (found.threshold, found.points, found.delay, found.anonymous, found.microdata) == (
        5,
        "exact",
        0,
        False,
        True,
    )
    assert found.reasons == {}


def test_who_answers_nothing_gets_the_most_careful_defaults():
    assert defaults({}).model_dump(exclude={"reasons"}) == defaults(dict.fromkeys(NO, "yes")).model_dump(
        exclude={"reasons"}
    )
    assert defaults({}).reasons["threshold"][0].answer == "unsure"


def test_not_to_be_sure_counts_as_yes():
    for name in NO:
        assert defaults(NO | {name: "unsure"}).model_dump(exclude={"reasons"}) == defaults(
            NO | {name: "yes"}
        ).model_dump(exclude={"reasons"})


def test_every_question_changes_something_and_says_why():
    for one in questions():
        found = defaults(NO | {one.id: "yes"})
        assert found.reasons
        assert {reason.question for listed in found.reasons.values() for reason in listed} == {one.id}


def test_a_further_yes_never_makes_it_less_careful():
    order = ("exact", "moved", "hexagons")
    for one, other in itertools.permutations(NO, 2):
        few, more = defaults(NO | {one: "yes"}), defaults(NO | {one: "yes", other: "yes"})
        assert more.threshold >= few.threshold
        assert more.delay >= few.delay
        assert order.index(more.points) >= order.index(few.points)
        assert more.anonymous >= few.anonymous
        assert more.microdata <= few.microdata


def test_the_reason_is_that_of_the_answer_that_holds():
    found = defaults(NO | {"harm": "yes", "sensitive": "yes"})
    assert found.threshold == 20
    assert [reason.question for reason in found.reasons["threshold"]] == ["harm"]
    assert [reason.question for reason in found.reasons["microdata"]] == ["harm", "sensitive"]


@pytest.mark.parametrize("said", [{"weather": "yes"}, {"people": "perhaps"}])
def test_what_is_no_question_or_no_answer_is_refused(said):
    with pytest.raises(ValueError, match=r"question|Answer"):
        defaults(said)
