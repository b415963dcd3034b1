"""The coverage chart: marks by who counted, legend, names, pages wide and narrow."""

from __future__ import annotations

from collections import Counter

import pytest
from small_tables import of_class, parsed, place, texts, words, written

from datashift.draw import Cell, MatrixRow, look, who_counted
from datashift.draw.matrix import LEGEND
from datashift.language import LANGUAGES, _, speaking

CELLS = {
    "citizen": Cell("counted"),
    "official": Cell(official="measured"),
    "both": Cell("counted", "unstated"),
    "modelled": Cell(official="modelled"),
    "citizen-part": Cell("part"),
    "official-part": Cell(official="part"),
    "hidden": Cell("hidden"),
    "nobody": Cell(),
}


def drawn(cells: list[Cell | None], columns: list[str] | None = None, width: int = 0, **said: str) -> str:
    names = columns or [str(2015 + k) for k in range(len(cells))]
    rows = [MatrixRow("6.1.1 Safe water", tuple(cells), "1 / 8")]
    return who_counted(rows, names, words=words(**said), text="A text.", table=(("Indicator",),), width=width).svg


def test_every_kind_of_cell_has_a_mark_of_its_own_and_its_words_in_the_legend():
    svg = drawn(list(CELLS.values()))
    for kind in CELLS:
        assert of_class(svg, kind), kind
        assert of_class(svg, f"key-{kind}"), kind
        assert LEGEND[kind] in written(svg)


def test_the_legend_explains_only_what_is_there():
    svg = drawn([Cell(), Cell(official="measured")])
    assert LEGEND["nobody"] in written(svg)
    assert LEGEND["modelled"] not in written(svg)
    assert not of_class(svg, "key-citizen")


def test_a_cell_that_nobody_asks_for_stays_blank():
    assert len(of_class(drawn([Cell(), None, Cell()]), "nobody")) == 2


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        (Cell("counted", "measured"), ("official", "both")),
        (Cell("counted", "modelled"), ("modelled", "both")),
        (Cell("counted", "part"), ("citizen",)),
        (Cell("part", "measured"), ("official", "slice")),
        (Cell("hidden", "modelled"), ("modelled",)),
        (Cell("hidden", "hidden"), ("hidden",)),
    ],
)
def test_marks_lie_one_in_the_other_where_both_counted(cell: Cell, kinds: tuple[str, ...]) -> None:
    assert cell.kinds == kinds
    svg = drawn([cell])
    places = [place(mark) for kind in kinds for mark in of_class(svg, kind)]
    assert len(places) == len(kinds)
    assert len(set(places)) == 1


def test_modelled_outlines_are_dotted_and_measured_ones_are_not():
    svg = drawn([Cell(official="modelled"), Cell(official="measured")])
    [dotted], [plain] = of_class(svg, "modelled"), of_class(svg, "official")
    assert dotted.get("stroke-dasharray")
    assert not plain.get("stroke-dasharray")


@pytest.mark.parametrize("width", [720, 360])
def test_nothing_leaves_the_page_at_either_width(width: int) -> None:
    columns = ["everybody", "women and girls", "people with disabilities", "by age"]
    svg = drawn([Cell()] * 4, columns, width, title="Nobody has counted 25 of 39 indicators in Kenya since 2015.")
    assert parsed(svg).get("width") == str(width)
    for mark in of_class(svg, "nobody"):
        assert look.MARGIN <= place(mark)[0] <= width - look.MARGIN
    for text in texts(svg):
        assert -1 <= place(text)[0] <= width
    assert {"everybody", "by age"} <= {text.text for text in texts(svg)}


def test_names_of_columns_that_do_not_fit_stand_below_one_another_the_last_on_top():
    columns = ["everybody", "women and girls", "people with disabilities"] * 4
    svg = drawn([Cell()] * 12, columns)
    heights = [place(text)[1] for text in texts(svg) if text.text in columns]
    assert len(set(heights)) == 12
    assert len(of_class(svg, "leader")) == 12


def test_years_left_out_give_room_to_those_that_stay():
    svg = drawn([Cell()] * 12, [str(2012 + k) if k % 2 else "" for k in range(12)])
    heights = Counter(place(text)[1] for text in texts(svg) if (text.text or "").startswith("20"))
    assert max(heights.values()) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legend_speaks_the_language_of_the_words(language: str) -> None:
    svg = drawn([Cell(official="modelled")], language=language)
    with speaking(language):
        assert _(LEGEND["modelled"]) in written(svg)


def test_the_twins_are_those_that_were_given():
    table = (("Indicator", "2015"), ("6.1.1", "nobody"))
    chart = who_counted([MatrixRow("6.1.1", (Cell(),))], ["2015"], words=words(), text="Three sentences.", table=table)
    assert chart.text == "Three sentences."
    assert chart.table == table
    assert "Three sentences." in (parsed(chart.svg).get("aria-label") or "")
    assert chart.png.startswith(b"\x89PNG")
