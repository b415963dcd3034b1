"""Open SDG's rule: equal to its published text on a table of cases, and its defects beside each label.

`by_the_text` is a second implementation, written from docs/progress-methodology.md in plain arithmetic; it calls
nothing of ours. The expected labels of the table were worked out by hand from the same text.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.model import Target
from datashift.progress import Label, Rules, progress
from datashift.progress.open_sdg import status

ACHIEVED, ON, MADE, LIMITED, WORSE = (
    "target_achieved", "substantial_progress", "moderate_progress", "limited_progress", "deterioration",
)  # fmt: skip


def by_the_text(
    points: dict[int, float], target: float | None, direction: str, limit: float | None = None
) -> tuple[str, float | None, float | None]:
    """Return label, progress value and score as the document words them."""
    base_year = 2015 if 2015 in points else min(year for year in points if year > 2015)
    last_year = max(points)
    base, last = points[base_year], points[last_year]
    wanted = 0.001 if target == 0 else target
    d = 1 if direction == "up" else -1
    if wanted is not None and d * last >= d * wanted:
        return ACHIEVED, None, 5.0
    if base == 0:
        base = 0.001
    if last_year == base_year or base * last < 0:
        return "", None, None
    if base < 0:
        d = -d
    pace = math.exp(math.log(last / base) / (last_year - base_year)) - 1 if last else -1.0
    if wanted is None:
        shrink = 1.0 if limit is None else shrinking(abs(points[base_year]), abs(limit))
        value, cuts = d * pace, [0.015 * shrink, 0.005 * shrink, 0.0]
        corners = [(-0.02, -5.0), (0.0, -2.5), (0.005 * shrink, 0.0), (0.015 * shrink, 2.5), (0.02 * shrink, 5.0)]
        score = 5.0 if shrink == 0 and value >= 0 else on_the_line(value, corners)
    else:
        value, cuts = d * pace / abs((wanted / base) ** (1 / (2030 - base_year)) - 1), [0.95, 0.60, 0.0]
        score = on_the_line(value, [(-0.6, -5.0), (0.6, 0.0), (1.3, 5.0)])
    label = next((name for name, cut in zip((ON, MADE, LIMITED), cuts, strict=True) if value >= cut), WORSE)
    return label, value, score


def shrinking(base: float, limit: float) -> float:
    if base >= 2 * limit:
        return 1.0
    part = base / limit if base < limit else (2 * limit - base) / limit
    return float(1 - part**4.44)


def on_the_line(value: float, corners: Sequence[tuple[float, float]]) -> float:
    """Return the score between the corners of the document's figures 1 and 2."""
    if value <= corners[0][0]:
        return corners[0][1]
    for (x0, y0), (x1, y1) in pairwise(corners):
        if value <= x1:
            return y1 if x1 == x0 else y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return corners[-1][1]


CASES = [
    # what is shown, points, target, direction, limit, label by hand
    ("exactly the pace needed: ratio 1", {2015: 100, 2020: 100 * 2 ** (1 / 3)}, 200, "up", None, ON),
    ("two thirds of the pace in logs", {2015: 100, 2021: 100 * 2 ** (4 / 15)}, 200, "up", None, MADE),
    ("half the pace", {2015: 100, 2025: 100 * 2 ** (1 / 3)}, 200, "up", None, LIMITED),
    ("away from the target", {2015: 50, 2020: 45}, 100, "up", None, WORSE),
    ("no change is limited progress, not worse", {2015: 50, 2020: 50}, 100, "up", None, LIMITED),
    ("above the target", {2015: 50, 2020: 101}, 100, "up", None, ACHIEVED),
    ("at the target", {2015: 50, 2020: 100}, 100, "up", None, ACHIEVED),
    ("achieved, though falling since 2015", {2015: 120, 2020: 105}, 100, "up", None, ACHIEVED),
    ("fell from beyond the target", {2015: 120, 2020: 95}, 100, "up", None, WORSE),
    ("down: 4.5 % a year where 4.5 % is needed", {2015: 50, 2020: 50 * 0.5 ** (1 / 3)}, 25, "down", None, ON),
    ("down: rising", {2015: 50, 2020: 55}, 25, "down", None, WORSE),
    ("down: met", {2015: 50, 2020: 25}, 25, "down", None, ACHIEVED),
    ("zero target: 5 % a year is little beside 51 %", {2015: 40, 2020: 40 * 0.95**5}, 0, "down", None, LIMITED),
    ("zero target: half every year", {2015: 40, 2020: 40 * 0.5**5}, 0, "down", None, ON),
    ("zero target, zero reached", {2015: 40, 2020: 0}, 0, "down", None, ACHIEVED),
    ("zero base with a target", {2015: 0, 2020: 5}, 50, "up", None, ON),
    ("zero base without a target", {2015: 0, 2020: 5}, None, "up", None, ON),
    ("no target: 2 % a year", {2015: 100, 2020: 100 * 1.02**5}, None, "up", None, ON),
    ("no target: 1 % a year", {2015: 100, 2020: 100 * 1.01**5}, None, "up", None, MADE),
    ("no target: 0.2 % a year", {2015: 100, 2020: 100 * 1.002**5}, None, "up", None, LIMITED),
    ("no target: falling", {2015: 100, 2020: 99}, None, "up", None, WORSE),
    ("no target, down is good: −2 % a year", {2015: 100, 2020: 100 * 0.98**5}, None, "down", None, ON),
    ("no target, down is good: rising", {2015: 100, 2020: 101}, None, "down", None, WORSE),
    ("share near 100: 0.3 % a year is enough, C = 0.13", {2015: 97, 2020: 97 * 1.003**5}, None, "up", 100, ON),
    ("the same pace far from the limit, C = 0.99", {2015: 30, 2020: 30 * 1.003**5}, None, "up", 100, LIMITED),
    ("share at its limit and staying there, C = 0", {2015: 100, 2020: 100}, None, "up", 100, ON),
    ("share at its limit and falling", {2015: 100, 2020: 99.9}, None, "up", 100, WORSE),
    ("lower limit 30, near: C = 1 − (28/30)^4.44", {2015: 32, 2020: 32 * 0.995**5}, None, "down", 30, ON),
    ("lower limit 30, from twice the limit on C = 1", {2015: 60, 2020: 60 * 0.99**5}, None, "down", 30, MADE),
    ("all below zero, rising to a target nearer zero", {2015: -10, 2020: -8}, -5, "up", None, ON),
    ("all below zero, no target, falling further", {2015: -10, 2020: -12}, None, "up", None, WORSE),
    ("the sign changes", {2015: 10, 2020: -5}, 20, "up", None, ""),
    ("no 2015: the next year counts", {2012: 10, 2017: 40, 2022: 45}, 80, "up", None, LIMITED),
    ("years between do not matter", {2015: 100, 2017: 5, 2018: 900, 2020: 125.993}, 200, "up", None, ON),
    ("sixty per cent of the pace needed", {2015: 1, 2025: 1 + 1e-9}, 1 + 2.4e-9, "up", None, MADE),
]


