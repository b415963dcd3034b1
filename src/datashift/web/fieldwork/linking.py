"""Which unit of the sample a submission is about: as the form says it. No submission is ever refused for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from datashift.errors import BadXForm
from datashift.forms.xform.document import plain, read_xml
from datashift.web.fieldwork.models import FormVersion, Submission, Unit

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
    """Note the unit that a submission names, and what became of that unit. Without a unit, nothing happens.

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
    submission.unit = unit
    submission.save(update_fields=["unit"])
    if unit.weight > 0:
        _came(unit, _outcome(asked, answers))


def _unit(form: UUID, name: str) -> Unit | None:
    """Return the unit of that name in the sample that was drawn last."""
    return Unit.objects.filter(sample__form=form, name=name).order_by("-sample").first()


def _came(unit: Unit, outcome: str) -> None:
    """An answer stays an answer, a part of one gives way to a whole one, and the last visit counts otherwise."""
    stays = {"completed": ["completed"], "partial": ["completed", "partial"]}.get(outcome, ["completed", "partial"])
    Unit.objects.filter(pk=unit.pk).exclude(outcome__in=stays).update(outcome=outcome)


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
