"""Which unit of the sample a submission is about: as the form says it. No submission is ever refused for it.

What became of a unit follows from its submissions that count: whoever rejects or withdraws one opens the unit again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from datashift.errors import BadXForm
from datashift.forms.xform.document import plain, read_xml
from datashift.web.fieldwork.models import FormVersion, Submission, Unit
from datashift.web.fieldwork.tables import counting

NAMED = ("unit", "unit_id", "sample_id", "sample_unit")
"""Questions that name a unit where nothing is chosen from sample.csv."""
FINAL = ("partial", "refusal", "non-contact", "other", "not-eligible", "unknown")
"""What a form may say of a visit without a whole interview, in a question named `outcome`."""
_LIST = "instance('sample')"


class _Asked(NamedTuple):
    """Paths without the root: of the questions that name a unit, of the outcome, and of the consent."""

    units: tuple[str, ...] = ()
    outcome: str = ""
    consent: str = ""


def link(submission: Submission, answers: Mapping[str, Any]) -> None:
    """Note the unit that a submission names, and what it says of it. Without a unit, nothing happens.

    The last question with an answer counts: first the place is chosen, then the household in it. A unit that is out of
    use is named all the same; its weight is 0, so that it changes no figure, and the page of the sample tells it.
    """
    if submission.version_id is None:
        return
    asked = _asked(submission.form_id, submission.version_id)
    names = [name for path in asked.units if (name := str(answers.get(path) or "").strip())]
    unit = _unit(submission.form_id, names[-1]) if names else None
    if unit is None:
        return
    submission.unit, submission.outcome = unit, _outcome(asked, answers)
    submission.save(update_fields=["unit", "outcome"])


def refresh(units: Iterable[int | None]) -> None:
    """Bring the outcome of units that are in use in line with their submissions that count, and with what was noted.

    A whole answer counts whatever was noted. Else only what came after a note does: a part of an answer before the last
    visit; and where nothing came since, the note itself. Call it in the transaction that changed a submission.
    """
    known = {one.pk: one for one in Unit.objects.select_for_update().filter(pk__in=set(units), weight__gt=0)}
    came: dict[int, list[tuple[str, datetime]]] = {key: [] for key in known}
    counted = counting(Submission.objects.filter(unit__in=known)).order_by("arrived", "pk")
    for key, outcome, arrived in counted.values_list("unit", "outcome", "arrived"):
        came[key].append((outcome, arrived))
    for key, unit in known.items():
        if (outcome := _became(unit, came[key])) != unit.outcome:
            Unit.objects.filter(pk=key).update(outcome=outcome)


def _became(unit: Unit, came: list[tuple[str, datetime]]) -> str:
    since = [told for told, arrived in came if told == "completed" or not unit.noted_at or arrived > unit.noted_at]
    best = next((one for one in ("completed", "partial") if one in since), "")
    return best or (since[-1] if since else unit.noted)


def _unit(form: UUID, name: str) -> Unit | None:
    """Return the unit of that name in the sample that was drawn last."""
    return Unit.objects.filter(sample__form=form, name=name).order_by("-sample").first()


def _outcome(asked: _Asked, answers: Mapping[str, Any]) -> str:
    said = str(answers.get(asked.outcome) or "").strip()
    if said in FINAL:
        return said
    return "refusal" if str(answers.get(asked.consent) or "").strip() == "no" else "completed"


@lru_cache(maxsize=64)
def _asked(form: UUID, version: int) -> _Asked:
    """Read a version once: it never changes after it was published."""
    text = FormVersion.objects.values_list("xform", flat=True).get(pk=version, form=form)
    try:
        return asked_in(text)
    except BadXForm:
        return _Asked()


def asked_in(xform: str) -> _Asked:
    """Return which questions of a form name a unit. Those in repeats do not: they are about many. Raises BadXForm."""
    document = read_xml(xform.encode())
    chosen: list[str] = []
    others: dict[str, str] = {}
    repeats = tuple(one.get("nodeset", "") + "/" for one in document.iter() if plain(one.tag) == "repeat")
    for one in document.iter():
        path = one.get("nodeset" if plain(one.tag) == "bind" else "ref", "")
        if not path.startswith("/") or path.startswith(repeats):
            continue
        if any(_LIST in child.get("nodeset", "") for child in one if plain(child.tag) == "itemset"):
            chosen.append(_bare(path))
        elif plain(one.tag) in ("bind", "input", "select1"):
            others.setdefault(path.rpartition("/")[2], _bare(path))
    named = [others[name] for name in NAMED if name in others]
    return _Asked(tuple(chosen or named[:1]), others.get("outcome", ""), others.get("consent", ""))


def _bare(path: str) -> str:
    """Return a path without its root."""
    return path.lstrip("/").partition("/")[2]
