"""The map of answers: counted in cells by the database, as fine as the window asks and as coarse as the form allows.

The job `map_answers` counts the cells of what came in; `forget` takes out what is deleted. What the job has not seen
yet is added when somebody looks, so a map is never behind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, FloatField, Max, Min, Sum, Value
from django.db.models.functions import Cast, Floor
from django.utils import timezone

from datashift.language import N_
from datashift.web.fieldwork.models import Form, Submission
from datashift.web.fieldwork.spots import Mapped, Spot
from datashift.web.jobs.services import enqueue

MAP = "map_answers"
LEVELS = (0, 3, 6, 9)
"""Cells are kept 1°, 1/8°, 1/64° and 1/512° (about 220 m) wide."""
ACROSS = 32
"""Cells across a window, about."""
WIDEST, NARROWEST = 9, -6
"""Windows are 2 ** n degrees wide, between these n."""
COUNTING = N_("counting answers on the map")
_BATCH = 20_000
_WAITS = 1_000
_METRES = 111_320.0
_SETTLED = timedelta(minutes=1)
_ADD = (
    "INSERT INTO fieldwork_spot (form_id, level, y, x, answers) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (form_id, level, y, x) DO UPDATE SET answers = fieldwork_spot.answers + excluded.answers"
)

Point = tuple[float, float]


class Window(NamedTuple):
    """What a map shows: its middle in degrees, and n for a width of 2 ** n degrees."""

    latitude: float
    longitude: float
    size: int

    @property
    def width(self) -> float:
        """Degrees from west to east."""
        return 2.0**self.size

    @property
    def height(self) -> float:
        """Degrees from south to north: three quarters of the width on the ground."""
        return self.width * 0.75 * max(math.cos(math.radians(self.latitude)), 0.1)

    @property
    def level(self) -> int:
        """The level of the cells that are drawn."""
        return int(math.log2(ACROSS)) - self.size


class Cell(NamedTuple):
    """Where answers lie: the middle of the cell in degrees, its width, and how many."""

    latitude: float
    longitude: float
    width: float
    answers: int


def finest(form: Form) -> int:
    """Return n of the smallest window: its cells are no finer than the positions that the form tells."""
    metres = max([float(one) for one in form.coarse.values()], default=0.0)
    if not metres:
        return NARROWEST
    return max(NARROWEST, math.ceil(math.log2(metres / _METRES * ACROSS)))


def whole(form: Form) -> Window | None:
    """Return the window in which all answers lie; None where none has a position."""
    step = 1 / 2 ** LEVELS[1]
    found = Spot.objects.filter(form=form, level=LEVELS[1]).aggregate(
        south=Min("y"), north=Max("y"), west=Min("x"), east=Max("x")
    )
    points = [] if found["south"] is None else [
        (found["south"] * step, found["west"] * step), ((found["north"] + 1) * step, (found["east"] + 1) * step)
    ]  # fmt: skip
    points += _tail(form)
    if not points:
        return None
    south, north = min(y for y, _x in points), max(y for y, _x in points)
    west, east = min(x for _y, x in points), max(x for _y, x in points)
    middle = Window((south + north) / 2, (west + east) / 2, WIDEST)
    sizes = range(finest(form), WIDEST + 1)
    fits = (n for n in sizes if (one := middle._replace(size=n)).width > east - west and one.height > north - south)
    return middle._replace(size=next(fits, WIDEST))


def cells(form: Form, window: Window) -> list[Cell]:
    """Return the cells of a window that have answers, the fullest first."""
    south, west = window.latitude - window.height / 2, window.longitude - window.width / 2
    scale = 2.0**window.level
    rows = (math.floor(south * scale), math.floor((south + window.height) * scale))
    columns = (math.floor(west * scale), math.floor((west + window.width) * scale))
    kept = next((level for level in LEVELS if level >= window.level), None)
    found = _live(form, window.level, rows, columns) if kept is None else _kept(form, kept, window.level, rows, columns)
    if kept is not None:
        for y, x in _tail(form):
            row, column = math.floor(y * scale), math.floor(x * scale)
            if rows[0] <= row <= rows[1] and columns[0] <= column <= columns[1]:
                found[row, column] += 1
    width = 1 / scale
    told = [Cell((row + 0.5) * width, (column + 0.5) * width, width, n) for (row, column), n in found.items()]
    return sorted(told, key=lambda one: -one.answers)


def _kept(
    form: Form, kept: int, level: int, rows: tuple[int, int], columns: tuple[int, int]
) -> Counter[tuple[int, int]]:
    shift = kept - level
    low, high = ((pair[0] << shift, ((pair[1] + 1) << shift) - 1) for pair in (rows, columns))
    found = Spot.objects.filter(form=form, level=kept, y__range=low, x__range=high)
    grouped = (
        found.annotate(row=F("y").bitrightshift(shift), column=F("x").bitrightshift(shift))
        .values("row", "column").annotate(n=Sum("answers")).order_by()
    )  # fmt: skip
    return Counter({(one["row"], one["column"]): one["n"] for one in grouped})


def _live(form: Form, level: int, rows: tuple[int, int], columns: tuple[int, int]) -> Counter[tuple[int, int]]:
    """Windows of some streets are counted as they are: the index finds what lies in them."""
    scale = 2.0**level
    found = Submission.objects.filter(
        form=form, latitude__gte=rows[0] / scale, latitude__lt=(rows[1] + 1) / scale,
        longitude__gte=columns[0] / scale, longitude__lt=(columns[1] + 1) / scale,
    )  # fmt: skip
    grouped = (
        found.annotate(
            row=Floor(Cast(F("latitude") * Value(scale), FloatField())),
            column=Floor(Cast(F("longitude") * Value(scale), FloatField())),
        ).values("row", "column").annotate(n=Count("pk")).order_by()
    )  # fmt: skip
    return Counter({(int(one["row"]), int(one["column"])): one["n"] for one in grouped})


def _tail(form: Form) -> list[Point]:
    """Return the positions that the job has not counted yet, and ask for it where they are many."""
    upto = Mapped.objects.filter(form=form).values_list("upto", flat=True).first() or 0
    came = Submission.objects.filter(form=form, pk__gt=upto).values_list("latitude", "longitude")
    found = [(y, x) for y, x in came if y is not None and x is not None]
    if len(found) > _WAITS:
        enqueue(MAP, str(form.pk))
    return found


# --- kept -------------------------------------------------------------------------------------------------------------


def map_answers(subject: str, progress: Callable[[str], None]) -> None:
    """Count the answers of a form (`subject` is its id) in cells, from where it was left. Each is counted once."""
    form = Form.objects.filter(pk=subject).first()
    if form is None:
        return
    progress(COUNTING)
    # What came within the last minute may have a neighbour of a smaller number that is not written yet.
    settled = Submission.objects.filter(form=form, arrived__lte=timezone.now() - _SETTLED).aggregate(last=Max("pk"))
    while _count_some(form, settled["last"] or 0):
        pass


def _count_some(form: Form, last: int) -> bool:
    with transaction.atomic():
        mapped = Mapped.objects.select_for_update().get_or_create(form=form)[0]
        found = Submission.objects.filter(form=form, pk__gt=mapped.upto, pk__lte=last).order_by("pk")
        rows = list(found.values_list("pk", "latitude", "longitude")[:_BATCH])
        if not rows:
            return False
        _change(form, ((y, x) for _key, y, x in rows if y is not None and x is not None), 1)
        mapped.upto = rows[-1][0]
        mapped.save(update_fields=["upto"])
    return True


def _change(form: Form, points: Iterable[Point], by: int) -> None:
    counted: Counter[tuple[int, int, int]] = Counter(cell for point in points for cell in _cells_of(point))
    key = Spot._meta.get_field("form").get_db_prep_value(form.pk, connection)
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [(key, *cell, n * by) for cell, n in counted.items()])


def _cells_of(point: Point) -> Iterator[tuple[int, int, int]]:
    for level in LEVELS:
        scale = 2.0**level
        yield level, math.floor(point[0] * scale), math.floor(point[1] * scale)


def forget(keys: Iterable[int]) -> None:
    """Take submissions out of the cells before their positions go, in the transaction that deletes them."""
    _moved(keys, -1)


def remember(keys: Iterable[int]) -> None:
    """Count submissions anew that `forget` took out, where they lie now."""
    _moved(keys, 1)


def _moved(keys: Iterable[int], by: int) -> None:
    found = Submission.objects.filter(pk__in=list(keys)).order_by("form")
    for form in Form.objects.filter(pk__in=found.values("form")):
        mapped = Mapped.objects.select_for_update().filter(form=form).first()
        if mapped is not None:
            there = found.filter(form=form, pk__lte=mapped.upto, latitude__isnull=False, longitude__isnull=False)
            found_at = there.values_list("latitude", "longitude")
            places = [(north, east) for north, east in found_at if north is not None and east is not None]
            _change(form, places, by)
            Spot.objects.filter(form=form, answers__lte=0).delete()
