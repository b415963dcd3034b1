"""What the reviews did with a code, and whether a figure can be carried from one version to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from datashift.errors import BadStandard
from datashift.language import N_, _
from datashift.standards.framework.records import Change, missing
from datashift.standards.framework.tables import note, table, versions, versions_of

KINDS: dict[str, str] = {
    "refined": N_("the wording was refined, the meaning stays"),
    "revised": N_("the indicator was revised: part of its content changed"),
    "replaced": N_("another indicator took its place"),
    "moved": N_("the same indicator got another code"),
    "split": N_("the indicator was split into several"),
    "added": N_("it was added then and did not exist before"),
    "deleted": N_("it was deleted"),
}
"""What a change means, in plain words."""

_SAME = ("refined", "moved")


@dataclass(frozen=True)
class Way:
    """The way of one code through the versions: what it became, and each change on the way.

    `codes` are the codes in the version arrived at, empty where nothing is left. `same` says that a figure means the
    same at both ends; `confirmed` is False where a change on the way is not confirmed.
    """

    code: str
    from_version: str
    to_version: str
    codes: tuple[str, ...]
    steps: tuple[Change, ...]
    same: bool
    confirmed: bool


@dataclass(frozen=True)
class Conversion:
    """The code under which the same indicator is listed in another version, and each change on the way."""

    code: str
    from_version: str
    to_code: str
    to_version: str
    steps: tuple[Change, ...]


def way(code: str, from_: str, to: str) -> Way:
    """Return what became of the indicator `code` of the version `from_` in the version `to`, forwards or backwards.

    Codes without a change mean the same. Raises BadStandard for a version or code that does not exist.
    """
    names = list(versions())
    for name in (from_, to):
        if name not in names:
            raise BadStandard("standard.framework-version", version=name, known=", ".join(names))
    code = code.strip()
    if from_ not in versions_of().get(code, ()):
        raise missing(code, from_, versions_of(), versions_of())
    first, last = names.index(from_), names.index(to)
    stations = names[first : last + 1] if first <= last else names[last : first + 1][::-1]
    codes: tuple[str, ...] = (code,)
    steps: list[Change] = []
    for before, after in pairwise(stations):
        moves = _moves(before, after)
        became = [new for each in codes for new, _change in moves.get(each, ((each, None),))]
        steps += [change for each in codes for _new, change in moves.get(each, ())]
        codes = tuple(new for new in dict.fromkeys(became) if new)
    return Way(
        code=code,
        from_version=from_,
        to_version=to,
        codes=codes,
        steps=tuple(dict.fromkeys(steps)),
        same=len(codes) == 1 and all(step.kind in _SAME for step in steps),
        confirmed=all(step.confirmed for step in steps),
    )


def history(code: str, version: str) -> list[Change]:
    """Return every change of the indicator `code` of `version`, earlier and later, oldest first."""
    names = list(versions())
    back, on = way(code, version, names[0]), way(code, version, names[-1])
    return sorted({*back.steps, *on.steps}, key=lambda step: (step.from_version, step.to_code))


@cache
def still_means(code: str, from_: str, to: str) -> bool:
    """Return whether `code` stands for the same indicator in both versions, even if refined or revised."""
    if not {from_, to} <= set(versions_of().get(code, ())):
        return False
    found = way(code, from_, to)
    return found.codes == (code,) and all(step.kind in ("refined", "revised") for step in found.steps)


def convert(code: str, from_: str, to: str) -> Conversion:
    """Return the code in the version `to` that means the same as `code` in the version `from_`.

    Raises BadStandard, with the reason, where it does not mean the same or where that is not confirmed.
    """
    found = way(code, from_, to)
    facts = {"code": found.code, "from_version": from_, "to_version": to}
    broken = [step for step in found.steps if step.kind not in _SAME]
    certain = [step for step in broken if step.confirmed]
    if certain or (not broken and len(found.codes) != 1):
        raise BadStandard("standard.framework-not-same", reason=reason(certain), **facts)
    if broken:
        raise BadStandard("standard.framework-not-known", reason=reason(broken), **facts)
    return Conversion(found.code, from_, found.codes[0], to, found.steps)


def reason(steps: Sequence[Change]) -> str:
    """Return in the current language why a code does not mean the same after these changes."""
    spoken: dict[str, list[str]] = {}
    for step in steps:
        spoken.setdefault(_(KINDS[step.kind]), []).extend([note(step.note)] if step.note else [])
    return "; ".join(_with_note(text, "; ".join(dict.fromkeys(notes))) for text, notes in spoken.items())


def told(step: Change) -> str:
    """Return one change as a sentence in the current language, with its note where there is one."""
    return _with_note(_(KINDS[step.kind]), note(step.note))


def _with_note(text: str, note: str) -> str:
    return _("{change} ({note})").format(change=text, note=note) if note else text


@cache
def changes() -> tuple[Change, ...]:
    """Return every change between two neighbouring versions that ship."""
    return tuple(
        Change(**{**row, "confirmed": row["confirmed"] == "yes"})  # type: ignore[arg-type]
        for row in table("changes")
    )


@cache
def _moves(before: str, after: str) -> dict[str, tuple[tuple[str, Change], ...]]:
    """Return for each code touched between two neighbours, in either direction, what it became and by which change."""
    found: dict[str, list[tuple[str, Change]]] = {}
    for change in changes():
        if (change.from_version, change.to_version) == (before, after):
            found.setdefault(change.from_code, []).append((change.to_code, change))
        elif (change.to_version, change.from_version) == (before, after):
            found.setdefault(change.to_code, []).append((change.from_code, change))
    return {code: tuple(moves) for code, moves in found.items() if code}
