"""The dot-and-interval chart: order, marks, what is not known, legend, words."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from small_tables import comparisons, contrast, estimates, of_class, parsed, place, texts, words, written

from datashift.draw import beside_official, by_area, letters, look

DISTRICTS = """
    Whole | 58 | 55 | 61 | 420 | A
    Ash   | 41 | 30 | 52 |  80 | A
    Birch | 77 | 70 | 84 |  90 | A
    Cedar |    |    |    |   0 | Q
    Dogwood |  |    |    |   9 | O
    Elm   | 63 | 50 | 76 | 100 | A
"""
BESIDE = """
    Whole | 58 | 55 | 61 | 50 | 1.5 | C | gap
    Ash   | 41 | 30 | 52 | 40 | 2   | C | cannot_tell
    Birch | 77 | 70 | 84 | 70 |     | M | gap
    Cedar | 66 | 60 | 72 | x  | 2   | C | not_comparable
    Dogwood | 60 | 52 | 68 | - |    |   | no_official_figure
"""


def row_names(svg: str, *names: str) -> list[ET.Element]:
    return [text for text in sorted(texts(svg), key=lambda t: place(t)[1]) if text.text in names]


def order(svg: str, *names: str) -> list[str]:
    return [text.text or "" for text in row_names(svg, *names)]


# --- by area ------------------------------------------------------------------------------------------------------


def test_areas_stand_from_the_highest_to_the_lowest_with_the_unknown_ones_last():
    svg = by_area(estimates(DISTRICTS), words=words()).svg
    assert order(svg, "Ash", "Birch", "Cedar", "Dogwood", "Elm") == ["Birch", "Elm", "Ash", "Cedar", "Dogwood"]


def test_the_whole_leads_the_rows_in_bold_whatever_its_value():
    svg = by_area(estimates(DISTRICTS), words=words(overall="Whole")).svg
    first = row_names(svg, "Whole", "Ash", "Birch", "Cedar", "Dogwood", "Elm")[0]
    assert (first.text, first.get("font-weight")) == ("Whole", "bold")
    assert len(of_class(svg, "whole")) == 1


def test_every_known_area_has_one_dot_and_one_interval_on_its_own_line():
    svg = by_area(estimates(DISTRICTS), words=words()).svg
    dots, lines = of_class(svg, "citizen"), of_class(svg, "citizen-interval")
    assert len(dots) == len(lines) == 4
    assert sorted(place(dot)[1] for dot in dots) == sorted(place(line)[1] for line in lines)
    names = row_names(svg, "Whole", "Ash", "Birch", "Elm")
    for name, dot in zip(names, sorted(dots, key=lambda d: place(d)[1]), strict=True):
        assert abs(place(name)[1] - place(dot)[1]) < look.LABEL


def test_dots_stand_where_the_axis_says():
    svg = by_area(estimates(DISTRICTS), words=words()).svg
    ticks = {t.text: place(t)[0] for t in texts(svg) if t.text in {"0", "100"}}
    dots = sorted((place(d)[0] - ticks["0"]) / (ticks["100"] - ticks["0"]) * 100 for d in of_class(svg, "citizen"))
    assert dots == pytest.approx([41, 58, 63, 77], abs=0.05)


def test_the_interval_goes_from_the_lower_to_the_upper_limit():
    svg = by_area(estimates("Ash | 41 | 30 | 52 | 80 | A"), words=words()).svg
    ticks = {t.text: place(t)[0] for t in texts(svg) if t.text in {"0", "100"}}
    (line,) = of_class(svg, "citizen-interval")
    per_cent = (ticks["100"] - ticks["0"]) / 100
    assert place(line)[0] == pytest.approx(ticks["0"] + 30 * per_cent, abs=0.05)
    assert float(line.get("x2")) == pytest.approx(22 * per_cent, abs=0.05)


def test_a_suppressed_area_is_hatched_with_a_lock_and_a_refused_one_without():
    svg = by_area(estimates(DISTRICTS), words=words()).svg
    assert len(of_class(svg, "unknown")) == 2
    assert all(mark.get("fill").startswith("url(#hatch-water") for mark in of_class(svg, "unknown"))
    (lock,) = of_class(svg, "few")
    said = {t.text: place(t)[1] for t in texts(svg)}
    assert abs(place(lock)[1] - said["too few answers"]) < look.LABEL
    assert said["too few answers"] < said["cannot tell"]


def test_a_chart_of_refused_areas_only_still_shows_each_of_them():
    chart = by_area(estimates("Ash ||||| Q\nBirch ||||| O"), words=words())
    assert {"Ash", "Birch", "too few answers", "cannot tell"} <= set(written(chart.svg))
    assert of_class(chart.svg, "citizen") == []


def test_no_estimates_give_a_page_with_its_words_and_an_empty_axis():
    chart = by_area([], words=words())
    assert "About 6 in 10 water points work" in written(chart.svg)
    assert chart.table[1:] == ()


def test_shares_stand_on_an_axis_from_0_to_100_and_name_their_unit():
    svg = by_area(estimates("Ash | 3 | 2 | 4 | 80 | A"), words=words()).svg
    assert {"0", "20", "40", "60", "80", "100", "% of improved water points"} <= set(written(svg))


def test_other_figures_stand_on_an_axis_from_0_with_thin_blanks_between_thousands():
    svg = by_area(estimates("Ash | 2345.6 | 2005 | 2680 | 80 | A", unit="PERSONS"), words=words(unit="persons")).svg
    assert {"0", "1\u202f000", "3\u202f000"} <= set(written(svg))
    assert "2\u202f350 (2\u202f000 to 2\u202f680)" in written(svg)


WIDE = """
    Ash   |  9600 | 4000 | 24000 | 80 | A
    Birch |  2700 | 2200 |  3500 | 90 | A
