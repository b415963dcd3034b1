"""What recipe and run tell of the safety of people: what they agreed to, and what is done so that nobody is exposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from datashift.dossier.saying import words
from datashift.dossier.seen import Fact, Seen, fact
from datashift.language import N_
from datashift.standards.profiles import Criterion

SEARCHED = N_("No file leaves before it was searched for personal data. Columns named as personal: {count}.")
SHAPES_ONLY = N_(
    "No file leaves before it was searched for telephone numbers and such. No column is named as personal."
)
SMALL = N_("Figures of fewer than {least} answers are hidden. Hidden here: {hidden}.")
ANY_SIZE = N_("The kit hides no small groups, since one row stands for no person.")
NO_POSITIONS = N_("Positions of rows are not published, only figures of whole places.")
NO_COORDINATES = N_("The data have no positions.")
AGREED = N_(
    "People were told what for, and agreed (text {version}, {channel}). Whether the ethics were reviewed is not told."
)
NOT_ASKED = N_("The answers are not used by consent. Whether the community agreed is not told.")
NO_PEOPLE = N_("The recipe says that nobody was asked: there are things, not people.")
KEPT_UNTIL = N_("Answers are used on this ground: {basis}. Rows are kept until {day}. How to withdraw is not told.")
NO_END = N_("Answers are used on this ground: {basis}. Until when rows are kept is not told, nor how to withdraw.")
CARE = N_(
    "More care is asked for than by the kit: figures of fewer than {least} answers are hidden, "
    "and rows of people {rows}."
)
STAY = N_("stay inside")
MAY_LEAVE = N_("leave only when made safe")
BASES = {
    "consent": N_("consent"),
    "public-interest": N_("public interest"),
    "legal-duty": N_("a duty by law"),
}
CHANNELS = {
    "spoken": N_("spoken"), "written": N_("in writing"), "form": N_("in the form"), "phone": N_("by telephone"),
    "online": N_("online"), "other": N_("in another way"), None: N_("way not stated"),
}  # fmt: skip


def agreed(seen: Seen, criterion: Criterion) -> Fact | None:
    """I4: what people were told, and how they said yes; None where the recipe does not tell."""
    consent = seen.recipe.consent
    if consent is None:
        return None
    if consent.basis == "no-people":
        return fact("not_applicable", "recipe", NO_PEOPLE)
    if consent.basis != "consent":
        return fact("not_met", "recipe", NOT_ASKED)
    return fact("partly", "recipe", AGREED, version=consent.version or "1", channel=words(CHANNELS[consent.channel]))


def ground(seen: Seen, criterion: Criterion) -> Fact | None:
    """I5: on what ground answers are used, and until when rows are kept; None where the recipe does not tell."""
    consent = seen.recipe.consent
    if consent is None:
        return None
    if consent.basis == "no-people":
        return fact("not_applicable", "recipe", NO_PEOPLE)
    basis = words(BASES[consent.basis])
    if consent.until is None:
        return fact("partly", "recipe", NO_END, basis=basis)
    return fact("partly", "recipe", KEPT_UNTIL, basis=basis, day=consent.until.isoformat())


def care(seen: Seen, criterion: Criterion) -> Fact | None:
    """S4: what the answers to the ten questions set beyond the rule of the kit; None where nobody answered."""
    asked = seen.recipe.disclosure
    if not asked.model_fields_set:
        return None
    rows = words(MAY_LEAVE if asked.microdata else STAY)
    return fact("met", "recipe", CARE, least=seen.kit.disclosure.least_n, rows=rows)


def searched(seen: Seen, criterion: Criterion) -> Fact:
    """S1: the gate through which every file leaves."""
    count = len(seen.recipe.personal)
    if count or not seen.kit.universe.people:
        return fact("met", "release.zip", SEARCHED, count=count)
    return fact("partly", "release.zip", SHAPES_ONLY)


def small(seen: Seen, criterion: Criterion) -> Fact:
    """S2: small groups are hidden."""
    least = seen.kit.disclosure.least_n
    if least < 2:
        return fact("not_applicable", "kit", ANY_SIZE)
    hidden = sum(estimate.status == "Q" for estimate in seen.result.estimates)
    return fact("met", "estimates.csv", SMALL, least=least, hidden=hidden)


def positions(seen: Seen, criterion: Criterion) -> Fact:
    """S3: exact places do not leave."""
    if seen.recipe.place.latitude is None:
        return fact("not_applicable", "recipe", NO_COORDINATES)
    return fact("met", "release.zip", NO_POSITIONS)


FACTS: Mapping[str, Callable[[Seen, Criterion], Fact | None]] = {
    "I4": agreed, "I5": ground,
    "S1": searched, "S2": small, "S3": positions, "S4": care,
}  # fmt: skip
"""What tells of each criterion."""
