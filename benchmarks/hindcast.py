"""Are the probabilities about 2030 right? Forecasts from early years, judged by the later ones.

Every UNSD series of ../shared/data is cut off some years before its end and forecast from what was known until then
(all years, and thinned to what a country with few surveys has). The numbers behind the spread are learnt on one half of
the SDG targets and judged on the other half, and the other way round. Beside the outlook stand the straight line with
its prediction interval, the random walk, and the growth rate (CAGR) classes of the UN Progress Chart.

Run: .venv/bin/python benchmarks/hindcast.py [--fit]
--fit learns from all series and writes src/datashift/progress/outlook_learnt.json (about a minute).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import special

from datashift.progress.case import GROWTH_RATES
from datashift.progress.outlook import EDGE
from datashift.progress.outlook_learning import learn
from datashift.progress.outlook_learnt import FEW, FILE, KINDS, PARTS, Forecast, Learnt, forecast, learnt
from datashift.progress.outlook_past import Past, past
from datashift.progress.outlook_scores import Mean, brier, covered, crps, log_score, mean, reliability
from datashift.standards.framework import framework

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
BACK = (3, 5, 8, 10, 13)
"""Years before the last one at which a series is cut off."""
LATER = (3, 5, 8, 11)
"""Bounds between groups of years ahead: near years have more forecasts, but shall not count more."""
ROWS = 20_000
"""Forecasts drawn to learn from, every series code as often as any other."""
COUNTRIES = ("32", "404", "524", "834")
NOT_BROKEN_DOWN = {"geo_area_name", "year", "value"}
SIGNS = {"SH_SAN_DEFECT": -1.0}
"""Series that should go the other way than their indicator."""

Array = np.ndarray
Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Official:
    """One official series of numbers; `target`: SDG target; `sign`: 1 where up is good, −1 down, 0 not known."""

    code: str
    indicator: str
    target: str
    area: str
    nature: str
    share: bool
    sign: float
    years: Array
    values: Array


@dataclass(frozen=True)
class Hindcasts:
    """Forecasts to be judged, a row each; `seen`, `outcome` on the scale of the history, `bound`: came to a bound."""

    seen: Past
    ahead: Array
    kinds: Array
    outcome: Array
    bound: Array
    weights: Array
    code: Array
    target: Array
    area: Array
    half: Array
    thinned: Array

    def rows(self, chosen: Array) -> Hindcasts:
        """Return some rows."""
        parts = {name: part for name, part in vars(self).items() if name != "seen"}
        return Hindcasts(self.seen.rows(chosen), **{name: part[chosen] for name, part in parts.items()})


# Reading


def pilot(data: Path = DATA) -> tuple[list[Official], Counter[str]]:
    """Return the series of the pilot extract that can be judged, and how many cannot, by reason."""
    with gzip.open(data / "official/unsd_sdg/unsd_sdg_2020_pilot.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return official(csv.DictReader(file), data)


def sample(data: Path = DATA) -> list[Official]:
    """Return five series of all other countries, from the sample of untouched files."""
    near = {one.area for one in pilot(data)[0]}
    found: list[Official] = []
    with zipfile.ZipFile(data / "official/unsd_sdg/unsd_sdg_2020_ddf_raw_sample.zip") as files:
        for name in files.namelist():
            if name.startswith("ddf--datapoints--"):
                code = name.split("--")[2]
                rows = csv.DictReader(io.StringIO(files.read(name).decode()))
                lines = ({**row, "series": code.upper(), "value": row[code]} for row in rows)
                found += official((line for line in lines if line["geo_area"] not in near), data, column=code)[0]
    return found


def official(lines: Iterable[dict[str, str]], data: Path, column: str = "") -> tuple[list[Official], Counter[str]]:
    """Group observations to series: area × breakdown × unit × nature, with 8 years or more and some change."""
    indicators = indicators_of(data)
    series: dict[Key, list[tuple[float, float]]] = defaultdict(list)
    reach: dict[str, tuple[float, float]] = {}
    left: Counter[str] = Counter()
    for line in lines:
        value = number(line["value"])
        if value is None:
            left["observations that are not numbers"] += 1
            continue
        code = line["series"]
        low, high = reach.get(code, (value, value))
        reach[code] = (min(low, value), max(high, value))
        key = tuple((k, v) for k, v in line.items() if v and k not in NOT_BROKEN_DOWN and k != column)
        series[key].append((float(line["year"]), value))
    found = []
    for key, points in series.items():
        kept = made(dict(key), sorted(points), reach, indicators)
        if isinstance(kept, str):
            left[kept] += 1
        else:
            found.append(kept)
    return found, left


def made(
    facts: dict[str, str],
    points: list[tuple[float, float]],
    reach: dict[str, tuple[float, float]],
    indicators: dict[str, tuple[str, str]],
) -> Official | str:
    years, values = np.array(points).T
    different = len(np.unique(values))
    if len(values) < 8:
        return "series with fewer than 8 years"
    if different == 1:
        return "series that never change"
    if different <= max(3, len(values) / 3):
        return "series of steps: values that come back again and again"
    code = facts["series"]
    indicator, target = indicators.get(code, ("", code))
    low, high = reach[code]
    return Official(
        code=code, indicator=indicator, target=target, area=facts["geo_area"], nature=facts.get("nature", ""),
        share=facts["units"] == "percent" and low >= 0 and high <= 100, sign=sign_of(code, indicator), years=years,
        values=values,
    )  # fmt: skip


def indicators_of(data: Path) -> dict[str, tuple[str, str]]:
    """Return indicator and SDG target (the first where there are several) of each series code."""
    with zipfile.ZipFile(data / "official/unsd_sdg/unsd_sdg_2020_ddf_raw_sample.zip") as files:
        rows = csv.DictReader(io.StringIO(files.read("ddf--concepts--continuous.csv").decode()))
        return {row["name"]: (row["indicator"].split(",")[0].strip(), row["target"].split(",")[0].strip())
                for row in rows if row["indicator"]}  # fmt: skip


def sign_of(code: str, indicator: str) -> float:
    entry = framework("2020").entries.get(indicator)
    way = "" if entry is None else entry.direction
    return SIGNS.get(code, {"up": 1.0, "down": -1.0}.get(way, 0.0))


def number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


# Histories that end early


def histories(years: Array, end: float) -> Iterator[tuple[str, Array]]:
    """Return what could have been known at the end of a year: all, the last five or two, every third or fifth."""
    known = np.flatnonzero(years <= end)
    yield "all", known
    thinner = {"last five": known[-5:], "last two": known[-2:], "every third": known[::-3][::-1],
               "every fifth": known[::-5][::-1]}  # fmt: skip
    for name, kept in thinner.items():
        if 2 <= len(kept) < len(known):
            yield name, kept


@dataclass(frozen=True)
class Scale:
    """The scale of one history, as `outlook` chooses it: kind (place in KINDS), edge and size."""

    kind: int
    edge: float
    size: float

    def to(self, values: Array | float) -> Array:
        """Bring values to the scale; what is out of reach becomes infinite."""
        points = np.asarray(values, float)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == 0:
                return np.asarray(special.logit(np.clip(self.edge + (1 - 2 * self.edge) * points / 100, 0, 1)))
            return np.log(np.maximum(points, 0)) if self.kind == 1 else points / self.size


def scale_of(values: Array, share: bool) -> Scale:
    if share:
        return Scale(0, EDGE if values.min() <= 0 or values.max() >= 100 else 0.0, 1.0)
    if values.min() > 0:
        return Scale(1, 0.0, 1.0)
    return Scale(2, 0.0, float(np.sqrt((values**2).mean())) or 1.0)


def padded(rows: list[Array]) -> Array:
    found = np.full((len(rows), max(map(len, rows))), np.nan)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found


def hindcasts(series: list[Official]) -> Hindcasts:
    """Cut every series off early, in every way of thinning, and forecast each year that came after."""
    years, values, kinds, of = [], [], [], []
    facts: dict[str, list[object]] = defaultdict(list)
    for one in series:
        for back in BACK:
            end = float(one.years[-1]) - back
            later = np.flatnonzero(one.years > end)
            for name, kept in histories(one.years, end):
                if len(kept) < 2:
                    continue
                scale = scale_of(one.values[kept], one.share)
                count = len(later)
                of += [len(years)] * count
                years.append(one.years[kept])
                values.append(scale.to(one.values[kept]))
                kinds.append(scale.kind)
                came = one.values[later]
                facts["ahead"] += list(one.years[later] - one.years[kept][-1])
                facts["outcome"] += list(scale.to(came))
                bounds = (came >= 100).astype(int) - (came <= 0).astype(int)
                facts["bound"] += list(bounds * bool(scale.edge))
                for key, fact in (("code", one.code), ("target", one.target), ("area", one.area), ("thinned", name)):
                    facts[key] += [fact] * count
    place = np.array(of)
    code, target, thinned = (np.array(facts[name]) for name in ("code", "target", "thinned"))
    seen, ahead = past(padded(years), padded(values)).rows(place), np.array(facts["ahead"], float)
    full = (thinned == "all") & (seen.count >= FEW)
    return Hindcasts(
        seen=seen, ahead=ahead, kinds=np.array(kinds)[place], outcome=np.array(facts["outcome"], float),
        bound=np.array(facts["bound"]), weights=equal(code, full, np.digitize(ahead, LATER)), code=code, target=target,
        area=np.array(facts["area"]), half=halves(target), thinned=thinned,
    )  # fmt: skip


def equal(*alike: Array) -> Array:
    """Return weights under which each combination of the values in `alike` counts the same in total.

    So every series code counts the same, however many areas and breakdowns it has.
    """
    keys = alike[0].astype(str)
    for more in alike[1:]:
        keys = np.char.add(np.char.add(keys, " "), more.astype(str))
    of = np.unique(keys, return_inverse=True)[1]
    return 1 / np.bincount(of)[of]


def halves(targets: Array) -> Array:
    """Return 0 or 1 by a hash of the SDG target, so that near copies never stand on both sides."""
    names, of = np.unique(targets, return_inverse=True)
    return np.array([zlib.crc32(name.encode()) % 2 for name in names])[of]


def within_reach(rows: Hindcasts) -> Array:
    """Return outcomes that can be learnt from: 0 and 100 % lie at infinity on their scales.

    A share that came to a bound counts as 0.05 or 99.95 %, another value that came to 0 as a hundredth of the last.
    """
    last, y = rows.seen.level, rows.outcome
    far = float(special.logit(0.9995))
    share = np.clip(y, np.minimum(last, -far), np.maximum(last, far))
    return np.where(rows.kinds == 0, share, np.where(rows.kinds == 1, np.maximum(y, last - np.log(100)), y))


def drawn(rows: Hindcasts, count: int = ROWS, seed: int = 1) -> Hindcasts:
    chance = np.random.default_rng(seed).choice(len(rows.weights), count, p=rows.weights / rows.weights.sum())
    return rows.rows(chance)


def learn_from(rows: Hindcasts, count: int = ROWS, rounds: int = 100) -> Learnt:
    some = drawn(rows, count)
    return learn(some.seen, some.ahead, some.kinds, within_reach(some), rounds=rounds)


def crossed(rows: Hindcasts, count: int = ROWS, rounds: int = 100) -> tuple[Learnt, Learnt]:
    """Return what judges half 0 and what judges half 1: each learnt from the other half."""
    first, second = (learn_from(rows.rows(np.flatnonzero(rows.half == half)), count, rounds) for half in (1, 0))
    return first, second


def told(rows: Hindcasts, by: tuple[Learnt, Learnt]) -> Forecast:
    """Return the forecasts of all rows by the numbers learnt from the other half."""
    both = [forecast(rows.seen, rows.ahead, rows.kinds, one) for one in by]
    first = rows.half == 0
    return Forecast(
        *(np.where(first, *(getattr(one, part) for one in both)) for part in ("centre", "spread", "degrees"))
    )


# Rivals on the same scales


def straight(rows: Hindcasts) -> Forecast:
    """The straight line with the prediction interval of least squares (`datashift trend`)."""
    seen = rows.seen
    middle = seen.years.sum(1) / seen.count
    away = np.where(seen.known, seen.years - middle[:, None], 0.0)
    square = (away**2).sum(1)
    at = seen.last + rows.ahead - middle
    centre = seen.values.sum(1) / seen.count + at * (away * seen.values).sum(1) / square
    degrees = np.maximum(seen.count - 2, 1).astype(float)
    spread = np.sqrt(seen.off_line / degrees * (1 + 1 / seen.count + at**2 / square))
    return Forecast(centre, np.maximum(spread, 1e-9), degrees)


def walk(rows: Hindcasts) -> Forecast:
    """The last value, with the scatter of its steps growing by the root of the years."""
    seen = rows.seen
    gaps = np.where(seen.known[:, 1:], np.diff(seen.years, axis=1), 1.0)
    steps = np.where(seen.known[:, 1:], np.diff(seen.values, axis=1), 0.0)
    degrees = seen.count - 1
    spread = np.sqrt((steps**2 / gaps).sum(1) / degrees * rows.ahead)
    return Forecast(seen.level, np.maximum(spread, 1e-9), degrees.astype(float))


def below(rows: Hindcasts, found: Forecast, seed: int = 1) -> Array:
    """Return the probability given to less than the outcome; at a bound, a chance part of what stands there."""
    told_below = found.below(rows.outcome)
    chance = np.random.default_rng(seed).random(len(told_below))
    at_top = told_below + chance * (1 - told_below)
    return np.where(rows.bound > 0, at_top, np.where(rows.bound < 0, chance * told_below, told_below))


# Labels: three classes of the UN Progress Chart


@dataclass(frozen=True)
class Labels:
    """Forecasts of a label: `cuts` are the two values (on the scale) between the three classes, best class first.

    rule: "halfway" (a numeric target half of the way to the bound) or "growth".   outcome: place of what happened.
    so_far: place by the growth rate from base year to the year of the forecast, carried on.
    """

    rows: Hindcasts
    sign: Array
    cuts: Array
    outcome: Array
    so_far: Array
    rule: Array


AFTER = (5, 8, 10, 12)
"""Years from the base year to the forecast; the target year is 15 after the base, as 2030 is after 2015."""
SPAN = 15
SHARES = (0.95, 0.10)
GROWTH = (0.02, 0.005)


def labels(series: list[Official]) -> Labels:
    """Return label forecasts: base year 15 years before the last one, which stands for 2030.

    Left out: series without a known direction, without a value above 0 in the base year, and growth rates.
    """
    facts: dict[str, list[object]] = defaultdict(list)
    years, values = [], []
    for one in series:
        end = float(one.years[-1])
        base = np.flatnonzero(one.years == end - SPAN)
        if not one.sign or one.indicator in GROWTH_RATES or not len(base) or one.values[base[0]] <= 0:
            continue
        for after in AFTER:
            now = np.flatnonzero(one.years <= end - SPAN + after)
            if one.years[now[-1]] <= one.years[base[0]] or end - one.years[now[-1]] > SPAN - after + 1:
                continue
            scale = scale_of(one.values[now], one.share)
            for rule, cuts, happened, so_far in judged(one, float(one.values[base[0]]), now):
                years.append(one.years[now])
                values.append(scale.to(one.values[now]))
                row = {
                    "ahead": end - float(one.years[now[-1]]), "kinds": scale.kind, "cuts": scale.to(np.array(cuts)),
                    "outcome": happened, "so_far": so_far, "rule": rule, "sign": one.sign, "code": one.code,
                    "target": one.target, "area": one.area, "came": float(scale.to(one.values[-1])),
                }  # fmt: skip
                for name, fact in row.items():
                    facts[name].append(fact)
    column = {name: np.array(given) for name, given in facts.items()}
    rules = np.char.add(np.char.add(column["code"], " "), column["rule"])
    rows = Hindcasts(
        seen=past(padded(years), padded(values)), ahead=column["ahead"], kinds=column["kinds"], outcome=column["came"],
        bound=np.zeros(len(years)), weights=equal(rules), code=column["code"], target=column["target"],
        area=column["area"], half=halves(column["target"]), thinned=np.full(len(years), "all"),
    )  # fmt: skip
    return Labels(rows, column["sign"], column["cuts"], column["outcome"], column["so_far"], column["rule"])


def judged(one: Official, base: float, now: Array) -> Iterator[tuple[str, tuple[float, float], int, int]]:
    """Return for each rule: the two cuts as values of the last year, the class that came, the class so far."""
    latest, year = float(one.values[now[-1]]), float(one.years[now[-1]])
    end, last = float(one.years[-1]), float(one.values[-1])
    start = end - SPAN
    pace = (latest / base) ** (1 / (year - start)) if latest > 0 else 0.0
    then = latest * pace ** (end - year)
    rising = one.sign > 0
    if one.share or not rising:
        aim = base + (100 - base) / 2 if rising else base / 2
        cuts = tuple(base + share * (aim - base) for share in SHARES)
        met = one.sign * (latest - aim) >= 0
        if abs(aim - base) > 0:
            yield "halfway", cuts, place(one.sign, last, cuts), 0 if met else place(one.sign, then, cuts)  # type: ignore[misc]
    cuts = tuple(base * (1 + one.sign * rate) ** SPAN for rate in GROWTH)
    yield "growth", cuts, place(one.sign, last, cuts), place(one.sign, base * pace**SPAN, cuts)  # type: ignore[misc]


def place(sign: float, value: float, cuts: Iterable[float]) -> int:
    return sum(sign * (value - cut) < -1e-12 for cut in cuts)


def chances(asked: Labels, found: Forecast) -> Array:
    """Return the probability of each class, rows × 3."""
    under = np.column_stack([found.below(asked.cuts[:, k]) for k in (0, 1)])
    reached = np.where(asked.sign[:, None] > 0, 1 - under, under)
    return np.column_stack([reached[:, 0], np.maximum(reached[:, 1] - reached[:, 0], 0), 1 - reached[:, 1]])


def frequencies(asked: Labels, given: Array | None = None) -> Array:
    """Return how often each class came in the other half, by rule and, where given, by the class so far."""
    found = np.zeros((len(asked.outcome), 3))
    classes = np.zeros(len(asked.outcome), int) if given is None else given
    for half in (0, 1):
        for rule in np.unique(asked.rule):
            for kind in np.unique(classes):
                alike = (asked.rule == rule) & (classes == kind)
                other = alike & (asked.rows.half != half)
                counts = np.bincount(asked.outcome[other], asked.rows.weights[other], minlength=3) + 1e-3
                found[alike & (asked.rows.half == half)] = counts / counts.sum()
    return found


# Tables


def shown(found: Mean, digits: int = 3) -> str:
    return f"{found.value:.{digits}f} ({found.lower:.{digits}f} to {found.upper:.{digits}f})"


def coverage_table(rows: Hindcasts, ways: dict[str, Forecast], groups: dict[str, Array]) -> list[str]:
    lines = []
    for name, here in groups.items():
        if here.sum() < 50:
            continue
        some = rows.rows(np.flatnonzero(here))
        for way, found in ways.items():
            under = below(some, part_of(found, here))
            cells = [
                shown(mean(covered(under, level).astype(float), some.weights, some.target))
                for level in (0.5, 0.8, 0.95)
            ]
            lines.append(f"| {name} | {way} | {here.sum()} | " + " | ".join(cells) + " |")
    return lines


def crps_ratio(rows: Hindcasts, found: Forecast, rival: Forecast) -> Mean:
    """Return the CRPS as a part of the rival's: geometric mean over series codes, targets drawn anew."""
    y = within_reach(rows)
    scores = [crps(y, one.centre, one.spread, one.degrees) for one in (found, rival)]
    names, of = np.unique(rows.code, return_inverse=True)
    sums = [np.bincount(of, np.maximum(score, 0)) for score in scores]
    of_code = dict(zip(rows.code, rows.target, strict=True))
    ratio = mean(np.log(sums[0] / sums[1]), np.ones(len(names)), np.array([of_code[name] for name in names]))
    return Mean(*(float(np.exp(x)) for x in (ratio.value, ratio.lower, ratio.upper)))


