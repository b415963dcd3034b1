"""The map of who was counted, drawn: each state has its own ink and its own sign, so that no colour is needed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from datashift.dossier.blocks import Block
from datashift.draw import look

INKS = {
    "few": look.CLASSES[0],
    "counted": look.CLASSES[2],
    "many": look.CITIZEN,
    "none": "url(#nobody)",
    "hidden": look.PAPER,
    "cannot_tell": "url(#unsure)",
}
"""The fewer answers for their number of people, the lighter; nobody is hatched, and what nobody can tell is dotted."""

PATTERNS = (
    '<defs><pattern id="nobody" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<path fill="{look.PAPER}" d="M0 0h9v9H0z"/><path stroke="{look.HATCHING}" stroke-width="4" d="M0 0v9"/></pattern>'
    '<pattern id="unsure" width="9" height="9" patternUnits="userSpaceOnUse">'
    f'<path fill="{look.PAPER}" d="M0 0h9v9H0z"/><path stroke="{look.HATCHING}" stroke-width="3" d="M3 4.5h3"/>'
    "</pattern></defs>"
)

SIGN = 14
"""Half the width of a sign, in the steps of the map."""

WIDE, HIGH = 34, 22
"""Size of a sample in the legend."""


def html(block: Block) -> str:
    """Return a map with its caption and its legend in words."""
    legend = "".join(f"<li>{_sample(state)} {escape(words)}</li>" for state, words in block["legend"])
    return (
        f'<figure class="areas"><figcaption>{escape(block["caption"])}</figcaption>{svg(block)}'
        f'<ul class="key">{legend}</ul></figure>'
    )


def svg(block: Block) -> str:
    """Return a map as SVG that stands alone; its words are those for whoever listens."""
    areas = block["areas"]
    drawn = "".join(
        f'<g><title>{escape(one["title"])}</title><path fill="{INKS[one["state"]]}" d="{one["path"]}"/></g>'
        for one in areas
    )
    signs = "".join(_sign(one["state"], *one["at"]) for one in areas)
    left, top, width, height = block["viewbox"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" role="img" '
        f'aria-label="{escape(block["said"])}">{PATTERNS}'
        f'<g stroke="{look.TEXT}" stroke-width="1.5" stroke-linejoin="round" fill-rule="evenodd">{drawn}</g>'
        f"{signs}</svg>"
    )


def samples(block: Block) -> list[Mapping[str, Any]]:
    """Return the legend of a map, each state with a picture that stands alone."""
    return [{"svg": _sample(state, alone=True), "words": words} for state, words in block["legend"]]


def _sample(state: str, *, alone: bool = False) -> str:
    """Draw how an area of a state looks; inside a page the patterns are those of the map."""
    shown = PATTERNS if alone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sample" width="{WIDE}" height="{HIGH}" '
        f'viewBox="0 0 {WIDE} {HIGH}" aria-hidden="true">{shown}<path stroke="{look.TEXT}" stroke-width="1.5" '
        f'fill="{INKS[state]}" d="M1 1H{WIDE - 1}V{HIGH - 1}H1z"/>{_sign(state, WIDE // 2, HIGH // 2, 8)}</svg>'
    )


def _sign(state: str, x: int, y: int, size: int = SIGN) -> str:
    """Draw the ring of nobody, or the lock of what is hidden, on a plate that parts it from what lies below."""
    if state == "none":
        drawn = f'<circle r=".7" fill="none" stroke="{look.QUIET}" stroke-width=".28"/>'
    elif state == "hidden":
        drawn = f'<path transform="scale(.8)" fill="{look.QUIET}" fill-rule="evenodd" d="{look.LOCK}"/>'
    else:
        return ""
    return f'<g transform="translate({x} {y}) scale({size})"><circle r="1.1" fill="{look.PAPER}"/>{drawn}</g>'
