""" "Other, please say what": how often the list was too short, and words that name an answer in it (check K7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Flags
from datashift.assess.evidence import Evidence
from datashift.assess.quoting import OFTEN
from datashift.language import N_
from datashift.model import Finding
from datashift.standards.areas import folded

_ENDINGS = ("_other", "_others", "_specify", "_other_specify", "_autre", "_otro", "_otra")
_MANY, _LEAST = 0.10, 10
_SHORTEST = 5
_SHOWN = 5

NO_OTHERS = N_(
    "No column holds what people said instead of an answer in the list. Name such columns under [protocol.others]."
)
_OFTEN = N_(
    "{n} of {answered} answers to '{question}' ({share} %) are in no list but in words of their own. "
    "If many say the same, the list lacks an answer."
)
_FITS = N_(
    "In {n} of {total} rows, the words beside '{question}' name an answer that is in its list. They can be recoded."
)


def others(evidence: Evidence) -> Outcome:
    """K7: questions with many answers in own words, and words that are an answer of the list after all.

    Where the protocol names no columns, those are taken that are called like a question with `_other` behind it. Words
    fit where they are the code or the label in any language, but for case, accents and, from five letters on, one
    slip of the pen. A tenth of the answers is many: a convention, not a test.
    """
    named = evidence.recipe.protocol.others or _guessed(evidence)
    pairs = {q: text for q, text in named.items() if q in evidence.columns and text in evidence.columns}
    if not pairs:
        return Outcome(idle=NO_OTHERS)
    found: list[Finding] = []
    shares = {}
    for question, column in pairs.items():
        said = ~evidence.missing(column) & evidence.written
        answered = (~evidence.missing(question) & evidence.written) | said
        shares[question] = round(float(said.sum()) / max(int(answered.sum()), 1), 4)
        if said.sum() >= _LEAST and shares[question] >= _MANY:
            facts = {"question": question, "answered": int(answered.sum()), "share": round(100 * shares[question], 1)}
            found.append(evidence.noticed("K7", "assess.often-other", _OFTEN, said, **facts))
        found += _recoded(evidence, question, column, said)
    return Outcome(tuple(found), facts={"shares": shares})


def _guessed(evidence: Evidence) -> dict[str, str]:
    return {
        name.removesuffix(ending): name
        for name in evidence.columns
        for ending in _ENDINGS
        if name.endswith(ending) and name.removesuffix(ending) in evidence.columns
    }


def _recoded(evidence: Evidence, question: str, column: str, said: Flags) -> Iterator[Finding]:
    encoded = evidence.columns[column]
    known = _known(evidence, question)
    counts = np.bincount(encoded.codes[said], minlength=len(encoded.texts))
    present = np.flatnonzero(counts)
    texts = encoded.texts.take(pa.array(present)).to_pylist()
    meant = {int(k): answer for k, text in zip(present, texts, strict=True) if (answer := _fits(text or "", known))}
    if not meant:
        return
    flags = np.zeros(len(encoded.texts), dtype=np.bool_)
    flags[list(meant)] = True
    often = sorted(
        ((int(counts[k]), str(encoded.texts[k].as_py()), answer) for k, answer in meant.items()), reverse=True
    )
    values = [[text, answer, count] for count, text, answer in often if evidence.may_quote(column, text, count)]
    facts = {"question": question, "pairs": values[:_SHOWN], "different": len(meant)}
    yield evidence.noticed("K7", "assess.recode", _FITS, encoded.where(flags) & said, **facts)


def _known(evidence: Evidence, question: str) -> Mapping[str, str]:
    """Return every way to write an answer of the list, with the answer: what others gave, the recipe, and the kit."""
    kind = next((one.kind for one in evidence.questions if one.name == question), "text")
    known: dict[str, str] = {}
    if kind in ("choice", "several"):
        known = {folded(text): text for text in _often(evidence, question, several=kind == "several")}
    entry = next((one for one in evidence.recipe.columns.values() if one.column == question), None)
    concept = evidence.kit.concepts.get(evidence.concept_of(question) or "")
    codes = entry.codes if entry is not None else {}
    known |= {folded(text): text for text, code in codes.items() if code}
    if concept is not None:
        back = {code: text for text, code in codes.items()}
        for code, what in concept.codes.items():
            known |= {folded(text): back.get(code, code) for text in (code, *what.label.values())}
    return {text: answer for text, answer in known.items() if text and not _no_answer(text)}


def _often(evidence: Evidence, question: str, *, several: bool) -> list[str]:
    """Return the answers that stand in the column of a question often enough to be one of its list."""
    encoded = evidence.columns[question]
    counts = np.bincount(encoded.codes, minlength=len(encoded.texts))
    found: dict[str, int] = {}
    for text, count in zip(encoded.texts.to_pylist(), counts.tolist(), strict=True):
        for word in (text or "").split() if several else [text or ""]:
            found[word] = found.get(word, 0) + count
    return [word for word, count in found.items() if count >= OFTEN]


def _no_answer(text: str) -> bool:
    return any(word in text.split() for word in ("other", "others", "otro", "otra", "autre", "nyingine", "अन्य"))


def _fits(text: str, known: Mapping[str, str]) -> str:
    """Return the answer that `text` writes, "" for none: the same, or one letter more, less, or another."""
    plain = folded(text)
    if plain in known or len(plain) < _SHORTEST or len(plain) > 40:
        return known.get(plain, "")
    near = (answer for one, answer in known.items() if len(one) >= _SHORTEST and _one_slip(plain, one))
    return next(near, "")


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    same = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = same + (len(short) == len(long))
    return short[rest:] == long[same + 1 :]
