"""Columns that tell how an answer came about, known by their names and by what stands in them.

Names are those of KoBo, ODK, SurveyCTO, CommCare, Ona and REDCap, and the words of four languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from datashift.model import Paradata, Period
from datashift.standards.areas import folded
from datashift.standards.moments import clock

MOST_SAMPLED = 1000
"""Rows of a table that are looked at; they are spread over the whole of it."""

FORMATS = (
    "iso", "%b %d, %Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M",
)  # fmt: skip
"""How tools write a moment; `iso` is read by KoBo, ODK, Ona, CommCare and REDCap, the second by SurveyCTO."""

_ISO = re.compile(r"\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?\s*")
_MOST = 0.9
_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "--", "---"))

_QUALIFIERS = frozenset(
    ("id", "code", "cod", "num", "no", "nr", "number", "name", "names", "codigo", "nombre", "numero", "jina", "namba",
     "msimbo", "नाम", "नम्बर", "कोड", "of", "the", "del", "de", "la", "el", "wa", "ya", "ko", "को")
)  # fmt: skip
_WRITTEN_BY_R = re.compile(r"^(X\.U\.FEFF\.|ï\.\.|\ufeff|X(?=_))")

NAMES: Mapping[str, tuple[str, ...]] = {
    "start": (
        "start", "start time", "time start", "starttime", "started time", "started at", "started on", "start datetime",
        "interview start", "interview start time", "survey start", "form start", "begin time", "hora inicio", "inicio",
        "fecha inicio", "inicio entrevista", "hora inicio entrevista", "kuanza", "muda kuanza", "wakati kuanza",
        "saa kuanza", "सुरु", "सुरु समय", "सुरुको समय", "सुरु मिति",
    ),
    "end": (
        "end", "end time", "time end", "endtime", "ended at", "completed time", "completed at", "end datetime",
        "finish time", "interview end", "interview end time", "survey end", "form end", "hora fin", "hora final", "fin",
        "fecha fin", "fin entrevista", "hora termino", "kumaliza", "mwisho", "muda kumaliza", "wakati kumaliza",
        "saa kumaliza", "अन्त्य", "अन्त्य समय", "अन्त्यको समय", "समाप्त समय",
    ),
    "submitted": (
        "submission time", "submissiondate", "submission date", "submitted at", "submitted on", "date submitted",
        "submittedon", "system submissiondate", "survey timestamp", "marca temporal", "fecha envio", "hora envio",
        "tarehe kutuma", "muda kutuma", "पठाएको समय", "पठाएको मिति",
    ),
    "received": (
        "received on", "received at", "received time", "completiondate", "completion date", "server time",
        "server received", "server modified on", "fecha recepcion", "imepokelewa", "प्राप्त समय", "प्राप्त मिति",
    ),
    "seconds": (
        "duration", "duration seconds", "duration sec", "interview seconds", "seconds", "duracion segundos", "segundos",
        "muda sekunde", "sekunde", "अवधि सेकेन्ड",
    ),
    "enumerator": (
        "enumerator", "enum", "interviewer", "data collector", "collector", "surveyor", "fieldworker", "field worker",
        "enumerador", "enumeradora", "encuestador", "encuestadora", "encuestador a", "entrevistador", "entrevistadora",
        "mhojaji", "msaili", "mdadisi", "mkusanya data", "mkusanyaji", "mkusanyaji data", "गणक", "प्रगणक",
        "अन्तर्वार्ताकार", "सर्वेक्षक", "username", "user", "submittername", "submitter", "submitted by",
    ),
    "supervisor": (
        "supervisor", "team leader", "teamleader", "team lead", "field supervisor", "supervisora", "jefe equipo",
        "coordinador", "msimamizi", "kiongozi timu", "सुपरिवेक्षक", "पर्यवेक्षक",
    ),
    "device": (
        "deviceid", "device", "imei", "subscriberid", "simserial", "simid", "devicephonenum", "tablet", "phone device",
        "dispositivo", "kifaa", "simu ya kazi", "यन्त्र", "उपकरण",
    ),
    "version": (
        "version", "form version", "formdef version", "formversion", "form def version", "app version",
        "survey version", "version formulario", "toleo", "toleo la fomu", "संस्करण", "फारम संस्करण",
    ),
    "consent": (
        "consent", "informed consent", "consent given", "consent remote", "gave consent", "consentimiento",
        "consentimiento informado", "acepta", "ridhaa", "idhini", "kibali", "सहमति", "मञ्जुरी", "मन्जुरी",
    ),
    "age": (
        "respondent age", "age respondent", "age years", "age in years", "age", "edad", "edad anos", "edad encuestado",
        "umri", "umri miaka", "उमेर", "उत्तरदाताको उमेर",
    ),
    "sex": (
        "respondent sex", "sex respondent", "respondent gender", "gender respondent", "sex", "gender", "sexo", "genero",
        "jinsia", "jinsi", "लिङ्ग", "लिंग", "उत्तरदाताको लिङ्ग",
    ),
    "household": (
        "household size", "hh size", "hhsize", "household members", "num hh member", "hh members", "size household",
        "people in household", "tamano hogar", "personas hogar", "miembros hogar", "integrantes hogar", "ukubwa kaya",
        "idadi kaya", "watu kaya", "परिवार सङ्ख्या", "परिवार संख्या", "परिवारको आकार",
    ),
    "accuracy": (
        "gps accuracy", "gps precision", "location accuracy", "location precision", "gpsaccuracy", "accuracy",
        "position accuracy", "geopoint accuracy", "geopoint precision", "geolocation accuracy", "geolocation precision",
        "precision", "coordinateuncertaintyinmeters", "positional accuracy", "precision gps", "usahihi", "usahihi gps",
        "शुद्धता",
    ),
    "mocked": (
        "mocked", "mock", "is mock", "mock location", "is mocked", "isfrommockprovider", "gps mocked", "gps mock",
        "location mocked", "fake gps",
    ),
    "contributor": (
        "contributor", "observer", "recordedby", "user login", "volunteer", "reporter", "reporter id",
        "citizen scientist", "contribuidor", "observador", "observadora", "voluntario", "reportero", "mchangiaji",
        "mtazamaji", "mtoa taarifa", "mjitoleaji", "योगदानकर्ता", "स्वयंसेवक", "अवलोकनकर्ता",
    ),
    "joined": (
        "joined", "joined on", "member since", "user created at", "user joined", "registered on", "registration date",
        "account created", "fecha registro", "tarehe kujiunga", "दर्ता मिति",
    ),
    "comments": (
        "comments", "field comments", "enumerator comments", "interviewer comments", "enumerator comment",
        "final comments", "general comments", "comment", "remarks", "field notes", "observaciones", "comentarios",
        "comentario", "maoni", "maelezo ya ziada", "टिप्पणी", "कैफियत",
    ),
}  # fmt: skip
"""By role the names of its column, those that say most first; `id`, `code`, `name` and single letters are left out."""


class Noticed(NamedTuple):
    """A column with a role of the paradata, the name it is known by, and the share of its answers that fit (0 to 1)."""

    role: str
    column: str
    word: str
    share: float


def guess(columns: Sequence[str], samples: Mapping[str, Sequence[str | None]]) -> Paradata:
    """Return the paradata of a file from the names of its columns and some rows of each (see `sampled`).

    A column is taken only where what stands in it fits: moments read as such, ages are ages, several interviewers are
    more than one and repeat. A role for which nothing fits stays empty.
    """
    return paradata(noticed(columns, samples), samples)


def noticed(columns: Sequence[str], samples: Mapping[str, Sequence[str | None]]) -> tuple[Noticed, ...]:
    """Return for each role the column that fits best, in the order of the roles; one column has one role."""
    answers = {column: _answers(samples.get(column, ())) for column in columns}
    form = _form(columns, answers)
    taken: set[str] = set()
    found = []
    for role, words in NAMES.items():
        for column, word in known_as(columns, words):
            if column in taken:
                continue
            share = _fits(role, answers[column], form)
            if share >= _MOST:
                taken.add(column)
                found.append(Noticed(role, column, word, share))
                break
    return tuple(found)


def known_as(columns: Sequence[str], words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns that are known by one of `words`, with that word, in the order of the words."""
    known = {_squeezed(word): (rank, word) for rank, word in reversed(list(enumerate(words)))}
    found = [(known[key], column) for column in columns if (key := _key(column, known))]
    return [(column, word) for (_rank, word), column in sorted(found, key=lambda one: one[0][0])]


