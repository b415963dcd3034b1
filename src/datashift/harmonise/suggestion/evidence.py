"""What speaks for a column being a concept: its name, its question, its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from datashift.harmonise.suggestion.answers import Spellings, spellings
from datashift.harmonise.suggestion.profile import Profile
from datashift.model import Concept, Kit
from datashift.standards.areas import folded

Floats = npt.NDArray[np.float64]
FEATURES = ("same", "name", "name_words", "question", "values", "special", "codes", "numbers", "inside", "dummy")
"""same: the name is one of the concept's words.  name: likeness of the names (0–1).  name_words: all words of one stand
in the other.  question: likeness of the questions.  values: share of answered rows whose answer is known.  special: the
same, over the number of lists that know as many.  codes: share of the list's codes that occur.  numbers, inside: share
of numbers, and whether they lie in the concept's range.  dummy: one choice of several, spread out."""
SAME, NAME, WORDS, QUESTION, VALUES, SPECIAL, CODES, NUMBERS, INSIDE, DUMMY = range(len(FEATURES))


@dataclass(frozen=True)
class Evidence:
    """Features of every asked concept (rows) of the kits for every column: array concepts x columns x FEATURES."""

    concepts: tuple[tuple[str, str], ...]
    coded: npt.NDArray[np.bool_]
    words: tuple[tuple[str, ...], ...]
    features: Floats
    spellings: Mapping[tuple[str, str], Spellings]


def evidence(kits: Sequence[Kit], columns: Sequence[Profile]) -> Evidence:
    """Return what speaks for each column being each asked concept of each kit."""
    asked = {(kit.id, name): concept for kit in kits for name, concept in kit.concepts.items() if not concept.inputs}
    keys = tuple(asked)
    known = _all_spellings(kits, keys)
    words = tuple(_words(name, asked[kit, name]) for kit, name in keys)
    features = np.zeros((len(keys), len(columns), len(FEATURES)))
    names = _likeness(words, [[c.plain] for c in columns], fuzz.token_sort_ratio)
    features[:, :, SAME], features[:, :, NAME] = names >= 1.0, names
    long = tuple(tuple(word for word in group if len(word) > 3) or ("\0",) for group in words)
    features[:, :, WORDS] = _likeness(long, [[c.plain] for c in columns], fuzz.token_set_ratio) >= 1.0
    questions = tuple(_questions(group, asked[key]) for group, key in zip(words, keys, strict=True))
    features[:, :, QUESTION] = _likeness(questions, [list(c.texts) for c in columns], fuzz.token_sort_ratio)
    _by_answers(features, keys, columns, known)
    for row, key in enumerate(keys):
        if asked[key].kind == "number":
            features[row, :, NUMBERS] = [c.numeric for c in columns]
            features[row, :, INSIDE] = [_inside(asked[key], c) for c in columns]
    features[:, :, DUMMY] = [c.dummy for c in columns]
    coded = np.array([asked[key].kind == "code" for key in keys], dtype=bool)
    return Evidence(keys, coded, words, features, known)


def best_word(words: Sequence[str], profile: Profile) -> str:
    """Return the word of a concept that is most like a column's name."""
    return max(words, key=lambda word: fuzz.token_sort_ratio(profile.plain, word))


def _all_spellings(kits: Sequence[Kit], keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Spellings]:
    named = {f"{kit.id}\0{name}": concept for kit in kits for name, concept in kit.concepts.items()}
    wanted = {f"{kit}\0{name}": named[f"{kit}\0{name}"] for kit, name in keys}
    found = spellings(wanted)
    return {(kit, name): found[f"{kit}\0{name}"] for kit, name in keys if f"{kit}\0{name}" in found}


def _words(name: str, concept: Concept) -> tuple[str, ...]:
    words = (name.replace("_", " "), *concept.label.values(), *concept.synonyms)
    return tuple(dict.fromkeys(folded(word.replace("_", " ")) for word in words))


def _questions(words: tuple[str, ...], concept: Concept) -> tuple[str, ...]:
    return (*words, *(folded(text) for text in concept.question.values()))


def _likeness(groups: Sequence[Sequence[str]], columns: Sequence[Sequence[str]], scorer: Any) -> Floats:
    """Return the best likeness (0–1) of any word of each group with any text of each column."""
    texts = [text for column in columns for text in column]
    words = [word for group in groups for word in group]
    found = np.zeros((len(groups), len(columns)))
    if not texts or not words:
        return found
    scores = process.cdist(words, texts, scorer=scorer, dtype=np.uint8, workers=-1)
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    by_group = np.maximum.reduceat(scores, starts, axis=0)
    column_of = np.repeat(np.arange(len(columns)), [len(column) for column in columns])
    np.maximum.at(found.T, column_of, by_group.T / 100)
    return found


def _by_answers(
    features: Floats,
    keys: Sequence[tuple[str, str]],
    columns: Sequence[Profile],
    known: Mapping[tuple[str, str], Spellings],
) -> None:
    distinct = {id(spelling): spelling for spelling in known.values()}
    shares = {number: np.array([spelling.share(c) for c in columns]) for number, spelling in distinct.items()}
    lists = np.array(list(shares.values())).reshape(len(shares), len(columns))
    for row, key in enumerate(keys):
        if key in known:
            share = shares[id(known[key])]
            rivals = np.maximum(((lists >= share[None, :]) & (lists > 0)).sum(axis=0), 1)
            features[row, :, VALUES] = share
            features[row, :, SPECIAL] = share / rivals
            codes = len(set(known[key].codes.values()))
            features[row, :, CODES] = [
                _codes_seen(known[key], c, codes) if s else 0.0 for c, s in zip(columns, share, strict=True)
            ]


def _codes_seen(spelling: Spellings, profile: Profile, codes: int) -> float:
    seen = {m.code for value in profile.values[:60] if (m := spelling.exact(value, profile.said.get(value, ())))}
    return len(seen) / max(codes, 1)


def _inside(concept: Concept, profile: Profile) -> float:
    if np.isnan(profile.low):
        return 0.0
    least = -np.inf if concept.least is None else concept.least
    most = np.inf if concept.most is None else concept.most
    span = max(profile.high - profile.low, 1e-9)
    return float(np.clip((min(profile.high, most) - max(profile.low, least)) / span, 0.0, 1.0))
