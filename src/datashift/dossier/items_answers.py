"""What the answers tell: who was counted, how right it is, what it compares with, and that nobody is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from datashift.dossier.seen import Fact, Seen, fact, within
from datashift.language import N_
from datashift.model import Kit
from datashift.model.assessment import State
from datashift.standards.kits import asked_for
from datashift.standards.profiles import Criterion

LIKE = N_("Groups of the census: {groups}. Counted too seldom: {few}. Not at all: {none}. Too few to tell: {open}.")
PLACES = N_("Of {all} places with a known total, {seen} have answers. No totals by sex or age are named.")
NO_MARGIN = N_("No known total is named, so the answers cannot be held against who lives there.")
SPREAD = N_("There are answers from {seen} of {all} places of the country at this level.")
PARTS = N_("All rows are of one place. Inside it they come from {count} parts; how many there are is not told.")
ONE_PLACE = N_("All rows are of one place, and which parts of it they come from is not known.")
MISSING = N_("Of the answers that the figures need, {share} per cent are missing.")
WORTH = N_("{n} answers are worth as much as {worth} drawn one by one (design effect {deff}).")
NO_FIGURE = N_("There is no figure for all rows together.")
HIDDEN = N_("Hidden because they rest on too few answers: {hidden} of {all} figures.")
LOOKED = N_("{looked} of {all} checks looked at the answers. The others lack what they need.")
ALL_LOOKED = N_("All {all} checks looked at the answers.")
NONE_LOOKED = N_("No check looked at the answers.")
NOTICED = N_("Things that the checks noticed: {noticed}. With an answer: {answered}.")
NOTHING = N_("The checks noticed nothing.")
BACKCHECKED = N_("Of the answers that cannot change, {share} per cent differed when they were asked again.")
BACKCHECKED_ONLY = N_("Interviews were asked again; of answers that cannot change nothing is told.")
NO_BACKCHECKS = N_("No interviews that were asked again are named.")
APART = N_("The largest gap to a known share is {gap} percentage points.")
NO_KNOWN = N_("Nothing among the answers has a total that is known, such as sex or age.")
UNCODED = N_("{share} per cent of the rows have an answer without a code.")
LOST = N_("{many} per cent of the rows share their code with other answers, and {rejected} per cent could not be used.")
VERSIONS = N_("The versions of the form were looked at. Things noticed: {noticed}.")
NO_VERSION = N_("No column tells the version of the form.")
NO_FORM = N_("No form was filled in: the values come from elsewhere.")
SENSORS = N_("Sensors measured.")
DEVICES = N_("Interviews were written into a device. Whether all were face to face is not told.")
NO_MODE = N_("How people were asked is not told.")
NO_SERIES = N_("There is one round, so there is no series that could break.")
ONE_WAY = N_("All {count} rounds went through one recipe and one kit.")
NO_SCALE = N_("No scale is formed from several questions.")


def counted(seen: Seen, criterion: Criterion) -> Fact:
    """C1: who answered beside who lives there, by groups where the census tells them, else by place."""
    states = [share.state for held in seen.held for share in held.shares]
    if states:
        few, none, open_ = (states.count(name) for name in ("few", "none", "cannot_tell"))
        state: State = "partly" if few + none + open_ else "met"
        return fact(state, "coverage", LIKE, groups=len(states), few=few, none=none, open=open_)
    totals = [known for known in seen.setting.margins.values() if known]
    if not totals:
        return fact("unknown", "recipe", NO_MARGIN)
    known = {area for area, people in max(totals, key=len).items() if people > 0}
    here = len(known & _areas(seen))
    state = within(criterion, 100 * here / len(known), up=True) if known else "unknown"
    # By place alone is not by sex and age too.
    return fact("partly" if state == "met" else state, "margin", PLACES, all=len(known), seen=here)


def spread(seen: Seen, criterion: Criterion) -> Fact:
    """C3: the places of the country at the level of the answers, and how many of them have any."""
    areas, here, day = seen.setting.areas, _areas(seen), seen.recipe.place.as_of
    levels = [areas[area].level for area in here if area in areas]
    if seen.recipe.place.column is None or not levels:
        return _inside_one_place(seen)
    level = max(levels, key=levels.count)
    kinds = {areas[area].kind for area in here if area in areas}
    whole = seen.recipe.place.whole
    peers = {
        area.id
        for area in areas.values()
        if area.level == level and area.kind in kinds and area.valid_on(day) and not (whole and area.id == whole.id)
    } | here
    if len(peers) < 2:
        return _inside_one_place(seen)
    share = 100 * len(here) / len(peers)
    return fact(within(criterion, share, up=True), "place", SPREAD, seen=len(here), all=len(peers))


def missing(seen: Seen, criterion: Criterion) -> Fact | None:
    """C4: answers that the figures need and that are missing or unknown."""
    table, kit = seen.result.harmonised.observations, seen.kit
    needed = dict.fromkeys(name for measure in seen.setting.measures for name in asked_for(kit, measure))
    asked = [name for name in needed if name in table.column_names and not kit.concepts[name].asked_if]
    if not asked or not table.num_rows:
        return None
    share = 100 * sum(_open(table[name], kit, name) for name in asked) / (len(asked) * table.num_rows)
    return fact(within(criterion, share), "observations", MISSING, share=round(share, 1))


def worth(seen: Seen, criterion: Criterion) -> Fact:
    """C5: what the answers behind the headline are worth."""
    found = seen.headline
    if found is None or found.n_eff is None:
        return fact("not_met", "estimates.csv", NO_FIGURE)
    state: State = (
        "met" if found.n_eff >= seen.kit.disclosure.least_effective_n and found.value is not None else "not_met"
    )
    deff = round(found.deff or 1.0, 2)
    return fact(state, "estimates.csv", WORTH, n=found.n, worth=round(found.n_eff), deff=deff)


def hidden(seen: Seen, criterion: Criterion) -> Fact:
    """C6: figures that rest on few answers are hidden."""
    found = seen.result.estimates
    return fact("met", "estimates.csv", HIDDEN, hidden=sum(e.status == "Q" for e in found), all=len(found))


def checked(seen: Seen, criterion: Criterion) -> Fact:
    """A1: how many checks looked."""
    checks = seen.result.assessment.checks
    looked = sum(not check.idle for check in checks)
    if not looked:
        return fact("not_met", "findings.json", NONE_LOOKED)
    return fact("met", "findings.json", ALL_LOOKED if looked == len(checks) else LOOKED, looked=looked, all=len(checks))


def answered(seen: Seen, criterion: Criterion) -> Fact:
    """A6: whether each thing that the checks noticed has an explanation."""
    noticed = {f"{finding.check}/{finding.code}" for finding in seen.result.findings}
    if not noticed:
        return fact("met", "findings.json", NOTHING)
    explained = len(noticed & set(seen.stated.explanations))
    state: State = "met" if explained == len(noticed) else "partly" if explained else "not_met"
    return fact(state, "findings.json", NOTICED, noticed=len(noticed), answered=explained)


def asked_again(seen: Seen, criterion: Criterion) -> Fact:
    """A2: of the answers that cannot change, how many differed when they were asked again (IPA's type 1)."""
    check = seen.checks.get("K28")
    if check is None or check.idle or not seen.recipe.protocol.backchecks:
        return fact("unknown", "protocol", NO_BACKCHECKS)
    fixed = check.facts.get("by_kind", {}).get("1")
    if fixed is None:
        return fact("partly", "K28", BACKCHECKED_ONLY)
    return fact(within(criterion, fixed["share"]), "K28", BACKCHECKED, share=round(fixed["share"], 1))


def apart(seen: Seen, criterion: Criterion) -> Fact:
    """A3: the largest gap between a share of the answers, as weighted, and what the census knows."""
    gaps = [
        100 * abs(share.weighted - share.share_people)
        for held in seen.held
        if len(held.by) == 1 and held.by[0] != "area"
        for share in held.shares
    ]
    if not gaps:
        return fact("unknown", "margin", NO_KNOWN)
    return fact(within(criterion, max(gaps)), "coverage", APART, gap=round(max(gaps), 1))


def coded(seen: Seen, criterion: Criterion) -> Fact | None:
    """H1: rows whose answer has no code."""
    loss = _loss(seen)
    if loss is None:
        return None
    share = 100 * loss[0]
    return fact(within(criterion, share), "losses.json", UNCODED, share=round(share, 1))


def lost(seen: Seen, criterion: Criterion) -> Fact | None:
    """H5: rows mapped many to one, or not used."""
    loss = _loss(seen)
    if loss is None:
        return None
    many, rejected = 100 * loss[1], 100 * loss[2]
    state: State = within(criterion, many + rejected)
    return fact(state, "losses.json", LOST, many=round(many, 1), rejected=round(rejected, 1))


def versions(seen: Seen, criterion: Criterion) -> Fact:
    """H2: whether everybody used the version of the form that was valid."""
    if seen.recipe.design.sampling_type in ("sensor_network", "published_averages", "event_registry"):
        return fact("not_applicable", "design", NO_FORM)
    check = seen.checks.get("K3")
    if check is None or check.idle or seen.recipe.paradata.version is None:
        return fact("unknown", "paradata", NO_VERSION)
    return fact("partly" if check.noticed else "met", "K3", VERSIONS, noticed=check.noticed)


def mode(seen: Seen, criterion: Criterion) -> Fact:
    """H3: how the answers were taken."""
    if seen.recipe.design.sampling_type == "sensor_network":
        return fact("met", "design", SENSORS)
    told = seen.recipe.paradata
    return fact("partly", "paradata", DEVICES) if told.device or told.start else fact("unknown", "recipe", NO_MODE)


def breaks(seen: Seen, criterion: Criterion) -> Fact:
    """H4: whether rounds were brought through one way."""
    count = len(seen.rounds)
    return fact("not_applicable", "period", NO_SERIES) if count < 2 else fact("met", "recipe", ONE_WAY, count=count)


def scale(seen: Seen, criterion: Criterion) -> Fact | None:
    """H6: where no scale is formed, it is not asked."""
    scales = any(concept.scale for concept in seen.kit.concepts.values())
    return None if scales else fact("not_applicable", "kit", NO_SCALE)


FACTS: Mapping[str, Callable[[Seen, Criterion], Fact | None]] = {
    "C1": counted, "C3": spread, "C4": missing, "C5": worth, "C6": hidden,
    "A1": checked, "A2": asked_again, "A3": apart, "A6": answered,
    "H1": coded, "H2": versions, "H3": mode, "H4": breaks, "H5": lost, "H6": scale,
}  # fmt: skip
"""What tells of each criterion."""


def _inside_one_place(seen: Seen) -> Fact:
    """Strata or clusters tell from how many parts of one place the rows come, not how many parts there are."""
    table, drawn = seen.result.harmonised.observations, seen.recipe.design
    column = "stratum" if drawn.strata else "cluster" if drawn.clusters else ""
    count = len(table[column].drop_null().unique()) if column in table.column_names else 0
    if count < 2:
        return fact("unknown", "place", ONE_PLACE)
    return fact("partly", "design", PARTS, count=count)


def _areas(seen: Seen) -> set[str]:
    """The places that have answers."""
    return {area for area in seen.result.harmonised.observations["area"].unique().to_pylist() if area}


def _open(column: pa.ChunkedArray, kit: Kit, name: str) -> int:
    """How many answers are missing, or say that nobody knows."""
    unknown = [code for code, meant in kit.concepts[name].codes.items() if meant.unknown]
    asked_none = int(column.null_count)
    if not unknown or not pa.types.is_string(column.type):
        return asked_none
    return asked_none + int(pc.sum(pc.is_in(column, value_set=pa.array(unknown))).as_py() or 0)


def _loss(seen: Seen) -> tuple[float, float, float] | None:
    """What was lost on the way to the headline: no code, a shared code, not used."""
    found = seen.result.harmonised.losses.get((seen.setting.measures[0].id, ""))
    return (found.unmapped, found.many_to_one, found.rejected) if found else None
