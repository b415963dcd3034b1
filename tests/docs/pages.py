"""The pages of the documentation, and what is written in them: links, tables, and fences with commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$|^<!-- (\w+): (.*?) -->$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fence (`kind` is its language) or a marker for the tests (`kind` is its first word)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Step:
    """A command of a page and the lines that the page shows of its output; `…` stands for lines left out."""

    command: tuple[str, ...]
    shown: tuple[str, ...]


@cache
def every_page() -> tuple[Path, ...]:
    """Every Markdown page that is part of the project."""
    top = sorted(ROOT.glob("*.md"))
    inside = [path for folder in ("docs", "examples", "src", "tests") for path in sorted((ROOT / folder).rglob("*.md"))]
    return (*top, *inside)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> Iterator[Block]:
    """Yield the fences and markers of a page, in order."""
    for found in _FENCE.finditer(path.read_text("utf-8")):
        language, text, marker, said = found.groups()
        yield Block(marker, said) if marker else Block(language, text)


def steps(text: str) -> Iterator[Step]:
    """Yield the commands of a console fence with what is shown of their output."""
    command: tuple[str, ...] = ()
    shown: list[str] = []
    for line in [*text.splitlines(), "$ "]:
        if line.startswith("$ "):
            if command:
                yield Step(command, tuple(shown))
            command, shown = tuple(shlex.split(line[2:])), []
        else:
            shown.append(line)


def links(path: Path) -> Iterator[str]:
    """Yield what a page links to, outside of its fences."""
    prose = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"`[^`\n]*`", "", prose)
    for found in _LINK.finditer(prose):
        yield next(target for target in found.groups() if target)


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings get."""
    plain = [re.sub(r"[`*]", "", heading).lower() for heading in _HEADING.findall(path.read_text("utf-8"))]
    return {"".join(c for c in heading.replace(" ", "-") if c.isalnum() or c in "-_") for heading in plain}


def sections(path: Path) -> dict[str, str]:
    """The text under each heading of a page, up to the next heading."""
    parts = re.split(r"^#+ +(.*)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The body rows of the tables in a text, without their headers."""
    found: list[list[str]] = []
    for table in re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.strip().splitlines()]
        found += lines[2:]
    return found


def coded(cell: str) -> list[str]:
    """The words in a cell that are set as code."""
    return re.findall(r"`([^`]+)`", cell)


def plain(line: str) -> str:
    """A line as it is compared: every blank, thin or wide, is one blank."""
    return " ".join(line.split())


def missing(shown: tuple[str, ...], output: str) -> list[str]:
    """The shown lines that do not stand in the output in this order; lines between two `…` must stand in a row."""
    lines = [plain(line) for line in output.splitlines()]
    lost: list[str] = []
    position = 0
    for together in _passages(shown):
        size = len(together)
        at = next((k for k in range(position, len(lines)) if lines[k : k + size] == together), None)
        if at is None:
            lost += [line for line in together if line not in lines] or together
        else:
            position = at + size
    return lost


def _passages(shown: tuple[str, ...]) -> Iterator[list[str]]:
    passage: list[str] = []
    for line in [*map(plain, shown), "…"]:
        if line != "…":
            passage.append(line)
        elif passage:
            yield passage
            passage = []
