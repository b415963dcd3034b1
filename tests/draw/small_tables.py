"""Reads the small tables that the chart tests draw, and measures what came out."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from datashift.draw import Words
from datashift.model import Benchmark, Comparison, Estimate

SVG = "{http://www.w3.org/2000/svg}"


def words(**changes) -> Words:
    given = {
        "name": "water",
        "title": "About 6 in 10 water points work",
        "subtitle": "Improved water points that give water · made-up district · 2025",
        "foot": "Source: an example · n = 420 · method: proportion · 14 November 2026 · CC BY 4.0",
        "unit": "% of improved water points",
        "value_label": "Counted by citizens",
        "official_label": "Household survey",
    }
    return Words(**{**given, **changes})


def number(text: str) -> float | None:
    return float(text) if text else None


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def estimates(table: str, unit: str = "PT") -> list[Estimate]:
    """Read lines of: area | value | lower | upper | n | status, and a period where there is one."""
    found = []
    for area, value, lower, upper, n, status, *period in cells(table):
        found.append(
            Estimate(
                kit="water", measure="works", area=area, area_name=area, period=period[0] if period else "2025",
                value=number(value), se=None, lower=number(lower), upper=number(upper), n=int(n or 0), n_eff=None,
                deff=None, df=None, unit=unit, status=status, method="ratio", sampling_type="probability",
            )
        )  # fmt: skip
    return found


def comparisons(table: str, *, relation: str = "same", difference: str = "") -> list[Comparison]:
    """Read lines of: area | value | lower | upper | official | se | nature | verdict.

    Official "-" means that there is none, "x" that it is of another extent.
    """
    return [_comparison(line, relation, difference) for line in cells(table)]


def _comparison(line: list[str], relation: str, difference: str) -> Comparison:
    area, value, lower, upper, official, se, nature, verdict = line
    figure = None
    if official != "-":
        figure = Benchmark(
            measure="works", source="Household survey", released="2025", retrieved="2026-01-01", series="s",
            area=f"{area} before 2012" if official == "x" else area, area_name=area, period="2025",
            value=50.0 if official == "x" else float(official), unit="PT", nature=nature, relation=relation,
            definition={"en": "d"}, difference={"en": difference}, se=number(se),
        )  # fmt: skip
    return Comparison(
        measure="works", area=area, area_name=area, period="2025", breakdown=(), value=number(value),
        lower=number(lower), upper=number(upper), official=figure, verdict=verdict, difference=None,
        difference_lower=None, difference_upper=None, reason="", facts={"unit_code": "PT"},
    )  # fmt: skip


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def of_class(svg: str, name: str) -> list[ET.Element]:
    """Return the marks of one kind."""
    return [mark for group in parsed(svg).iter(f"{SVG}g") if group.get("class") == name for mark in group]


def texts(svg: str) -> list[ET.Element]:
    return list(parsed(svg).iter(f"{SVG}text"))


def written(svg: str) -> list[str]:
    return [text.text or "" for text in texts(svg)]


def place(element: ET.Element) -> tuple[float, float]:
    """Return where an element stands on the page."""
    found = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform", ""))
    assert found, f"no place in {element.attrib}"
    return float(found[1]), float(found[2])


def luminance(ink: str) -> float:
    """Return the relative luminance of an ink (WCAG 2)."""
    parts = (int(ink[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
