"""The sample in the field: who asks whom, what became of each unit, who replaces whom, and how far the work is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from datashift.errors import AgainstDesign, BadFieldwork, BadSample
from datashift.web.fieldwork import services
from datashift.web.fieldwork.linking import refresh
from datashift.web.fieldwork.models import Enumerator, Form, Sample, Submission, Unit
from datashift.web.fieldwork.samples import in_use, replacements, standing_now, to_phones, waits_for_listing, within
from datashift.web.fieldwork.tables import STATES, standing
from datashift.web.people.models import User
from datashift.web.people.services import record

OUTCOMES = ("completed", "partial", "refusal", "non-contact", "other", "not-eligible", "unknown")
ANSWERED = OUTCOMES[:2]


class Odd(NamedTuple):
    """Numbers that a supervisor should look at: units with two answers that count, answers of units out of use, and
    answers that name no unit.
    """

    twice: list[str]
    out_of_use: int
    nowhere: int


def replace_unit(*, unit: Unit, reason: str, by: User) -> Unit:
    """Put the next reserve in the place of a unit, by the rule of the design; return the reserve.

    Raises BadSample and AgainstDesign as `datashift.sampling.replace` does, and BadFieldwork for a place in which
    households were drawn already.
    """
    core = import_module("datashift.sampling")
    with transaction.atomic():
        form = services.locked(unit.sample.form)
        found = Unit.objects.select_related("sample", "enumerator").get(pk=unit.pk)
        if found.outcome in ANSWERED:
            raise AgainstDesign("sample.answered", unit=found.name)
        if _listed(found):
            raise BadFieldwork("fieldwork.place-listed", place=found.name)
        earlier = replacements(found.sample)
        drawn = core.read_record(found.sample.written["draw"])
        day = timezone.localdate().isoformat()
        chosen = core.replace(drawn, found.name, reason, earlier=earlier, day=day)
        reserve = found.sample.units.get(name=chosen.reserve)
        found.weight, found.reason = 0.0, reason
        reserve.weight, reserve.replaces, reserve.enumerator = 1 / reserve.chance, found, found.enumerator
        found.save(update_fields=["weight", "reason"])
        reserve.save(update_fields=["weight", "replaces", "enumerator"])
        refresh([reserve.pk])  # somebody may have asked there already
        facts = {"unit": found.pk, "reserve": reserve.pk, "reason": reason}
        record("sample-unit-replaced", f"form:{form.pk}", by=by, organisation=form.organisation, **facts)
        to_phones(form)
    return reserve


def note_outcome(*, unit: Unit, outcome: str, by: User) -> Unit:
    """Note what became of a unit without an answer; "" makes it open again.

    An answer that came in is noted by itself. Raises BadFieldwork where there is one, BadSample for another word, and
    AgainstDesign for a reserve that is not in use.
    """
    if outcome and outcome not in OUTCOMES[1:]:
        raise BadSample("sample.choice", what="outcome", value=outcome[:40], known=", ".join(OUTCOMES[1:]))
    with transaction.atomic():
        form = services.locked(unit.sample.form)
        found = Unit.objects.get(pk=unit.pk)
        if found.outcome == "completed":
            raise BadFieldwork("fieldwork.unit-answered", unit=found.name)
        if found.reserve and found.replaces_id is None:
            raise AgainstDesign("sample.not-in-use", unit=found.name)
        found.noted, found.noted_at = outcome, timezone.now()
        found.save(update_fields=["noted", "noted_at"])
        refresh([found.pk])
        facts = {"unit": found.pk, "outcome": outcome}
        record("sample-outcome-noted", f"form:{form.pk}", by=by, organisation=form.organisation, **facts)
    found.refresh_from_db(fields=["outcome"])
    return found


def give_out(*, form: Form, teams: Mapping[Enumerator, str], by: User) -> int:
    """Deal the units that are open out to phones, by team where teams are named; return how many were given.

    Phones get the form, too. Raises BadFieldwork where there is no sample, BadSample where there is nobody.
    """
    core = import_module("datashift.sampling")
    with transaction.atomic():
        found = services.locked(form)
        sample = in_use(found)
        if sample is None:
            raise BadFieldwork("fieldwork.no-sample")
        phones = {one.name: one for one in teams if one.organisation_id == found.organisation_id and not one.stopped}
        named = {name: teams[one].strip() for name, one in phones.items()}
        dealt = core.assign(standing_now(sample), named if any(named.values()) else list(named)).to_pylist()
        whose = {row["unit"]: phones[row["enumerator"]] for row in dealt}
        units = [one for one in sample.units.filter(outcome="", weight__gt=0) if one.name in whose]
        for unit in units:
            unit.enumerator = whose[unit.name]
        Unit.objects.bulk_update(units, ["enumerator"], batch_size=500)
        found.enumerators.add(*phones.values())
        facts = {"sample": sample.pk, "phones": len(phones), "units": len(units)}
        record("sample-given-out", f"form:{found.pk}", by=by, organisation=found.organisation, **facts)
    return len(units)


def progress_of(sample: Sample, by: str) -> list[dict[str, Any]]:
    """Return per group, and for all (the last row), what was planned and what has come of it, as
    `datashift.sampling.progress` does. by: stratum, place or enumerator (the name of a phone, "" for nobody).
    """
    core, arrow = import_module("datashift.sampling"), import_module("pyarrow")
    issued = sample.units.filter(Q(reserve=False) | ~Q(replaces=None)).select_related("enumerator")
    rows = [
        {"unit": one.name, "outcome": one.outcome, "enumerator": one.enumerator.name if one.enumerator else ""}
        for one in issued
    ]
    drawn = core.read_record(sample.written["draw"])
    told = core.progress(drawn, arrow.Table.from_pylist(rows), by=(by,), replacements=replacements(sample))
    found: list[dict[str, Any]] = told.to_pylist()
    return found


def odd(sample: Sample) -> Odd:
    """Return what does not fit the design among the answers that count."""
    counted = standing(sample.form, STATES)
    came = sample.units.filter(submissions__in=counted, weight__gt=0).values_list("name").annotate(Count("submissions"))
    return Odd(
        twice=[name for name, count in came.order_by("name") if count > 1][:50],
        out_of_use=Submission.objects.filter(pk__in=counted.values("pk"), unit__weight=0).count(),
        nowhere=counted.filter(unit=None).count(),
    )


def _listed(unit: Unit) -> bool:
    """Say whether households were drawn in a place."""
    later = within(unit.sample) if waits_for_listing(unit.sample) else None
    return later is not None and any(row["place"] == unit.name for row in later.written["draw"]["rows"])
