"""Small made-up surveys with gaps in the answers: what a release prints of them, and what is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from datashift.model import Disclosure, Estimate, Kit, Universe
from datashift.protect.suppress import Place

LEAST = 10
AREAS = "ABCDEF"
PARENTS: dict[str, str | None] = {"XX": None, **dict.fromkeys(AREAS, "XX")}
KIT = Kit(
    id="made-up", version="1.0.0", title={"en": "Made up"}, description={"en": "-"}, indicator="16.6.2",
    relation="local", relation_note={"en": ""}, universe=Universe(unit={"en": "-"}, text={"en": "-"}),
    disclosure=Disclosure(least_n=LEAST, least_effective_n=5.0), concepts={}, measures=(),
)  # fmt: skip
ONE = Estimate(
    kit="made-up@1.0.0", measure="", area="XX", area_name="", period="2024", value=50.0, se=5.0, lower=40.0, upper=60.0,
    n=0, n_eff=None, deff=None, df=9.0, unit="PT", status="A", method="taylor", sampling_type="probability",
)  # fmt: skip

Table = npt.NDArray[np.int64]


def people(seed: int) -> Table:
    """How many women and men answered in each of six areas, some of them small."""
    draw = np.random.default_rng(seed)
    size = draw.choice([4, 9, 12, 14, 20, 35, 60], len(AREAS))
    women = draw.binomial(size, 0.5)
    return np.stack([women, size - women], axis=1)


def silent(table: Table, share: float, seed: int) -> Table:
    """The same without those who did not answer a question."""
    return np.random.default_rng(1000 + seed).binomial(table, 1 - share)


def printed(table: Table, measure: str, *, crossed: bool = False) -> list[Estimate]:
    """Return the cells of a measure: by area, by sex, and by both where `crossed`."""
    return [replace(ONE, measure=measure, area=area, breakdown=group, n=n) for (area, group), n in
            _numbers(table) if crossed or area == "XX" or not group]  # fmt: skip


def rows_of(table: Table) -> dict[Place, int]:
    """Return how many rows each place has."""
    return {(area, group): n for (area, group), n in _numbers(table)}


def _numbers(table: Table) -> Iterator[tuple[tuple[str, tuple[tuple[str, str], ...]], int]]:
    groups: Sequence[tuple[tuple[tuple[str, str], ...], slice]] = (
        ((), slice(None)), ((("sex", "F"),), slice(0, 1)), ((("sex", "M"),), slice(1, 2)),
    )  # fmt: skip
    for area, here in (*((a, slice(k, k + 1)) for k, a in enumerate(AREAS)), ("XX", slice(None))):
        for group, of in groups:
            yield (area, group), int(table[here, of].sum())
