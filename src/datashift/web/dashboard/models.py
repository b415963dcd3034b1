"""What is said in public, made for reading: releases, their figures and comparisons, and pages' worth of both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datashift.web.collection.models import Run
from datashift.web.people.models import Organisation, User


class Release(models.Model):
    """A published bundle. Its id is that of its manifest and never changes; its files lie under releases/<id>/.

    `texts` hold what is said about it; labels are {language: text}:
    title, finding, uncertainty, place, relation_note, design   labels
    limits     labels
    findings   [{check, code, rows, text: label, effects: [{measure, with, without, unit}]}], the largest effect first
    explained  [{code, rows, text: label}], rows that could not be used
    notes      [{check, code, text}], what the producer says to findings
    groups     {"SEX": label, "SEX=F": label, …}, dimensions and codes of breakdowns
    methods    {METHOD as in estimates.csv: label}
    charts     names of the charts in the bundle
    language   that of the bundle
    `measures` are those of its recipe: id, label, finding, unit, unit_label, estimator, desired, relevant_difference;
    the first is its headline. `figure_count` counts its figures, hidden ones too.
    """

    id = models.CharField(primary_key=True, max_length=64)
    series = models.CharField(max_length=120)
    """The id of its recipe: releases of one series of an organisation replace each other."""
    number = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="releases")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    kit = models.CharField(max_length=80)
    kit_version = models.CharField(max_length=20)
    indicator = models.CharField(max_length=20)
    relation = models.CharField(max_length=12)
    country = models.CharField(max_length=2)
    whole = models.CharField(max_length=60)
    """The area that all its rows together stand for."""
    producer = models.CharField(max_length=200)
    licence = models.CharField(max_length=120, default="", blank=True)
    sampling_type = models.CharField(max_length=30)
    simulated = models.BooleanField(default=False)
    created = models.DateField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    superseded_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.TextField(default="", blank=True)
    despite = models.JSONField(default=dict, blank=True)
    """Private: what was open when somebody released it nevertheless, and why: {by, at, why, open: [{code, text,
    cases}]}; `by` is the number of a person. {} where nothing was open, or nobody looked."""
    answers_withdrawn = models.PositiveIntegerField(default=0)
    """How many of its answers were withdrawn since; its figures were made with them."""
    texts = models.JSONField(default=dict)
    measures = models.JSONField(default=list)
    rows_in = models.PositiveBigIntegerField(default=0)
    rows_used = models.PositiveBigIntegerField(default=0)
    figure_count = models.PositiveIntegerField(default=0)

    class Meta:
        """Newest first; the releases of a series are numbered."""

        ordering = ("-released_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["organisation", "series", "number"], name="a_release_number_once"),
        )
        indexes = (models.Index(fields=["indicator", "country"]), models.Index(fields=["organisation"]))


class Figure(models.Model):
    """One published figure; without a value where it is hidden or refused (`status`, `reason`).

    `breakdown` is "" for everybody, else "AGE=Y15T24;SEX=F". Figures of releases that were replaced or withdrawn stay
    with `current` false.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="figures")
    current = models.BooleanField(default=True)
    indicator = models.CharField(max_length=20)
    measure = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    area = models.CharField(max_length=60)
    area_name = models.CharField(max_length=160)
    period = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    breakdown = models.CharField(max_length=160, default="", blank=True)
    value = models.FloatField(null=True)
    se = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    n = models.PositiveBigIntegerField(default=0)
    n_eff = models.FloatField(null=True)
    deff = models.FloatField(null=True)
    df = models.FloatField(null=True)
    unit = models.CharField(max_length=30)
    status = models.CharField(max_length=2)
    method = models.CharField(max_length=200)
    reason = models.JSONField(default=dict, blank=True)

    class Meta:
        """The roads by which pages find figures."""

        indexes = (
            models.Index(fields=["indicator", "country", "breakdown"], condition=Q(current=True), name="by_indicator"),
            models.Index(fields=["area", "indicator"], condition=Q(current=True), name="by_area"),
            models.Index(fields=["release", "measure", "area"], name="by_release"),
        )


