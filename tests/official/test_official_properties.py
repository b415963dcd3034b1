"""Whatever an official file holds comes back as it was written; whatever is cut or broken is refused without harm."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import DataShiftError
from datashift.official import breakdown_of, import_snapshot, observations
from datashift.official.importing import read_figures
from datashift.official.schema import Setting

NOTES = st.text(st.sampled_from('aß"é,;\n =|<न')).map(lambda text: f"x{text}x")
VALUES = st.one_of(
    st.floats(-1e9, 1e9, allow_nan=False).map(repr), st.integers(-(10**12), 10**12).map(str),
    st.sampled_from(["<5", ">95", "N", "", "..", "1 234", "nan", "inf", "1,5"]),
)  # fmt: skip
FIGURES = st.lists(
    st.fixed_dictionaries(
        {
            "SERIES": st.sampled_from(["SI_POV", "SH_H2O", "EN_ATM"]),
            "REF_AREA": st.sampled_from(["404", "NP", "ARG", "1", "ZZ9"]),
            "SEX": st.sampled_from(["_T", "F", "M"]), "AGE": st.sampled_from(["_T", "Y15T24"]),
            "TIME_PERIOD": st.integers(1990, 2030).map(str), "OBS_VALUE": VALUES,
            "NATURE": st.sampled_from(["C", "E", "M", ""]), "COMMENT_OBS": NOTES,
        }
    ),
    min_size=1, max_size=12,
)  # fmt: skip
AREAS = {"404": "KE", "NP": "NP", "ARG": "AR", "1": "M49:1", "ZZ9": ""}
WHOLE = {**dict.fromkeys(("SEX", "AGE"), "_T"), "SERIES": "A", "REF_AREA": "NP", "TIME_PERIOD": "2000"}
WHOLE |= {"OBS_VALUE": "1", "NATURE": "C", "COMMENT_OBS": "x"}


def written(rows: list[dict[str, str]], names: dict[str, str] | None = None, end: str = "\n") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator=end)
    writer.writerow({name: (names or {}).get(name, name) for name in rows[0]})
    writer.writerows(rows)
    return out.getvalue().encode()


def number(text: str) -> float | None:
    plain = text.strip().lower()
    try:
        return float(text) if plain.lstrip("+-") not in ("nan", "inf") and " " not in plain else None
    except ValueError:
        return None


def figures_of(data: bytes) -> list[dict[str, Any]]:
    table = read_figures(data, "made.csv", Setting(Path("/nowhere"))).table
    return sorted(table.to_pylist(), key=lambda row: row["row"])


@settings(max_examples=25, deadline=None)
@given(FIGURES, st.sampled_from(["\n", "\r\n"]))
def test_generated_sdmx_csv_comes_back_as_it_was_written(rows: list[dict[str, str]], end: str) -> None:
    rows = [*rows, WHOLE]
    found = figures_of(written(rows, end=end))
    assert len(found) == len(rows)
    for place, (row, figure) in enumerate(zip(rows, found, strict=True), 2):
        assert figure["row"] == place
        assert (figure["series"], figure["area_code"]) == (row["SERIES"], row["REF_AREA"])
        assert figure["area"] == AREAS[row["REF_AREA"]]
        assert (figure["value_text"], figure["value"]) == (row["OBS_VALUE"], number(row["OBS_VALUE"]))
        assert (figure["nature"], figure["footnote"]) == (row["NATURE"], row["COMMENT_OBS"])
        wanted = {name: row[name] for name in ("AGE", "SEX") if row[name] != "_T"}
        assert dict(breakdown_of(figure["breakdown"])) == wanted


UNSD = {
    "SERIES": "SeriesCode", "REF_AREA": "GeoAreaCode", "SEX": "Sex", "AGE": "Age", "TIME_PERIOD": "TimePeriod",
    "OBS_VALUE": "Value", "NATURE": "Nature", "COMMENT_OBS": "FootNote",
}  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(FIGURES)
def test_the_same_figures_in_the_layout_of_unsd_give_the_same_rows(rows: list[dict[str, str]]) -> None:
    rows = [*rows, WHOLE]
    assert figures_of(written(rows, UNSD)) == figures_of(written(rows))


def everything_under(home: Path) -> dict[str, str]:
    return {str(p.relative_to(home)): sha256(p.read_bytes()).hexdigest() for p in home.rglob("*") if p.is_file()}


LONG = written(
    [WHOLE | {"TIME_PERIOD": str(1990 + year), "COMMENT_OBS": f'a "note",\nof {year} é'} for year in range(30)]
)


def problem_of(home: Path, data: bytes) -> DataShiftError | None:
    """What is wrong with a file; None where it came in."""
    try:
        import_snapshot(data, "cut.csv", home, source="Office", released="2021")
    except DataShiftError as problem:
        return problem
    return None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(LONG) - 1), st.booleans())
def test_a_file_cut_anywhere_but_at_the_end_of_a_row_is_refused_without_a_trace(length: int, packed: bool) -> None:
    whole = gzip.compress(LONG, mtime=0) if packed else LONG
    cut = whole[: length % len(whole)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        import_snapshot(LONG, "long.csv", home, source="Office", released="2020")
        before = everything_under(home)
        problem = problem_of(home, cut)
        at_the_end_of_a_row = not packed and cut.endswith(b'"\n') and cut.count(b'"') % 2 == 0
        assert problem is None or (str(problem) and everything_under(home) == before)
        assert problem is not None or at_the_end_of_a_row
        assert len(observations(home)) >= 24


STARTS = [
    LONG, gzip.compress(LONG, mtime=0), b"<?xml version='1.0'?><a><b/></a>", b'{"a":[1]}', b'{"Year":[1],"Value":[2]}',
    b'[{"page":1,"total":1},[{"value":1}]]', b"PK\x03\x04", b"\x1f\x8b", b"",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(STARTS), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8))
def test_broken_bytes_never_end_in_a_traceback(start: bytes, changes: list[tuple[int, int]]) -> None:
    broken = bytearray(start)
    for place, byte in changes:
        at = place % (len(broken) + 1)
        broken[at : at + 1] = bytes([byte])
    with contextlib.suppress(DataShiftError):
        table = read_figures(bytes(broken), "broken.csv", Setting(Path("/nowhere"))).table
        assert len(table) > table["value"].null_count
