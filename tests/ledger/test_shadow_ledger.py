"""The ledger itself: what is said first, the table, official beside official, breaks, revisions, progress."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from small_series import TARGET, benchmark, citizens, comparison, observations, official, revision

from datashift.errors import BadLedger
from datashift.language import LANGUAGES, speaking
from datashift.ledger import COLUMNS, as_table, ledger
from datashift.ledger.moments import moment
from datashift.progress import progress

JOINT = official("2015 | 58.2 | | | | E\n2019 | 61 | | | | E\n2020 | 61.6 | | | | E | A | fitted to surveys")
GLOBAL = official("2015 | 57.6 | | | | E\n2017 | 58.9 | | | | E", series="SP_WAT", producer="Global database")
HOMES = citizens("2018 | 52 | 2 | 48 | 56\n2019 ||||||Q\n2021 | 54 | 2 | 50 | 58")
BESIDE = benchmark(JOINT, JOINT.observations[2])
GAP = comparison("gap", HOMES.observations[2], BESIDE)


def judged(series):
    return {0: progress(series, TARGET)}


# --- what is said ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("gap", "This suggests a gap."),  # the official figure is estimated
        ("no_gap_seen", "This is consistent with no gap."),
        ("cannot_tell", "Gap: cannot tell."),
        ("not_comparable", "It cannot be compared with the official figure 61.6\u202f% in 2020, Joint programme."),
        ("no_official_figure", "No official figure stands beside it."),
        ("official_hides_group", "the official figures do not show this group"),
        ("official_stale", "too old to stand beside it"),
    ],
)
def test_the_finding_says_the_verdict_with_its_fixed_word(verdict, said):
    other = None if verdict == "no_official_figure" else BESIDE
    found = ledger([JOINT, HOMES], comparisons=[comparison(verdict, HOMES.observations[2], other)])
    assert said in found.sentence()
    assert found.sentence().startswith("Homes with basic water, Kenya: ")
    assert "54\u202f% (50 to 58) in 2021" in found.sentence()


def test_the_latest_citizen_figure_leads_and_of_its_verdicts_a_gap():
    older = comparison("gap", HOMES.observations[0], benchmark(JOINT, JOINT.observations[0]))
    unclear = comparison("cannot_tell", HOMES.observations[2], benchmark(GLOBAL, GLOBAL.observations[1]))
    found = ledger([JOINT, GLOBAL, HOMES], comparisons=[older, unclear, GAP])
    assert found.lead is GAP


def test_without_citizens_the_official_figure_is_said_and_that_nobody_else_counted():
    found = ledger([JOINT])
    assert found.sentence() == (
        "Basic water, Kenya: 61.6\u202f% in 2020, Joint programme. No citizen figure is at hand."
    )


def test_without_official_figures_the_citizen_figure_stands_alone():
    assert ledger([HOMES]).sentence().endswith("54\u202f% (50 to 58) in 2021. No official figure stands beside it.")


def test_where_every_figure_is_hidden_nothing_is_said_of_it():
    assert ledger([citizens("2021 ||||||Q")]).sentence() == "Kenya: no figure may be shown."


def test_two_official_sources_are_set_beside_each_other_in_their_latest_common_year():
    found = ledger([JOINT, GLOBAL])
    (pair,) = found.apart
    assert (pair.year, round(pair.difference, 1)) == (2015, 0.6)
    assert "The official sources differ by 0.6 percentage points in 2015: [A] 58.2\u202f% and [B] 57.6\u202f%." in (
        found.sentences()
    )


def test_official_sources_that_say_the_same_are_said_to():
    twin = replace(JOINT, producer="Another copy")
    assert any(
        text.startswith("The official sources say the same in 2020") for text in ledger([JOINT, twin]).sentences()
    )


def test_official_figures_of_another_concept_are_not_subtracted():
    assert ledger([JOINT, replace(GLOBAL, relation="different")]).apart == ()
    assert ledger([JOINT, official("2010/2012 | 50")]).apart == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_twin_has_at_most_six_texts_in_every_language(language):
    with speaking(language):
        found = ledger(
            [JOINT, GLOBAL, HOMES], target=TARGET, comparisons=[GAP], revisions=[revision("2020", 60, 61.6)],
            judged=judged(JOINT),
        )  # fmt: skip
        texts = found.sentences()
    assert 4 <= len(texts) <= 6
    assert all(texts)


def test_the_text_twin_says_what_would_have_to_be_wrong_and_who_sees_it_on_track():
    found = ledger([HOMES, JOINT], target=TARGET, comparisons=[GAP], judged={1: progress(JOINT, TARGET)})
    said = " ".join(found.sentences())
    assert "For the official figure to be right" in said
    assert "Methods that see the figures on track: official 0 of " in said


def test_no_method_can_judge_a_single_year_and_this_is_said():
    found = ledger([official("2020 | 50")], target=TARGET)
    assert "No method can judge the progress: too few years, or no target." in found.sentences()


def test_what_is_hidden_and_who_states_no_uncertainty_is_said():
    said = " ".join(ledger([JOINT, HOMES]).sentences())
    assert "Too few answers to show: 2019." in said
    assert "How sure the figures are is not published by: Joint programme." in said


# --- the table ------------------------------------------------------------------------------------------------------


def test_every_figure_has_one_row_citizens_first_in_the_order_of_time():
    rows = ledger([JOINT, GLOBAL, HOMES], comparisons=[GAP]).rows()
    assert [(row.side, row.period) for row in rows[:4]] == [
        ("citizen", "2018"), ("citizen", "2019"), ("citizen", "2021"), ("official", "2015"),
    ]  # fmt: skip
    assert len(rows) == 8
    assert [row.tag for row in rows] == ["", "", "", "A", "A", "A", "B", "B"]


def test_the_row_of_a_compared_figure_carries_verdict_difference_and_contestation():
    row = ledger([JOINT, HOMES], comparisons=[replace(GAP, probability=0.97)]).rows()[2]
    assert (row.verdict, row.official, row.probability) == ("suggests", "Joint programme, 2020", 0.97)
    assert row.difference == pytest.approx(-7.6)
    assert row.contestation.startswith("For the official figure to be right")


def test_how_sure_is_published_stated_or_none():
    stated = replace(JOINT.observations[1], se=1.0, stated="a study of such surveys")
    rows = ledger([replace(JOINT, observations=(JOINT.observations[0], stated)), HOMES]).rows()
    assert [row.sure for row in rows] == ["published", "none", "published", "none", "stated"]


def test_a_hidden_figure_has_no_value_and_says_why():
    row = ledger([HOMES]).rows()[1]
    assert (row.value, row.marks) == (None, "too few answers")


def test_breaks_revisions_and_footnotes_stand_in_the_marks():
    broken = replace(JOINT, breaks=(("2019", "other questionnaire"),))
    rows = ledger([broken], revisions=[revision("2020", 60.25, 61.6), revision("2019", None, 61.0)]).rows()
    assert [row.marks for row in rows] == [
        "", "break: other questionnaire; new in this release", "revised: 60.25 before; fitted to surveys",
    ]  # fmt: skip


def test_a_revision_of_a_figure_that_was_changed_again_is_not_told_of_the_figure():
    rows = ledger([JOINT], revisions=[revision("2020", 60.0, 61.0)]).rows()
    assert "revised" not in rows[2].marks


GOLDEN = """
SIDE|TAG|SERIES|PERIOD|VALUE|LOWER|UPPER|SURE|NATURE|VERDICT|OFFICIAL|DIFFERENCE|MARKS
citizen||BASIC|2018|52|48|56|published||||||
citizen||BASIC|2019||||none||||||too few answers
citizen||BASIC|2021|54|50|58|published||suggests|Joint programme, 2020|-7.6|
official|A|WAT|2015|58.2|||none|E|||||
official|A|WAT|2019|61|||none|E|||||
official|A|WAT|2020|61.6|||none|E||||revised: 60 before; fitted to surveys
official|B|SP_WAT|2015|57.6|||none|E|||||
official|B|SP_WAT|2017|58.9|||none|E|||||
"""


def test_the_table_for_machines_stays_as_it_is():
    found = ledger([JOINT, GLOBAL, HOMES], comparisons=[GAP], revisions=[revision("2020", 60, 61.6)])
    table = as_table(found.rows())
    wanted = [line.split("|") for line in GOLDEN.strip().splitlines()]
    places = [table[0].index(name) for name in wanted[0]]
    lines = [[line[k] for k in places] for line in table]
    assert [line[:12] for line in lines] == [line[:12] for line in wanted]
    assert [line[12] for line in lines] == [line[-1] if len(line) > 12 else "" for line in wanted]
    assert len(table[0]) == len(COLUMNS)


def test_everything_can_be_written_as_json():
    found = ledger(
        [JOINT, GLOBAL, HOMES], target=TARGET, comparisons=[GAP], revisions=[revision("2020", 60, 61.6)],
        judged=judged(JOINT), notes=["A note."],
    )  # fmt: skip
    data = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert data["comparisons"][0]["verdict_word"] == "suggests"
    assert data["series"][0]["observations"][1]["value"] is None
    assert data["progress"][0]["series"] == 1
    assert data["official_apart"][0]["year"] == 2015
    assert data["notes"] == ["A note."]


# --- breaks and refusals ---------------------------------------------------------------------------------------------


def test_a_change_of_nature_is_a_break():
    found = ledger([official("2010 | 50 | | | | C\n2012 | 52 | | | | M\n2014 | 53 | | | | M")])
    assert [period for period, _why in found.series[0].breaks] == ["2012"]


def test_a_series_that_changes_its_nature_again_and_again_is_noted_once_instead():
    table = "\n".join(f"{2000 + k} | 50 | | | | {'CM'[k % 2]}" for k in range(8))
    found = ledger([official(table)])
    assert found.series[0].breaks == ()
    assert found.notes == (
        "The figures of Joint programme change their kind 7 times (country data, estimates, models).",
    )


def test_two_units_do_not_stand_in_one_ledger():
    with pytest.raises(BadLedger, match="PERSONS: SP_WAT; PT: WAT"):
        ledger([JOINT, replace(GLOBAL, unit="PERSONS")])


def test_progress_follows_its_series_when_citizens_go_first():
    found = ledger([JOINT, HOMES], judged=judged(JOINT))
    assert [found.series[k].series for k, _judged in found.progress] == ["WAT"]


@pytest.mark.parametrize(
    ("period", "middle"),
    [("2011", 2011), ("2011/2013", 2012), ("2011-01-01/P3Y", 2012), ("2011-07", 2011.0417), ("2011-Q1", 2010.625)],
)
def test_a_period_stands_at_its_middle(period, middle):
    assert moment(period) == pytest.approx(middle, abs=1e-3)


def test_the_small_tables_are_read_as_meant():
    hidden, shown = observations("2019 ||||||Q\n2020 | 4 | 1 | 2 | 6 | C")
    assert hidden.value != hidden.value
    assert (shown.value, shown.se, shown.nature) == (4, 1, "C")


def test_limits_hold_their_figure_below_nought_and_a_hidden_figure_has_none():
    falling = official("2019 | -3.5 | 1\n2020 | | | 2 | 9 | C | Q")
    loss, hidden = ledger([falling]).rows()
    assert loss.lower is not None
    assert loss.upper is not None
    assert loss.lower < -3.5 < loss.upper
    assert (hidden.value, hidden.lower, hidden.upper) == (None, None, None)
