"""Load the framework in one version: from the tables that ship, or from a newer list that the user gives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from datashift.errors import BadStandard
from datashift.language import LANGUAGES, _
from datashift.standards.framework.changes import still_means
from datashift.standards.framework.official import imported_series
from datashift.standards.framework.records import Aim, Entry, Framework, Series, Version
from datashift.standards.framework.tables import (
    Row,
    given,
    labels,
    level,
    listed,
    order,
    table,
    valid,
    versions,
    versions_of,
)

_FACTS = ("same_as", "unsd_code", "tier", "tier_as_of", "custodian", "unit")
_DIRECTIONS = ("", "up", "down", "none")


def framework(version: str | None = None, data: Path | None = None, store: Path | None = None) -> Framework:
    """Return the framework in `version` (default: the newest that ships), or as the list in `data` says.

    `data` is a CSV file with a column `code`, one row per indicator; it replaces the indicators of the newest version.
    Further columns that it may have: same_as, unsd_code, tier, tier_as_of, custodian, unit, direction, confirmed,
    source, note, en, es, sw, ne. A column that it does not have is filled from the newest version, for codes in common.
    `store` is the folder whose imported series are added to those that ship. Raises BadStandard.
    """
    more = imported_series(store) if store is not None else {}
    if data is not None:
        return _with_series(_from_list(data, version), more)
    known = versions()
    name = version or list(known)[-1]
    if name not in known:
        raise BadStandard("standard.framework-version", version=name, known=", ".join(known))
    return _with_series(_shipped(name), more)


@cache
def _shipped(name: str) -> Framework:
    version = versions()[name]
    words = labels(version.as_of)
    aims = _aims(version.as_of)
    # A refinement leaves the meaning as it is, so an unconfirmed one leaves no doubt about the code.
    doubtful = [row for row in table("changes") if row["confirmed"] != "yes" and row["kind"] != "refined"]
    unsure = {row["to_code"] for row in doubtful if row["to_version"] == name}
    found = [_node(row, words) for row in valid(table("goals_and_targets"), version.as_of)]
    found += [
        _indicator(row, words.get(row["code"], {}), aims.get(row["code"], ()), row["code"] not in unsure)
        for row in valid(table("indicators"), version.as_of)
    ]
    return Framework(
        version=version,
        entries={entry.code: entry for entry in sorted(found, key=lambda entry: order(entry.code))},
        all_series=_still(_series(), name),
        elsewhere=versions_of(),
    )


def _node(row: Row, words: Mapping[str, dict[str, str]]) -> Entry:
    code = row["code"]
    return Entry(
        code=code,
        level=level(code) or "goal",
        parent=code.rpartition(".")[0],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        label=words[code],
        confirmed=True,
        source=row["source"],
    )


def _indicator(row: Row, label: dict[str, str], aims: tuple[Aim, ...], sure: bool) -> Entry:
    return Entry(
        code=row["code"],
        level="indicator",
        parent=row["code"].rpartition(".")[0],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        label=label,
        confirmed=sure and row["confirmed"] != "no",
        source=row["source"],
        same_as=listed(row["same_as"]),
        unsd_code=row["unsd_code"],
        tier=row["tier"],
        tier_as_of=row["tier_as_of"],
        custodian=listed(row["custodian"]),
        unit=row["unit"],
        aims=aims,
        note=row["note"],
    )


def _aims(month: str) -> dict[str, tuple[Aim, ...]]:
    found: dict[str, list[Aim]] = {}
    for row in valid(table("aims"), month):
        found.setdefault(row["code"], []).append(
            Aim(
                part=row["part"],
                direction=row["direction"],
                rule=row["rule"],
                target=float(row["target"]) if row["target"] else None,
                unit=row["unit"],
                by=int(row["by"]) if row["by"] else None,
                origin=row["origin"],
                source=row["source"],
                note=row["note"],
            )
        )
    return {code: tuple(aims) for code, aims in found.items()}


@cache
def _series() -> dict[str, Series]:
    return {
        row["series"]: Series(
            code=row["series"],
            indicators=listed(row["indicator"]),
            version=row["version"],
            unit=row["unit"],
            admits=_admitted(row["admits"]),
            filled=tuple(row["filled_2020"].replace("-", "").split()) if row["filled_2020"] else None,
            source=row["source"],
            note=row["note"],
        )
        for row in table("series")
    }


def _admitted(cell: str) -> dict[str, tuple[str, ...]] | None:
    if not cell:
        return None
    parts = [part.partition("=") for part in cell.split() if part != "-"]
    return {name: tuple(codes.split(",")) if codes else () for name, _equals, codes in parts}


def _with_series(base: Framework, more: Mapping[str, Series]) -> Framework:
    if not more:
        return base
    name = base.version.name if base.version.name in versions() else list(versions())[-1]
    series = dict(sorted({**_still(more, name), **base.all_series}.items()))
    return Framework(base.version, base.entries, series, base.elsewhere, base.origin)


def _still(series: Mapping[str, Series], name: str) -> dict[str, Series]:
    """Return the series with only those indicators that still mean the same in the version `name`."""
    return {
        code: replace(each, indicators=tuple(i for i in each.indicators if still_means(i, each.version, name)))
        for code, each in series.items()
    }


# --- a newer list ---------------------------------------------------------------------------------------------------


def _from_list(file: Path, name: str | None) -> Framework:
    content = file.read_bytes()
    rows = given(content, file.name)
    sha256 = hashlib.sha256(content).hexdigest()
    base = framework()
    _check_list(rows, base, file.name)
    origin = f"{file.name} (SHA-256 {sha256[:12]}…)"
    kept = [entry for entry in base.entries.values() if entry.level != "indicator"]
    found = kept + [_merged(row, base.entries.get(row["code"]), origin) for row in rows]
    version = Version(
        name=name or file.stem,
        as_of="",
        listed=None,
        unique=None,
        complete=True,
        source=origin,
        note=_("given as a file; what it does not say is taken from the version {version}").format(
            version=base.version.name
        ),
    )
    entries = {entry.code: entry for entry in sorted(found, key=lambda entry: order(entry.code))}
    return Framework(version, entries, base.all_series, base.elsewhere, origin)


def _check_list(rows: Iterable[Row], base: Framework, file: str) -> None:
    codes = {row["code"] for row in rows}
    for number, row in enumerate(rows, 2):
        problem = ""
        target = row["code"].rpartition(".")[0]
        unknown = [code for code in listed(row.get("same_as", "")) if code not in codes]
        if target not in base.entries:
            problem = _("there is no target {target}").format(target=target)
        elif unknown:
            problem = _("same_as names {code}, which is not in the list").format(code=unknown[0])
        elif row.get("direction", "") not in _DIRECTIONS:
            problem = _("the direction must be up, down or none, not '{direction}'").format(direction=row["direction"])
        if problem:
            raise BadStandard("standard.framework-row", file=file, row=number, problem=problem)


def _merged(row: Row, before: Entry | None, origin: str) -> Entry:
    aims = before.aims if before else ()
    if "direction" in row:
        aims = (Aim(part="", direction=row["direction"], source=origin),) if row["direction"] else ()
    label = dict(before.label) if before else {}
    label |= {language: row[language] for language in LANGUAGES if row.get(language)}
    earlier = _as_row(before) if before else dict.fromkeys(_FACTS, "")
    facts = earlier | {name: row[name] for name in _FACTS if name in row}
    source = "; ".join(part for part in (origin, row.get("source", "")) if part)
    whole = facts | {"code": row["code"], "valid_from": "", "valid_to": "", "source": source}
    whole |= {"note": row.get("note", ""), "confirmed": row.get("confirmed") or "yes"}
    return _indicator(whole, label, aims, sure=True)


def _as_row(entry: Entry) -> dict[str, str]:
    return {
        "same_as": "; ".join(entry.same_as),
        "unsd_code": entry.unsd_code,
        "tier": entry.tier,
        "tier_as_of": entry.tier_as_of,
        "custodian": "; ".join(entry.custodian),
        "unit": entry.unit,
    }
