"""The rows of a chart: one per place (and period or group), sorted, with what is known and what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from datashift.draw.numbers import CANNOT_TELL, TOO_FEW
from datashift.draw.words import Words
from datashift.language import N_, _, label
from datashift.model import Benchmark, Comparison, Estimate
from datashift.numbers import amount, in_digits

NOT_COMPARABLE = N_("cannot be compared")
NOT_THE_SAME = N_("The two figures are not the same thing: {difference}")
NOT_THE_SAME_AS = N_("Not the same thing as {source}: {difference}")

_Z = 1.959964
_MODELLED = ("M", "E", "MODELLED", "MODELED", "ESTIMATED")
_Key = tuple[str, str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Figure:
    """A value with its interval (None where unknown), in `unit`."""

    value: float
    lower: float | None
    upper: float | None
    unit: str

    def __str__(self) -> str:
        return amount(self.value, self.lower, self.upper, self.unit)


@dataclass(frozen=True)
class OfficialFigure:
    """An official figure of a row: `source` with its period, `tag` to tell several sources apart ("" for one)."""

    figure: Figure
    source: str
    tag: str
    modelled: bool
    gap: bool


@dataclass(frozen=True)
class Row:
    """One row: the citizen figure or why there is none, and the official figures that may stand beside it."""

    area: str
    name: str
    whole: bool
    figure: Figure | None
    state: Literal["shown", "unsure", "few", "unknown"]
    n: int
    period: str
    officials: tuple[OfficialFigure, ...] = ()
    refused: bool = False

    @property
    def said(self) -> str:
        """Return the citizen figure in words, or the words that stand in its place."""
        if self.figure is None:
            words = TOO_FEW if self.state == "few" else CANNOT_TELL
            return _(words)
        return f"~ {self.figure}" if self.state == "unsure" else str(self.figure)


def rows_of_estimates(estimates: Sequence[Estimate], words: Words) -> list[Row]:
    """Return one row per estimate; see `_sorted` for their order."""
    naming = _naming(estimates)
    return _sorted(
        Row(
            area=e.area,
            name=naming(e),
            whole=_is_whole(e.area, estimates, words),
            figure=Figure(e.value, e.lower, e.upper, e.unit) if e.value is not None else None,
            state=_state(e),
            n=e.n,
            period=e.period,
        )
        for e in estimates
    )


def rows_of_comparisons(comparisons: Sequence[Comparison], words: Words) -> list[Row]:
    """Return one row per citizen figure, with all official figures that may be shown on its axis.

    An official figure of another extent or another unit is refused: the row then says so and shows none.
    """
    naming = _naming(comparisons)
    tags, unit = _tags(comparisons), _unit(comparisons)
    together: dict[_Key, list[Comparison]] = {}
    for c in comparisons:
        together.setdefault((c.area, c.area_name, c.period, c.breakdown), []).append(c)
    return _sorted(
        Row(
            area=area,
            name=naming(same[0]),
            whole=_is_whole(area, comparisons, words),
            figure=_citizen(same[0], unit),
            state="shown" if same[0].value is not None else "unknown",
            n=0,
            period=period,
            officials=tuple(_officials(same, tags)),
            refused=any(c.verdict == "not_comparable" and not drawable(c) for c in same),
        )
        for (area, _name, period, _breakdown), same in together.items()
    )


def drawable(comparison: Comparison) -> Benchmark | None:
    """Return the official figure if it is of this very place and unit, so that it may stand on the same axis."""
    official = comparison.official
    if official is None or official.refused or official.area != comparison.area:
        return None
    return official if comparison.facts.get("unit_code", official.unit) == official.unit else None


def differences(comparisons: Iterable[Comparison]) -> list[str]:
    """Return the stated differences of concept, each once, as sentences for the subtitle."""
    others = [c.official for c in comparisons if c.official and c.official.relation == "different"]
    stated = {label(official.difference): official.source for official in reversed(others)}
    template = NOT_THE_SAME if len(stated) < 2 else NOT_THE_SAME_AS
    return [_(template).format(difference=d, source=source) for d, source in reversed(stated.items()) if d]


def _is_whole(area: str, cells: Sequence[Estimate] | Sequence[Comparison], words: Words) -> bool:
    # Periods of the whole alone have no parts to stand above.
    return area == words.overall and any(cell.area != area for cell in cells)


def _state(estimate: Estimate) -> Literal["shown", "unsure", "few", "unknown"]:
    if estimate.value is not None:
        return "unsure" if estimate.status == "U" else "shown"
    return "few" if estimate.status == "Q" else "unknown"


def _citizen(comparison: Comparison, unit: str) -> Figure | None:
    if comparison.value is None:
        return None
    return Figure(comparison.value, comparison.lower, comparison.upper, unit)


def _officials(comparisons: Iterable[Comparison], tags: dict[str, str]) -> list[OfficialFigure]:
    """Return the official figures of one row, the sources in the order of their numbers."""
    found = [_official(official, c, tags) for c in comparisons if (official := drawable(c))]
    return sorted(found, key=lambda figure: (len(figure.tag), figure.tag))


def _official(official: Benchmark, comparison: Comparison, tags: dict[str, str]) -> OfficialFigure:
    lower, upper = _interval(official)
    return OfficialFigure(
        figure=Figure(official.value, lower, upper, official.unit),
        source=_source(official, comparison),
        tag=tags.get(_source(official, comparison), ""),
        modelled=official.nature.upper() in _MODELLED,
        gap=comparison.verdict == "gap" and official.relation == "same",
    )


def _source(official: Benchmark, comparison: Comparison) -> str:
    """Name the source, with its period where that is another than the citizens'."""
    other = official.period not in (comparison.period, "") and official.period not in official.source
    return f"{official.source}, {in_digits(official.period)}" if other else official.source


