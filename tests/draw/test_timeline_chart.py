"""The chart of time and value: marks, lines, what is not known, words that cover nothing, pages of any width."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest
from small_tables import contrast, of_class, parsed, place, texts, words, written

from datashift.draw import letters, look, over_time
from datashift.draw.timeline_labels import Box
from datashift.draw.timeline_records import Ahead, Curve, Flag, Outcome, Point, Tie, Timeline
from datashift.language import LANGUAGES

CITIZENS = Curve(
    "citizen", "Counted by citizens", "",
    (Point(2012, 58, 55, 61), Point(2016, 66, 60, 72), Point(2018, None, state="few"), Point(2021, 71, 66, 76)),
)  # fmt: skip
MODEL = Curve(
    "official", "A joint programme", "A",
    tuple(Point(2000 + k, 47.3 + 0.72 * k, modelled=True, before=55.0 if k == 17 else None) for k in range(21)),
    ahead=Ahead(2030, 68, 62, 73),
)  # fmt: skip
CENSUS = Curve(
    "official", "Census", "B", (Point(2009, 52), Point(2014, None, state="empty"), Point(2019, 74.3, 72, 76)),
    breaks=((2014.5, "other questionnaire"),),
)  # fmt: skip
WHOLE = Timeline(
    (CITIZENS, MODEL, CENSUS),
    "PT",
    ties=(Tie("gap", (2012, 58), (2012, 55.9)), Tie("cannot_tell", (2021, 71), (2020, 61.7))),
    flag=Flag(2030, 100, "target 100 %"),
    outcomes=(Outcome("One method", (("[A]", "too slow (94 %)"), ("[B]", "on track (60 %)"))), Outcome("Other", ())),
    notes=("These count people, not water points.",),
    text="First. Second.",
    table=(("YEAR", "VALUE"), ("2012", "58")),
)
ALONE = Timeline((CITIZENS,), "PT")


def drawn(what: Timeline = WHOLE, width: float = look.WIDTH, **changes) -> str:
    return over_time(what, words=words(title="Most water points work", unit="%", **changes), width=width).svg


def ticks(svg: str) -> dict[str, tuple[float, float]]:
    return {text.text: place(text) for text in texts(svg) if text.text in {"0", "100", "2010", "2020", "2030"}}


def pixel(svg: str, year: float, value: float) -> tuple[float, float]:
    """Where the axes say that a figure stands."""
    at = ticks(svg)
    (x1, _), (x2, _), (_, y0), (_, y1) = at["2010"], at["2020"], at["0"], at["100"]
    return x1 + (year - 2010) / 10 * (x2 - x1), y0 + value / 100 * (y1 - y0) - 0.35 * look.LABEL


def boxes(svg: str) -> list[tuple[str, Box]]:
    """Return every line of text with the room that it takes in a narrow font."""
    found = []
    for text in texts(svg):
        size = float(text.get("font-size", "16").removesuffix("px"))
        across = letters.shaped(text.text or "", text.get("font-weight") == "bold").advance * size
        x, y = place(text)
        left = {"middle": x - across / 2, "end": x - across}.get(text.get("text-anchor", ""), x)
        found.append((text.text or "", Box(left, y - 0.7 * size, left + across, y + 0.1 * size)))
    return found


# --- marks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 720])
def test_figures_stand_where_the_axes_say(width):
    svg = drawn(width=width)
    expected = sorted(pixel(svg, year, value) for year, value in ((2012, 58), (2016, 66), (2021, 71)))
    found = sorted(place(dot) for dot in of_class(svg, "citizen"))
    assert [x for pair in found for x in pair] == pytest.approx([x for pair in expected for x in pair], abs=0.6)


def test_citizens_are_filled_circles_on_a_solid_line_and_officials_hollow_diamonds_on_a_dashed_one():
    svg = drawn()
    dots, diamonds = of_class(svg, "citizen"), of_class(svg, "official")
    assert (len(dots), len(diamonds)) == (3, 2)
    assert all("A" in dot.get("d") and dot.get("fill") == look.CITIZEN for dot in dots)
    assert all("A" not in one.get("d") and one.get("fill") == look.PAPER for one in diamonds)
    assert all(not line.get("stroke-dasharray") for line in of_class(svg, "citizen-line"))
    assert all(line.get("stroke-dasharray") for line in of_class(svg, "official-line"))


def test_modelled_official_figures_have_a_dotted_outline_and_are_named_so():
    svg = drawn()
    assert len(of_class(svg, "modelled")) == 21
    assert all(one.get("stroke-dasharray") for one in of_class(svg, "modelled"))
    assert "[A] A joint programme (modelled)" in written(svg)


def test_an_interval_is_a_line_through_its_mark():
    svg = drawn(ALONE)
    lines = sorted(of_class(svg, "citizen-interval"), key=lambda line: place(line)[0])
    per_cent = (ticks(svg)["0"][1] - ticks(svg)["100"][1]) / 100
    assert [abs(float(line.get("y2"))) for line in lines] == pytest.approx([6 * per_cent, 12 * per_cent, 10 * per_cent])


def test_too_few_answers_are_a_lock_and_what_nobody_counted_an_empty_ring_on_the_axis():
    svg = drawn()
    (lock,), (ring,) = of_class(svg, "few"), of_class(svg, "empty")
    assert ring.get("fill") != look.QUIET
    foot = pixel(svg, 2018, 0)
    assert place(lock)[0] == pytest.approx(foot[0], abs=0.6)
    assert 0 < foot[1] - place(lock)[1] < 20
    assert {"too few answers", "not counted"} <= set(written(svg))


def test_no_line_runs_over_a_break():
    svg = drawn()
    assert len(of_class(svg, "official-line")) == 20
    (line,) = of_class(svg, "break")
    assert place(line)[0] == pytest.approx(pixel(svg, 2014.5, 0)[0], abs=0.6)
    assert "break" in written(svg)
    assert "Break in 2015, [B]: other questionnaire" in written(svg)


def test_an_earlier_value_stays_as_a_faint_mark_joined_to_the_new_one():
    svg = drawn()
    (earlier,), (joint,) = of_class(svg, "earlier"), of_class(svg, "revision")
    assert place(earlier)[1] == pytest.approx(pixel(svg, 2017, 55)[1], abs=0.6)
    assert place(joint)[0] == place(earlier)[0]
    assert "as published before" in written(svg)


def test_a_gap_is_a_line_between_the_two_and_what_nobody_can_tell_is_hatched():
    svg = drawn()
    assert len(of_class(svg, "gap")) == 1
    (hatched,) = of_class(svg, "unknown")
    assert hatched.get("fill").startswith("url(#hatch")
    assert {"gap between the two", "cannot tell"} <= set(written(svg))


def test_figures_that_cannot_be_compared_are_not_joined_and_are_named():
    other = replace(CITIZENS, told="cannot be compared")
    svg = drawn(Timeline((other, CENSUS), "PT"))
    assert of_class(svg, "gap") == of_class(svg, "unknown") == []
    assert "cannot be compared" in written(svg)


def test_the_target_is_a_flag_at_its_year():
    svg = drawn()
    (pole,) = of_class(svg, "target-pole")
    assert place(pole) == pytest.approx(pixel(svg, 2030, 100), abs=0.6)
    assert written(svg).count("target 100 %") == 2  # at the flag and in the legend


def test_what_is_expected_is_a_fan_with_a_thin_dashed_middle():
    svg = drawn()
    assert len(of_class(svg, "fan")) == len(of_class(svg, "ahead")) == 1
    assert of_class(svg, "ahead")[0].get("stroke-dasharray")
    assert "expected at this pace" in written(svg)


def test_the_legend_explains_only_what_is_drawn():
    svg = drawn(ALONE)
    unused = {"gap between the two", "cannot tell", "as published before", "expected at this pace", "not counted"}
    assert not unused & set(written(svg))
    assert "Counted by citizens" in written(svg)


def test_marks_can_be_told_from_the_paper():
    for ink in (look.CITIZEN, look.OFFICIAL, look.HATCHING, look.AXIS):
        assert contrast(ink, look.PAPER) >= 4.5


# --- words and pages --------------------------------------------------------------------------------------------------


def test_series_are_told_apart_by_letters_at_the_end_of_their_lines():
    assert {"71\u202f%", "[A] 61.7\u202f%", "[B] 74\u202f%"} <= set(written(drawn()))


def test_shares_stand_on_an_axis_from_0_to_100_and_other_figures_from_0():
    assert {"0", "20", "40", "60", "80", "100"} <= set(written(drawn()))
    few = Curve("official", "Register", "", (Point(2012, 2345), Point(2014, 2405, 2100, 2700)))
    assert {"0", "1\u202f000", "3\u202f000"} <= set(written(drawn(Timeline((few,), "PERSONS"))))


def test_what_the_methods_say_stands_below_the_axis():
    svg = drawn()
    where = {text.text: place(text)[1] for text in texts(svg)}
    assert where["2020"] < where["One method"] < where["Other"]
    assert where["One method"] == where["[A] too slow (94 %)"] < where["[B] on track (60 %)"]
    narrow = {text.text: place(text)[1] for text in texts(drawn(width=360))}
    assert narrow["One method"] < narrow["[A] too slow (94 %)"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [360, 480, 720])
def test_no_words_cover_each_other_or_leave_the_page(width, language):
    found = boxes(drawn(width=width, language=language))
    assert all(box.left >= 0 and box.right <= width for text, box in found)
    covered = [(a, b) for (a, one), (b, other) in combinations(found, 2) if one.covers(other) > 4]
    assert covered == []


def test_no_mark_stands_under_words():
    svg = drawn()
    marks = [place(mark) for name in ("citizen", "official", "modelled") for mark in of_class(svg, name)]
    under = [
        text
        for text, box in boxes(svg)
        for x, y in marks
        if box.left - 1 < x < box.right + 1 and box.top - 1 < y < box.bottom + 1
    ]
    assert under == []


@pytest.mark.parametrize("width", [360, 720])
def test_letters_are_as_large_on_a_phone_as_on_a_desk(width):
    svg = drawn(width=width)
    assert parsed(svg).get("width") == str(width)
    assert min(float(text.get("font-size").removesuffix("px")) for text in texts(svg)) >= look.FOOT


def test_digits_are_those_of_the_reader():
    assert {"२०१०", "१००", "[A] ६१.७\u202f%"} <= set(written(drawn(language="ne")))


def test_made_up_data_are_marked_twice():
    said = written(drawn(simulated=True, subtitle="Shares"))
    assert "simulated" in said
    assert "Shares (simulated)" in said


def test_the_twins_are_those_of_the_record():
    chart = over_time(WHOLE, words=words())
    assert (chart.text, chart.table) == (WHOLE.text, WHOLE.table)
    assert "First. Second." in parsed(chart.svg).get("aria-label")
    assert chart.png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "curves", [(), (Curve("citizen", "Nobody", "", ()),), (replace(CITIZENS, points=CITIZENS.points[2:3]),)]
)
def test_a_chart_without_figures_still_has_its_words(curves):
    assert "Most water points work" in written(drawn(Timeline(curves, "PT")))


def test_one_figure_alone_is_drawn_without_a_line():
    svg = drawn(Timeline((replace(CITIZENS, points=CITIZENS.points[:1]),), "PT"))
    assert len(of_class(svg, "citizen")) == 1
    assert of_class(svg, "citizen-line") == []


def test_the_same_chart_has_the_same_bytes():
    assert drawn() == drawn()
    assert not re.search(r"<script|href", drawn())


def test_growth_below_nought_is_drawn_below_nought_and_not_at_the_end_of_an_axis_of_shares():
    growth = Curve("official", "An office", "", (Point(2010, 5.0), Point(2020, -3.5)))
    svg = drawn(Timeline((growth,), "PT"))
    (_, high), (_, low) = (place(mark) for mark in of_class(svg, "official"))
    nought = ticks(svg)["0"][1] - 0.35 * look.LABEL
    assert high < nought - 10
    assert low > nought + 10


def test_what_is_expected_beyond_the_axis_is_said_in_figures():
    wide = Curve("official", "An office", "", (Point(2010, 5.0), Point(2015, 4.0)), ahead=Ahead(2030, 4, 0.3, 43))
    told = " ".join(text.text or "" for text in texts(drawn(Timeline((wide,), "RATE"))))
    assert "What is expected for 2030 runs beyond the axis: 0 to 43." in told
    within = replace(wide, ahead=Ahead(2030, 4, 3, 5))
    assert "beyond" not in " ".join(text.text or "" for text in texts(drawn(Timeline((within,), "RATE"))))


def test_the_word_of_a_break_stands_clear_of_a_long_unit():
    early = Curve("official", "An office", "", (Point(2010, 5.0), Point(2020, 4.0)), breaks=((2010.5, "new form"),))
    svg = over_time(Timeline((early,), "RATE"), words=words(title="Rates", unit="PER 100 000 PEOPLE")).svg
    at = {text.text: place(text)[1] for text in texts(svg) if text.text in ("break", "PER 100 000 PEOPLE")}
    assert at["break"] - at["PER 100 000 PEOPLE"] >= look.LABEL_LINE
