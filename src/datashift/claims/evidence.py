"""What a claim may rest on: figures, comparisons, differences, progress, and gaps in the counting."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from datashift.compare import series_of
from datashift.language import LANGUAGES, label
from datashift.model import Breakdown, Comparison, Estimate, Kit, Label, Measure, Recipe

if TYPE_CHECKING:
    from datashift.progress import Progress
    from datashift.publish import Released

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """What the figures are about.

    label: the measure.   unit, unit_label: SDMX code and words.   finding: sentence of the kit, for whole populations.
    relevant: difference from which on it matters, in the unit, None where nothing is agreed.   rows: people who
    answered, places that were visited, or other things.   counted: the figure is a number of events or things.
    simulated: made-up data.   limits: what the producer says about the limits.
    """

    label: Label
    unit: str = "PT"
    unit_label: Label = field(default_factory=dict)
    finding: Label = field(default_factory=dict)
    relevant: float | None = None
    rows: Literal["people", "places", "things"] = "things"
    counted: bool = False
    simulated: bool = False
    limits: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Level:
    """One citizen figure. `group`: words for its breakdown, {} = everybody."""

    subject: Subject
    estimate: Estimate
    group: Label = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """One citizen figure beside an official one.

    sampling_type, status: of the citizen figure ("" = not known).   among: how many comparisons were made with the same
    official series, and in how many of them a gap was seen; None = not known.
    """

    subject: Subject
    comparison: Comparison
    sampling_type: str = ""
    status: str = "A"
    among: tuple[int, int] | None = None
    group: Label = field(default_factory=dict)


@dataclass(frozen=True)
class Several:
    """All comparisons of one measure with one official series, areas or groups side by side. Never a choice of them."""

    subject: Subject
    comparisons: tuple[Beside, ...]


@dataclass(frozen=True)
class Ranking:
    """The figures of one measure and period for all areas at hand. Never a choice of them."""

    subject: Subject
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Difference:
    """The difference between two citizen figures: second − first, in the unit of the subject.

    across: what the two names are.   place: where, for groups and years.   period: when, for groups and areas.
    lower, upper: interval of the difference.   p: two-sided, of no difference.   family: how many differences were
    looked at together.
    """

    subject: Subject
    across: Literal["groups", "areas", "years"]
    first: str
    second: str
    first_value: float
    second_value: float
    difference: float
    lower: float
    upper: float
    p: float
    family: int = 1
    place: str = ""
    period: str = ""
    sampling_type: str = ""


@dataclass(frozen=True)
class Judgement:
    """What one method says: 1 on track, 0 some progress, −1 none or worse; and how probable its label is."""

    method: str
    tone: int
    probability: float | None = None


@dataclass(frozen=True)
class Course:
    """Progress of one series towards a target, as the published methods label it; methods that refuse are left out.

    period: the years that the series spans.   target: in the unit of the
    subject, None without a numeric one.   reached: calibrated probability that it is met in time, None where unknown.
    """

    subject: Subject
    area_name: str
    period: str
    judgements: tuple[Judgement, ...]
    target: float | None = None
    target_year: int = 2030
    reached: float | None = None


@dataclass(frozen=True)
class Standing:
    """Who counted, as far as the sources that were looked at say.

    what: nobody (neither citizens nor anybody official), no_official, stale (the latest official figure is old), or
    hidden_group (official figures do not speak of `group`).   group: whom it is about, {} = everybody.
    official_period: of the latest official figure.
    sources: those that were looked at.
    """

    subject: Subject
    what: Literal["nobody", "no_official", "stale", "hidden_group"]
    area_name: str
    period: str
    official_period: str = ""
    group: Label = field(default_factory=dict)
    sources: tuple[str, ...] = ()


Evidence = Level | Beside | Several | Ranking | Difference | Course | Standing


def subject(measure: Measure, kit: Kit, recipe: Recipe | None = None) -> Subject:
    """Return what the figures of a measure are about, with the limits that the recipe states."""
    return Subject(
        label=dict(measure.label),
        unit=measure.unit,
        unit_label=dict(measure.unit_label),
        finding=dict(measure.finding),
        relevant=measure.relevant_difference,
        rows="people" if kit.universe.people else "places" if kit.universe.public_infrastructure else "things",
        counted=measure.estimator == "total",
        simulated=bool(recipe and recipe.simulated),
        limits=tuple(dict(limit) for limit in recipe.limits) if recipe else (),
    )


def evidence_of(release: Released) -> list[Evidence]:
    """Return all evidence in a release: every figure, every comparison, and the tables of areas as a whole.

    In: what `publish.released` reads. Out: levels, comparisons (each knows how many were made with the same official
    series), figures without an official one, then one `Several` and one `Ranking` for each table of at least two areas.
    """
    subjects = {measure.id: subject(measure, release.kit, release.recipe) for measure in release.kit.measures}
    levels = [
        Level(subjects[e.measure], e, group_label(release.kit, e.breakdown))
        for e in release.estimates
        if e.measure in subjects
    ]
    besides = together(release.comparisons, subjects, [level.estimate for level in levels], release.kit)
    sources = tuple(dict.fromkeys(official.source for official in release.recipe.official))
    left = [replace(_uncounted(row), sources=sources) for row in besides if row.comparison.official is None]
    besides = [row for row in besides if row.comparison.official is not None]
    return [*levels, *besides, *left, *tables(besides), *rankings(levels)]


def together(
    comparisons: Iterable[Comparison],
    subjects: Mapping[str, Subject],
    estimates: Iterable[Estimate] = (),
    kit: Kit | None = None,
) -> list[Beside]:
    """Return comparisons as evidence: each knows how its figure came about, and how many were made with its series."""
    drawn = {estimate.key: estimate for estimate in estimates}
    found = []
    for family in _by(comparisons, lambda c: (c.measure, *_series(c))):
        tested = [c for c in family if c.difference_lower is not None]
        among = (len(tested), sum(c.verdict == "gap" for c in tested)) if tested else None
        for c in family:
            estimate = drawn.get((c.measure, c.area, c.period, c.breakdown))
            sampling, status = (estimate.sampling_type, estimate.status) if estimate else ("", "A")
            group = group_label(kit, c.breakdown) if kit else {}
            found.append(Beside(subjects.get(c.measure, Subject({"en": c.measure})), c, sampling, status, among, group))
    return found


def tables(besides: Iterable[Beside]) -> list[Several]:
    """Return the comparisons area by area: one table per measure, period, official series and level of areas.

    Where an area stands beside figures of several natures, there is one table for each nature: no area counts twice.
    """
    whole = [b for b in besides if b.comparison.official and not b.comparison.breakdown]
    found = _by(
        whole,
        lambda b: (b.comparison.measure, b.comparison.period, *_series(b.comparison), _depth(b.comparison.area)),
    )
    return [Several(rows[0].subject, tuple(rows)) for table in found for rows in _once(table) if len(rows) > 1]


def rankings(levels: Iterable[Level]) -> list[Ranking]:
    """Return the figures area by area: one table per measure, period and level of areas."""
    whole = [level for level in levels if not level.estimate.breakdown]
    found = _by(whole, lambda row: (row.estimate.measure, row.estimate.period, _depth(row.estimate.area)))
    return [Ranking(rows[0].subject, tuple(rows)) for rows in found if len(rows) > 1]


def course(progress: Progress, subject: Subject, area_name: str) -> Course:
    """Return the progress of a series as evidence: the methods that give a label, and the calibrated probability."""
    first, last = (round(year) for year in (progress.years[0], progress.years[-1]))
    told = tuple(Judgement(j.method, j.tone, j.probability) for j in progress.labels if j.tone is not None)
    return Course(
        subject, area_name, f"{first}/{last}", told, progress.target.value, progress.target.year,
        progress.reached.get("outlook"),
    )  # fmt: skip


def group_label(kit: Kit, breakdown: Breakdown) -> Label:
    """Return the words for a group in every language, {} for everybody."""
    if not breakdown:
        return {}
    return {language: ", ".join(_code(kit, pair, language) for pair in breakdown) for language in LANGUAGES}


def _once(table: list[Beside]) -> list[list[Beside]]:
    if len({row.comparison.area for row in table}) == len(table):
        return [table]
    return _by(table, lambda row: row.comparison.official.nature if row.comparison.official else "")


def _uncounted(row: Beside) -> Standing:
    c = row.comparison
    return Standing(row.subject, "no_official", c.area_name, c.period, group=row.group)


def _code(kit: Kit, pair: tuple[str, str], language: str) -> str:
    concept = kit.concepts.get(pair[0])
    known = concept.codes.get(pair[1]) if concept else None
    return label(known.label, language) if known else pair[1]


def _series(c: Comparison) -> tuple[Any, ...]:
    return series_of(c.official) if c.official else ()


def _depth(area: str) -> int:
    # Our ids of areas hold those of the areas around them: "KE", "KE-30", "KE-30-1".
    return area.count("-")


def _by(rows: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    found: dict[Hashable, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return list(found.values())
