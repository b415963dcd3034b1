"""Samples of forms: drawn from a list, kept with all that proves the draw, and given to phones as sample.csv.

A sample is asked for on a page and drawn by a worker (`drawing_samples`). It is never deleted and never drawn over: a
second draw stands beside the first, for everybody to see. A sample of places has a second one when its households are
listed (`list_places`).

`Sample.written`: draw (as `datashift.sampling.written` has it), columns (how those of the list are named), file (name
of the list), areas {unit: area}, and for a second stage `places` (the number of the first sample) and `listing`
(SHA-256 in the store). With columns and draw it is the file that `datashift sample again` reads. Until it is drawn
it has `asked` alone: columns and plan as they were said, and the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from hashlib import md5
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from datashift.errors import BadFieldwork, BadRecipe
from datashift.standards.areas import folded, known_areas
from datashift.web.fieldwork import services
from datashift.web.fieldwork.kept import File, fetched, kept
from datashift.web.fieldwork.models import Enumerator, Form, Media, Sample, Unit
from datashift.web.jobs.models import Job
from datashift.web.jobs.services import enqueue, latest, problem
from datashift.web.people.models import User
from datashift.web.people.services import record

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.sampling import Draw, Frame, Replacement

LIST = "sample.csv"
MOST_ROWS, MOST_LISTED = 1_000_000, 200_000
"""Rows of a list that is drawn from, by a worker; and of one made in places, in which a page draws."""
LOOKED_AT = 20_000
"""Rows of the longest list that a page checks; a longer one is checked by the worker, when it is drawn."""
LONGEST_UNIT = 120
ASKED = "asked"
DRAW, PROVE = "draw_sample", "prove_sample"
OPEN = (Job.State.WAITING, Job.State.RUNNING)
COLUMNS = ("unit", "size", "strata", "place", "order", "latitude", "longitude")
ON_PHONES = ("name", "label", "cluster", "unit", "place", "area", "stratum", "weight", "order")
"""The columns of sample.csv."""
LISTED = ("place", "unit")
"""The columns of a listing as it is kept."""


# --- drawn ------------------------------------------------------------------------------------------------------------


def table_of(file: File, most: int = MOST_ROWS) -> pa.Table:
    """Return a list as a table of texts. Raises Unreadable, and BadFieldwork where it is too long."""
    table: pa.Table = import_module("datashift.read").read_bytes(file.data, file.name).table
    if table.num_rows > most:
        raise BadFieldwork("fieldwork.frame-too-large", file=file.name, rows=table.num_rows, most=most)
    return table


def personal_in(table: pa.Table, columns: Iterable[str]) -> dict[str, int]:
    """Return how many rows of each of these columns look as if they told who somebody is; of a long table, how many of
    two thousand rows all over it.
    """
    module = import_module("datashift.standards.personal_tables")
    if table.num_rows > LOOKED_AT:
        table = table.take(list(range(0, table.num_rows, table.num_rows // (LOOKED_AT // 10))))
    there = [name for name in dict.fromkeys(columns) if name in table.column_names]
    return {name: max(kinds.values()) for name, kinds in module.counted(module.propose_in(table, there)).items()}


class Looked(NamedTuple):
    """A list before anything is drawn: units by stratum, and rows per column that seem to tell who somebody is."""

    strata: dict[str, int]
    personal: dict[str, int]


def look(form: Form, file: File, columns: Mapping[str, Any]) -> Looked:
    """Check a list as a frame, with its columns as in `draw_sample`. Raises BadSample, BadFieldwork or Unreadable."""
    table = table_of(file)
    frame = _frame(table, {name: columns.get(name) or None for name in COLUMNS})
    _areas(form, table, str(columns.get("unit")), str(columns.get("area") or ""))
    return Looked(frame.strata, personal_in(table, [str(columns.get("unit")), str(columns.get("place") or "")]))


class Said(NamedTuple):
    """What was said of a draw: columns (what those of the list are called: unit, and where there are any size, strata
    (several), place, order (several), latitude, longitude, area), plan (the fields of `datashift.sampling.Plan`), and
    what a page knows of a long list.
    """

    columns: Mapping[str, Any]
    plan: Mapping[str, Any]
    seen: Mapping[str, Any] = MappingProxyType({})


def ask_for(*, form: Form, file: File, said: Said, by: User) -> Sample:
    """Ask that a sample be drawn from a list; what was asked for before and not drawn is forgotten.

    Raises BadSample for a plan that cannot be, and BadFieldwork where answers came for the sample before.
    """
    _core().Plan(**said.plan)
    asked = {name: dict(told) for name, told in said._asdict().items()} | {"file": file.name[-255:]}
    sha256 = kept(file.data)
    with transaction.atomic():
        found = services.locked(form)
        _require_unanswered(found)
        found.samples.filter(written__has_key=ASKED).delete()
        made = Sample.objects.create(form=found, written={ASKED: asked}, frame_sha256=sha256, made_by=by)
        enqueue(DRAW, str(made.pk))
    return made


def draw_asked(asked: Sample) -> None:
    """Draw a sample that was asked for: keep record and units, and give these to phones.

    What comes out follows from list, plan and seed, and is kept as a whole or not at all: killed and done again, it is
    the same sample. Raises BadSample, Unreadable, and BadFieldwork where answers came for the sample before.
    """
    core, told = _core(), asked.written[ASKED]
    table = table_of(File(told["file"], fetched(asked.frame_sha256)))
    named = {name: told["columns"].get(name) or None for name in COLUMNS}
    drawn: Draw = core.draw(_frame(table, named), core.Plan(**told["plan"]))
    areas = _areas(asked.form, table, str(told["columns"].get("unit")), str(told["columns"].get("area") or ""))
    columns = {name: ",".join(one) if isinstance(one, list | tuple) else one for name, one in named.items()}
    written = {"columns": columns, "draw": core.written(drawn), "file": told["file"], "areas": _drawn(areas, drawn)}
    with transaction.atomic():
        found = services.locked(asked.form)
        _require_unanswered(found)
        kept_sample = found.samples.filter(pk=asked.pk, written__has_key=ASKED).first()
        if kept_sample is None:  # drawn by another worker, or another sample was asked for meanwhile
            return
        kept_sample.written, kept_sample.made = written, timezone.now()
        kept_sample.save(update_fields=["written", "made"])
        _add_units(kept_sample, drawn.table.to_pylist())
        facts = _facts(kept_sample, drawn)
        record("sample-drawn", f"form:{found.pk}", by=asked.made_by, organisation=found.organisation, **facts)
        to_phones(found)


def draw_sample(*, form: Form, file: File, columns: Mapping[str, Any], plan: Mapping[str, Any], by: User) -> Sample:
    """Ask for a sample and draw it at once; return it. Nothing is kept where it cannot be drawn. See `Said`."""
    with transaction.atomic():
        asked = ask_for(form=form, file=file, said=Said(columns, plan), by=by)
        draw_asked(asked)
    asked.refresh_from_db()
    return asked


def list_places(*, sample: Sample, file: File, columns: Mapping[str, str], by: User) -> Sample:
    """Take a list made in places that were drawn, and draw in each; return the sample of households.

    columns: what `place` and `unit` are called in it. Places may come one by one: those of earlier lists stay as they
    are. Raises BadSample, Unreadable, and BadFieldwork where a place comes with another list than before.
    """
    core, table = _core(), table_of(file, MOST_LISTED)
    new = _listing(table, columns)
    with transaction.atomic():
        form = services.locked(sample.form)
        first = standing_now(sample)
        former = within(sample)
        listing = _joined(former, new, first)
        drawn: Draw = core.draw_within(first, import_module("pyarrow").table(listing), place="place", unit="unit")
        places = sample.written.get("areas", {})
        rows = drawn.table.to_pylist()
        written = {
            "columns": sample.written["columns"], "draw": core.written(drawn), "file": sample.written["file"],
            "areas": {row["unit"]: places.get(row["place"], "") for row in rows}, "places": sample.pk,
            "listing": kept(_csv(listing)),
        }  # fmt: skip
        kept_sample = _grown(former, written, drawn) if former else _keep(form, written, drawn, sample.frame_sha256, by)
        record("sample-listed", f"form:{form.pk}", by=by, organisation=form.organisation, **_facts(kept_sample, drawn))
        to_phones(form)
    return kept_sample


def proved(sample: Sample) -> None:
    """Draw once more from the list that was kept. Raises BadSample where another sample comes out."""
    columns = {
        name: (one or "").split(",") if name in ("strata", "order") and one else one
        for name, one in sample.written["columns"].items()
    }
    frame = _frame(table_of(File(sample.written["file"], fetched(sample.frame_sha256))), columns)
    listing = sample.written.get("listing")
    _core().again(sample.written["draw"], frame, table_of(File("listing.csv", fetched(listing))) if listing else None)


# --- what is known ----------------------------------------------------------------------------------------------------


class Waiting(NamedTuple):
    """A sample that was asked for: whether somebody is at it, and what stands in its way."""

    asked: Sample
    waits: bool
    problem: str


def waiting(form: Form) -> Waiting | None:
    """Return the sample of a form that was asked for and is not drawn; None where there is none."""
    asked = form.samples.filter(written__has_key=ASKED).order_by("-pk").first()
    if asked is None:
        return None
    job = latest(DRAW, str(asked.pk))
    if job is None or job.state == Job.State.DONE:
        job = enqueue(DRAW, str(asked.pk))  # what was asked for is done, whatever ended the job
    return Waiting(asked, job.state in OPEN, problem(job))


def proving(sample: Sample) -> Job | None:
    """Return the job that last proved a sample, or is at it."""
    return latest(PROVE, str(sample.pk))


def first_of(form: Form) -> Sample | None:
    """Return the sample that was drawn last from a list: of places, or of the units themselves."""
    drawn = form.samples.exclude(written__has_key=ASKED).order_by("-pk")
    return next((one for one in drawn if "places" not in one.written), None)


def within(sample: Sample) -> Sample | None:
    """Return the sample that was drawn in the places of another."""
    later = Sample.objects.filter(form=sample.form, pk__gt=sample.pk).order_by("-pk")
    return next((one for one in later if one.written.get("places") == sample.pk), None)


def waits_for_listing(sample: Sample) -> bool:
    """Say whether a sample is one of places in which households are yet to be drawn."""
    drawn = sample.written["draw"]
    return drawn["plan"]["within"] is not None and not any("place" in row for row in drawn["rows"][:1])


def in_use(form: Form) -> Sample | None:
    """Return the sample whose units are asked; None where there is none yet."""
    first = first_of(form)
    if first is None or not first.written.get("draw"):
        return None
    return within(first) if waits_for_listing(first) else first


def replacements(sample: Sample) -> list[Replacement]:
    """Return the replacements of a sample, those of one stratum or place in the order in which they were made."""
    core = _core()
    pools = {row["unit"]: row.get("place", row["stratum"]) for row in sample.written["draw"]["rows"]}
    done = sample.units.exclude(replaces=None).select_related("replaces").order_by("order", "pk")
    return [
        core.Replacement(one.replaces.name, one.name, pools[one.name], one.replaces.reason)
        for one in done if one.replaces is not None
    ]  # fmt: skip


def standing_now(sample: Sample) -> Draw:
    """Return the draw of a sample with its replacements. Raises BadSample where the record was changed."""
    core = _core()
    drawn: Draw = core.standing(core.read_record(sample.written["draw"]), replacements(sample))
    return drawn


def sample_list(sample: Sample, units: QuerySet[Unit] | None = None) -> bytes:
    """Return the units in use, or some of them, as phones look them up (CSV): by `cluster` in forms of kits, else by
    `name`.
    """
    areas, rows = sample.written.get("areas", {}), sample.written["draw"]["rows"]
    places = {row["unit"]: row.get("place", "") for row in rows}
    used = (sample.units.all() if units is None else units).filter(weight__gt=0)
    made = [
        (one.name, one.name, one.name, one.name, places.get(one.name, ""), areas.get(one.name, ""), one.stratum,
         repr(one.weight), one.order)
        for one in used.order_by("stratum", "cluster", "order", "pk")
    ]  # fmt: skip
    return _csv({name: [row[at] for row in made] for at, name in enumerate(ON_PHONES)})


def list_for(form: Form, who: Enumerator | None) -> bytes | None:
    """Return sample.csv as one enumerator gets it; None where no sample is in use, and the file of the form counts.

    Whoever was given units gets these alone, and nobody learns whom the others visit. Who was given none gets those
    that nobody was given: all, until the work is dealt out. Without a key (None) there are none: an address that
    anybody may open tells nobody who was drawn.
    """
    sample = in_use(form)
    if sample is None:
        return None
    if who is None:
        return sample_list(sample, sample.units.none())
    own = sample.units.filter(enumerator=who)
    return sample_list(sample, own if own.filter(weight__gt=0).exists() else sample.units.filter(enumerator=None))


def to_phones(form: Form) -> None:
    """Keep the units in use with each version that looks them up; each phone then gets its own part (`list_for`).

    A list is no wording: it may change.
    """
    sample = in_use(form)
    if sample is None:
        return
    data = sample_list(sample)
    values = {"sha256": kept(data), "md5": md5(data, usedforsecurity=False).hexdigest(), "size": len(data)}
    for version in (services.current_version(form), services.draft_version(form)):
        if version is not None and f"/{LIST}" in version.xform:
            Media.objects.update_or_create(version=version, name=LIST, defaults=values)


def needs_area(form: Form) -> bool:
    """Say whether a form offers the units of an area only, so that the list must tell the area of each."""
    version = services.draft_version(form) or services.current_version(form)
    return version is not None and "instance('sample')/root/item[area" in version.xform


# --- small parts ------------------------------------------------------------------------------------------------------


def _core() -> Any:
    return import_module("datashift.sampling")


def _frame(table: pa.Table, named: Mapping[str, Any]) -> Frame:
    rest = {name: one or () if name in ("strata", "order") else one for name, one in named.items() if name != "unit"}
    frame: Frame = _core().frame_of(table, named.get("unit") or "", **rest)
    return frame


def _areas(form: Form, table: pa.Table, unit: str, column: str) -> dict[str, str]:
    """Return the area of each unit, by its id where the name is that of a place we know."""
    if not column:
        if needs_area(form):
            raise BadFieldwork("fieldwork.sample-area")
        return {}
    cells = import_module("datashift.sampling.frame").cells
    try:
        known = {folded(name): area.id for area in known_areas(form.country).values()
                 for name in (area.name, *dict(area.names).values(), area.id)}  # fmt: skip
    except (KeyError, BadRecipe):
        known = {}
    told = zip(cells(table, unit), cells(table, column), strict=True)
    return {name: known.get(folded(said), said) for name, said in told}


def _drawn(areas: Mapping[str, str], drawn: Draw) -> dict[str, str]:
    return {unit: areas[unit] for unit in drawn.table["unit"].to_pylist() if unit in areas}


def _require_unanswered(form: Form) -> None:
    if Unit.objects.filter(~Q(outcome="") | Q(submissions__isnull=False), sample__form=form).exists():
        raise BadFieldwork("fieldwork.sample-answered")


def _keep(form: Form, written: dict[str, Any], drawn: Draw, sha256: str, by: User) -> Sample:
    sample = Sample.objects.create(form=form, written=written, frame_sha256=sha256, made_by=by)
    _add_units(sample, drawn.table.to_pylist())
    return sample


def _add_units(sample: Sample, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep units with the stratum and the cluster that the variance needs: a place that was certain is a stratum."""
    made = []
    for row in rows:
        if len(row["unit"]) > LONGEST_UNIT or len(row["design_stratum"]) > 200:
            raise BadFieldwork("fieldwork.long-unit", unit=row["unit"][:LONGEST_UNIT], most=LONGEST_UNIT)
        made.append(
            Unit(
                sample=sample, name=row["unit"], stratum=row["design_stratum"], cluster=row["design_cluster"],
                chance=row["chance"], weight=row["weight"], order=row["order"], reserve=row["status"] == "reserve",
                latitude=row.get("latitude"), longitude=row.get("longitude"),
            )
        )  # fmt: skip
    Unit.objects.bulk_create(made, batch_size=1000)


