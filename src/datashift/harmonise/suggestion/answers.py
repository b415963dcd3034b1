"""Which code an answer means: by its own spelling, without its numbering, by its label in the form, or nearly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from datashift.harmonise.suggestion.profile import Profile
from datashift.harmonise.suggestion.words import EVERYWHERE
from datashift.model import Concept
from datashift.standards.areas import folded

MOST_COMPARED = 60
NOT = frozenset((
    "not", "no", "non", "never", "without", "un", "sin", "nunca", "nadie", "si", "bila", "hakuna", "kamwe", "isiyo",
    "haina", "नभएको", "छैन", "होइन", "कहिल्यै", "बिना",
))  # fmt: skip
"""Words that turn an answer into its opposite: “not functional” is not within “functional”."""
WAYS = ("exact", "label", "numbered", "near", "within")
"""How an answer was found to mean a code, the surest way first."""


@dataclass(frozen=True)
class Meaning:
    """The code that an answer means, and the way by which it was found."""

    code: str
    way: str


class Spellings:
    """All spellings of the codes of one list."""

    def __init__(self, concept: Concept) -> None:
        self.codes: dict[str, str] = {}
        for code, answer in concept.codes.items():
            for word in (code, *answer.label.values(), *answer.synonyms, *EVERYWHERE.get(code, ())):
                self.codes.setdefault(folded(word.replace("_", " ")), code)
        self._words = {spelling: frozenset(spelling.split()) for spelling in self.codes if len(spelling) > 3}

    def exact(self, value: str, said: Iterable[str] = ()) -> Meaning | None:
        """Find a code by a spelling that is known, of the answer or of its label in the form."""
        plain = folded(value.replace("_", " "))
        if plain in self.codes:
            return Meaning(self.codes[plain], "exact")
        for text in said:
            if (code := self.codes.get(folded(text))) is not None:
                return Meaning(code, "label")
        bare = _without_number(plain)
        return Meaning(self.codes[bare], "numbered") if bare in self.codes else None

    def nearly(self, value: str, said: Iterable[str] = ()) -> Meaning | None:
        """Find a code by a spelling that is almost the same, or whose words all stand in the answer."""
        for text in (value, *said):
            plain = _without_number(folded(text.replace("_", " ")))
            if code := self._misspelt(plain):
                return Meaning(code, "near")
        for text in (value, *said):
            words = frozenset(folded(text.replace("_", " ")).split())
            inside = [spelling for spelling, parts in self._words.items() if _most_of(parts, words)]
            longest = max(map(len, inside), default=0)
            codes = {self.codes[spelling] for spelling in inside if len(spelling) == longest}
            if len(codes) == 1:
                return Meaning(codes.pop(), "within")
        return None

    def _misspelt(self, plain: str) -> str | None:
        """Find the code of the one spelling that a slip or two turn into `plain`."""
        slips = 1 if len(plain) < 8 else 2
        if len(plain) < 4:
            return None
        near = process.extract(plain, self.codes.keys(), scorer=OSA.distance, score_cutoff=slips, limit=5)
        # “unprotected well” ends like “protected well”: what stands before may turn it into its opposite.
        codes = {self.codes[word] for word, _d, _i in near if not plain.endswith(word) and not word.endswith(plain)}
        return codes.pop() if len(codes) == 1 else None

    def share(self, profile: Profile) -> float:
        """Return the share of a column's answered rows whose answer is a known spelling."""
        top = profile.counts[:MOST_COMPARED]
        known = sum(count for value, count in top if self.exact(value, profile.said.get(value, ())))
        return known / max(sum(count for _value, count in top), 1)

    def meanings(self, profile: Profile) -> dict[str, Meaning]:
        """Return what each answer of a column means, where that can be said.

        A word that often says that there is no answer, such as “none”, is an answer where the list has it.
        """
        found = {}
        for value in profile.values[:MOST_COMPARED]:
            said = profile.said.get(value, ())
            if meaning := self.exact(value, said) or self.nearly(value, said):
                found[value] = meaning
        for value in profile.missing:
            if meaning := self.exact(value, profile.said.get(value, ())) if value else None:
                found[value] = meaning
        return found


def spellings(concepts: Mapping[str, Concept]) -> dict[str, Spellings]:
    """Return the spellings of every coded concept; concepts with the same answers share them."""
    known: dict[str, Spellings] = {}
    found = {}
    for name, concept in concepts.items():
        if concept.kind == "code":
            key = "|".join(f"{code}={answer.model_dump_json()}" for code, answer in concept.codes.items())
            found[name] = known.setdefault(key, Spellings(concept))
    return found


def _most_of(parts: frozenset[str], words: frozenset[str]) -> bool:
    """Say whether `parts` are at least half of `words`, and the rest does not turn them round."""
    return parts <= words and 2 * len(parts) >= len(words) and not (words - parts) & NOT


@lru_cache(maxsize=1 << 14)
def _without_number(plain: str) -> str:
    """Take the numbering off an answer: "1 not at all" and "a not at all" are "not at all"."""
    return re.sub(r"^(\d+|[a-h])\s+(?=\w)", "", plain)