def paradata(found: Iterable[Noticed], samples: Mapping[str, Sequence[str | None]]) -> Paradata:
    """Return what was noticed as the paradata of a recipe, with the format in which its moments are written."""
    named = {one.role: one.column for one in found}
    moments = [named[role] for role in ("start", "end", "submitted", "received") if role in named]
    comments = (named.pop("comments"),) if "comments" in named else ()
    form = _form_of([_answers(samples.get(column, ())) for column in moments])
    return Paradata.model_validate({**named, "comments": comments, "format": form})


def sampled(table: pa.Table) -> dict[str, list[str | None]]:
    """Return some rows of every column of a raw table, spread evenly over it."""
    step = max(table.num_rows // MOST_SAMPLED, 1)
    rows = table.take(pa.array(np.arange(0, table.num_rows, step)))
    return {name: rows[name].to_pylist() for name in rows.column_names if name != "_row"}


# --- names ----------------------------------------------------------------------------------------------------------


def _key(column: str, known: Collection[str]) -> str:
    """Return the name by which a column is known, "" where it is not: whole, or what stands after its group."""
    name = _WRITTEN_BY_R.sub("", column)
    for part in (name, *re.split(r"[/:.]", name)[-1:]):
        words = folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part)).split()
        plain = [word for word in words if word not in _QUALIFIERS and (len(word) > 1 or not word.isascii())]
        for candidate in ("".join(words), "".join(plain), re.sub(r"(?<=.{4})(id|code|name)$", "", "".join(words))):
            if candidate in known:
                return candidate
    return ""


