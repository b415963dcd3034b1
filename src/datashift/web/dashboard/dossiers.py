"""The dossier of a release as it stands today: what its bundle says, and what people said to it since.

The bundle never changes. Producers explain findings, offices write profiles, and people give scores: all of that is
read here of the evidence in the bundle. Nothing here needs the pipeline; `printing` makes the files, in the worker.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from markupsafe import Markup, escape

from datashift.dossier.page import DRAWN
from datashift.dossier.view import view
from datashift.dossier.view_figures import coverage
from datashift.language import LANGUAGES, N_, _, current, in_all, label, speaking
from datashift.model import Item, Label, Rating
from datashift.numbers import in_digits, said
from datashift.standards.areas import world
from datashift.standards.profiles import Profile, catalogue, evaluate, next_best, profiles_for, reading_as_dict
from datashift.standards.profiles.wording import EFFORTS
from datashift.web.dashboard import citing, models
from datashift.web.dashboard.members import content, opened
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import worker_seen
from datashift.web.standards.profiles import newest_profiles, parsed_profile

Dossier = Mapping[str, Any]
Notes = Iterable[Mapping[str, str]]

MEMBER = "dossier.json"
KINDS = ("pdf", "html")
STAMP = "made-of"
"""The file that says of what the others in its folder were made."""
MOST_GROUPS, MOST_BEHIND = 12, 5
"""How much of the coverage the page of a ledger shows."""

OFFICE, REVIEWER = N_("Statistics office, {country}"), N_("Reviewer")
SCORED = N_("{who}, {day}: {score} of {most}. {why}")
SAID_YES, SAID_NO = N_("{who}, {day}: yes. {why}"), N_("{who}, {day}: no. {why}")
OF_VERSION = N_("(version {version}, not counted)")
DECIDED = {
    "accepted": N_("The producer looked at it: the rows are right as they stand."),
    "corrected": N_("The producer corrected it:"),
}
FOR_WHOM = N_("{title}: {sentence}")
CRITERIA, EACH = N_("Each criterion with its evidence and its gap ({n})"), N_("Each of them ({n})")
FEWER = N_("Answers withdrawn since: {n}. These figures were made with them.")
REPLACED = N_("A newer release replaced this one on {day}.")


# --- what is known today ----------------------------------------------------------------------------------------------


def today(release: models.Release) -> Dossier | None:
    """Return the dossier of a release as it stands today; None where its bundle has none, or is not here."""
    bundle = opened(release.pk)
    if bundle is None or MEMBER not in bundle.members:
        return None
    return _today(release, f"{bundle.members[MEMBER].digest} {stamp(release)}")


@lru_cache(maxsize=4)
def _today(release: models.Release, _made_of: str) -> Dossier | None:
    bundle = opened(release.pk)
    data = content(bundle, MEMBER) if bundle else None
    if data is None:
        return None
    told = read_today(
        json.loads(data), country=release.country, notes=release.texts.get("notes", ()),
        ratings=list(release.ratings.order_by("pk")),
    )  # fmt: skip
    return {**told, "head": {**told["head"], "producer": citing.producer(release), "release": release.pk}}


def read_today(
    dossier: Dossier, *, country: str, notes: Notes = (), ratings: Sequence[models.Rating] = ()
) -> dict[str, Any]:
    """Return a dossier read by the newest version of each profile, with what the producer and those who rate say."""
    items = {
        one["criterion"]: Item(**{name: one[name] for name in ("criterion", "state", "basis", "text", "source", "day")})
        for one in dossier["items"]
    }
    profiles = []
    for profile in profiles_of(dossier["head"]["kit"].partition("@")[0], country):
        given = _stated(dossier["ratings"].get(profile.id, {}), profile) | counting(ratings, profile)
        reading = reading_as_dict(evaluate(profile, items, given), next_best(profile, items, given, catalogue()))
        profiles.append(_with_words(reading, profile, ratings))
    steps = [
        {"profile": one["id"], "title": one["title"], **{name: one["next"][0][name] for name in ("effort", "sentence")}}
        for one in profiles
        if one["next"] and one["next"][0]["changes"]
    ]
    steps.sort(key=lambda step: list(EFFORTS).index(step["effort"]))
    names = ("id", "title", "owner", "result", "result_label", "grade", "grade_label", "total", "mean")
    short = {"profiles": [{name: one[name] for name in names} for one in profiles], "next": _first(steps)}
    return {
        **dossier, "profiles": profiles, "next": steps, "summary": {**dossier["summary"], **short},
        "findings": [_explained(one, notes) for one in dossier["findings"]],
    }  # fmt: skip


def profiles_of(kit: str, country: str) -> list[Profile]:
    """Return the newest version of each profile that is for a kit: those that ship, then those that editors wrote, or
    the statistics office of the country. Profiles for this kit alone come last.
    """
    known = {one.id: one for one in profiles_for(kit)}
    for row in newest_profiles():
        profile = parsed_profile(row.text)
        if row.country in ("", country) and (not profile.kits or kit in profile.kits):
            known[profile.id] = profile
    return sorted(known.values(), key=lambda one: bool(one.kits))


def stamp(release: models.Release) -> str:
    """Return a digest of all that the dossier of a release is made of today."""
    profiles = [(row.profile, row.version, row.digest, row.country) for row in newest_profiles()]
    ratings = release.ratings.order_by("pk").values_list("profile", "version", "criterion", "score", "why", "at")
    replaced = f"{release.superseded_by_id} {release.answers_withdrawn}"
    parts = [release.pk, citing.producer(release), replaced, version("datashift"), profiles, list(ratings)]
    return sha256(json.dumps([*parts, release.texts.get("notes", ())], default=str).encode()).hexdigest()


def _first(steps: Sequence[Mapping[str, Any]]) -> Label:
    if not steps:
        return {}
    one = steps[0]
    return in_all(lambda: _(FOR_WHOM).format(title=label(one["title"]), sentence=label(one["sentence"])))


def _explained(finding: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """Return a finding with what its producer says to it; a text is in the language in which it was written."""
    own = [one for one in notes if (one["check"], one["code"]) == (finding["check"], finding["code"])]
    if not own:
        return dict(finding)

    def say() -> str:
        lines = [f"{_(DECIDED.get(one.get('decision', ''), ''))} {one['text']}".strip() for one in own]
        return "\n".join(filter(None, [label(finding["explanation"]), *lines]))

    return {**finding, "explanation": in_all(say)}


# --- scores that people gave ------------------------------------------------------------------------------------------


def counting(ratings: Iterable[models.Rating], profile: Profile) -> dict[str, Rating]:
    """Return the score that counts, by criterion: that of a statistics office before that of a reviewer; of several the
    lowest. A score counts for the version of the profile for which it was given.
    """
    tops = profile.tops
    fitting = [
        one
        for one in ratings
        if (one.profile, one.version) == (profile.id, profile.version) and 0 <= one.score <= tops.get(one.criterion, -1)
    ]
    fitting.sort(key=lambda one: (bool(one.country), -one.score))
    return {one.criterion: Rating(score=one.score) for one in fitting}


def words_of(rating: models.Rating, profile: Profile) -> str:
    """Say in the current language who gave a score, by role and country alone, when, and why."""
    facts = {
        "who": _(OFFICE).format(country=country_name(rating.country)) if rating.country else _(REVIEWER),
        "day": in_digits(rating.at.date().isoformat()), "why": rating.why,
    }  # fmt: skip
    most = profile.tops[rating.criterion]
    if most == 1:
        told = _(SAID_YES if rating.score else SAID_NO).format(**facts)
    else:
        told = _(SCORED).format(score=_short(rating.score), most=_short(most), **facts)
    return told if rating.version == profile.version else f"{told} {_(OF_VERSION).format(version=rating.version)}"


def country_name(code: str) -> str:
    """Return the name of a country in the current language."""
    return label(dict(world()[code].names)) if code in world() else code


def _stated(ratings: Mapping[str, Any], profile: Profile) -> dict[str, Rating]:
    """Return the scores in a bundle that fit a profile; an older version may have had another scale."""
    found = {name: Rating.model_validate(one) for name, one in ratings.items()}
    return {name: one for name, one in found.items() if 0 <= one.score <= profile.tops.get(name, -1)}


def _with_words(reading: dict[str, Any], profile: Profile, ratings: Sequence[models.Rating]) -> dict[str, Any]:
    """Put what people said beside the criterion to which they said it; the score that counts stands there already."""
    own = [one for one in ratings if one.profile == profile.id and one.criterion in profile.tops]
    boxes = {tick.id: score.id for score in profile.criteria for tick in score.ticks}
    names = {tick.id: tick.label for score in profile.criteria for tick in score.ticks}

    def beside(part: dict[str, Any]) -> dict[str, Any]:
        here = [one for one in own if boxes.get(one.criterion, one.criterion) == part["id"]]

        def say() -> str:
            lines = [
                f"{label(names[one.criterion])}: {words_of(one, profile)}"
                if one.criterion in names
                else words_of(one, profile)
                for one in here
            ]
            return "\n".join([label(part["why"]), *lines])

        return {**part, "why": in_all(say)} if here else part

    return {**reading, **{kind: [beside(part) for part in reading[kind]] for kind in ("gates", "criteria")}}


def _short(number: float) -> str:
    return said(number, 0 if float(number).is_integer() else 1)


# --- shown ------------------------------------------------------------------------------------------------------------


def page(dossier: Dossier, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return a dossier for the layout of the site, in the current language; with `only`, these sections."""
    told = view(dossier, current())
    wanted = [one for one in told["sections"] if not only or one["id"] in only]
    return {**told, "sections": [{**one, "drawn": drawn(one["blocks"], one["id"])} for one in wanted]}


