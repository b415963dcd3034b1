"""What a run is asked about each criterion, and how an answer is said: a state, a sentence, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from datashift.assess.reached.representation import Held
from datashift.errors import BadRecipe
from datashift.language import _, in_all, label
from datashift.model import Checked, Estimate, Kit, Label, Recipe, Statements
from datashift.model.assessment import State
from datashift.numbers import in_digits, said
from datashift.pipeline import Result, Setting, whole_area
from datashift.standards.periods import years
from datashift.standards.profiles import Criterion


@dataclass(frozen=True)
class Fact:
    """What a run tells about one criterion. `source` names the part of recipe, run or release that says so."""

    state: State
    text: Label
    source: str


@dataclass(frozen=True)
class Seen:
    """A run, what people state about it, the day of its release, and how its answers stand beside known totals."""

    result: Result
    stated: Statements
    created: date
    held: Sequence[Held]

    @property
    def setting(self) -> Setting:
        """Return what recipe, kit and files say."""
        return self.result.setting

    @property
    def recipe(self) -> Recipe:
        """Return the recipe."""
        return self.result.setting.recipe

    @property
    def kit(self) -> Kit:
        """Return the kit."""
        return self.result.setting.kit

    @property
    def headline(self) -> Estimate | None:
        """Return the newest figure of the first measure for all rows together that has an effective n.

        Where all gave the same answer there is none: then that of the next measure, then the one with most answers.
        """
        area = whole_area(self.setting)
        order = [measure.id for measure in self.setting.measures]
        known = [e for e in self.result.estimates if not e.breakdown and e.n_eff is not None]
        # The latest of the first measure, and the whole before its parts.
        ranked = sorted(known, key=lambda e: (e.area != area, order.index(e.measure), -e.n))
        first = ranked[0] if ranked else None
        same = [e for e in ranked if first and (e.area, e.measure) == (first.area, first.measure)]
        return max(same, key=lambda e: e.period, default=None)

    @property
    def checks(self) -> Mapping[str, Checked]:
        """Return what became of each check, by its id."""
        return {check.id: check for check in self.result.assessment.checks}

    @property
    def rounds(self) -> tuple[str, ...]:
        """Return the periods for which there are figures, the earliest first."""
        return tuple(sorted({estimate.period for estimate in self.result.estimates}))

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day of which the answers speak: as stated, else the years of the figures."""
        period = self.recipe.period
        if period.first and period.last:
            return period.first, period.last
        try:
            spans = [years(one) for one in self.rounds]
        except BadRecipe:
            return None
        known = [year for span in spans for year in span]
        return (date(min(known), 1, 1), date(max(known), 12, 31)) if known else None


def fact(state: State, source: str, text: str, **facts: Any) -> Fact:
    """Return a fact whose English template `text` is said in all languages; labels and numbers are said in each."""
    return Fact(state, in_all(lambda: _(text).format(**{name: _shown(one) for name, one in facts.items()})), source)


def told(state: State, source: str, text: Label) -> Fact:
    """Return a fact whose words stand in recipe or kit."""
    return Fact(state, dict(text), source)


def within(criterion: Criterion, value: float, *, up: bool = False) -> State:
    """Return the state of something measured, by the bounds of the catalogue; `up`: more is better."""
    sign = -1 if up else 1
    if criterion.met is not None and sign * value <= sign * criterion.met:
        return "met"
    return "partly" if criterion.partly is not None and sign * value <= sign * criterion.partly else "not_met"


def _shown(one: Any) -> str:
    if isinstance(one, Mapping):
        return label(one)
    if isinstance(one, bool) or not isinstance(one, (int, float)):
        return in_digits(str(one))
    return said(one, 0 if one == round(one) or abs(one) >= 100 else 1)
