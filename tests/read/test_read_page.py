"""Web pages saved as workbooks."""

from __future__ import annotations

import pytest

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import read_bytes

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{charset}">
<style>td {{ color: red }}</style></head><body>{body}</body></html>"""
TABLE = """<table><tr><th>id</th><th>distrito</th><th>share &amp; n</th></tr>
<tr><td>007</td><td>  Córdoba
 capital </td><td>1,5</td></tr>
<tr><td>008<td>Tucumán<br>norte<td></td></tr></table>"""


def read(body: str, encoding: str = "utf-8", charset: str | None = None) -> Raw:
    return read_bytes(PAGE.format(body=body, charset=charset or encoding).encode(encoding), "export.xls")


def rows(raw: Raw) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in raw.table.to_pylist()]


@pytest.mark.parametrize(("encoding", "charset"), [("utf-8", None), ("cp1252", "windows-1252"), ("cp1252", "utf-8")])
def test_the_only_table_of_a_page_is_read_and_noted(encoding: str, charset: str | None) -> None:
    raw = read(TABLE, encoding, charset)
    assert raw.table.column_names == ["_row", "id", "distrito", "share & n"]
    assert rows(raw) == [(2, "007", "Córdoba capital", "1,5"), (3, "008", "Tucumán\nnorte", "")]
    assert any("web page" in template for template, _ in raw.origin.notes)
    assert raw.origin.format == "html"


def test_cells_over_several_columns_and_rows_keep_their_places() -> None:
    raw = read("""<table><tr><td rowspan=2>Region</td><td colspan=2>Urban</td></tr><tr><td>men</td><td>women</td></tr>
    <tr><td rowspan="2">North</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>
    <tr><td>South</td><td>5</td><td rowspan=2>6</td></tr><tr><td>West</td><td>7</td></tr></table>""")
    assert raw.table.column_names == ["_row", "Region", "Urban / men", "Urban / women"]
    assert rows(raw) == [(3, "North", "1", "2"), (4, "", "3", "4"), (5, "South", "5", "6"), (6, "West", "7", "")]


def test_a_layout_table_without_text_is_not_counted() -> None:
    assert read(f"<table><tr><td>{TABLE}</td></tr></table>").table.num_rows == 2


@pytest.mark.parametrize(("body", "tables"), [("<p>Please log in</p>", 0), (TABLE + TABLE, 2)])
def test_a_page_without_exactly_one_table_is_an_error(body: str, tables: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read(body)
    assert (caught.value.code, caught.value.facts["tables"]) == ("read.web-page", tables)
