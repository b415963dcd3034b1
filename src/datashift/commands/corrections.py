"""`datashift corrections`: an append-only ledger of corrections, replayed on the raw rows."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import add_verbs
from datashift.errors import BadCorrection
from datashift.language import N_, _
from datashift.layout import wrapped

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.corrections import Entry, Ledger, Replayed
    from datashift.model import Raw

HELP = N_("correct rows without touching the raw file: who, when, why, old, new; undo; import of cleaning logs")

Told = tuple[str, Callable[[], Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands import, add, rule, undo, list, apply, compare and repair."""
    made = add_verbs(parser, {verb: text for verb, (_run, text) in VERBS.items()}, required=True)
    for verb in ("add", "rule", "undo", "list", "repair"):
        made[verb].add_argument("ledger", type=Path, help=_("the ledger (corrections.jsonl)"))
    for verb in ("import", "add", "rule", "undo"):
        made[verb].add_argument("--who", required=True, help=_("who corrects: a role or a code, never a name"))
    for verb in ("add", "rule", "undo"):
        made[verb].add_argument("--why", required=True, help=_("the reason"))
    for verb in ("add", "rule"):
        made[verb].add_argument("--key", help=_("the column that names a row, where the ledger is new"))
        made[verb].add_argument("--old", help=_("the value that is corrected; left out: whatever is there"))
        made[verb].add_argument("--data", type=Path, help=_("the raw file, where the ledger is new"))
    _import_arguments(made["import"])
    _line_arguments(made)
    made["list"].add_argument("--show-comments", action="store_true", help=_("show comments of people in the field"))
    made["apply"].add_argument("file", type=Path, help=_("the raw file"))
    made["apply"].add_argument("--ledger", type=Path, required=True, help=_("the ledger (corrections.jsonl)"))
    made["apply"].add_argument("--out", type=Path, help=_("write the corrected rows here (CSV)"))
    made["compare"].add_argument("file", type=Path, help=_("the corrected file, or with --ledger the raw file"))
    made["compare"].add_argument("clean", type=Path, help=_("the clean file it should equal"))
    made["compare"].add_argument("--key", help=_("the column that names a row in both"))
    made["compare"].add_argument("--ledger", type=Path, help=_("replay this ledger on the first file before"))


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log", type=Path, help=_("the cleaning log"))
    parser.add_argument("--data", type=Path, required=True, help=_("the raw file that the log is about"))
    parser.add_argument("--key", required=True, help=_("the column of the raw file that names a row"))
    parser.add_argument("--out", type=Path, required=True, help=_("the ledger to write, or to add to"))
    parser.add_argument(
        "--column", action="append", default=[], metavar="ROLE=NAME",
        help=_("a column of the log: key, question, old, new, action, why, question_raised or date"),
    )  # fmt: skip
    parser.add_argument(
        "--action", action="append", default=[], metavar="WORD=KIND",
        help=_("what a word of the log means: change, blank, remove or note"),
    )  # fmt: skip


def _line_arguments(made: dict[str, argparse.ArgumentParser]) -> None:
    made["add"].add_argument("--row", required=True, help=_("the key of the row"))
    made["add"].add_argument("--column", help=_("the column to change"))
    made["add"].add_argument("--new", help=_("the new value; empty text empties the cell"))
    made["add"].add_argument("--remove", action="store_true", help=_("leave the row out"))
    made["add"].add_argument("--note", help=_("a question that was raised; nothing is changed"))
    made["rule"].add_argument(
        "--where", action="append", required=True, metavar="CONDITION",
        help=_("column=value, column!=value, column<number, column>number; several values are parted by |"),
    )  # fmt: skip
    made["rule"].add_argument("--set", metavar="COLUMN=VALUE", help=_("the new value of a column"))
    made["rule"].add_argument("--remove", action="store_true", help=_("leave these rows out"))
    made["undo"].add_argument("line", type=int, help=_("the number of the line to take back"))