"""


def test_one_very_wide_interval_ends_in_an_arrow_that_the_chart_explains():
    svg = by_area(estimates(WIDE, unit="PERSONS"), words=words()).svg
    (arrow,) = of_class(svg, "beyond")
    end = max(place(mark)[0] for mark in of_class(svg, "grid"))
    lines = [place(line)[0] + float(line.get("x2")) for line in of_class(svg, "citizen-interval")]
    assert max(lines) == pytest.approx(end, abs=0.02)
    assert end < place(arrow)[0] < end + 8
    assert "10\u202f000" in written(svg)
    assert "15\u202f000" not in written(svg)
    assert "Arrow: the line goes on to the number at the right." in written(svg)
    assert "10\u202f000 (4\u202f000 to 24\u202f000)" in written(svg)


def test_no_arrow_is_drawn_or_explained_where_the_intervals_fit():
    svg = by_area(estimates(WIDE.replace("24000", "12000"), unit="PERSONS"), words=words()).svg
    assert of_class(svg, "beyond") == []
    assert not [text for text in written(svg) if text.startswith("Arrow")]


def test_figures_below_zero_have_room_on_the_axis():
    svg = by_area(estimates("Ash | -4 | -9 | 1 | 80 | A\nElm | 3 | 2 | 4 | 9 | A", unit="POINTS"), words=words()).svg
    ticks = [place(t)[0] for t in texts(svg) if t.text == "−10"]
    assert len(ticks) == 1
    assert all(place(dot)[0] > ticks[0] for dot in of_class(svg, "citizen"))


def test_low_reliability_is_said_with_a_sign_that_the_chart_explains():
    svg = by_area(estimates("Ash | 38 | 24 | 53 | 12 | U\nElm | 38 | 34 | 42 | 90 | A"), words=words()).svg
    assert "~ 38\u202f% (24 to 53)" in written(svg)
    assert "~ little is known about how sure this figure is" in written(svg)


def test_the_sign_of_low_reliability_is_not_explained_where_nothing_carries_it():
    assert not [t for t in written(by_area(estimates(DISTRICTS), words=words()).svg) if t.startswith("~")]


def test_years_of_one_place_stay_in_their_order():
    table = "AR | 295 ||| 295 | A | 2013\nAR | 255 ||| 255 | A | 2012\nAR | 286 ||| 286 | A | 2014"
    svg = by_area(estimates(table, unit="NUMBER"), words=words()).svg
    assert order(svg, "2012", "2013", "2014") == ["2012", "2013", "2014"]


def test_years_of_the_whole_alone_are_plain_rows():
    table = "AR | 295 ||| 295 | A | 2013\nAR | 255 ||| 255 | A | 2012"
    svg = by_area(estimates(table, unit="NUMBER"), words=words(overall="AR")).svg
    assert of_class(svg, "whole") == []
    assert not [t for t in row_names(svg, "2012", "2013") if t.get("font-weight") == "bold"]


def test_the_legend_stands_at_the_first_mark():
    svg = by_area(estimates(DISTRICTS), words=words()).svg
    (leader,) = of_class(svg, "leader")
    highest = min(of_class(svg, "citizen"), key=lambda dot: place(dot)[1])
    assert place(leader)[0] == place(highest)[0]
    assert "Counted by citizens, with its interval" in written(svg)


# --- beside official ----------------------------------------------------------------------------------------------


def test_citizen_and_official_marks_differ_in_form_filling_and_line():
    svg = beside_official(comparisons(BESIDE), words=words()).svg
    dots, diamonds = of_class(svg, "citizen"), of_class(svg, "official")
    assert (len(dots), len(diamonds)) == (5, 2)
    assert all("A" in dot.get("d") and dot.get("fill") == look.CITIZEN for dot in dots)
    assert all("A" not in d.get("d") and d.get("fill") == look.PAPER and d.get("stroke") for d in diamonds)
    assert not [line for line in of_class(svg, "citizen-interval") if line.get("stroke-dasharray")]
    assert all(line.get("stroke-dasharray") for line in of_class(svg, "official-interval"))


def test_a_modelled_official_figure_has_a_dotted_outline_and_the_legend_says_so():
    svg = beside_official(comparisons(BESIDE), words=words()).svg
    (modelled,) = of_class(svg, "modelled")
    assert modelled.get("stroke-dasharray")
    assert "Household survey (modelled)" in written(svg)


def test_an_official_figure_without_standard_error_has_no_interval():
    svg = beside_official(comparisons(BESIDE), words=words()).svg
    assert len(of_class(svg, "official-interval")) == 2


def test_a_gap_is_drawn_only_where_the_verdict_is_a_gap():
    svg = beside_official(comparisons(BESIDE), words=words()).svg
    assert len(of_class(svg, "gap")) == 2
    assert "gap between the two" in written(svg)


def test_two_different_concepts_never_show_a_gap_and_the_difference_is_stated():
    chart = beside_official(
        comparisons(BESIDE, relation="different", difference="one counts points, the other people"), words=words()
    )
    assert of_class(chart.svg, "gap") == []
    assert "gap" not in " ".join(written(chart.svg))
    said = " ".join(written(chart.svg))
    assert "not the same thing: one counts points, the other people" in said
    assert "the two are not the same thing" in chart.text


def test_a_refused_comparison_keeps_the_citizen_dot_and_says_that_it_cannot_be_compared():
    chart = beside_official(comparisons(BESIDE), words=words())
    cedar, refused = (place(t)[1] for t in texts(chart.svg) if t.text in ("Cedar", "cannot be compared"))
    assert abs(cedar - refused) < look.LABEL_LINE
    assert len(of_class(chart.svg, "citizen")) == 5
    official = of_class(chart.svg, "official") + of_class(chart.svg, "modelled")
    assert not [mark for mark in official if abs(place(mark)[1] - cedar) < look.LABEL_LINE]
    assert "the official figure cannot be compared for: Cedar" in chart.text.replace("The", "the")


def test_an_official_figure_in_another_unit_is_refused():
    (one,) = comparisons("Ash | 41 | 30 | 52 | 40 | 2 | C | not_comparable")
    other = type(one)(**{**vars(one), "facts": {"unit_code": "PERSONS"}})
    svg = beside_official([other], words=words()).svg
    assert of_class(svg, "official") == []
    assert "cannot be compared" in written(svg)


def test_an_official_figure_stays_visible_where_citizens_have_none():
    svg = beside_official(comparisons("Ash ||||  40 | 2 | C | cannot_tell"), words=words()).svg
    assert len(of_class(svg, "official")) == 1
    assert len(of_class(svg, "unknown")) == 1
    assert "cannot tell" in written(svg)


def test_several_official_sources_share_a_row_and_are_told_apart_by_number():
    one, two = comparisons("Ash | 41 ||| 30 || C | cannot_tell\nAsh | 41 ||| 35 || C | cannot_tell")
    register = type(two.official)(**{**vars(two.official), "source": "Court register"})
    svg = beside_official([one, type(two)(**{**vars(two), "official": register})], words=words()).svg
    assert len(of_class(svg, "citizen")) == 1
    assert {"30\u202f% [1]", "35\u202f% [2]"} <= set(written(svg))
    assert {"Household survey [1]: Household survey", "Household survey [2]: Court register"} <= set(written(svg))


def test_the_legend_points_at_both_marks_of_the_first_row():
    short = words(value_label="Citizens", official_label="Survey")
    svg = beside_official(comparisons("Ash | 41 | 38 | 44 | 70 | 2 | C | cannot_tell"), words=short).svg
    leaders = sorted(place(leader)[0] for leader in of_class(svg, "leader"))
    marks = sorted(place(mark)[0] for mark in of_class(svg, "citizen") + of_class(svg, "official"))
    assert leaders == marks


def test_the_legend_becomes_a_line_of_samples_where_pointing_would_cross_a_mark():
    svg = beside_official(comparisons("Ash | 41 | 30 | 52 | 40 | 2 | C | cannot_tell"), words=words()).svg
    assert of_class(svg, "leader") == []
    assert len(of_class(svg, "key")) == 2


# --- words --------------------------------------------------------------------------------------------------------


def test_made_up_data_are_named_so_in_the_subtitle_and_in_the_corner():
    svg = by_area(estimates(DISTRICTS), words=words(simulated=True)).svg
    assert "simulated" in written(svg)
    assert len(of_class(svg, "corner")) == 1
    assert "2025 (simulated)" in " ".join(written(svg))
    assert "(simulated data)" in by_area(estimates(DISTRICTS), words=words(simulated=True)).text


def test_real_data_are_not_called_simulated():
    chart = by_area(estimates(DISTRICTS), words=words())
    assert "simulated" not in chart.svg + chart.text


LONG = (
    "Santiago del Estero y departamentos del interior profundo, zona norte, y Ñandubaysalsipuedesllanfairpwllgwyngyll"
)


def test_long_titles_are_broken_between_words_at_60_characters():
    svg = by_area(estimates(DISTRICTS), words=words(title="Six in ten of them say so " * 8)).svg
    lines = [t.text for t in texts(svg) if t.get("font-size") == f"{look.TITLE}px"]
    assert len(lines) > 3
    assert all(len(line) <= 60 for line in lines)
    assert " ".join(lines) == ("Six in ten of them say so " * 8).strip()


DEVANAGARI = "सिन्धुपाल्चोक काभ्रेपलाञ्चोक उपमहानगरपालिका वडा नम्बर १२ र १३"


@pytest.mark.parametrize("name", [LONG, DEVANAGARI, "W" * 60])
def test_nothing_is_clipped_or_overlaps(name):
    table = f"{name} | 58 | 30 | 86 | 420 | A\nAsh | 41 | 30 | 52 | 80 | A\nBirch ||||| Q"
    stated = words(title=LONG, unit=LONG, foot=LONG, value_label=LONG, simulated=True)
    nothing_overlaps(by_area(estimates(table), words=stated).svg)


@pytest.mark.parametrize("name", [LONG, DEVANAGARI, "Ash"])
@pytest.mark.parametrize("relation", ["same", "different"])
def test_nothing_is_clipped_or_overlaps_beside_official_figures(name, relation):
    table = f"{name} | 58 | 30 | 86 | 20 | 3 | C | gap\n{BESIDE.strip()}\nElm |||| 50 | 2 | E | cannot_tell"
    stated = words(official_label=name, value_label=name, overall="Whole")
    nothing_overlaps(beside_official(comparisons(table, relation=relation, difference=LONG), words=stated).svg)


def nothing_overlaps(svg: str) -> None:
    boxes = [box_of(text) for text in texts(svg)]
    assert all(left >= 0 and right <= look.WIDTH for left, right, _top, _bottom in boxes)
    assert all(bottom <= float(parsed(svg).get("height")) for *_x, bottom in boxes)
    for k, one in enumerate(boxes):
        for other in boxes[k + 1 :]:
            apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            assert apart, f"{written(svg)[k]} overlaps"


def box_of(text: ET.Element) -> tuple[float, float, float, float]:
    size = float(text.get("font-size").removesuffix("px"))
    x, y = place(text)
    room = letters.width(text.text, size, text.get("font-weight") == "bold")
    left = x - {"middle": room / 2, "end": room}.get(text.get("text-anchor"), 0.0)
    return left, left + room, y - 0.74 * size, y + 0.22 * size


def test_a_name_with_signs_of_markup_is_shown_as_it_is():
    svg = by_area(estimates("<b>A&B</b>\x07 | 58 | 30 | 86 | 420 | A"), words=words(title='"Quoted" <script>')).svg
    assert "<b>A&B</b>" in written(svg)
    assert not list(parsed(svg).iter("{http://www.w3.org/2000/svg}script"))


def test_letters_are_large_enough_for_a_narrow_screen_and_dark_enough_for_sunlight():
    svg = beside_official(comparisons(BESIDE), words=words(simulated=True)).svg
    for text in texts(svg):
        assert float(text.get("font-size").removesuffix("px")) >= 14
        assert contrast(text.get("fill"), look.PAPER) >= 7, text.text


def test_marks_stand_out_from_the_paper():
    svg = beside_official(comparisons(BESIDE), words=words(overall="Whole")).svg
    kinds = ("citizen", "citizen-interval", "official", "official-interval", "modelled", "gap", "axis", "leader")
    inks = {mark.get("stroke") or mark.get("fill") for kind in kinds for mark in of_class(svg, kind)}
    assert inks
    assert all(contrast(ink, look.PAPER) >= 4.5 for ink in inks)
    assert contrast(look.HATCHING, look.PAPER) >= 4.5
