"""Area lists of a person's own: imported once into the store, used where names are looked up, exported for recipes.

A recipe never reads the store's lists, or it would give other figures on another machine. `export` writes the list
that was used, and the recipe names that file as place.areas.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from datashift.errors import BadAreas, SourceUnavailable
from datashift.language import _
from datashift.model import Area
from datashift.standards.areas.lists import as_csv, countries, parse, shipped

OCHA = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code", "Valid from date")
"""The columns of OCHA's global list of P-codes."""

KINDS = {("AR", 2): "department", ("KE", 2): "constituency", ("NP", 2): "district", ("TZ", 2): "district"}

_OTHER_PREFIX = {"BDI": "BI", "BES": "BQ", "KAZ": "KZ", "TJK": "TJ", "TUR": "TR"}
"""Countries whose P-codes do not begin with their alpha-2 code."""

_GZIP = b"\x1f\x8b"


class Public(NamedTuple):
    """A public file that cannot ship: what it holds, where it is and what its bytes must give."""

    file: str
    country: str
    url: str
    sha256: str
    name: str = ""
    as_of: str = ""


_HDX = "https://raw.githubusercontent.com/OCHA-DAP/hdx-python-country/30b440dc42c16e5c4f406d65184cc8660c80a6d6/"
_TAARIFA = (
    "https://raw.githubusercontent.com/taarifa/TaarifaWaterpoints/caafc60a5c8ea97c49df64eeed38a73f7d13d635/app/data/"
)
PUBLIC = (
    Public(
        "ocha_global_pcodes_adm1_adm2.csv", "", f"{_HDX}tests/fixtures/download-global-pcodes-adm-1-2.csv",
        "44dc3521c45510b3aede3750ef2885c241de8e9cf0a22a859bdb08764dd729fa",
    ),
    Public(
        "ken_counties.geojson", "KE",
        "https://raw.githubusercontent.com/Alex-Maina-Mwangi/Kenya_counties/f5311c2d42fd1a27f4bb1e3509300d439e3ee43b/"
        "kenya.geojson",
        "d485d73f043fd6f49046b024a35fd01a11be95e1cedc82324a66c5ffe417ab3b", "COUNTY_NAM", "2019-08-25",
    ),
    Public(
        "tza_regions_2012.topojson", "TZ", f"{_TAARIFA}tz_regions.topojson",
        "e88ed63abb79906381638ff54c9262c38f3ba33196a154d2b81d7820db780bb6", "Region_Nam", "2012-08-26",
    ),
    Public(
        "tza_districts_2012.topojson", "TZ", f"{_TAARIFA}tz_districts.topojson",
        "e3f0afa73516bceb9dc91e9abeb668a9d2ba3271df1e6ebcab747ee1da78dcdd", "District_N", "2012-08-26",
    ),
)  # fmt: skip
"""What `fetch` can get: the P-code list for every country, and boundaries where a fixed address is known."""


def list_path(home: Path, country: str) -> Path:
    """Return where the store keeps the imported area list of `country`. Raises BadAreas for a code that is none."""
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise BadAreas("areas.bad-country", country=country)
    return home / "areas" / f"{country}.csv"


def imported(home: Path) -> list[str]:
    """Return the countries with an imported list in the store, sorted."""
    return sorted(path.stem for path in (home / "areas").glob("[A-Z]*.csv"))


def areas_at_hand(country: str, home: Path | None) -> dict[str, Area]:
    """Return the shipped areas of `country` and, below them, those imported into the store `home`.

    Where both lists have an id, the shipped area stands. Raises BadAreas when there is neither list, or when the
    imported one cannot be read.
    """
    path = list_path(home, country) if home else None
    if path is None or not path.is_file():
        if country not in countries():
            known = ", ".join(sorted({*countries(), *(imported(home) if home else ())}))
            raise BadAreas("areas.no-list", country=country, known=known)
        return shipped(country)
    own = _own_layout(path.read_text("utf-8-sig"), path.name)
    return {**own, **(shipped(country) if country in countries() else {})}


def export(country: str, home: Path | None) -> str:
    """Return all areas at hand of `country` as the text of an area list, to be named in a recipe as place.areas."""
    return as_csv(areas_at_hand(country, home).values())


