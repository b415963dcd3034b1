"""A bare recipe and kit for a file that nobody has described, so that every check that needs no kit can look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.model import Harmonised, Kit, Paradata, Recipe
from datashift.standards.areas import folded
from datashift.standards.paradata import guess, known_as, sampled

MISSING = ("", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "-", "--", "---", ".")
"""What tools and programs write where there is no answer."""

_IDS = (
    "uuid", "instanceid", "meta instanceid", "key", "_id", "submission id", "record id", "interview id", "row id",
    "survey id", "folio", "id", "namba ya fomu",
)  # fmt: skip
_DAYS = (
    "today", "interview date", "survey date", "date of interview", "date", "date assessment", "date recorded", "fecha",
    "fecha encuesta", "fecha registro", "tarehe", "tarehe ya mahojiano", "मिति", "अन्तर्वार्ता मिति",
)  # fmt: skip
_PLACES = (
    "enumeration area", "cluster", "psu", "village", "settlement", "neighbourhood", "neighborhood", "comunidad",
    "localidad", "barrio", "kijiji", "mtaa", "गाउँ", "टोल", "ward", "kata", "वडा", "parish", "sub county",
    "municipality", "municipio", "distrito", "wilaya", "district", "जिल्ला", "county", "kaunti", "canton",
    "departamento", "provincia", "province", "mkoa", "region", "governorate", "प्रदेश",
)  # fmt: skip
"""Kinds of places, the smallest first."""

_LATITUDES = ("latitude", "lat", "gps latitude", "location latitude", "latitud", "latitudo", "अक्षांश")
_LONGITUDES = (
    "longitude", "lon", "long", "lng", "gps longitude", "location longitude", "longitud", "longitudo", "देशान्तर",
)  # fmt: skip
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")
_ROWS_PER_PLACE = 3
_MOSTLY = 0.9

KIT = Kit.model_validate({
    "id": "undeclared", "version": "1", "title": {"en": "-"}, "description": {"en": "-"}, "indicator": "",
    "relation": "local", "relation_note": {"en": "-"}, "universe": {"unit": {"en": "-"}, "text": {"en": "-"}},
    "concepts": {}, "measures": [],
})  # fmt: skip
"""A kit that knows no concept and no measure."""

Samples = Mapping[str, Sequence[str | None]]


def undeclared(raw: pa.Table, name: str) -> tuple[Recipe, Kit, Harmonised]:
    """Return a bare recipe, an empty kit and the rows as observations, for a raw table that nobody has described.

    In: a raw table (all text, `_row`) and the name of its file. The recipe holds what the names of columns and what
    stands in them tell: paradata, an id, a day, coordinates, and the smallest place. Each observation has as its area
    what its row writes there. Nothing is taken for sure: no row is left out, and no check that needs a kit looks.
    """
    samples = sampled(raw)
    stated = guess(list(samples), samples)
    place, areas = _places(raw, list(samples))
    latitude, longitude = (_known(samples, words, _in_degrees) for words in (_LATITUDES, _LONGITUDES))
    position = {"latitude": latitude, "longitude": longitude} if latitude and longitude else {}
    recipe = Recipe.model_validate({
        "id": folded(name.split(".")[0]).replace(" ", "-") or "file",
        "title": {"en": name}, "kit": KIT.id, "producer": "", "source": [{"file": name}], "missing": MISSING,
        "row_id": _known(samples, _IDS, _tells_apart), "columns": {}, "paradata": stated,
        "place": {"country": "", "as_of": datetime.now(UTC).date(), "column": place, **position},
        "period": {"label": "-", **_day(samples, stated)}, "design": {"sampling_type": "undocumented"},
    })  # fmt: skip
    return recipe, KIT, _as_it_stands(raw, areas)


def _known(samples: Samples, words: Sequence[str], fits: Callable[[list[str]], bool]) -> str | None:
    return next((column for column, _word in known_as(list(samples), words) if fits(_answers(samples[column]))), None)


def _answers(values: Sequence[str | None]) -> list[str]:
    return [value.strip() for value in values if value is not None and value.strip() not in MISSING]


def _tells_apart(answers: list[str]) -> bool:
    return len(set(answers)) > _MOSTLY * len(answers) > 0


def _in_degrees(answers: list[str]) -> bool:
    inside = [text for text in answers if _number(text) <= 180]
    return bool(answers) and len(inside) > _MOSTLY * len(answers)


def _number(text: str) -> float:
    try:
        return abs(float(text))
    except ValueError:
        return float("inf")


def _places(raw: pa.Table, columns: Sequence[str]) -> tuple[str | None, pa.ChunkedArray | pa.Array]:
    """Return the column of the smallest places of which each has several rows, and the place of each row in words.

    Villages and wards of the same name lie in different districts, so the larger places stand before the smaller one.
    """
    found = [column for column, _word in known_as(columns, _PLACES)]
    for first, column in enumerate(found):
        texts = [pc.fill_null(pc.utf8_trim_whitespace(raw[name]), "") for name in reversed(found[first:])]
        joined = pc.binary_join_element_wise(*texts, " / ")
        different = pc.count_distinct(joined).as_py()
        if different > 1 and _ROWS_PER_PLACE * different <= raw.num_rows:
            return column, joined
    return None, pa.nulls(raw.num_rows, pa.string())


def _day(samples: Samples, stated: Paradata) -> dict[str, Any]:
    taken = set(stated.columns)
    for column, _word in known_as(list(samples), _DAYS):
        answers = _answers(samples[column])
        for form in _FORMATS if answers and column not in taken else ():
            if sum(_is_day(text, form) for text in answers) > _MOSTLY * len(answers):
                return {"column": column, "format": form}
    return {}


def _is_day(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return True


def _as_it_stands(raw: pa.Table, areas: pa.ChunkedArray | pa.Array) -> Harmonised:
    """Every row is an observation, except those in which nothing is written."""
    written = np.zeros(raw.num_rows, dtype=np.bool_)
    for name in raw.column_names[1:]:
        if written.all():
            break
        written |= pc.not_equal(pc.fill_null(pc.utf8_trim_whitespace(raw[name]), ""), "").to_numpy()
    kept = raw.filter(pa.array(written))
    nothing = pa.nulls(kept.num_rows, pa.string())
    area = areas.filter(pa.array(written))
    observations = pa.table({
        "row": kept["_row"], "area": area, "period": nothing, "weight": pa.nulls(kept.num_rows, pa.float64()),
        "stratum": nothing, "cluster": nothing, "latitude": pa.nulls(kept.num_rows, pa.float64()),
        "longitude": pa.nulls(kept.num_rows, pa.float64()),
    })  # fmt: skip
    empty = raw.filter(pa.array(~written))["_row"]
    blank = pa.array([""] * len(empty), pa.string())
    codes = pa.array(["harmonise.empty-row"] * len(empty), pa.string())
    rejects = pa.table({"row": empty, "column": blank, "code": codes, "value": blank, "text": blank})
    return Harmonised(observations, rejects, raw.num_rows, kept.num_rows, len(empty))
