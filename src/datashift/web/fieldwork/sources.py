"""From a workbook or a kit to an XForm: read within bounds, judged, and named so that phones tell versions apart.

What reads forms needs 60 MB of memory, so this module is loaded when the first form is made, and not before.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple
from xml.sax.saxutils import unescape

from datashift.errors import BadFieldwork
from datashift.forms.answerable import VERDICTS, Answerable, answerable
from datashift.forms.lint import lint
from datashift.forms.problem import Problem
from datashift.forms.xform.making import as_xform
from datashift.forms.xlsform import Form, read_form
from datashift.model import Kit
from datashift.web.fieldwork.kept import MOST_FORM_BYTES, File

__all__ = ["VERDICTS", "Made", "figures", "made", "media_names", "noticed", "read", "titled"]

MOST_UNFOLDED = 60 << 20
MOST_QUESTIONS, MOST_CHOICES, MOST_DEEP = 3000, 20_000, 20
LONGEST_VERSION = 80
_ID = re.compile(r"[\w][\w.-]{0,63}")
_ENDINGS = (".xlsx", ".xls", ".ods")
_OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_TITLE = re.compile(r"<h:title>(.*?)</h:title>", re.DOTALL)
_MEDIA = re.compile(r"jr://(?!instance/)[a-z-]+/([^\"'<>\s]+)")


class Made(NamedTuple):
    """A form as phones take it, and how it calls itself."""

    xform: str
    form_id: str
    version: str
    title: str
    languages: list[str]


def read(file: File) -> Form:
    """Return the form in a workbook. Nothing in it is carried out, and it cannot unfold beyond bounds.

    Raises BadFieldwork, BadForm or Unreadable.
    """
    _require_bounded(file)
    form = read_form(file.data, file.name)
    choices = sum(map(len, form.choices.values()))
    deepest = max((len(question.within) for question in form.questions), default=0)
    if len(form.questions) > MOST_QUESTIONS or choices > MOST_CHOICES or deepest > MOST_DEEP:
        raise BadFieldwork(
            "fieldwork.form-too-large", file=file.name, questions=MOST_QUESTIONS, choices=MOST_CHOICES, deep=MOST_DEEP
        )
    for setting, code in (("public_key", "encrypted"), ("submission_url", "sends-elsewhere")):
        if form.settings.get(setting):
            raise BadFieldwork(f"fieldwork.{code}")
    return form


def noticed(file: File) -> list[Problem]:
    """Return what is wrong with the form in a workbook or could be better, the faults first."""
    return lint(read(file))


def figures(file: File, kits: Iterable[Kit]) -> list[Answerable]:
    """Return for each figure of each kit whether a form can feed it: those that can first, then what lacks least.

    What lacks more than the form has is not near, and left out.
    """
    order = list(VERDICTS)
    told = (one for one in answerable(read(file), kits) if one.verdict != "cannot" or _near(one))
    return sorted(told, key=lambda one: (order.index(one.verdict), len(one.repairs), -len(one.matches)))


def said_id(form: Form) -> str:
    """Return the id that a form gives itself; "" where it gives none. Raises BadFieldwork."""
    stated = form.settings.get("form_id") or form.settings.get("id_string") or ""
    if stated and not _ID.fullmatch(stated):
        raise BadFieldwork("fieldwork.bad-form-id", form_id=stated[:80])
    return stated


def said_title(form: Form) -> str:
    """Return the title of a form, else the name of its file without the ending."""
    stated = form.settings.get("form_title") or form.settings.get("title") or form.name.rpartition(".")[0] or form.name
    return " ".join(stated.split())[:200]


def said_version(form: Form) -> str:
    """Return how a form calls its version; "" where it does not. Raises BadFieldwork."""
    stated = form.settings.get("version", "")
    if len(stated) > LONGEST_VERSION:
        raise BadFieldwork("fieldwork.long-version", version=stated[:LONGEST_VERSION])
    return stated


def made(form: Form, form_id: str, version: str) -> Made:
    """Return the XForm of a form under an id and a version. Raises BadFieldwork where the form has faults."""
    faults = [problem for problem in lint(form) if problem.level == "fault"]
    if faults:
        raise BadFieldwork("fieldwork.faults", number=len(faults))
    title = said_title(form)
    stated = {"form_id": form_id, "form_title": title, "version": version}
    settings = {name: text for name, text in form.settings.items() if name not in ("id_string", "title")} | stated
    rows = {**form.rows, "settings": ((2, settings),)}
    headers = {**form.headers, "settings": tuple(settings)}
    named = replace(form, settings=settings, rows=rows, headers=headers)
    languages = [name for name in form.languages.values() if name]
    return Made(as_xform(named).decode("utf-8"), form_id, version, title, languages)


def titled(xform: str) -> str:
    """Return the title that an XForm shows."""
    found = _TITLE.search(xform)
    return " ".join(unescape(found[1]).split())[:200] if found else ""


def media_names(xform: str) -> list[str]:
    """Return the names of the files that a form shows or looks things up in, in the order in which it names them."""
    return list(dict.fromkeys(_MEDIA.findall(xform)))


def _near(one: Answerable) -> bool:
    return 0 < len(one.repairs) <= len(one.matches)


def _require_bounded(file: File) -> None:
    """Raise BadFieldwork where a file is no workbook, holds macros, or would fill the memory."""
    if not file.data:
        raise BadFieldwork("fieldwork.no-file")
    if len(file.data) > MOST_FORM_BYTES:
        raise BadFieldwork("fieldwork.file-too-large", file=file.name, most=f"{MOST_FORM_BYTES >> 20} MB")
    if not file.name.lower().endswith(_ENDINGS):
        raise BadFieldwork("fieldwork.not-a-workbook", file=file.name)
    parts = _parts(file)
    if _OLD_MACROS in file.data or any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise BadFieldwork("fieldwork.macros", file=file.name)
    # What a part unfolds to beyond what it says of itself is never read: its checksum would not fit.
    if sum(part.file_size for part in parts) > MOST_UNFOLDED:
        raise BadFieldwork("fieldwork.file-too-large", file=file.name, most=f"{MOST_UNFOLDED >> 20} MB")


def _parts(file: File) -> list[zipfile.ZipInfo]:
    """Return what is packed in a workbook; an XLS is not packed."""
    if file.data[:2] != b"PK":
        return []
    try:
        return zipfile.ZipFile(io.BytesIO(file.data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise BadFieldwork("fieldwork.not-a-workbook", file=file.name) from None
