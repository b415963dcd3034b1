"""The plan for a release of rows as a file: a person reads it, changes it and confirms it; who and when stay in it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

import pyarrow as pa

from datashift.errors import CannotProtect
from datashift.language import N_, _
from datashift.protect.microdata.coarser import How, Recode, bands
from datashift.protect.microdata.proposal import Plan
from datashift.protect.microdata.risk import Aim
from datashift.protect.microdata.uniques import texts

FORMAT = "datashift-microdata-plan/1"
LEAST_K = 3
"""With two alike, each of the two knows the other."""

_WIDEST = 1e300
"""TOML knows greater numbers, which arithmetic does not."""

_HEAD = N_(
    "A plan for releasing rows of people one by one. Nothing leaves before a person has read it and confirmed it.\n"
    "Change what you like: what others may know, how many must be alike, which answers are told coarser, and how.\n"
    "An answer stands on the left, what takes its place on the right. For bands, a width without a list will do.\n"
    "Which single cells are left blank is worked out anew from what stands here."
)
_KNOWN = N_("What others may know of a person, so that they could recognise somebody by it.")
_SENSITIVE = N_("Answers that must not become known of anybody.")
_OTHERS = N_("Other columns that leave, as they are. Nothing else leaves.")
_CONFIRMED = N_("Who confirmed this plan, and when. The seal is of the plan and the rows: a change asks for a new one.")


@dataclass(frozen=True)
class Confirmed:
    """Who confirmed a plan, on which day, and the seal of what was confirmed."""

    by: str
    on: str
    seal: str


@dataclass(frozen=True)
class Paper:
    """What a person decides on: of which data, what others may know, what leaves besides, what is told coarser."""

    of: str
    aim: Aim
    others: tuple[str, ...]
    recodes: tuple[Recode, ...] | None = None
    confirmed: Confirmed | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that leave; the weight follows them."""
        return tuple(dict.fromkeys((*self.aim.columns, *self.aim.sensitive, *self.others)))

    def seal(self, table: pa.Table) -> str:
        """Return the SHA-256 of all that is decided, and of the rows of `table` for which it is."""
        weight = [self.aim.weight] if self.aim.weight else []
        found = hashlib.sha256(json.dumps(self._decided(), ensure_ascii=False, sort_keys=True).encode())
        for name in dict.fromkeys([*self.columns, *weight]):
            encoded = texts(table, name).dictionary_encode()
            found.update(json.dumps([name, encoded.dictionary.to_pylist()], ensure_ascii=False).encode())
            found.update(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).tobytes())
        return found.hexdigest()

    def sealed(self, table: pa.Table, *, by: str, on: str) -> Paper:
        """Return the plan as `by` confirmed it on the day `on`."""
        return replace(self, confirmed=Confirmed(by, on, self.seal(table)))

    def _decided(self) -> list[Any]:
        aim = self.aim
        told = [[one.column, one.how, dict(one.to)] for one in self.recodes or ()]
        return [self.of, aim.columns, aim.k, aim.sensitive, aim.least_different, aim.weight, self.others, told]


# --- to a file ------------------------------------------------------------------------------------------------------


def written(paper: Paper, plan: Plan) -> str:
    """Return `paper` as TOML, with what `plan` says of it as notes in the current language."""
    aim = paper.aim
    lines = [*_note(_(_HEAD)), "", *_fields(format=FORMAT, of=paper.of), ""]
    lines += [*_note(_(_KNOWN)), *_fields(known=aim.columns, k=aim.k), ""]
    lines += [*_note(_(_SENSITIVE)), *_fields(sensitive=aim.sensitive, least_different=aim.least_different), ""]
    lines += [*_note(_(_OTHERS)), *_fields(others=paper.others)]
    if aim.weight:
        lines += _fields(weight=aim.weight)
    lines += ["", *_note("\n".join(_(text).format(**facts) for text, facts in plan.said))]
    for one in paper.recodes or ():
        width = {"width": one.width} if one.width is not None else {}
        lines += ["", "[[coarser]]", *_fields(column=one.column, how=one.how, **width), "[coarser.to]"]
        lines += [f"{_value(answer)} = {_value(to)}" for answer, to in one.to.items()]
    if paper.confirmed:
        lines += ["", *_note(_(_CONFIRMED)), "[confirmed]", *_fields(**vars(paper.confirmed))]
    return "\n".join(lines) + "\n"


