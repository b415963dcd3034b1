"""`datashift points`: the positions of a recipe's rows as they may leave: exact, moved, or counted in hexagons."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.commands.outgoing import send
from datashift.errors import CannotProtect
from datashift.language import N_, _
from datashift.layout import wrapped

if TYPE_CHECKING:
    import pyarrow as pa

    from datashift.model import Harmonised
    from datashift.pipeline import Setting
    from datashift.protect.points import Points
    from datashift.protect.positions import Rules, Shown

HELP = N_("points of a recipe's rows on a map: exact, moved by chance, or counted in hexagons")

WAYS = ("exact", "moved", "hexagons")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recipe, the way in which its points leave, and where they go."""
    parser.add_argument("recipe", type=Path, help=_("the recipe (TOML)"))
    parser.add_argument("--out", type=Path, required=True, help=_("the folder for the points"))
    careful = _("how they leave: exact, moved or hexagons; never more open than kit and recipe allow")
    parser.add_argument("--as", dest="way", choices=WAYS, help=careful)
    parser.add_argument("--towns", metavar="COLUMN=ANSWER", help=_("the answer by which a row lies in a town"))
    place = _("the column that names what stays at one place, such as a household")
    parser.add_argument("--place", metavar="COLUMN", help=place)
    parser.add_argument("--least", type=int, metavar="N", help=_("how many a hexagon or an area must hold at least"))
    parser.add_argument("--finest", type=int, default=7, help=_("the size of the smallest hexagons (default: 7)"))
    parser.add_argument("--coarsest", type=int, default=4, help=_("the size of the largest hexagons (default: 4)"))


@dataclass(frozen=True)
class _Rows:
    """The rows that reach the figures, with the columns of the file beside them."""

    setting: Setting
    found: Harmonised
    raw: pa.Table
    digests: tuple[str, ...]

    @property
    def observed(self) -> pa.Table:
        return self.found.observations


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Write the points of a recipe. Raises CannotProtect, Disclosive and whatever stops a run."""
    from datashift.protect.positions import Rules, allowed, shown

    rows = _rows(options.recipe)
    setting, kit = rows.setting, rows.setting.kit
    way = allowed(kit, setting.recipe.disclosure.points, options.way)
    if setting.recipe.place.latitude is None or setting.recipe.place.longitude is None:
        raise CannotProtect("points.no-columns")
    hidden = _hidden(rows) if way != "exact" else frozenset()
    least = max(kit.disclosure.least_n, options.least or 0)
    rules = Rules(way, least, hidden, options.finest, options.coarsest)
    points, people = _points(rows, options)
    kept = _Key(rows, options)
    made = shown(points, rules, outlines=setting.outlines(), key=kept.key, people=people)
    written = _write(rows, made, rules, options.out, kept)
    text = [wrapped(_(sentence).format(**facts)) for sentence, facts in made.said]
    report = "\n".join([*text, "", _("Written:"), *(f"  {path}" for path in written)])
    return report, lambda: _about(rows, made, rules, kept.mark) | {"files": [str(path) for path in written]}


# --- what is known of the rows --------------------------------------------------------------------------------------


def _rows(path: Path) -> _Rows:
    from datashift.inputs import gather
    from datashift.pipeline import corrected, observations, raw_table, set_up

    setting = set_up(gather(path, home()))
    raw, origins = raw_table(setting)
    done = corrected(setting, raw)
    found = observations(setting, raw, done)
    return _Rows(setting, found, done.table if done else raw, tuple(origin.sha256 for origin in origins))


def _points(rows: _Rows, options: argparse.Namespace) -> tuple[Points, list[str]]:
    """Return the points, and who stands behind each where that is known; of a sensor, one point per place."""
    import numpy as np

    from datashift.protect.points import Points

    observed, kit = rows.observed, rows.setting.kit
    urban = np.zeros(observed.num_rows, dtype=bool)
    if options.towns is not None:
        column, sign, answer = options.towns.partition("=")
        if not sign or not column.strip():
            raise CannotProtect("points.setting", text=options.towns)
        urban = np.array([text == answer.strip() for text in _column(rows, column.strip())], dtype=bool)
    who = kit.readings.sensor if kit.readings else rows.setting.recipe.paradata.contributor
    people = _column(rows, who) if who else []
    whole = Points(
        longitude=observed["longitude"].to_numpy(),
        latitude=observed["latitude"].to_numpy(),
        urban=urban,
        area=[area or "" for area in observed["area"].to_pylist()],
        place=_column(rows, options.place) if options.place else (),
    )
    if kit.readings is None:
        return whole, people
    once = {place: row for row, place in enumerate(zip(people, whole.longitude, whole.latitude, strict=True))}
    chosen = np.array(sorted(once.values()), dtype=np.intp)
    return whole.some(chosen), [people[row] for row in chosen]


def _column(rows: _Rows, name: str) -> list[str]:
    """Return a column of the observations, else of the file; "" where there is no answer."""
    import pyarrow.compute as pc

    if name in rows.observed.column_names:
        column = rows.observed[name]
    elif name in rows.raw.column_names:
        at = pc.index_in(rows.observed["row"], value_set=rows.raw["_row"].combine_chunks())
        column = rows.raw[name].take(at)
    else:
        known = ", ".join([*rows.setting.recipe.columns, *rows.raw.column_names[1:]])
        raise CannotProtect("microdata.no-column", column=name, known=known)
    return ["" if value is None else str(value) for value in column.to_pylist()]


def _hidden(rows: _Rows) -> frozenset[str]:
    """Return the areas of which a number of answers is hidden: to show their points would be to tell it."""
    from datashift.estimation import cells
    from datashift.pipeline import earlier, estimates, whole_area

    setting, found = rows.setting, rows.found
    grouped = cells(found.observations, setting.measures, setting.recipe.design.calibration)
    told = estimates(setting, grouped, found.losses, earlier(setting))
    hidden = {one.area for one in told if one.status == "Q" and not one.breakdown}
    if whole_area(setting) in hidden:
        hidden |= {area for area in found.observations["area"].unique().to_pylist() if area}
    return frozenset(hidden)


# --- the key, and the files -----------------------------------------------------------------------------------------


class _Key:
    """The permanent key for these data, asked for only where points are moved."""

    def __init__(self, rows: _Rows, options: argparse.Namespace) -> None:
        self._data = (f"recipe:{rows.setting.recipe.id}", *(f"file:{digest}" for digest in rows.digests))
        self._folder: Path = options.out
        stated = (("--place", options.place), ("--towns", options.towns))
        self._way = " ".join(f"{option} {text}" for option, text in stated if text)
        self._key: bytes | None = None

    @property
    def mark(self) -> str | None:
        """The mark of the key; None where none was used."""
        from datashift.protect.keys import mark_of

        return None if self._key is None else mark_of(self._key)

    def key(self) -> bytes:
        """Return the key. Raises CannotProtect where an earlier release of these data had another one, or used it in
        another way.
        """
        from datashift.protect.keys import KEY, permanent_key
        from datashift.protect.positions import DATA

        self._key = permanent_key(home(), self._data, self._way)
        if _earlier_mark(self._folder / DATA) not in (None, self.mark):
            raise CannotProtect("points.key-other", file=home() / KEY)
        return self._key

    def remember(self) -> None:
        """Note that these data were moved by this key."""
        from datashift.protect.keys import remember

        if self._key is not None:
            remember(home(), self._key, self._data, self._way)


def _earlier_mark(path: Path) -> str | None:
    """Return the mark of the key in the page of an earlier release in the same folder."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    mark = told.get("key") if isinstance(told, dict) else None
    return mark if isinstance(mark, str) else None