NEAR = 2.0
"""Logit of 88 %."""
HEAD = "| | forecast | rows | 50 % | 80 % | 95 % |\n|---|---|---:|---:|---:|---:|"


def main() -> None:
    series, left = pilot()
    codes, targets = {one.code for one in series}, {one.target for one in series}
    print(f"{len(series)} series of {len(codes)} codes and {len(targets)} SDG targets; left out:")
    print("\n".join(f"  {count} {reason}" for reason, count in left.items()))
    most = Counter(one.code for one in series).most_common(1)[0][1]
    plain = sum(not one.share and bool(one.values.min() <= 0) for one in series)
    print(f"{len({one.indicator for one in series})} indicators, {len({one.area for one in series})} areas")
    print(f"most series of one code: {most}; series on the plain scale: {plain}")
    rows = hindcasts(series)
    print(f"{len(rows.outcome)} forecasts, up to {rows.ahead.max():.0f} years ahead")
    if "--fit" in sys.argv:
        write(learn_from(rows, 2 * ROWS, 150), series, rows)
    by = crossed(rows)
    ways = {"outlook": told(rows, by), "straight line": straight(rows), "random walk": walk(rows)}
    judge_intervals(rows, ways)
    judge_scores(rows, ways)
    judge_labels(series, by)
    judge_sample(by)


