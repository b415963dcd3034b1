"""`datashift microdata`: rows of people one by one: who stands out, a plan against it, and their release."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.commands.outgoing import send
from datashift.errors import CannotProtect
from datashift.language import N_, _
from datashift.layout import grid, wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.model import Harmonised, Kit
    from datashift.pipeline import Setting
    from datashift.protect.microdata import Paper, Plan
    from datashift.protect.microdata.risk import Said

HELP = N_("rows of people one by one: how easily somebody is recognised, a plan against it, and their release")

K = 5
_NEVER = frozenset({"row", "_row"})
_POSITION = re.compile(r"(?i).*(latitu|longitu|gps|geopoint|utm|easting|northing).*|(lat|lon|lng)([_ ].*)?")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the rows, what others may know, the plan, who confirms it, and where the rows go."""
    parser.add_argument("file", type=Path, help=_("a recipe (TOML), or a file with one row per person"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    asked = {
        "--known": _("a column that others may know of a person, such as age or village; may be given again"),
        "--sensitive": _("a column whose answers must not become known of anybody; may be given again"),
        "--also": _("another column that is to leave; may be given again"),
    }
    for option, text in asked.items():
        parser.add_argument(option, action="append", default=[], metavar="COLUMN", help=text)
    parser.add_argument("--weight", metavar="COLUMN", help=_("the column that says for how many people a row stands"))
    parser.add_argument("--alike", type=int, metavar="K", help=_("how many people must be alike (default: 5)"))
    parser.add_argument("--plan", type=Path, help=_("the file of the plan: written if it is not there, read if it is"))
    parser.add_argument("--confirm", metavar="NAME", help=_("your name: you have read the plan and confirm it"))
    parser.add_argument("--out", type=Path, help=_("write the rows of the confirmed plan to this folder"))


@dataclass(frozen=True)
class _Case:
    """The rows and what is known of them: columns that are asked for by default, and those that never leave."""

    name: str
    table: pa.Table
    known: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    weight: str | None = None
    never: frozenset[str] = frozenset()
    areas: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    setting: Setting | None = None


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Report, propose, and release what was confirmed. Raises CannotProtect, Disclosive and whatever stops a run."""
    from datashift.protect.microdata import doubts, files, leaving

    case = _by_recipe(options.file) if options.file.suffix.lower() == ".toml" else _by_file(options)
    paper, plan = _planned(case, options)
    paper = _confirmed(case, paper, plan, options)
    out = leaving(case.table, paper, plan) if options.out else None
    written = send(files(paper, plan, out), options.out, case.setting) if out else []
    parts = [_report(case, plan), _next(options, paper, doubts(case.table, paper, plan), written)]
    return "\n".join(line for part in parts for line in part), lambda: _data(paper, plan, written)


# --- the rows -------------------------------------------------------------------------------------------------------


def _by_file(options: argparse.Namespace) -> _Case:
    from datashift.read import read

    table = read(options.file, sheet=options.sheet).table
    return _Case(options.file.name, _answers(table.drop_columns(["_row"]), ("",)), never=_NEVER)


def _by_recipe(path: Path) -> _Case:
    """Return the rows that reach the figures: answers in the words of the kit, beside the columns of the file."""
    from datashift.inputs import gather
    from datashift.pipeline import corrected, observations, raw_table, set_up

    setting = set_up(gather(path, home()))
    recipe = setting.recipe
    if not recipe.disclosure.microdata:
        raise CannotProtect("microdata.not-at-all")
    raw = raw_table(setting)[0]
    done = corrected(setting, raw)
    found = observations(setting, raw, done)
    table = _beside(found, done.table if done else raw, recipe.missing)
    design, place = recipe.design, recipe.place
    single = {name for name in (recipe.row_id, place.latitude, place.longitude) if name}
    return _Case(
        name=recipe.id,
        table=table,
        known=_known(table, setting.kit, setting),
        sensitive=_asked(table, setting),
        weight="weight" if design.weights or design.weight_margin else None,
        never=_NEVER | single | {*recipe.personal},
        areas={"area": {area.id: area.parent for area in setting.areas.values()}},
        setting=setting,
    )


def _beside(found: Harmonised, raw: pa.Table, missing: tuple[str, ...]) -> pa.Table:
    import pyarrow.compute as pc

    table = found.observations
    own = raw.take(pc.index_in(table["row"], value_set=raw["_row"].combine_chunks()))
    for name in own.column_names:
        if name not in table.column_names and name != "_row":
            table = table.append_column(name, own[name])
    return _answers(table, missing)


def _answers(table: pa.Table, missing: tuple[str, ...]) -> pa.Table:
    """Return the table with no answer where the text says that there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    none = pa.array({"", *missing}, pa.string())
    for at, name in enumerate(table.column_names):
        if pa.types.is_string(table[name].type):
            blank = pc.is_in(pc.utf8_trim_whitespace(table[name]), value_set=none)
            table = table.set_column(at, name, pc.if_else(blank, pa.scalar(None, pa.string()), table[name]))
    return table


def _known(table: pa.Table, kit: Kit, setting: Setting) -> tuple[str, ...]:
    """Return what others may know by default: place, year, what a census asks, and size of the household."""
    paradata, recipe = setting.recipe.paradata, setting.recipe
    mapped = {column.column: concept for concept, column in recipe.columns.items()}
    people = [name for name in (paradata.age, paradata.sex, paradata.household) if name]
    sizes = [measure.size for measure in setting.measures if measure.size]
    wanted = ["area", "period", *kit.benchmarks, *sizes, *(mapped.get(name, name) for name in people)]
    there = [name for name in wanted if name in table.column_names]
    return tuple(dict.fromkeys(name for name in there if len(table[name].unique()) > 1))


def _asked(table: pa.Table, setting: Setting) -> tuple[str, ...]:
    """Return the answers on which the figures rest, of which nobody's must become known."""
    known = _known(table, setting.kit, setting)
    rests = dict.fromkeys(concept for measure in setting.measures for concept in measure.numerator)
    rests |= dict.fromkeys(measure.value for measure in setting.measures if measure.value)
    return tuple(name for name in rests if name in table.column_names and name not in known)


# --- plan, confirmation, release ------------------------------------------------------------------------------------


def _planned(case: _Case, options: argparse.Namespace) -> tuple[Paper, Plan]:
    from datashift.protect.microdata import parsed, propose

    if options.plan and options.plan.is_file():
        stated = (*options.known, *options.sensitive, *options.also, options.weight, options.alike)
        if any(one is not None for one in stated):
            raise CannotProtect("microdata.plan-there", file=options.plan)
        paper = parsed(_text(options.plan), options.plan.name, case.table)
        if paper.of != case.name:
            raise CannotProtect("microdata.plan-of-others", file=options.plan, of=paper.of, asked=case.name)
    else:
        paper = _asked_for(case, options)
    if not paper.aim.columns:
        raise CannotProtect("microdata.nothing-known")
    _refuse_personal(case, paper)
    plan = propose(case.table, paper.aim, areas=case.areas, chosen=paper.recodes)
    if paper.recodes is None:
        paper = replace(paper, recodes=tuple(step.recode for step in plan.steps))
        if options.plan:
            _write_plan(options.plan, paper, plan)
    return paper, plan


def _asked_for(case: _Case, options: argparse.Namespace) -> Paper:
    from datashift.protect.microdata import LEAST_K, Aim, Paper

    if options.confirm or (options.out and not options.plan):
        raise CannotProtect("microdata.no-plan", file=options.plan or "plan.toml")
    alike = K if options.alike is None else options.alike
    if alike < LEAST_K:
        raise CannotProtect("microdata.too-few-alike", k=alike, least=LEAST_K)
    known = tuple(dict.fromkeys(options.known)) or case.known
    if not known:
        raise CannotProtect("microdata.nothing-known")
    sensitive = tuple(dict.fromkeys(options.sensitive or case.sensitive))
    aim = Aim(known, alike, tuple(n for n in sensitive if n not in known), weight=options.weight or case.weight)
    return Paper(case.name, aim, tuple(dict.fromkeys(options.also)))


def _refuse_personal(case: _Case, paper: Paper) -> None:
    """Refuse columns that are not there or never leave, and a table in which nobody is."""
    for name in paper.columns:
        if name not in case.table.column_names:
            known = ", ".join(case.table.column_names)
            raise CannotProtect("microdata.no-column", column=name, known=known)
        if name in case.never or _POSITION.fullmatch(name):
            raise CannotProtect("microdata.personal", column=name)
    if not case.table.num_rows:
        raise CannotProtect("microdata.few-rows", rows=0, k=paper.aim.k)


def _confirmed(case: _Case, paper: Paper, plan: Plan, options: argparse.Namespace) -> Paper:
    """Return the plan as it is confirmed now, or was; refuse to go on to a release where it is not."""
    name = (options.confirm or "").strip()
    if name:
        paper = paper.sealed(case.table, by=name, on=datetime.now(UTC).date().isoformat())
        _write_plan(options.plan, paper, plan)
    if options.out and paper.confirmed is None:
        raise CannotProtect("microdata.not-confirmed", file=options.plan or "plan.toml")
    if options.out and paper.confirmed and paper.confirmed.seal != paper.seal(case.table):
        raise CannotProtect("microdata.changed-since", file=options.plan, by=paper.confirmed.by)
    return paper


def _write_plan(path: Path, paper: Paper, plan: Plan) -> None:
    from datashift.protect.microdata import written

    path.write_text(written(paper, plan), "utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise CannotProtect("microdata.plan", file=path.name, problem=_("it is not UTF-8 text")) from problem


# --- words ----------------------------------------------------------------------------------------------------------


def _report(case: _Case, plan: Plan) -> list[str]:
    told = {"rows": said(case.table.num_rows), "of": case.name}
    lines = [wrapped(_("{rows} rows of '{of}', as they are:").format(**told)), *_sentences(plan.before.said)]
    lines += ["", _("What would keep people from being recognised:"), *_sentences(plan.said[: -len(plan.after.said)])]
    lines += ["", _("What that costs:"), _costs(plan), "", _("After that:"), *_sentences(plan.after.said)]
    return lines


def _costs(plan: Plan) -> str:
    steps = {step.recode.column: step for step in plan.steps}
    rows = []
    for cost in plan.costs:
        step = steps.get(cost.column)
        became = f"{said(step.before)} → {said(step.after)}" if step else "="
        coarser = f"{said(step.coarser)} %" if step else "0 %"
        rows.append(
            [cost.column, became, coarser, said(cost.cells), said(max([cost.points, *cost.within.values()]), 1)]
        )
    header = [_("column"), _("answers"), _("coarser"), _("left blank"), _("shares change by up to")]
    return grid(header, rows, "lrrrr")


def _sentences(told: Said) -> list[str]:
    return [wrapped(_(text).format(**facts), "  ", "    ") for text, facts in told]


def _next(options: argparse.Namespace, paper: Paper, doubted: Said, written: list[Path]) -> list[str]:
    lines = ["", _("Look at this before anything leaves:"), *_sentences(doubted)] if doubted else []
    if written:
        return [*lines, "", _("Written:"), *(f"  {path}" for path in written)]
    if not options.plan:
        return [
            *lines,
            "",
            wrapped(_("Nothing was released. To have this as a plan that you can change: --plan plan.toml")),
        ]
    if paper.confirmed:
        told = _("{file} is confirmed by {by}. To release the rows: --out FOLDER")
        return [*lines, "", wrapped(told.format(file=options.plan, by=paper.confirmed.by))]
    told = _(
        "The plan stands in {file}. It holds answers as they came, so keep it inside. Read it, change it, and then: "
        '--plan {file} --confirm "your name" --out FOLDER'
    )
    return [*lines, "", wrapped(told.format(file=options.plan))]


def _data(paper: Paper, plan: Plan, written: list[Path]) -> dict[str, Any]:
    def told(risk: Any) -> dict[str, Any]:
        named = ("rows", "smallest", "below", "uniques", "special", "population_uniques", "matches")
        return {name: getattr(risk, name) for name in named} | {"diversity": [asdict(one) for one in risk.diversity]}

    return {
        "of": paper.of,
        "known": paper.aim.columns,
        "k": paper.aim.k,
        "before": told(plan.before),
        "after": told(plan.after),
        "coarser": [
            {"column": one.recode.column, "how": one.recode.how, "before": one.before, "after": one.after}
            for one in plan.steps
        ],
        "blank": [asdict(cost) for cost in plan.costs],
        "confirmed": asdict(paper.confirmed) if paper.confirmed else None,
        "files": [str(path) for path in written],
    }  # fmt: skip
