"""The twins of a chart: text, table, and the precision of their numbers."""

from __future__ import annotations

import gettext
import re

import pytest
from small_tables import comparisons, estimates, words, written

from datashift import language, numbers
from datashift.draw import beside_official, by_area
from datashift.draw.numbers import ticks
from datashift.language import speaking

DISTRICTS = """
    Whole | 58.31 | 55.2 | 61.4 | 2420 | A
    Ash   | 41.27 | 30.1 | 52.3 |  80 | A
    Birch | 77.84 | 77.3 | 78.4 | 9000 | A
    Cedar |    |    |    |   0 | Q
    Dogwood |  |    |    |   9 | O
"""


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?:\s|$)", text))


def test_the_text_says_the_whole_the_extremes_the_number_and_what_is_not_known():
    text = by_area(estimates(DISTRICTS), words=words(overall="Whole")).text
    assert text == (
        "Overall it is 58\u202f% (55 to 61); highest is Birch with 77.8\u202f% (77.3 to 78.4), lowest is Ash with "
        "41\u202f% (30 to 52); areas with a figure: 2. Nothing can be told about: Cedar, Dogwood."
    )


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize("table", [DISTRICTS, "Ash | 4 | 3 | 5 | 9 | A", "Ash ||||| Q", ""])
def test_the_text_has_at_most_three_sentences(table, simulated):
    given = words(overall="Whole", simulated=simulated)
    assert 1 <= sentences(by_area(estimates(table), words=given).text) <= 3


def test_the_text_of_a_comparison_has_at_most_three_sentences():
    table = """
        Ash | 41 | 30 | 52 | 40 | 2 | C | gap
        Elm | 41 | 30 | 52 | x  | 2 | C | not_comparable
        Oak |    |    |    | -  |   |   | cannot_tell
    """
    chart = beside_official(comparisons(table), words=words())
    assert sentences(chart.text) == 3
    assert "An official figure stands beside it in 1 of the rows." in chart.text
    assert "Nothing can be told about: Oak; the official figure cannot be compared for: Elm." in chart.text


def test_many_unknown_areas_are_counted_not_listed():
    table = "\n".join(f"Area {k} ||||| Q" for k in range(20))
    assert "and 14 more" in by_area(estimates(table), words=words()).text


def test_the_table_has_a_line_for_every_area_with_words_where_there_is_no_figure():
    chart = by_area(estimates(DISTRICTS), words=words(overall="Whole"))
    assert chart.table == (
        ("Area", "Counted by citizens (% of improved water points)", "Lower", "Upper", "Number counted"),
        ("Whole", "58", "55", "61", "2\u202f420"),
        ("Birch", "77.8", "77.3", "78.4", "9\u202f000"),
        ("Ash", "41", "30", "52", "80"),
        ("Cedar", "too few answers", "", "", ""),
        ("Dogwood", "cannot tell", "", "", "9"),
    )


def test_the_table_of_a_comparison_has_both_figures_and_the_source():
    table = """
        Ash | 41.2 | 30 | 52 | 40.44 | 2 | C | gap
        Elm | 41   | 30 | 52 | x     | 2 | C | not_comparable
        Oak | 5    |    |    | -     |   |   | no_official_figure
    """
    chart = beside_official(comparisons(table), words=words())
    assert chart.table[0][4] == "Household survey (% of improved water points)"
    assert chart.table[1:] == (
        ("Ash", "41", "30", "52", "40", "37", "44", "Household survey"),
        ("Elm", "41", "30", "52", "cannot be compared", "", "", ""),
        ("Oak", "5", "", "", "no official figure", "", "", ""),
    )


def test_every_figure_of_the_chart_is_in_the_table():
    chart = by_area(estimates(DISTRICTS), words=words())
    assert {row[0] for row in chart.table[1:]} <= set(written(chart.svg))


@pytest.mark.parametrize(
    ("value", "lower", "upper", "said"),
    [
        (71.2345, 66, 76, "71 (66 to 76)"),
        (71.2345, 70.9, 71.6, "71.2 (70.9 to 71.6)"),
        (71.2345, 71.22, 71.26, "71.23 (71.22 to 71.26)"),
        (2345.6, 2005, 2685, "2\u202f350 (2\u202f000 to 2\u202f680)"),
        (1234567.0, 1100000, 1400000, "1\u202f230\u202f000 (1\u202f100\u202f000 to 1\u202f400\u202f000)"),
        (0.04, 0.01, 0.09, "0.04 (0.01 to 0.09)"),
        (-3.2, -7, 1, "−3 (−7 to 1)"),
        (-0.2, -4, 4, "0 (−4 to 4)"),
        (255.0, None, None, "255"),
        (52.46, None, None, "52.5"),
        (312.7, None, None, "313"),
        (100.0, 100.0, 100.0, "100 (100 to 100)"),
    ],
)
def test_figures_are_as_precise_as_their_interval_allows(value, lower, upper, said):
    assert numbers.amount(value, lower, upper, "") == said


def test_figures_follow_the_decimals_and_digits_of_the_language():
    with speaking("es"):
        assert numbers.said(1234.56, 1) == "1\u202f234,6"
    with speaking("sw"):
        assert numbers.said(1234.56, 1) == "1\u202f234.6"
    with speaking("ne"):
        assert numbers.said(1234.56, 1) == "१\u202f२३४.६"


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0, 11500, [0, 2500, 5000, 7500, 10000, 12500]),
        (0, 295, [0, 100, 200, 300]),
        (-9, 4, [-10, -5, 0, 5]),
        (0, 0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (0, 0, [0]),
    ],
)
def test_ticks_are_round_and_hold_the_figures(least, most, expected):
    assert ticks(least, most) == expected


def test_words_in_the_cells_are_translated_into_the_language_of_the_chart(monkeypatch):
    known = {"too few answers": "muy pocas respuestas", "{value} ({lower} to {upper})": "{value} ({lower} a {upper})"}

    class Spanish(gettext.NullTranslations):
        def gettext(self, message):
            return known.get(message, message)

    plain = language._catalogue
    monkeypatch.setattr(language, "_catalogue", lambda code: Spanish() if code == "es" else plain(code))
    chart = by_area(estimates(DISTRICTS), words=words(language="es"))
    assert chart.table[4][1] == "muy pocas respuestas"
    assert "41\u202f% (30 a 52)" in written(chart.svg)
    assert language.current() == "en"
