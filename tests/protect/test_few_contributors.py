"""Sums and means of amounts: what few contributors make is hidden, and cannot be worked out from the others."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from datashift.model import Disclosure, Estimate, Kit, Measure
from datashift.pipeline.contributing import contributing
from datashift.protect import Amounts, protect
from datashift.protect.attack import attack
from datashift.protect.rules import Contributions, p_percent
from datashift.protect.suppress import FEW_MAKE
from datashift.protect.tables import Axis, crossed
from datashift.standards.kits import shipped_kit

PARENTS = {"a": "all", "b": "all", "c": "all", "d": "all", "all": None}
AREAS = [area for area in "abcd" for _row in range(40)]


def kit(**rule: float) -> Kit:
    """A kit about people, with rules about few contributors."""
    found = shipped_kit("events-register")
    return found.model_copy(update={"disclosure": Disclosure(least_n=5, least_effective_n=1, **rule)})


def figures(amount: np.ndarray, measure: str = "M", mean: bool = False) -> list[Estimate]:
    """One figure per area, and that of all."""
    made = []
    for area in (*PARENTS,):
        of = [area in ("all", own) for own in AREAS]
        value, n = float(amount[of].sum()), int(np.sum(of))
        one = Estimate(
            kit="k", measure=measure, area=area, area_name=area, period="2024", value=value / n if mean else value,
            se=1.0, lower=0.0, upper=value, n=n, n_eff=float(n), deff=1.0, df=10.0, unit="N", status="A",
            method="m", sampling_type="probability",
        )  # fmt: skip
        made.append(one)
    return made


def amounts(big: float) -> np.ndarray:
    """Forty contributors in each area add 1 to 2; in the first area one adds `big`."""
    found = np.random.default_rng(4).uniform(1, 2, len(AREAS))
    found[0] = big
    return found


def hidden(shown: list[Estimate]) -> set[tuple[str, str]]:
    return {(e.measure, e.area) for e in shown if e.status == "Q"}


def test_without_the_rule_a_figure_that_one_makes_is_shown() -> None:
    amount = amounts(5000)
    rows = {("M", "2024"): Amounts(AREAS, {}, amount)}
    assert hidden(protect(figures(amount), kit(), area_parents=PARENTS, amounts=rows)) == set()


@pytest.mark.parametrize("rule", [{"dominance_k": 75.0}, {"p_percent": 10.0}])
def test_what_one_contributor_makes_is_hidden_and_says_why(rule: dict[str, float]) -> None:
    amount = amounts(5000)
    rows = {("M", "2024"): Amounts(AREAS, {}, amount)}
    shown = protect(figures(amount), kit(**rule), area_parents=PARENTS, amounts=rows)
    found = hidden(shown)
    assert ("M", "a") in found
    assert len(found) >= 2
    assert all(e.value is None and e.n == 0 for e in shown if e.status == "Q")
    assert {e.reason for e in shown if e.status == "Q"} == {FEW_MAKE}


def test_no_attacker_comes_nearer_to_the_total_than_the_rule_allows() -> None:
    amount = amounts(300)
    rows = {("M", "2024"): Amounts(AREAS, {}, amount)}
    shown = protect(figures(amount), kit(p_percent=20.0), area_parents=PARENTS, amounts=rows)
    table = crossed([Axis.tree({"all": None, "a": "all", "b": "all", "c": "all", "d": "all"})],
                    [amount[[own == area for own in AREAS]].sum() for area in "abcd"])  # fmt: skip
    table = replace(table, least=np.zeros(table.size))
    order = ["all", "a", "b", "c", "d"]
    mask = np.array([("M", area) in hidden(shown) for area in order])
    largest = np.zeros((5, 3))
    largest[1] = np.sort(amount[:40])[::-1][:3]
    behind = Contributions(np.full(5, 40), np.where(np.arange(5) == 1, amount[:40].sum(), np.inf), largest)
    need = p_percent(behind, 20.0)
    assert need.sensitive.tolist() == [False, True, False, False, False]
    assert attack(table, mask, need) == []
    assert attack(table, np.arange(5) == 1, need)


def test_a_run_takes_the_weighted_amounts_of_the_rows_that_count() -> None:
    table = pa.table(
        {"area": ["a", None, "b", "a"], "period": ["2024"] * 4, "weight": [2.0, 1.0, 1.0, 3.0],
         "sum": [5.0, 7.0, None, 9.0], "kind": ["x", "x", "x", "y"]}
    )  # fmt: skip
    one = Measure(id="M", label={}, finding={}, estimator="total", value="sum", numerator={"kind": ("x",)},
                  breakdowns=(("area",), ("kind",)))  # fmt: skip
    setting = SimpleNamespace(kit=kit(p_percent=10.0), measures=(one,))
    found = contributing(setting, table)  # type: ignore[arg-type]
    assert list(found) == [("M", "2024")]
    rows = found[("M", "2024")]
    assert (list(rows.area), rows.groups, rows.amount.tolist()) == (["a", "_U"], {"kind": ["x", "x"]}, [10.0, 7.0])
    assert contributing(SimpleNamespace(kit=kit(), measures=(one,)), table) == {}  # type: ignore[arg-type]


def test_a_mean_is_hidden_where_its_total_is() -> None:
    amount = amounts(5000)
    both = [*figures(amount), *figures(amount, "MEAN", mean=True)]
    rows = {(name, "2024"): Amounts(AREAS, {}, amount) for name in ("M", "MEAN")}
    found = hidden(protect(both, kit(dominance_k=75.0), area_parents=PARENTS, amounts=rows))
    assert {area for name, area in found if name == "M"} == {area for name, area in found if name == "MEAN"}
