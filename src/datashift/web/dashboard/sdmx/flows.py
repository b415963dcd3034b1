"""Dataflows: one per version of a kit. What its key is made of, and what a question about it asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.conf import settings

from datashift.errors import BadRecipe
from datashift.errors.web import BadQuery
from datashift.model import Kit
from datashift.publish.sdmx_csv import dimensions_and_codes
from datashift.standards.periods import years
from datashift.standards.structures.identifiers import AGENCY, code_ids, flow_id, name_id
from datashift.standards.structures.layout import parts
from datashift.web.dashboard.models import Release
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import order, parsed

TIME = "TIME_PERIOD"
_KIT = "\x00"
_PART = re.compile(r"(\d{4})-(?:([STQ])([1-4])|M?(0[1-9]|1[0-2]))")
_MONTHS = {"S": 6, "T": 4, "Q": 3}


@dataclass(frozen=True)
class Flow:
    """A dataflow: the kit whose figures it holds."""

    kit: Kit

    @property
    def id(self) -> str:
        """Return its id, such as DF_WATER_POINT_FUNCTIONALITY."""
        return f"DF_{name_id(self.kit.id)}"

    @property
    def name(self) -> str:
        """Return agency, id and version: what a row names as its structure."""
        return flow_id(self.kit)

    @property
    def structure(self) -> str:
        """Return the id of its data structure."""
        return f"SDG_SHADOW_{name_id(self.kit.id)}"

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Return the dimensions by which its measures are broken down."""
        return tuple(dimensions_and_codes(self.kit)[0].values())

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions of its key, in the order of its data structure; time is none of them."""
        known = [part.id for part in parts() if part.role == "D" and part.id != TIME]
        return (*known, *(name for name in self.groups if name not in known))

    @cached_property
    def measures(self) -> Mapping[str, str]:
        """Return its measures by the code they have in SDMX."""
        return {code: measure for measure, code in code_ids(m.id for m in self.kit.measures).items()}


@dataclass(frozen=True)
class Asked:
    """A question: for each dimension the codes that are wanted (none: all), and first and last day."""

    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None

    def meets(self, period: str) -> bool:
        """Say whether a period touches the time that is asked for."""
        if self.start is None and self.end is None:
            return True
        first, last = span(period)
        return (self.start is None or last >= self.start) and (self.end is None or first <= self.end)


# --- which flow -------------------------------------------------------------------------------------------------------


def kits() -> dict[tuple[str, str], str]:
    """Return the text of every kit with a dataflow, by id and version: those of the registry, and those of bundles."""
    found = {(row.kit, row.version): row.text for row in KitVersion.objects.all()}
    for kit, version, release in Release.objects.order_by("pk").values_list("kit", "kit_version", "pk"):
        path = settings.HOME / "releases" / release / "kit.toml"
        if (kit, version) not in found and path.is_file():
            found[kit, version] = path.read_text("utf-8")
    return found


def flow(named: str) -> Flow:
    """Return the dataflow that `agency,id,version`, `agency,id` or `id` names. Raises BadQuery (query.not-there)."""
    stated = named.split(",")
    agency, name, version = {1: ("", *stated, ""), 2: (*stated, "")}.get(len(stated), tuple(stated[:3]))
    same = {v: text for (kit, v), text in kits().items() if f"DF_{name_id(kit)}" == name}
    newest = max(same, key=order, default="")
    chosen = newest if version in ("", "latest", "all", "*", "+", "~") else version
    if agency not in ("", "all", AGENCY) or chosen not in same or len(stated) > 3:
        raise BadQuery("query.not-there", name=named[:120])
    return Flow(parsed(same[chosen]))


# --- what is asked ----------------------------------------------------------------------------------------------------


def asked(flow: Flow, key: str, start: str = "", end: str = "") -> Asked:
    """Read a key and the bounds of time. Raises BadQuery (query.bad-key, query.bad-value)."""
    first, last = (_day("startPeriod", start, 0), _day("endPeriod", end, 1))
    return Asked(_wanted(flow, key), first, last)


def _wanted(flow: Flow, key: str) -> dict[str, frozenset[str]]:
    if key in ("", "all", "ALL"):
        return {}
    names = flow.dimensions
    # The dots of a version, and those in the name of a producer, divide nothing.
    own = f"{flow.kit.id}@{flow.kit.version}"
    stated = key.replace(own, _KIT).split(".")
    at, more = names.index("PRODUCER"), len(stated) - len(names)
    if more > 0 and any(stated[at : at + more + 1]):
        stated[at : at + more + 1] = [".".join(stated[at : at + more + 1])]
    if len(stated) != len(names):
        facts = {"key": key[:160], "flow": flow.id, "wanted": len(names), "dimensions": ".".join(names)}
        raise BadQuery("query.bad-key", **facts)
    return {
        name: frozenset(code.replace(_KIT, own) for code in codes.split("+"))
        for name, codes in zip(names, stated, strict=True)
        if codes
    }


def _day(parameter: str, text: str, side: int) -> date | None:
    if not text:
        return None
    try:
        return span(text)[side]
    except BadRecipe:
        repair = "2020, 2020-Q3, 2020-07, 2020-07-15"
        raise BadQuery("query.bad-value", parameter=parameter, value=text[:80], repair=repair) from None


def span(period: str) -> tuple[date, date]:
    """Return the first and the last day of a period; of a range, of the calendar years that it touches.

    Raises BadRecipe where it is no period.
    """
    first_year, last_year = years(period)
    if not 0 < first_year <= last_year < 9999:
        raise BadRecipe("official.not-a-period", period=period)
    if len(period) == 10 and period.count("-") == 2:
        day = date.fromisoformat(period)
        return day, day
    part = _PART.fullmatch(period)
    if part is None:
        return date(first_year, 1, 1), date(last_year, 12, 31)
    length = _MONTHS[part[2]] if part[2] else 1
    start = (int(part[3]) - 1) * length if part[2] else int(part[4]) - 1
    if start + length > 12:
        raise BadRecipe("official.not-a-period", period=period)
    year, month = divmod(start + length, 12)
    return date(first_year, start + 1, 1), date(first_year + year, month + 1, 1) - timedelta(days=1)
