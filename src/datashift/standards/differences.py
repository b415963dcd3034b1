"""What differs between two kits, entry by entry, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from datashift.language import N_, _, label
from datashift.model import Kit

WORDING = N_("Words that people read")
TRANSLATION = N_("A translation")
SPELLINGS = N_("Spellings by which an answer is known")
QUESTION = N_("The wording of the question “{concept}”")
HINT = N_("A hint to the question “{concept}”")
ANSWER = N_("An answer to “{concept}”")
ASKED_OF = N_("Of whom “{concept}” is asked")
RANGE = N_("The numbers that “{concept}” takes")
RULE = N_("The rule by which “{concept}” is worked out")
CONCEPT = N_("The question or answer “{concept}”")
COUNTED = N_("What counts for “{measure}”")
OUT_OF = N_("Out of what “{measure}” is counted")
FORMED = N_("How “{measure}” is formed")
MEASURE = N_("The figure “{measure}”")
UNIVERSE = N_("Who or what is meant")
HIDDEN = N_("When a figure is hidden")
READINGS = N_("How readings become a day")
OTHER = N_("What the kit says about itself")

IGNORED = ("id", "version", "variant", "form", "reviewed", "codelists")
"""Parts of a kit that say which one it is, or that are also said in another place (a codelist in its concepts)."""
_WORDS = ("label", "title", "description", "relation_note", "finding", "unit_label", "rule", "why")
_PATTERNS = (
    (r".*\.(question|hint|" + "|".join(_WORDS) + r"|unit|text|eligible)\.(es|sw|ne)", TRANSLATION),
    (r"(title|description|relation_note|custodian\.rule)\.en", WORDING),
    (r".*\.(label|finding|unit_label)\.en", WORDING),
    (r".*\.synonyms.*", SPELLINGS),
    (r"concepts\.\w+\.question\.en", QUESTION),
    (r"concepts\.\w+\.hint\.en", HINT),
    (r"concepts\.\w+\.asked_if.*", ASKED_OF),
    (r"concepts\.\w+\.(least|most|decimals|unit).*", RANGE),
    (r"concepts\.\w+\.codes\.\w+.*", ANSWER),
    (r"concepts\.\w+\.(rules|count_of|sum_of|product_of|divided_by|scale).*", RULE),
    (r"concepts\..*", CONCEPT),
    (r"measures\.\w+\.numerator.*", COUNTED),
    (r"measures\.\w+\.denominator.*", OUT_OF),
    (r"measures\.\w+\.(estimator|parts|value|per|size|margin|times|unit)", FORMED),
    (r"measures\.\w+", MEASURE),
    (r"universe.*", UNIVERSE),
    (r"disclosure.*", HIDDEN),
    (r"readings.*", READINGS),
)


@dataclass(frozen=True)
class Change:
    """One entry that differs: in plain words `what` it is, `where` it stands, and what it says `before` and `after`.

    `kind` is the template of `what`; an entry that is missing on one side says nothing there ("").
    """

    kind: str
    what: str
    where: str
    before: str
    after: str

    @property
    def formal(self) -> bool:
        """Whether it can touch a figure: anything but words and their spellings."""
        return self.kind not in (WORDING, TRANSLATION, SPELLINGS, HINT, OTHER)


def difference(a: Kit, b: Kit) -> list[Change]:
    """Return what differs from `a` to `b`, in the order of the kits, with `what` in the current language.

    The id, version and origin of the kits are left out: they differ always. A codelist shows where it is used.
    """
    return [_change(a, b, *found) for found in _walk(_stated(a), _stated(b), "")]


def sentence(change: Change) -> str:
    """Say one change in the current language."""
    if not change.before:
        return _("{what}: added {after} ({where})").format(**vars(change))
    if not change.after:
        return _("{what}: {before} is gone ({where})").format(**vars(change))
    return _("{what}: {before} became {after} ({where})").format(**vars(change))


def _stated(kit: Kit) -> dict[str, Any]:
    stated = kit.model_dump(mode="json", exclude_defaults=True)
    stated["measures"] = {measure["id"]: measure for measure in stated["measures"]}
    for concept in stated["concepts"].values():
        concept.pop("codelist", None)
        concept["rules"] = {str(number): rule for number, rule in enumerate(concept.get("rules", []), 1)}
    return {name: value for name, value in stated.items() if name not in IGNORED}


def _walk(a: Any, b: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if a == b:
        return
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for name in dict.fromkeys((*a, *b)):
            yield from _walk(a.get(name), b.get(name), f"{path}.{name}" if path else name)
    else:
        yield path, a, b


def _change(a: Kit, b: Kit, where: str, before: Any, after: Any) -> Change:
    kind = next((text for pattern, text in _PATTERNS if re.fullmatch(pattern, where)), OTHER)
    _section, _dot, rest = where.partition(".")
    name = rest.partition(".")[0]
    known = {m.id: m.label for m in (*b.measures, *a.measures)}
    known |= {concept: record.label for kit in (b, a) for concept, record in kit.concepts.items()}
    told = label(known[name]) if name in known else name
    return Change(kind, _(kind).format(concept=told, measure=told), where, _said(before), _said(after))


def _said(value: Any) -> str:
    """Say a value: a record by its label, a list by its entries."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, Mapping):
        return label(value["label"]) if "label" in value else "; ".join(f"{k} {_said(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)