def part_of(found: Forecast, here: Array) -> Forecast:
    return Forecast(*(getattr(found, part)[here] for part in PARTS))


def complete(rows: Hindcasts) -> Array:
    """Return where all years until the cut are known, and enough of them."""
    return (rows.thinned == "all") & (rows.seen.count >= FEW)


def between(numbers: Array, low: float, high: float) -> Array:
    return (numbers >= low) & (numbers <= high)


def judge_intervals(rows: Hindcasts, ways: dict[str, Forecast]) -> None:
    full = complete(rows)
    print("\nCoverage, held-out targets; all years known, 5 or more\n")
    groups = {"all": full} | {
        f"{a}–{b} years ahead": full & between(rows.ahead, a, b) for a, b in ((1, 2), (3, 4), (5, 7), (8, 10), (11, 13))
    }
    print(HEAD, *coverage_table(rows, ways, groups), sep="\n")
    print("\nCoverage of the outlook, held-out targets, by what was known\n")
    groups = {name: rows.thinned == name for name in ("last five", "last two", "every third", "every fifth")}
    groups |= {f"{a}–{b} years known": between(rows.seen.count, a, b)
               for a, b in ((2, 2), (3, 3), (4, 4), (5, 9), (10, 40))}  # fmt: skip
    groups |= {kind: rows.kinds == k for k, kind in enumerate(KINDS)}
    ours = np.isin(rows.area, COUNTRIES)
    groups |= {"countries, all years": complete(rows) & ours, "world regions, all years": complete(rows) & ~ours}
    groups |= {"came to a bound it had touched": rows.bound != 0, "everything": rows.ahead > 0}
    print(HEAD, *coverage_table(rows, {"outlook": ways["outlook"]}, groups), sep="\n")


