"""The figures of indicator 16.6.2: who is asked, what counts as agreement, and by which groups."""

from __future__ import annotations

from simulate import ASKED, KITS, SATISFIED, SCALE

from datashift.standards.kits import parse_kit

KIT = parse_kit((KITS / "public-service-satisfaction" / "kit.toml").read_text("utf-8"), "kit.toml")


def test_each_service_has_five_attributes_and_one_overall_answer():
    wanted = [f"{service}_{a}".upper() for service, five in ASKED.items() for a in (*five, "attributes", "satisfied")]
    assert all(len(five) == 5 for five in ASKED.values())
    assert sorted(m.id for m in KIT.measures) == sorted([*wanted, "UNMET_NEED"])


def test_only_users_of_the_last_twelve_months_are_asked_about_a_service():
    for measure in KIT.measures:
        if measure.id != "UNMET_NEED" and not measure.parts:
            service = measure.id.partition("_")[0].lower()
            assert measure.denominator[f"{service}_used"] == ("yes",)


def test_the_two_upper_answers_of_four_count_as_agreement():
    for measure in KIT.measures:
        for concept, codes in measure.numerator.items():
            if measure.id != "UNMET_NEED":
                scale = SATISFIED if measure.id.endswith("_SATISFIED") else SCALE
                assert (codes, measure.denominator[concept]) == (scale[:2], scale)


def test_every_figure_is_broken_down_by_income_sex_and_place():
    for measure in KIT.measures:
        assert set(measure.breakdowns) == {("area",), ("sex",), ("income_quintile",), ("place",)}


def test_those_who_went_without_are_asked_what_they_needed_and_why():
    assert {"need_unmet", "need_service", "need_barrier"} <= set(KIT.concepts)
    assert set(KIT.concepts["need_service"].codes) - {"dont_know", "refused"} == set(ASKED)


def test_the_mean_of_a_service_is_over_its_five_attributes_and_not_its_overall_answer():
    for measure in KIT.measures:
        if measure.parts:
            service = measure.id.removesuffix("_ATTRIBUTES").lower()
            assert set(measure.parts) == {f"{service}_{a}".upper() for a in ASKED[service]}
