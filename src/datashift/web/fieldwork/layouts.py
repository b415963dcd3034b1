"""The columns of a form over all its versions. Rules, in this order; docs/reference/form-versions.md tells them:

1. A question with the same path and kind is the same column.
2. A question that only moved to another group (same name and kind, one that is gone, one that is new) is the same
   column, under its new path.
3. Every other question is a column of its own. Where a path was asked in another way before, the latest has its name
   and the older one is called path.v1, by the number of the last version that asked it so.

So each path of each version has a column, and no two of a version share one: no value is lost, none is put on another.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from datashift.export.layout import Choice, Column, Layout, Sheet
from datashift.export.plan import unique
from datashift.forms.xform.model import Field, Said, XForm
from datashift.forms.xform.reading import read_xform
from datashift.forms.xlsform import language_code
from datashift.web.fieldwork.models import Content, Form

META = ("_id", "_uuid", "_submitted", "_version", "_state", "_enumerator")
SEVERAL = ("select_multiple", "rank")
_LIST = re.compile(r"instance\('([^']*)'\)")
Labels = dict[str, str]


@dataclass(eq=False)
class Asked:
    """One question, or repeat, over all versions. paths: number of a version -> path there, as in the answers.

    labels and choices are those of the latest version that asks it, with the choices that only older ones had. inner:
    what is asked in a repeat. name: of its column, or of its sheet.
    """

    kind: str
    type: str = "string"
    paths: dict[int, str] = field(default_factory=dict)
    labels: Labels = field(default_factory=dict)
    choices: dict[str, Labels] = field(default_factory=dict)
    inner: list[Asked] = field(default_factory=list)
    name: str = ""

    @property
    def last(self) -> int:
        """The number of the latest version that asks it."""
        return max(self.paths, default=0)

    @property
    def path(self) -> str:
        """Its path in the latest version that asks it."""
        return self.paths.get(self.last, "")


class Merged(NamedTuple):
    """All versions of a form as one table with sheets for its repeats."""

    layout: Layout
    whole: Asked
    names: Mapping[int, Mapping[str, str]]

    def placed(self, number: int | None, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return answers under the names of their columns. number: of the version; None where we never had it.

        What the version does not know stays under its path; nothing is dropped.
        """
        return _placed(self.names.get(number or 0, {}), self.sheets, answers)

    @property
    def sheets(self) -> frozenset[str]:
        """The names under which repeats stand."""
        return frozenset(sheet.path for sheet in self.layout.sheets)


def layout(form: Form) -> Layout:
    """Return the columns of a form in all versions that were published, and of what came in under others."""
    return merged_form(form).layout


def merged_form(form: Form) -> Merged:
    """Return all versions of a form that were published as one table. What came under a version that we never had
    gets columns, too.
    """
    versions = form.versions.exclude(published=None).order_by("number").values_list("number", "xform")
    found = merged((number, read(xform)) for number, xform in versions)
    unknown = Content.objects.filter(submission__form=form, submission__version=None).values_list("answers", flat=True)
    return widened(found, (json.loads(answers) for answers in unknown.iterator()))


@lru_cache(maxsize=32)
def read(xform: str) -> XForm:
    """Return the records of an XForm that was made here, read once."""
    return read_xform(xform.encode())


def merged(versions: Iterable[tuple[int, XForm]]) -> Merged:
    """Return versions (number, form), the oldest first, as one table."""
    whole = Asked("repeat")
    numbers = []
    for number, form in versions:
        numbers.append(number)
        _take(whole, number, form, form.root, _by_sheet(form))
    _name(whole)
    names = {number: {one.paths[number]: one.name for one in every(whole) if number in one.paths} for number in numbers}
    sheets = list(_sheets(whole, ""))
    titles = unique(sheet.name for sheet in sheets)
    named = tuple(replace(sheet, name=title) for sheet, title in zip(sheets, titles, strict=True))
    return Merged(Layout(named, META), whole, names)


def widened(found: Merged, more: Iterable[Mapping[str, Any]]) -> Merged:
    """Return the table with columns, as text, for what answers of unknown versions hold beyond it."""
    new: dict[str, dict[str, None]] = {}
    known = {sheet.path: {column.name for column in sheet.columns} for sheet in found.layout.sheets}
    for answers in more:
        _beyond(known, "", found.placed(None, answers), new)
    sheets = tuple(
        replace(one, columns=(*one.columns, *(Column(name) for name in new.get(one.path, ()))))
        for one in found.layout.sheets
    )
    return found._replace(layout=Layout(sheets, found.layout.meta))


def leaves(form: XForm) -> dict[str, Field]:
    """Return what can hold an answer, by path without the root: all but groups and repeats."""
    return {_bare(form, one.path): one for one in form.fields if one.kind not in ("group", "repeat")}


def choices(form: XForm, one: Field) -> dict[str, Labels]:
    """Return code -> labels of a question whose choices stand in the form; {} for others."""
    if one.choices is None or not (found := _LIST.search(one.choices.nodes.text)):
        return {}
    column, as_text = one.choices.label, one.choices.label_is_text
    told = {}
    for row in form.lists.get(found[1], ()):
        labels = spoken(form.texts.get(row.get(column, ""), {}).get("", {})) if as_text else {"": row.get(column, "")}
        told[row.get(one.choices.value, "")] = labels
    return told


def every(sheet: Asked) -> Iterator[Asked]:
    """Yield every question and repeat of a sheet, and of the repeats in it."""
    for one in sheet.inner:
        yield one
        yield from every(one)


