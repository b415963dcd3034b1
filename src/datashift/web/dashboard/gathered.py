"""What the pages of goals, indicators and places show, gathered from what is public. Nothing is computed but order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from datashift.language import label
from datashift.numbers import in_digits
from datashift.standards.areas import world
from datashift.standards.periods import years
from datashift.web.dashboard import citing, reading
from datashift.web.dashboard.charts.axis import SHARE
from datashift.web.dashboard.charts.marks import is_modelled
from datashift.web.dashboard.models import Release

Row = dict[str, Any]

FIRST = ("AR", "KE", "NP", "TZ")
"""The countries that stand first, as big buttons."""

KINDS = ("citizen", "official", "modelled", "nobody")
"""Who counted, the best first."""

_NEAR = 6
_COUNTED = ("counted", "part", "hidden")
_MEASURED = ("measured", "unstated", "part", "hidden")


# --- start ------------------------------------------------------------------------------------------------------------


def lately(most: int = 3) -> list[Row]:
    """Return the newest findings, one per series of releases, real ones before made-up ones."""
    found = sorted(reading.releases()[:60], key=lambda one: (one.simulated, -one.released_at.timestamp()))
    told = (_finding(release) for release in found)
    return [one for one in told if one][:most]


def _finding(release: Release) -> Row | None:
    """Return what a release found for all it counted: its sentence and its latest headline figure.

    An official figure beside it would need its name and its verdict: they stand on the page that the sentence opens.
    """
    sentence, measure = label(release.texts.get("finding") or ""), release.measures[0]
    asked = {"release": release.pk, "area": release.whole, "measure": measure["id"], "breakdown": ""}
    row = reading.figures(**asked).exclude(value=None).order_by("-year").values().first()
    if not sentence or row is None:
        return None
    words = "" if measure["unit"] == SHARE else label(measure["unit_label"])
    return {"release": release, "sentence": sentence, "unit": measure["unit"], "unit_label": words, "row": row}


def uncounted() -> list[Row]:
    """Return for every country of the world that we look at what is counted of each indicator: see `kind_of`.

    `finding` is what its page of coverage says, so that two pages cannot count differently.
    """
    found = [(one, counted_last(one["code"])) for one in reading.countries() if one["code"] in world()]
    return [
        one
        | {
            "kinds": sorted(map(kind_of, last.values()), key=KINDS.index),
            "finding": label((reading.coverage_of(one["code"]) or {}).get("finding") or {}),
        }
        for one, last in found
        if last
    ]


def countries() -> tuple[list[Row], list[Row]]:
    """Return the countries that stand first, and the others of which something is known."""
    known = {one["code"]: one for one in reading.countries()}
    return [known[c] for c in FIRST if c in known], [one for c, one in known.items() if c not in FIRST]


# --- goals ------------------------------------------------------------------------------------------------------------


def counted_last(country: str) -> dict[str, Row]:
    """Return for every indicator looked at in a country the last year that citizens and officials counted it, and
    the last that was only modelled: {"citizen", "official", "modelled"}, three times None where nobody counted.
    """
    told = reading.coverage_of(country)
    found = {one["code"]: _last(one["cells"]) for one in told["indicators"]} if told else {}
    for one in reading.ledgers(country=country, area=country):
        last = found.setdefault(one["indicator"], _last([]))
        for side in ("citizen", "official"):
            if shown := one[side]:
                kind = "modelled" if side == "official" and is_modelled(shown) else side
                last[kind] = max(years(shown["period"])[1], last[kind] or 0)
    return found


def kind_of(last: Mapping[str, Any]) -> str:
    """Return who counted an indicator: citizen, official, modelled (nobody counted, somebody reckoned) or nobody."""
    return next((kind for kind in KINDS[:-1] if last[kind]), KINDS[-1])


def _last(cells: Iterable[Mapping[str, Any]]) -> Row:
    last: Row = dict.fromkeys(KINDS[:-1])
    for cell in cells:
        sides = [cell["citizen"] in _COUNTED, cell["official"] in _MEASURED, cell["official"] == "modelled"]
        for side, counted in zip(last, sides, strict=True):
            if counted:
                last[side] = max(cell["year"], last[side] or 0)
    return last


def board() -> list[Row]:
    """Return the goals, each with the kinds of its indicators (see `kind_of`), the best over all countries, and how
    many of them nobody has looked at yet (`unseen`).
    """
    seen: dict[str, str] = {}
    for country in reading.countries():
        for code, last in counted_last(country["code"]).items():
            seen[code] = min(kind_of(last), seen.get(code, KINDS[-1]), key=KINDS.index)
    rows = []
    for goal in reading.goals():
        codes = [one["code"] for one in reading.indicators() if one["goal"] == goal["number"]]
        kinds = sorted((seen[code] for code in codes if code in seen), key=KINDS.index)
        rows.append(goal | {"kinds": kinds, "unseen": len(codes) - len(kinds)})
    return rows


def goal(number: int) -> Row | None:
    """Return a goal with its targets and indicators, and who counted each last in the countries; None if unknown."""
    found = next((one for one in reading.goals() if one["number"] == number), None)
    if found is None:
        return None
    first, others = countries()
    shown = [*first, *(one for one in others if one["releases"] and one["code"] in world())]
    last = {one["code"]: counted_last(one["code"]) for one in shown}
    targets = [
        target
        | {
            "indicators": [
                one | {"last": [(country, last[country["code"]].get(one["code"])) for country in shown]}
                for one in reading.indicators()
                if one["target"] == target["code"]
            ]
        }
        for target in found["targets"]
    ]
    return found | {"targets": targets, "countries": shown}


# --- indicators and places --------------------------------------------------------------------------------------------


def listed(rows: Sequence[Row]) -> list[Row]:
    """Return ledgers as rows of a chart: the latest citizen figure and what it counts, the official one, the word."""
    known = {release.pk: release for release in _behind(rows)}
    return [
        {
            **(one["citizen"] or _not_shown(one)),
            "name": one["area_name"],
            "dated": True,
            **_told_of(one, known),
            "official": one["official"],
            "word": label(one["word"]) if one["citizen"] else "",
            "verdict_reason": label(one.get("reason") or {}),
            "href": reverse("ledger", args=[one["indicator"], one["area"]]),
        }
        for one in rows
    ]


def _not_shown(ledger: Row) -> Row:
    """Return a citizen figure without its value: citizens may have counted, and too few to show."""
    hidden = ledger.get("hidden") or {"status": "", "reason": {}}
    return {"value": None, "status": hidden["status"], "reason": label(hidden["reason"])}


def _behind(ledgers: Iterable[Row]) -> Iterable[Release]:
    return reading.releases(pk__in={one["citizen"]["release"] for one in ledgers if one["citizen"]})


def _told_of(ledger: Row, known: Mapping[str, Release]) -> Row:
    """Return what a citizen figure counts (`note`) and where its making is told; a country has that of the whole."""
    figure = ledger["citizen"]
    release = known.get(figure["release"]) if figure else None
    if release is None:
        return {"note": "", "made": ""}
    note = next((label(one["label"]) for one in release.measures if one["id"] == figure["measure"]), "")
    area = release.whole if ledger["area"] == ledger["country"] else ledger["area"]
    if ledger["area"] != area:  # the row is named after the country; what was counted may be one corner of it
        note = f"{note} · {citing.place(release, area, label(release.texts.get('place') or {}) or area)}"
    return {"note": note, "made": made_of(figure, area)}


def by_unit(ledgers: Iterable[Row]) -> list[tuple[str, bool, list[Row]]]:
    """Return ledgers as rows of charts by unit and by whether they are made up: neither may stand on one axis.

    Numbers that are no shares stand together only where the same thing was counted.
    """

    def kind(one: Row) -> tuple[bool, str, str]:
        counted = (one["citizen"] or one.get("hidden") or {}).get("measure", "")
        return one["simulated"], str(one["unit"]), "" if one["unit"] == SHARE else counted

    same = groupby(sorted(ledgers, key=kind), key=kind)
    return [(unit, simulated, listed(list(rows))) for (simulated, unit, _counted), rows in same]


def made_of(row: Mapping[str, Any], area: str = "") -> str:
    """Return where it is told how a citizen figure was made, "" where there is none."""
    if not row.get("release") or row.get("value") is None:
        return ""
    asked = {"period": row.get("period"), "group": row.get("breakdown")}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('figure', args=[row['release'], row['measure'], row.get('area') or area])}?{query}"


def nothing(indicator: str, place: Mapping[str, Any]) -> Row:
    """Return what is said where no ledger is: whether somebody looked, the nearest places, and releases that say
    something of it while the worker still makes the page.
    """
    figures = reading.figures(indicator=indicator, area=place["id"])
    told = reading.releases(pk__in=figures.values("release")).distinct()
    looked = indicator in counted_last(place["country"]) and not officials_in(indicator, place)
    return {"near": near(indicator, place), "looked": looked, "waiting": list(told)}


def officials_in(indicator: str, place: Mapping[str, Any]) -> bool:
    """Say whether officials tell of an indicator in a part of a country, of which no ledger is made for that alone."""
    told = reading.coverage_of(place["country"]) or {}
    cells = next((one["cells"] for one in told.get("areas", ()) if one["id"] == place["id"]), ())
    return any(cell["indicator"] == indicator and cell["who"] != "nobody" for cell in cells)


def near(indicator: str, place: Mapping[str, Any]) -> list[Row]:
    """Return the nearest places where citizens counted: in the same country first, and countries before parts."""
    found = [one for one in reading.ledgers(indicator=indicator, counted=True) if not one["simulated"]]
    found.sort(key=lambda one: (one["country"] != place["country"], one["area"] != one["country"], one["area_name"]))
    return found[:_NEAR]


def parts(told: Mapping[str, Any]) -> list[Row]:
    """Return the places of a ledger by release and measure: rows with links, led by the whole they are part of.

    Each has release, measure, label, period, rows, shapes (None where there is no map) and official (sources).
    """
    found = []
    for one, rows in _alike(told["areas"]):
        whole = [row | {"whole": True} for row in told["measures"] if _key(row) == _key(one)]
        sources = {_source(row["official"]) for row in rows if row["official"]}
        found.append(
            _titled(told, one, [*whole, *rows])
            | {"shapes": reading.shapes_of(one["release"]), "official": sorted(sources)}
        )
    return found


def groups(told: Mapping[str, Any], releases: Iterable[Release]) -> list[Row]:
    """Return the groups of a ledger, one entry per kind of group, with the words for it (`by`)."""
    words = {release.pk: release.texts.get("groups", {}) for release in releases}
    found = []
    for one, rows in _alike(told["groups"], kind_of_group):
        names = words.get(one["release"], {})
        by = ", ".join(label(names[part]) if part in names else part for part in kind_of_group(one))
        found.append(_titled(told, one, rows) | {"by": by})
    return found


def kind_of_group(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return by what a group is one: ("SEX",) or ("AGE", "SEX")."""
    return tuple(part.partition("=")[0] for part in row["breakdown"].split(";"))


