"""Official texts, series and aims that were imported into the store: read back, never without their source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datashift.errors import BadStandard
from datashift.standards.framework.records import Series

FOLDER = "standards"
LAYOUT = 1


@dataclass(frozen=True)
class Holding:
    """What one import left in the store in one language: texts by code, and links of series to indicators.

    `version` is the framework version that the texts speak of; `taken` the day of the import; `kind` what the file was.
    """

    kind: str
    language: str
    version: str
    file: str
    sha256: str
    taken: str
    source: str
    texts: Mapping[str, str]
    series: Mapping[str, tuple[str, ...]]
    path: Path


@dataclass(frozen=True)
class Text:
    """One official text, with where it came from."""

    code: str
    language: str
    text: str
    kind: str
    version: str
    file: str
    sha256: str
    taken: str
    source: str


def holdings(store: Path) -> list[Holding]:
    """Return everything that was imported into the store, newest import first. Raises BadStandard."""
    found = [_holding(path) for path in sorted((store / FOLDER).glob("*.json"))]
    return sorted(found, key=lambda holding: (holding.taken, holding.file, holding.language), reverse=True)


def texts_of(code: str, held: list[Holding], language: str | None = None) -> list[Text]:
    """Return the official texts of a code, the newest per language and kind; with `language` only that one."""
    found: dict[tuple[str, str], Text] = {}
    for holding in held:
        if code in holding.texts and language in (None, holding.language):
            found.setdefault((holding.kind, holding.language), _text(code, holding))
    return list(found.values())


def imported_series(store: Path) -> dict[str, Series]:
    """Return the series that imports told of, by code."""
    found: dict[str, Series] = {}
    for holding in holdings(store):
        for code, indicators in holding.series.items():
            found.setdefault(
                code,
                Series(code, indicators, holding.version, "", None, None, _origin(holding)),
            )
    return found


def _text(code: str, holding: Holding) -> Text:
    return Text(
        code=code,
        language=holding.language,
        text=holding.texts[code],
        kind=holding.kind,
        version=holding.version,
        file=holding.file,
        sha256=holding.sha256,
        taken=holding.taken,
        source=holding.source,
    )


def _origin(holding: Holding) -> str:
    return f"{holding.file} (SHA-256 {holding.sha256[:12]}…)"


def _holding(path: Path) -> Holding:
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        texts, series = data.pop("texts"), data.pop("series")
        if data.pop("layout") != LAYOUT:
            raise ValueError("layout")
        return Holding(
            **data,
            texts=dict(_strings(texts)),
            series={code: tuple(str(each) for each in indicators) for code, indicators in series.items()},
            path=path,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadStandard("standard.framework-store", file=path) from problem


def _strings(texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for code, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(code)
        yield code, text
