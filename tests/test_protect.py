"""Nobody can be recognised: small cells, what gives them away, and personal data in files."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from datashift.errors import Disclosive
from datashift.model import Disclosure, Estimate, Kit, Universe
from datashift.protect import gate, hide_small, protect, scan
from datashift.protect.suppress import CAREFUL, FEW_COUNTED, FEW_WORTH, HIDDEN, NOBODY

Breakdown = tuple[tuple[str, str], ...]
PARENTS = {"XX": None, "N": "XX", "S": "XX", "N1": "N", "N2": "N", "S1": "S", "S2": "S"}


def a_kit(public: bool = False, least_n: int = 10) -> Kit:
    return Kit(
        id="made-up",
        version="1.0.0",
        title={"en": "Made up"},
        description={"en": "Made up for a test"},
        indicator="16.6.2",
        relation="local",
        relation_note={"en": ""},
        universe=Universe(unit={"en": "a person"}, text={"en": "adults"}, public_infrastructure=public),
        disclosure=Disclosure(least_n=least_n, least_effective_n=5.0),
        concepts={},
        measures=(),
    )


def a_cell(
    area: str, n: int, breakdown: Breakdown = (), measure: str = "SHARE", n_eff: float | None = None
) -> Estimate:
    return Estimate(
        kit="made-up@1.0.0",
        measure=measure,
        area=area,
        area_name=f"Area {area}",
        period="2024",
        value=50.0,
        se=5.0,
        lower=40.0,
        upper=60.0,
        n=n,
        n_eff=float(n) if n_eff is None else n_eff,
        deff=1.0,
        df=9.0,
        unit="PT",
        status="A",
        method="taylor",
        sampling_type="probability",
        breakdown=breakdown,
    )


def hidden(estimates: Sequence[Estimate]) -> set[tuple[str, Breakdown]]:
    return {(e.area, e.breakdown) for e in estimates if e.status == "Q"}


# --- what an attacker with linear programming learns ----------------------------------------------------------------


def attack(shown: Sequence[Estimate], truth: Mapping[tuple[str, Breakdown], int]) -> dict[tuple[str, Breakdown], int]:
    """Return the hidden n that someone who knows how tables add up can work out exactly.

    The finest cells (a lowest area with every breakdown variable) are the unknowns: whole numbers above zero, or zero
    where the table says so. Every figure shown, and the number of all rows, is a sum of them.
    """
    lowest = [a for a in PARENTS if a not in PARENTS.values()]
    variables = sorted({name for _area, breakdown in truth for name, _code in breakdown})
    codes = {v: sorted({c for _a, b in truth for name, c in b if name == v}) for v in variables}
    leaves = [
        (area, tuple(zip(variables, combination, strict=True)))
        for area in lowest
        for combination in itertools.product(*(codes[v] for v in variables))
    ]
    rows, sums = [np.ones(len(leaves))], [float(truth[("XX", ())])]
    bounds = []
    known = {(e.area, e.breakdown): e for e in shown}
    for cell, estimate in known.items():
        if estimate.status != "Q":
            rows.append(parts_of(cell, leaves))
            sums.append(float(estimate.n))
    for leaf in leaves:
        estimate = known.get(leaf)
        bounds.append((0 if estimate is None else 1 if estimate.status == "Q" else estimate.n, None))
    found = {}
    for cell, estimate in known.items():
        if estimate.status == "Q":
            wanted = parts_of(cell, leaves)
            low = linprog(wanted, A_eq=np.array(rows), b_eq=sums, bounds=bounds).fun
            high = -linprog(-wanted, A_eq=np.array(rows), b_eq=sums, bounds=bounds).fun
            if np.ceil(low - 1e-6) >= np.floor(high + 1e-6):
                found[cell] = round(low)
    return found


def parts_of(cell: tuple[str, Breakdown], leaves: Sequence[tuple[str, Breakdown]]) -> np.ndarray:
    area, breakdown = cell
    return np.array([float(area in lineage(leaf[0]) and set(breakdown) <= set(leaf[1])) for leaf in leaves])


def lineage(area: str | None) -> list[str]:
    return [] if area is None else [area, *lineage(PARENTS[area])]


def a_table(counts: Sequence[int], variables: Mapping[str, Sequence[str]], levels: Sequence[str]) -> list[Estimate]:
    """Cells with every margin: each area of `levels`, with each subset of the breakdown variables."""
    lowest = [a for a in PARENTS if a not in PARENTS.values()]
    names = sorted(variables)
    leaves = {
        (area, tuple(zip(names, combination, strict=True))): counts[index]
        for index, (area, combination) in enumerate(
            itertools.product(lowest, itertools.product(*(variables[v] for v in names)))
        )
    }
    cells = []
    for area in levels:
        for size in range(len(names) + 1):
            for chosen in itertools.combinations(names, size):
                for combination in itertools.product(*(variables[v] for v in chosen)):
                    breakdown = tuple(zip(chosen, combination, strict=True))
                    n = sum(
                        count for (a, b), count in leaves.items() if area in lineage(a) and set(breakdown) <= set(b)
                    )
                    cells.append(a_cell(area, n, breakdown))
    return cells


SEX = {"sex": ("F", "M")}
SEX_AGE = {"sex": ("F", "M"), "age": ("young", "old")}
ALL = tuple(PARENTS)
counts = st.lists(st.one_of(st.integers(0, 12), st.integers(8, 60)), min_size=16, max_size=16)


@pytest.mark.parametrize("variables", [{}, SEX, SEX_AGE])
@pytest.mark.parametrize("levels", [ALL, ("XX", "N1", "N2", "S1", "S2"), ("N1", "N2", "S1", "S2")])
@settings(max_examples=40, deadline=None)
@given(counts=counts)
def test_linear_programming_cannot_pin_a_hidden_n(counts, variables, levels):
    cells = a_table(counts, variables, levels)
    truth = {(e.area, e.breakdown): e.n for e in a_table(counts, variables, ALL)}
    shown = protect(cells, a_kit(), area_parents=PARENTS)
    for estimate, cell in zip(shown, cells, strict=True):
        assert estimate.status != "A" or estimate.n == cell.n
        assert not (0 < cell.n < 10) or estimate.status == "Q"
        assert estimate.status != "Q" or (estimate.n, estimate.value, estimate.n_eff, estimate.df) == (0,) + (None,) * 3
    if truth[("XX", ())] > 10:
        assert not attack(shown, truth)


def test_without_complements_the_attacker_wins():
    cells = a_table([40, 4, 30, 20, 25, 35, 45, 15], SEX, ALL)
    truth = {(e.area, e.breakdown): e.n for e in cells}
    only_small = hide_small(cells, a_kit())
    assert hidden(only_small) == {("N1", (("sex", "M"),))}
    assert attack(only_small, truth) == {("N1", (("sex", "M"),)): 4}
    assert attack(protect(cells, a_kit(), area_parents=PARENTS), truth) == {}


def test_the_smallest_sibling_is_hidden_beside_a_single_small_cell():
    cells = [a_cell("XX", 100), a_cell("N", 4), a_cell("S", 96)]
    assert hidden(protect(cells, a_kit(), area_parents=PARENTS)) == {("N", ()), ("S", ())}
    areas = {"XX": None, "A": "XX", "B": "XX", "C": "XX"}
    cells = [a_cell("XX", 124), a_cell("A", 4), a_cell("B", 70), a_cell("C", 50)]
    shown = protect(cells, a_kit(), area_parents=areas)
    assert hidden(shown) == {("A", ()), ("C", ())}
    assert {e.reason for e in shown if e.status == "Q"} == {HIDDEN}, "who is the small one is not said"


def test_area_by_sex_with_margins_hides_a_rectangle():
    areas = {"XX": None, "A": "XX", "B": "XX", "C": "XX"}
    table = {("A", "F"): 3, ("A", "M"): 40, ("B", "F"): 30, ("B", "M"): 50, ("C", "F"): 60, ("C", "M"): 70}
    cells = [a_cell(area, n, (("sex", sex),)) for (area, sex), n in table.items()]
    cells += [a_cell(area, sum(n for (a, _s), n in table.items() if a == area)) for area in "ABC"]
    cells += [a_cell("XX", sum(n for (_a, s), n in table.items() if s == sex), (("sex", sex),)) for sex in "FM"]
    cells += [a_cell("XX", sum(table.values()))]
    shown = protect(cells, a_kit(), area_parents=areas)
    assert hidden(shown) == {(a, (("sex", s),)) for a in "AB" for s in "FM"}


def test_two_cells_of_one_are_not_enough_because_their_sum_tells():
    areas = {"XX": None, "A": "XX", "B": "XX", "C": "XX"}
    cells = [a_cell("XX", 52), a_cell("A", 1), a_cell("B", 1), a_cell("C", 50)]
    assert hidden(protect(cells, a_kit(), area_parents=areas)) == {("A", ()), ("B", ()), ("C", ())}


def test_a_hidden_total_is_not_given_away_by_its_parts():
    cells = [a_cell("XX", 100), a_cell("N", 40, n_eff=3.0), a_cell("S", 60), a_cell("N1", 15), a_cell("N2", 25)]
    shown = protect(cells, a_kit(), area_parents=PARENTS)
    assert hidden(shown) == {("N", ()), ("S", ()), ("N1", ())}


def test_measures_with_the_same_answers_hide_the_same_cells():
    areas = {"XX": None, "A": "XX", "B": "XX", "C": "XX"}
    one = [a_cell("XX", 124), a_cell("A", 4), a_cell("B", 70), a_cell("C", 50)]
    two = [a_cell(e.area, e.n, measure="MEAN", n_eff=1.0 if e.area == "B" else None) for e in one]
    shown = protect([*one, *two], a_kit(), area_parents=areas)
    assert hidden(shown[:4]) == {("A", ()), ("C", ())}
    assert hidden(shown[4:]) == {("A", ()), ("B", ()), ("C", ())}


def test_the_number_of_all_rows_counts_as_known():
    shown = protect([a_cell("N", 4), a_cell("S", 60)], a_kit(), area_parents=PARENTS)
    assert hidden(shown) == {("N", ()), ("S", ())}


def test_a_table_without_small_cells_stays_as_it_is():
    cells = a_table([20] * 16, SEX_AGE, ALL)
    assert protect(cells, a_kit(), area_parents=PARENTS) == cells


def test_protecting_twice_changes_nothing_more():
    cells = a_table([40, 4, 30, 20, 25, 35, 45, 15], SEX, ALL)
    once = protect(cells, a_kit(), area_parents=PARENTS)
    assert protect(once, a_kit(), area_parents=PARENTS) == once


def test_nobody_counted_is_said_and_not_hidden():
    empty = replace(a_cell("N", 0), value=None, se=None, lower=None, upper=None)
    shown = protect([a_cell("XX", 60), empty, a_cell("S", 60)], a_kit(), area_parents=PARENTS)
    assert [e.status for e in shown] == ["A", "O", "A"]
    assert shown[1].reason == NOBODY
    refused = replace(empty, status="O", reason="No answers were collected here that count for this figure.")
    assert protect([refused], a_kit(), area_parents=PARENTS) == [refused]


def test_the_thresholds_are_the_kits():
    assert hide_small([a_cell("N", 9)], a_kit())[0].reason == HIDDEN
    assert hide_small([a_cell("N", 10)], a_kit())[0].status == "A"
    assert hide_small([a_cell("N", 9)], a_kit(least_n=9))[0].status == "A"
    worth = hide_small([a_cell("N", 40, n_eff=4.9)], a_kit())[0]
    assert (worth.status, worth.reason, worth.value) == ("Q", FEW_WORTH, None)
    assert HIDDEN.format(least_n=10).startswith("Hidden so that nobody can be recognised: fewer than 10")


def test_public_infrastructure_has_no_privacy_but_needs_reliable_figures():
    cells = [a_cell("XX", 100), a_cell("N", 4), a_cell("S", 56), a_cell("N1", 40, n_eff=3.0)]
    shown = protect(cells, a_kit(public=True), area_parents={**PARENTS, "N1": "XX"})
    assert [e.status for e in shown] == ["A", "Q", "A", "U"]
    assert [e.reason for e in shown] == ["", FEW_COUNTED, "", CAREFUL]
    assert shown[3].value == 50.0


def test_a_large_table_is_protected_in_seconds():
    rng = np.random.default_rng(1)
    areas: dict[str, str | None] = {"XX": None} | {f"A{i}": "XX" for i in range(77)}
    groups = [(("group", str(g)),) for g in range(8)]
    table = {(f"A{i}", g): int(n) for i in range(77) for g, n in zip(groups, rng.poisson(14, 8), strict=True)}
    cells = [a_cell(area, n, group) for (area, group), n in table.items()]
    cells += [a_cell(f"A{i}", sum(n for (a, _g), n in table.items() if a == f"A{i}")) for i in range(77)]
    cells += [a_cell("XX", sum(n for (_a, g), n in table.items() if g == group), group) for group in groups]
    cells += [a_cell("XX", sum(table.values()))]
    start = time.perf_counter()
    shown = protect(cells, a_kit(), area_parents=areas)
    assert time.perf_counter() - start < 10
    assert 0 < len(hidden(shown)) < len(cells) / 2


# --- personal data in texts -----------------------------------------------------------------------------------------

PHONES = (
    "0712 345 678", "0112345678", "+254 712 345 678", "254712345678", "simu: 0712-345-678",  # Kenya
    "0655123456", "+255 655 123 456", "0755 123 456",  # Tanzania
    "9841234567", "984-1234567", "9841-234567", "+977-1-4412345", "९८४१२३४५६७",  # Nepal
    "011 4123-4567", "(011) 4123-4567", "+54 9 11 4123-4567", "11 4123-4567", "0351 15-456-7890",  # Argentina
    "+44 20 7946 0958", "0044 20 7946 0958", "7,0712345678,x",
)  # fmt: skip
COORDINATES = (
    "-6.80123, 39.27654", "-6.80123 39.27654", "(-6.80123;39.27654)", "27.7172, 85.3240", "-34.6037, -58.3816",
    "lat: 6.80123, lon: 9.27654", "latitude=-6.8012 longitude=39.2765", "6.8012° S, 39.2765° E",
    "6°48'04.3\"S 39°16'35.5\"E", "https://example.org/?q=-6.80123,39.27654",
)  # fmt: skip
IDS = (
    "19900101-12345-00001-23", "19900101123450000123", "20-12345678-9", "27-01-75-12345", "DNI 12.345.678",
    "National ID: 12345678",
)  # fmt: skip
ORDINARY = (
    "2010-2015", "2026-11-22", "2026-11-22T10:00:00+05:45", "2011-01/2013-06", "1.20.0", "pyarrow 25.0.1",
    "DF_SDG_GLH(1.24)", "TZ-02_TO2012", "_T", "59,400 rows", "0.7123456789", "12345678901", "6.1.1", "16.7.2",
    "A,71.23456789,66.12345678,75.1", "71.23456789, 66.12345678", "n = 1,200; 71.2 (66.1 to 75.9)", "007",
    "007 2010-2015", "11 2010-2015", "12.345.678 personas", "1e-10", "$1,234,567.89", "9,812,345,678", "44929075.5",
    "1 234 567 890", "10.1038/s41586-021-04198-4", "@getodk/web-forms 0.22.0", "0.9841234567", "7:00-8:00",
    "dc98b0fb-0333-2734-4941-a646d61e7120", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "M-0.5,0.5h200v-12.3456l-7.1234,8.5678",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"),
    [(k, t) for k, ts in (("phone", PHONES), ("coordinates", COORDINATES), ("id number", IDS)) for t in ts]
    + [("e-mail", "a.b@example.org"), ("e-mail", "Write to <ana.perez+x@correo.example.ar>.")],
)
def test_personal_data_are_seen(kind, text):
    assert kind in scan(f"We noted {text}. And so on.")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_figures_are_not_taken_for_personal_data(text):
    assert scan(text) == []


@settings(max_examples=300, deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(0, 100), st.integers(0, 10**9), st.binary(min_size=32, max_size=32))
def test_rows_of_figures_and_digests_are_ordinary(figure, share, count, digest):
    assert scan(f"TZ-01,{figure:.10g},{share:.10g},{share / 2:.10g},{count},{digest.hex()},2013\n") == []


# --- the gate -------------------------------------------------------------------------------------------------------

CLEAN = {
    "estimates.csv": b"REF_AREA,REF_AREA_NAME,OBS_VALUE,N_OBS\nTZ-01,Arusha,9812345678,120\nTZ-02,Dodoma,71.23456,80\n",
    "findings.json": b'{"findings": [{"sentence": "In 12 rows the place is missing.", "share": 39.276541}]}',
    "charts/a.svg": b'<svg viewBox="0 0 1 1"><path d="M-6.80123,39.27654L9841234567,2"/>'
    b'<g transform="translate(-6.80123, 39.27654)"><text>Arusha 71 %</text></g>'
    b"<style>@font-face{src:url(data:font/woff;base64,AA0712345678==)}</style></svg>",
    "charts/a.txt": b"About 7 in 10 work (71 %; 66 to 76).",
    "recipe.toml": b'id = "x"\nsha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"\n',
    "charts/a.png": b"\x89PNG 0712345678 a@example.org",
}
PEOPLE = ("Wanjiru Test-Person", "Testperson", "0712345678", "44556677", "Ali", "2024-01-05", "राम बहादुर परीक्षण")


def pass_gate(files: Mapping[str, bytes], names: frozenset[str] = frozenset()) -> None:
    gate(files, personal_values=lambda: PEOPLE, names=names)


def test_ordinary_outputs_pass():
    pass_gate(CLEAN)
    gate(CLEAN, personal_values=None)


@pytest.mark.parametrize(
    "leak",
    [
        "WANJIRU test-person",
        "Testperson",
        "0712345678",
        "44556677",
        "राम बहादुर परीक्षण",
        "b@example.org",
        "-6.8012, 39.2765",
    ],
)
@pytest.mark.parametrize("name", ["estimates.csv", "findings.json", "charts/a.svg", "charts/a.txt", "recipe.toml"])
def test_planted_personal_data_are_caught_in_every_file(name, leak):
    place = {
        "estimates.csv": CLEAN["estimates.csv"] + f'TZ-03,"{leak}",50,30\n'.encode(),
        "findings.json": f'{{"findings": [{{"sentence": "Most often: {leak}."}}]}}'.encode(),
        "charts/a.svg": f'<svg><text aria-label="{leak}">x</text></svg>'.encode(),
        "charts/a.txt": f"About 7 in 10 work.\nSo says {leak}.".encode(),
        "recipe.toml": f'note = "{leak}"'.encode(),
    }
    with pytest.raises(Disclosive) as caught:
        pass_gate({**CLEAN, name: place[name]})
    assert name in str(caught.value)
    assert leak not in str(caught.value), "the message is read by many; it does not repeat the value"


def test_the_error_names_the_line():
    with pytest.raises(Disclosive) as caught:
        pass_gate({"charts/a.txt": b"one\ntwo\nthree Testperson"})
    assert caught.value.code == "protect.personal-value"
    assert caught.value.facts["line"] == 3


def test_public_names_short_words_and_dates_do_not_count():
    pass_gate({"a.txt": b"Ali, 2024-01-05"})
    pass_gate({"a.txt": b"The ward Testperson"}, names=frozenset({"Ward of Testperson"}))
    pass_gate({"a.txt": b"testperson as an ordinary word"})


def test_coordinates_are_caught_by_their_heading():
    with pytest.raises(Disclosive):
        pass_gate({"a.csv": b"id,latitude,n\n1,6.80123,5\n"})
    with pytest.raises(Disclosive):
        pass_gate({"a.json": b'{"lat": 6.80123}'})
    pass_gate({"a.csv": b"id,latitude,n\n1,6.8,5\n"})


@pytest.mark.parametrize("column", ["phone", "latitude", "_row", "Name"])
def test_parquet_with_columns_about_people_is_refused(column):
    with pytest.raises(Disclosive) as caught:
        pass_gate({"cells.parquet": parquet({"area": ["TZ-01"], column: ["x"]})})
    assert caught.value.facts["field"] == column


def test_parquet_with_personal_values_is_refused():
    pass_gate({"cells.parquet": parquet({"area": ["TZ-01"], "share__n": [5.0]})})
    with pytest.raises(Disclosive):
        pass_gate({"cells.parquet": parquet({"area": ["Testperson"], "share__n": [5.0]})})


def parquet(columns: Mapping[str, list[object]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_cells_that_stand_one_above_the_other_are_no_name():
    rows = "AREA,NATURE\nA,C\nB,C\nD,M\n"
    gate({"comparison.csv": rows.encode()}, personal_values=lambda: ["C. C. M."])
    with pytest.raises(Disclosive):
        gate({"comparison.csv": b"AREA,FUNDER\nA,C C M\n"}, personal_values=lambda: ["C. C. M."])


def test_a_megabyte_against_forty_thousand_values_takes_seconds_at_most():
    text = "".join(f"TZ-{i % 30:02d},Region {i % 30},{i * 0.123:.10g},taylor-ultimate-cluster\n" for i in range(20000))
    values = [f"Kwa Mtu {i} wa Mfano" for i in range(40000)]
    start = time.perf_counter()
    gate({"estimates.csv": text.encode()}, personal_values=lambda: values)
    assert time.perf_counter() - start < 3
