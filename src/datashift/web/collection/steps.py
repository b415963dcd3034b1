"""The road from a file to a reviewed figure: which steps it has, which are done, and which may be entered now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from datashift.language import N_, _
from datashift.web.collection.models import Dataset, Run
from datashift.web.jobs.models import Job

TITLES = {
    "file": N_("Your file"),
    "rows": N_("What is one row?"),
    "kit": N_("Which question does it answer?"),
    "columns": N_("What do the columns say?"),
    "place": N_("Where and when?"),
    "asked": N_("Who was asked, and how?"),
    "findings": N_("What we noticed"),
    "result": N_("Your result"),
    "who": N_("Who may see it?"),
    "review": N_("Ask for a review"),
}
"""The steps in their order."""

SAID = ("rows", "kit", "columns", "place", "asked")
"""What must be said before anything can be worked out."""

KINDS = ("screen", "suggest", "run")
"""The jobs of a dataset."""

READING = ("sheet", "encoding", "delimiter", "header_row")
"""How a file is read, as far as its sender says so on the step `rows`."""


@dataclass(frozen=True)
class Step:
    """One step as a page shows it. `open`: it may be entered; `done`: nothing is missing there."""

    name: str
    title: str
    done: bool
    open: bool


@dataclass(frozen=True)
class Standing:
    """Where a dataset stands: the first step that is not done, and the job whose result is not there yet, if any."""

    step: Step
    job: Job | None


def steps(dataset: Dataset) -> list[Step]:
    """Return the steps in their order. The first one that is not done is open, and so is every one before it."""
    return _steps(dataset, fitting_run(dataset) is not None)


def _steps(dataset: Dataset, fits: bool) -> list[Step]:
    was_read = suggested(dataset)
    done = {
        "file": was_read,
        **{name: was_read and name in dataset.answers for name in SAID},
        "findings": fits and "findings" in dataset.answers,
        "result": fits and "result" in dataset.answers,
        "who": "who" in dataset.answers,
        "review": dataset.state in (Dataset.State.IN_REVIEW, Dataset.State.RELEASED),
    }
    found, reached = [], True
    for name, title in TITLES.items():
        found.append(Step(name, _(title), done[name], reached))
        # A file that could not be read may have another sheet or encoding, which is said under "rows".
        reached = reached and (done[name] or name == "file")
    return found


def next_step(dataset: Dataset) -> Step:
    """Return the first step that is not done; the last one where all are."""
    return _next(steps(dataset))


def _next(found: list[Step]) -> Step:
    return next((step for step in found if not step.done), found[-1])


def standing(datasets: Iterable[Dataset]) -> dict[UUID, Standing]:
    """Return where many datasets stand, with the same three questions to the database however many they are."""
    listed = list(datasets)
    runs = {run.dataset_id: run for run in Run.objects.filter(dataset__in=listed).defer("told").order_by("number")}
    subjects = [str(dataset.pk) for dataset in listed]
    asked = Job.objects.filter(kind__in=KINDS, subject__in=subjects).order_by("pk")
    jobs = {(job.subject, job.kind): job for job in asked}
    found = {}
    for dataset in listed:
        fits = _fits(dataset, runs.get(dataset.pk))
        there = {"screen": not dataset.screening, "suggest": suggested(dataset), "run": fits}
        last = [jobs.get((str(dataset.pk), kind)) for kind in KINDS if not there[kind]]
        unfinished = [job for job in last if job is not None and job.state != Job.State.DONE]
        # One that is at work goes before one that came to a stop.
        job = min(unfinished, key=lambda one: one.state == Job.State.FAILED, default=None)
        found[dataset.pk] = Standing(_next(_steps(dataset, fits)), job)
    return found


def wanted(dataset: Dataset) -> dict[str, Any]:
    """Return what a suggestion is made for: how the file is to be read, and the kit, where one was said."""
    said = dataset.answers.get("rows", {})
    reading = {name: said[name] for name in READING if said.get(name)}
    return {"reading": reading, "kit": dataset.answers.get("kit", {}).get("kit", "")}


def suggested(dataset: Dataset) -> bool:
    """Say whether there is a suggestion, and for what is wanted now."""
    found, asked = dataset.suggestion, wanted(dataset)
    return bool(found.get("columns")) and found["reading"] == asked["reading"] and asked["kit"] in ("", found["kit"])


def ready(dataset: Dataset) -> bool:
    """Say whether all is said that a run needs."""
    return suggested(dataset) and all(name in dataset.answers for name in SAID)


def latest_run(dataset: Dataset) -> Run | None:
    """Return the last run of a dataset, whatever recipe it had."""
    return dataset.runs.order_by("-number").first()


def fitting_run(dataset: Dataset) -> Run | None:
    """Return the last run, where it has the recipe that stands now; a result of older answers is no result."""
    run = latest_run(dataset) if ready(dataset) else None
    return run if _fits(dataset, run) else None


def _fits(dataset: Dataset, run: Run | None) -> bool:
    return run is not None and ready(dataset) and run.recipe == dataset.recipe
