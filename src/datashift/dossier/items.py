"""What is known about each criterion of the catalogue: read from a run, or stated by somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from datashift.assess.reached.representation import Held, representation
from datashift.dossier import items_answers, items_people, items_source
from datashift.dossier.people import Known, Shown, known, through_gate, without_hidden
from datashift.dossier.saying import words
from datashift.dossier.seen import Seen
from datashift.errors import BadProfile
from datashift.inputs import bare_name
from datashift.language import N_
from datashift.model import Item, Statement, Statements
from datashift.model.assessment import Basis
from datashift.pipeline import Result
from datashift.standards.profiles import Criterion, catalogue, statements_of

FACTS = {**items_source.FACTS, **items_answers.FACTS, **items_people.FACTS}
"""What tells of each automatic criterion."""

NOT_STATED = N_("Nobody has stated anything about this yet.")
NOT_KNOWN = N_("These data do not tell.")


def items(
    result: Result, statements: Statements, *, created: str, held: Sequence[Held] | None = None
) -> dict[str, Item]:
    """Return what is known about each criterion of the catalogue, by its id, in its order.

    created: the ISO day of the release.   held: how the answers of people stand beside known totals, where that was
    formed already (`evident`).
    What the run tells counts before what somebody states; where the run does not know, the statement counts. For
    criteria that `lift`, a statement also counts where the run found none of it, or a part. Nothing is met
    without a fact.
    """
    seen = Seen(result, statements, date.fromisoformat(created), _held(result) if held is None else held)
    return {criterion.id: _item(criterion, seen) for criterion in catalogue().criteria}


def statements_for(result: Result) -> Statements:
    """Return what the file says that the recipe names as `[stated]`; nothing where it names none. Raises BadProfile."""
    stated = result.setting.recipe.stated
    if stated is None:
        return Statements()
    name = bare_name(stated.file)
    try:
        text = result.setting.inputs.files[name].decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadProfile("profile.not-utf8", file=name) from problem
    return statements_of(text, name)


def evident(shared: Known, held: Sequence[Shown]) -> list[Held]:
    """Return what is evidence of who was counted: only people, and the households they live in, have shares."""
    return without_hidden(held) if shared.unit == "people" else []


def _held(result: Result) -> list[Held]:
    shared = known(result)
    return evident(shared, through_gate(result, representation(shared.pairs)))


def _item(criterion: Criterion, seen: Seen) -> Item:
    found = _found(criterion, seen)
    stated = seen.stated.statements.get(criterion.id)
    open_ = found is None or found.state == "unknown" or (criterion.lifts and found.state in ("partly", "not_met"))
    if stated is not None and open_:
        return _said(criterion, stated)
    if found is not None:
        return found
    return Item(criterion.id, "unknown", criterion.basis, words(NOT_KNOWN if criterion.id in FACTS else NOT_STATED))


def _found(criterion: Criterion, seen: Seen) -> Item | None:
    """What the run tells of a criterion."""
    tells = FACTS.get(criterion.id)
    found = tells(seen, criterion) if tells else None
    # What a recipe says of consent is stated by whoever wrote it, though the program reads it.
    basis: Basis = "stated" if criterion.basis == "stated" else "automatic"
    return Item(criterion.id, found.state, basis, found.text, found.source) if found else None


def _said(criterion: Criterion, stated: Statement) -> Item:
    """What somebody states; the person is not named, only what shows it."""
    basis: Basis = "rated" if criterion.basis == "rated" else "stated"
    text = dict(stated.text) or ({"en": stated.link} if stated.link else words(NOT_STATED))
    return Item(criterion.id, stated.state, basis, text, stated.link, stated.day.isoformat() if stated.day else "")
