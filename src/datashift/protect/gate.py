"""The last door before files leave the house: nothing passes that shows something about a person."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files as packaged
from pathlib import PurePosixPath
from typing import Any

import pyarrow.parquet as pq

from datashift.errors import Disclosive
from datashift.language import LANGUAGES, _
from datashift.standards.personal import scan

FIGURES = frozenset(
    {
        "OBS_VALUE", "STD_ERROR", "LOWER_BOUND", "UPPER_BOUND", "N_OBS", "N_EFF", "DEFF", "DF", "CONF_LEVEL",
        "BIAS_SD", "VALUE", "LOWER", "UPPER", "OFFICIAL_VALUE", "OFFICIAL_STD_ERROR", "OFFICIAL_LOWER",
        "OFFICIAL_UPPER", "DIFFERENCE", "DIFFERENCE_LOWER", "DIFFERENCE_UPPER", "PROBABILITY", "P_VALUE", "P_ADJUSTED",
        "CONTEST_SHIFT", "CONTEST_SHIFT_CHANCE", "CONTEST_WRONG", "CONTEST_WRONG_CHANCE", "CONTEST_MISSING",
        "CONTEST_MISSING_CHANCE", "CONTEST_ODDS", "CONTEST_ODDS_CHANCE", "CONTEST_CORRELATION",
        "CONTEST_CORRELATION_CHANCE", "CONTEST_N", "CONTEST_POPULATION",
    }
)  # fmt: skip
"""Columns of our own tables that hold figures: ten digits there are an amount, not a phone."""

_APART = "\n\x1e\n"
"""Between cells, so that three cells C, C and M are not taken for the name C. C. M."""

_WORD = re.compile(r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u097f]+")
_DATE = re.compile(r"\s*(?:\d{4}[-/]\d\d?[-/]\d\d?|\d\d?[-/]\d\d?[-/]\d{4})(?:[T ][\d:.Z+-]*)?\s*")
_ONE_COORDINATE = re.compile(r"-?\d{1,3}\.\d{4,}")
_COORDINATE_NAME = re.compile(
    r"(?i)\W*(?:lat|latitude|lon|long|lng|longitude|latitud|longitud|gps\w*|geopoint|coordinates)\W*"
)
_PERSONAL_COLUMNS = frozenset(
    {
        "_row", "row", "name", "first_name", "last_name", "surname", "respondent", "phone", "telephone", "mobile",
        "email", "e_mail", "latitude", "longitude", "geopoint", "national_id", "id_number", "passport", "dni",
    }
)  # fmt: skip
_GEOMETRY = re.compile(
    r"""\s(?:d|points|transform|viewBox|width|height|style|font-size|clip-path|"""
    r"""[xyr]|[rc][xy]|[xy][12]|d[xy])\s*=\s*("[^"]*"|'[^']*')"""
)
_EMBEDDED = re.compile(r"data:[\w/+.;=-]+,[A-Za-z0-9+/=%]*")
_TAG = re.compile(r"<style\b.*?</style>|</?[A-Za-z][\w:-]*|/?>", re.DOTALL)

Phrases = dict[str, dict[int, set[tuple[str, ...]]]]


def gate(
    files: Mapping[str, bytes],
    *,
    personal_values: Callable[[], Iterable[str]] | None,
    names: frozenset[str] = frozenset(),
) -> None:
    """Let `files` (name → bytes) pass, or raise Disclosive; nothing may be written before this returns.

    Each CSV, JSON, SVG, HTML, TOML or text file is searched for the shapes of `scan` and for the values that
    `personal_values` returns: the distinct values of the columns that the recipe calls personal. A value counts from
    five characters with a letter, or from seven digits; dates do not count, nor what stands in `names` (texts that are
    public: area names, labels, the recipe) or in a sentence of the program itself. Values of several words match
    without regard to case, single words exactly. Parquet files are judged by their columns, PNG pictures not at all.
    """
    hunted = _Hunted(personal_values() if personal_values is not None else (), names)
    for name, data in files.items():
        kind = PurePosixPath(name).suffix.lower()
        if kind == ".png":
            continue
        text = _columns(name, data) if kind == ".parquet" else _passages(name, kind, data)
        _refuse_shapes(name, data, scan(text))
        _refuse_value(name, data, hunted.first_in(text))


