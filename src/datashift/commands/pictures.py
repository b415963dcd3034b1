"""`datashift pictures`: pictures without what they tell beside the picture, before anybody sends them on."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import CannotProtect
from datashift.language import N_, _
from datashift.layout import wrapped

if TYPE_CHECKING:
    from datashift.pictures import Cleaned

HELP = N_("take out of pictures where, when, by whom and with what they were taken")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the pictures and where the cleaned ones go."""
    parser.add_argument("pictures", type=Path, nargs="+", help=_("pictures: JPEG, PNG or WebP"))
    parser.add_argument("--out", type=Path, required=True, help=_("the folder for the cleaned pictures"))


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Clean all pictures, and write them once all are clean. Raises CannotProtect, Unreadable."""
    made = _cleaned(options.pictures, options.out)
    options.out.mkdir(parents=True, exist_ok=True)
    for path, one in made.items():
        path.write_bytes(one.data)
    lines = [wrapped(f"{path.name}: {_said(one)}", then="  ") for path, one in made.items()]
    lines += [
        "",
        wrapped(
            _("Look at each picture: faces, number plates and signs are still in it, and the file keeps its name.")
        ),
    ]
    return "\n".join([*lines, "", _("Written: {file}").format(file=options.out)]), lambda: [
        {"file": str(path), "kind": one.kind, "removed": [_(what) for what in one.removed]}
        for path, one in made.items()
    ]


def _cleaned(pictures: list[Path], out: Path) -> dict[Path, Cleaned]:
    from datashift.pictures import cleaned
    from datashift.read.store import content

    made: dict[Path, Cleaned] = {}
    for path in pictures:
        target = out / path.name
        if target in made or target.exists():
            raise CannotProtect("picture.taken", name=path.name, folder=out)
        made[target] = cleaned(content(path), path.name)
    return made


def _said(one: Cleaned) -> str:
    if not one.removed:
        return _("nothing had to be taken out")
    return _("taken out: {what}").format(what="; ".join(_(what) for what in one.removed))