def judged(
    points: dict[int, float], target: float | None, direction: str, limit: float | None = None, **more: object
) -> Label:
    asked = {"limit": limit, "unit": "U", "draws": 10, **more}
    return progress(
        (list(points), list(points.values()), None), Target(target, 2030, direction, "test"), **asked
    )["open-sdg"]  # fmt: skip


@pytest.mark.parametrize(("points", "target", "direction", "limit", "label"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_the_rule_equals_the_published_text(
    points: dict[int, float], target: float | None, direction: str, limit: float | None, label: str
) -> None:
    expected, value, score = by_the_text(points, target, direction, limit)
    found = judged(points, target, direction, limit)
    assert expected == label
    assert found.code == label
    if value is not None:
        assert found.number == pytest.approx(value, rel=1e-9)
    if score is not None:
        # The program scores with slopes of four digits; the document's figures are exact.
        assert found.more["score"] == pytest.approx(score, abs=2e-4)
        by_document = judged(points, target, direction, limit, rules=Rules(follow="document"))
        assert by_document.more["score"] == pytest.approx(score, abs=1e-9)


POINTS = st.dictionaries(st.integers(2015, 2026), st.floats(0.01, 99.99), min_size=2, max_size=9)


@given(POINTS, st.one_of(st.none(), st.just(0.0), st.floats(0.5, 100)), st.sampled_from(["up", "down"]), st.booleans())
def test_the_rule_equals_the_text_on_any_series(
    points: dict[int, float], target: float | None, direction: str, near: bool
) -> None:
    limit = 100.0 if near and target is None and direction == "up" else None
    last, base_year = points[max(points)], min(points)
    near_cut = target is not None and math.isclose(points[base_year], target, rel_tol=1e-6)
    if near_cut or (target is not None and math.isclose(last, target, rel_tol=1e-9)):
        return
    expected, value, score = by_the_text(points, target, direction, limit)
    found = judged(points, target, direction, limit)
    assert found.code == expected
    if value is not None and found.number is not None:
        assert found.number == pytest.approx(value, rel=1e-6, abs=1e-9)
        assert found.more["score"] == pytest.approx(score, abs=3e-4)


def test_the_score_of_an_indicator_is_the_mean_and_all_must_achieve() -> None:
    assert status([5.0, -3.0], achieved=False) == MADE
    assert status([5.0, 5.0], achieved=True) == ACHIEVED
    assert status([-2.5], achieved=False) == LIMITED
    assert status([-2.51], achieved=False) == WORSE
    assert status([], achieved=False) == ""


def test_two_years_since_2015_are_needed_unless_the_program_sees_the_target_met() -> None:
    assert judged({2010: 5, 2015: 9}, 20, "up").reason.code == "one-year-since"
    assert judged({2010: 5, 2015: 30}, 20, "up").code == ACHIEVED
    by_document = judged({2010: 5, 2015: 30}, 20, "up", rules=Rules(follow="document"))
    assert by_document.reason.code == "one-year-since"


def test_the_document_takes_2014_where_figures_are_rare() -> None:
    points = {2010: 20, 2014: 30, 2018: 35, 2022: 60}
    document = judged(points, 100, "up", rules=Rules(follow="document"))
    assert document.more["growth"] == pytest.approx((60 / 30) ** (1 / 8) - 1)
    assert judged(points, 100, "up").more["growth"] == pytest.approx((60 / 35) ** (1 / 4) - 1)


def test_the_document_wants_one_sign_in_all_years() -> None:
    points = {2015: 10, 2017: -1, 2020: 12}
    assert judged(points, 20, "up", rules=Rules(follow="document")).reason.code == "undefined"
    program = judged(points, 20, "up")
    assert program.code
    assert "sign-between" in {defect.code for defect in program.defects}


def test_parity_is_judged_from_both_sides() -> None:
    low = progress(([2015, 2020], [0.5, 0.8], None), Target(1, 2030, "", "x", "equal 1 RO"), indicator="4.5.1")
    high = progress(([2015, 2020], [2.0, 1.25], None), Target(1, 2030, "", "x", "equal 1 RO"), indicator="4.5.1")
    assert low["open-sdg"].number == pytest.approx(high["open-sdg"].number)
    near = progress(([2015, 2020], [0.5, 0.98], None), Target(1, 2030, "", "x", "equal 1 RO"), indicator="4.5.1")
    assert near["open-sdg"].code == ACHIEVED


def test_half_of_the_seats_is_judged_by_its_distance() -> None:
    target = Target(50, 2030, "", "x", "equal 50 PT")
    few = progress(([2015, 2020], [20.0, 35.0], None), target, unit="PT", indicator="5.5.1")["open-sdg"]
    many = progress(([2015, 2020], [80.0, 65.0], None), target, unit="PT", indicator="5.5.1")["open-sdg"]
    assert few.number == pytest.approx(many.number)
    # 50 + |20 − 50| = 80 falls to 65, wanted 50.
    assert few.number == pytest.approx((1 - (65 / 80) ** 0.2) / (1 - (50 / 80) ** (1 / 15)))
    assert "exact-target" in {defect.code for defect in few.defects}


def test_a_growth_rate_is_not_judged_by_its_growth() -> None:
    found = progress(([2015, 2020], [2.0, 3.0], None), Target(None, 2030, "up", "x"), indicator="8.1.1")
    assert found["open-sdg"].reason.code == "growth-rate"
    assert found["un-chart"].reason.code == "growth-rate"


def test_where_the_base_year_stood_at_the_target_the_growth_needed_is_not_defined() -> None:
    found = judged({2015: 100, 2020: 95}, 100, "up")
    assert (found.code, found.reason.code) == ("", "undefined")


def test_from_below_zero_no_growth_leads_to_a_target_above() -> None:
    assert judged({2015: -5, 2020: -3}, 10, "up").reason.code == "undefined"


# --- its defects -----------------------------------------------------------------------------------------------------


def codes(label: Label) -> dict[str, dict]:
    return {defect.code: dict(defect.facts) for defect in label.defects}


def test_zero_target_shows_what_another_small_number_would_give() -> None:
    found = judged({2015: 40, 2018: 20, 2020: 8}, 0, "down")
    facts = codes(found)["zero-target"]
    assert (found.code, facts["label"]) == (LIMITED, MADE)
    assert found.number == pytest.approx((1 - 0.2**0.2) / (1 - (0.001 / 40) ** (1 / 15)))
    assert facts["number"] == pytest.approx((1 - 0.2**0.2) / (1 - (0.01 / 40) ** (1 / 15)))
    sentences = [defect.sentence for defect in found.defects]
    assert any(text.startswith("The target 0 is replaced by 0.001") for text in sentences)


def test_another_end_changes_the_label_and_the_reader_sees_it() -> None:
    found = judged({2015: 50, 2016: 60, 2019: 58, 2020: 80}, 100, "up")
    assert found.code == ON
    told = codes(found)
    assert told["last-year-dropped"]["label"] == MADE
    assert told["base-year-steady"] == {"base_year": 2016}
    assert told["gaps"]["years"] == (2017, 2018)
    assert "uncertainty-unknown" not in told


def test_a_late_base_year_a_fall_after_success_and_a_limit_are_told() -> None:
    assert codes(judged({2017: 50, 2020: 60}, 100, "up"))["base-year"]["base"] == "2017"
    assert "achieved-but-worse" in codes(judged({2015: 90, 2019: 110, 2020: 105}, 100, "up"))
    near = codes(judged({2015: 97, 2020: 98}, None, "up", 100))["near-limit"]
    assert near["scaling"] == pytest.approx(1 - 0.97**4.44)


def test_growth_that_leads_beyond_100_per_cent_is_told() -> None:
    found = judged({2015: 40, 2018: 60, 2020: 80}, 95, "up", unit="PT")
    assert codes(found)["beyond-bound"]["then"] == pytest.approx(80 * 2**2)
