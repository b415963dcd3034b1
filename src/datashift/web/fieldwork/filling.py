"""A form that is filled in on pages of the site, without a script: what was typed becomes answers, page by page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from datashift.errors import BadSubmission, CannotProtect
from datashift.forms.xform import Entry, Field, Instance, Page, XForm, read_xform, with_files
from datashift.pictures import cleaned
from datashift.read.store import content
from datashift.web.fieldwork.drafts import MOST_FILES, Begun
from datashift.web.fieldwork.models import Enumerator, Form, FormVersion
from datashift.web.fieldwork.samples import LIST, list_for

MEDIA = frozenset(("image", "audio", "video", "file"))
NUMBERS = frozenset(("integer", "decimal", "range"))
ASKED_NOTHING = frozenset(("group", "repeat", "note"))
ONLY_APPS = frozenset((
    "background-audio", "background-geopoint", "deviceid", "email", "phonenumber", "simserial", "subscriberid",
    "username",
))  # fmt: skip
"""Kinds that only an app on a phone fills in: what it records by itself, and what it was told of the phone."""
ZONES = {"AR": "America/Argentina/Buenos_Aires", "KE": "Africa/Nairobi", "NP": "Asia/Kathmandu",
         "TZ": "Africa/Dar_es_Salaam"}  # fmt: skip
"""Where a form of a country is filled in, as far as there is one clock; else the clock of the world (UTC)."""
_CODE = re.compile(r"\(([A-Za-z]{2,3})\)\s*$")


# --- the form and one filling-in -------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _form(version: int, made: datetime) -> XForm:
    """Read a version once. One that is not published may change, so the moment at which it was made counts too."""
    found = FormVersion.objects.prefetch_related("media").get(pk=version)
    form = read_xform(found.xform.encode())
    files = {one.name: content(settings.HOME / "raw" / one.sha256) for one in found.media.all()}
    return with_files(form, {name: files[name] for name in form.files.values() if name in files})


@lru_cache(maxsize=64)
def _with_sample(version: int, made: datetime, units: bytes) -> XForm:
    return with_files(_form(version, made), {LIST: units})


def form_of(version: FormVersion, who: Enumerator | None = None) -> XForm:
    """Return the form of a version, with the lists that it reads from files; of a sample, the units of `who`."""
    form = _form(version.pk, version.made)
    units = list_for(version.form, who) if LIST in form.files.values() else None
    return form if units is None else _with_sample(version.pk, version.made, units)


def begun(version: FormVersion, language: str, who: Enumerator | None = None) -> Instance:
    """Begin to fill in a form."""
    return Instance(form_of(version, who), language=language, **around(version.form))


def again(version: FormVersion, draft: Begun, who: Enumerator | None = None) -> Instance:
    """Go on where somebody stopped."""
    form = form_of(version, who)
    return Instance.of_draft(form, draft.xml.encode(), language=draft.language, **around(version.form))


def zone(form: Form) -> tzinfo:
    """Return the clock of the place where a form is filled in."""
    try:
        return ZoneInfo(ZONES.get(form.country, "UTC"))
    except (OSError, KeyError):  # a small machine may have no table of zones
        return timezone.get_default_timezone()


def around(form: Form) -> dict[str, Any]:
    """Return what a filling-in knows of the world: the moment, the day and the clock of the place."""
    here = zone(form)
    now = timezone.now().astimezone(here)
    return {"now": now, "today": now.date(), "timezone": here}


def code_of(language: str) -> str:
    """Return the code of a language as a form names it, "English (en)" -> "en"; "" where it names none."""
    found = _CODE.search(language)
    return found[1].lower() if found else ""


def spoken(form: XForm, language: str) -> str:
    """Return the language of a form that is that of the page, else the form's own."""
    return next((name for name in form.languages if code_of(name) == language), form.default_language)


def left_blank(form: XForm) -> list[str]:
    """Return the names of fields that a browser cannot fill in, only an app on a phone: they stay blank."""
    return [one.name for one in form.fields if one.kind in ONLY_APPS]