class _Hunted:
    """Personal values, cut to words once, so that a text of a megabyte is searched in one walk over its words."""

    def __init__(self, values: Iterable[str], names: Iterable[str]) -> None:
        self.words: set[str] = set()
        self.phrases: Phrases = {}
        for value in values:
            if _counts(value):
                self._add(_WORD.findall(unicodedata.normalize("NFC", value)))
        for known in [found for found, _text in self._found(_APART.join([*names, *_own_words()]))]:
            self._drop(known)

    def first_in(self, text: str) -> str | None:
        """Return the first stretch of `text` that is a personal value."""
        return next((stretch for _known, stretch in self._found(text)), None)

    def _add(self, words: list[str]) -> None:
        if len(words) == 1:
            self.words.add(words[0])
        elif words:
            key = tuple(word.casefold() for word in words)
            self.phrases.setdefault(key[0], {}).setdefault(len(key), set()).add(key)

    def _drop(self, words: tuple[str, ...]) -> None:
        if len(words) == 1:
            self.words.discard(words[0])
        else:
            self.phrases[words[0]][len(words)].discard(words)

    def _found(self, text: str) -> Iterator[tuple[tuple[str, ...], str]]:
        if not (self.words or self.phrases):
            return
        text = unicodedata.normalize("NFC", text)
        spans = [match.span() for match in _WORD.finditer(text)]
        words = [text[start:end] for start, end in spans]
        folded = [word.casefold() for word in words]
        for index, word in enumerate(words):
            if word in self.words:
                yield (word,), word
            for length, known in self.phrases.get(folded[index], {}).items():
                key = tuple(folded[index : index + length])
                if key in known and _APART not in text[spans[index][0] : spans[index + length - 1][1]]:
                    yield key, text[spans[index][0] : spans[index + length - 1][1]]


def _refuse_shapes(name: str, data: bytes, kinds: list[str]) -> None:
    if kinds:
        said = ", ".join(_(kind) for kind in kinds)
        line = _line(data, lambda words: bool(scan(words)))
        raise Disclosive("protect.personal-shape", output=name, line=line, kinds=said)


def _refuse_value(name: str, data: bytes, value: str | None) -> None:
    if value is not None:
        line = _line(data, lambda words: value in words)
        raise Disclosive("protect.personal-value", output=name, line=line, start=f"{value[:2]}…")


def _counts(value: str) -> bool:
    if _DATE.fullmatch(value):
        return False
    return sum(c.isdigit() for c in value) >= 7 or (len(value.strip()) >= 5 and any(c.isalpha() for c in value))


@cache
def _own_words() -> tuple[str, ...]:
    # The catalogues hold every sentence the program can say, in every language, as plain text between zeros.
    paths = [packaged("datashift").joinpath("locale", name, "LC_MESSAGES", "datashift.mo") for name in LANGUAGES]
    texts = [path.read_bytes().decode("utf-8", "ignore") for path in paths if path.is_file()]
    return tuple(text.replace("\0", _APART) for text in texts)


def _passages(name: str, kind: str, data: bytes) -> str:
    """Return what a reader of the file can see, one passage per line, so that neighbours are not taken for a pair."""
    text = data.decode("utf-8", "replace")
    if kind == ".csv":
        return _APART.join(_cells(name, text))
    if kind == ".json":
        return _APART.join(_strings(name, json.loads(text)))
    if kind in (".svg", ".html"):
        return html.unescape(_TAG.sub("\n", _GEOMETRY.sub(" ", _EMBEDDED.sub("", text))))
    return text


def _cells(name: str, text: str) -> Iterator[str]:
    rows = list(csv.reader(io.StringIO(text)))
    header = rows[0] if rows else []
    yield from header
    for index, heading in enumerate(header):
        if heading.upper() in FIGURES:
            continue
        column = [row[index] for row in rows[1:] if index < len(row)]
        if _COORDINATE_NAME.fullmatch(heading):
            _refuse_coordinates(name, heading, column)
        yield from column


def _strings(name: str, value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner, entry in value.items():
            yield str(inner)
            yield from _strings(name, entry, str(inner))
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(name, entry, key)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, float) and _COORDINATE_NAME.fullmatch(key):
        _refuse_coordinates(name, key, [repr(value)])


def _refuse_coordinates(name: str, field: str, values: Iterable[str]) -> None:
    if any(_ONE_COORDINATE.search(value) for value in values):
        raise Disclosive("protect.personal", output=name, kind=_("coordinates"), field=field)


def _columns(name: str, data: bytes) -> str:
    table = pq.read_table(io.BytesIO(data))
    for column in table.column_names:
        if column.lower() in _PERSONAL_COLUMNS:
            raise Disclosive("protect.personal", output=name, kind=_("a column about single people"), field=column)
    texts = [column.unique().to_pylist() for column in table.columns if str(column.type) in ("string", "large_string")]
    return "\n".join(str(word) for words in texts for word in words)


def _line(data: bytes, suspicious: Callable[[str], bool]) -> int:
    lines = data.decode("utf-8", "replace").splitlines()
    return next((number for number, words in enumerate(lines, 1) if suspicious(words)), 1)
