"""What the report says of a comparison and what may be claimed from it are never two different things."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.claims import Beside, Several, licensed, subject, tables, together
from datashift.compare import Rules, compare, contest_sentence, verdict_word
from datashift.model import Benchmark, Estimate, Measure

KINDS = {"gap": "gap", "no_gap_seen": "no_gap", "cannot_tell": "unknown", "not_comparable": "not_comparable",
         "official_stale": "stale"}  # fmt: skip


class _Kit:
    class universe:
        people, public_infrastructure = False, True


def estimate(value: float, se: float, area: str = "A", **stated: Any) -> Estimate:
    given: dict[str, Any] = {
        "kit": "k", "measure": "m", "area": area, "area_name": f"Place {area}", "period": "2012", "value": value,
        "se": se, "lower": max(value - 2.1 * se, 0.0), "upper": min(value + 2.1 * se, 100.0), "n": 400, "n_eff": 300.0,
        "deff": 1.3, "df": 25.0, "unit": "PT", "status": "A", "method": "design-based",
        "sampling_type": "probability",
    }  # fmt: skip
    return Estimate(**(given | stated))


def official(value: float, area: str = "A", **stated: Any) -> Benchmark:
    given: dict[str, Any] = {
        "measure": "m", "source": "Office", "released": "2013", "retrieved": "2013-05-01", "series": "S", "area": area,
        "area_name": f"Place {area}", "period": "2012", "value": value, "unit": "PT", "nature": "C",
        "relation": "same", "definition": {"en": "Points that work"}, "difference": {"en": "It is another."}, "se": 1.0,
    }  # fmt: skip
    return Benchmark(**(given | stated))


def rows(estimates: list[Estimate], figures: list[Benchmark], relevant: float | None, level: float) -> list[Beside]:
    measure = Measure(
        id="m", label={"en": "Working"}, finding={"en": ""}, estimator="proportion", relevant_difference=relevant
    )
    found = compare(estimates, figures, measures={"m": measure}, areas={}, rules=Rules(confidence=level))
    return together(found, {"m": subject(measure, _Kit())}, estimates)  # type: ignore[arg-type]


@st.composite
def compared(draw: st.DrawFn) -> list[Beside]:
    estimates, figures = [], []
    for area in "ABC"[: draw(st.integers(1, 3))]:
        value = draw(st.sampled_from([0.0, 3.0, 40.0, 60.0, 97.0, 100.0]))
        estimates.append(
            estimate(
                value, draw(st.sampled_from([0.0, 0.5, 2.0, 8.0])), area,
                df=draw(st.sampled_from([0.0, 3.0, 25.0, None])), status=draw(st.sampled_from(["A", "A", "U"])),
                sampling_type=draw(st.sampled_from(["probability", "probability", "small_area_census", "volunteer"])),
                facts=draw(st.sampled_from([{}, {}, {"bias_sd": 2.0}])),
            )
        )  # fmt: skip
        for nature in draw(st.sampled_from([["C"], ["C"], ["CA"], ["E"], [""], ["C", "E"]])):
            figures.append(
                official(
                    draw(st.sampled_from([0.0, 5.0, 50.0, 58.0, 100.0, 110.0])), area, nature=nature,
                    period=draw(st.sampled_from(["2012", "2012", "2011/2013", "2011", "2004", "2020"])),
                    se=draw(st.sampled_from([1.0, 1.0, 0.0, None, float("nan")])),
                    facts=draw(st.sampled_from([{}, {}, {"lower": 48.0, "upper": 52.0}])),
                    stated=draw(st.sampled_from(["", "", "Somebody"])),
                    relation=draw(st.sampled_from(["same", "same", "same", "different"])),
                )
            )  # fmt: skip
    relevant = draw(st.sampled_from([None, 0.0, 5.0, 10.0]))
    return rows(estimates, figures, relevant, draw(st.sampled_from([0.9, 0.95, 0.99])))


@settings(max_examples=150, deadline=None)
@given(compared())
def test_the_verdict_word_and_the_verb_of_the_claim_are_the_same(found: list[Beside]) -> None:
    for one in found:
        grades = {made.kind: made.grade for made in licensed(one)}
        word, kind = verdict_word(one.comparison), KINDS.get(one.comparison.verdict, "no_official")
        assert kind in grades, (one.comparison, grades)
        said = word.split(",")[0]
        assert grades[kind] == said or kind in ("stale", "no_official"), (one.comparison, grades)
        assert not {"gap", "no_gap", "unknown", "not_comparable"} & set(grades) - {kind}
        # What would have to be wrong is claimed exactly where the report says it.
        asked = contest_sentence(one.comparison)
        assert ("contest" in grades) == (bool(asked) and not asked.startswith("Nothing")), (asked, grades)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_a_small_difference_is_contested_where_the_report_contests_it(level: float) -> None:
    """At 90 % the interval of 3 beside 5 just leaves out 0; at 95 % chance explains all of it."""
    one = rows([estimate(3.0, 0.5)], [official(5.0)], 5.0, level)[0]
    asked = contest_sentence(one.comparison)
    claimed = "contest" in {made.kind for made in licensed(one)}
    assert (claimed, asked.startswith("Nothing")) == ((True, False) if level == 0.9 else (False, True))


@settings(max_examples=100, deadline=None)
@given(compared())
def test_in_a_table_no_area_counts_twice_and_no_gap_is_lost(found: list[Beside]) -> None:
    for table in tables(found):
        assert isinstance(table, Several)
        areas = [row.comparison.area for row in table.comparisons]
        assert len(set(areas)) == len(areas)
        for made in licensed(table):
            told = {n.where: n.value for n in made.numbers}
            assert told.get("several.comparisons", 0) <= len(areas)


@pytest.mark.parametrize(
    ("asked", "figure", "word"),
    [
        ({}, {}, "shows"),
        ({"status": "U"}, {}, "suggests"),
        ({}, {"se": None, "facts": {"lower": 48.0, "upper": 52.0}}, "shows"),
    ],
)
def test_low_reliability_only_suggests_and_published_limits_are_an_uncertainty(
    asked: dict[str, Any], figure: dict[str, Any], word: str
) -> None:
    [one] = rows([estimate(62.0, 2.0, **asked)], [official(50.0, **figure)], 5.0, 0.95)
    grades = {made.kind: made.grade for made in licensed(one)}
    assert (verdict_word(one.comparison), grades["gap"]) == (word, word)


def test_two_chosen_parts_of_one_official_series_are_two_families() -> None:
    parts = [official(50.0, facts={"select": {"place": name}}) for name in ("town", "countryside")]
    found = rows([estimate(62.0, 2.0)], parts, 5.0, 0.95)
    assert [one.among for one in found] == [(1, 1), (1, 1)]
    assert tables(found) == []
