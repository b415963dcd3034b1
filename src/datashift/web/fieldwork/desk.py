"""What the desk reads: a page of the table of answers, however many there are, and how many stand in each state.

No page is found by counting rows off: each begins behind an answer that is known, so the last is as quick as the first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from django.utils import timezone

from datashift.export.layout import said
from datashift.language import current
from datashift.sealed import is_sealed
from datashift.web.fieldwork import layouts
from datashift.web.fieldwork.answers import Answers, put
from datashift.web.fieldwork.codes import digest, digits_of
from datashift.web.fieldwork.filling import zone
from datashift.web.fieldwork.models import Checked, Correction, Form, Submission
from datashift.web.fieldwork.services import current_version

PAGE = 50
MOST_FOUND = 200
MOST_COUNTED = 10_000
"""More than so many are told as more than so many: a million would be counted for half a second at each page."""
FIRST = 3
"""Answers that the table shows of each submission."""
_SILENT = ("group", "repeat", "note", "calculate", "hidden", "start", "end", "today", "instanceID")
_LAST_SIGN = "\U0010ffff"
Rows = QuerySet[Submission]


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. `only`: "finding", "other" (same id, other content) or "incomplete". `enumerator`: the
    key of one, or "none" for answers that no enumerator sent. `text`: the beginning of an id, or a receipt.
    """

    state: str = ""
    enumerator: str = ""
    day: str = ""
    only: str = ""
    text: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Asked:
        """Read what an address asks for; what is not known is left out."""
        state, only, who = said.get("state", ""), said.get("only", ""), said.get("enumerator", "")
        return cls(
            state=state if state in Submission.State.values else "",
            enumerator=who if who == "none" or (who.isascii() and who.isdigit() and len(who) < 18) else "",
            day=said.get("day", "") if _day(said.get("day", "")) else "",
            only=only if only in ("finding", "other", "incomplete") else "",
            text=said.get("text", "").strip()[:200],
        )

    def query(self, **more: object) -> str:
        """Return it as the end of an address."""
        told = {name: value for name, value in {**vars(self), **more}.items() if value}
        return f"?{urlencode(told)}" if told else ""


class Row(NamedTuple):
    """A submission in the table, with the first answers as they stand, and whether others share its id."""

    one: Submission
    answers: list[str]
    shared: bool


class Page(NamedTuple):
    """Some rows, the last that came first. `older` and `newer`: the key behind which the next page begins, or None."""

    rows: list[Row]
    older: int | None
    newer: int | None


def counts(form: Form) -> dict[str, int]:
    """Return how many submissions stand in each state. Counting ends behind MOST_COUNTED, so it never takes long."""
    found = Submission.objects.filter(form=form).order_by("-pk")
    return {state: found.filter(state=state)[: MOST_COUNTED + 1].count() for state in Submission.State.values}


def page(form: Form, asked: Asked, *, before: int | None = None, after: int | None = None) -> Page:
    """Return the rows that came before (or after) an answer, or the last ones."""
    found = _found(form, asked)
    if after is not None:
        keys = list(found.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[: PAGE + 1])
        more, keys = len(keys) > PAGE, keys[:PAGE][::-1]
        older, newer = (keys[-1] if keys else None), (keys[0] if more else None)
    else:
        found = found if before is None else found.filter(pk__lt=before)
        keys = list(found.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])
        more, keys = len(keys) > PAGE, keys[:PAGE]
        older, newer = (keys[-1] if more else None), (keys[0] if keys and before is not None else None)
    return Page(_rows(form, keys), older, newer)


def of_finding(form: Form) -> list[int]:
    """Return the submissions that a finding of the last look concerns, the newest first."""
    told = Checked.objects.filter(form=form).values_list("told", flat=True).first() or {}
    return sorted({key for one in told.get("findings", ()) for key in one["rows"]}, reverse=True)


def neighbours(one: Submission) -> tuple[int | None, int | None]:
    """Return the answers that came right before and right after."""
    same = Submission.objects.filter(form=one.form_id)
    before = same.filter(pk__lt=one.pk).order_by("-pk").values_list("pk", flat=True).first()
    return before, same.filter(pk__gt=one.pk).order_by("pk").values_list("pk", flat=True).first()


# --- what is asked for ------------------------------------------------------------------------------------------------


