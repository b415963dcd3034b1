"""`datashift check`: what is wrong with a form, and which indicators it can feed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import BadForm
from datashift.language import N_, _

if TYPE_CHECKING:
    from datashift.model import Kit

HELP = N_("check a form (XLSForm): faults with row and repair, and which indicators it can feed")

TO_FIX = 2
"""The exit code where the form has faults."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is asked: the form, and the kits that matter."""
    parser.add_argument("form", type=Path, help=_("the form: XLSX, XLS, ODS, or Markdown tables"))
    parser.add_argument("--kit", action="append", metavar="ID", help=_("check for this kit only (may be repeated)"))


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any], int]:
    """Check the form. Out: text for people, a function with the data for machines, and 2 where there are faults."""
    from datashift.forms import wording
    from datashift.forms.answerable import answerable, design_items
    from datashift.forms.lint import lint
    from datashift.forms.xlsform import read_form

    form = read_form(options.form)
    kits = _kits(options.kit)
    problems, items = lint(form), design_items(form)
    results = answerable(form, kits.values())
    lines = [*wording.overview(form, problems), "", *wording.design(items)]
    lines += wording.indicators(results, kits, everything=bool(options.kit))
    faults = any(problem.level == "fault" for problem in problems)

    def data() -> dict[str, Any]:
        return {
            "form": form.name, "languages": form.languages, "problems": [problem.as_dict() for problem in problems],
            "design": {item: question.name if question else None for item, question in items.items()},
            "indicators": [asdict(result) | {"matches": _matches(result)} for result in results],
        }  # fmt: skip

    return "\n".join(lines), data, TO_FIX if faults else 0


def _matches(result: Any) -> list[dict[str, Any]]:
    return [
        {
            "concept": match.concept, "question": match.question.name, "row": match.question.row,
            "confidence": round(match.confidence, 3), "exact": match.exact, "codes": match.codes,
            "unmapped": match.unmapped, "missing": match.missing,
        }
        for match in result.matches
    ]  # fmt: skip


def _kits(wanted: list[str] | None) -> dict[str, Kit]:
    from datashift.standards.kits import known_kits, shipped_kit

    known = known_kits()
    for name in wanted or ():
        if name not in known:
            raise BadForm("form.no-kit", kit=name, known=", ".join(known))
    return {name: shipped_kit(name) for name in wanted or known}
