"""Uncertainty of official estimates that are published without any: how far surveys lie from them.

The WHO/UNICEF JMP fits lines to surveys and censuses of many years and publishes neither their errors nor its own
(nature E). What it does publish is both sides: the estimate and the surveys of the same year. Their distance says how
sure the estimate is: robust standard deviation 1.4826 x median of |survey - estimate|, which holds the sampling errors
of the surveys too, so it is rather too large than too small. `survey_spread.csv` keeps these few numbers, in percentage
points; those of basic services are taken from improved ones, of which basic services are a part. Services with fewer
than 20 surveys (safely managed, hygiene) have none. The tests derive the numbers again.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

from datashift.compare.matching import group_of
from datashift.language import N_
from datashift.model import Benchmark

SURVEYS = N_("how far surveys and censuses lie from such estimates of the same year, in four countries")

_MODELLED = ("E", "M")
_PLACES = {"n": "_T", "u": "U", "r": "R", "urban": "U", "rural": "R", "allarea": "_T", "": "_T"}


def with_error(figure: Benchmark) -> Benchmark:
    """Return an official figure with the standard error that is stated here for its series, where none is published.

    Only for estimated and modelled shares of the series in `survey_spread.csv`, for everybody, town or countryside. All
    other figures come back as they are: nothing is stated where nothing is known.
    """
    known = figure.se is not None or "lower" in figure.facts or figure.unit != "PT"
    if known or figure.nature.upper() not in _MODELLED:
        return figure
    place = _place(figure)
    code = re.sub(r"_[nur]$", "", figure.series)
    sd = None if place is None else _spread().get((code, place))
    return figure if sd is None else replace(figure, se=sd, stated=SURVEYS)


def _place(figure: Benchmark) -> str | None:
    """Return town, countryside or everywhere; None for any other group."""
    group = dict(group_of(figure.breakdown))
    if set(group) - {"URBANISATION"}:
        return None
    suffix = re.fullmatch(r"[a-z]+_[a-z]+_([nur])", figure.series)
    chosen = str(figure.facts.get("select", {}).get("location", "")).strip().lower()
    return group.get("URBANISATION") or (_PLACES[suffix[1]] if suffix else _PLACES.get(chosen))


@cache
def _spread() -> dict[tuple[str, str], float]:
    text = files("datashift.compare").joinpath("survey_spread.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(code, row["place"]): float(row["sd"]) for row in rows for code in row["series"].split()}