def _found(form: Form, asked: Asked) -> Rows:
    found = Submission.objects.filter(form=form)
    if asked.text:
        found = found.filter(pk__in=_by_text(form, asked.text))
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.enumerator:
        found = found.filter(enumerator=None if asked.enumerator == "none" else int(asked.enumerator))
    if asked.day:
        found = _on(found, form, asked.day)
    if asked.only == "finding":
        found = found.filter(pk__in=of_finding(form))
    if asked.only == "other":
        found = found.filter(first__isnull=False)
    return found.filter(complete=False) if asked.only == "incomplete" else found


def _by_text(form: Form, text: str) -> list[int]:
    """Return the submissions of a receipt, or whose id begins so, with or without uuid: before it."""
    found = Submission.objects.filter(form=form)
    keys: list[int] = list(found.filter(receipt=digest(digits_of(text))).values_list("pk", flat=True))
    for start in (text, f"uuid:{text}"):
        same = found.filter(instance_id__gte=start, instance_id__lt=start + _LAST_SIGN).order_by("instance_id")
        keys += same.values_list("pk", flat=True)[:MOST_FOUND]
    return keys


def _on(found: Rows, form: Form, day: str) -> Rows:
    """Keep what came on a day, by the clock of the place. Its first and last key keep the search short."""
    when = _day(day)
    assert when is not None
    begin = timezone.make_aware(datetime.combine(when, time()), zone(form))
    end = begin + timedelta(days=1)
    that_day = Submission.objects.filter(form=form, arrived__gte=begin, arrived__lt=end)
    ends = that_day.aggregate(low=Min("pk"), high=Max("pk"))
    within = (ends["low"] or 0, ends["high"] or 0)
    return found.filter(pk__range=within, arrived__gte=begin, arrived__lt=end)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


# --- rows -------------------------------------------------------------------------------------------------------------


def _rows(form: Form, keys: list[int]) -> list[Row]:
    others = Submission.objects.filter(first=OuterRef("pk"))
    asked = Submission.objects.filter(pk__in=keys).select_related("enumerator", "content")
    asked = asked.defer("content__xml").annotate(shared=Exists(others)).order_by("-pk")
    corrected = _corrections(keys)
    names = _first_names(form)
    return [
        Row(one, _first(_current(one, corrected.get(one.pk, ())), names), one.shared or one.first_id is not None)
        for one in asked
    ]


def _corrections(keys: Iterable[int]) -> Mapping[int, list[tuple[str, str]]]:
    told: dict[int, list[tuple[str, str]]] = defaultdict(list)
    found = Correction.objects.filter(submission__in=list(keys)).order_by("pk")
    for key, path, after in found.values_list("submission_id", "path", "after"):
        told[key].append((path, after))
    return told


def _current(one: Submission, corrections: Iterable[tuple[str, str]]) -> Answers:
    if one.withdrawn or one.erased or not hasattr(one, "content"):
        return {}
    told: Answers = json.loads(one.content.answers)
    for path, after in corrections:
        put(told, path, after)
    return told


def _first_names(form: Form) -> dict[str, Mapping[str, layouts.Labels]]:
    """Return the first questions of the form, each with its choices."""
    version = current_version(form)
    if version is None:
        return {}
    found = layouts.read(version.xform)
    asked = [(path, one) for path, one in layouts.leaves(found).items() if one.kind not in _SILENT and one.label]
    return {path: layouts.choices(found, one) for path, one in asked if not path.startswith("meta/")}


def _first(answers: Answers, names: Mapping[str, Mapping[str, layouts.Labels]]) -> list[str]:
    """Return the first answers in words. What is sealed is not among them."""
    from_form = [(path, answers[path]) for path in names if isinstance(answers.get(path), str)]
    told = [(path, text) for path, text in from_form if not is_sealed(text)][:FIRST]
    return [in_words(text, names[path]) for path, text in told]


def in_words(text: str, choices: Mapping[str, layouts.Labels]) -> str:
    """Return an answer with the labels of what was chosen, in the language of the page."""
    if not choices:
        return text
    if text in choices:
        return said(choices[text], current(), text)
    parts = text.split()
    known = all(part in choices for part in parts)
    return ", ".join(said(choices[part], current(), part) for part in parts) if known and parts else text
