"""What was released before of the same answers: whoever has both releases must not learn about single people."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from datashift.errors import BadRecipe
from datashift.inputs import bare_name
from datashift.language import N_, _
from datashift.model import Estimate
from datashift.numbers import said
from datashift.pipeline.setting import Setting, whole_area
from datashift.publish import rows_as_estimates

EARLIER = "earlier.json"
SOON = N_(
    "Answers that came or went since the release before: {changed}. Whoever lays both side by side learns what "
    "these said."
)
WAIT = N_("Wait until at least {least} did, unless they only mend what was wrong.")

_UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, csv.Error, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip
"""What reading a file raises that is no release, or one that is locked or cut off."""

Key = tuple[str, str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Since:
    """What came of the releases before: `hidden` are the figures that are hidden for their sake alone; `changed` says
    how many answers came or went in the whole, where fewer than `least` did, and else is None.
    """

    hidden: frozenset[Key]
    changed: int | None
    least: int

    @property
    def warning(self) -> tuple[str, str] | None:
        """Say in the current language what the release would tell of the few, and what to do; None where nothing."""
        if self.changed is None:
            return None
        return _(SOON).format(changed=said(self.changed)), _(WAIT).format(least=said(self.least))


def earlier(setting: Setting) -> list[Estimate]:
    """Return what the earlier releases that the recipe names told of each cell, every different word once: each of them
    may be laid beside the new one.

    Each file is a release.zip, its estimates.csv, or a list of cells as `cells_as_json` writes it. Raises BadRecipe
    (recipe.earlier) where a file is none of these.
    """
    known: dict[tuple[Key, str, int], Estimate] = {}
    for one in setting.recipe.earlier:
        name = bare_name(one.file)
        try:
            known |= {_word(cell): cell for cell in _read(setting, name, setting.inputs.files[name])}
        except _UNREADABLE as problem:
            raise BadRecipe("recipe.earlier", file=name) from problem
    return list(known.values())


def cells_as_json(cells: Sequence[Estimate]) -> bytes:
    """Return cells as the list that `earlier` reads: what each is about, whether it was hidden, and else its n."""
    told = [
        {"measure": e.measure, "area": e.area, "period": e.period, "breakdown": dict(e.breakdown), "status": e.status,
         "n": 0 if e.status == "Q" else e.n}
        for e in cells
    ]  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def cells_from_json(data: bytes, kit: str) -> Iterator[Estimate]:
    """Yield the cells of such a list as estimates without values."""
    for one in json.loads(data):
        group = tuple((str(concept), str(code)) for concept, code in one["breakdown"].items())
        yield Estimate(
            kit=kit, measure=one["measure"], area=one["area"], area_name="", period=one["period"], value=None, se=None,
            lower=None, upper=None, n=int(one["n"]), n_eff=None, deff=None, df=None, unit="", status=one["status"],
            method="", sampling_type="", breakdown=group,
        )  # fmt: skip


def in_their_periods(setting: Setting, before: Sequence[Estimate], now: Sequence[Estimate]) -> list[Estimate]:
    """Return the cells before under the periods of now: where all answers are one period, its name grows with them."""
    periods = {e.period for e in now}
    if setting.recipe.period.by != "whole" or len(periods) != 1:
        return list(before)
    return [replace(e, period=next(iter(periods))) for e in before]


def since(
    setting: Setting, found: Sequence[Estimate], before: Sequence[Estimate], shown: Sequence[Estimate],
    alone: Sequence[Estimate],
) -> Since:  # fmt: skip
    """Say what the releases `before` did: `found` are the figures with their true n, `shown` what is shown of them, and
    `alone` what would be shown, had nothing been released.
    """
    least, whole = setting.kit.disclosure.least_n, whole_area(setting)
    now = {e.key: e.n for e in found if e.area == whole and not e.breakdown}
    changes = [abs(now[e.key] - e.n) for e in before if e.key in now and e.status != "Q" and e.n > 0]
    few = [change for change in changes if 0 < change < least]
    hidden = {e.key for e, one in zip(shown, alone, strict=True) if e.status == "Q" and one.status != "Q"}
    return Since(frozenset(hidden), min(few, default=None), least)


def _word(cell: Estimate) -> tuple[Key, str, int]:
    return (cell.key, "Q", 0) if cell.status == "Q" else (cell.key, "", cell.n)


def _read(setting: Setting, name: str, data: bytes) -> Iterator[Estimate]:
    if name.endswith(".json"):
        return cells_from_json(data, setting.kit.id)
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read("estimates.csv")
    rows: list[Mapping[str, Any]] = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    return rows_as_estimates(setting.kit, rows)
