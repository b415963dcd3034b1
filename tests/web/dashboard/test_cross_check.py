"""Every number on a page is that of the API, and the API's are those of the bundle and of the official store."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from site_reader import Page, crawl

from datashift import official
from datashift.language import speaking
from datashift.numbers import amount
from datashift.web.dashboard import reading, refreshing
from datashift.web.dashboard.models import Release

pytestmark = pytest.mark.django_db

Row = dict[str, Any]
Texts = dict[float, set[str]]

FIGURE = {"value": "OBS_VALUE", "se": "STD_ERROR", "lower": "LOWER_BOUND", "upper": "UPPER_BOUND", "n_eff": "N_EFF",
          "deff": "DEFF", "df": "DF"}  # fmt: skip
COMPARISON = {"value": "VALUE", "lower": "LOWER_BOUND", "upper": "UPPER_BOUND", "difference": "DIFFERENCE",
              "difference_lower": "DIFFERENCE_LOWER", "difference_upper": "DIFFERENCE_UPPER",
              "probability": "PROBABILITY", "p_adjusted": "P_ADJUSTED"}  # fmt: skip
OFFICIAL = {"value": "OFFICIAL_VALUE", "lower": "OFFICIAL_LOWER", "upper": "OFFICIAL_UPPER", "se": "OFFICIAL_STD_ERROR"}

DATA = re.compile(r'<data value="([^"]+)">(.*?)</data>', re.DOTALL)
OPENED = re.compile(
    r'<a href="/\w\w/release/(?P<release>\w+)/figure/(?P<measure>[^/"]+)/(?P<area>[^/"]+)/'
    r'(?:\?(?:period=(?P<period>[^"&]*))?(?:&amp;)?(?:group=(?P<group>[^"]*))?)?">'
    r'\s*<data value="(?P<value>[^"]+)">(?P<text>.*?)</data>',
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def without_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "draw_cards", lambda *_: None)


def refreshed(release: Release) -> Release:
    refreshing.refresh(release.country, lambda _text: None)
    return release


# --- what the API gives -----------------------------------------------------------------------------------------------


def asked(path: str) -> Any:
    answer = Client().get(f"/api/v1/{path}")
    assert answer.status_code == 200, path
    return json.loads(answer.content)


def items(path: str) -> list[Row]:
    told = asked(f"{path}&limit=1000")
    assert told["next"] is None
    return list(told["items"])


def records(found: Any) -> Iterator[Row]:
    """Yield every record in an answer that has a value."""
    if isinstance(found, dict):
        if isinstance(found.get("value"), int | float):
            yield found
        for inner in found.values():
            yield from records(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from records(inner)


def written(found: Any, unit: str) -> Texts:
    """Return every published number of an answer with the texts that its rounding may give."""
    texts: Texts = defaultdict(set)
    for one in records(found):
        value = float(f"{one['value']:.10g}")
        texts[value] |= {rounded(one, one.get("unit") or unit)}
        texts[value] |= {f"{value:.10g}"}
    for one in found.get("told", {}).get("revisions", ()) if isinstance(found, dict) else ():
        for name in ("before", "after"):
            if one[name] is not None:
                texts[float(f"{one[name]:.10g}")] |= {amount(one[name], None, None, unit)}
    return texts


def rounded(one: Row, unit: str) -> str:
    """Return a figure as it is read: rounded as its interval allows; a full count has none."""
    lower, upper = one.get("lower"), one.get("upper")
    return amount(one["value"], *(() if lower == upper else (lower, upper)) or (None, None), unit)


def merged(*many: Texts) -> Texts:
    found: Texts = defaultdict(set)
    for texts in many:
        for value, words in texts.items():
            found[value] |= words
    return found


class Known:
    """What the API knows, asked once per release and ledger."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.releases: dict[str, Texts] = {}
        self.ledgers: dict[tuple[str, str], Texts] = {}
        self.figures: dict[tuple[str, ...], Row] = {}

    def release(self, release: str) -> Texts:
        if release not in self.releases:
            figures, beside = items(f"figures?release={release}"), items(f"comparisons?release={release}")
            self.figures |= {(release, f["measure"], f["area"], f["period"], f["breakdown"]): f for f in figures}
            units = {f["measure"]: f["unit"] for f in figures}
            besides = [written(one, units[one["measure"]]) for one in beside]
            self.releases[release] = merged(*(written(one, one["unit"]) for one in figures), *besides)
        return self.releases[release]

    def ledger(self, indicator: str, area: str) -> Texts:
        key = (indicator, area)
        if key not in self.ledgers:
            told = asked(f"ledger/{indicator}/{area}?language={self.language}")
            self.ledgers[key] = written(told, told["told"]["unit"])
        return self.ledgers[key]

    def of(self, page: Page) -> Texts:
        """Return what may stand on a page: the numbers of what it speaks of."""
        parts = page.path.split("?")[0].strip("/").split("/")[1:]
        match parts:
            case ["release", release, *_]:
                return self.release(release)
            case ["indicator" | "embed", indicator, area]:
                return self.ledger(indicator, area)
            case ["indicator", indicator]:
                ledgers = reading.ledgers(indicator=indicator)
            case ["place", area]:
                ledgers = reading.ledgers(area=area)
            case _:
                return merged(*(self.release(one.pk) for one in reading.releases()))
        return merged(*(self.ledger(one["indicator"], one["area"]) for one in ledgers))


