"""Every stage of a release computed again from the stage before, and compared by what it says."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from datashift.errors import DataShiftError
from datashift.language import LANGUAGES, N_, _, current, speaking
from datashift.model import Chart, Comparison, Estimate, Kit, Recipe
from datashift.publish.bundle import DOSSIER, libraries_made_with
from datashift.publish.content import content_digest, same_content, shown_cells, table_from
from datashift.publish.integrity import Archive, manifest_of_record
from datashift.publish.retold import figures_differ
from datashift.publish.sdmx_csv import NUMBERS, estimate_rows, number, rounded
from datashift.publish.tables import COMPARISON, chart_csv, comparison_rows
from datashift.standards.kits import parse_kit, parse_recipe

OBSERVATIONS_DIFFER = N_("{member} is not what the raw files and the recipe give.")
CELLS_DIFFER = N_("{member} is not what the observations give.")
CHARTS_DIFFER = N_("These are not what the estimates give: {member}.")
NOT_CONTENT = N_("{member} does not say what the manifest says of it.")
NOT_POSSIBLE = N_("This cannot be computed again: {problem}")
OTHER_CELL = N_(
    "{member}, row {row}: {column} is '{found}'; computed again it is '{expected}'. "
    "Either this or what it comes from was changed."
)
OTHER_LENGTH = N_("{member} has {found} rows; computed again it has {expected}.")

T = TypeVar("T")


@dataclass(frozen=True)
class Given:
    """What a stage may use beside the stage before. `raw` is empty where the evidence is not at hand.

    raw     (bare file name, bytes) in the order in which the release had them
    inputs  public tables by name: margins and official figures that were used
    """

    recipe: Recipe
    recipe_text: str
    kit: Kit
    kit_text: str
    raw: tuple[tuple[str, bytes], ...]
    inputs: Mapping[str, bytes]
    created: str


class Recompute(Protocol):
    """The stages of the road as functions of what a bundle holds; the pipeline has them.

    Each may raise a DataShiftError. `comparisons` and `charts` return None where what they need is not at hand.
    Estimates are returned after `protect`; charts are drawn from estimates rounded by `rounded`.
    """

    def observations(self, given: Given) -> pa.Table: ...

    def cells(self, given: Given, observations: pa.Table) -> pa.Table: ...

    def estimates(self, given: Given, cells: pa.Table) -> Sequence[Estimate]: ...

    def comparisons(self, given: Given, estimates: Sequence[Estimate]) -> Sequence[tuple[Comparison, str]] | None: ...

    def charts(
        self, given: Given, estimates: Sequence[Estimate], comparisons: Sequence[tuple[Comparison, str]] | None
    ) -> Sequence[Chart] | None: ...


@dataclass(frozen=True)
class Outcome:
    """Whether a stage came out the same; where it did not, a template with its facts."""

    stage: str
    same: bool
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        """Say in the current language what differs."""
        return _(self.text).format(**self.facts)


Difference = tuple[str, dict[str, Any]]
"""A template with its facts that says where a file differs."""


def computed_again(archives: Sequence[Archive], recompute: Recompute, broken: set[str]) -> list[Outcome]:
    """Compute again what can be computed again, and compare it with what the archives hold.

    A stage is the same when it follows from the stage before as stored, or from that stage as computed again: so one
    changed stage does not cast doubt on the next. `broken` names the stages whose bytes differ: nothing is computed
    with a recipe that was changed, nor from raw files that were.
    """
    if "recipe" in broken:
        return []
    manifest = manifest_of_record(archives)
    language = manifest.get("language")
    with speaking(language if language in LANGUAGES else current()):
        try:
            bench = _Bench(archives, manifest, recompute, broken)
        except DataShiftError as problem:
            return [Outcome("recipe", False, NOT_POSSIBLE, {"problem": problem})]
        for estimates in bench.estimates(bench.cells(bench.observations())):
            bench.charts(estimates, bench.comparisons(estimates))
        return bench.outcomes


class _Bench:
    """What the archives hold, and the outcomes so far."""

    def __init__(
        self, archives: Sequence[Archive], manifest: Mapping[str, Any], recompute: Recompute, broken: set[str]
    ) -> None:
        self.members = {name: data for archive in reversed(archives) for name, data in archive.members.items()}
        contents = {} if "manifest" in broken else manifest.get("contents", {})
        self.contents: Mapping[str, str] = contents if isinstance(contents, dict) else {}
        self.libraries_same = libraries_made_with(manifest)
        self.recompute = recompute
        self.given = _given(self.members, str(manifest.get("created", "")), raw="raw" not in broken)
        self.outcomes: list[Outcome] = []

    def observations(self) -> list[pa.Table]:
        calls = [partial(self.recompute.observations, self.given)] if self.given.raw else []
        return self._settle("observations", self._made("observations", calls), OBSERVATIONS_DIFFER)

    def cells(self, observations: Sequence[pa.Table]) -> list[pa.Table]:
        made = self._made("cells", [partial(self.recompute.cells, self.given, table) for table in observations])
        return self._settle("cells", [shown_cells(table, self.given.recipe.id) for table in made], CELLS_DIFFER)

    def estimates(self, cells: Sequence[pa.Table]) -> list[Sequence[Estimate]]:
        """Compare estimates.csv with what the cells give; return at most one list of estimates to go on with."""
        made = self._made("estimates", [partial(self.recompute.estimates, self.given, table) for table in cells])
        if not made:
            return []
        differences = [
            self._different("estimates.csv", *estimate_rows(self.given.recipe, self.given.kit, estimates))
            for estimates in made
        ]
        best = differences.index(None) if None in differences else 0
        self._compared("estimates", differences[best])
        self._compared("estimates", figures_differ(DOSSIER, self.members.get(DOSSIER), made[best]))
        return [rounded(made[best])]

    def comparisons(self, estimates: Sequence[Estimate]) -> Sequence[tuple[Comparison, str]] | None:
        made = self._made("estimates", [partial(self.recompute.comparisons, self.given, estimates)])
        if not made or made[0] is None:
            different = self._inconsistent(estimates)
        else:
            rows = comparison_rows(self.given.recipe, self.given.kit, estimates, made[0])
            different = self._different("comparison.csv", COMPARISON, rows)
        self._compared("estimates", different)
        return made[0] if made else None

    def charts(self, estimates: Sequence[Estimate], comparisons: Sequence[tuple[Comparison, str]] | None) -> None:
        made = self._made("charts", [partial(self.recompute.charts, self.given, estimates, comparisons)])
        if not made or made[0] is None:
            return
        expected = {name: data for chart in made[0] for name, data in _drawn(chart, self.libraries_same).items()}
        kinds = {name.rpartition(".")[2] for name in expected}
        stored = {name: _plain(name, data) for name, data in self.members.items() if name.startswith("charts/")}
        stored = {name: data for name, data in stored.items() if name.rpartition(".")[2] in kinds}
        wrong = sorted(name for name in stored.keys() | expected.keys() if stored.get(name) != expected.get(name))
        if wrong and any(outcome.stage == "estimates" and not outcome.same for outcome in self.outcomes):
            return  # drawn from other figures than those published: that says nothing about the charts
        self._compared("charts", (CHARTS_DIFFER, {"member": ", ".join(wrong)}) if wrong else None)

    def _compared(self, stage: str, difference: Difference | None) -> None:
        self.outcomes.append(Outcome(stage, difference is None, *(difference or ())))

    def _made(self, stage: str, calls: Iterable[Callable[[], T]]) -> list[T]:
        """Return what the calls give; where all of them fail, say why."""
        results: list[T] = []
        failures: list[Exception] = []
        for call in calls:
            try:
                results.append(call())
            except (DataShiftError, pa.ArrowException, LookupError, TypeError, ValueError, ArithmeticError) as failure:
                failures.append(failure)
        if failures and not results:
            code = getattr(failures[0], "code", "")
            stage = "raw" if code == "recipe.digest" or code.startswith("read.") else stage
            self.outcomes.append(Outcome(stage, False, NOT_POSSIBLE, {"problem": failures[0]}))
        return results

    def _settle(self, stage: str, made: Sequence[pa.Table], differs: str) -> list[pa.Table]:
        """Compare the stored table of a stage with those made; return the tables to go on with."""
        member = f"{stage}.parquet"
        stored = table_from(self.members.get(member))
        stated = self.contents.get(stage)
        if stored is not None and stated is not None and content_digest(stored) != stated:
            self.outcomes.append(Outcome(stage, False, NOT_CONTENT, {"member": member}))
        if any(same_content(stored, table) for table in made):
            self.outcomes.append(Outcome(stage, True))
            return [stored]
        if made and stored is not None:
            self.outcomes.append(Outcome(stage, False, differs, {"member": member}))
        return [table for table in (stored, *made) if table is not None]

    def _different(self, member: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Difference | None:
        """Say where a stored CSV first differs from the rows expected."""
        stored = _rows(self.members.get(member))
        if len(stored) != len(rows) + 1:
            return OTHER_LENGTH, {"member": member, "found": len(stored) - 1, "expected": len(rows)}
        for index, (found, expected) in enumerate(zip(stored, [header, *rows], strict=True), 1):
            for column, left, right in zip_longest(header, found, expected, fillvalue=""):
                if not _equal(column, left, right):
                    return _cell(member, index, column, left, right)
        return None

    def _inconsistent(self, estimates: Sequence[Estimate]) -> Difference | None:
        """Say where comparison.csv contradicts the estimates or its own sums."""
        known = {(e.measure, e.area, e.period, _joined(e.breakdown)): e for e in estimates}
        header, *rows = _rows(self.members.get("comparison.csv")) or [[]]
        for index, row in enumerate(rows, 2):
            cell = dict(zip(header, row, strict=False))
            measure, area, period, group = (
                cell.get(name, "") for name in ("MEASURE", "REF_AREA", "TIME_PERIOD", "BREAKDOWN")
            )
            for column, expected in _implied(cell, known.get((measure, area, period, group))).items():
                if cell.get(column) and not _equal(column, cell[column], expected):
                    return _cell("comparison.csv", index, column, cell[column], expected)
        return None


def _cell(member: str, row: int, column: str, found: str, expected: str) -> Difference:
    return OTHER_CELL, {"member": member, "row": row, "column": column, "found": found, "expected": expected}


def _given(members: Mapping[str, bytes], created: str, *, raw: bool) -> Given:
    recipe_text, kit_text = (members.get(name, b"").decode("utf-8", "replace") for name in ("recipe.toml", "kit.toml"))
    files = sorted((name, data) for name, data in members.items() if name.startswith("raw/") and raw)
    return Given(
        recipe=parse_recipe(recipe_text, "recipe.toml"),
        recipe_text=recipe_text,
        kit=parse_kit(kit_text, "kit.toml"),
        kit_text=kit_text,
        raw=tuple((name.partition("-")[2], data) for name, data in files),
        inputs={name.partition("/")[2]: data for name, data in members.items() if name.startswith("inputs/")},
        created=created,
    )


def _drawn(chart: Chart, pictures: bool) -> dict[str, object]:
    """Return what a chart's files say; pictures only where the libraries that draw them are the same."""
    files = {"csv": chart_csv(chart), "txt": chart.text.encode()}
    if pictures:
        files |= {"svg": chart.svg.encode(), "png": chart.png}
    return {(name := f"charts/{chart.name}.{kind}"): _plain(name, data) for kind, data in files.items()}