def judge_scores(rows: Hindcasts, ways: dict[str, Forecast]) -> None:
    full = complete(rows)
    print("\nPIT histogram (each tenth should hold 0.1), all years known, 5 or more\n")
    some = rows.rows(np.flatnonzero(full))
    for way, found in ways.items():
        counts = np.histogram(below(some, part_of(found, full)), 10, (0, 1), weights=some.weights)[0]
        print(f"| {way} | " + " | ".join(f"{share:.3f}" for share in counts / counts.sum()) + " |")
    print("\nCRPS as a part of the rival's (below 1: better), all years known, 5 or more\n")
    for low, high in ((1, 4), (5, 8), (9, 13)):
        here = full & between(rows.ahead, low, high)
        some, own = rows.rows(np.flatnonzero(here)), part_of(ways["outlook"], here)
        cells = [
            shown(crps_ratio(some, own, part_of(ways[rival], here)), 2) for rival in ("straight line", "random walk")
        ]
        print(f"| {low}–{high} years ahead | " + " | ".join(cells) + " |")


def judge_labels(series: list[Official], by: tuple[Learnt, Learnt]) -> None:
    asked = labels(series)
    rows = asked.rows
    told_by = {
        "outlook": chances(asked, told(rows, by)),
        "CAGR class": np.eye(3)[asked.so_far],
        "CAGR class, with its record": frequencies(asked, asked.so_far),
        "straight line": chances(asked, straight(rows)),
        "random walk": chances(asked, walk(rows)),
        "how often each label came": frequencies(asked),
    }
    print(f"\nLabels: {len(asked.outcome)} forecasts, {len(set(rows.code))} codes, {len(set(rows.target))} targets")
    print("\n| rule | years ahead | forecast | Brier score | log score | against the CAGR class |")
    print("|---|---|---|---:|---:|---:|")
    for rule in ("halfway", "growth", ""):
        for low, high in ((1, 6), (7, 10), (1, 10)):
            here = np.flatnonzero(((asked.rule == rule) | (rule == "")) & (rows.ahead >= low) & (rows.ahead <= high))
            plain = brier(told_by["CAGR class"][here], asked.outcome[here])
            for way, chance in told_by.items():
                score = brier(chance[here], asked.outcome[here])
                w, c = rows.weights[here], rows.target[here]
                cells = (
                    mean(score, w, c),
                    mean(log_score(chance[here], asked.outcome[here]), w, c),
                    mean(score - plain, w, c),
                )
                print(f"| {rule or 'both'} | {low}–{high} | {way} | " + " | ".join(map(shown, cells)) + " |")
    for way in ("outlook", "straight line"):
        print(f"\nReliability of the {way}\n\n| said | mean said | happened | statements |\n|---|---:|---:|---:|")
        for low, high, said, happened, count in reliability(told_by[way], asked.outcome, rows.weights, rows.target):
            print(f"| {low:.0%}–{high:.0%} | {said:.3f} | {shown(happened)} | {count} |")


