"""Each rule of disclosure control is needed: without it the attacker finds what docs/reference/disclosure.md says."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import util
from pathlib import Path
from typing import Any

import pytest
from joint import bounded
from random_surveys import KIT, LEAST, PARENTS, people, printed, rows_of, silent

from datashift.protect import protect, suppress
from datashift.protect.attack import attack
from datashift.protect.complements import complements
from datashift.protect.releases import Earlier, after, attack_both

HERE = Path(__file__).parents[1]
PAGE = HERE.parent / "docs" / "reference" / "disclosure.md"
SEEDS = range(6)
GAPS = range(60)


def _tables() -> Any:
    """The random tables of the neighbouring tests."""
    name = "tables_of_test_suppression"
    spec = util.spec_from_file_location(name, HERE / "protect" / "test_suppression.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


TABLES = _tables()


def stated() -> dict[str, int]:
    """Return what the page says was found without each rule."""
    section = PAGE.read_text("utf-8").partition("## What each rule is for\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    return {rule.strip(): int(re.findall(r"\d+", found)[0]) for rule, found in rows}


def of_one_table(off: str) -> int:
    pairs = [TABLES.found_by(off, seed) for seed in SEEDS]
    assert sum(full for _found, full in pairs) == 0
    return sum(found for found, _full in pairs)


def of_amounts(on: str) -> int:
    found = 0
    for seed in SEEDS:
        table, both = TABLES.large(seed, "dominance", "p_percent")
        found += len(attack(table, complements(*TABLES.large(seed, on)).hidden, both))
    return found


def of_two_releases() -> int:
    found = 0
    for seed in SEEDS:
        first = TABLES.counted(3 * seed + 2)
        second = TABLES.grown(first, seed, 25)
        earlier = Earlier(first.value, ~complements(first, TABLES.small(first)).hidden)
        asked = after(second, TABLES.small(second), earlier, LEAST)[1]
        found += len(attack_both(second, complements(second, TABLES.small(second)).hidden, asked, earlier))
    return found


def of_gaps() -> int:
    """Two questions to the same people; a third did not answer the second."""
    found = 0
    for seed in GAPS:
        table = people(seed)
        true = [*printed(table, "FIRST"), *printed(silent(table, 0.3, seed), "SECOND")]
        found += len(bounded(protect(true, KIT, area_parents=PARENTS), true, PARENTS, LEAST, rows_of(table)))
    return found


def of_the_dossier(*, known: bool) -> int:
    """The figures by area and by sex, and a table of who was counted by both."""
    found = 0
    for seed in GAPS:
        table = people(seed)
        figures, counted = printed(table, "M"), printed(table, "the rows", crossed=True)
        shown = protect(figures, KIT, area_parents=PARENTS)
        beside = [replace(one, measure="the rows") for one in shown] if known else []
        told = protect(counted, KIT, area_parents=PARENTS, beside=beside)
        found += len(bounded([*shown, *told], [*figures, *counted], PARENTS, LEAST, rows_of(table)))
    return found


WITHOUT: dict[str, Callable[[], int]] = {
    "threshold": lambda: of_one_table("threshold"),
    "complementary suppression": lambda: of_one_table("complements"),
    "sums of areas to regions": lambda: of_one_table("hierarchies"),
    'width (only "not known exactly" is asked for)': lambda: of_one_table("width"),
    "a hidden n is at least 1": lambda: of_one_table("at least one"),
    "the same cells in all measures of the same answers": lambda: of_one_table("same cells in all measures"),
    "(n, k)-dominance (1, 70 %), amounts": lambda: of_amounts("p_percent"),
    "p-per-cent rule (20 %), amounts": lambda: of_amounts("dominance"),
    "the earlier release (six other pairs of releases)": of_two_releases,
    "the figures beside a table of the dossier (60 small surveys)": lambda: of_the_dossier(known=False),
}


def test_the_page_has_a_row_for_every_rule() -> None:
    gaps = "the same cells in measures of nearly the same answers (60 small surveys)"
    assert set(stated()) == {*WITHOUT, gaps}


@pytest.mark.parametrize("rule", list(WITHOUT))
def test_without_a_rule_the_attacker_finds_what_the_page_says(rule: str) -> None:
    assert WITHOUT[rule]() == stated()[rule] > 0


def test_measures_of_nearly_the_same_answers_hide_the_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of_gaps() == 0
    own = suppress._shared
    monkeypatch.setattr(suppress, "_shared", lambda shown, estimates, _least: own(shown, estimates, 1))
    found = of_gaps()
    assert found == stated()["the same cells in measures of nearly the same answers (60 small surveys)"] > 0


def test_figures_and_tables_of_the_dossier_hide_the_same_people() -> None:
    assert of_the_dossier(known=True) == 0