class Beside(models.Model):
    """A published figure beside an official one, with the verdict. Labels are {language: text}."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="beside")
    current = models.BooleanField(default=True)
    indicator = models.CharField(max_length=20)
    measure = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    area = models.CharField(max_length=60)
    area_name = models.CharField(max_length=160)
    period = models.CharField(max_length=40)
    breakdown = models.CharField(max_length=160, default="", blank=True)
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    official = models.JSONField(default=dict, blank=True)
    """The official figure: source, released, retrieved, series, area, area_name, period, breakdown, value, se, stated,
    lower, upper, unit, nature, relation, definition, difference, source_detail, footnote; {} where there is none."""
    verdict = models.CharField(max_length=24)
    word = models.JSONField(default=dict)
    """The fixed verdict word as a label."""
    reason = models.JSONField(default=dict)
    contest = models.JSONField(default=dict, blank=True)
    """What would have to be wrong, as a label; {} where nothing is said."""
    difference = models.FloatField(null=True)
    difference_lower = models.FloatField(null=True)
    difference_upper = models.FloatField(null=True)
    probability = models.FloatField(null=True)
    p_adjusted = models.FloatField(null=True)

    class Meta:
        """The roads by which pages find comparisons."""

        indexes = (
            models.Index(fields=["indicator", "country"], condition=Q(current=True), name="beside_by_indicator"),
            models.Index(fields=["area"], condition=Q(current=True), name="beside_by_area"),
            models.Index(fields=["release"], name="beside_by_release"),
        )


class Rating(models.Model):
    """The score that a reviewer or a statistics office gave a release on one criterion of a profile, and why.

    It is published with the role of who gave it, never with the name. A new score takes the place of the former of the
    same person; the record keeps both.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="ratings")
    profile = models.CharField(max_length=80)
    version = models.CharField(max_length=20)
    criterion = models.CharField(max_length=80)
    score = models.FloatField()
    why = models.TextField()
    country = models.CharField(max_length=2, default="", blank=True)
    """The country of the statistics office; "" for a reviewer."""
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """A person scores a criterion once."""

        constraints = (
            models.UniqueConstraint(fields=["release", "profile", "version", "criterion", "by"], name="a_rating_once"),
        )


class Ledger(models.Model):
    """All that is known about an indicator in a place, as a page shows it, in each language (`told`: {language: {…}}).

    Made by the worker when a release or an official snapshot changes it. `short` is what lists of ledgers show:
    {"finding": label, "title": label, "word": label, "reason": label, "unit", "simulated", "citizen": {value, lower,
    upper, period, release, measure} or null, "hidden": {measure, status, reason: label} or null where there is no
    citizen figure to show, "official": {value, lower, upper, nature, source, period} or null}.
    """

    indicator = models.CharField(max_length=20)
    area = models.CharField(max_length=60)
    area_name = models.CharField(max_length=160, default="")
    country = models.CharField(max_length=2)
    counted = models.BooleanField(default=False)
    """Whether citizens counted here; else only officials did."""
    made = models.DateTimeField(auto_now=True)
    short = models.JSONField(default=dict)
    told = models.JSONField(default=dict)

    class Meta:
        """One per indicator and place."""

        constraints = (models.UniqueConstraint(fields=["indicator", "area"], name="a_ledger_once"),)
        indexes = (models.Index(fields=["country", "indicator"]), models.Index(fields=["area"]))


class Coverage(models.Model):
    """Who counted what in a country: the cells of the matrix, made by the worker."""

    country = models.CharField(max_length=2, primary_key=True)
    made = models.DateTimeField(auto_now=True)
    told = models.JSONField(default=dict)


class Shape(models.Model):
    """The outline of an area as an SVG path in the frame `box` of its map (x, y, width, height), north up."""

    map = models.CharField(max_length=120)
    """Which map it belongs to: the id of a release."""
    area = models.CharField(max_length=60)
    path = models.TextField()
    box = models.CharField(max_length=60)

    class Meta:
        """An area is once on a map."""

        constraints = (models.UniqueConstraint(fields=["map", "area"], name="a_shape_once"),)
