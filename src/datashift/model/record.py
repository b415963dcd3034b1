"""What all records share: labels, names, and strictness."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict

Label = dict[str, str]
Verdict = Literal[
    "gap", "no_gap_seen", "cannot_tell", "not_comparable",
    "no_official_figure", "official_stale", "official_hides_group",
]  # fmt: skip

SamplingType = Literal[
    "probability", "quota", "snowball", "rds", "small_area_census", "volunteer",
    "sensor_network", "event_registry", "facility_register", "published_averages", "undocumented",
]  # fmt: skip
"""How the answers came about. Only `probability` carries a plain margin of error."""

SAMPLING_TYPES = get_args(SamplingType)

BY_CHANCE: tuple[SamplingType, ...] = ("probability", "small_area_census")
"""Ways to choose that let a figure speak of everybody in its area."""


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
