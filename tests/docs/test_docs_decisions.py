"""Decisions are numbered without a gap, and say what they cost."""

from __future__ import annotations

import re

from pages import DOCS, sections

FOLDER = DOCS / "decisions"


def test_decisions_are_numbered_one_by_one() -> None:
    numbers = [int(path.name[:4]) for path in sorted(FOLDER.glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_title_of_a_decision_carries_its_number_and_the_name_of_its_file() -> None:
    for path in FOLDER.glob("*.md"):
        title = path.read_text("utf-8").splitlines()[0]
        assert title.startswith(f"# {path.name[:4]} "), path.name
        words = re.sub(r"[^a-z0-9]+", "-", title[7:].lower()).strip("-")
        assert words.startswith(path.stem[5:]), path.name


def test_every_decision_has_a_context_and_a_price() -> None:
    for path in FOLDER.glob("*.md"):
        parts = sections(path)
        assert all(parts[heading].strip() for heading in ("Context", "Decision", "What it costs")), path.name


def test_the_index_names_every_decision_by_its_title() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    for path in sorted(FOLDER.glob("*.md")):
        title = path.read_text("utf-8").splitlines()[0][7:]
        assert f"{int(path.name[:4])}. [{title}](decisions/{path.name})" in index