def _alike(
    rows: Iterable[Row], more: Callable[[Row], tuple[str, ...]] = lambda _row: ()
) -> Iterator[tuple[Row, list[Row]]]:
    def kind(row: Row) -> tuple[str, ...]:
        return (*_key(row), *more(row))

    for _kind, same in groupby(sorted(rows, key=kind), key=kind):
        found = list(same)
        yield found[0], found


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["release"], row["measure"]


def _titled(told: Mapping[str, Any], one: Row, rows: Iterable[Row]) -> Row:
    names = {row["measure"]: row["label"] for row in told["measures"]}
    linked = [row | {"name": row.get("group") or row["area_name"], "made": made_of(row)} for row in rows]
    return {"label": names.get(one["measure"], told["title"]), "period": one["period"], "rows": linked}


def _source(official: Mapping[str, Any]) -> str:
    return f"{official['source']} ({in_digits(str(official['period']))})"


def missing(told: Row, place: Mapping[str, Any]) -> list[Row]:
    """Return the parts of a place, as they are today, that citizens did not count where they counted others.

    What only another release knows (a site, a stretch of land) is no part that this one left out.
    """
    counted = {row["area"] for row in told["areas"]}
    parts = [one for one in place["children"] if one["listed"] and not one["until"]]
    some = counted & {one["id"] for one in place["children"] if one["listed"]}
    return [one for one in parts if some and one["id"] not in counted]


def children(place: Mapping[str, Any]) -> list[Row]:
    """Return the parts of a place by name, each with how many indicators citizens counted there."""
    counted = [one["area"] for one in reading.ledgers(country=place["country"], counted=True)]
    found = [one | {"counted": counted.count(one["id"])} for one in place["children"]]
    return sorted(found, key=lambda one: (label(one["name"]), one["id"]))
