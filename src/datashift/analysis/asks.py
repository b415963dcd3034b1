"""What an analyst can ask of a table: a mean, a share, a total, a ratio, a quantile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from datashift.errors import BadQuestion

QUANTILE_RULES = ("math", "school", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")
"""How a quantile lies between values, by the names of R survey (`qrule`); hf: Hyndman & Fan 1996."""


@dataclass(frozen=True)
class Ask:
    """One figure that is asked for.

    variable: the column (None for a total of weights).   codes: what counts, for a share; without any, the values that
    mean yes (1, true).   denominator: the column below, for a ratio.   probabilities, rule: for quantiles.
    """

    kind: Literal["mean", "proportion", "total", "ratio", "quantile"]
    variable: str | None
    codes: tuple[Any, ...] = ()
    denominator: str | None = None
    probabilities: tuple[float, ...] = ()
    rule: str = "math"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are calculated with."""
        return tuple(name for name in (self.variable, self.denominator) if name)

    @property
    def label(self) -> str:
        """Return a short name of the figure, such as mean(income)."""
        inside = self.variable or "1"
        if self.codes:
            inside += ": " + ", ".join(map(str, self.codes))
        if self.denominator:
            inside += " / " + self.denominator
        return f"{self.kind}({inside})"

    @property
    def unit(self) -> str:
        """Return PT for a share (per cent), else nothing: the unit is that of the column."""
        return "PT" if self.kind == "proportion" else ""


def mean(variable: str) -> Ask:
    """Ask for the weighted mean of a column (R: svymean)."""
    return Ask("mean", variable)


def proportion(variable: str, *codes: Any) -> Ask:
    """Ask for the share of rows whose column has one of `codes`, in per cent (R: 100 × svymean or svyciprop).

    Without codes the column must hold 0 and 1, or false and true.
    """
    return Ask("proportion", variable, tuple(codes))


def total(variable: str | None = None) -> Ask:
    """Ask for the weighted total of a column; without one, how many people the rows stand for (R: svytotal)."""
    return Ask("total", variable)


def ratio(numerator: str, denominator: str) -> Ask:
    """Ask for the ratio of two weighted totals, over the rows that have both (R: svyratio)."""
    return Ask("ratio", numerator, denominator=denominator)


def quantile(variable: str, *probabilities: float, rule: str = "math") -> Ask:
    """Ask for weighted quantiles of a column, with Woodruff's interval (R: svyquantile, interval.type = "mean").

    Errors: BadQuestion for a probability outside 0 to 1, or an unknown rule.
    """
    for p in probabilities:
        if not 0 < p < 1:
            raise BadQuestion("question.probability", value=p)
    if rule not in QUANTILE_RULES:
        raise BadQuestion("question.rule", rule=rule, known=", ".join(QUANTILE_RULES))
    return Ask("quantile", variable, probabilities=tuple(probabilities) or (0.5,), rule=rule)
