"""`datashift redact`: personal data in the texts of a file are proposed, a person decides, and that is applied."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadCorrection, BadRedaction
from datashift.language import N_, _
from datashift.layout import wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.corrections import Change, Entry
    from datashift.model import Raw
    from datashift.standards.personal_lists import Decided
    from datashift.standards.personal_tables import Proposal

HELP = N_("propose what looks personal in free texts, and take out what a person confirmed")

Told = tuple[str, Callable[[], Any]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, what is searched, and what applies the decisions."""
    parser.add_argument("file", type=Path, help=_("the file with the texts"))
    parser.add_argument("--columns", nargs="+", metavar=_("COLUMN"), help=_("search only these columns"))
    parser.add_argument("--sheet", help=_("the sheet of a workbook or the table of an archive"))
    parser.add_argument("--out", type=Path, help=_("write the proposals here, or with --apply the redacted rows (CSV)"))
    parser.add_argument("--apply", type=Path, metavar=_("PROPOSALS"), help=_("the proposals with your decisions"))
    parser.add_argument("--by", help=_("who decided: a role or a code, never a name"))
    parser.add_argument(
        "--undecided", choices=("keep", "redact"), help=_("what becomes of proposals without a decision")
    )
    parser.add_argument("--ledger", type=Path, help=_("the ledger of corrections that is written, or added to"))


def run(options: argparse.Namespace) -> Told:
    """Propose, or apply what was decided. Out: counts for people and machines; never a word of a text."""
    from datashift.read import read

    raw = read(options.file, sheet=options.sheet)
    return _applied(options, raw) if options.apply else _proposed(options, raw)


def _proposed(options: argparse.Namespace, raw: Raw) -> Told:
    from datashift.standards.personal_lists import as_list
    from datashift.standards.personal_tables import counted, propose_in, text_columns

    known = text_columns(raw.table)
    for column in options.columns or ():
        if column not in known:
            raise BadRedaction("redact.no-column", file=options.file.name, column=column, columns=", ".join(known))
    found = propose_in(raw.table, options.columns)
    lines = [
        _("{rows} rows, {columns} columns searched. Proposed: {count}.").format(
            rows=said(raw.table.num_rows), columns=said(len(options.columns or known)), count=said(len(found))
        ),
        *(f"  {column}: {_kinds(kinds)}" for column, kinds in counted(found).items()),
    ]
    if options.out:
        _keep(options.out, as_list(found, raw.table, raw.origin.sha256))
        lines.append(
            _("Proposals: {file}. It holds the words themselves: keep it to yourself.").format(file=options.out)
        )
        lines.append(_("Write yes or no in the column decision of each line. Then apply it with --apply."))
    elif found:
        lines.append(_("To decide on them, write them to a file with --out."))
    return "\n".join(map(wrapped, lines)), lambda: {
        "rows": raw.table.num_rows, "sha256": raw.origin.sha256, "proposed": len(found), "columns": counted(found),
    }  # fmt: skip


def _applied(options: argparse.Namespace, raw: Raw) -> Told:
    from datashift.commands.corrections import save
    from datashift.standards.personal_tables import redact_in

    if options.out is None or not options.by:
        raise BadCorrection("correction.half", needed="--by …, --out …")
    if options.out.exists() and any(one.samefile(options.out) for one in (options.file, options.apply)):
        raise BadRedaction("redact.there", file=options.out.name)
    ledger = options.ledger or options.out.with_name(f"{options.out.name}.corrections.jsonl")
    if ledger.resolve() == options.out.resolve():
        raise BadRedaction("redact.there", file=ledger.name)
    decided = _decisions(options, raw)
    confirmed, kept = list(decided.confirmed), list(decided.kept)
    (confirmed if options.undecided == "redact" else kept).extend(decided.open)
    # The ledger comes first: what stands in no ledger was not decided by anybody.
    count = _written(ledger, _lines(raw, confirmed, options.by), raw, options.by)
    save(redact_in(raw.table, confirmed).drop_columns(["_row"]), options.out)
    kinds = Counter(one.span.kind for one in confirmed)
    lines = [
        _("Redacted: {redacted}. Kept as it is: {kept}. Of all these, nobody decided on: {open}.").format(
            redacted=said(len(confirmed)), kept=said(len(kept)), open=said(len(decided.open))
        ),
        *([f"  {_kinds(kinds)}"] if kinds else []),
        _("Redacted rows: {file}").format(file=options.out),
        _("Who and when: {count} lines were added to {file}.").format(count=said(count), file=ledger),
    ]
    return "\n".join(map(wrapped, lines)), lambda: {
        "redacted": len(confirmed), "kept": len(kept), "undecided": len(decided.open), "kinds": dict(kinds),
        "lines": count, "ledger": str(ledger),
    }  # fmt: skip


def _decisions(options: argparse.Namespace, raw: Raw) -> Decided:
    from datashift.read import read
    from datashift.standards.personal_lists import from_list

    name = options.apply.name
    decided = from_list(
        read(options.apply).table, raw.table, proposals=name, file=options.file.name, sha256=raw.origin.sha256
    )
    if decided.open and options.undecided is None:
        raise BadRedaction("redact.undecided", count=len(decided.open), proposals=name)
    return decided


def _lines(raw: Raw, confirmed: Sequence[Proposal], who: str) -> list[Change]:
    from datashift.corrections import redaction
    from datashift.standards.personal_tables import redacted

    spans: dict[tuple[str, int], list[Any]] = {}
    for one in confirmed:
        spans.setdefault((one.column, one.row), []).append(one.span)
    numbers = raw.table["_row"].to_pylist()
    return [
        redaction(str(numbers[row - 1]), column, text, spans[column, row], who=who)
        for (column, row), text in redacted(raw.table, confirmed).items()
    ]


def _written(path: Path, lines: Sequence[Change], raw: Raw, who: str) -> int:
    """Add lines to a ledger, or begin one, and take back there what was decided otherwise. Return how many were added.

    What the ledger says already is not said twice.
    """
    from datashift.corrections import Change, Open, Undo, append, create, read
    from datashift.corrections.redaction import WHY

    if not path.exists() or not path.stat().st_size:
        return len(create(path, Open(who=who, key="_row", source=raw.origin.sha256), lines).entries) - 1
    ledger = read(path)
    if ledger.open.key != "_row":
        raise BadCorrection("correction.other-key", file=path.name, stated="_row", key=ledger.open.key)
    if ledger.open.source != raw.origin.sha256:
        raise BadRedaction("redact.other-ledger", ledger=path.name, file=raw.origin.file)
    said = [one for one in ledger.in_force() if isinstance(one, Change) and one.why.startswith(WHY)]
    wanted = {_what(one) for one in lines}
    back = [Undo(who=who, why="decided anew", undoes=one.id) for one in said if _what(one) not in wanted]
    there = {_what(one) for one in said}
    new: list[Entry] = [*back, *(one for one in lines if _what(one) not in there)]
    append(path, new)
    return len(new)


def _what(line: Change) -> tuple[str, str, str]:
    return line.row, line.column, line.new


def _kinds(counts: dict[str, int]) -> str:
    from datashift.standards.personal_texts import KIND_WORDS

    return ", ".join(f"{_(KIND_WORDS[kind])} {said(count)}" for kind, count in sorted(counts.items()))


def _keep(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, and never over one that may hold decisions."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadRedaction("redact.there", file=path.name) from None
    with os.fdopen(handle, "wb") as out:
        out.write(data)
