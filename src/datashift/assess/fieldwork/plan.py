"""What came in against what was planned: versions of the form, targets, and remarks of the field team."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from datashift.assess.checks import Check, Outcome
from datashift.assess.encoded import Encoded, Flags, Whole
from datashift.assess.evidence import Evidence
from datashift.assess.fieldwork.measured_days import few_days
from datashift.assess.groups import broken_rule, groups
from datashift.assess.quoting import means_no_answer, personal
from datashift.language import N_
from datashift.model import Finding
from datashift.standards.moments import clock

Days = npt.NDArray[np.datetime64]
_SHOWN = 10

NO_VERSIONS = N_(
    "It is not known which version of the form was to be used from which day on. Name the column under [paradata] "
    "version and the days under [protocol.versions]."
)
NO_DAYS = N_(
    "The day of the interviews is not known. Name their begin under [paradata] start, or a date under [period]."
)
NO_TARGETS = N_(
    "It is not known how many interviews were planned. State them under [protocol.targets], and the column under "
    "target_by."
)
NO_COMMENTS = N_("The recipe names no column with remarks of the field team. Name them under [paradata] comments.")

_OUTDATED = (
    N_(
        "In {n} of {total} rows, an earlier version of the form was used than was in force on that day. "
        "Answers to questions that changed may not be the same."
    ),
    N_(
        "Some interviews used an earlier version of the form than was in force on that day. "
        "Answers to questions that changed may not be the same."
    ),
    N_("{n} of {own} interviews used an earlier version of the form than was in force. The device needs the new one."),
)
_EARLY = N_(
    "In {n} of {total} rows, a version of the form was used before its first day. These may be tests, or the clock is "
    "wrong."
)
_UNKNOWN = N_("In {n} of {total} rows, the version of the form is in no list under [protocol.versions].")
_MISSING = N_(
    "Of {planned} interviews that were planned, {done} are there. Groups below their number: {behind} of {groups}."
)
_MISSING_MOST = N_(
    "Of {planned} interviews that were planned, {done} are there. Groups below their number: {behind} of {groups}. "
    "Most are missing in: {lacking}."
)
_REMARKS = N_(
    "The field team left remarks on {n} of {total} interviews. Read them first: they may explain what else is noticed."
)


def outdated_forms(evidence: Evidence) -> Outcome:
    """K3: interviews with an earlier version of the form than was in force, before its first day, or an unknown one."""
    encoded, versions = evidence.role("version"), evidence.recipe.protocol.versions
    if encoded is None or not versions:
        return Outcome(idle=NO_VERSIONS)
    day = interview_days(evidence)
    if day is None:
        return Outcome(idle=NO_DAYS)
    order = sorted(versions, key=lambda name: versions[name])
    first = np.array([np.datetime64(versions[name]) for name in order], dtype="datetime64[D]")
    used = _positions(encoded, order)
    present = evidence.written & ~evidence.missing(str(evidence.recipe.paradata.version))
    dated = present & (used >= 0) & ~np.isnat(day)
    since = np.searchsorted(first, np.where(np.isnat(day), first[0], day), side="right") - 1
    begun = first[np.maximum(used, 0)]
    # Versions of the same day are all in force on it.
    old = dated & (since >= 0) & (begun < first[np.maximum(since, 0)])
    found: list[Finding] = []
    if old.any():
        by = groups(evidence, "device") or groups(evidence, "enumerator")
        found.append(broken_rule(evidence, "K3", "assess.form-outdated", _OUTDATED, by, old))
    for code, text, where in (
        ("assess.form-early", _EARLY, dated & (day < begun)),
        ("assess.form-unknown", _UNKNOWN, present & (used < 0)),
    ):
        if where.any():
            found.append(evidence.noticed("K3", code, text, where))
    counts = {name: int((present & (used == k)).sum()) for k, name in enumerate(order)}
    return Outcome(tuple(found), facts={"versions": counts})


def interview_days(evidence: Evidence) -> Days | None:
    """Return the day of each interview: when it began, else the date of the recipe; None where neither is known."""
    start, period = evidence.moments("start"), evidence.recipe.period
    if start is not None:
        return np.asarray(start.local.astype("datetime64[D]"))
    if period.column is None or period.column not in evidence.columns:
        return None
    encoded, read = evidence.columns[period.column], clock(period)
    moments = [read(text or "") for text in encoded.texts.to_pylist()]
    days = np.array([moment.date() if moment else "NaT" for moment in moments], dtype="datetime64[D]")
    return np.asarray(days[encoded.codes])


def progress(evidence: Evidence) -> Outcome:
    """K9: sensors with too few days, and groups with fewer interviews than were planned."""
    found = list(few_days(evidence))
    protocol = evidence.recipe.protocol
    encoded = evidence.columns.get(protocol.target_by or "")
    if not protocol.targets or encoded is None:
        return Outcome(tuple(found), idle="" if found or evidence.kit.readings else NO_TARGETS)
    names = list(protocol.targets)
    taken = np.isin(evidence.rows, evidence.observed)
    used = _positions(encoded, names)
    done = np.bincount(used[taken & (used >= 0)], minlength=len(names))
    planned = np.array(list(protocol.targets.values()))
    found += _below(evidence, str(protocol.target_by), names, done, planned)
    facts = {
        "planned": int(planned.sum()), "done": int(done.sum()), "outside": int((taken & (used < 0)).sum()),
        "above": int((done > planned).sum()),
    }  # fmt: skip
    return Outcome(tuple(found), facts=facts)


def _below(evidence: Evidence, column: str, names: list[str], done: Whole, planned: Whole) -> Iterator[Finding]:
    behind = np.flatnonzero(done < planned)
    if not len(behind):
        return
    nobody = column in evidence.recipe.personal or column in evidence.recipe.paradata.columns
    private = nobody or personal(column, evidence.recipe.personal)
    order = sorted(map(int, behind), key=lambda k: (int(done[k] - planned[k]), names[k]))
    lacking = [] if private else [[names[k], int(planned[k] - done[k])] for k in order[:_SHOWN]]
    nowhere = np.zeros(len(evidence.rows), dtype=np.bool_)
    facts = {
        "planned": int(planned.sum()), "done": int(done.sum()), "behind": len(behind), "groups": len(names),
        "lacking": lacking,
    }  # fmt: skip
    text = _MISSING_MOST if lacking else _MISSING
    yield evidence.noticed("K9", "assess.below-target", text, nowhere, **facts)


def remarks(evidence: Evidence) -> Outcome:
    """K10: interviews on which the field team left a remark. What it says is never quoted."""
    columns = [name for name in evidence.recipe.paradata.comments if name in evidence.columns]
    if not columns:
        return Outcome(idle=NO_COMMENTS)
    where: Flags = np.zeros(len(evidence.rows), dtype=np.bool_)
    for name in columns:
        texts = evidence.columns[name].texts.to_pylist()
        empty = np.array([means_no_answer(text or "") for text in texts], dtype=np.bool_)
        said = ~evidence.columns[name].where(empty) if len(empty) else where
        where |= said & ~evidence.missing(name) & evidence.written
    found = (evidence.noticed("K10", "assess.remarks", _REMARKS, where),) if where.any() else ()
    return Outcome(found, facts={"remarks": int(where.sum())})


def _positions(encoded: Encoded, names: list[str]) -> Whole:
    """Return per row the position of its text in `names`, -1 where it is none of them."""
    plain = pc.fill_null(pc.utf8_trim_whitespace(encoded.texts), "").to_pylist()
    known = {name.strip(): k for k, name in enumerate(names)}
    return np.array([known.get(text, -1) for text in plain], dtype=np.int64)[encoded.codes]


CHECKS: tuple[Check, ...] = (
    Check(
        "K3",
        N_("Version of the form"),
        N_("Interviews with an earlier version of the form than was in force on that day."),
        N_("Everybody asks with the version of the form that is in force."),
        "rule",
        outdated_forms,
    ),
    Check(
        "K9",
        N_("What was to be counted"),
        N_("Groups with fewer interviews than were planned, and sensors that measured on too few days of the period."),
        N_("What was planned is there."),
        "rule",
        progress,
    ),
    Check(
        "K10",
        N_("Remarks of the field team"),
        N_("Interviews on which the field team left a remark."),
        N_("Remarks are read before anything else is judged."),
        "rule",
        remarks,
    ),
)