def _plain(name: str, data: bytes) -> object:
    # Positions in a drawing are computed on the way; their last digits depend on the machine.
    if not name.endswith(".svg"):
        return data
    return re.sub(r"\d+\.\d+", lambda figure: f"{float(figure[0]):.5g}", data.decode("utf-8", "replace"))


def _implied(cell: Mapping[str, str], estimate: Estimate | None) -> dict[str, str]:
    implied = {}
    if estimate is not None:
        figures = {"VALUE": estimate.value, "LOWER_BOUND": estimate.lower, "UPPER_BOUND": estimate.upper}
        implied = {column: "" if estimate.status == "Q" else number(figure) for column, figure in figures.items()}
    if cell.get("VALUE") and cell.get("OFFICIAL_VALUE"):
        implied["DIFFERENCE"] = number(_float(cell["VALUE"]) - _float(cell["OFFICIAL_VALUE"]))
    return implied


def _equal(column: str, left: str, right: str) -> bool:
    if left == right or column not in NUMBERS or not (left and right):
        return left == right
    return math.isclose(_float(left), _float(right), rel_tol=1e-8, abs_tol=1e-9)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _rows(data: bytes | None) -> list[list[str]]:
    return list(csv.reader(io.StringIO((data or b"").decode("utf-8", "replace"), newline="")))


def _joined(breakdown: tuple[tuple[str, str], ...]) -> str:
    return ";".join(f"{concept}={code}" for concept, code in breakdown)
