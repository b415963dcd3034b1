"""SDMX-CSV 1.0 and 2.0, and plain tables whose columns bear the ids of SDMX components."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa

from datashift.errors import BadOfficial
from datashift.official.arrays import combined, encoded, mapped
from datashift.official.codes import code_of, concept_of, nature_of, unit_of, unused
from datashift.official.packed import Member
from datashift.official.schema import Cells, Setting
from datashift.standards.structures.layout import parts

SERIES = ("SERIES", "INDICATOR", "SERIES_CODE", "INDICATOR_CODE", "MEASURE", "SUBJECT")
AREA = ("REF_AREA", "GEO", "COUNTRY", "LOCATION", "GEOGRAPHY")

ROLES = {
    "TIME_PERIOD": "period", "OBS_VALUE": "value", "UNIT_MEASURE": "unit", "UNIT_MULT": "unit_mult",
    "NATURE": "nature", "OBS_STATUS": "status", "STD_ERROR": "se", "LOWER_BOUND": "lower", "UPPER_BOUND": "upper",
    "SOURCE_DETAIL": "source_detail", "REF_AREA_NAME": "area_name",
}  # fmt: skip
"""Components of the SDG data structure, and what they are."""

ATTRIBUTES = frozenset(
    {
        "FREQ", "REPORTING_TYPE", "BASE_PER", "TIME_DETAIL", "TIME_COVERAGE", "GEO_INFO_URL", "GEO_INFO_TYPE",
        "CUST_BREAKDOWN_LB", "TIME_FORMAT", "DECIMALS", "CONF_STATUS", "OBS_CONF", "UNIT", "N_OBS", "LAST_UPDATE",
    }
)  # fmt: skip
"""Components that say more about a figure, without being a breakdown. The first two are dimensions."""

_COMMENTS = ("COMMENT_OBS", "COMMENT_TS", "COMMENT_DSET")
_ENVELOPE = frozenset({"DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "DATA_LAST_UPDATE", "_row"})
_COMPONENT = re.compile(r"[A-Z][A-Z0-9_]*")
_FLOW = re.compile(r"(?:([\w.\-]+):)?([\w.\-]+)(?:\(|$)")


def sdmx_csv(table: pa.Table, member: Member, _setting: Setting) -> Cells:
    """Read SDMX-CSV with codes or with codes and labels ("A: Annual").

    Raises BadOfficial for a file of deletions, and for two columns of one component.
    """
    columns: dict[str, pa.Array] = {}
    for written in table.column_names:
        name = written.partition(":")[0].strip()
        if name in columns:
            raise BadOfficial("official-import.same-column", file=member.name, column=name)
        column = table[written] if name in ("OBS_VALUE", "_row") else encoded(table[written])
        both = ":" in written and name not in ("OBS_VALUE", "_row")
        columns[name] = mapped(column, _code) if both else column
    known = _components(columns)
    _no_deletions(known, member.name)
    flow = next((known[name] for name in ("STRUCTURE_ID", "DATAFLOW") if name in known), None)
    names = list(known)
    after = set(names[names.index("OBS_VALUE") + 1 :])
    return cells_of(known, after, _flow_name(flow))


def _components(columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the columns by component. Where a file has words beside all its codes, the words are left out; any other
    column without the name of a component gets one, so that no breakdown is lost.
    """
    found: dict[str, pa.Array] = {}
    names = list(columns)
    words = {name for name in names if not _COMPONENT.fullmatch(name) and name != "_row"}
    labelled = all(names[names.index(name) + 1] in words for name in ("TIME_PERIOD", "OBS_VALUE"))
    for before, name in zip(["", *names], names, strict=False):
        if name not in words:
            found[name] = columns[name]
        elif name == "Reference area":
            found["REF_AREA_NAME"] = columns[name]
        elif before in words or not labelled:
            found[unused(concept_of(name), {*found, *names})] = columns[name]
    return found


def cells_of(columns: Mapping[str, pa.Array], attributes: set[str], flow: str) -> Cells:
    """Return the figures of SDMX components by id; `attributes` are those that the message says are no dimensions."""
    roles = {role: columns[name] for name, role in ROLES.items() if name in columns}
    series = next((name for name in SERIES if name in columns), "")
    area = next((name for name in AREA if name in columns), "")
    roles |= {"series": columns[series]} if series else {}
    roles |= {"area_code": columns[area]} if area else {}
    roles |= {"nature": mapped(roles["nature"], nature_of)} if "nature" in roles else {}
    roles |= {"unit": mapped(roles["unit"], unit_of)} if "unit" in roles else {}
    comments = [columns[name] for name in _COMMENTS if name in columns]
    if comments:
        roles["footnote"] = comments[0] if len(comments) == 1 else _together(comments)
    taken = {*ROLES, *_COMMENTS, *_ENVELOPE, series, area}
    rest = [name for name in columns if name not in taken]
    dimensions = {part.id for part in parts("SDG") if part.role == "D"}
    beside = {name for name in rest if name in ATTRIBUTES or (name in attributes and name not in dimensions)}
    return Cells(
        columns=roles,
        rows=columns["_row"],
        breakdowns={
            name: mapped(columns[name], lambda text, name=name: code_of(name, text))  # type: ignore[misc]
            for name in rest if name not in beside
        },
        attributes={name: columns[name] for name in rest if name in beside},
        released=_last_update(columns),
        source=flow,
    )  # fmt: skip


def _together(comments: list[pa.Array]) -> pa.Array:
    return combined(comments, lambda *texts: " · ".join(dict.fromkeys(filter(None, texts))))


def _code(text: str) -> str:
    return text.partition(":")[0].strip()


def _no_deletions(columns: Mapping[str, pa.Array], file: str) -> None:
    actions = columns.get("ACTION")
    if actions is None or not {"D", "d"} & set(actions.dictionary.to_pylist()):
        return
    place = [text.upper() for text in actions.to_pylist()].index("D")
    raise BadOfficial("official-import.deletions", file=file, row=columns["_row"][place].as_py())


def _flow_name(flow: pa.Array | None) -> str:
    """Return agency:id of the data flow, without its version, so that a new version has the same source."""
    texts = [text for text in flow.dictionary.to_pylist() if text] if flow is not None else []
    found = _FLOW.match(texts[0].strip()) if len(texts) == 1 else None
    return ":".join(filter(None, found.groups())) if found else ""


def _last_update(columns: Mapping[str, pa.Array]) -> str:
    updates = columns.get("DATA_LAST_UPDATE")
    days = [text[:10] for text in updates.dictionary.to_pylist() if text] if updates is not None else []
    return max(days, default="")
