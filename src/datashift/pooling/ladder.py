"""The decision ladder: which method applies to answers that came about in this way, with what is at hand beside them.

The first step whose sampling type is the declared one, and whose needs are at hand, is taken; the order is that of
the table. A step whose barrier stands is refused with its repair, never left for a weaker one in silence.
`refused` speaks of the figure with an interval: what was counted may still be shown as a count.

Sources: AAPOR, Guidance on reporting precision for nonprobability samples (2016), and its statement on opt-in surveys
(no margin of sampling error for those who selected themselves); Chen, Li & Wu 2020 (doubly-robust); doi
10.1177/0282423X241293751 (weighted mean of published figures); Meng 2018, doi 10.1214/18-AOAS1161SF (bounded).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from datashift.errors import DesignError
from datashift.language import N_, _
from datashift.model import Design
from datashift.numbers import said
from datashift.pooling.combine import LEAST_PAIRS
from datashift.pooling.defect import LEAST_SEEN
from datashift.pooling.overlap import LEAST, MOST_UNCOVERED, percent


@dataclass(frozen=True)
class AtHand:
    """What there is beside the answers.

    weights: a column of design weights.   margins: known totals of the population by groups.   reference: the rows of
    a probability survey that knows the same things about people.   figure: a published survey figure or the source's
    own published figure with standard error.   pairs: figures where this source and a survey both exist.
    seen: data-defect correlations of this source for other figures.   population: N.   exposure: how much was
    watched, for how long.   rate: a rate is asked for.   collocated: sensors stood beside a reference instrument.
    listing: number of households or people from a listing.   universes: whom the answers and the other source are
    about.   uncovered: share of the population without a participant like it (`cells` names it).   effective_n.
    """

    weights: bool = False
    margins: bool = False
    reference: bool = False
    figure: bool = False
    pairs: int = 0
    seen: int = 0
    population: bool = False
    exposure: bool = False
    rate: bool = False
    collocated: bool = False
    listing: bool = False
    universes: tuple[str, str] | None = None
    uncovered: float | None = None
    cells: str = ""
    effective_n: float | None = None


@dataclass(frozen=True)
class Step:
    """One step of the ladder: for whom, what it needs, what it does, on what its interval rests, what is said.

    `gap`: whether the interval may carry the verdict that two sources differ.   `barriers`: what refuses the step.
    `refused`: the code of the refusal where the step is one.   `repair`: how to climb higher.
    """

    method: str
    sampling: tuple[str, ...]
    needs: tuple[str, ...]
    does: str
    assumption: str
    wording: str
    repair: str = ""
    gap: bool = False
    barriers: tuple[str, ...] = ()
    refused: str = ""


NO_MARGIN = N_(
    "The answers were not drawn by chance: there is no margin of sampling error. Nothing inside these data can test "
    "whether those who answered are like those who did not."
)
_OPEN = ("quota", "volunteer", "undocumented")

LADDER: tuple[Step, ...] = (
    Step(
        "design-based", ("probability",), ("weights",),
        N_("weighted figures, variance between clusters of the full design; brought to known totals where stated"),
        N_("everybody had a known chance above zero, and the weights say which"),
        N_("The interval is the margin of error of a probability sample. It leaves out who was not on the list."),
        gap=True,
    ),
    Step(
        "design-based-equal", ("probability",), (),
        N_("plain figures, variance between clusters of the full design"),
        N_("everybody had the same chance"),
        N_("The interval is the margin of error of a sample in which everybody had the same chance."),
        N_("Name the column of weights if chances differed."), gap=True,
    ),
    Step(
        "census", ("small_area_census",), ("listing",),
        N_("everybody in the area counted; share of the listing that was reached said beside it"),
        N_("those who were missed are like those who were reached"),
        N_("Everybody in the area was asked. The figure speaks of this area alone."), gap=True,
    ),
    Step(
        "census-without-listing", ("small_area_census",), (),
        N_("everybody in the area counted"),
        N_("nobody was missed"),
        N_("Everybody in the area was to be asked; how many were missed is not known. It speaks of this area alone."),
        N_("Add the number of households or people from a listing."),
    ),
    Step(
        "calibrated", _OPEN, ("margins",),
        N_("weights brought to known totals of the population (raking), variance of the residuals"),
        N_("inside the groups of these totals, those who answered are like those who did not"),
        NO_MARGIN,
        N_("Ask a question that a survey also asks: the difference shows how far this source is off."),
        barriers=("universe", "overlap", "effective-n"),
    ),
    Step(
        "doubly-robust", _OPEN, ("reference",),
        N_("model of who took part and model of the answers, against a probability survey with the same columns"),
        N_("people alike in these columns answer alike whether they took part or not, and one of two models is right"),
        NO_MARGIN,
        N_("Ask a question that a survey also asks: the difference shows how far this source is off."),
        barriers=("universe", "overlap", "effective-n"),
    ),
    Step(
        "combined", (*_OPEN, "published_averages", "facility_register"), ("figure", "pairs"),
        N_("weighted mean with a survey figure, after the usual bias of the source was taken off; least expected MSE"),
        N_("this figure is off like the figures were of which both exist"),
        N_("The interval knows how far this source is usually off. It is no margin of sampling error."),
        gap=True, barriers=("universe",),
    ),
    Step(
        "bounded", _OPEN, ("population", "seen"),
        N_("interval by the largest data-defect correlation that was seen for this source elsewhere"),
        N_("who answered goes no more together with what they answered than for the other figures"),
        N_("The interval allows for as much selection as was seen elsewhere. It is no margin of sampling error."),
        gap=True, barriers=("effective-n",),
    ),
    Step(
        "as-collected", _OPEN, (),
        N_("plain figures; the interval shows how much they vary between answers or clusters"),
        N_("those who answered are like those who did not"),
        NO_MARGIN,
        N_(
            "Add known totals of the population (margins), a survey with the same columns, or figures that a survey "
            "also has. Until then no gap can be shown with these answers."
        ),
        barriers=("effective-n",),
    ),
    Step(
        "register", ("facility_register",), (),
        N_("plain figures of all that is registered"),
        N_("the register leaves nothing out"),
        N_("This is a register, not a sample: there is no margin of error. It does not cover what it leaves out."),
        N_("Compare the register with an independent list of a few areas, to see what it leaves out."),
    ),
    Step(
        "lower-bound-rate", ("event_registry",), ("exposure",),
        N_("events that became known, per unit watched"),
        N_("no event was counted twice"),
        N_("This is a lower bound, without a margin of error. Events that nobody reported are missing."),
    ),
    Step(
        "lower-bound", ("event_registry",), (),
        N_("events that became known, as a count; no rate"),
        N_("no event was counted twice"),
        N_("This is a lower bound, without a margin of error. Events that nobody reported are missing."),
        N_("Add how much was watched and for how long; compare with a second, independent list."),
        barriers=("exposure",),
    ),
    Step(
        "calibrated-sensors", ("sensor_network",), ("collocated",),
        N_("readings calibrated on a reference instrument; what the calibration leaves open is in the interval"),
        N_("sensors behave in the field as they did beside the reference"),
        N_("Sensors stand where somebody put them: there is no margin of error. The interval is about these places."),
    ),
    Step(
        "relative", ("sensor_network",), (),
        N_("changes over time at the same place; no level"),
        N_("a sensor is off by the same amount all the time"),
        N_("These readings were not compared with a reference instrument. Only changes over time can be read."),
        refused="ladder.sensors",
    ),
    Step(
        "as-published", ("published_averages",), (),
        N_("averages as they were published; no interval"),
        N_("the averages are those of the people named"),
        N_("These are averages that somebody published. Small differences mean nothing."),
        refused="ladder.published",
    ),
    Step(
        "said-by", ("snowball", "rds"), (),
        N_("what these people said; no figure for a population"),
        N_("nothing beyond these people"),
        N_("People were found through people. What they say stands for them alone."),
        refused="ladder.network",
    ),
)  # fmt: skip
"""The steps in the order in which they are tried."""


@dataclass(frozen=True)
class Rung:
    """The step that applies, or its refusal (`refused`: a code, `facts`: what it names).

    `assumption`, `wording` and `repair` are in the current language; `also`: the methods lower down that would do.
    """

    method: str
    assumption: str
    wording: str
    refused: str
    repair: str
    gap: bool
    also: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        """Say in the current language what may be read from the figure, or why there is none."""
        if self.refused:
            return self.repair
        rests = _(RESTS).format(assumption=self.assumption)
        return f"{self.wording} {rests}"

    def check(self) -> None:
        """Raise DesignError with the repair if the step is refused."""
        if self.refused:
            raise DesignError(self.refused, **self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return {**vars(self), "also": list(self.also), "sentence": self.sentence()}


RESTS = N_("The interval rests on this: {assumption}.")


def explain(design: Design, at_hand: AtHand | None = None) -> Rung:
    """Return the step of the ladder for this design; weights and calibration named in the design count as at hand."""
    given = at_hand or AtHand()
    weights = given.weights or bool(design.weights or design.weight_margin)
    margins = given.margins or design.calibration is not None
    return rung(design.sampling_type, AtHand(**{**vars(given), "weights": weights, "margins": margins}))


def rung(sampling_type: str, at_hand: AtHand | None = None) -> Rung:
    """Return the first step for answers that came about in this way whose needs are at hand.

    In: a sampling type of `datashift.model`.   Out: Rung; a refusal is said in it, and raised by `Rung.check`.
    """
    given = at_hand or AtHand()
    fitting = [step for step in LADDER if sampling_type in step.sampling and all(_have(given, n) for n in step.needs)]
    step = fitting[0]
    barred = (BARRIERS[name](given) for name in step.barriers)
    refusal = next((error for error in barred if error), DesignError(step.refused) if step.refused else None)
    return Rung(
        method=step.method,
        assumption=_(step.assumption),
        wording=_(step.wording),
        refused=refusal.code if refusal else "",
        repair=str(refusal) if refusal else _(step.repair),
        gap=step.gap and refusal is None,
        also=tuple(other.method for other in fitting[1:]),
        facts=refusal.facts if refusal else {},
    )


_ENOUGH = {"pairs": LEAST_PAIRS, "seen": LEAST_SEEN}


def _have(at_hand: AtHand, need: str) -> bool:
    return int(getattr(at_hand, need)) >= _ENOUGH.get(need, 1)


def _universe(at_hand: AtHand) -> DesignError | None:
    if at_hand.universes is None or at_hand.universes[0] == at_hand.universes[1]:
        return None
    return DesignError("ladder.universe", ours=at_hand.universes[0], theirs=at_hand.universes[1])


def _overlap(at_hand: AtHand) -> DesignError | None:
    if at_hand.uncovered is None or at_hand.uncovered <= MOST_UNCOVERED:
        return None
    return DesignError("ladder.no-overlap", share=percent(at_hand.uncovered), cells=at_hand.cells or "–")


def _effective_n(at_hand: AtHand) -> DesignError | None:
    if at_hand.effective_n is None or at_hand.effective_n >= LEAST:
        return None
    return DesignError("ladder.few", n=said(at_hand.effective_n), least=LEAST)


def _exposure(at_hand: AtHand) -> DesignError | None:
    return DesignError("ladder.exposure") if at_hand.rate else None


BARRIERS: dict[str, Callable[[AtHand], DesignError | None]] = {
    "universe": _universe,
    "overlap": _overlap,
    "effective-n": _effective_n,
    "exposure": _exposure,
}
"""What refuses a step, by the name it has in the table."""
