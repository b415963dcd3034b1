"""The parts of a file of official texts: each is told apart by its content and read into texts by language and code."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path, PurePosixPath

from datashift.errors import BadStandard
from datashift.language import _
from datashift.standards.framework.flat import read_flat
from datashift.standards.framework.tables import level

MOST_BYTES = 100_000_000
MOST_MEMBERS = 5_000

_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_KEY = re.compile(r"(\d+(?:-[0-9a-z]+){0,2})-(title|short)")
_INDICATOR = re.compile(r"\b(?:[1-9]|1[0-7])\.(?:1?\d|[a-d])\.\d\b")


@dataclass
class Part:
    """What one part holds: texts by language and code, links of series to indicators, and what was left by reason."""

    kind: str
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    series: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


def members(content: bytes, path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file in a ZIP, or of the file itself. Raises BadStandard for one that is too large.

    Nothing is unpacked onto the disk, so names in the ZIP can do no harm.
    """
    if len(content) > MOST_BYTES:
        raise _too_large(path.name)
    if not content.startswith(b"PK"):
        yield path.resolve().as_posix(), content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise _too_large(path.name)
            for entry in entries:
                yield entry.filename, archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as problem:
        raise BadStandard("standard.framework-kind", file=path.name) from problem


def part_of(data: bytes, name: str, file: str, languages: Sequence[str] = ()) -> Part:
    """Return what one part holds; `name` is its name inside `file`. A part of no known kind holds nothing but a reason.

    Raises BadStandard for a part of a known kind that is broken, and for a file that is of no known kind itself.
    """
    inner = PurePosixPath(name)
    shown = file if inner.name == file else f"{file}: {name}"
    if inner.suffix in (".yml", ".yaml"):
        return _yaml(data, inner, shown, languages)
    if inner.suffix == ".csv":
        found = _csv(data, shown)
    elif inner.suffix in (".xml", ".json"):
        found = _sdmx(data, shown, alone=inner.name == file)
    else:
        found = None
    if found is None and inner.name == file:
        raise BadStandard("standard.framework-kind", file=file)
    return found or Part("", left=Counter({_no_texts(): 1}))


def _no_texts() -> str:
    return _("files that hold no texts of goals, targets, indicators or series")


# --- translations ---------------------------------------------------------------------------------------------------


def _yaml(data: bytes, inner: PurePosixPath, shown: str, languages: Sequence[str]) -> Part:
    part = Part("translations")
    language = inner.parent.name if _LANGUAGE.fullmatch(inner.parent.name) else ""
    if not language and len(languages) == 1:
        language = languages[0]
    if not language:
        raise BadStandard("standard.framework-language", file=shown)
    texts = part.texts.setdefault(language, {})
    for key, text in read_flat(_decoded(data, shown), shown).items():
        found = _KEY.fullmatch(key)
        code = found[1].replace("-", ".") if found else ""
        if not found or level(code) is None:
            part.left[_("not the text of a goal, target or indicator: {name}").format(name=inner.name)] += 1
        elif found[2] == "short":
            part.left[_("short names of goals; the labels of DataShift are used instead")] += 1
        elif not text.strip():
            part.left[_("empty text")] += 1
        else:
            texts[code] = " ".join(text.split())
    return part


# --- tables ---------------------------------------------------------------------------------------------------------


def _csv(data: bytes, shown: str) -> Part | None:
    reader = csv.DictReader(io.StringIO(_decoded(data, shown)))
    try:
        columns = set(reader.fieldnames or ())
        if {"concept", "concept_type", "indicator", "name"} <= columns:
            return _ddf(reader)
        if {"code", "title", "target_or_direction"} <= columns:
            return _aims(reader)
    except csv.Error as problem:
        raise BadStandard("standard.framework-row", file=shown, row=reader.line_num + 1, problem=problem) from problem
    return None


def _ddf(rows: csv.DictReader[str]) -> Part:
    part = Part("ddf", texts={"en": {}})
    for row in rows:
        indicators = tuple(_INDICATOR.findall(row["indicator"] or ""))
        text = " ".join((row.get("description") or "").split())
        if not indicators:
            part.left[_("no series of an indicator: {name}").format(name=row["concept"])] += 1
        elif not text:
            part.left[_("empty text")] += 1
        else:
            code = (row["name"] or "").strip() or (row["concept"] or "").upper()
            part.texts["en"][code], part.series[code] = text, indicators
    return part


def _aims(rows: csv.DictReader[str]) -> Part:
    part = Part("aims", texts={"en": {}})
    for row in rows:
        code, text = (row["code"] or "").strip(), " ".join((row["target_or_direction"] or "").split())
        if level(code) != "indicator" or not text:
            part.left[_("a row without code or aim")] += 1
        elif code in part.texts["en"]:
            part.left[_("the code {code} comes twice; the first row is kept").format(code=code)] += 1
        else:
            part.texts["en"][code] = text
    part.left[_("titles: those of this list are partly of one country")] += len(part.texts["en"])
    return part


# --- SDMX -----------------------------------------------------------------------------------------------------------


def _sdmx(data: bytes, shown: str, *, alone: bool) -> Part | None:
    # The SDMX classes take most of a second to load; only a structure message needs them.
    codelists = import_module("datashift.standards.framework.codelists")
    part = Part("sdmx")
    try:
        texts, series = codelists.texts_of_codelists(data, shown)
    except BadStandard as problem:
        if alone:
            raise
        foreign = problem.code == "standard.structure-not-sdmx"
        part.left[_no_texts() if foreign else str(problem)] += 1
        return part
    for language, found in texts.items():
        part.texts[language] = dict(found)
    part.series = {code: tuple(dict.fromkeys(_INDICATOR.findall(name))) for code, name in series.items()}
    if not texts:
        part.left[_("no codelist of series, goals, targets or indicators in it")] += 1
    return part


def _decoded(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadStandard("standard.framework-not-text", file=shown) from problem


def _too_large(file: str) -> BadStandard:
    return BadStandard("standard.framework-too-large", file=file, most=f"{MOST_BYTES // 1_000_000} MB")
