"""Samples of forms: drawn from a list, kept with all that proves the draw, and given to phones as sample.csv.

A sample is never deleted and never drawn over: a second draw stands beside the first, for everybody to see. A sample of
places has a second one when its households are listed (`list_places`).

`Sample.written`: draw (as `datashift.sampling.written` has it), columns (how those of the list are named), file (name
of the list), areas {unit: area}, and for a second stage `places` (the number of the first sample) and `listing`
(SHA-256 in the store). With columns and draw it is the file that `datashift sample again` reads.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from hashlib import md5
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from datashift.errors import BadFieldwork, BadRecipe
from datashift.standards.areas import folded, known_areas
from datashift.web.fieldwork import services
from datashift.web.fieldwork.kept import File, fetched, kept
from datashift.web.fieldwork.models import Form, Media, Sample, Unit
from datashift.web.people.models import User
from datashift.web.people.services import record

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.sampling import Draw, Frame, Replacement

LIST = "sample.csv"
MOST_ROWS = 200_000
LONGEST_UNIT = 120
COLUMNS = ("unit", "size", "strata", "place", "order", "latitude", "longitude")
LISTED = ("place", "unit")
"""The columns of a listing as it is kept."""


# --- drawn ------------------------------------------------------------------------------------------------------------


def table_of(file: File) -> pa.Table:
    """Return a list as a table of texts. Raises Unreadable, and BadFieldwork where it is too long."""
    table: pa.Table = import_module("datashift.read").read_bytes(file.data, file.name).table
    if table.num_rows > MOST_ROWS:
        raise BadFieldwork("fieldwork.frame-too-large", file=file.name, rows=table.num_rows, most=MOST_ROWS)
    return table


def personal_in(table: pa.Table, columns: Iterable[str]) -> dict[str, int]:
    """Return how many rows of each of these columns look as if they told who somebody is."""
    module = import_module("datashift.standards.personal_tables")
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


def draw_sample(
    *, form: Form, file: File, columns: Mapping[str, Any], plan: Mapping[str, Any], by: User
) -> Sample:  # fmt: skip
    """Draw a sample from a list and keep list, record and units; return it.

    columns: what the columns of the list are called: unit, and where there are any size, strata (several), place,
    order (several), latitude, longitude, area.   plan: the fields of `datashift.sampling.Plan`.
    Raises BadSample, Unreadable, and BadFieldwork where answers came for the sample before.
    """
    core = _core()
    table = table_of(file)
    named = {name: columns.get(name) or None for name in COLUMNS}
    frame: Frame = _frame(table, named)
    drawn: Draw = core.draw(frame, core.Plan(**plan))
    areas = _areas(form, table, str(columns.get("unit")), str(columns.get("area") or ""))
    sha256 = kept(file.data)
    told = {name: ",".join(one) if isinstance(one, list | tuple) else one for name, one in named.items()}
    written = {"columns": told, "draw": core.written(drawn), "file": file.name[-255:], "areas": _drawn(areas, drawn)}
    with transaction.atomic():
        found = services.locked(form)
        _require_unanswered(found)
        sample = _keep(found, written, drawn, sha256, by)
        record("sample-drawn", f"form:{found.pk}", by=by, organisation=found.organisation, **_facts(sample, drawn))
        to_phones(found)
    return sample


def list_places(*, sample: Sample, file: File, columns: Mapping[str, str], by: User) -> Sample:
    """Take a list made in places that were drawn, and draw in each; return the sample of households.

    columns: what `place` and `unit` are called in it. Places may come one by one: those of earlier lists stay as they
    are. Raises BadSample, Unreadable, and BadFieldwork where a place comes with another list than before.
    """
    core, table = _core(), table_of(file)
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


def first_of(form: Form) -> Sample | None:
    """Return the sample that was drawn last from a list: of places, or of the units themselves."""
    return next((one for one in form.samples.order_by("-pk") if "places" not in one.written), None)


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


def sample_list(sample: Sample) -> bytes:
    """Return the units in use as phones look them up (CSV): by `cluster` in forms of kits, else by `name`."""
    areas, rows = sample.written.get("areas", {}), sample.written["draw"]["rows"]
    places = {row["unit"]: row.get("place", "") for row in rows}
    made = [
        {"name": one.name, "label": one.name, "cluster": one.name, "unit": one.name, "place": places.get(one.name, ""),
         "area": areas.get(one.name, ""), "stratum": one.stratum, "weight": repr(one.weight), "order": one.order}
        for one in sample.units.filter(weight__gt=0).order_by("stratum", "cluster", "order")
    ]  # fmt: skip
    return _csv({name: [row[name] for row in made] for name in made[0]} if made else {"name": []})


def to_phones(form: Form) -> None:
    """Give the units in use to phones, with each version that looks them up. A list is no wording: it may change."""
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
