"""What goes into an export: the columns of a form in all its versions, submissions, and how they shall be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Labels = Mapping[str, str]
"""A text in some languages: {language: text}. The language "" stands for a form without languages."""


class Choice(NamedTuple):
    """One answer to choose from: its code, as it is stored, and its label in some languages."""

    name: str
    labels: Labels


@dataclass(frozen=True)
class Column:
    """One question. `name` is its path without the root, joined by "/"; `kind` is the type of its bind in the XForm:

    int, decimal, date, geopoint, geotrace and geoshape mean something to an export; all others are text. `missing`
    are codes that mean no answer, such as -99.
    """

    name: str
    kind: str = "string"
    labels: Labels = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The questions of the form, or of a repeat in it.

    `path` is the path of the repeat, "" for the form. `parent` is the path of the repeat around it, "" for none.
    """

    name: str
    columns: tuple[Column, ...]
    path: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Layout:
    """The sheets of a form, the form first and each repeat after the one around it, and the fields of a submission.

    `meta` names what every submission says about itself, such as _id, _uuid, _submitted, _version, _state,
    _enumerator. A column that is not in the layout is not exported: this is how personal columns are left out.
    """

    sheets: tuple[Sheet, ...]
    meta: tuple[str, ...] = ()


class Submission(NamedTuple):
    """One submission: its fields in the order of `Layout.meta`, and its answers as JSON.

    The JSON is an object {path: text}. The path of a repeat has a list of such objects, with whole paths again.
    """

    meta: tuple[str, ...]
    answers: str


Batches = Iterable[Iterable[Submission]]


@dataclass(frozen=True)
class Options:
    """How submissions are written.

    `labels`: headers and choices as people read them, in `language`; otherwise names and codes. `split`: a column of
    1 and 0 for each choice of a question with several answers, beside the answer itself. `separator` stands between
    the names of groups. `states`: only submissions in these states; None for all. `for_spreadsheets`: CSV with a mark
    that says UTF-8, and with ' before cells that a spreadsheet would take for a formula.
    """

    labels: bool = False
    language: str = ""
    split: bool = False
    separator: str = "/"
    states: frozenset[str] | None = None
    for_spreadsheets: bool = False


@dataclass
class Written:
    """What was written, to be told to whoever asked.

    `rows`: rows of each sheet. `left_out`: paths that submissions have and the layout does not. `mended`: rows with
    half a sign (a lone surrogate), which no file can hold; the replacement sign stands there. `shortened`: cells cut
    at the 32,767 signs that a workbook (or bytes that SPSS) holds; they end with […]. `as_text`: columns of numbers
    or dates that are text in this file, since an answer in them is neither.
    """

    rows: dict[str, int]
    left_out: set[str] = field(default_factory=set)
    mended: int = 0
    shortened: int = 0
    as_text: list[str] = field(default_factory=list)


Rows = Iterator[tuple[int, list[str]]]
"""The number of a sheet, and the cells of one of its rows."""


def said(labels: Labels, language: str, otherwise: str) -> str:
    """Return a text in a language, else without one, else in the first there is, else what is given instead."""
    return labels.get(language) or labels.get("") or next(filter(None, labels.values()), "") or otherwise
