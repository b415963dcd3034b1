"""A sentence that somebody wrote, held against the evidence: its numbers, its words, and what it leaves out.

It finds what it knows to look for. Nothing found does not mean that a sentence is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datashift.claims import carried, words
from datashift.claims.carried import Carried
from datashift.claims.claim import Claim, licensed, strongest_first
from datashift.claims.evidence import Beside, Course, Difference, Evidence, Level, Ranking, Several, Standing
from datashift.claims.problem import Problem
from datashift.claims.reading import Mention, mentions
from datashift.claims.wording import STRENGTH, Grade
from datashift.model import BY_CHANCE

_WRONG = re.compile(r"(?:is|are|was|were) wrong|ni makosa|गलत")
_CLAUSE = re.compile(r"[;:।!?]|[.,](?!\d)")
_END = re.compile(r"(?<=[.!?।])\s+")
_RANGE = re.compile(
    r"\s*(?:%|per ?cent|por ciento|प्रतिशत)?\s*(?:[-–—]|to|and|a|al|y|e|na|hadi|देखि|र)\s*(?:el|la|asilimia|करिब)?\s*"
)
_THAN = re.compile(r"(?:than|que|kuliko)\s+(?:in\s+|en\s+|katika\s+|ya\s+)?\0|\0\s*(?:मा\s*)?भन्दा")
SOURCE = "\1"
"""Stands in a text where the name of an official source stood."""


@dataclass(frozen=True)
class _Case:
    """A text and the part of the evidence that it may speak of.

    text: plain, without what is licensed word by word, and without names.   whole: plain, as written.
    """

    text: str
    whole: str
    claims: list[Claim]
    numbers: list[tuple[Mention, list[Carried]]]
    named: list[str]
    topic: list[Claim]


def check(
    text: str, evidence: Evidence | Sequence[Evidence], names: Mapping[str, Sequence[str]] | None = None
) -> list[Problem]:
    """Hold a sentence of somebody's own against the evidence; return what it does not carry, and what is missing.

    In: text in English, Spanish, Swahili or Nepali; the evidence, all of it, not a choice; other names of areas by
    their id. A licensed sentence, word by word, is carried. Out: problems in the order numbers, words, missing parts;
    an empty list says only that nothing was found.
    """
    given = list(evidence) if isinstance(evidence, Sequence) else [evidence]
    case = _case(text, given, names or {})
    if not case.text.strip(" \0\1\2.।:;,!?"):
        return []
    best = _best(case)
    found = [*_numbers(case, best), *_words(case, best), *_strength(case, best), *_missing(case, best)]
    return list(dict.fromkeys(found))


# --- what the text may speak of -------------------------------------------------------------------------------------


def _case(text: str, evidence: list[Evidence], names: Mapping[str, Sequence[str]]) -> _Case:
    whole = words.plain(text)
    called = {id(one): _names(one, names) for one in evidence}
    named = words.names_in([name for all_names in called.values() for name in all_names], whole)
    here = [one for one in evidence if not named or not called[id(one)] or _is_named(called[id(one)], named)]
    claims = strongest_first(made for one in here for made in licensed(one) if _speaks_of(made, named))
    left = words.without([line for made in claims for line in (made.sentence(), *made.caveats())], whole)
    sources = {c.official.source for c in map(_comparison, here) if c and c.official}
    labels = [text for one in here for text in one.subject.label.values()]
    periods = [n.text for made in claims for n in made.numbers if carried.is_time(n)]
    every = [name for all_names in called.values() for name in all_names]
    bare = words.without([*every, *labels], words.without(periods, words.without(sources, left, SOURCE), "\2"))
    about = bool(words.found(words.ABOUT, bare))
    compares = bool(words.found(words.OFFICIAL, bare)) or SOURCE in bare
    asked = bool(words.found(words.IF, bare))
    pool = [
        number
        for number in carried.carried_by(claims)
        if (compares or not number.official) and (asked or not number.contested)
    ]
    read = [
        (m, [n for n in pool if carried.matches(m, n, about=about, denied=_denied(m, bare))]) for m in mentions(bare)
    ]
    return _Case(bare, whole, claims, read, named, _topic(claims, read))


def _denied(mention: Mention, text: str) -> bool:
    """Say whether the part of the sentence in which a number stands says "not"."""
    before, after = text[: mention.start], text[mention.start :]
    clause = _CLAUSE.split(before)[-1] + _CLAUSE.split(after)[0]
    return bool(words.found(words.NOT, clause)) and not words.found(words.CANNOT, clause)


def _speaks_of(made: Claim, named: Sequence[str]) -> bool:
    # A rank or a difference has no area of its own: it is about those in its sentence.
    if not named or not isinstance(made.evidence, Ranking | Difference):
        return True
    return bool(words.names_in(named, words.plain(made.sentence())))


def _names(one: Evidence, names: Mapping[str, Sequence[str]]) -> list[str]:
    if isinstance(one, Level):
        return [one.estimate.area_name, *names.get(one.estimate.area, ())]
    if isinstance(one, Beside):
        return [one.comparison.area_name, *names.get(one.comparison.area, ())]
    return [one.area_name] if isinstance(one, Course | Standing) else []


def _is_named(called: Iterable[str], named: Sequence[str]) -> bool:
    return any(words.plain(name) in named for name in called)


def _comparison(one: Evidence) -> Any:
    return one.comparison if isinstance(one, Beside) else None


def _topic(claims: list[Claim], read: list[tuple[Mention, list[Carried]]]) -> list[Claim]:
    """Return the claims that share most main numbers with the text; all of them where none does."""
    scores = {id(made): 0 for made in claims}
    for _mention, numbers in read:
        for key in {id(number.claim) for number in numbers if number.main or number.official}:
            scores[key] += 1
    most = max(scores.values(), default=0)
    return [made for made in claims if scores[id(made)] == most]


def _best(case: _Case) -> str:
    """Return the licensed sentence nearest to the text."""
    best = next(iter(_spoken_of(case) or case.topic or case.claims), None)
    return best.sentence() if best else ""


def _spoken_of(case: _Case) -> list[Claim]:
    compares = bool(words.found(words.OFFICIAL, case.text)) or SOURCE in case.text
    return _comparing(case) if compares else _levels(case)


# --- numbers --------------------------------------------------------------------------------------------------------


def _numbers(case: _Case, best: str) -> list[Problem]:
    years = carried.years_in(case.claims)
    pool = carried.carried_by(case.claims)
    found: list[Problem] = []
    for index, (mention, numbers) in enumerate(case.numbers):
        if mention.kind == "year" and carried.is_year(mention, years):
            continue
        if numbers or _in_range(case, index, pool):
            continue
        sharp = any(carried.too_sharp(mention, number) for number in pool)
        code = "sharp" if sharp else "year" if mention.kind == "year" else "number"
        found.append(Problem(code, mention.text, best))
    return [*found, *(Problem("number", word, best) for word in _absolute(case))]


def _absolute(case: _Case) -> list[str]:
    """Return words such as all, never or twice: numbers too, but of no evidence."""
    if any(isinstance(made.evidence, Standing) for made in case.topic):
        return []
    less = len(words.found(words.OF_ALL, case.text))
    return words.found(words.ALL, case.text)[less:]


def _in_range(case: _Case, index: int, pool: list[Carried]) -> bool:
    pairs = [(i, i + 1) for i in (index - 1, index) if i >= 0 and i + 1 < len(case.numbers)]
    read = [mention for mention, _numbers in case.numbers]
    spans = [(read[i], read[j]) for i, j in pairs if _RANGE.fullmatch(case.text[_end(read[i]) : read[j].start])]
    return any(carried.is_range(first, second, number) for first, second in spans for number in pool)


def _end(mention: Mention) -> int:
    return mention.start + len(mention.text)


# --- words ----------------------------------------------------------------------------------------------------------


def _words(case: _Case, best: str) -> list[Problem]:
    found: list[Problem] = []
    for sentence in _END.split(case.text):
        found += [
            Problem("proof", word, best, _allowed(_spoken_of(case))) for word in words.found(words.PROOF, sentence)
        ]
        if not words.found(words.CANNOT, sentence):
            found += [Problem("cause", word, best) for word in words.found(words.CAUSE, sentence)]
        asked = words.found(words.IF, sentence) and any(made.kind == "contest" for made in case.claims)
        blamed = [w for w in words.found(words.BLAME, sentence) if not (asked and _WRONG.match(w))]
        found += [Problem("blame", word, best) for word in blamed]
        found += [Problem("future", word, best) for word in words.found(words.FUTURE, sentence)]
    return found + _orders(case, best)


def _orders(case: _Case, best: str) -> list[Problem]:
    found: list[Problem] = []
    if not any(made.kind in ("highest", "lowest", "difference") for made in case.claims):
        than = [match[0].replace("\0", "…") for match in _THAN.finditer(case.text)]
        found += [Problem("rank", word, best) for word in (*words.found(words.RANK, case.text), *than)]
    over_time = (made for made in case.claims if isinstance(made.evidence, Difference))
    if not any(made.evidence.across == "years" for made in over_time if isinstance(made.evidence, Difference)):
        found += [Problem("change", word, best) for word in words.found(words.CHANGE, case.text)]
    return found


# --- how strongly ---------------------------------------------------------------------------------------------------


def _strength(case: _Case, best: str) -> list[Problem]:
    found: list[Problem] = []
    for sentence in _END.split(case.text):
        compares = bool(words.found(words.OFFICIAL, sentence)) or SOURCE in sentence
        if compares and _asserts(sentence):
            found += _too_strong(sentence, _comparing(case), best) + _direction(case, sentence, best)
        elif not compares and any(numbers for mention, numbers in case.numbers if mention.text in sentence):
            found += _too_strong(sentence, _levels(case), best)
    return found


def _asserts(sentence: str) -> bool:
    lists = (words.DIFFER, words.MORE, words.LESS, words.SAME, words.AGREE)
    return any(words.found(each, sentence) for each in lists)


def _comparing(case: _Case) -> list[Claim]:
    """Return what may be said beside official figures: of the places named, or of all together."""
    wanted = Beside if case.named else Several
    for kinds in (wanted, Beside | Several):
        for claims in (case.topic, case.claims):
            found = [made for made in claims if isinstance(made.evidence, kinds) and made.kind != "contest"]
            if found:
                return found
    return []


def _levels(case: _Case) -> list[Claim]:
    return [made for made in case.topic if not isinstance(made.evidence, Standing | Beside | Several)]


def _allowed(claims: Sequence[Claim]) -> Grade:
    return max((made.grade for made in claims), key=STRENGTH.index, default="cannot tell")


def _too_strong(sentence: str, claims: list[Claim], best: str) -> list[Problem]:
    allowed = _allowed(claims)
    said, word = _said(sentence)
    if words.found(words.SAME, sentence) and said == "shows":
        # That two figures are equal is never shown: at best they are consistent with each other.
        allowed = min(allowed, "is consistent with", key=STRENGTH.index)
    if STRENGTH.index(said) <= STRENGTH.index(allowed):
        return []
    return [Problem("verb" if word else "plain", word, best, allowed)]


def _said(sentence: str) -> tuple[Grade, str]:
    """Return how strongly a sentence is said, and by which word; without any it counts as certain."""
    grades: tuple[tuple[Grade, str], ...] = (
        ("shows", words.SHOW),
        ("cannot tell", words.CANNOT),
        ("suggests", words.SUGGEST),
        ("is consistent with", words.AGREE),
    )
    for grade, each in grades:
        if here := words.found(each, sentence):
            return grade, here[0]
    return "shows", ""


def _direction(case: _Case, sentence: str, best: str) -> list[Problem]:
    gaps = [made for made in _comparing(case) if made.kind == "gap" and isinstance(made.evidence, Beside)]
    ways = {(made.evidence.comparison.difference or 0.0) > 0 for made in gaps if isinstance(made.evidence, Beside)}
    if len(ways) != 1:
        return []
    left = sentence
    for mention in mentions(sentence):
        left = left if not mention.bound else left.replace(mention.text, " ")
    more, less = words.found(words.MORE, left), words.found(words.LESS, left)
    wrong, right = (less, more) if ways == {True} else (more, less)
    return [Problem("direction", wrong[0], best)] if wrong and not right else []


# --- what is missing ------------------------------------------------------------------------------------------------


def _missing(case: _Case, best: str) -> list[Problem]:
    found = []
    if not case.claims:
        return []
    if not case.named and any(_names(made.evidence, {}) for made in case.topic):
        found.append(Problem("place", "", best))
    years = carried.years_in(case.claims)
    if not any(carried.is_year(m, years) for m in mentions(case.whole) if m.kind == "year"):
        found.append(Problem("period", "", best))
    if _unsure(case):
        found.append(Problem("unsure", "", best))
    return [*found, *_who(case, best), *_among(case, best)]


def _unsure(case: _Case) -> bool:
    certain = words.found(words.ABOUT, case.whole) or any(m.bound for m, _numbers in case.numbers)
    uncertain = [(m, n) for m, numbers in case.numbers for n in numbers if n.uncertain and n.claim in case.topic]
    bounds = [n for _m, numbers in case.numbers for n in numbers if n.number.where.endswith(("lower", "upper"))]
    ranged = any(_in_range(case, i, [n for _m, n in uncertain]) for i in range(len(case.numbers)))
    return bool(uncertain) and not certain and len(bounds) < 2 and not ranged


def _who(case: _Case, best: str) -> list[Problem]:
    counted = words.found(words.COUNTED, case.whole)
    level = [made.evidence for made in case.topic if isinstance(made.evidence, Level) and made.kind == "level"]
    if level and all(one.estimate.sampling_type not in BY_CHANCE for one in level):
        return [] if counted else [Problem("everybody", "", best)]
    return [] if counted or words.found(words.CITIZENS, case.whole) else [Problem("who", "", best)]


def _among(case: _Case, best: str) -> list[Problem]:
    """Return that the count is missing, where a gap of one place out of several is spoken of."""
    gaps = [made for made in _comparing(case) if made.kind == "gap"]
    families = [made.evidence.among for made in gaps if isinstance(made.evidence, Beside) and made.evidence.among]
    compares = (words.found(words.OFFICIAL, case.text) or SOURCE in case.text) and _asserts(case.text)
    if not compares or not case.named or not families or min(family[0] for family in families) < 2:
        return []
    told = {value for mention, _numbers in case.numbers for value in (*mention.values, mention.of)}
    if any(family[0] in told for family in families):
        return []
    several = [made.sentence() for made in case.claims if isinstance(made.evidence, Several | Ranking)]
    return [Problem("among", "", several[0] if several else best)]