def _grown(sample: Sample, written: dict[str, Any], drawn: Draw) -> Sample:
    """Add what was drawn in places that were listed since; what was drawn before stays as it is."""
    there = set(sample.units.values_list("name", flat=True))
    sample.written = written
    sample.save(update_fields=["written"])
    _add_units(sample, [row for row in drawn.table.to_pylist() if row["unit"] not in there])
    return sample


def _listing(table: pa.Table, columns: Mapping[str, str]) -> dict[str, list[str]]:
    cells = import_module("datashift.sampling.frame").cells
    return {name: cells(table, columns.get(name) or name) for name in LISTED}


def _joined(former: Sample | None, new: dict[str, list[str]], first: Draw) -> dict[str, list[str]]:
    """Return the earlier lists with the new one behind them; a place has one list."""
    if former is None:
        return new
    table = table_of(File("listing.csv", fetched(former.written["listing"])))
    old = _by_place(_listing(table, {}))
    for place, units in _by_place(new).items():
        if sorted(old.setdefault(place, units)) != sorted(units):
            raise BadFieldwork("fieldwork.listing-changed", place=place)
    pairs = [(place, unit) for place, units in old.items() for unit in units]
    return {"place": [place for place, _unit in pairs], "unit": [unit for _place, unit in pairs]}


def _by_place(listing: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place, unit in zip(listing["place"], listing["unit"], strict=True):
        found.setdefault(place, []).append(unit)
    return found


def _csv(table: Mapping[str, Sequence[Any]]) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return made.getvalue().encode()


def _facts(sample: Sample, drawn: Draw) -> dict[str, Any]:
    """What the record of the site tells of a draw: nothing of single units."""
    return {
        "sample": sample.pk, "digest": sample.written["draw"]["sha256"], "method": drawn.plan.method,
        "units": drawn.table.num_rows,
    }  # fmt: skip