def run(options: argparse.Namespace) -> Told:
    """Do what `options.verb` says. Out: text for people and, as a function, data for machines."""
    return VERBS[options.verb][0](options)


# --- what each verb does --------------------------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> Told:
    from datashift.corrections import ACTION_KINDS, append, create, read, take_log, wording

    data, log = _raw(options.data), _raw(options.log)
    at_hand = read(options.out) if options.out.exists() and options.out.stat().st_size else None
    if at_hand and at_hand.open.key != options.key:
        raise BadCorrection("correction.other-key", file=options.out.name, stated=options.key, key=at_hand.open.key)
    known = {entry.log for entry in at_hand.entries if entry.log} if at_hand else set()
    stated = dict(_pair(text, "ROLE=NAME", ()) for text in options.column)
    actions = {word.lower(): kind for word, kind in (_pair(t, "WORD=KIND", ACTION_KINDS) for t in options.action)}
    taken = take_log(log, data, options.key, who=options.who, stated=stated, actions=actions)
    taken = replace(taken, entries=tuple(entry for entry in taken.entries if entry.log not in known))
    ledger = append(options.out, taken.entries) if at_hand else create(options.out, taken.first, taken.entries)
    refused = [{"row": one.row, "code": one.code, "text": one.text()} for one in taken.not_understood]
    counted = Counter(entry.kind for entry in taken.entries)
    return "\n".join(wording.imported(taken, ledger, options.log.name, options.out)), lambda: {
        "rows": taken.rows, "entries": dict(counted), "not_understood": refused,
        "columns": taken.columns, "multiple": ledger.open.multiple, "lines": len(ledger.entries), "head": ledger.head,
    }  # fmt: skip


def _add(options: argparse.Namespace) -> Told:
    from datashift.corrections import Change, Note, Remove

    common = {"who": options.who, "why": options.why, "row": options.row}
    if options.remove:
        return _written(options, Remove(**common))
    if options.note is not None:
        return _written(options, Note(**common, column=options.column, question=options.note))
    if options.column is None or options.new is None:
        raise BadCorrection("correction.half", needed="--column … --new …, --remove, --note …")
    return _written(options, Change(**common, column=options.column, old=options.old, new=options.new))


def _rule(options: argparse.Namespace) -> Told:
    from datashift.corrections import Rule

    if options.remove == (options.set is not None):
        raise BadCorrection("correction.half", needed="--set COLUMN=VALUE, --remove")
    where = tuple(_condition(text) for text in options.where)
    column, new = _pair(options.set, "--set COLUMN=VALUE", ()) if options.set else (None, None)
    common = {"who": options.who, "why": options.why, "where": where, "remove": options.remove}
    return _written(options, Rule(**common, column=column, old=options.old, new=new))


def _undo(options: argparse.Namespace) -> Told:
    from datashift.corrections import Undo

    return _written(options, Undo(who=options.who, why=options.why, undoes=max(2, options.line)))


def _list(options: argparse.Namespace) -> Told:
    from datashift.corrections import read, wording

    ledger = read(options.ledger)
    hidden = None if options.show_comments else {"details"}
    return "\n".join(wording.listed(ledger, options.show_comments)), lambda: {
        "head": ledger.head,
        "in_force": [entry.id for entry in ledger.in_force()],
        "lines": [entry.model_dump(mode="json", exclude=hidden) for entry in ledger.entries],
    }


def _apply(options: argparse.Namespace) -> Told:
    from datashift.corrections import read, replay, wording

    raw, ledger = _raw(options.file), read(options.ledger)
    done = replay(raw, ledger)
    if options.out:
        save(done.table.drop_columns(["_row"]), options.out)
    lines = list(wording.replayed(raw, done))
    if options.out:
        lines.append(_("Corrected rows: {file}").format(file=options.out))
    return "\n".join(lines), lambda: _replayed_json(raw, ledger, done)


