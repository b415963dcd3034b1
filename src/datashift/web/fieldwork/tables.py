"""The submissions of a form as a table: every column of every version, corrections in place, nothing twice."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from datashift.export.layout import Submission as Row
from datashift.web.fieldwork.answers import put
from datashift.web.fieldwork.layouts import Merged
from datashift.web.fieldwork.models import Correction, Form, Submission

STATES = (Submission.State.RECEIVED, Submission.State.HAS_ISSUES, Submission.State.APPROVED)
"""What counts unless somebody says otherwise: all but what was rejected."""
BATCH = 500


def standing(form: Form, states: Iterable[str] = STATES) -> QuerySet[Submission]:
    """Return the submissions of a form that count, the first that came first.

    One that was edited on the phone gives way to its edit, and one that was asked again to check another is none. Of
    several contents under one id the first counts, until somebody approves another one and rejects the first. What was
    withdrawn or whose time is over has no content.
    """
    return counting(Submission.objects.filter(form=form, erased=None), states).order_by("pk")


def counting(found: QuerySet[Submission], states: Iterable[str] = STATES) -> QuerySet[Submission]:
    """Return those of some submissions that count, also where their time is over: then it is known that they came."""
    alone = Q(first=None) | Q(state=Submission.State.APPROVED)
    return found.filter(alone, state__in=list(states), withdrawn=None, edited_by=None, checks=None)


def batches(found: QuerySet[Submission], merged: Merged) -> Iterator[list[Row]]:
    """Yield submissions as an export takes them, BATCH at a time: what each says of itself (`layouts.META`), and its
    answers under the names of their columns, with corrections.

    Memory does not grow with their number; what comes in meanwhile is there or not, and nothing is there twice.
    """
    plain = {number for number, names in merged.names.items() if all(path == name for path, name in names.items())}
    last = 0
    while rows := list(_after(found, last)):
        corrected = _corrections(rows)
        for one in rows:
            _place(one, merged, corrected.get(one.pk, []), plain)
        yield [Row(_meta(one), one.content.answers) for one in rows]
        last = rows[-1].pk


def _after(found: QuerySet[Submission], last: int) -> QuerySet[Submission]:
    asked = found.filter(pk__gt=last).select_related("content", "version").order_by("pk")
    return asked.defer("content__xml", "version__xform")[:BATCH]


def _corrections(rows: list[Submission]) -> dict[int, list[tuple[str, str]]]:
    told: dict[int, list[tuple[str, str]]] = defaultdict(list)
    found = Correction.objects.filter(submission__in=[one.pk for one in rows]).order_by("pk")
    for key, path, after in found.values_list("submission_id", "path", "after"):
        told[key].append((path, after))
    return told


def _place(one: Submission, merged: Merged, corrections: list[tuple[str, str]], plain: set[int]) -> None:
    """Write the answers of a submission under the names of their columns. Where they stand there already, as with most
    forms they do, they are not even read.
    """
    number = one.version.number if one.version else None
    if number in plain and not corrections:
        return
    answers = json.loads(one.content.answers)
    for path, after in corrections:
        put(answers, path, after)
    one.content.answers = json.dumps(merged.placed(number, answers), ensure_ascii=False)


def _meta(one: Submission) -> tuple[str, ...]:
    """Enumerators are numbers here: their names are for supervisors, and an export goes elsewhere."""
    enumerator = f"E{one.enumerator_id}" if one.enumerator_id else ""
    version = one.version.version if one.version else one.said_version
    return (str(one.pk), one.instance_id, one.arrived.isoformat(), version, one.state, enumerator)
