"""What is still open before a result may be public: laws, questions, days, a name, words. Each with its repair."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from datashift.errors import BadRecipe
from datashift.language import _, label
from datashift.legal import defaults, legal_of, open_items, questions
from datashift.numbers import in_digits, said
from datashift.standards.periods import last_day
from datashift.web.collection.kits import kit_named
from datashift.web.collection.models import Dataset, Run
from datashift.web.collection.passages import open_words
from datashift.web.collection.precautions import kept


@dataclass(frozen=True)
class StillOpen:
    """One thing that is not settled: what, in which cases, and what to do. No reason overrides a `stop`."""

    code: str
    text: str
    repair: str
    cases: tuple[str, ...] = ()
    stop: bool = False

    def told(self) -> str:
        """Say it in one line, with its cases."""
        return f"{self.text} {'; '.join(self.cases)}." if self.cases else self.text


def still_open(run: Run, recipe: str = "") -> list[StillOpen]:
    """Return what is open before the result of `run` may be public, in the current language; stops come first.

    `recipe` is the text that was worked with, where it was read from the bundle itself; else that of the run.
    """
    dataset, made_with = run.dataset, tomllib.loads(recipe or run.recipe)
    found = [
        *_name(dataset, str(made_with.get("producer", ""))),
        *_words(dataset),
        *_laws(dataset),
        *_questions(dataset),
        *_kit(dataset),
        *_delay(run, int(made_with.get("disclosure", {}).get("delay", 0))),
        *_soon(run.told.get("since", {})),
    ]
    return sorted(found, key=lambda one: not one.stop)


def _name(dataset: Dataset, producer: str) -> Iterator[StillOpen]:
    """Where an answer says so, and not only one that is missing, no reason overrides that the files name nobody."""
    organisation, answers = dataset.organisation, kept(dataset)["answers"]
    named = producer != organisation.slug
    because = [one.question for one in defaults(answers).reasons.get("anonymous", ())] if answers else []
    if because and (named or not organisation.anonymous):
        text = _("By the answers the organisation must not be named, but it is.")
        repair = _(
            "Ask an administrator to make the organisation anonymous. Then save any answer about these data again, "
            "so that the result is made anew without the name."
        )
        yield StillOpen("name", text, repair, stop=named and any(one in answers for one in because))


def _words(dataset: Dataset) -> Iterator[StillOpen]:
    """Words with shapes that the gate refuses stop a release; what only seems to be a name or an address does not."""
    sure: list[str] = []
    perhaps: list[str] = []
    for one in open_words(dataset):
        case = f"{_(one.place)}: {', '.join(sorted(_(kind) for kind in one.kinds))}"
        (sure if one.sharp else perhaps).append(case)
    if sure:
        text = _("These words of the producer hold what is never published:")
        yield StillOpen("words", text, _("Take them out, then ask for the review again."), tuple(sure), stop=True)
    if perhaps:
        text = _("Look at these words before they are public. They seem to hold:")
        yield StillOpen("perhaps-personal", text, _("Take out what names a person."), tuple(perhaps))


def _laws(dataset: Dataset) -> Iterator[StillOpen]:
    legal, ticks = legal_of(dataset.country), kept(dataset)["ticks"]
    if legal is None:
        yield StillOpen(
            "no-law-read", _("Nothing is known here of the law of this country."), _("Ask somebody who knows it.")
        )
        return
    ticked = {one["item"] for one in ticks}
    waiting = open_items(legal, ticks)
    if never := tuple(one.law for one in waiting if one.id not in ticked):
        repair = _("Read what each asks, and tick what you considered.")
        yield StillOpen("laws", _("Nobody considered these laws yet:"), repair, never)
    if before := tuple(one.law for one in waiting if one.id in ticked):
        text = _("These laws were considered as they were read earlier, and were read anew since:")
        yield StillOpen("laws-read-anew", text, _("Consider them again."), before)


def _questions(dataset: Dataset) -> Iterator[StillOpen]:
    left = len(questions()) - len(kept(dataset)["answers"])
    if left == len(questions()):
        text = _("Nobody answered what could go wrong with these data, so only the rule of the kit holds.")
        yield StillOpen("questions", text, _("Its producer answers the ten questions, and the figures are made anew."))
    elif left:
        text = _("{number} of the ten questions have no answer, which counts as yes.").format(number=said(left))
        yield StillOpen("questions", text, _("Its producer answers them too, so that the rule fits these data."))


def _kit(dataset: Dataset) -> Iterator[StillOpen]:
    """A variant may hide less than the kit it departs from: who releases must know, since anybody may write one."""
    kit = kit_named(dataset.kit) if dataset.kit else None
    if kit is None or kit.variant is None:
        return
    base = kit_named(kit.variant.of)
    rules, places = (kit.disclosure, base.disclosure), (kit.universe, base.universe)
    least, usual = (0 if one.public_infrastructure else rule.least_n for one, rule in zip(places, rules, strict=True))
    exact = places[0].exact_points and not places[1].exact_points
    if least < usual or rules[0].least_effective_n < rules[1].least_effective_n or exact:
        text = _("The variant {kit} hides less than the kit it departs from ({base}).")
        repair = _("Ask why, or use a kit that hides as much.")
        yield StillOpen("looser-kit", text.format(kit=f"{kit.id}@{kit.version}", base=kit.variant.of), repair)


def _delay(run: Run, days: int) -> Iterator[StillOpen]:
    last = _last_answer(run)
    until = last + timedelta(days=days)
    if days and until > timezone.now().date():
        text = _("{days} days are to pass after the last answer ({last}). That is on {until}.")
        yield StillOpen(
            "delay", text.format(days=said(days), last=_day(last), until=_day(until)), _("Wait until that day.")
        )


def _soon(since: Mapping[str, Any]) -> Iterator[StillOpen]:
    """Few answers came or went since the release before: the difference of both is theirs."""
    if since.get("soon"):
        yield StillOpen("soon", label(since["soon"]), label(since["repair"]))


def _last_answer(run: Run) -> date:
    """Return the last day of the periods of the figures; no answer came after the run was made."""
    made = run.made.date()
    days = []
    for period in {str(one["period"]) for one in run.told.get("estimates", ())}:
        try:
            days.append(last_day(period))
        except BadRecipe:
            days.append(made)
    return min(made, max(days, default=made))


def _day(day: date) -> str:
    return in_digits(day.isoformat())
