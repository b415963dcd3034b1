"""A release does not undo what the one before has hidden, and n is rounded where the kit asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datashift.model import Disclosure, Estimate, Kit, Universe
from datashift.protect import protect

PARENTS = {"XX": None, "A": "XX", "B": "XX", "C": "XX"}


def a_kit(round_to: int = 1) -> Kit:
    return Kit(
        id="made-up", version="1.0.0", title={"en": "Made up"}, description={"en": "-"}, indicator="16.6.2",
        relation="local", relation_note={"en": ""}, universe=Universe(unit={"en": "-"}, text={"en": "-"}),
        disclosure=Disclosure(least_n=10, least_effective_n=5.0, round_to=round_to), concepts={}, measures=(),
    )  # fmt: skip


def cells(**counts: int) -> list[Estimate]:
    one = Estimate(
        kit="made-up@1.0.0", measure="SHARE", area="", area_name="", period="2024", value=50.0, se=5.0, lower=40.0,
        upper=60.0, n=0, n_eff=None, deff=None, df=9.0, unit="PT", status="A", method="taylor",
        sampling_type="probability",
    )  # fmt: skip
    return [replace(one, area=area, n=n, n_eff=n / 1.6, deff=1.6) for area, n in counts.items()]


def hidden(shown: list[Estimate]) -> set[str]:
    return {one.area for one in shown if one.status == "Q"}


def released(now: list[Estimate], earlier: list[Estimate]) -> list[Estimate]:
    return protect(now, a_kit(), area_parents=PARENTS, earlier=earlier)


def test_three_who_came_in_later_are_not_told_by_the_difference():
    first = protect(cells(XX=150, A=50, B=60, C=40), a_kit(), area_parents=PARENTS)
    assert hidden(first) == set()
    second = cells(XX=203, A=53, B=90, C=60)
    assert hidden(protect(second, a_kit(), area_parents=PARENTS)) == set()
    assert hidden(released(second, first)) == {"A", "C"}


def test_three_who_withdrew_are_not_told_by_the_difference():
    first = protect(cells(XX=150, A=50, B=60, C=40), a_kit(), area_parents=PARENTS)
    assert "A" in hidden(released(cells(XX=147, A=47, B=60, C=40), first))


def test_many_who_came_in_and_nobody_at_all_hide_nothing():
    first = protect(cells(XX=150, A=50, B=60, C=40), a_kit(), area_parents=PARENTS)
    assert hidden(released(cells(XX=200, A=100, B=60, C=40), first)) == set()
    assert hidden(released(cells(XX=150, A=50, B=60, C=40), first)) == set()


def test_what_was_hidden_stays_hidden_in_the_same_period():
    first = protect(cells(XX=94, A=4, B=60, C=30), a_kit(), area_parents=PARENTS)
    assert hidden(first) == {"A", "C"}
    later = cells(XX=160, A=40, B=90, C=30)
    assert hidden(released(later, first)) == {"A", "C"}
    assert hidden(released([replace(one, period="2025") for one in later], first)) == set()


def test_a_release_is_laid_beside_every_one_before_it_and_not_the_last_alone():
    # Twelve came in by mistake and were taken out again: between the first and the third release there is one person.
    first = protect(cells(XX=150, A=50, B=60, C=40), a_kit(), area_parents=PARENTS)
    second = released(cells(XX=180, A=62, B=78, C=40), first)
    assert hidden(second) == set()
    third = cells(XX=151, A=51, B=60, C=40)
    assert hidden(released(third, second)) == set()
    assert "A" in hidden(released(third, [*first, *second]))
    assert "A" in hidden(released(third, [*second, *first]))


def test_crossed_groups_are_known_again_in_whatever_order_they_are_named():
    def crossed(**counts: int) -> list[Estimate]:
        whole = cells(XX=sum(counts.values()))[0]
        groups = {name: (("sex", name[0]), ("age", name[1:])) for name in counts}
        return [whole, *(replace(cells(XX=n)[0], breakdown=groups[name]) for name, n in counts.items())]

    first = released(crossed(f20=50, m20=60, f60=70, m60=80), [])
    turned = [replace(one, breakdown=one.breakdown[::-1]) for one in first]
    second = crossed(f20=52, m20=90, f60=100, m60=110)
    assert [one.status for one in released(second, turned)] == [one.status for one in released(second, first)]
    assert [one.breakdown for one in released(second, turned) if one.status == "Q"]


@pytest.mark.parametrize("base", [5, 10])
def test_rounded_numbers_of_answers_give_no_exact_one_away(base):
    shown = protect(cells(XX=153, A=52, B=61, C=40), a_kit(base), area_parents=PARENTS)
    for one in shown:
        assert one.n % base == 0
        assert one.n_eff is not None
        assert one.n_eff % base == 0
        assert one.deff == one.n / one.n_eff
    assert [one.n for one in protect(cells(A=52), a_kit(), area_parents=PARENTS)] == [52]
