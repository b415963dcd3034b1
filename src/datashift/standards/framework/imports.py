"""Take official texts, series and aims from published files into the store, and say what was left and why.

Read are: the translations of goals, targets and indicators of Open SDG (flat YAML, or all of them in a ZIP), the
concepts of a DDF data set (`ddf--concepts--continuous.csv`), the Open SDG list of targets (CSV), and SDMX structure
messages.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from datashift.errors import BadStandard
from datashift.language import _
from datashift.standards.framework.changes import changes
from datashift.standards.framework.load import framework
from datashift.standards.framework.official import FOLDER, LAYOUT
from datashift.standards.framework.parts import Part, members, part_of
from datashift.standards.framework.tables import versions


@dataclass(frozen=True)
class Imported:
    """What an import took and left.

    `taken` counts the texts by language, `links` the series with their indicators. `left` counts what was left out by
    reason, in the language spoken during the import. `stored` are the files written.
    """

    kind: str
    file: str
    sha256: str
    version: str
    taken: Mapping[str, int]
    links: int
    left: Mapping[str, int]
    stored: tuple[Path, ...]


@dataclass
class _Catch:
    """What has been gathered so far, by kind and language."""

    texts: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    series: dict[tuple[str, str], dict[str, tuple[str, ...]]] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


def import_texts(
    path: Path, store: Path, languages: Sequence[str] = (), version: str | None = None, today: date | None = None
) -> Imported:
    """Take what `path` holds into `store`/standards and return what was taken and left.

    `languages` limits what is taken (default: every language in the file). `version` is the framework version that the
    texts speak of; without it the newest whose added codes the file knows. Raises BadStandard where nothing is taken.
    """
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    catch = _Catch()
    for name, data in members(content, path):
        _gather(catch, part_of(data, name, path.name, languages), languages)
    codes = {code for texts in catch.texts.values() for code in texts}
    codes |= {code for links in catch.series.values() for linked in links.values() for code in linked}
    about = version or _version(codes)
    series = {code for links in catch.series.values() for code in links}
    taken = {key: _known(texts, about, catch.left, series) for key, texts in catch.texts.items()}
    taken = {key: texts for key, texts in taken.items() if texts}
    if not taken:
        reasons = "; ".join(list(catch.left)[:3]) or _("no text belongs to a goal, target, indicator or series")
        raise BadStandard("standard.framework-nothing", file=path.name, reasons=reasons)
    day = (today or datetime.now(UTC).date()).isoformat()
    facts = {"version": about, "file": path.name, "sha256": sha256, "taken": day}
    stored = [_keep(store, key, texts, catch.series.get(key, {}), facts) for key, texts in sorted(taken.items())]
    return Imported(
        kind=", ".join(dict.fromkeys(kind for kind, _language in sorted(taken))),
        file=path.name,
        sha256=sha256,
        version=about,
        taken=_counted(taken),
        links=len(series),
        left=dict(catch.left),
        stored=tuple(stored),
    )


def _counted(taken: Mapping[tuple[str, str], Mapping[str, str]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (_kind, language), texts in sorted(taken.items(), key=lambda each: each[0][1]):
        found[language] += len(texts)
    return dict(found)


def _gather(catch: _Catch, part: Part, languages: Sequence[str]) -> None:
    for reason, count in part.left.items():
        catch.left[reason] += count
    series = part.series
    for language, texts in part.texts.items():
        if languages and language not in languages:
            catch.left[_("texts in languages that were not asked for")] += len(texts)
            continue
        key = (part.kind, language)
        catch.texts.setdefault(key, {}).update(texts)
        # The links are the same in every language; they are kept with the first.
        catch.series.setdefault(key, {}).update(series)
        series = {}


def _version(codes: set[str]) -> str:
    """Return the newest version such that, of the codes first seen in it or an earlier one, some are among `codes`."""
    found, seen = "", set[str]()
    for name in versions():
        here = {code for code, entry in framework(name).entries.items() if entry.level == "indicator"}
        fresh = {c.to_code for c in changes() if c.to_version == name and c.kind == "added" and c.confirmed} - seen
        seen |= here
        if fresh and not fresh & codes:
            break
        found = name
    return found


def _known(texts: Mapping[str, str], version: str, left: Counter[str], series: set[str]) -> dict[str, str]:
    base = framework(version)
    kept: dict[str, str] = {}
    for code, text in texts.items():
        if code in base.entries or code in series:
            kept[code] = text
        elif code in base.elsewhere:
            others = ", ".join(base.elsewhere[code])
            left[_("{code} is not in the version {version}, only in {others}").format(
                code=code, version=version, others=others
            )] += 1  # fmt: skip
        else:
            left[_("unknown code: {code}").format(code=code)] += 1
    return kept


def _keep(
    store: Path,
    key: tuple[str, str],
    texts: Mapping[str, str],
    series: Mapping[str, tuple[str, ...]],
    facts: Mapping[str, str],
) -> Path:
    kind, language = key
    folder = store / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    record = {"layout": LAYOUT, "kind": kind, "language": language, **facts, "source": _SOURCES[kind]}
    record |= {"texts": dict(texts), "series": {code: list(links) for code, links in series.items()}}
    path = folder / f"{kind}-{PurePosixPath(language).name}-{facts['sha256'][:12]}.json"
    # Written beside and moved into place, so that a file in the store is always whole.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".part", delete=False) as part:
        json.dump(record, part, ensure_ascii=False, indent=1)
    os.replace(part.name, path)
    return path


_SOURCES = {
    "translations": "Open SDG, sdg-translations",
    "ddf": "UNSD Global SDG Indicators Database, as DDF",
    "aims": "Open SDG, progress methodology",
    "sdmx": "SDMX structure message",
}
