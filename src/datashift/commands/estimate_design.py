"""The options of `datashift estimate` that say how rows were drawn and weighted, as a Design."""

from __future__ import annotations

import argparse
import math
import re
import tomllib
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from datashift.errors import BadQuestion
from datashift.language import _

if TYPE_CHECKING:
    from datashift.analysis.asks import Ask
    from datashift.model import Calibration, Design, Replicates
    from datashift.pooling.ladder import Rung

Made = TypeVar("Made")

LONELY = ("fail", "adjust", "average", "certainty")
INTERVALS = ("logit", "korn-graubard", "beta", "wilson", "arcsine", "likelihood", "t")
KINDS = ("raking", "linear", "logit", "poststratify")
MADE = ("jackknife", "brr", "bootstrap")
SAMPLING = (
    "probability", "quota", "snowball", "rds", "small_area_census", "volunteer",
    "sensor_network", "event_registry", "facility_register", "published_averages", "undocumented",
)  # fmt: skip
"""The choices as `datashift.model` has them; stated again, since the model is slow to load and help must be instant."""

_TOTAL = re.compile(r"[0-9]+([.][0-9]+)?([eE][+]?[0-9]{1,2})?|-[0-9]+([.][0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}( [0-9]{3})+([.][0-9]+)?")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add how rows were drawn, what they are weighted to, and how the interval is formed."""
    add = parser.add_argument
    add("--sampling", choices=SAMPLING, default="undocumented", help=_("how the answers came about"))
    add("--weights", metavar="COLUMN", help=_("the column of weights"))
    add("--strata", metavar="COLUMN,…", help=_("columns that together name the stratum"))
    add("--clusters", metavar="COLUMN,…", help=_("the column of each stage; several for one stage: region+ward"))
    add("--fpc", metavar="COLUMN,…", help=_("per stage how many units there are in the population, or the share drawn"))
    add("--lonely", choices=LONELY, default="fail", help=_("what a stratum with one cluster adds to the variance"))
    add("--calibrate", metavar="MARGINS", type=Path, help=_("a file with known totals: variable, category, total"))
    add("--calibrate-kind", choices=KINDS, help=_("how the weights are brought to the totals (default: raking)"))
    add("--bounds", metavar="LOW,HIGH", help=_("between which factors a calibrated weight may change"))
    add("--trim", type=float, help=_("no calibrated weight above this many times the mean weight"))
    add("--replicates", choices=MADE, help=_("variance by replicates made from the design"))
    add("--replicate-weights", metavar="PATTERN", help=_("columns of replicate weights in the file, such as rep_*"))
    add("--scale", type=float, help=_("scale of these replicate weights"))
    add("--rscales", metavar="NUMBER,…", help=_("scale of each of these replicate weights"))
    add("--rho", type=float, help=_("Fay's coefficient, for brr and for replicate weights made like it"))
    add("--mse", action="store_true", help=_("squares around the full estimate, not the mean of the replicates"))
    add("--level", type=float, default=0.95, help=_("level of the interval (default: 0.95)"))
    add("--interval", choices=INTERVALS, default="logit", help=_("the interval of a share"))
    add("--degrees", choices=("domain", "design"), default="domain", help=_("whose degrees of freedom count"))


def design(options: argparse.Namespace, columns: Sequence[str]) -> Design:
    """Return the design that the options state.

    In: the columns of the file, in their order.   Errors: BadQuestion for what contradicts itself or cannot be read.
    """
    from datashift.model import Design

    if not 0 < options.level < 1:
        raise BadQuestion("question.level", level=options.level)
    clusters = [tuple(map(bare, cut(stage, "+"))) for stage in cut(options.clusters, ",")] if options.clusters else []
    fpc = names(options.fpc) if options.fpc else ()
    if len(fpc) > max(len(clusters), 1):
        raise BadQuestion("question.fpc-stages", fpc=len(fpc), stages=len(clusters))
    weights = bare(options.weights) if options.weights else None
    return _valid(
        Design, "question.design",
        sampling_type=options.sampling, weights=weights, strata=names(options.strata) if options.strata else (),
        clusters=clusters, fpc=fpc, lonely=options.lonely, calibration=_calibration(options),
        replicates=_replicates(options, [name for name in columns if name != weights]),
        confidence=options.level, interval=options.interval, degrees=options.degrees,
    )  # fmt: skip


def step(stated: Design, asks: Sequence[Ask]) -> Rung:
    """Return the step of the decision ladder for this design.

    Raises DesignError where the step refuses the figure: no level from sensors or people found through people, and of
    known events only counts, or counts per unit watched (a ratio).
    """
    from datashift.estimation.taylor import WITHOUT_SPREAD
    from datashift.pooling.ladder import AtHand, explain

    kinds = {ask.kind for ask in asks}
    events = stated.sampling_type == "event_registry"
    per_unit = events and kinds == {"ratio"}
    found = explain(stated, AtHand(rate=events and bool(kinds - {"total", "ratio"}), exposure=per_unit))
    # What these sampling types give is shown without an interval; only a rate without exposure is no figure at all.
    if events or stated.sampling_type not in WITHOUT_SPREAD:
        found.check()
    return found


# --- names and numbers in an option -----------------------------------------------------------------------------------


def cut(text: str, sign: str, most: int = -1) -> list[str]:
    """Cut a text at `sign`, at most `most` times, not between backticks.   Errors: BadQuestion question.backtick."""
    pieces, inside = [""], False
    for letter in text:
        inside ^= letter == "`"
        if letter == sign and not inside and len(pieces) - 1 != most:
            pieces.append("")
        else:
            pieces[-1] += letter
    if inside:
        raise BadQuestion("question.backtick", text=text)
    return pieces


def bare(text: str) -> str:
    """Return a name or code without outer blanks and backticks; a doubled backtick inside stands for one."""
    plain = text.strip()
    if len(plain) > 2 and plain.startswith("`") and plain.endswith("`"):
        return plain[1:-1].replace("``", "`")
    if not plain.strip("`"):
        raise BadQuestion("question.empty-name", text=text)
    return plain


def names(text: str) -> tuple[str, ...]:
    """Return the names or codes in a text with commas between them."""
    try:
        return tuple(bare(piece) for piece in cut(text, ","))
    except BadQuestion as problem:
        raise BadQuestion(problem.code, text=text) from None


def numbers(option: str, text: str, example: str) -> tuple[float, ...]:
    """Return the numbers in a text with commas between them.   Errors: BadQuestion question.number-list."""
    try:
        found = tuple(float(piece) for piece in text.split(","))
    except ValueError:
        found = (math.nan,)
    if not all(map(math.isfinite, found)):
        raise BadQuestion("question.number-list", option=option, text=text, example=example)
    return found


# --- replicates -------------------------------------------------------------------------------------------------------


def _replicates(options: argparse.Namespace, columns: Sequence[str]) -> Replicates | None:
    from datashift.model import Replicates

    given = {"mse": options.mse} | ({} if options.rho is None else {"rho": options.rho})
    if options.rho is not None and not 0 <= options.rho < 1:
        raise BadQuestion("question.rho", rho=options.rho)
    if options.replicates and options.replicate_weights:
        raise BadQuestion("question.replicates-both")
    if not options.replicate_weights:
        _refuse_without(options, ("scale", "rscales"), "--replicate-weights")
        if not options.replicates:
            _refuse_without(options, ("rho", "mse"), "--replicates")
            return None
        return _valid(Replicates, "question.design", kind=options.replicates, **given)
    patterns = names(options.replicate_weights)
    matching = [name for name in columns if any(fnmatchcase(name, pattern) for pattern in patterns)]
    if len(matching) < 2:
        raise BadQuestion("question.no-replicates", pattern=options.replicate_weights, count=len(matching))
    rscales = numbers("--rscales", options.rscales, "0.9,0.9,0.8") if options.rscales else ()
    given |= {"columns": tuple(matching), "scale": options.scale, "rscales": rscales}
    return _valid(Replicates, "question.design", kind="weights", **given)


def _refuse_without(options: argparse.Namespace, belonging: Sequence[str], needed: str) -> None:
    for name in belonging:
        if getattr(options, name) not in (None, False):
            raise BadQuestion("question.needs-option", option=f"--{name.replace('_', '-')}", needed=needed)


# --- known totals -----------------------------------------------------------------------------------------------------


def _calibration(options: argparse.Namespace) -> Calibration | None:
    from datashift.model import Calibration

    if options.calibrate is None:
        _refuse_without(options, ("calibrate_kind", "bounds", "trim"), "--calibrate")
        return None
    path = options.calibrate
    fields = _toml(path) if path.suffix.lower() == ".toml" else _long_table(path)
    if options.calibrate_kind:
        fields["kind"] = options.calibrate_kind
    if options.bounds:
        fields["bounds"] = numbers("--bounds", options.bounds, "0.4,2.5")
    if options.trim is not None:
        fields["trim"] = options.trim
    if not fields.get("source"):
        fields["source"] = path.name
    if options.trim is not None and not 1 < options.trim < math.inf:
        raise BadQuestion("question.trim", trim=options.trim)
    return _valid(Calibration, "question.calibration", **fields)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise BadQuestion("question.margins-toml", file=path.name, problem=problem) from problem


def _long_table(path: Path) -> dict[str, Any]:
    """Read known totals from a table: a row per category, or per numeric column (then without category).

    Columns `variable`, `category`, `total`, in any order and case; others are left alone. Joint margins have their
    variables and their categories joined by `|`.   Errors: Unreadable, BadQuestion question.margins-….
    """
    from datashift.read import read

    raw = read(path)
    found = {name.strip().casefold(): name for name in raw.table.column_names}
    if not {"variable", "category", "total"} <= found.keys():
        shown = ", ".join(name for name in raw.table.column_names if name != "_row")
        raise BadQuestion("question.margins-columns", file=path.name, found=shown)
    margins: dict[str, dict[str, float]] = {}
    numeric: dict[str, float] = {}
    wanted = [raw.table[found[name]].to_pylist() for name in ("variable", "category", "total")]
    extra = [raw.table[name].to_pylist() for name in raw.table.column_names if name.startswith("_extra_")]
    for row, *cells in zip(raw.table["_row"].to_pylist(), *wanted, *extra, strict=True):
        variable, category, total, *more = ((cell or "").strip() for cell in cells)
        if any(more):
            raise BadQuestion("question.margins-cells", file=path.name, row=row)
        if variable or category or total:
            where = {"file": path.name, "row": row, "variable": variable, "category": category}
            variable, category = _joined(variable, category, where)
            into, key = (margins.setdefault(variable, {}), category) if category else (numeric, variable)
            if key in into:
                raise BadQuestion("question.margins-twice", **where)
            into[key] = _known_total(total, where)
    both = sorted(margins.keys() & numeric.keys())
    if both:
        raise BadQuestion("question.margins-mixed", file=path.name, variable=both[0])
    if not margins and not numeric:
        raise BadQuestion("question.margins-empty", file=path.name)
    listed = [{"variables": name.split("|"), "totals": totals} for name, totals in margins.items()]
    return {"margins": listed, "numeric": numeric}


def _joined(variable: str, category: str, where: dict[str, Any]) -> tuple[str, str]:
    """Tidy the blanks around `|`; as many categories must be joined as variables."""
    variables, categories = ([part.strip() for part in text.split("|")] for text in (variable, category))
    if not all(variables) or (category and (not all(categories) or len(categories) != len(variables))):
        raise BadQuestion("question.margins-joint", **where)
    if not category and len(variables) > 1:
        raise BadQuestion("question.margins-joint", **where)
    return "|".join(variables), "|".join(categories)


def _known_total(text: str, where: dict[str, Any]) -> float:
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(" ", "")
    if not _TOTAL.fullmatch(plain):
        raise BadQuestion("question.margins-number", **where, value=text[:40])
    return float(plain)


def _valid(record: Callable[..., Made], code: str, **fields: Any) -> Made:
    """Make a record; what it refuses is said as BadQuestion."""
    try:
        return record(**fields)
    except (ValueError, TypeError) as problem:
        raise BadQuestion(code, problem=_said(problem)) from problem


def _said(problem: Exception) -> str:
    listed = problem.errors() if hasattr(problem, "errors") else []
    texts = [
        ": ".join([".".join(map(str, one["loc"])), one["msg"]]).removeprefix(": ").replace("Value error, ", "")
        for one in listed
    ]
    return "; ".join(texts) or str(problem)