def _compare(options: argparse.Namespace) -> Told:
    from datashift.corrections import compare, read, replay, wording

    one, clean = _raw(options.file), _raw(options.clean)
    ledger = read(options.ledger) if options.ledger else None
    if ledger is None and options.key is None:
        raise BadCorrection("correction.half", needed="--key COLUMN, --ledger corrections.jsonl")
    corrected = replay(one, ledger) if ledger else one.table
    found = compare(corrected, clean, options.key or (ledger.open.key if ledger else ""))
    return "\n".join(wording.compared(found)), lambda: {
        "rows": found.rows, "columns": found.columns, "cells": found.cells, "agreeing": found.agreeing,
        "kinds": found.by_kind(), "differences": [vars(difference) for difference in found.differences],
    }  # fmt: skip


def _repair(options: argparse.Namespace) -> Told:
    from datashift.corrections import repair

    aside = repair(options.ledger)
    text = _("Every line of {file} is whole; nothing was cut off.").format(file=options.ledger)
    if aside:
        text = _("The line that was cut off is set aside in {file}. All lines before it are whole.").format(file=aside)
    return wrapped(text), lambda: {"torn": str(aside) if aside else None}


VERBS: dict[str, tuple[Callable[[argparse.Namespace], Told], str]] = {
    "import": (_import, N_("make a ledger from a cleaning log; what is not understood is listed")),
    "add": (_add, N_("add one correction: change a cell, leave a row out, or note a question")),
    "rule": (_rule, N_("add a rule for all rows that fit, also for those that come later")),
    "undo": (_undo, N_("take a line back; nothing is erased")),
    "list": (_list, N_("show the lines of a ledger")),
    "apply": (_apply, N_("replay a ledger on the raw rows")),
    "compare": (_compare, N_("list each difference between corrected rows and a clean file")),
    "repair": (_repair, N_("set a last line that a crash cut off aside")),
}


# --- parts ----------------------------------------------------------------------------------------------------------


def save(table: pa.Table, path: Path) -> None:
    """Write rows as CSV (UTF-8)."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(table.column_names)
        lines.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _raw(path: Path) -> Raw:
    from datashift.read import read

    return read(path)


def _written(options: argparse.Namespace, entry: Entry) -> Told:
    from datashift.corrections import Open, append, create, find_multiple, wording

    if options.ledger.exists() or getattr(options, "key", None) is None:
        ledger = append(options.ledger, [entry])
    else:
        table = _raw(options.data).table if options.data else None
        multiple = find_multiple(table) if table is not None else {}
        ledger = create(options.ledger, Open(who=options.who, key=options.key, multiple=multiple), [entry])
    text = wording.written(len(ledger.entries), options.ledger)
    return "\n".join([text, wording.head(ledger)]), lambda: {"line": len(ledger.entries), "head": ledger.head}


def _pair(text: str, form: str, known: Sequence[str]) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not left or not sign or (known and right not in known):
        raise BadCorrection("correction.meaning", text=text, form=form, known=", ".join(known) or _("any text"))
    return left.strip(), right.strip()


def _condition(text: str) -> Any:
    from datashift.corrections import condition

    return condition(text)


def _replayed_json(raw: Raw, ledger: Ledger, done: Replayed) -> dict[str, Any]:
    return {
        "rows": raw.table.num_rows, "kept": done.table.num_rows, "head": ledger.head,
        "removed": {str(row): entry.id for row, entry in done.removed.items()},
        "applied": [entry.id for entry in done.applied], "already": [entry.id for entry in done.already],
        "conflicts": [
            {"line": c.entry.id, "code": c.code, "rows": c.rows, "found": c.found, "text": c.text()}
            for c in done.conflicts
        ],
        "loose": [{"row": row, "column": column} for row, column in done.loose],
        "effects": {
            str(line): [{"column": t.column, "rows": t.rows.tolist(), "became": t.became, "way": t.way} for t in parts]
            for line, parts in done.effects.items()
        },
    }  # fmt: skip
