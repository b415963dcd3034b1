"""Which question of a form asks which concept of a kit, and which answer is which code, each with its confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from datashift.forms.xlsform import Choice, Form, Question
from datashift.model import Code, Concept, Kit
from datashift.standards.areas import folded

LIKELY = 0.6
"""From this confidence on a question is taken to ask a concept; a person confirms it."""
SURE = 0.9

Floats = npt.NDArray[np.float64]

_NEAR = 90.0
_LONG = 8
_ENOUGH = 0.5
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Match:
    """A question that asks a concept. codes: answer of the form -> code of the kit (empty for numbers and text).

    exact: the name is the kit's, and so are the answers, so that no mapping is needed. unmapped: answers that are no
    code of the kit. missing: codes of the kit that the form has no answer for.
    """

    concept: str
    question: Question
    confidence: float
    exact: bool
    codes: dict[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def matches(form: Form, kit: Kit) -> dict[str, Match]:
    """Return for each asked concept of the kit the question that asks it, where one is likely enough.

    Names, labels in every language of the form and the kit, and the answers of lists are compared; each question
    serves one concept, the surest pairs first.
    """
    asked = {name: concept for name, concept in kit.concepts.items() if not concept.inputs}
    questions = [question for question in form.questions if question.kind in ("code", "number", "text", "any")]
    likeness = _likeness(asked, questions)
    pairs = [
        (match.confidence, match)
        for k, (name, concept) in enumerate(asked.items())
        for q, question in enumerate(questions)
        if (match := _match(name, concept, question, float(likeness[k, q]), form)) is not None
    ]
    found: dict[str, Match] = {}
    used: set[int] = set()
    for _confidence, match in sorted(pairs, key=lambda pair: -pair[0]):
        if match.concept not in found and match.question.row not in used:
            found[match.concept] = match
            used.add(match.question.row)
    return found


# --- words ----------------------------------------------------------------------------------------------------------


def _likeness(asked: dict[str, Concept], questions: Sequence[Question]) -> Floats:
    """How alike the words of each concept and each question are, 0 to 1 (concepts x questions).

    Rare words count more than common ones (inverse document frequency over these questions and concepts): in a form
    about water, the word water tells nothing.
    """
    concept_texts = [(k, text) for k, (name, c) in enumerate(asked.items()) for text in _of_concept(name, c)]
    question_texts = [(q, text) for q, question in enumerate(questions) for text in _of_question(question)]
    result = np.zeros((len(asked), len(questions)))
    if not concept_texts or not question_texts:
        return result
    left, right = [text for _k, text in concept_texts], [text for _q, text in question_texts]
    alike = np.maximum(_shared_words(left, right), _same_spelling(left, right))
    rows, columns = (np.array([place for place, _text in texts]) for texts in (concept_texts, question_texts))
    np.maximum.at(result, (rows[:, None], columns[None, :]), alike)
    return result


def _shared_words(left: Sequence[str], right: Sequence[str]) -> Floats:
    words = {
        word: place for place, word in enumerate(dict.fromkeys(w for text in (*left, *right) for w in _words(text)))
    }
    one, other = _counted(left, words), _counted(right, words)
    seen = one.sum(axis=0) + other.sum(axis=0)
    weight = np.log((1 + len(left) + len(right)) / seen)
    shared = (one * weight) @ other.T
    of_one, of_other = (one @ weight)[:, None], (other @ weight)[None, :]
    within = shared / of_one
    both = 2 * shared / (of_one + of_other)
    # One word alone says too little to be found inside a longer text.
    return np.asarray((0.4 * within + 0.6 * both) * np.where(one.sum(axis=1) > 1, 1.0, 0.7)[:, None])


def _same_spelling(left: Sequence[str], right: Sequence[str]) -> Floats:
    """1 where two texts are the same, a little less where a long one is spelled nearly so; else 0."""
    ratio = process.cdist(left, right, scorer=fuzz.ratio, dtype=np.float32)
    near = (ratio >= _NEAR) & (np.array([len(text) for text in left]) >= _LONG)[:, None]
    return np.where(ratio == 100, 1.0, np.where(near, ratio / 105, 0.0))


def _counted(texts: Sequence[str], words: dict[str, int]) -> Floats:
    found = np.zeros((len(texts), len(words)))
    for row, text in enumerate(texts):
        found[row, [words[word] for word in _words(text)]] = 1
    return found


def _words(text: str) -> set[str]:
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in text.split()}


def _of_concept(name: str, concept: Concept) -> set[str]:
    said = [name, *concept.label.values(), *concept.question.values(), *concept.synonyms]
    return set(filter(None, map(folded, said)))


def _of_question(question: Question) -> set[str]:
    return set(filter(None, map(folded, (question.name, *question.labels.values()))))


# --- answers --------------------------------------------------------------------------------------------------------


def _match(name: str, concept: Concept, question: Question, alike: float, form: Form) -> Match | None:
    own_name = folded(question.name) == folded(name)
    if alike < LIKELY / 1.2 or not _fits(concept, question, own_name):
        return None
    if concept.kind != "code":
        return Match(name, question, alike, own_name) if alike >= LIKELY else None
    choices = form.choices.get(question.list_name, ())
    if not choices:
        return Match(name, question, alike, own_name) if own_name else None
    codes = dict(map_choices(choices, concept.codes))
    known = [choice.name for choice in choices if choice.name in codes]
    distinct = {code for code in codes.values() if not concept.codes[code].unknown}
    share = len(known) / len(choices)
    confidence = min(1.0, alike * (0.7 + 0.4 * share) if len(choices) > 2 else alike)
    if share < _ENOUGH or len(distinct) < min(2, len(concept.codes)) or confidence < LIKELY:
        return None
    unmapped = tuple(choice.name for choice in choices if choice.name not in codes)
    missing = tuple(code for code in concept.codes if code not in codes.values())
    exact = own_name and not unmapped and all(answer == code for answer, code in codes.items())
    return Match(name, question, confidence, exact, codes, unmapped, missing)


def _fits(concept: Concept, question: Question, own_name: bool) -> bool:
    """Whether the kind of answer is right; several answers at once are no single code."""
    if question.kind == "any":
        return own_name
    single = not question.type.startswith(("select_multiple", "rank"))
    return question.kind == concept.kind and single


def map_choices(choices: Iterable[Choice], codes: dict[str, Code]) -> Iterator[tuple[str, str]]:
    """Yield which answer is which code: by name, label or synonym in any language; then by near spelling."""
    words = {code: _of_code(code, said) for code, said in codes.items()}
    for choice in choices:
        own = list(filter(None, map(folded, (choice.name, *choice.labels.values()))))
        exact = [code for code, known in words.items() if any(text in known for text in own)]
        if exact:
            yield choice.name, next((code for code in exact if folded(code) == folded(choice.name)), exact[0])
            continue
        near = [
            (fuzz.token_sort_ratio(text, known), code)
            for code, said in words.items()
            for known in said
            for text in own
            # 18 to 24 and 28 to 34 are near in letters, and far in meaning.
            if _DIGITS.findall(text) == _DIGITS.findall(known)
        ]
        best = max(near, default=(0.0, ""))
        if best[0] >= _NEAR:
            yield choice.name, best[1]


def _of_code(code: str, said: Code) -> set[str]:
    return set(filter(None, map(folded, (code, *said.label.values(), *said.synonyms))))
