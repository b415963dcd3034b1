"""All methods side by side for one series: the result, its sentence, and its data for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datashift.language import _
from datashift.model import Target
from datashift.progress import wording
from datashift.progress.agreement import agreement
from datashift.progress.label import Label, Remark


@dataclass(frozen=True)
class Progress:
    """What every method says about a series and its target.

    labels: one per method, those without a label too, with the reason.   outlook: predictive distribution for the
    target year, spread as calibrated by hindcast (see `outlook.Outlook.as_dict`), and `reached`, the probability that
    the target is met then; empty where there is none.   met: the last year has met the target, or comes within a point
    of 0 or 100 %.   seed, draws: of the probabilities.
    """

    years: tuple[float, ...]
    values: tuple[float, ...]
    se: tuple[float, ...] | None
    unit: str
    target: Target
    direction: str
    base_year: float | None
    met: bool
    labels: tuple[Label, ...]
    outlook: Mapping[str, Any]
    notes: tuple[Remark, ...]
    draws: int
    seed: int

    def __getitem__(self, method: str) -> Label:
        """Return what a method says, by its name. Raises KeyError."""
        return {label.method: label for label in self.labels}[method]

    @property
    def reached(self) -> Mapping[str, float]:
        """Return the probabilities that the target is reached: by the trend alone, and by the calibrated outlook."""
        found = {label.method: label.reached for label in self.labels if label.reached is not None}
        return {**found, "outlook": self.outlook["reached"]} if "reached" in self.outlook else found

    @property
    def agreement(self) -> str:
        """Say whether the methods agree, and if not, which difference of concept explains it."""
        return agreement(self.labels, self.met)[1]

    def sentence(self) -> str:
        """Say the finding: how many methods see the series on track, and the probability that the target is reached."""
        tones = [label.tone for label in self.labels if label.tone is not None]
        facts = {"on": tones.count(1), "some": tones.count(0), "none": tones.count(-1), "n": len(tones)}
        text = _(
            "Of {n} methods that give a label, {on} see it on track or met, {some} see progress that is too slow or "
            "unsure, {none} see none."
        )
        told = text.format(**{key: wording.plain(value) for key, value in facts.items()})
        chance = self.reached.get("outlook", self.reached.get("trend"))
        if chance is None:
            return told
        text = _("The chance to reach the target by {year}: {chance}.")
        return f"{told} {text.format(year=wording.year(self.target.year), chance=wording.in_ten(chance))}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        why, told = agreement(self.labels, self.met)
        return {
            "sentence": self.sentence(), "agreement": {"code": why, "sentence": told},
            "target": vars(self.target), "direction": self.direction, "base_year": self.base_year, "met": self.met,
            "unit": self.unit, "reached": dict(self.reached), "outlook": dict(self.outlook),
            "observed": [
                {"year": year, "value": value, "se": None if self.se is None else self.se[i]}
                for i, (year, value) in enumerate(zip(self.years, self.values, strict=True))
            ],
            "methods": [label.as_dict() for label in self.labels],
            "notes": [note.as_dict() for note in self.notes], "draws": self.draws, "seed": self.seed,
        }  # fmt: skip