def _squeezed(word: str) -> str:
    return folded(word).replace(" ", "")


# --- content --------------------------------------------------------------------------------------------------------


def _answers(values: Sequence[str | None]) -> list[str]:
    stripped = (value.strip() for value in values if value is not None)
    return [value for value in stripped if value.casefold() not in _MISSING]


def _form(columns: Sequence[str], answers: Mapping[str, list[str]]) -> str:
    words = [word for role in ("start", "end", "submitted", "received") for word in NAMES[role]]
    return _form_of([answers[column] for column, _word in known_as(columns, words)])


def _form_of(answers: Sequence[list[str]]) -> str:
    """Return the format in which most of these moments are written; `iso` where there is none."""
    texts = [text for several in answers for text in several[:200]]
    return max(FORMATS, key=lambda form: sum(map(_reader(form), texts))) if texts else "iso"


def _reader(form: str) -> Callable[[str], bool]:
    if form == "iso":
        return lambda text: _ISO.fullmatch(text) is not None
    read = clock(Period(label="-", format=form))
    return lambda text: read(text) is not None


def _fits(role: str, answers: list[str], form: str) -> float:
    """Return the share of the answers of a column that its role can have; 0 where there is no answer."""
    if not answers:
        return 0.0
    if role in ("start", "end", "submitted", "received"):
        return _share(_reader(form), answers)
    if role == "joined":
        return max(_share(_reader(form), answers), _share(_is_day, answers))
    if role in _NUMBERS:
        return _share(partial(_between, bounds=_NUMBERS[role]), answers)
    different = len(set(answers))
    least, most = _DIFFERENT.get(role, (1, len(answers)))
    if role in _SHARED:
        # Where hardly anything repeats, it is an id, and tells nobody apart.
        most = max(int(_MOST * len(answers)), 1)
    return 1.0 if least <= different <= most else 0.0


_NUMBERS = {"seconds": (0.0, 1e7), "age": (0.0, 120.0), "household": (0.0, 99.0), "accuracy": (0.0, 1e6)}
_DIFFERENT = {"enumerator": (2, 0), "supervisor": (2, 0), "contributor": (2, 0), "consent": (1, 6), "sex": (1, 6),
              "mocked": (1, 3), "version": (1, 60)}  # fmt: skip
_SHARED = frozenset(("enumerator", "supervisor", "contributor", "device"))


def _share(fits: Callable[[str], bool], answers: list[str]) -> float:
    return sum(map(fits, answers)) / len(answers)


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}", text) is not None


def _between(text: str, bounds: tuple[float, float]) -> bool:
    try:
        return bounds[0] <= float(text.replace(",", ".")) <= bounds[1]
    except ValueError:
        return False
