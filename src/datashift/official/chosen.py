"""Official figures out of the rows and columns of a table: what a recipe chooses, adds up, and tells apart by group."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from datashift.errors import BadRecipe
from datashift.model import Breakdown, Group, Official
from datashift.standards.periods import years

_EVERYBODY = ("", "_T")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LIKE = 85  # per cent of letters two spellings share before they are shown as possibly the same
_SUM = re.compile(r"\s+\+\s+")


@dataclass(frozen=True)
class Figure:
    """One official figure before its place is matched; `row` is the line it stood on."""

    place: str
    period: str
    value: float
    se: float | None = None
    nature: str = ""
    breakdown: Breakdown = ()
    source_detail: str = ""
    footnote: str = ""
    row: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def from_columns(
    spec: Official,
    raw: pa.Table,
    columns: Mapping[str, str],
    *,
    select: Mapping[str, str] | None = None,
    groups: Mapping[str, Group] | None = None,
) -> list[Figure]:
    """Read one figure from each row that is chosen, in the order of the rows.

    In: `columns`, which column holds what; `value` and `of` may be sums, written "A + B": the figure is then the sum,
    or the per cent that `value` is `of` it. `groups` adds to the groups that the recipe names. A row without a number
    in one of the columns that are added up has no figure: an empty part is no 0. The facts count such rows, and
    `without` says for each column how many of them lack it.
    Raises BadRecipe when a column is missing, no row is chosen, no figure has a number, or a group has no code.
    """
    rows = raw.filter(matching(spec, raw, spec.select if select is None else select))
    cells = {name: column(spec, rows, name) for name in rows.column_names if name != "_row"}
    formulas = {part: columns[part] for part in ("value", "of") if part in columns}
    read = {part: column(spec, rows, name) for part, name in _with_error(spec, columns).items()}
    numbers, lacking = _numbers(spec, rows, formulas)
    if all(number is None for number in numbers):
        raise BadRecipe("official.no-number", file=spec.file, rows=len(numbers), value=_first(spec, rows, formulas))
    facts = {"chosen": len(numbers), "not_numbers": numbers.count(None)} | ({"without": lacking} if lacking else {})
    breakdowns = _breakdowns(spec, rows, {**(groups or {}), **spec.breakdowns})
    return [
        Figure(
            place=read["area"][i] if "area" in read else spec.country,
            period=_period(spec, read["period"][i] if "period" in read else ""),
            value=value,
            se=_number(read["se"][i]) if "se" in read else stated_error(spec),
            nature=read["nature"][i] if "nature" in read else "",
            breakdown=breakdowns[i],
            source_detail=read["source_detail"][i] if "source_detail" in read else spec.source_detail,
            footnote=read["footnote"][i] if "footnote" in read else spec.footnote,
            row={name: cell[i] for name, cell in cells.items()},
            facts=facts | _numbers_among({part: read[part][i] for part in ("df", "lower", "upper") if part in read}),
        )
        for i, value in enumerate(numbers)
        if value is not None
    ]


def stated_error(spec: Official) -> float | None:
    """Return the standard error that the recipe itself states, where it does."""
    return float(spec.std_error) if isinstance(spec.std_error, int | float) else None


def group_of(codes: Mapping[str, str]) -> Breakdown:
    """Return concepts and codes as a breakdown, sorted by concept; whatever means everybody is left out."""
    return tuple(sorted((concept, code) for concept, code in codes.items() if code not in _EVERYBODY))


def matching(spec: Official, raw: pa.Table, select: Mapping[str, str]) -> pa.ChunkedArray | pa.Array:
    """Return for each row whether it has the words of `select`. Raises BadRecipe when none has."""
    chosen: Any = pa.array([True] * raw.num_rows, pa.bool_())
    for name, wanted in select.items():
        column(spec, raw, name, rows=False)
        cells = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(raw[name], "")))
        # M49 codes come with and without their leading zeros.
        plain = pc.utf8_ltrim(cells, "0") if name == "geo_area" else cells
        words = [w.strip().lower().lstrip("0" if name == "geo_area" else "") for w in wanted.split("|")]
        chosen = pc.and_(chosen, pc.is_in(plain, value_set=pa.array(words, pa.string())))
    if not pc.any(chosen).as_py():
        asked = ", ".join(f"{name} = {wanted}" for name, wanted in select.items())
        raise BadRecipe("official.no-row", file=spec.file, select=asked or "*")
    return chosen


def column(spec: Official, table: pa.Table, name: str, rows: bool = True) -> list[str]:
    """Return the trimmed cells of a column, or only make sure that it is there. Raises BadRecipe."""
    if name not in table.column_names or name == "_row":
        known = ", ".join(c for c in table.column_names if c != "_row")
        raise BadRecipe("official.no-column", file=spec.file, column=name, known=known)
    return [(cell or "").strip() for cell in table[name].to_pylist()] if rows else []


def need(spec: Official, given: Mapping[str, str], *entries: str) -> None:
    """Raise BadRecipe when one of the entries that the reader needs is not given."""
    for entry in entries:
        if entry not in given:
            raise BadRecipe("official.no-entry", file=spec.file, reader=spec.reader, entry=entry)


def near_spellings(spec: Official, raw: pa.Table) -> dict[str, int]:
    """Return words that nearly are those of `select`, with their rows, so that a person can add them."""
    near: dict[str, int] = {}
    for name, wanted in spec.select.items():
        words = {word.strip().lower() for word in wanted.split("|")}
        for text, rows in Counter(column(spec, raw, name)).items():
            plain = text.lower()
            if plain not in words and any(fuzz.ratio(plain, word) >= _LIKE for word in words):
                near[text] = rows
    return near


# --- numbers ------------------------------------------------------------------------------------------------------


def _numbers(spec: Official, rows: pa.Table, formulas: Mapping[str, str]) -> tuple[list[float | None], dict[str, int]]:
    """Return the figure of each row, and for a sum how many rows lack a number, by column."""
    terms = {part: _terms(spec, rows, formula) for part, formula in formulas.items()}
    parsed = {name: [_decimal(t) for t in column(spec, rows, name)] for names in terms.values() for name in names}
    lacking = {name: numbers.count(None) for name, numbers in parsed.items() if None in numbers and len(parsed) > 1}
    totals = {
        part: [_sum(row) for row in zip(*(parsed[n] for n in names), strict=True)] for part, names in terms.items()
    }
    if "of" not in totals:
        return [None if value is None else float(value) for value in totals["value"]], lacking
    pairs = zip(totals["value"], totals["of"], strict=True)
    return [_share(part, whole) for part, whole in pairs], lacking


def _share(part: Decimal | None, whole: Decimal | None) -> float | None:
    # A whole that is too small for a number, such as 1e-400, is nothing to be a share of.
    if part is None or whole is None or not float(whole):
        return None
    share = float(100 * part / whole)
    return share if math.isfinite(share) else None


def _terms(spec: Official, table: pa.Table, formula: str) -> list[str]:
    names = [formula] if formula in table.column_names else _SUM.split(formula.strip())
    for name in names:
        column(spec, table, name, rows=False)
    return names


def _sum(terms: Sequence[Decimal | None]) -> Decimal | None:
    # Decimals, because 1.8 + 4.0 + 6.8 must not become 12.600000000000001.
    known = [term for term in terms if term is not None]
    return sum(known, Decimal(0)) if len(known) == len(terms) else None


def _first(spec: Official, rows: pa.Table, formulas: Mapping[str, str]) -> str:
    """Return what stands in the first row that is chosen, to be shown."""
    names = [name for formula in formulas.values() for name in _terms(spec, rows, formula)]
    return " + ".join(column(spec, rows.slice(0, 1), name)[0] for name in names)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _number(text) is not None else None


def _number(text: str) -> float | None:
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def _numbers_among(cells: Mapping[str, str]) -> dict[str, float]:
    return {part: number for part, text in cells.items() if (number := _number(text)) is not None}


def _with_error(spec: Official, columns: Mapping[str, str]) -> dict[str, str]:
    apart = ("value", "of", "date", "format")
    known = {part: name for part, name in columns.items() if part not in apart}
    return known | {"se": spec.std_error} if isinstance(spec.std_error, str) else known


# --- groups and times ---------------------------------------------------------------------------------------------


def _breakdowns(spec: Official, rows: pa.Table, groups: Mapping[str, Group]) -> list[Breakdown]:
    codes = {concept: _codes(spec, rows, concept, group) for concept, group in groups.items()}
    return [
        group_of({**spec.breakdown, **{concept: cells[i] for concept, cells in codes.items()}})
        for i in range(rows.num_rows)
    ]


def _codes(spec: Official, rows: pa.Table, concept: str, group: Group) -> list[str]:
    known = {word.strip().lower(): code for word, code in group.codes.items()}
    cells = column(spec, rows, group.column)
    for text in dict.fromkeys(cells):
        if known and text and text.lower() not in known:
            raise BadRecipe("official.no-code", file=spec.file, value=text, column=group.column, concept=concept)
    return [known.get(text.lower(), text) for text in cells]


def _period(spec: Official, text: str) -> str:
    if spec.period or not text:
        if not spec.period:
            raise BadRecipe("official.no-period", file=spec.file)
        return spec.period
    period = text.removesuffix(".0")
    years(period)
    return period