def _interval(official: Benchmark) -> tuple[float | None, float | None]:
    if official.facts.get("lower") is not None and official.facts.get("upper") is not None:
        return float(official.facts["lower"]), float(official.facts["upper"])
    if official.se is None:
        return None, None
    lower, upper = official.value - _Z * official.se, official.value + _Z * official.se
    return (max(0.0, lower), min(100.0, upper)) if official.unit == "PT" else (lower, upper)


def _tags(comparisons: Iterable[Comparison]) -> dict[str, str]:
    """Number the official sources when there are several, in the order in which they come."""
    found = dict.fromkeys(_source(official, c) for c in comparisons if (official := drawable(c)))
    return {source: in_digits(str(k)) for k, source in enumerate(found, 1)} if len(found) > 1 else {}


def _unit(comparisons: Iterable[Comparison]) -> str:
    """Return the unit of the citizen figures; a comparison without an official figure does not state it."""
    stated = [str(c.facts["unit_code"]) for c in comparisons if "unit_code" in c.facts]
    return next(iter([*stated, *(c.official.unit for c in comparisons if c.official)]), "")


def _naming(cells: Sequence[Estimate] | Sequence[Comparison]) -> Callable[[Estimate | Comparison], str]:
    """Return a function that names a cell by what tells it apart: its place, its period, its group."""
    places, periods = {c.area for c in cells}, {c.period for c in cells}

    def name(cell: Estimate | Comparison) -> str:
        place = [cell.area_name] if len(places) > 1 or len(periods) == 1 else []
        period = [in_digits(cell.period)] if len(periods) > 1 else []
        return " · ".join([*place, *period, *(group for _concept, group in cell.breakdown)])

    return name


def _sorted(rows: Iterable[Row]) -> list[Row]:
    """Put the whole first, then the highest figure down, those without one last; the periods of one place in order."""
    listed = list(rows)
    if len({row.area for row in listed}) == 1 < len({row.period for row in listed}):
        return sorted(listed, key=lambda row: (row.period, row.name))
    return sorted(listed, key=lambda r: (not r.whole, r.figure is None, -(r.figure.value if r.figure else 0), r.name))