# --- pages beside the API ---------------------------------------------------------------------------------------------


def check_pages(language: str, each: int, needed: set[str]) -> None:
    known, numbers, opened = Known(language), 0, 0
    seen = set()
    with speaking(language):
        for release in reading.releases():
            known.release(release.pk)
        for page in [*crawl(Client(), f"/{language}/", each=each), *_embeds(language)]:
            assert page.status == 200, page.path
            texts = known.of(page) if page.numbers else {}
            for value, inner in DATA.findall(page.html):
                assert_known(page, float(value), inner, texts)
            for one in OPENED.finditer(page.html):
                assert_opened(page, one, known)
                opened += 1
            numbers += len(page.numbers)
            seen |= {page.view} if page.numbers else set()
    assert numbers > 60
    assert opened > 15
    assert needed <= seen


def _embeds(language: str) -> Iterator[Page]:
    for one in reading.ledgers(counted=True)[:3]:
        path = f"/{language}/embed/{one['indicator']}/{one['area']}/"
        page = Page(path, "embed", 200, Client().get(path).content.decode())
        page.numbers = [float(value) for value, _text in DATA.findall(page.html)]
        yield page


def assert_known(page: Page, value: float, inner: str, texts: Mapping[float, set[str]]) -> None:
    """A number on a page is one of the API's, and what is read is its rounding, interval included."""
    assert value in texts, (page.path, value)
    text = plain(inner)
    assert text in texts[value], (page.path, value, text, texts[value])


def assert_opened(page: Page, one: re.Match[str], known: Known) -> None:
    """A number that leads to its making is that of this very release, measure, place, time and group."""
    asked_for = {name: html.unescape(unquote(text or "")) for name, text in one.groupdict().items()}
    key = tuple(asked_for[name] for name in ("release", "measure", "area", "period", "group"))
    figure = known.figures[key]
    assert asked_for["value"] == f"{figure['value']:.10g}", (page.path, key)
    assert plain(one["text"]) == rounded(figure, figure["unit"]), page.path