def judge_sample(by: tuple[Learnt, Learnt]) -> None:
    """Five series of all other countries; neither they nor their targets were learnt from. Areas are drawn anew."""
    rows = hindcasts(sample())
    found = told(rows, by)
    rows = replace(rows, target=rows.area)
    print(f"\nAnother judge: {len(rows.outcome)} forecasts of five series for other countries\n")
    groups = {code: complete(rows) & (rows.code == code) for code in np.unique(rows.code)}
    near = np.abs(rows.seen.level) > NEAR
    water = complete(rows) & (rows.code == "SP_ACS_BSRVH2O")
    groups |= {"… between 12 and 88 %": water & ~near, "… nearer to a bound": water & near}
    print(HEAD, *coverage_table(rows, {"outlook": found, "straight line": straight(rows)}, groups), sep="\n")


def write(found: Learnt, series: list[Official], rows: Hindcasts) -> None:
    rounded = {
        years: {name: np.round(given, 4).tolist() for name, given in numbers.items()}
        for years, numbers in found.as_dict().items()
    }
    facts = {
        "source": "UNSD Global SDG Indicators Database, October 2020",
        "command": "python benchmarks/hindcast.py --fit",
        "series": len({one.code for one in series}), "indicators": len({one.indicator for one in series}),
        "forecasts": len(rows.outcome),
        "longest": float(max(BACK)), "numbers": rounded,
    }  # fmt: skip
    (ROOT / "src/datashift/progress" / FILE).write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    learnt.cache_clear()


if __name__ == "__main__":
    main()
