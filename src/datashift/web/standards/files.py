"""What can be taken from the registry: the text of a kit, its form as a workbook, area lists and crosswalks."""

from __future__ import annotations

import csv
import io
import os
from importlib import import_module

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from datashift.errors import BadRecipe
from datashift.errors.web import BadKit
from datashift.standards import areas
from datashift.standards.crosswalks import COLUMNS, pieces
from datashift.standards.kits import kit_folder
from datashift.web.frame.public import public
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import parsed, version_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public()
def kit_file(request: HttpRequest, kit: str, version: str, name: str) -> HttpResponse:
    """Answer `kit.toml` or `form.xlsx` of a version of a kit."""
    try:
        row = version_of(f"{kit}@{version}")
    except BadKit:
        raise Http404 from None
    if name == "kit.toml":
        return _file(row.text.encode(), "application/toml; charset=utf-8", f"{kit}-{version}.toml")
    if name == "form.xlsx":
        return _file(form(row), XLSX, f"{kit}-{version}.xlsx")
    raise Http404


@public()
def area_file(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the areas of a country (`TZ.csv`), or what was cut from what (`TZ-crosswalk.csv`)."""
    stem, _dot, kind = name.rpartition(".")
    country, _dash, part = stem.partition("-")
    if kind != "csv" or country not in areas.countries() or part not in ("", "crosswalk"):
        raise Http404
    text = crosswalk_csv(country) if part else areas.as_csv(areas.known_areas(country).values())
    return _file(text.encode(), "text/csv; charset=utf-8", name)


def form(row: KitVersion) -> bytes:
    """Return the form of a kit as an XLSX workbook: made once, then kept in the store under the digest of the kit.

    What makes forms needs 30 MB of memory, so it is loaded when the first form is made, and not before.
    """
    path = settings.HOME / "cache" / "forms" / f"{row.digest}.xlsx"
    if path.is_file():
        return bytes(path.read_bytes())
    kit = parsed(row.text)
    made = bytes(import_module("datashift.forms.workbook").form_workbook(kit, form_text(row)))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(made)
    temporary.rename(path)
    return made


def form_text(row: KitVersion) -> str:
    """Return the form of a kit as Markdown tables: as it ships, else made from the kit."""
    return _shipped_form(row) or str(import_module("datashift.forms.compose").compose(parsed(row.text)))


def crosswalk_csv(country: str) -> str:
    """Return the pieces of ground that changed hands in a country, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(pieces(country))
    return text.getvalue()


def _shipped_form(row: KitVersion) -> str:
    try:
        path = kit_folder(f"{row.kit}@{row.version}") / "form.md"
    except BadRecipe:
        return ""
    return path.read_text("utf-8") if row.shipped and path.is_file() else ""


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