def _note(text: str) -> list[str]:
    # TOML has no signs in a note that cannot be seen, such as a column of a file may have in its name.
    return ["# " + "".join(sign if sign.isprintable() else " " for sign in line) for line in text.splitlines()]


def _fields(**fields: Any) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in fields.items()]


def _value(value: Any) -> str:
    # A JSON text is a TOML text too, but for the sign DEL.
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False).replace("\x7f", "\\u007F")


# --- from a file ----------------------------------------------------------------------------------------------------


def parsed(text: str, file: str, table: pa.Table) -> Paper:
    """Return the plan that the TOML `text` states for `table`; `file` names it in errors.

    Raises CannotProtect: microdata.plan where it cannot be read, microdata.too-few-alike.
    """
    try:
        stated = tomllib.loads(text)
        paper = _paper(stated, table)
    except tomllib.TOMLDecodeError as problem:
        raise CannotProtect("microdata.plan", file=file, problem=problem) from problem
    except KeyError as problem:
        problem_said = _("{field} is missing").format(field=problem.args[0])
        raise CannotProtect("microdata.plan", file=file, problem=problem_said) from problem
    except TypeError as problem:
        problem_said = _("{field} is not of its kind").format(field=problem.args[0])
        raise CannotProtect("microdata.plan", file=file, problem=problem_said) from problem
    if paper.aim.k < LEAST_K:
        raise CannotProtect("microdata.too-few-alike", k=paper.aim.k, least=LEAST_K)
    return paper


def _paper(stated: Mapping[str, Any], table: pa.Table) -> Paper:
    if stated.get("format") != FORMAT:
        raise KeyError(f'format = "{FORMAT}"')
    aim = Aim(
        columns=_names(stated, "known"),
        k=_typed(stated, "k", int),
        sensitive=_names(stated, "sensitive"),
        least_different=_typed(stated, "least_different", int),
        weight=_typed(stated, "weight", str) if "weight" in stated else None,
    )
    coarser = _typed(stated, "coarser", list) if "coarser" in stated else []
    recodes = tuple(_recode(one, table, aim.k) for one in coarser)
    return Paper(_typed(stated, "of", str), aim, _names(stated, "others"), recodes, _confirmed(stated))


def _recode(stated: Any, table: pa.Table, k: int) -> Recode:
    if not isinstance(stated, dict):
        raise TypeError("coarser")
    column, how = _typed(stated, "column", str), _typed(stated, "how", str)
    if how not in get_args(How):
        raise TypeError("how")
    if column not in table.column_names:
        raise CannotProtect("microdata.no-column", column=column, known=", ".join(table.column_names))
    width = _width(stated) if "width" in stated else None
    if how == "bands" and width is not None and "to" not in stated:
        return bands(column, texts(table, column).to_pylist(), width, least=k)
    to = _typed(stated, "to", dict)
    if not all(isinstance(answer, str) for answer in to.values()):
        raise TypeError("to")
    known: How = how
    return Recode(column, known, to, width)


def _width(stated: Mapping[str, Any]) -> float:
    width = _typed(stated, "width", int | float)
    if not 0 < width < _WIDEST:
        raise TypeError("width")
    return float(width)


def _confirmed(stated: Mapping[str, Any]) -> Confirmed | None:
    if "confirmed" not in stated:
        return None
    told = _typed(stated, "confirmed", dict)
    return Confirmed(*(_typed(told, name, str) for name in ("by", "on", "seal")))


def _names(stated: Mapping[str, Any], field: str) -> tuple[str, ...]:
    names = _typed(stated, field, list)
    if not all(isinstance(name, str) for name in names):
        raise TypeError(field)
    return _once(names)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _typed(stated: Mapping[str, Any], field: str, kind: Any) -> Any:
    value = stated[field]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(field)
    return value
