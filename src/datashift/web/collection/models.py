"""What came in, and how far it is on its way to a reviewed figure."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from datashift.web.fieldwork.models import Form, Submission
from datashift.web.people.models import Organisation, User


class Upload(models.Model):
    """A file as it came: its bytes lie in the store under their SHA-256 and are never changed."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="uploads")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    former_of = models.ForeignKey("Dataset", on_delete=models.SET_NULL, null=True, blank=True, related_name="former")
    """The data set in which another file took its place."""

    class Meta:
        """The same bytes under the same name are one upload of an organisation."""

        constraints = (models.UniqueConstraint(fields=["organisation", "sha256", "name"], name="an_upload_once"),)


class Dataset(models.Model):
    """One source of an organisation on its road. `recipe` is the text that a run reads; `answers` are what was said
    on each step, so that a person may stop anywhere and go on another day.
    """

    class State(models.TextChoices):
        """Where it stands: it waits for its owner, for the machine, or for a reviewer."""

        DRAFT = "draft"
        IN_REVIEW = "in-review"
        RETURNED = "returned"
        RELEASED = "released"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="datasets")
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="datasets")
    title = models.CharField(max_length=200)
    kit = models.CharField(max_length=110, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    suggestion = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    recipe = models.TextField(default="", blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)
    """Grows with every answer: who answers from an old page is told, and overwrites nothing."""
    screening = models.BooleanField(default=False)
    """Withdrawn answers are being taken out of its file: nobody is given the file meanwhile, and no run reads it."""
    keep_until = models.DateField(null=True, blank=True)
    """The last day on which its rows may be kept, as its answers state it."""
    erased = models.DateTimeField(null=True, blank=True)
    """When its rows were deleted because that day had passed. Its releases stay."""
    looked = models.JSONField(default=dict, blank=True)
    """In which file its texts were searched for personal data, and how many texts each column has (see `passages`)."""

    class Meta:
        """The desk lists what is newest."""

        indexes = (models.Index(fields=["organisation", "state", "-changed"]),)


class Gathering(models.Model):
    """The data set that is made of the submissions of a form, and which of them count."""

    form = models.OneToOneField(Form, on_delete=models.CASCADE, related_name="gathering")
    dataset = models.OneToOneField(Dataset, on_delete=models.SET_NULL, null=True, blank=True, related_name="gathering")
    """None before the worker has put the first file together."""
    states = models.JSONField(default=list)
    """States of submissions (`Submission.State`)."""
    asked = models.BooleanField(default=False)
    """Whether `by` asked for the file, and the worker has not put it together yet."""
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)
    """When the file was put together."""


class Gathered(models.Model):
    """Where a submission stands among the rows of the file, from 0; so it can be taken out when it is withdrawn."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="rows")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        """Each stands in one place."""

        constraints = (
            models.UniqueConstraint(fields=["gathering", "submission"], name="gathered_once"),
            models.UniqueConstraint(fields=["gathering", "place"], name="gathered_in_one_place"),
        )


class Pulling(models.Model):
    """A source in another system, from which the rows of a data set are fetched again and again.

    The rows themselves lie in the file of the data set alone; here is only how they are fetched and what is known of
    the last time. `token` is sealed, and shown to nobody.
    """

    class Often(models.TextChoices):
        """How often it is fetched without anybody asking."""

        NEVER = "never"
        HOUR = "hour"
        DAY = "day"
        WEEK = "week"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pullings")
    title = models.CharField(max_length=150)
    country = models.CharField(max_length=2, default="", blank=True)
    kind = models.CharField(max_length=20)
    source = models.TextField()
    """The source as TOML (see `datashift.pull`), without a token."""
    token = models.TextField(default="", blank=True)
    often = models.CharField(max_length=5, choices=Often.choices, default=Often.NEVER)
    dataset = models.OneToOneField(Dataset, on_delete=models.SET_NULL, null=True, blank=True, related_name="pulling")
    """None before rows came for the first time, and after the data set was deleted."""
    state = models.TextField(default="", blank=True)
    """What is known of the rows that were fetched, as JSON: ids and digests."""
    counts = models.JSONField(default=dict, blank=True)
    problem = models.JSONField(default=dict, blank=True)
    """Why rows could not be fetched the last time: code, text and facts."""
    accepts = models.PositiveIntegerField(null=True, blank=True)
    """Somebody looked, and accepts that only so many rows are left."""
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who answers for it: what is fetched comes in as if they had sent it."""
    created = models.DateTimeField(auto_now_add=True)
    tried = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    """When it was last fetched in full."""
    stopped = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Listed by name."""

        ordering = ("title", "created")


class Receipt(models.Model):
    """The right to withdraw one answer. The code itself is known to who holds it alone; here is its keyed digest.

    `place` is the place of the answer among the rows of the file, from 0; None where a corrected file has it no more.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="receipts")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")
    """The file of which `place` speaks: a moment long the former one, where another took its place."""
    asked = models.BooleanField(default=False)
    """Whether its answer is to be withdrawn as soon as its place in the new file is known."""
    place = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=64, unique=True)


