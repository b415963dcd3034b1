"""The chart of who was counted: a mark for each state, the line at 1, words in every row, pages wide and narrow."""

from __future__ import annotations

import pytest
from small_tables import estimates, of_class, parsed, place, texts, words, written
from test_area_maps import NAMES, squares

from datashift.draw import area_map, look
from datashift.draw.counted import who_was_counted
from datashift.draw.counted_rows import STATES, Ratio
from datashift.language import LANGUAGES, _, speaking

ROWS = [
    Ratio("Women", 0.52, 0.39, 0.75, 0.70, 0.81, "few"),
    Ratio("Men", 0.48, 0.61, 1.27, 1.20, 1.33, "many"),
    Ratio("Towns", 0.3, 0.31, 1.03, 0.9, 1.2, "counted"),
    Ratio("Over 80", 0.02, 0.01, 0.5, 0.02, 40.0, "cannot_tell"),
    Ratio("Nomads", 0.01, 0.0, 0.0, 0.0, 0.4, "none"),
    Ratio("An island", 0.001, None, None, None, None, "hidden"),
]


def drawn(rows=ROWS, width: int = look.WIDTH, **said: str) -> str:
    return who_was_counted(rows, words=words(**said), width=width, png=False).svg


def test_every_state_has_a_mark_of_its_own_and_the_words_for_it() -> None:
    svg = drawn()
    for name in ("few", "many", "counted", "cannot-tell", "none", "hidden"):
        assert len(of_class(svg, name)) == 1, name
    filled = {name: of_class(svg, name)[0].get("fill") for name in ("few", "none", "counted", "many")}
    assert filled == {"few": look.PAPER, "none": look.PAPER, "counted": look.CITIZEN, "many": look.CITIZEN}
    assert {"0.75 (0.70 to 0.81) · few", "nobody counted", "few answers"} <= set(written(svg))


def test_a_mark_stands_on_its_side_of_the_line_at_one() -> None:
    svg = drawn()
    one = place(of_class(svg, "one")[0])[0]
    assert place(of_class(svg, "few")[0])[0] < one < place(of_class(svg, "many")[0])[0]
    assert place(of_class(svg, "none")[0])[0] < min(place(step)[0] for step in of_class(svg, "grid"))


def test_what_is_not_sure_is_hatched_and_what_goes_on_has_an_arrow() -> None:
    svg = drawn()
    assert of_class(svg, "unknown")[0].get("fill").startswith("url(#hatch-")
    assert len(of_class(svg, "beyond")) == 2
    assert any("goes on" in line for line in written(svg))


def test_a_hidden_group_shows_no_number() -> None:
    hidden = who_was_counted([ROWS[-1]], words=words(), png=False)
    assert hidden.table[1] == ("An island", "0.1", "", "", "", "", "few answers")
    assert not of_class(hidden.svg, "interval")


@pytest.mark.parametrize("width", [360, 720])
def test_nothing_leaves_the_page(width: int) -> None:
    long = [*ROWS, Ratio("A district with a very long name · women of every age", 0.1, 0.2, 2.0, 1.5, 2.5, "many")]
    svg = drawn(long, width)
    assert parsed(svg).get("width") == str(width)
    for text in texts(svg):
        assert 0 <= place(text)[0] <= width


def test_on_a_phone_no_line_runs_through_the_words() -> None:
    svg = drawn(width=360)
    assert not of_class(svg, "grid")
    assert len(of_class(svg, "one")) == len(ROWS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_twins_say_who_was_counted_least_and_where_nobody_was(language: str) -> None:
    chart = who_was_counted(ROWS, words=words(language=language), png=False)
    assert "Women" in chart.text
    assert "Nomads" in chart.text
    assert len(chart.table) == len(ROWS) + 1
    with speaking(language):
        assert [row[-1] for row in chart.table[1:]] == [_(STATES[row.state]) for row in ROWS]


def test_the_chart_of_no_groups_is_empty_and_no_accident() -> None:
    assert "1 = as many as their number asks for" in written(drawn([]))


def test_a_map_may_have_classes_with_a_meaning_of_their_own() -> None:
    values = "\n".join(
        f"{name} | {value} | | | 90 | A" for name, value in zip(NAMES, (0.1, 0.6, 1, 1.9, 8.9), strict=False)
    )
    chart = area_map(estimates(values, unit=""), squares(NAMES[:5]), words=words(), inner=(0.5, 0.8, 1.25, 2.0))
    assert chart is not None
    assert [area.get("fill") for area in of_class(chart.svg, "area")] == list(look.CLASSES)
    assert {"0.50", "0.80", "1.25", "2.00"} <= set(written(chart.svg))
