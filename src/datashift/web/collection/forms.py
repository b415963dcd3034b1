"""What a page of the road sends, as the answers that `services.answer` takes. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

READING = ("sheet", "encoding", "delimiter", "header_row")
PLACE = ("country", "column", "area", "whole", "as_of", "latitude", "longitude", "date", "format", "label", "by")
MANY = ("strata", "clusters")
WITH_DRAW = ("probability", "small_area_census", "quota")
"""Ways to ask in which weights, strata and clusters may play a part."""
OPEN = "?"
"""What a field says of an answer whose meaning nobody knows yet."""
TAB = "tab"


def answers(step: str, sent: QueryDict) -> dict[str, Any]:
    """Return what was said on a step."""
    return {"rows": _rows, "kit": _kit, "place": _place, "asked": _asked, "who": _who}.get(step, _nothing)(sent)


def _nothing(sent: QueryDict) -> dict[str, Any]:
    return {}


def _rows(sent: QueryDict) -> dict[str, Any]:
    said = {"title": _text(sent, "title"), "row_id": sent.get("row_id", ""), "simulated": _yes(sent, "simulated")}
    said |= {"licence": sent["licence"]} if "licence" in sent else {}
    reading = {name: _text(sent, name) for name in READING if _text(sent, name)}
    if reading.get("delimiter") == TAB:
        reading["delimiter"] = "\t"
    return {**said, **reading}


def _kit(sent: QueryDict) -> dict[str, Any]:
    return {"kit": sent.get("kit", "")}


def _place(sent: QueryDict) -> dict[str, Any]:
    said: dict[str, Any] = {name: _text(sent, name) for name in PLACE if name in sent}
    said["stands"] = sent.get("stands", "")
    names = {name: area for name, area in pairs(sent, "name", "area-of-name") if area}
    return {**said, "names": names} if "name" in sent else said


def _asked(sent: QueryDict) -> dict[str, Any]:
    by_chance = sent.get("sampling_type") in WITH_DRAW
    return {
        "sampling_type": sent.get("sampling_type", ""),
        "weights": sent.get("weights", "") if by_chance else "",
        **{name: [one for one in sent.getlist(name) if one] if by_chance else [] for name in MANY},
        "note": _text(sent, "note"),
        "limits": _text(sent, "limits"),
    }


def _who(sent: QueryDict) -> dict[str, Any]:
    return {"licence": _text(sent, "licence"), "for_office": _yes(sent, "for_office")}


def one_column(sent: QueryDict) -> dict[str, Any]:
    """Return how one column is read: the code of each answer ("" for none; what stays open is not named), its unit."""
    codes = {answer: code for answer, code in pairs(sent, "answer", "code") if code != OPEN}
    said: dict[str, Any] = {"codes": codes, "missing": words(sent.get("missing", ""))}
    if _text(sent, "factor"):
        said["factor"] = _text(sent, "factor")
    return said


def pairs(sent: QueryDict, name: str, value: str) -> Iterable[tuple[str, str]]:
    """Return the rows of a table of fields: what stands in each, and what was chosen for it."""
    return zip(sent.getlist(name), sent.getlist(value), strict=False)


def words(text: str) -> list[str]:
    """Return the words that somebody parted by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _text(sent: QueryDict, name: str) -> str:
    return sent.get(name, "").strip()


def _yes(sent: QueryDict, name: str) -> bool:
    return sent.get(name, "") == "yes"