class Withdrawal(models.Model):
    """An answer that is used no more. Who withdrew it is written nowhere.

    `place` is its place among the rows of the file of today; None where that file does not have it. `marks` are keyed
    digests by which it is known again should it come back in another file: one of its cells (`contents`), and one of
    its id in the column `column`.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="withdrawals")
    place = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    done = models.BooleanField(default=False)
    contents = models.CharField(max_length=64, default="", blank=True)
    column = models.CharField(max_length=200, default="", blank=True)
    identity = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        """An answer is withdrawn once."""

        constraints = (models.UniqueConstraint(fields=["dataset", "place"], name="a_withdrawal_once"),)


class Passage(models.Model):
    """A text of the file that looks personal, and what a producer decided: as private as the file, and as short-lived.

    `spans` are [start, end, kind]; `kept` are the numbers of those that stay. Nobody decided while `at` is None.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="passages")
    column = models.TextField()
    place = models.PositiveIntegerField()
    """Its place among the rows of the file, from 0."""
    row = models.PositiveIntegerField()
    """The row number that a spreadsheet program shows."""
    text = models.TextField()
    spans = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        """Listed as they stand in the file."""

        ordering = ("column", "place")


class Run(models.Model):
    """What one recipe text gave: a draft of a release in the store, and what its pages show."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    recipe = models.TextField()
    """"" where it named what only an answer held that was withdrawn."""
    made = models.DateTimeField(auto_now_add=True)
    folder = models.CharField(max_length=200)
    """Where release.zip and evidence.zip lie, as seen from the store."""
    told = models.JSONField(default=dict)
    """Rows in and out, findings, estimates, comparisons and limits, each sentence in four languages."""
    interviews = models.JSONField(default=list)
    """Rows that somebody should look at first: [{row, p, checks}]. For supervisors only."""

    class Meta:
        """Runs of a dataset are numbered."""

        constraints = (models.UniqueConstraint(fields=["dataset", "number"], name="a_run_once"),)
        ordering = ("dataset", "number")


class Note(models.Model):
    """What a producer did about a finding, and says to it: published beside it. Nothing is ever taken out by itself."""

    class Decision(models.TextChoices):
        """The rows stand as they are, stand with an explanation, or were corrected."""

        ACCEPTED = "accepted"
        EXPLAINED = "explained"
        CORRECTED = "corrected"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="notes")
    check_id = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.EXPLAINED)
    text = models.TextField(default="", blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """One per finding."""

        constraints = (models.UniqueConstraint(fields=["dataset", "check_id", "code"], name="a_note_once"),)


class Concern(models.Model):
    """What a check sees about one interviewer, device or contributor.

    Private: shown to supervisors of the organisation, and by its `token` to the person it is about, who may reply.
    A reply that asks for another look (an appeal) is decided by a safety officer, never by who decided before.
    `text` is a label; `rows` are source rows; `effects` are as in `Run.told`.
    """

    class State(models.TextChoices):
        """Nobody looked yet; there is nothing to it; it is explained; the rows were corrected or asked again."""

        OPEN = "open"
        NOTHING = "nothing"
        EXPLAINED = "explained"
        CORRECTED = "corrected"

    class Appeal(models.TextChoices):
        """No answer came; another look was asked for; it was granted or not."""

        NONE = "none"
        OPEN = "open"
        GRANTED = "granted"
        REFUSED = "refused"

    token = models.CharField(max_length=43, unique=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="concerns")
    check_id = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    text = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    effects = models.JSONField(default=list)
    weight = models.FloatField(default=0.0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    words = models.TextField(default="", blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided = models.DateTimeField(null=True, blank=True)
    appeal = models.CharField(max_length=8, choices=Appeal.choices, default=Appeal.NONE)
    appeal_text = models.TextField(default="", blank=True)
    appealed = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(default="", blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answered = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One per run, check and subject; who decided does not decide again."""

        ordering = ("-weight", "pk")
        constraints = (
            models.UniqueConstraint(fields=["run", "check_id", "code", "kind", "subject"], name="a_concern_once"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(answered_by=F("decided_by")),
                name="another_person_answers",
            ),
        )


class Review(models.Model):
    """Somebody asked that a run be released; somebody else decided."""

    class Decision(models.TextChoices):
        """What was decided."""

        OPEN = "open"
        RELEASED = "released"
        RETURNED = "returned"
        WITHDRAWN = "withdrawn"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="reviews")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked = models.DateTimeField(auto_now_add=True)
    for_office = models.BooleanField(default=False)
    """Whether the statistics office of the country may read it before it is public."""
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(default="", blank=True)

    class Meta:
        """Nobody releases what they asked for; a run has one open review."""

        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(decision="withdrawn") | ~Q(decided_by=F("asked_by")),
                name="another_person_decides",
            ),
            models.UniqueConstraint(fields=["run"], condition=Q(decision="open"), name="one_open_review"),
        )