def drawn(blocks: Iterable[Mapping[str, Any]], section: str = "") -> Markup:
    """Return blocks as HTML; every text in them is escaped where it is drawn.

    What is long is folded, so that an office finds its own profile: criteria of profiles, and lists of checks.
    """
    return Markup("\n".join(_block(dict(one), section) for one in blocks))  # noqa: S704


def _block(block: dict[str, Any], section: str) -> str:
    html = DRAWN[block["kind"]](block)
    if block["kind"] != "cards" or not (section == "profiles" or block["brief"]):
        return html
    words = CRITERIA if section == "profiles" else EACH
    return f"<details><summary>{escape(_(words).format(n=said(len(block['items']))))}</summary>{html}</details>"


def in_short(dossier: Dossier) -> dict[str, Any]:
    """Return what the page of a ledger shows of a dossier, in the current language: who was counted, and what to supply
    next. Tables of one column alone, the least counted first.
    """
    told = dossier["coverage"]
    tables = [
        {**one, "rows": one["rows"][:MOST_GROUPS]}
        for one in told["tables"]
        if len(one["by"]) == 1 and not one["within"]
    ]
    behind = [one for one in told["left_behind"] if one["side"] == "behind"]
    shorter = {"tables": tables, "left_behind": behind[:MOST_BEHIND], "missing": [], "breakdowns": [], "map": None}
    shown = {**told, **shorter}
    return {"counted": coverage({**dossier, "coverage": shown}), "next": label(dossier["summary"]["next"])}


