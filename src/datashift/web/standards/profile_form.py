"""A profile as a form: what stands in its fields, and the text that they make. No code is written by whoever fills it.

Parts (gates and criteria) are numbered: gate-0-label, criterion-3-evidence, … A part without a label is left out, so
that an empty one at the end is where the next is written. A label is written in the language of the page; the texts of
other languages stay while that one is unchanged, and English takes its place where there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w
from django.http import QueryDict

from datashift.language import current, label
from datashift.standards.profiles import Gate, Grade, Profile, Score, catalogue

MOST_PARTS = 40
EMPTY = 1
"""Empty parts at the end, where the next is written."""

Fields = dict[str, Any]


def fields_of(profile: Profile) -> Fields:
    """Return what stands in the form when a profile is opened."""
    rule = profile.rule
    return {
        "id": profile.id, "version": _next(profile.version), "title": label(profile.title),
        "about": label(profile.about), "owner": profile.owner, "sources": "\n".join(profile.sources),
        "gates": [_gate(gate) for gate in profile.gates], "criteria": [_criterion(one) for one in profile.criteria],
        "above_mean": _number(rule.above_mean if rule else None),
        "least_total": _number(rule.least_total if rule else None), "no_zero": bool(rule and rule.no_zero),
        "grades": "\n".join(_grade(one) for one in rule.grades) if rule else "",
        "has_rule": rule is not None,
    }  # fmt: skip


def fields_from(sent: QueryDict) -> Fields:
    """Return what was filled in."""
    names = ("id", "version", "title", "about", "owner", "sources", "above_mean", "least_total", "grades")
    found: Fields = {name: _text(sent, name) for name in names}
    found["no_zero"], found["has_rule"] = bool(sent.get("no_zero")), bool(sent.get("has_rule"))
    found["gates"] = list(_parts(sent, "gate"))
    found["criteria"] = list(_parts(sent, "criterion"))
    return found


def with_empty(fields: Fields) -> Fields:
    """Return the fields with an empty gate and an empty criterion at the end."""
    return fields | {
        kind: [*fields[kind], *([_empty() for _n in range(EMPTY)] if len(fields[kind]) < MOST_PARTS else [])]
        for kind in ("gates", "criteria")
    }


def text_of(fields: Fields, before: Profile | None) -> str:
    """Return the TOML text that the fields make. `before` is the profile that was opened: what is not asked stays."""
    known: dict[str, Any] = {}
    if before:
        known = {gate.id: gate for gate in before.gates} | {score.id: score for score in before.criteria}
    taken: set[str] = set()
    made: dict[str, Any] = {
        "id": fields["id"], "version": fields["version"], "owner": fields["owner"],
        "reviewed": list(before.reviewed) if before and not _changed(fields, before) else [current()],
        "sources": [line.strip() for line in fields["sources"].splitlines() if line.strip()],
        "kits": list(before.kits) if before else [],
        "title": said(fields["title"], before.title if before else {}),
        "about": said(fields["about"], before.about if before else {}),
    }  # fmt: skip
    if before and before.unseen:
        made["unseen"] = dict(before.unseen)
    made["gates"] = [_gate_text(part, known, taken) for part in fields["gates"] if part["label"]]
    made["criteria"] = [_score_text(part, known, taken) for part in fields["criteria"] if part["label"]]
    if fields["has_rule"]:
        made["rule"] = _rule_text(fields, before)
    return tomli_w.dumps(made)


def said(text: str, before: Mapping[str, str]) -> dict[str, str]:
    """Return a label: the one before where it says the same, else the text, which stands for English too."""
    if before and text == label(before):
        return dict(before)
    return {"en": text} if current() == "en" else {"en": text, current(): text}


# --- from a profile to fields -----------------------------------------------------------------------------------------


def _gate(gate: Gate) -> Fields:
    return _empty() | {
        "id": gate.id, "label": label(gate.label), "asks": label(gate.asks), "evidence": list(gate.evidence),
        "rated": gate.rated,
    }  # fmt: skip


def _criterion(one: Score) -> Fields:
    return _empty() | {
        "id": one.id, "label": label(one.label), "asks": label(one.asks), "evidence": list(one.evidence),
        "rated": one.rated, "most": _number(one.most or None),
        "boxes": "\n".join(f"{label(tick.label)}: {', '.join(tick.evidence)}" for tick in one.ticks),
    }  # fmt: skip


def _empty() -> Fields:
    return {"id": "", "label": "", "asks": "", "evidence": [], "rated": False, "most": "", "boxes": ""}


# --- from what was sent to fields ---------------------------------------------------------------------------------


def _parts(sent: QueryDict, kind: str) -> Iterator[Fields]:
    for number in range(MOST_PARTS):
        at = f"{kind}-{number}-"
        if f"{at}label" in sent:
            yield (
                _empty()
                | {name: _text(sent, at + name) for name in ("id", "label", "asks", "most", "boxes")}
                | {
                    "evidence": [one for one in sent.getlist(f"{at}evidence") if one in catalogue().by_id],
                    "rated": bool(sent.get(f"{at}rated")),
                }
            )


def _text(sent: QueryDict, name: str) -> str:
    return sent.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:4000]


# --- from fields to text ----------------------------------------------------------------------------------------------


def _gate_text(part: Fields, known: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    before = known.get(part["id"])
    made: dict[str, Any] = {"id": _name(part, taken), "label": said(part["label"], before.label if before else {})}
    if part["asks"]:
        made["asks"] = said(part["asks"], before.asks if before else {})
    made |= {"evidence": part["evidence"], "rated": part["rated"]}
    # Of another number of pieces, the former "so many of them are enough" says nothing.
    if before is not None and before.enough and list(before.evidence) == part["evidence"]:
        made["enough"] = before.enough
    return made


def _score_text(part: Fields, known: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    before = known.get(part["id"])
    made: dict[str, Any] = {"id": _name(part, taken), "label": said(part["label"], before.label if before else {})}
    if part["asks"]:
        made["asks"] = said(part["asks"], before.asks if before else {})
    made |= {"evidence": part["evidence"], "rated": part["rated"]}
    if part["most"]:
        made["most"] = _plain_number(part["most"])
    ticks = {label(tick.label): tick for tick in before.ticks} if before else {}
    made["ticks"] = [_tick_text(line, ticks, taken) for line in part["boxes"].splitlines() if line.strip()]
    if before is not None:
        same = len(before.boxes) == len(made["ticks"] or made["evidence"])
        made |= {"points": list(before.points)} if same and before.points and not part["rated"] else {}
        made["levels"] = {score: dict(words) for score, words in before.levels.items()}
    return made


def _tick_text(line: str, known: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    words, colon, codes = line.rpartition(":")
    words, codes = (words, codes) if colon else (codes, "")
    evidence = [code for code in re.split(r"[,\s]+", codes) if code]
    before = known.get(words.strip())
    made = {
        "id": _name({"id": before.id if before else "", "label": words}, taken),
        "label": said(words.strip(), before.label if before else {}),
        "evidence": evidence,
        "rated": not evidence,
    }
    if before is not None and before.enough and list(before.evidence) == evidence:
        made["enough"] = before.enough
    return made


def _rule_text(fields: Fields, before: Profile | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"no_zero": fields["no_zero"]}
    rule |= {name: _plain_number(fields[name]) for name in ("above_mean", "least_total") if fields[name]}
    former = {_grade(one): one for one in before.rule.grades} if before and before.rule else {}
    grades: list[dict[str, Any]] = []
    taken = {one.id for one in former.values()}
    for line in filter(None, (line.strip() for line in fields["grades"].splitlines())):
        if line in former:
            grades.append(former[line].model_dump(exclude_none=True))
            continue
        words, _colon, bound = line.rpartition(":")
        grade = words.strip() or line
        name = _name({"id": "", "label": grade}, taken)
        grades.append({"id": name, "label": said(grade, {}), "least_total": _plain_number(bound)})
    return rule | ({"grades": grades} if grades else {})


def _grade(one: Grade) -> str:
    return f"{label(one.label)}: {_number(one.least_total)}".strip()


def _name(part: Fields, taken: set[str]) -> str:
    wanted = part["id"] or _slug(part["label"])
    name, more = wanted, 2
    while name in taken:
        name, more = f"{wanted}-{more}", more + 1
    taken.add(name)
    return name


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "part"


def _plain_number(text: str) -> float | int | str:
    """Return a number as written with a point or a comma; what is none goes on as text, and the profile refuses it."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _changed(fields: Fields, before: Profile) -> bool:
    former = fields_of(before)
    return any(fields[name] != former[name] for name in ("title", "about", "gates", "criteria"))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _next(version: str) -> str:
    """Return the version after this one: its last number and one."""
    head, dot, last = version.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdecimal() else version
