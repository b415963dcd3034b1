"""Polygons of places, read from GeoJSON or TopoJSON, plain or gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from datashift.errors import Unreadable

Shape = Polygon | MultiPolygon
Arc = npt.NDArray[np.float64]

_GZIP = b"\x1f\x8b"
_RING = 4  # points of the smallest ring: a triangle and its first point again


def polygons(
    source: Path | str | bytes, name_property: str, *, file: str = "", only: Collection[str] | None = None
) -> dict[str, list[Shape]]:
    """Return the polygons of each place: name -> shapely geometries in degrees (WGS84), in the order of the file.

    In: a path or the bytes of a GeoJSON or TopoJSON document, plain or gzipped; the property that names a place
    ("id" also means the feature's own id); `file` is the name that errors show when bytes are given; `only` the
    names that are wanted (all).
    Out: every place that has that property, as text; names that repeat keep all their shapes. Places without the
    property, and points and lines, are left out. Shapes that cross themselves are repaired.
    Raises Unreadable when the document has no polygons with that property, or is not in degrees.
    """
    name = file or (Path(source).name if isinstance(source, (Path, str)) else "")
    found: dict[str, list[Shape]] = {}
    known: set[str] = set()
    for feature in _features(_document(source, name), name):
        properties = {**({"id": feature["id"]} if "id" in feature else {}), **(feature.get("properties") or {})}
        known.update(properties)
        place = properties.get(name_property)
        if place is not None and (only is None or str(place) in only):
            for part in _polygonal(feature.get("geometry"), name):
                found.setdefault(str(place), []).append(part)
    if not found:
        raise Unreadable("shapes.no-name", file=name, name=name_property, known=", ".join(sorted(known)) or "–")
    return found


def _document(source: Path | str | bytes, name: str) -> dict[str, Any]:
    try:
        content = source if isinstance(source, bytes) else Path(source).read_bytes()
    except FileNotFoundError as problem:
        raise Unreadable("read.not-found", file=name) from problem
    try:
        document = json.loads(gzip.decompress(content) if content.startswith(_GZIP) else content)
    except (ValueError, OSError, EOFError, zlib.error) as problem:
        raise Unreadable("shapes.not-geo", file=name) from problem
    if not isinstance(document, dict):
        raise Unreadable("shapes.not-geo", file=name)
    return document


def _features(document: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Yield GeoJSON features, whichever of the two formats the document has."""
    try:
        match document.get("type"):
            case "FeatureCollection":
                yield from document["features"]
            case "Feature":
                yield document
            case "Topology":
                yield from _unfolded(document)
            case _:
                raise Unreadable("shapes.not-geo", file=name)
    except (KeyError, TypeError, IndexError) as problem:
        raise Unreadable("shapes.not-geo", file=name) from problem


def _unfolded(topology: dict[str, Any]) -> Iterator[dict[str, Any]]:
    arcs = _arcs(topology)
    for layer in topology["objects"].values():
        for item in layer.get("geometries", [layer]):
            yield {**item, "type": "Feature", "geometry": _geometry(item, arcs)}


def _arcs(topology: dict[str, Any]) -> list[Arc]:
    arcs = [np.asarray(arc, dtype=np.float64)[:, :2] for arc in topology["arcs"]]
    if "transform" not in topology:
        return arcs
    scale, shift = (np.asarray(topology["transform"][key], dtype=np.float64) for key in ("scale", "translate"))
    # Quantised arcs hold steps from point to point: the running sum gives the points back.
    return [np.cumsum(arc, axis=0) * scale + shift for arc in arcs]


def _geometry(item: dict[str, Any], arcs: list[Arc]) -> dict[str, Any] | None:
    match item.get("type"):
        case "Polygon":
            return {"type": "Polygon", "coordinates": [_ring(ring, arcs) for ring in item["arcs"]]}
        case "MultiPolygon":
            return {"type": "MultiPolygon", "coordinates": [[_ring(r, arcs) for r in p] for p in item["arcs"]]}
        case "GeometryCollection":
            return {"type": "GeometryCollection", "geometries": [_geometry(g, arcs) for g in item["geometries"]]}
        case _:
            return None


def _ring(indices: Iterable[int], arcs: list[Arc]) -> Arc:
    # A negative index means the arc read backwards; each arc starts where the one before it ended.
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([part if not k else part[1:] for k, part in enumerate(parts)])


def _polygonal(geometry: dict[str, Any] | None, name: str) -> Iterator[Shape]:
    if not geometry:
        return
    try:
        whole = shape(_with_area(geometry))
    except (shapely.errors.ShapelyError, KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        raise Unreadable("shapes.not-geo", file=name) from problem
    if not whole.is_valid:
        whole = shapely.make_valid(whole, method="structure", keep_collapsed=False)
    for part in getattr(whole, "geoms", [whole]) if whole.geom_type == "GeometryCollection" else [whole]:
        if isinstance(part, (Polygon, MultiPolygon)) and not part.is_empty:
            _must_be_degrees(part, name)
            yield part


def _with_area(geometry: dict[str, Any]) -> dict[str, Any]:
    # Quantised files keep islets and holes that have shrunk to a point or a line; they have no area to be in.
    match geometry["type"]:
        case "Polygon":
            return {"type": "MultiPolygon", "coordinates": _parts([geometry["coordinates"]])}
        case "MultiPolygon":
            return {"type": "MultiPolygon", "coordinates": _parts(geometry["coordinates"])}
        case "GeometryCollection":
            return {**geometry, "geometries": [_with_area(g) for g in geometry["geometries"] if g]}
        case _:
            return geometry


def _parts(parts: Iterable[list[Any]]) -> list[list[Arc]]:
    rings_of_parts = ([np.asarray(ring, dtype=np.float64)[:, :2] for ring in rings] for rings in parts)
    return [
        [ring for ring in rings if len(ring) >= _RING] for rings in rings_of_parts if rings and len(rings[0]) >= _RING
    ]


def _must_be_degrees(part: Shape, name: str) -> None:
    west, south, east, north = part.bounds
    if west < -181 or east > 361 or south < -91 or north > 91:
        raise Unreadable("shapes.not-degrees", file=name, x=f"{west:.0f}", y=f"{south:.0f}")