# --- files ------------------------------------------------------------------------------------------------------------


def folder_of(release: str) -> Path:
    """Return where the files of a dossier lie."""
    return Path(settings.HOME) / "dossiers" / release


def file_of(release: str, name: str) -> Path | None:
    """Return a file of a dossier by its public name, such as "ne.pdf"; None where it is not there."""
    language, _dot, kind = name.partition(".")
    path = folder_of(release) / name
    return path if language in LANGUAGES and kind in KINDS and path.is_file() else None


def fresh(release: models.Release) -> bool:
    """Say whether the files of a dossier are those of today."""
    path = folder_of(release.pk) / STAMP
    return path.is_file() and path.read_text("utf-8") == stamp(release)


def halted(release: models.Release) -> tuple[str, Job | None]:
    """Say why the files of a dossier are not those of today, with the last job that was to make them: "" where they
    are, "being-made", "waits" while no worker runs, "stopped" where they were not made and nobody is asked to.
    """
    if fresh(release):
        return "", None
    job = Job.objects.filter(kind="dossier", subject__in=(release.pk, "")).order_by("-created", "-pk").first()
    if job is None or job.state in (Job.State.FAILED, Job.State.DONE):
        return "stopped", job
    return "being-made" if worker_seen() else "waits", job


def taken(release: models.Release) -> list[tuple[str, list[str]]]:
    """Return the files that can be taken: each kind with its languages."""
    there = [(kind, [one for one in LANGUAGES if file_of(release.pk, f"{one}.{kind}")]) for kind in KINDS]
    return [(kind, languages) for kind, languages in there if languages]


def first_words(release: models.Release, language: str) -> list[str]:
    """Return what a printed dossier says before all else: that it was replaced, and how it is cited."""
    with speaking(language):
        replaced = release.superseded_by
        warning = _(REPLACED).format(day=in_digits(replaced.released_at.date().isoformat())) if replaced else ""
        fewer = _(FEWER).format(n=said(release.answers_withdrawn)) if release.answers_withdrawn else ""
        return [one for one in (warning, fewer, citing.citation(release)) if one]


def forget(release: str) -> None:
    """Take the files of a dossier away."""
    shutil.rmtree(folder_of(release), ignore_errors=True)
