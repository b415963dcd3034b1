"""Rows that repeat, columns that are empty, and columns that always say the same (checks K1, K2 and K4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.alike.copies import too_many
from datashift.assess.checks import Check, Outcome, by_rule
from datashift.assess.encoded import Encoded, Flags, Numbers, numbers
from datashift.assess.evidence import Evidence
from datashift.assess.quoting import means_no_answer, personal, stands_for_no_number
from datashift.chance import LEVEL
from datashift.language import N_
from datashift.model import Finding
from datashift.standards.areas import folded

# Columns that survey tools write for each sending: they differ even where one answer was sent twice.
_PER_SENDING = frozenset({
    "_id", "_uuid", "_index", "__id", "instanceid", "instancename", "rootuuid", "_submission_time", "submissiondate",
    "_submission__id", "_submission__uuid", "_submission__submission_time",
})  # fmt: skip
_IDS = frozenset({"id", "key", "uuid"})
_UUID = r"^(uuid:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

_NOTHING_TO_COMPARE = N_("There is no column besides the id to compare.")
_OFTEN_ENOUGH = 0.05
_FAR_FROM_ZERO = 10


def repeated_ids(evidence: Evidence) -> Iterator[Finding]:
    """K1: rows whose id an earlier row has used; the first row of each id is not among them."""
    column = evidence.recipe.row_id
    if column is None or column not in evidence.columns:
        return
    repeats = later(evidence.columns[column].codes) & ~evidence.missing(column)
    if repeats.any():
        yield evidence.found("K1", "assess.repeated-id", repeats, column=column)


def copies(evidence: Evidence) -> Outcome:
    """K2: rows that repeat an earlier row in all but the id and what is written anew for each sending.

    Short forms give equal answers by chance. How many chance gives where columns go together as they do in this file is
    told by `too_many`. Where there are more, all of them are told.
    """
    compared = [encoded for name, encoded in evidence.columns.items() if not _made_anew(name, encoded, evidence)]
    if not compared:
        return Outcome(idle=_NOTHING_TO_COMPARE)
    repeats = _equal_to_earlier(compared) & evidence.written
    found = int(repeats.sum())
    if not found:
        return Outcome(tested=1)
    written = [Encoded(one.codes[evidence.written], one.texts) for one in compared]
    p, expected = too_many(written, repeats[evidence.written], evidence.chance("K2"))
    if p > LEVEL:
        return Outcome(tested=1, facts={"repeats": found})
    code = "assess.copy" if evidence.recipe.row_id else "assess.copy-without-id"
    told = evidence.found("K2", code, repeats, expected=round(expected))
    return Outcome((replace(told, p_value=p, p_adjusted=p, tested=1),), tested=1)


def empty_rows(evidence: Evidence) -> Iterator[Finding]:
    """K4: rows in which nothing is written."""
    if not evidence.written.all():
        yield evidence.found("K4", "assess.empty-rows", ~evidence.written)


def missing_answers(evidence: Evidence) -> Iterator[Finding]:
    """K4: rows without an answer, for each column the recipe uses (coordinates have their own check)."""
    place = evidence.recipe.place
    for column in used_columns(evidence):
        missing = evidence.missing(column) & evidence.asked(column)
        if missing.any() and column not in (place.latitude, place.longitude):
            share = 100 * float(missing.sum()) / evidence.total
            yield evidence.found("K4", "assess.missing", missing, column=column, share=share)


def constant_columns(evidence: Evidence) -> Iterator[Finding]:
    """K4: columns with one answer only. They concern every row, so `rows` is empty and there is no effect."""
    nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
    used = set(used_columns(evidence))
    for column in dict.fromkeys(entry.column for entry in evidence.recipe.columns.values()):
        among = ~evidence.missing(column) & evidence.written
        value = _only_text(evidence, column, among)
        if value and evidence.may_quote(column, value, int(among.sum())):
            yield evidence.found("K4", "assess.constant-value", nowhere, column=column, value=value)
        elif value:
            yield evidence.found("K4", "assess.constant", nowhere, column=column)
    unused = [column for column in evidence.columns if column not in used]
    unused = [column for column in unused if _only_text(evidence, column, evidence.written)]
    if unused:
        yield evidence.found("K4", "assess.constant-unused", nowhere, columns=unused)


def placeholders(evidence: Evidence) -> Iterator[Finding]:
    """K4: words and numbers that often mean "not known", in more than 5 % of the rows of a column.

    Looked for where a text or a number is taken as it stands. A zero counts only where the other numbers are far from
    it (their median is 10 or more), a negative number only where no other is negative, a row of nines only as the
    highest number.
    """
    kinds = {entry.column: evidence.kit.concepts[name].kind for name, entry in evidence.recipe.columns.items()}
    places = {evidence.recipe.place.column, evidence.recipe.place.latitude, evidence.recipe.place.longitude}
    skipped = {*places, evidence.recipe.period.column, evidence.recipe.row_id}
    for column in used_columns(evidence):
        kind = kinds.get(column, "text")
        if column in skipped or kind == "code" or personal(column, evidence.recipe.personal):
            continue
        for value, where in _placeholders(evidence, column, kind):
            share = 100 * float(where.sum()) / evidence.total
            yield evidence.found("K4", "assess.placeholder", where, column=column, value=value, share=share)


def used_columns(evidence: Evidence) -> list[str]:
    """Return the raw columns that the recipe uses, in its order, each once."""
    recipe = evidence.recipe
    named = [entry.column for entry in recipe.columns.values()]
    named += [*recipe.design.named, *(choice.column for choice in recipe.rows)]
    place, period = recipe.place, recipe.period
    others = (place.column, place.latitude, place.longitude, period.column, recipe.design.weights, recipe.row_id)
    return [column for column in dict.fromkeys([*named, *filter(None, others)]) if column in evidence.columns]


def later(codes: Any) -> Flags:
    """Return which entries repeat an earlier one."""
    repeats = np.ones(len(codes), dtype=np.bool_)
    repeats[np.unique(codes, return_index=True)[1]] = False
    return repeats


def _made_anew(name: str, encoded: Encoded, evidence: Evidence) -> bool:
    last = name.rpartition("/")[2].casefold()
    joined = {source.join for source in evidence.recipe.source}
    if name == evidence.recipe.row_id or name in joined or last in _PER_SENDING:
        return True
    if len(encoded.texts) < len(encoded.codes) or encoded.texts.null_count:
        return False
    return folded(last) in _IDS or _running_number(encoded.texts) or _all_uuids(encoded.texts)


def _running_number(texts: pa.Array) -> bool:
    parsed = numbers(texts)
    return bool(
        len(parsed) and parsed.max() - parsed.min() == len(parsed) - 1
    )  # NaN, where one is no number, is unequal


def _all_uuids(texts: pa.Array) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, _UUID)).as_py())


def _equal_to_earlier(compared: list[Encoded]) -> Flags:
    mixed = np.zeros(len(compared[0].codes), dtype=np.uint64)
    for encoded in compared:
        mixed = (mixed ^ encoded.codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _same, first, group = np.unique(mixed, return_index=True, return_inverse=True)
    earlier = first[group]
    repeats = np.flatnonzero(earlier < np.arange(len(mixed)))
    for encoded in compared:  # the hash only proposes; every column has the last word
        repeats = repeats[encoded.codes[repeats] == encoded.codes[earlier[repeats]]]
    flags = np.zeros(len(mixed), dtype=np.bool_)
    flags[repeats] = True
    return flags


def _only_text(evidence: Evidence, column: str, among: Flags) -> str:
    encoded = evidence.columns[column]
    codes = encoded.codes[among]
    alike = len(codes) >= 2 and bool((codes == codes[0]).all())
    return str(encoded.texts[int(codes[0])].as_py() or "").strip() if alike else ""


def _placeholders(evidence: Evidence, column: str, kind: str) -> Iterator[tuple[str, Flags]]:
    encoded = evidence.columns[column]
    entry = next((e for e in evidence.recipe.columns.values() if e.column == column), None)
    unexplained = ~evidence.missing(column) & evidence.written
    counts = np.bincount(encoded.codes[unexplained], minlength=len(encoded.texts))
    parsed = numbers(encoded.texts, entry.decimal if entry else ".")
    numeric = kind == "number" or counts[~np.isnan(parsed)].sum() * 2 >= counts.sum()
    for place in np.flatnonzero(counts > _OFTEN_ENOUGH * evidence.total):
        value = str(encoded.texts[int(place)].as_py()).strip()
        if numeric:
            others = np.repeat(np.delete(parsed, place), np.delete(counts, place))
            stands = stands_for_no_number(value) and _apart(float(parsed[place]), others[~np.isnan(others)])
        else:
            stands = value == "0" or means_no_answer(value)
        if stands and value not in (entry.codes if entry else ()):
            yield value, (encoded.codes == place) & unexplained


def _apart(number: float, others: Numbers) -> bool:
    """Say whether `number` stands apart from the others as one that means "not known" does."""
    if not len(others):
        return False
    if number == 0:
        return bool(np.median(np.abs(others)) >= _FAR_FROM_ZERO)
    return bool(others.min() >= 0) if number < 0 else bool(others.max() < number)


CHECKS: tuple[Check, ...] = (
    Check(
        "K1",
        N_("Ids used twice"),
        N_("Rows whose id an earlier row has used."),
        N_("An id is given once."),
        "rule",
        by_rule(repeated_ids),
    ),
    Check(
        "K2",
        N_("Exact copies"),
        N_("Rows that repeat an earlier row in all but the id."),
        N_("As many equal rows as chance gives with these answers, where columns go together as they do here."),
        "analytical",
        copies,
    ),
    Check(
        "K4",
        N_("Missing answers"),
        N_("Rows and columns without answers, columns that say one thing only, and signs that stand for not known."),
        N_("Who was to be asked has an answer, and a column tells groups apart."),
        "rule",
        by_rule(empty_rows, missing_answers, constant_columns, placeholders),
    ),
)