def _write(rows: _Rows, made: Shown, rules: Rules, folder: Path, kept: _Key) -> list[Path]:
    from datashift.protect.microdata.leaving import as_csv
    from datashift.protect.positions import ABOUT, DATA, MAP, TABLE, as_geojson

    made = replace(made, table=_named(rows, made, rules.way))
    about = _about(rows, made, rules, kept.mark)
    pages = {
        ABOUT: ("\n\n".join(about["said"]) + "\n").encode(),
        DATA: json.dumps(about, ensure_ascii=False, indent=1).encode(),
    }
    files = {TABLE: as_csv(made.table), MAP: as_geojson(made), **pages}
    rest = {name: column for name, column in made.table.items() if name not in ("longitude", "latitude")}
    kept.remember()
    return send(files, folder, rows.setting, seen={TABLE: as_csv(rest), **pages})


def _named(rows: _Rows, made: Shown, way: str) -> dict[str, list[Any]]:
    """Return the table with the names of areas, and where points are exact with the answers of the kit, too."""
    areas, kit = rows.setting.areas, rows.setting.kit
    table = dict(made.table)
    table["area_name"] = [areas[area].name if area in areas else "" for area in table["area"]]
    if way == "exact":
        for name in rows.setting.recipe.columns:
            if kit.concepts[name].kind != "text":
                table[name] = rows.observed[name].take(made.rows).to_pylist()
    return table


def _about(rows: _Rows, made: Shown, rules: Rules, mark: str | None) -> dict[str, Any]:
    said = [_(sentence).format(**facts) for sentence, facts in made.said]
    told = {"of": rows.setting.recipe.id, "as": rules.way, "rows": rows.observed.num_rows, "told": len(made.shapes)}
    moved = {"key": mark, "displacement_km": asdict(rules.displacement)} if rules.way == "moved" else {}
    least = {} if rules.way == "exact" else {"least": rules.least_n}
    return {**told, **least, **moved, "said": said}
