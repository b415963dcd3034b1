"""What a method says: its label, the number behind it, how probable each label is, and its remarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from datashift.progress import wording

if TYPE_CHECKING:
    from datashift.progress.case import Case

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]

Fact = str | float | tuple[float, ...]


@dataclass(frozen=True)
class Remark:
    """One thing a reader should know: a code and its facts; `sentence` says it in the current language."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return the remark in words."""
        return wording.remark(self.code, self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return code, facts and sentence, ready for JSON."""
        return {"code": self.code, **self.facts, "sentence": self.sentence}


@dataclass(frozen=True)
class Judged:
    """What a method makes of many draws of a series at once (one row per draw).

    number: what the cut-offs are held against.   code: place of the label in the labels of the method, −1 where the
    rule gives none.   more: further numbers of the method, by name.
    """

    number: Array
    code: Whole
    more: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A published rule.

    labels: codes, the best first.   tones: what each means: 1 on track, 0 some progress, −1 none or worse.
    number: what kind of number it gives.   source: where its rule was read.
    looks: what it uses: "ends" (first and last year) or "all" (every year).
    refuses: why it cannot judge a series at all, or None.   judge: the rule, on draws × years.
    """

    name: str
    labels: tuple[str, ...]
    tones: tuple[int, ...]
    number: str
    source: str
    looks: str
    refuses: Callable[[Case], Remark | None]
    judge: Callable[[Case, Array], Judged]


@dataclass(frozen=True)
class Label:
    """What one method says about one series.

    code: the label, "" where the method gives none; `reason` then says why.   tone: 1, 0, −1 (see Method), None
    without a label.   number: what the label rests on.   probabilities: of each label, given how uncertain the years
    observed are; "" = no label; empty where nothing is known of that.   reached: probability that the target is
    reached, where the method has one of its own.   defects: what the label hides, with the facts.
    """

    method: str
    code: str
    tone: int | None
    number: float | None
    kind: str
    looks: str
    source: str
    probabilities: Mapping[str, float] = field(default_factory=dict)
    reached: float | None = None
    more: Mapping[str, float] = field(default_factory=dict)
    defects: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    reason: Remark | None = None

    @property
    def name(self) -> str:
        """Return the name of the method in the current language."""
        return wording.name(self.method)

    @property
    def concept(self) -> str:
        """Say in one sentence what the method takes progress to be."""
        return wording.concept(self.method)

    @property
    def text(self) -> str:
        """Return the label as its publisher words it, in the current language; "" without a label."""
        return wording.label_text(self.code)

    @property
    def probability(self) -> float | None:
        """Return how probable the label given is, None where nothing is known of that."""
        return self.probabilities.get(self.code) if self.code else None

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {
            "method": self.method, "name": self.name, "concept": self.concept, "looks": self.looks,
            "label": self.code, "text": self.text, "tone": self.tone, "number": self.number, "kind": self.kind,
            "probabilities": dict(self.probabilities), "reached": self.reached, "more": dict(self.more),
            "defects": [remark.as_dict() for remark in self.defects],
            "notes": [remark.as_dict() for remark in self.notes],
            "reason": None if self.reason is None else self.reason.as_dict(), "source": self.source,
        }  # fmt: skip
