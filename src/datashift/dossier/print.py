"""The dossier as a PDF that everybody can read: PDF/UA-1, tagged, typeset by typst with fonts of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from datashift.dossier.blocks import Block
from datashift.dossier.page_map import samples, svg
from datashift.dossier.view import view
from datashift.draw.letters import font_file, has_letter, writable

FONTS = ("latin", "devanagari-devanagari", "devanagari-latin-ext")
"""The files that have the letters of our four languages."""

UNKNOWN = "\ufffd"
"""Stands for a letter that no font at hand has: a PDF that can be read aloud may not hold one that cannot be shown."""


def pdf(dossier: Mapping[str, Any], language: str, *, notes: Sequence[str] = ()) -> bytes:
    """Return a dossier as PDF/UA-1 in `language`; the same dossier gives the same bytes where our fonts suffice.

    `notes` are sentences to say before all else. Texts reach typst as data, never as its markup. A letter that neither
    our fonts nor those of this machine have is shown as �; the HTML has it.
    """
    text = _data(view(dossier, language, notes))
    with _fonts() as folder:
        for own_fonts_only in (True, False):
            try:
                return _typeset(text, folder, own_fonts_only=own_fonts_only)
            except typst.TypstError as problem:
                if "could not be displayed" not in str(problem):
                    raise
        return _typeset(_showable(text), folder, own_fonts_only=True)


def _typeset(data: str, folder: Path, *, own_fonts_only: bool) -> bytes:
    template = files("datashift.dossier").joinpath("print.typ").read_bytes()
    made: Any = typst.compile(  # type: ignore[misc]
        template,
        sys_inputs={"dossier": data},
        font_paths=[str(folder)],
        ignore_system_fonts=own_fonts_only,
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    return bytes(made)


def _data(page: Mapping[str, Any]) -> str:
    year, month, day = (int(part) for part in page["created"].split("-"))
    sections = [{**one, "blocks": [_drawn(block) for block in one["blocks"]]} for one in page["sections"]]
    told = {**page, "sections": sections, "year": year, "month": month, "day": day}
    return json.dumps(_writable(told), ensure_ascii=False)


def _drawn(block: Block) -> Block:
    """Return a block as typst takes it: a map as pictures."""
    if block["kind"] != "map":
        return block
    return {**{name: block[name] for name in ("kind", "caption", "said")}, "svg": svg(block), "key": samples(block)}


def _writable(value: Any) -> Any:
    """Take away control characters, which no document may hold; line breaks stay."""
    if isinstance(value, str):
        return "\n".join(writable(line) for line in value.split("\n"))
    if isinstance(value, dict):
        return {name: _writable(inner) for name, inner in value.items()}
    return [_writable(inner) for inner in value] if isinstance(value, list) else value


def _showable(text: str) -> str:
    return "".join(letter if has_letter(letter) else UNKNOWN for letter in text)


@contextmanager
def _fonts() -> Iterator[Path]:
    """Lay our fonts where typst can read them."""
    with TemporaryDirectory() as folder:
        for subset in FONTS:
            for bold in (False, True):
                (Path(folder) / f"{subset}-{bold}.ttf").write_bytes(font_file(subset, bold))
        yield Path(folder)
