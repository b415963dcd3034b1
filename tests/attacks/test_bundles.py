"""Nothing in a published bundle, of whatever file, says what a figure hides, nor anything about one person."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq
import pytest
from joint import bounded
from marked_people import MARKERS
from published import REAL, Published, texts_of

from datashift.assess.reached.representation import representation
from datashift.dossier.people import cell, known, through_gate
from datashift.protect import protect

NUMBER = re.compile(r"\d+(?:\.\d+)?")
Real = Callable[[str], Published]


# --- hidden numbers ---------------------------------------------------------------------------------------------------


def digits_of(case: Published) -> set[str]:
    """Return the digits of what the hidden figures would say, where they are so many that no other number has them."""
    found = set()
    for _printed, was in case.hidden():
        for number in (was.value, was.se, was.lower, was.upper, was.n_eff, was.deff):
            short = f"{number:.6g}" if number else ""
            found |= {short} if sum(sign.isdigit() for sign in short.lstrip("0.")) >= 6 and "e" not in short else set()
    return found


def telling(case: Published) -> list[tuple[str, str]]:
    wanted = digits_of(case)
    return [(name, one) for name, text in texts_of(case.files) for one in wanted if one in text]


def test_no_file_holds_a_hidden_figure(people: Published) -> None:
    assert len(digits_of(people)) >= 20
    assert telling(people) == []
    figure = next(was for _printed, was in people.hidden())
    leaking = replace(people, files=people.files | {"charts/x.csv": f"Dunavê,{figure.value}\n".encode()})
    assert telling(leaking) == [("charts/x.csv", f"{figure.value:.6g}")]


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_no_file_of_a_real_case_holds_a_hidden_figure(name: str, real: Real) -> None:
    case = real(name)
    assert telling(case) == []
    assert {(printed.n, printed.value) for printed, _was in case.hidden()} <= {(0, None)}


def numbers_beside(case: Published) -> list[tuple[str, list[str]]]:
    """Return every record that is about a place or group with a hidden figure, and still tells a number of its own."""
    found: list[tuple[str, list[str]]] = []
    whole = case.dossier["estimates"]["whole"]
    hidden = {e.area_name for e, _was in case.hidden() if e.area != whole and not e.breakdown}
    for name, data in case.files.items():
        if name.startswith("charts/") and name.endswith(".csv"):
            rows = list(csv.reader(io.StringIO(data.decode())))
            found += [(name, row) for row in rows[1:] if row[0] in hidden and NUMBER.search("".join(row[1:]))]
    for table in case.dossier["coverage"]["tables"]:
        for row in table["rows"]:
            if row["hidden"]:
                told = [k for k, v in row.items() if isinstance(v, int | float) and v is not False and v is not True]
                found += [("dossier.json", told)] if set(told) - {"people", "share_people"} else []
    found += [("dossier.json", [one["area_name"]]) for one in case.dossier["estimates"]["rows"] if one["status"] == "Q"
              and (one["n"] or one["value"] is not None)]  # fmt: skip
    losses = {(one["measure"], one["area"]) for one in json.loads(case.files["inputs/losses.json"])}
    shown = {(e.measure, "" if e.area == whole else e.area) for e in case.result.estimates if e.status != "Q"}
    return found + [("inputs/losses.json", list(one)) for one in sorted(losses - shown)]


def test_no_record_about_a_hidden_place_has_a_number(people: Published) -> None:
    assert {e.area_name for e, _was in people.hidden()} == {"Cérula", "Dunavê"}
    assert numbers_beside(people) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_no_record_about_a_hidden_place_of_a_real_case_has_a_number(name: str, real: Real) -> None:
    assert numbers_beside(real(name)) == []


# --- what follows from all of them together ---------------------------------------------------------------------------


def laid_side_by_side(case: Published) -> int:
    """Return how many hidden cells the figures and the tables of the dossier together bound too closely."""
    result = case.result
    shared = known(result)
    shown, true = list(result.estimates), list(case.true)
    held = through_gate(result, representation(shared.pairs))
    names = {sdmx: (kit, shared.codes[sdmx]) for sdmx, kit in shared.concepts.items()}
    for table, hidden in held:
        for k, share in enumerate(table.shares):
            was = cell(result, table, share)
            was = replace(was, period=true[0].period, measure="the rows", breakdown=_as_kit(was.breakdown, names))
            shown.append(replace(was, status="Q", n=0, value=None) if k in hidden else was)
            true.append(was)
    return len(bounded(shown, true, case.parents, case.least))


def _as_kit(group: Any, names: dict[str, tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((names[name][0], names[name][1].get(code, code)) for name, code in group))


def test_figures_and_dossier_together_bound_no_hidden_number(people: Published) -> None:
    assert sum(row["hidden"] for table in people.dossier["coverage"]["tables"] for row in table["rows"]) >= 6
    assert laid_side_by_side(people) == 0


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_figures_and_dossier_of_a_real_case_bound_no_hidden_number(name: str, real: Real) -> None:
    case = real(name)
    if not case.of_people:
        assert all(was.n < case.least for _printed, was in case.hidden()), "things are hidden for being few alone"
        return
    assert laid_side_by_side(case) == 0


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["hti-events", "npl-citizen-perception", "npl-rural-water-points", "ken-nairobi-air", "tza-waterpoints"]
)
def test_a_real_case_under_stricter_rules_bounds_no_hidden_number(name: str, real: Real) -> None:
    """As if all that is counted were people: real tables with many areas are of things."""
    case, hid = real(name), 0
    stated = case.result.setting.kit
    whole = min(e.n for e in case.true if e.n and e.area == case.dossier["estimates"]["whole"] and not e.breakdown)
    for least in (one for one in (10, 25, 60, 250) if 2 * one <= whole):
        rule = stated.disclosure.model_copy(update={"least_n": least})
        universe = stated.universe.model_copy(update={"public_infrastructure": False})
        kit = stated.model_copy(update={"disclosure": rule, "universe": universe})
        shown = protect(case.true, kit, area_parents=case.parents)
        assert bounded(shown, case.true, case.parents, least) == []
        hid += sum(one.status == "Q" for one in shown)
    assert hid > 0, "the rule was never asked for anything"


# --- nobody is alone in a file ----------------------------------------------------------------------------------------


def test_no_file_holds_a_name_a_phone_or_a_place_of_a_person(people: Published) -> None:
    found = [
        (name, one) for name, text in texts_of(people.files) for one in MARKERS if one.casefold() in text.casefold()
    ]
    assert found == []


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_no_file_of_a_real_case_has_a_row_about_one_person(name: str, real: Real) -> None:
    case = real(name)
    private = ("observations", "rejects", "evidence", "findings-rows", "raw/")
    assert [one for one in case.files if any(word in one for word in private)] == []
    assert ("cells.parquet" in case.files) == (not case.of_people)
    for one, data in case.files.items():
        if one.endswith(".parquet"):
            assert "row" not in pq.read_table(io.BytesIO(data)).column_names
    if case.of_people:
        figures = list(csv.DictReader(io.StringIO(case.files["estimates.csv"].decode())))
        assert [row for row in figures if row["N_OBS"] and 0 < int(row["N_OBS"]) < case.least] == []


def few_with_effects(case: Published) -> list[str]:
    told = [(one["n_rows"], one["effects"]) for one in json.loads(case.files["findings.json"])["findings"]]
    told += [(one["rows"], one["effects"]) for one in case.dossier["findings"]]
    return [str(effects) for rows, effects in told if rows < case.least and effects]


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_what_a_few_rows_do_to_a_figure_is_not_told(name: str, real: Real) -> None:
    """Somebody who knows the figure with three rows and without them knows what the three said."""
    case = real(name)
    assert not case.of_people or few_with_effects(case) == []