def import_list(
    content: bytes, file: str, home: Path, *, country: str | None = None, valid_from: date | None = None
) -> dict[str, list[Area]]:
    """Read an area list and keep it in the store; return the areas by country.

    In:  the bytes of OCHA's global P-code list (plain or gzipped) or of a list in our own layout; `country` takes one
    country out of it (alpha-2). OCHA's date says since when a row is in their list; `valid_from` states instead since
    when the areas have had this extent, where a person knows it.
    Out: country -> areas. An earlier import of the same country is replaced.
    Raises BadAreas when the file is no such list, or has no area of `country`.
    """
    text = _text(content, file)
    try:
        is_ocha = set(OCHA) <= set(next(csv.reader(io.StringIO(text)), []))
        found = _from_ocha(text, country, valid_from) if is_ocha else {}
    except (csv.Error, ValueError, TypeError) as problem:
        raise BadAreas("areas.not-a-list", file=file) from problem
    if not is_ocha:
        for area in _own_layout(text, file).values():
            found.setdefault(area.country, []).append(area)
    known = ", ".join(sorted(found)) or "–"
    found = {code: areas for code, areas in found.items() if country in (None, code)}
    if not found:
        raise BadAreas("areas.no-country", file=file, country=country or "–", known=known)
    paths = {code: list_path(home, code) for code, areas in found.items() if areas}
    for code, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_csv(found[code]), "utf-8")
    return found


def fetch(
    country: str, home: Path, progress: Callable[[str], None], get: Callable[..., str] | None = None
) -> list[tuple[Public, Path]]:
    """Get what cannot ship for `country` into the store, each file checked against its SHA-256.

    `get` has pooch.retrieve's signature. Out: what was fetched and where it lies. Raises SourceUnavailable when an
    address cannot be reached or gives another file.
    """
    if get is None:
        import pooch  # noqa: PLC0415 - its HTTP client is only needed when something is fetched

        get = pooch.retrieve
    found = []
    for source in PUBLIC:
        if source.country not in ("", country):
            continue
        progress(_("getting {file}").format(file=source.file))
        try:
            get(url=source.url, known_hash=f"sha256:{source.sha256}", fname=source.sha256, path=home / "raw")
        except (OSError, ValueError) as problem:
            raise SourceUnavailable("source.download", address=source.url, problem=problem) from problem
        found.append((source, home / "raw" / source.sha256))
    return found


# --- reading lists --------------------------------------------------------------------------------------------------


def _text(content: bytes, file: str) -> str:
    try:
        plain = gzip.decompress(content) if content.startswith(_GZIP) else content
        return plain.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
        raise BadAreas("areas.not-a-list", file=file) from problem


def _own_layout(text: str, file: str) -> dict[str, Area]:
    try:
        areas = parse(text)
    except (KeyError, ValueError, AttributeError, TypeError, csv.Error) as problem:
        raise BadAreas("areas.not-a-list", file=file) from problem
    if not areas:
        raise BadAreas("areas.not-a-list", file=file)
    known = set(areas).union(*(shipped(c) for c in {area.country for area in areas.values()} & set(countries())))
    for area in areas.values():
        for other in (*filter(None, (area.parent,)), *area.predecessors, *(p for p, _last in area.former_parents)):
            if other not in known:
                raise BadAreas("areas.dangling", file=file, area=area.id, other=other)
    return areas


def _from_ocha(text: str, country: str | None, valid_from: date | None) -> dict[str, list[Area]]:
    # The row below the header holds HXL tags.
    rows = [row for row in csv.DictReader(io.StringIO(text)) if not row["Location"].startswith("#")]
    found: dict[str, list[Area]] = {}
    by_place: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_place.setdefault(row["Location"], []).append(row)
    for place, own_rows in by_place.items():
        # The list names countries by alpha-3; P-codes begin with the alpha-2 code.
        code = _OTHER_PREFIX.get(place, own_rows[0]["P-Code"][:2])
        if country in (None, code):
            found[code] = list(_areas_of(code, own_rows, valid_from))
    return found


def _areas_of(code: str, rows: Iterable[Mapping[str, str]], valid_from: date | None) -> Iterable[Area]:
    known = shipped(code) if code in countries() else {}
    ids = {area.pcode: area.id for area in known.values() if area.pcode and area.valid_to is None}
    if not known:
        yield Area(code, next(iter(rows))["Location"], code, 0, kind="country")
    for row in rows:
        level, pcode = int(row["Admin Level"]), row["P-Code"]
        if pcode in ids:
            continue
        area = Area(pcode, " ".join(row["Name"].split()), code, level, pcode=pcode, kind=KINDS.get((code, level), ""))
        parent = row["Parent P-Code"]
        since = valid_from or (date.fromisoformat(row["Valid from date"]) if row["Valid from date"] else None)
        yield replace(area, parent=code if level == 1 else ids.get(parent, parent), valid_from=since)
