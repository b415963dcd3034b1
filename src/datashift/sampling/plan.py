"""The plan: how many are drawn, how, and in which strata. It is written down before the seed is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from datashift.errors import BadSample

Method = Literal["simple", "systematic", "pps", "sampford", "spatial"]
Allocation = Literal["proportional", "equal"]

BY_SIZE = ("pps", "sampford")
"""Methods by which the chance follows the size."""


@dataclass(frozen=True)
class Plan:
    """How a sample is drawn.

    method, within each stratum:
      simple      all sets of n have the same chance.
      systematic  every k-th from a start by lot, along the order columns of the frame (along lots without them).
      pps         the same with chances in proportion to size (Madow 1949; randomised by Hartley & Rao 1962).
      sampford    chances in proportion to size, with known chances of pairs (Sampford 1967).
      spatial     spread over the map (local pivotal method: Grafström, Lundström & Schelin 2012); the chance follows
                  the size where the frame has one.
    n: units of the first stage over all strata, shared out by `allocation` (proportional: to the number of units, or
    to the sum of sizes where the chance follows it; at least `least` per stratum). `given`: numbers by stratum instead.
    seed: the text that decides the lots.   reserve: how many more are drawn per stratum to stand by.
    within: units in each place of the first stage;   within_reserve: reserves there.
    """

    n: int | None
    seed: str
    method: Method = "simple"
    allocation: Allocation = "proportional"
    given: Mapping[str, int] = field(default_factory=dict)
    least: int = 2
    reserve: int = 0
    within: int | None = None
    within_reserve: int = 0

    def __post_init__(self) -> None:
        for what, value, known in (
            ("method", self.method, get_args(Method)),
            ("allocation", self.allocation, get_args(Allocation)),
        ):
            if value not in known:
                raise BadSample("sample.choice", what=what, value=value, known=", ".join(known))
        if not isinstance(self.seed, str) or not self.seed.strip():
            raise BadSample("sample.seed")
        together = sum(self.given.values())
        if self.given and self.n not in (None, together):
            raise BadSample("sample.given-differs", n=self.n, sum=together)
        if self.given:
            object.__setattr__(self, "n", together)
        numbers = {"n": (self.n, 1), "least": (self.least, 1), "reserve": (self.reserve, 0)}
        numbers |= {f"given {name}": (count, 1) for name, count in self.given.items()}
        numbers |= {"within_reserve": (self.within_reserve, 0)}
        numbers |= {} if self.within is None else {"within": (self.within, 1)}
        for what, (count, least) in numbers.items():
            if not isinstance(count, int) or count < least:
                raise BadSample("sample.number", what=what, value=count, least=least)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan ready for JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"given": dict(self.given)}


def allocated(plan: Plan, counts: Mapping[str, int], sizes: Mapping[str, float]) -> dict[str, int]:
    """Return how many are drawn in each stratum.

    In: units and sums of sizes by stratum.   Out: whole numbers that add up to `n`, none above the units there are,
    and none below `least` (or all units, where there are fewer). Shares are rounded by largest remainder (Hamilton).
    Raises BadSample where that cannot be.
    """
    if plan.given:
        return _given(plan.given, counts)
    n = plan.n or 0
    if n > sum(counts.values()):
        raise BadSample("sample.more-than-there-are", wanted=n, stratum="–", there=sum(counts.values()))
    low = {name: min(plan.least, count) for name, count in counts.items()}
    if n < sum(low.values()):
        raise BadSample("sample.fewer-than-strata", n=n, strata=len(counts), least=plan.least)
    measure = dict.fromkeys(counts, 1.0) if plan.allocation == "equal" else sizes
    quotas = _between(n, measure, low, counts)
    whole = {name: math.floor(quota + 1e-9) for name, quota in quotas.items()}
    # Ties in what is left over are broken by the name of the stratum.
    by_rest = sorted(quotas, key=lambda name: (-round(quotas[name] - whole[name], 9), name))
    for name in by_rest[: n - sum(whole.values())]:
        whole[name] += 1
    return whole


def _given(given: Mapping[str, int], counts: Mapping[str, int]) -> dict[str, int]:
    missing, unknown = sorted(set(counts) - set(given)), sorted(set(given) - set(counts))
    if missing or unknown:
        raise BadSample("sample.given", missing=", ".join(missing) or "–", unknown=", ".join(unknown) or "–")
    for name, n in given.items():
        if n > counts[name]:
            raise BadSample("sample.more-than-there-are", wanted=n, stratum=name, there=counts[name])
    return {name: given[name] for name in counts}


def _between(n: int, measure: Mapping[str, float], low: Mapping[str, int], high: Mapping[str, int]) -> dict[str, float]:
    """Share n out in proportion to a measure, none below its low and none above its high number."""
    fixed: dict[str, float] = {}
    while True:
        rest = {name: value for name, value in measure.items() if name not in fixed}
        each = (n - sum(fixed.values())) / (math.fsum(rest.values()) or 1.0)
        quotas = {name: each * value for name, value in rest.items()}
        over = {name: float(high[name]) for name, quota in quotas.items() if quota > high[name]}
        under = {name: float(low[name]) for name, quota in quotas.items() if quota < low[name]}
        if not over and not under:
            return fixed | quotas
        excess = sum(quotas[name] - bound for name, bound in over.items())
        # The side that is further out is fixed first: the other one may then come right by itself.
        fixed |= over if excess >= sum(bound - quotas[name] for name, bound in under.items()) else under
