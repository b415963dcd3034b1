"""A job: what is to be done, on what, how far it is, and who is at it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One piece of work. For a kind and a subject one waits and one runs at a time: asking twice does nothing twice,
    and what is asked for while one runs is done after it, on what is there by then.

    A worker holds a job until `held_until` and renews that while it lives; a job whose worker died is taken again.
    `stage` is an English template of the catalogue, `step` of `steps` how far it is. `error` holds code, template and
    facts of a failure that a person can mend.
    """

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=200, default="", blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    held_by = models.CharField(max_length=40, default="", blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One at a time."""

        constraints = (
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(state="waiting"), name="one_job_waits"),
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(state="running"), name="one_job_runs"),
        )
        indexes = (models.Index(fields=["state", "created"]), models.Index(fields=["kind", "subject", "-created"]))


class Worker(models.Model):
    """A worker that was alive a moment ago."""

    name = models.CharField(max_length=40, primary_key=True)
    seen = models.DateTimeField()
