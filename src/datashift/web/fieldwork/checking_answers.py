"""The job `check_answers`: the checks of a data set, run on the submissions of a form while they come in.

The form is looked at as a file that nobody has described (`datashift.assess.undeclared`): every check that needs no
kit looks. Only workers load this.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from datashift.assess import assess, queue, sentence, subject_sentence
from datashift.assess.undeclared import undeclared
from datashift.language import N_, in_all
from datashift.model import Assessment
from datashift.read import read
from datashift.web.fieldwork.checked import CHECK, last_look
from datashift.web.fieldwork.layouts import Merged, merged_form
from datashift.web.fieldwork.leaves import under
from datashift.web.fieldwork.models import Checked, Form, Submission
from datashift.web.fieldwork.sealing import sealed_paths
from datashift.web.fieldwork.tables import batches, standing
from datashift.web.jobs.services import enqueue

LOOKING = N_("looking at the answers that came in")
MOST = 20_000
"""Answers that are looked at: the last that came in."""
LATE = timedelta(days=1)
"""How far back it is looked whether all answers were looked at."""
FIRST_ROW = 2
"""The number of the first row below the header, as `read` counts."""
MOST_ROWS, MOST_INTERVIEWS = 500, 50
_OWN = ("enumerator", "submission_time", "latitude", "longitude")


def check_answers(subject: str, progress: Callable[[str], None]) -> None:
    """Look at the answers of a form (`subject` is its id) and keep what the checks say.

    Where an answer was deleted meanwhile, nothing is kept of this look, and another is asked for.
    """
    form = Form.objects.filter(pk=subject).first()
    if form is None:
        return
    progress(LOOKING)
    found = standing(form)
    first = list(found.order_by("-pk").values_list("pk", flat=True)[MOST - 1 : MOST])
    keys, assessment = _looked(form, first[0] if first else 0)
    told = (
        _told(assessment, dict(enumerate(keys, FIRST_ROW)))
        if assessment
        else {"findings": [], "concerns": [], "interviews": []}
    )
    with transaction.atomic():
        gone = Q(withdrawn__isnull=False) | Q(erased__isnull=False)
        if Submission.objects.select_for_update().filter(gone, pk__gte=min(keys, default=0), form=form, pk__in=keys):
            enqueue(CHECK, subject)
            return
        values = {"at": timezone.now(), "upto": max(keys, default=0), "told": told | {"looked": len(keys)}}
        Checked.objects.update_or_create(form=form, defaults=values)


def check_late_answers(subject: str, progress: Callable[[str], None]) -> None:
    """Ask for a look at the forms whose last answers nobody looked at: those of a burst came too soon after the one
    before (see `checked`).
    """
    progress(LOOKING)
    since = timezone.now() - LATE
    for form in Form.objects.filter(Exists(Submission.objects.filter(form=OuterRef("pk"), arrived__gte=since))):
        last_look(form)


def _looked(form: Form, first: int) -> tuple[list[int], Assessment | None]:
    """Return the keys of the submissions that were looked at, in the order of the rows, and what the checks say."""
    merged = merged_form(form)
    left = sealed_paths(form) | {"meta"}
    names = [one.name for one in merged.layout.sheets[0].columns if not under(one.name, left)]
    keys: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{form.form_id}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow([*(_bare(name, names) for name in names), *_OWN])
            for key, cells in _lines(form, first, merged, names):
                keys.append(key)
                table.writerow(cells)
        if not keys:
            return keys, None
        raw = read(path).table
    recipe, kit, harmonised = undeclared(raw, path.name)
    return keys, assess(raw, harmonised, recipe, kit, effect=lambda _rows: (), areas={})


def _lines(form: Form, first: int, merged: Merged, names: list[str]) -> Iterator[tuple[int, list[str]]]:
    for rows in batches(standing(form).filter(pk__gte=first), merged):
        places = Submission.objects.only("latitude", "longitude").in_bulk([int(row.meta[0]) for row in rows])
        for row in rows:
            answers, one = json.loads(row.answers), places[int(row.meta[0])]
            position = ["" if part is None else repr(part) for part in (one.latitude, one.longitude)]
            yield one.pk, [*(_cell(answers.get(name)) for name in names), row.meta[5], row.meta[2], *position]


def _cell(value: object) -> str:
    return value if isinstance(value, str) else ""


def _bare(name: str, names: list[str]) -> str:
    """Return the name of a question without its groups, where no other has that name."""
    last = name.rpartition("/")[2]
    alone = sum(one.rpartition("/")[2] == last for one in names) == 1 and last not in _OWN
    return last if alone else name


# --- told -------------------------------------------------------------------------------------------------------------


def _told(assessment: Assessment, keys: dict[int, int]) -> dict[str, Any]:
    """Return what was found as plain data, in all languages; rows are the keys of submissions.

    findings: of the answers as a whole. concerns and interviews: of single people, for supervisors alone.
    """
    findings, concerns = [], []
    for entry in queue(assessment.findings):
        finding, one = entry.finding, entry.subject
        if one is None:
            rows = [keys[row] for row in finding.rows if row in keys]
            text = in_all(partial(sentence, finding))
            findings.append({"check": finding.check, "text": text, "count": len(rows), "rows": rows[-MOST_ROWS:]})
        elif one.private:
            text = in_all(partial(subject_sentence, one))
            concerns.append({"check": finding.check, "kind": one.kind, "name": one.name[:80], "text": text})
    first = assessment.interviews[:MOST_INTERVIEWS]
    interviews = [{"key": keys[one.row], "checks": list(one.checks)} for one in first if one.row in keys]
    return {"findings": findings, "concerns": concerns, "interviews": interviews}
