"""What a ledger, a replay and a comparison say on a terminal, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from datashift.corrections.cleaning_log import Imported
from datashift.corrections.compare import KINDS, Compared
from datashift.corrections.entry import Entry
from datashift.corrections.ledger import Ledger
from datashift.corrections.replay import Replayed
from datashift.language import N_, _
from datashift.layout import wrapped
from datashift.model import Raw
from datashift.numbers import said

SHOWN = 20

KIND_WORDS = {
    "open": N_("begins"),
    "change": N_("change"),
    "remove": N_("remove"),
    "rule": N_("rule"),
    "undo": N_("undo"),
    "note": N_("note"),
}
_SIGNS = {"is": "=", "is_not": "!=", "less": "<", "more": ">"}


def imported(taken: Imported, ledger: Ledger, log: str, out: Path) -> Iterator[str]:
    """Yield the lines that say what became of a cleaning log called `log`."""
    counts = Counter(entry.kind for entry in taken.entries)
    known = taken.rows - len(taken.entries) - len(taken.not_understood)
    text = _(
        "{file}: {rows} rows. Changes: {changes}. Rows to remove: {removals}. Questions that changed nothing: {notes}. "
        "In the ledger already: {known}. Not understood: {refused}."
    )
    yield wrapped(
        text.format(
            file=log, rows=said(taken.rows), changes=said(counts["change"]), removals=said(counts["remove"]),
            notes=said(counts["note"]), known=said(known), refused=said(len(taken.not_understood)),
        )
    )  # fmt: skip
    yield from _few([_("  row {row}: {reason}").format(row=one.row, reason=one.text()) for one in taken.not_understood])
    roles = ", ".join(f"{role} = {name}" for role, name in taken.columns.items())
    yield wrapped(_("Columns of the log: {roles}.").format(roles=roles))
    if ledger.open.multiple:
        names = _("Questions with several answers: {n}. Their 0/1 columns follow when they are changed.")
        yield wrapped(names.format(n=said(len(ledger.open.multiple))))
    yield written(len(ledger.entries), out)
    yield head(ledger)


def listed(ledger: Ledger, show_comments: bool) -> Iterator[str]:
    """Yield one line per line of the ledger; comments, which may name people, only where they are asked for."""
    in_force = {entry.id for entry in ledger.in_force()}
    for entry in ledger.entries:
        parts = [str(entry.id), entry.when[:10], entry.who, _(KIND_WORDS[entry.kind]), _content(entry)]
        if entry.id not in in_force:
            parts.append(_("(taken back)"))
        if entry.why:
            parts.append(f"({entry.why})")
        yield "  ".join(parts)
        if entry.details and show_comments:
            yield from (f"      {name}: {value}" for name, value in entry.details.items())
    hidden = sum(bool(entry.details) for entry in ledger.entries)
    if hidden and not show_comments:
        text = _("Lines with comments, which may name people: {n}. They are shown with --show-comments.")
        yield wrapped(text.format(n=said(hidden)))
    yield head(ledger)


def _content(entry: Entry) -> str:
    held = entry.model_dump()
    if held["kind"] == "open":
        return f"{held['key']}"
    if held["kind"] == "undo":
        return str(held["undoes"])
    where = held.get("row") or " & ".join(
        f"{c['column']} {_SIGNS[c['test']]} {'|'.join(c['values'])}" for c in held.get("where", ())
    )
    change = f"{held['old'] if held.get('old') is not None else '*'} → {held['new']}" if "new" in held else ""
    return "  ".join(
        filter(None, [where, held.get("column"), change if held.get("column") else "", held.get("question")])
    )


def replayed(raw: Raw, done: Replayed) -> Iterator[str]:
    """Yield the lines that say what a replay did: rows, lines, conflicts, cells."""
    yield from _balance(raw, done)
    yield from _outcome(done)


def _balance(raw: Raw, done: Replayed) -> Iterator[str]:
    text = _("Rows: {rows}. Kept: {kept}. Removed with a reason: {removed}.")
    yield text.format(
        rows=said(raw.table.num_rows), kept=said(done.table.num_rows), removed=said(len(done.removed))
    )  # fmt: skip
    reasons = Counter(entry.why or _("no reason stated") for entry in done.removed.values())
    yield from (f"  {said(count)}  {reason}" for reason, count in reasons.most_common(SHOWN))


def _outcome(done: Replayed) -> Iterator[str]:
    cells = Counter(touched.way for parts in done.effects.values() for touched in parts for _row in touched.rows)
    text = _("Lines applied: {applied}. Found their work done: {already}. In conflict with the rows: {conflicts}.")
    yield wrapped(
        text.format(
            applied=said(len(done.applied)), already=said(len(done.already)), conflicts=said(len(done.conflicts))
        )
    )
    yield from _few([
        _("  line {line}: {reason} (rows {rows}; found: {found})").format(
            line=conflict.entry.id, reason=conflict.text(), found=conflict.found or "–",
            rows=", ".join(map(str, conflict.rows)) or "–",
        )
        for conflict in done.conflicts
    ])  # fmt: skip
    yield _("Cells changed: {cells}. Of these, they follow from their question: {follows}.").format(
        cells=said(cells.total()), follows=said(cells["follows"])
    )
    if done.loose:
        text = _("0/1 cells that were changed alone and now disagree with their question: {n}.")
        yield wrapped(text.format(n=said(len(done.loose))))
        yield from _few([_("  row {row}: {reason}").format(row=row, reason=column) for row, column in done.loose])


def compared(found: Compared) -> Iterator[str]:
    """Yield how much agrees, and how many differences there are of each kind and column."""
    text = _("In both: {rows} rows, {columns} columns, {cells} cells. The very same: {agreeing} cells.")
    yield wrapped(
        text.format(
            rows=said(found.rows), columns=said(found.columns), cells=said(found.cells), agreeing=said(found.agreeing)
        )
    )
    if not found.differences:
        yield _("Nothing differs.")
    for kind, count in found.by_kind().items():
        yield f"  {said(count)}  {_(KINDS[kind])}"
        names = Counter(
            difference.column or difference.row for difference in found.differences if difference.kind == kind
        )
        yield from (f"      {name}: {said(n)}" if n > 1 else f"      {name}" for name, n in names.most_common(SHOWN))


def written(line: int, ledger: Path) -> str:
    """Return the line that says up to which number the ledger goes."""
    return _("Line {line} is written to {file}.").format(line=said(line), file=ledger)


def head(ledger: Ledger) -> str:
    """Return the line that names the digest of the last line."""
    return _("Digest of the last line: {head}").format(head=ledger.head)


def _few(lines: list[str]) -> list[str]:
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], *([_("  … and {n} more (see --json)").format(n=said(more))] if more > 0 else [])]