def spoken(said: Said) -> Labels:
    """Return a text by code of the language; what is worked out while answering is shown as …"""
    return {
        _code(language): "".join(part if isinstance(part, str) else "…" for part in parts).strip()
        for language, parts in said.items()
    }


# --- one version after the other --------------------------------------------------------------------------------------


def _take(sheet: Asked, number: int, form: XForm, path: str, inside: Mapping[str, list[Field]]) -> None:
    """Put what a version asks on one sheet with what was asked before."""
    asked = {_bare(form, one.path): one for one in inside.get(path, ())}
    found = dict(_same(sheet, asked))
    found |= _moved([one for one in sheet.inner if one not in found.values()], asked, found)
    for bare, one in asked.items():
        known = found.get(bare)
        if known is None:
            known = Asked(one.kind)
            sheet.inner.append(known)
        known.paths[number] = bare
        known.type, known.labels = one.type, spoken(one.label) or known.labels
        offered = choices(form, one)
        known.choices = offered | {code: said for code, said in known.choices.items() if code not in offered}
        if one.kind == "repeat":
            _take(known, number, form, one.path, inside)
    order = {bare: place for place, bare in enumerate(asked)}
    sheet.inner.sort(key=lambda one: order.get(one.paths.get(number, ""), len(order)))


def _same(sheet: Asked, asked: Mapping[str, Field]) -> Iterator[tuple[str, Asked]]:
    """Yield the questions that were asked under the same path, of the same kind, the latest such column."""
    taken: list[Asked] = []
    for bare, one in asked.items():
        fits = [
            known for known in sheet.inner
            if known not in taken and known.kind == one.kind and bare in known.paths.values()
        ]  # fmt: skip
        if fits:
            taken.append(max(fits, key=lambda known: (known.path == bare, known.last)))
            yield bare, taken[-1]


def _moved(left: list[Asked], asked: Mapping[str, Field], found: Mapping[str, Asked]) -> dict[str, Asked]:
    """Return the new questions that are one that is gone, in another group: name and kind are the same, only once."""
    gone = [one for one in left if one.path not in asked]
    new = {bare: one for bare, one in asked.items() if bare not in found}
    there = Counter((_leaf(one.path), one.kind) for one in gone)
    came = Counter((one.name, one.kind) for one in new.values())
    once = {key for key, count in there.items() if count == 1 and came[key] == 1}
    by_name = {(_leaf(one.path), one.kind): one for one in gone}
    return {bare: by_name[one.name, one.kind] for bare, one in new.items() if (one.name, one.kind) in once}


def _by_sheet(form: XForm) -> dict[str, list[Field]]:
    """Return the questions and repeats by the path of the repeat in which they are, or of the form."""
    repeats = {one.path for one in form.fields if one.kind == "repeat"}
    found: dict[str, list[Field]] = {}
    for one in form.fields:
        if one.kind != "group":
            above = one.above
            while above != form.root and above not in repeats:
                above = above.rpartition("/")[0]
            found.setdefault(above, []).append(one)
    return found


# --- names ------------------------------------------------------------------------------------------------------------


def _name(whole: Asked) -> None:
    """Give every column a name of its own: its path, for the latest that has it; path.v1 for older ones."""
    taken: set[str] = set()
    for one in sorted(every(whole), key=lambda one: -one.last):
        one.name = one.path if one.path not in taken else f"{one.path}.v{one.last}"
        while one.name in taken:
            one.name += "_"
        taken.add(one.name)


def _sheets(sheet: Asked, parent: str) -> Iterator[Sheet]:
    columns = tuple(_column(one) for one in sheet.inner if one.kind != "repeat")
    yield Sheet(_leaf(sheet.name) or "answers", columns, sheet.name, parent)
    for one in sheet.inner:
        if one.kind == "repeat":
            yield from _sheets(one, sheet.name)


def _column(one: Asked) -> Column:
    offered = tuple(Choice(code, labels) for code, labels in one.choices.items())
    return Column(one.name, one.type, one.labels, offered, multiple=one.kind in SEVERAL)


# --- answers ----------------------------------------------------------------------------------------------------------


def _placed(names: Mapping[str, str], sheets: frozenset[str], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers under their names. A name that is taken, or stands for something else, gets a sign behind it."""
    placed: dict[str, Any] = {}
    # What the version knows comes first, so that nothing unknown takes its place.
    for path, value in sorted(answers.items(), key=lambda pair: pair[0] not in names):
        name = names.get(path, path)
        if isinstance(value, list) and name in sheets:
            value = [_placed(names, sheets, one) for one in value]
        elif isinstance(value, list):
            value = json.dumps(value, ensure_ascii=False)
        elif name in sheets:
            name += "_"
        while name in placed:
            name += "_"
        placed[name] = value
    return placed


def _beyond(
    known: Mapping[str, set[str]], sheet: str, answers: Mapping[str, Any], new: dict[str, dict[str, None]]
) -> None:
    for name, value in answers.items():
        if isinstance(value, list):
            for one in value:
                _beyond(known, name, one, new)
        elif name not in known[sheet]:
            new.setdefault(sheet, {})[name] = None


def _bare(form: XForm, path: str) -> str:
    return path.removeprefix(f"{form.root}/")


def _leaf(path: str) -> str:
    return path.rpartition("/")[2]


def _code(language: str) -> str:
    code = language_code(language)
    return "" if code == "default" else code
