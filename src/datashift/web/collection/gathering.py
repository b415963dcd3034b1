"""From the submissions of a form to a data set on the road to figures: the job `gather`, and what asks for it.

The file has a row for each submission that counts, with its corrections and what the sample of the form knows of it,
and no column that is sealed. Made again, it takes the place of the file before. Who withdraws an answer is heard here
too.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datashift.errors import BadFieldwork
from datashift.export.layout import Column, Layout
from datashift.language import N_
from datashift.read.store import keep
from datashift.web.collection import receipts, services
from datashift.web.collection.models import Dataset, Gathered, Gathering, Receipt, Upload
from datashift.web.fieldwork.layouts import Merged, merged_form
from datashift.web.fieldwork.leaves import under
from datashift.web.fieldwork.models import Form, Sample, Submission, Unit
from datashift.web.fieldwork.samples import standing_now
from datashift.web.fieldwork.sealing import sealed_paths
from datashift.web.fieldwork.tables import BATCH, STATES, batches, standing
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import enqueue, latest
from datashift.web.people.models import User
from datashift.web.people.services import record

GATHER = "gather"
PUTTING = N_("putting the answers together")
ID = "instanceID"
SAMPLE = ("weight", "stratum", "cluster", "unit", "share_1", "share_2")
"""Columns for what is known of a submission by the sample of its form. `unit` is a number for the unit in its cluster,
with two stages only; the shares are those of who answered (`datashift.sampling.with_shares`)."""
DESIGN = ("units", "fpc")
"""What an answer to the step `asked` has by the sample alone: nobody need know a share to say how people were asked."""

Shares = dict[str, tuple[str, ...]]


class _Line(NamedTuple):
    key: int
    receipt: str
    cells: list[str]
    unit: Unit | None


def ask(*, form: Form, states: Iterable[str], by: User) -> Gathering:
    """Ask that a data set be made of the submissions of a form in some states, or made anew.

    Raises BadFieldwork where none counts, or where its data set is being reviewed.
    """
    wanted = [state for state in Submission.State.values if state in set(states)] or list(STATES)
    if not standing(form, wanted).exists():
        raise BadFieldwork("fieldwork.nothing-to-gather")
    with transaction.atomic():
        found, _new = Gathering.objects.select_for_update(of=("self",)).get_or_create(form=form)
        if found.dataset and found.dataset.state == Dataset.State.IN_REVIEW:
            raise BadFieldwork("fieldwork.gathered-in-review")
        found.states, found.asked, found.by = wanted, True, by
        found.save(update_fields=["states", "asked", "by"])
        record("gather", f"form:{form.pk}", by=by, organisation=form.organisation)
        enqueue(GATHER, str(form.pk))
    return found


def gather(subject: str, progress: Callable[[str], None]) -> None:
    """Take out of the data set of a form (`subject` is its id) what was withdrawn since, then put its file together
    anew where somebody asked for that. Killed at any moment and done again, it ends the same.
    """
    known = Gathering.objects.select_related("form__organisation", "dataset__upload", "by")
    found = known.filter(form__pk=subject).first()
    if found is None:
        return
    progress(PUTTING)
    _take_out(found)
    if not found.asked or _screened_first(found):
        return
    data, lines, asked = _file(found)
    sha256, path = keep([data], settings.HOME)
    with transaction.atomic():
        upload = Upload.objects.get_or_create(
            organisation=found.form.organisation, sha256=sha256, name=f"{found.form.form_id}.csv",
            defaults={"size": path.stat().st_size, "by": found.by},
        )[0]  # fmt: skip
        dataset = _dataset(found, upload, asked)
        Gathering.objects.filter(pk=found.pk).update(dataset=dataset, at=timezone.now(), asked=False)
        _remember(found, dataset, upload, lines)


def _screened_first(found: Gathering) -> bool:
    """Say whether withdrawn answers are being taken out of the data set: this is then asked for again, behind that."""
    if found.dataset is None:
        return False
    screening = latest("screen", str(found.dataset.pk))
    waits = screening is not None and screening.state in (Job.State.WAITING, Job.State.RUNNING)
    if waits:
        enqueue(GATHER, str(found.form.pk))
    return waits


def _dataset(found: Gathering, upload: Upload, asked: dict[str, Any]) -> Dataset:
    """Return the data set with the new file: a new one on its road, or the former, whose answers stay as they fit.
    `asked` is how people were chosen, where the sample of the form says that.
    """
    by = found.by
    assert by is not None
    if found.dataset is not None:
        return _with_design(services.replace(dataset=found.dataset, upload=upload, by=by), asked)
    dataset = services.begin(upload=upload, by=by, country=found.form.country)
    dataset.title = found.form.title
    if found.form.kit:
        # The form was made for this kit, so which question it answers need not be guessed.
        dataset.answers = {**dataset.answers, "kit": {"kit": found.form.kit, "language": by.language}}
    if asked:
        dataset.answers = {**dataset.answers, "asked": asked}
    dataset.save(update_fields=["title", "answers"])
    return dataset


def _with_design(dataset: Dataset, asked: dict[str, Any]) -> Dataset:
    """Bring stages and shares of the sample up to date, as long as people were asked as the sample says."""
    former = dataset.answers.get("asked", {})
    drawn = {name: one for name, one in asked.items() if name not in DESIGN}
    told = asked if asked and drawn.items() <= former.items() else {}
    answer = {name: one for name, one in former.items() if name not in DESIGN}
    answer |= {name: told[name] for name in DESIGN if name in told}
    if answer != former:
        dataset.answers = {**dataset.answers, "asked": answer}
        dataset.save(update_fields=["answers"])
    return dataset


def _remember(found: Gathering, dataset: Dataset, upload: Upload, lines: list[_Line]) -> None:
    """Note where each submission stands, and give its receipt to its row."""
    found.rows.all().delete()
    Gathered.objects.bulk_create(
        (Gathered(gathering=found, submission_id=line.key, place=place) for place, line in enumerate(lines)),
        batch_size=1000,
    )
    told = [
        Receipt(dataset=dataset, upload=upload, place=place, code=line.receipt)
        for place, line in enumerate(lines) if line.receipt
    ]  # fmt: skip
    for start in range(0, len(told), BATCH):
        Receipt.objects.filter(code__in=[one.code for one in told[start : start + BATCH]]).delete()
    Receipt.objects.bulk_create(told, batch_size=1000)


def _take_out(found: Gathering) -> None:
    """Withdraw from the data set what was withdrawn among the submissions and stands there still."""
    if found.dataset is None:
        return
    for row in found.rows.exclude(submission__withdrawn=None).select_related("submission"):
        receipts.take_out(dataset=found.dataset, place=row.place, by=None)


# --- the file ---------------------------------------------------------------------------------------------------------


def _columns(form: Form, layout: Layout) -> tuple[Column, ...]:
    """Return the columns of the form itself that may be read: what is sealed stays out, and so do the repeats and what
    phones say of the submission itself.
    """
    left = sealed_paths(form) | {"meta"}
    return tuple(one for one in layout.sheets[0].columns if not under(one.name, left))


def _file(found: Gathering) -> tuple[bytes, list[_Line], dict[str, Any]]:
    """Return the file, its lines in their order, and how people were chosen, where the sample says that."""
    merged = merged_form(found.form)
    columns = _columns(found.form, merged.layout)
    lines = list(_lines(found, merged, [column.name for column in columns]))
    names = [column.name for column in columns]
    sample = _sample_names(names)
    weighs = bool(found.form.kit) and "weight" in names
    lines = _with_sample(lines, selects=weighs)
    written = _written([ID, *names, *sample], [line.cells for line in lines])
    return written, lines, _by_chance(sample, lines, own="weight" if weighs else "")


def _lines(found: Gathering, merged: Merged, names: list[str]) -> Iterator[_Line]:
    for rows in batches(standing(found.form, found.states), merged):
        keys = [int(row.meta[0]) for row in rows]
        known = Submission.objects.select_related("unit").only("receipt", "unit").in_bulk(keys)
        for key, row in zip(keys, rows, strict=True):
            answers, one = json.loads(row.answers), known[key]
            told = [row.meta[1], *(str(answers.get(name, "")) for name in names)]
            yield _Line(key, one.receipt or "", told, one.unit)


# --- what the sample knows --------------------------------------------------------------------------------------------


def _with_sample(lines: list[_Line], *, selects: bool) -> list[_Line]:
    """Return the lines with the cells of the sample behind their own."""
    shares = _shares([line.unit for line in lines if line.unit], selects=selects)
    return [line._replace(cells=[*line.cells, *_of_sample(line.unit, shares)]) for line in lines]


def _of_sample(unit: Unit | None, shares: Shares) -> tuple[str, ...]:
    if unit is None:
        return ("",) * len(SAMPLE)
    return (repr(unit.weight), unit.stratum, unit.cluster or unit.name, *shares.get(unit.name, ("", "", "")))


def _shares(units: list[Unit], *, selects: bool) -> Shares:
    """Return by the name of a unit its number and the shares of both stages; nothing where answers are of two samples.

    selects: whether the form asks one of several people of a unit. Nobody then sees how much they differ, and the first
    stage counts as drawn from very many, whose variance holds that part too.
    """
    samples = {one.sample_id for one in units}
    sample = Sample.objects.get(pk=samples.pop()) if len(samples) == 1 else None
    if sample is None or not sample.written.get("draw"):
        return {}
    core = import_module("datashift.sampling")
    rows = {row["unit"]: row for row in core.with_shares(standing_now(sample), {one.name for one in units})}
    made: Shares = {}
    for one in units:
        row = rows[one.name]
        first = repr(core.VERY_MANY if selects else row["share_1"])
        made[one.name] = (str(one.pk), first, repr(row["share_2"])) if "share_2" in row else ("", first, "")
    return made


def _sample_names(names: list[str]) -> list[str]:
    """Return what the columns of the sample are called: a form may ask for its own weight, stratum or cluster."""
    asked = {name.rpartition("/")[2] for name in names}
    return [f"sample_{name}" if name in asked else name for name in SAMPLE]


def _by_chance(sample: list[str], lines: list[_Line], *, own: str) -> dict[str, Any]:
    """Return the answers to the step `asked` where each row belongs to a unit that was drawn; else nothing is said.

    own: the weight that the form of a kit works out by itself where it asks one of several people: that one counts.
    """
    if not lines or not all(line.unit for line in lines):
        return {}
    weight, stratum, cluster, unit, *shares = sample
    there = [any(line.cells[place - len(SAMPLE)] for line in lines) for place in range(len(SAMPLE))]
    told = {"sampling_type": "probability", "weights": own or weight, "strata": [stratum] if there[1] else []}
    told |= {"clusters": [cluster]}
    fpc = [name for name, known in zip(shares, there[4:], strict=True) if known]
    return told | ({"units": [unit]} if there[3] else {}) | ({"fpc": fpc} if fpc else {})


def _written(header: list[str], rows: list[list[str]]) -> bytes:
    """Return the rows as CSV; columns of the sample are there only where some row has one."""
    used = [place for place in range(len(header)) if place < len(header) - len(SAMPLE) or any(r[place] for r in rows)]
    made = io.StringIO()
    table = csv.writer(made, lineterminator="\n")
    table.writerow([_bare(header[place], header) for place in used])
    table.writerows([row[place] for place in used] for row in rows)
    return made.getvalue().encode()


def _bare(name: str, header: list[str]) -> str:
    """Return the name of a question without its groups, where no other question has that name."""
    last = name.rpartition("/")[2]
    return last if sum(one.rpartition("/")[2] == last for one in header) == 1 else name
