"""Whether a number in somebody's sentence stands in the evidence: rounded as far as is honest, never sharper."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from datashift.claims.claim import Claim
from datashift.claims.figures import Number
from datashift.claims.reading import Mention
from datashift.claims.words import plain

NEPALI_YEARS = (56, 57)
"""A year of Bikram Sambat begins in April: it is 56 or 57 ahead."""


@dataclass(frozen=True)
class Carried:
    """A number that a claim states, as it may be quoted: its interval where it has one, its decimals, and its kind."""

    claim: Claim
    number: Number
    lower: float | None
    upper: float | None
    decimals: int
    share: bool
    points: bool

    @property
    def main(self) -> bool:
        """Say whether it is what the claim is about, not a bound, a count of answers or a year."""
        mine = self.number.where.endswith((".value", ".difference")) or ".contest." in self.number.where
        return mine and not self.official

    @property
    def bound(self) -> bool:
        """Say whether it is an end of an interval."""
        return self.number.where.endswith(("lower", "upper"))

    @property
    def official(self) -> bool:
        """Say whether it is what somebody official says."""
        return ".official." in self.number.where

    @property
    def contested(self) -> bool:
        """Say whether it is what would have to be wrong."""
        return ".contest." in self.number.where

    @property
    def uncertain(self) -> bool:
        """Say whether it must be said with "about" or with its interval."""
        return self.main and self.lower is not None


def carried_by(claims: Iterable[Claim]) -> list[Carried]:
    """Return the numbers that claims state, but for years."""
    found: list[Carried] = []
    for one in claims:
        numbers = one.numbers
        ends = {n.where: n.value for n in numbers}
        for number in numbers:
            if not is_time(number):
                stem = number.where.removesuffix(".value").removesuffix(".difference")
                pairs = [(f"{stem}.{mark}lower", f"{stem}.{mark}upper") for mark in ("", "difference_")]
                wanted = pairs[1] if number.where == "comparison.difference" else pairs[0]
                known = number.where.endswith((".value", ".difference")) and ".official." not in number.where
                low, high = (ends.get(name) if known else None for name in wanted)
                found.append(_carried(one, number, low, high))
    return found


def is_time(number: Number) -> bool:
    """Say whether a number is a period or a year."""
    return number.where.endswith(("period", "year"))


def years_in(claims: Iterable[Claim]) -> set[int]:
    """Return the calendar years that claims speak of, from the first to the last of each period."""
    found: set[int] = set()
    for one in claims:
        for number in filter(is_time, one.numbers):
            stated = [int(year) for year in re.findall(r"\d{4}", plain(number.text))]
            found |= set(range(min(stated), max(stated) + 1)) if stated else set()
    return found


def is_year(mention: Mention, years: set[int]) -> bool:
    """Say whether a year is one that the evidence speaks of, in either calendar."""
    year = int(mention.values[0])
    return year in years or any(year - ahead in years for ahead in NEPALI_YEARS)


def matches(mention: Mention, number: Carried, *, about: bool, denied: bool) -> bool:
    """Say whether a number as written may stand for one of the evidence.

    As many decimals as the interval bears, or fewer; whole tens and hundreds with a word such as "about"; "7 in 10"
    where it is the nearest; "more than" what the whole interval lies above; where it says "not", only what is left to
    100.
    """
    if mention.kind == "part":
        return _is_part(mention, number, denied=denied)
    fits = {"share": number.share, "points": number.points, "plain": True}.get(mention.kind, False)
    if not fits:
        return False
    if mention.bound:
        return _beyond(mention, number)
    turned = denied and number.share
    values = [100 - value for value in mention.values] if turned else mention.values
    near = any(_near(value, mention, number.number.value, about=about) for value in values)
    return near and mention.decimals <= number.decimals


def too_sharp(mention: Mention, number: Carried) -> bool:
    """Say whether a number is right but for decimals that its interval does not bear."""
    near = any(_near(value, mention, number.number.value, about=False) for value in mention.values)
    return near and mention.decimals > number.decimals


def is_range(first: Mention, second: Mention, number: Carried) -> bool:
    """Say whether two numbers hold the whole interval of a figure between them."""
    if number.lower is None or number.upper is None or not number.main:
        return False
    slack = 0.5 * 10.0**-number.decimals + 1e-9
    return first.values[-1] <= number.lower + slack and number.upper - slack <= second.values[-1]


def _carried(one: Claim, number: Number, low: float | None, high: float | None) -> Carried:
    text = plain(number.text)
    last = re.findall(r"\d+(?:[.,](\d+))?", text)
    share = "%" in text
    points = number.where.endswith((".difference", "difference_lower", "difference_upper")) and not share
    subject = one.evidence.subject
    bare = subject.unit == "PT" and number.where.endswith(("lower", "upper", "relevant_difference", "[0]", "[1]"))
    in_share = share or (bare and not points)
    return Carried(one, number, low, high, len(last[-1]) if last else 0, in_share, points or bare)


def _is_part(mention: Mention, number: Carried, *, denied: bool) -> bool:
    if not number.share:
        return mention.values[0] == number.number.value
    share = 100 * mention.values[0] / mention.of
    if denied:
        share = 100 - share
    if mention.bound:
        return _outside(mention.bound, share, number, 50 / mention.of)
    return abs(share - number.number.value) <= 50 / mention.of + 1e-9


def _near(value: float, mention: Mention, exact: float, *, about: bool) -> bool:
    step = 0.5 * 10.0**-mention.decimals
    if mention.tolerance:
        step = mention.tolerance
    elif about and value and not mention.decimals:
        zeros = len(f"{value:.0f}") - len(f"{value:.0f}".rstrip("0"))
        step = 0.5 * 10.0 ** min(zeros, max(0, math.floor(math.log10(value)) - (value >= 100)))
    return abs(value - abs(exact)) <= step + 1e-9


def _beyond(mention: Mention, number: Carried) -> bool:
    return not number.bound and any(_outside(mention.bound, value, number, 0.0) for value in mention.values)


def _outside(bound: str, value: float, number: Carried, slack: float) -> bool:
    low = number.number.value if number.lower is None else number.lower
    high = number.number.value if number.upper is None else number.upper
    return low >= value - slack if bound == ">" else high <= value + slack