def plain(inner: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()


# --- the API beside bundle and official store -------------------------------------------------------------------------


def check_bundle(release: Release) -> None:
    """What the API says of a release is what the file says that everybody can fetch, to the last digit."""
    estimates, comparisons = (table(member(release, name)) for name in ("estimates.csv", "comparison.csv"))
    stated = json.loads(member(release, "inputs/official.json"))
    figures = items(f"figures?release={release.pk}")
    assert len(figures) == len(estimates)
    for one, row in zip(figures, estimates, strict=True):
        assert (one["measure"], one["area"], one["period"]) == (row["MEASURE"], row["REF_AREA"], row["TIME_PERIOD"])
        assert {name: one[name] for name in FIGURE} == {name: number(row[column]) for name, column in FIGURE.items()}
        assert one["n"] == (None if one["status"] == "Q" else int(row["N_OBS"] or 0))
        assert (one["unit"], one["status"]) == (row["UNIT_MEASURE"], row["OBS_STATUS"])
    beside = items(f"comparisons?release={release.pk}")
    assert len(beside) == len(comparisons)
    ours: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for one in stated:
        ours[one["source"], one["series"], one["area"], one["period"]] += [one["value"] or 0.0]
    for one, row in zip(beside, comparisons, strict=True):
        assert (one["measure"], one["area"], one["period"]) == (row["MEASURE"], row["REF_AREA"], row["TIME_PERIOD"])
        assert {name: one[name] for name in COMPARISON} == {n: number(row[column]) for n, column in COMPARISON.items()}
        assert (one["verdict"], one["reason"] or "") == (row["VERDICT"], row["REASON"])
        theirs = one["official"] or dict.fromkeys([*OFFICIAL, "unit"])
        assert {name: theirs[name] for name in OFFICIAL} == {n: number(row[column]) for n, column in OFFICIAL.items()}
        if theirs["value"] is not None:
            stored = ours[theirs["source"], theirs["series"], theirs["area"], theirs["period"]]
            assert any(theirs["value"] == pytest.approx(value, rel=1e-9) for value in stored), theirs
        assert one["difference"] is None or one["difference"] == pytest.approx(one["value"] - theirs["value"], abs=1e-7)


def member(release: Release, name: str) -> bytes:
    """Return a file of the bundle that everybody can fetch."""
    answer = Client().get(f"/file/{release.pk}/release.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as bundle:  # type: ignore[attr-defined]
        return bundle.read(name)


def points(rows: Iterable[Row]) -> set[tuple[str, str, float]]:
    """Return series, time and value (ten digits) of official figures."""
    return {(one["series"], one["period"], float(f"{one['value']:.10g}")) for one in rows if one["value"] is not None}


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def number(text: str) -> float | None:
    return float(text) if text else None


def check_ledgers() -> int:
    """A ledger says of citizens what the API's figures say, and of officials what a bundle or the store says."""
    ours, theirs, count = _counted(), points(_official_figures()), 0
    for ledger in reading.ledgers():
        told = asked(f"ledger/{ledger['indicator']}/{ledger['area']}")["told"]
        for series in told["series"]:
            for point in series["points"]:
                count += 1
                if series["side"] == "citizen":
                    assert point["value"] in ours[series["code"], ledger["area"], point["period"], ""]
                elif point["value"] is not None:
                    assert points([point | {"series": series["code"]}]) <= theirs, (ledger["area"], point)
        for row in (*told["areas"], *told["measures"], *told["groups"]):
            assert row["value"] in ours[row["measure"], row["area"], row["period"], row.get("breakdown", "")]
    return count


def _counted() -> dict[tuple[str, ...], set[float | None]]:
    """Return the citizen figures of all releases; those of the whole stand for the country too."""
    found: dict[tuple[str, ...], set[float | None]] = defaultdict(set)
    for release in reading.releases():
        for one in items(f"figures?release={release.pk}"):
            for area in {one["area"], release.country if one["area"] == release.whole else one["area"]}:
                found[one["measure"], area, one["period"], one["breakdown"]].add(one["value"])
    return found


def _official_figures() -> Iterator[Row]:
    for release in reading.releases():
        yield from json.loads(member(release, "inputs/official.json"))
    yield from official.observations(settings.HOME).select(["series", "period", "value"]).to_pylist()


# --- the cases --------------------------------------------------------------------------------------------------------

CITIZEN_VIEWS = {"start", "indicator", "ledger", "release", "figure", "dossier", "compare"}


def test_every_number_of_the_demo_is_that_of_the_api_and_of_the_bundle(released: Release) -> None:
    refreshed(released)
    check_bundle(released)
    assert check_ledgers() > 10
    check_pages("en", 25, CITIZEN_VIEWS)


@pytest.mark.parametrize("language", ["es", "ne"])
def test_in_other_digits_the_numbers_are_the_same(language: str, released: Release) -> None:
    refreshed(released)
    check_pages(language, 4, CITIZEN_VIEWS)


@pytest.mark.shared
@pytest.mark.parametrize(
    "examples",
    [
        ["tza-waterpoints"],
        ["npl-rural-water-points", "npl-citizen-perception"],
        ["arg-femicides", "ken-nairobi-air", "ken-kwale-water-quality"],
    ],
    ids=lambda names: names[0],
)
def test_every_number_of_a_real_case_is_that_of_the_api_and_of_the_bundle(
    examples: list[str], real_release: Callable[[str], Release]
) -> None:
    for release in [real_release(name) for name in examples]:
        refreshed(release)
        check_bundle(release)
    assert check_ledgers() > 5
    check_pages("en", 5, CITIZEN_VIEWS)
