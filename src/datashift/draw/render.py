"""Vega-Lite to SVG and PNG: the same bytes for the same specification, with words for those who cannot see it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from datashift.draw import letters, look
from datashift.draw.page import HATCH, Spec

VEGA_LITE = "6.4"
PNG_SCALE = 2

_SVG = "http://www.w3.org/2000/svg"
_DROPPED = {"pointer-events", "aria-hidden", "aria-roledescription", "role", "font-family", "clip-path"}
_DEFAULTS = {"opacity": "1", "font-weight": "normal", "transform": "translate(0,0)", "stroke-miterlimit": "10"}
_NUMBERS = {"transform", "d", "x2", "y2"}
_LONG = re.compile(
    r"-?\d+\.\d{3,}(e-?\d+)?"
)  # no eye sees a hundredth of a pixel, and machines differ in the last digit
_LAYER = re.compile(r"(\w+)_\d+_marks$")
_MOVE = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")


def start() -> None:
    """Start the JavaScript engine of the renderer with the smallest chart there is."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine, only needed when a chart is drawn

    vl_convert.vegalite_to_svg({"data": {"values": []}, "mark": "point"}, vl_version=VEGA_LITE, allowed_base_urls=[])


def svg(spec: Spec, *, name: str, description: str, language: str) -> str:
    """Return the chart as one SVG document without scripts, links and fonts of its own.

    `description` becomes its aria-label; `name` makes its ids unlike those of other charts on a page.
    """
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine, only needed when a chart is drawn

    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    root = _parsed(drawn)
    _tidy(root)
    _unwrap(root)
    _hatch(root, f"hatch-{_slug(name)}")
    size = {key: root.attrib[key] for key in ("width", "height", "viewBox")}
    root.attrib.clear()
    named = {"role": "img", "aria-label": letters.writable(description), "lang": language, "font-family": look.FONTS}
    root.attrib.update({"xmlns": _SVG, **size, **named})
    return ET.tostring(root, encoding="unicode") + "\n"


def png(drawing: str, *, scale: float = PNG_SCALE) -> bytes:
    """Return the SVG as PNG at `scale` (twice) its size, its letters drawn as outlines of our own fonts."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine, only needed when a chart is drawn

    return bytes(vl_convert.svg_to_png(outlined(drawing), scale=scale))


def outlined(drawing: str) -> str:
    """Return the SVG with every line of text that our fonts can write replaced by outlines, one path per glyph.

    The renderer behind the PNG misplaces the vowel signs of Devanagari, and takes whatever fonts a machine has;
    outlines are shaped right and look the same everywhere. The text stays as the aria-label of its group.
    """
    root = _parsed(drawing)
    for parent in list(root.iter()):
        for k, child in enumerate(list(parent)):
            if child.tag == "text" and all(
                letters.shaped(line, _bold(child)).complete for line, _x, _y in _rows(child)
            ):
                parent[k] = _outline(child)
    root.set("xmlns", _SVG)
    return ET.tostring(root, encoding="unicode")


def _parsed(drawing: str) -> ET.Element:
    return ET.fromstring(re.sub(r'\sxmlns(:xlink)?="[^"]*"', "", drawing))  # noqa: S314 - our own renderer wrote it


# --- a plain document ---------------------------------------------------------------------------------------------


def _tidy(element: ET.Element) -> None:
    """Keep what draws: drop empty backgrounds, clips, wrappers' roles, and attributes that say the default."""
    for child in list(element):
        empty = child.tag == "path" and child.get("class") in ("background", "foreground")
        if empty or child.tag == "defs":
            element.remove(child)
        else:
            _tidy(child)
    for key in [k for k, v in element.attrib.items() if k in _DROPPED or _DEFAULTS.get(k) == v]:
        del element.attrib[key]
    if "class" in element.attrib:
        _rename_class(element)
    for key in _NUMBERS & element.attrib.keys():
        element.set(key, _LONG.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), element.attrib[key]))
    if element.get("class") == "area":
        for path in element:
            path.set("d", _relative(path.get("d", "")))


def _rename_class(element: ET.Element) -> None:
    named = _LAYER.search(element.attrib.pop("class"))
    if named:
        element.set("class", named[1].replace("_", "-"))


def _relative(path: str) -> str:
    """Write each ring of an outline as steps from point to point, which takes half as many letters."""
    rings = []
    for ring in filter(None, path.rstrip("Z").split("Z")):
        points = [tuple(float(n) for n in point.split(",")) for point in ring.removeprefix("M").split("L")]
        steps = [f"{_tenth(x - a)},{_tenth(y - b)}" for (a, b), (x, y) in pairwise(points)]
        rings.append(
            f"M{_tenth(points[0][0])},{_tenth(points[0][1])}l{' '.join(steps)}z".replace(",-", "-").replace(" -", "-")
        )
    return "".join(rings)


def _tenth(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _unwrap(element: ET.Element) -> None:
    """Put the children of groups that say nothing in the place of these groups."""
    for child in list(element):
        _unwrap(child)
        if child.tag == "g" and (not child.attrib or not len(child)):
            place = list(element).index(child)
            element.remove(child)
            for k, grandchild in enumerate(list(child)):
                element.insert(place + k, grandchild)


def _hatch(root: ET.Element, name: str) -> None:
    """Draw the hatching that some marks ask for, under a name of its own."""
    hatched = [element for element in root.iter() if element.get("fill") == f"url(#{HATCH})"]
    if not hatched:
        return
    for element in hatched:
        element.set("fill", f"url(#{name})")
    size = {"width": "7", "height": "7", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    definitions = ET.Element("defs")
    pattern = ET.SubElement(definitions, "pattern", {"id": name, **size})
    ET.SubElement(pattern, "path", {"d": "M0,0V7", "stroke": look.HATCHING, "stroke-width": "2.4"})
    root.insert(0, definitions)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', plain).strip('-')}-{sha256(name.encode()).hexdigest()[:6]}"


# --- text as outlines ---------------------------------------------------------------------------------------------


def _bold(text: ET.Element) -> bool:
    return text.get("font-weight") in ("bold", "600", "700", "800", "900")


def _rows(text: ET.Element) -> Iterator[tuple[str, float, float]]:
    """Yield the lines of a text element with their offsets from its own place."""
    if text.text:
        yield text.text, 0.0, 0.0
    y = 0.0
    for span in text:
        y += float(span.get("dy", "0"))
        yield span.text or "", float(span.get("x", "0")), y


def _outline(text: ET.Element) -> ET.Element:
    size = float(text.get("font-size", "16").removesuffix("px"))
    moved = _MOVE.fullmatch(text.get("transform", ""))
    x0, y0 = (float(moved[1]), float(moved[2])) if moved else (float(text.get("x", "0")), float(text.get("y", "0")))
    group = ET.Element("g", {"fill": text.get("fill", look.TEXT)})
    group.set("aria-label", " ".join(line for line, _x, _y in _rows(text)))
    for line, dx, dy in _rows(text):
        drawn = letters.shaped(line, _bold(text))
        start = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", ""), 0.0) * drawn.advance * size
        for glyph in drawn.glyphs:
            if glyph.outline:
                group.append(_glyph(glyph, x0 + dx - start, y0 + dy, size))
    return group


def _glyph(glyph: letters.Glyph, x: float, y: float, size: float) -> ET.Element:
    scale = glyph.scale * size
    place: tuple[Any, ...] = (scale, -scale, x + glyph.x * size, y - glyph.y * size)
    return ET.Element(
        "path", {"transform": "matrix({:.6g} 0 0 {:.6g} {:.3f} {:.3f})".format(*place), "d": glyph.outline}
    )