# --- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One question as a page shows it. value: what was answered; parts: the same for a position (latitude, longitude)
    or a ranking (code -> place); shape: which control it gets.
    """

    entry: Entry
    label: str
    hint: str
    value: str
    required: bool
    readonly: bool
    problem: str
    shape: str
    choices: tuple[tuple[str, str, bool], ...] = ()
    parts: Mapping[str, str] | None = None
    media: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """Its path, with the numbers of repeats."""
        return self.entry.path

    @property
    def field(self) -> Field:
        """What the form says of it."""
        return self.entry.field


def place_of(pages: list[Page], at: str) -> int:
    """Return the number of the page that shows `at` (the path of a question, of a list, or of a repeat); 0 where none
    does any more.
    """
    for number, page in enumerate(pages):
        if page.path == at or any(entry.path == at for entry in page.entries):
            return number
    return 0


def asked(instance: Instance, page: Page, *, judged: bool) -> list[Asked]:
    """Return what a page asks; with `judged`, each with what does not fit."""
    return [_asked(instance, entry, judged) for entry in page.entries]


def _asked(instance: Instance, entry: Entry, judged: bool) -> Asked:
    path, field = entry.path, entry.field
    plain = field.kind in ASKED_NOTHING
    value = "" if plain else instance.value(path)
    fault = instance.fault(path) if judged and field.kind not in ("group", "repeat") else None
    picked = {value} if field.kind == "select_one" else set(value.split())
    choices = (
        tuple((one.code, one.label, one.code in picked) for one in instance.choices(path)) if field.choices else ()
    )
    return Asked(
        entry=entry, label=instance.said(path), hint=instance.said(path, "hint"), value=value, choices=choices,
        required=not plain and instance.required(path), readonly=not plain and instance.readonly(path),
        problem=fault.text if fault else "", shape=_shape(field), parts=_parts(field, value),
        media=instance.media(path),
    )  # fmt: skip


def _shape(field: Field) -> str:
    if field.kind == "text" and "multiline" in field.appearances:
        return "long-text"
    if field.kind == "select_one" and field.appearances & {"minimal", "autocomplete", "search"}:
        return "select_from_list"
    return field.kind


def _parts(field: Field, value: str) -> dict[str, str] | None:
    if field.kind == "geopoint":
        latitude, longitude, *_rest = [*value.split(), "", ""]
        return {"latitude": latitude, "longitude": longitude}
    if field.kind == "rank":
        return {code: str(number) for number, code in enumerate(value.split(), 1)}
    return None


# --- answers ----------------------------------------------------------------------------------------------------------


def take(instance: Instance, page: Page, said: Mapping[str, Any], files: Mapping[str, Any], draft: Begun) -> None:
    """Put what was typed on a page into the form. What does not fit is kept as it was typed, and told later.

    `said` gives the texts of a field by its path, several where there are several (QueryDict). Raises BadSubmission
    where a file is too large.
    """
    for entry in page.entries:
        path, field = entry.path, entry.field
        if field.kind in ASKED_NOTHING or instance.readonly(path) or not instance.relevant(path):
            continue
        if field.kind in MEDIA:
            file = files.get(path)
            if isinstance(file, UploadedFile):
                instance.answer(path, _keep_file(file, draft))
            elif f"{path}#drop" in said:
                draft.files.pop(instance.value(path), None)
                instance.answer(path, "")
        else:
            instance.answer(path, _text(instance, entry, said))


def _text(instance: Instance, entry: Entry, said: Any) -> str:
    path, kind = entry.path, entry.field.kind
    if kind == "select_multiple":
        return " ".join(said.getlist(path))
    if kind == "geopoint":
        return _position(said.get(f"{path}#latitude", ""), said.get(f"{path}#longitude", ""))
    if kind == "rank":
        return _ranked([(one.code, said.get(f"{path}#{one.code}", "")) for one in instance.choices(path)])
    text = str(said.get(path, "")).replace("\r\n", "\n").replace("\x00", "").strip()
    if kind in ("geotrace", "geoshape"):
        return "; ".join(
            " ".join([*_plain(line).replace(",", " ").split(), "0", "0"][:4]) for line in text.splitlines()
        )
    if kind in NUMBERS:
        return _plain(text).replace(",", ".") if "." not in text else _plain(text)
    if kind == "dateTime" and text:
        return _with_zone(text, instance.timezone)
    return text


def _corner(line: str) -> str:
    """Return one line of a track ("latitude longitude") as forms write it, with altitude and accuracy unknown."""
    return " ".join([*_plain(line).replace(",", " ").split(), "0", "0"][:4])


def _plain(text: str) -> str:
    """Return a text with the digits of any script as those of computers, without blanks between them."""
    digits = (str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text.strip())
    return re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}\b)", "", "".join(digits)).replace("\u2212", "-")


def _position(latitude: str, longitude: str) -> str:
    north, east = (_plain(part).replace(",", ".") for part in (latitude, longitude))
    return f"{north} {east} 0 0" if north or east else ""


def _ranked(places: list[tuple[str, str]]) -> str:
    """Return codes in their order; nothing unless each has a place of its own."""
    stated = [(int(place), code) for code, place in places if place.isdecimal()]
    whole = sorted(place for place, _code in stated) == list(range(1, len(places) + 1))
    return " ".join(code for _place, code in sorted(stated)) if whole else ""


def _with_zone(text: str, here: tzinfo) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=here)).isoformat(timespec="milliseconds")


def _keep_file(file: UploadedFile[Any], draft: Begun) -> str:
    """Keep a file with the draft, a picture without what it tells beside what it shows; return its name."""
    if (file.size or 0) + draft.size > MOST_FILES:
        raise BadSubmission("submission.too-large", most=MOST_FILES >> 20)
    data = file.read()
    # One that is no picture that we know stays: the road by which it is received says so and shows it to nobody.
    with suppress(CannotProtect):
        data = cleaned(data, file.name or "").data
    ending = re.sub(r"[^a-z0-9.]", "", PurePath(file.name or "").suffix.lower())[:6]
    name = f"{len(draft.files) + 1}-{int(timezone.now().timestamp() * 1000)}{ending}"
    draft.add(name, data)
    return name
