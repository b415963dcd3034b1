"""What counts as an improved water point is decided by its type alone."""

from __future__ import annotations

from simulate import KITS

from datashift.standards.kits import parse_kit

KIT = parse_kit((KITS / "water-point-functionality" / "kit.toml").read_text("utf-8"), "kit.toml")


def test_types_of_the_joint_monitoring_programme_are_improved_and_open_water_is_not():
    improved = set(KIT.measure("WP_FUNCTIONAL").denominator["technology"])
    assert {"public_standpipe", "public_standpipe_multiple", "hand_pump", "improved_spring"} <= improved
    assert not improved & {"cattle_trough", "dam", "surface_water", "unprotected_well", "unimproved_spring"}


def test_another_type_is_unknown_and_so_neither_improved_nor_unimproved():
    codes = KIT.concepts["technology"].codes
    assert [code for code, answer in codes.items() if answer.unknown] == ["other", "unknown"]


def test_every_measure_speaks_of_the_same_improved_types():
    lists = {m.denominator.get("technology") or m.numerator["technology"] for m in KIT.measures}
    assert len(lists) == 1


def test_words_of_existing_registers_are_known_spellings():
    spoken = {
        word: (name, code)
        for name, concept in KIT.concepts.items()
        for code, answer in concept.codes.items()
        for word in answer.synonyms
    }
    assert spoken["communal standpipe multiple"] == ("technology", "public_standpipe_multiple")
    assert spoken["functional needs repair"] == ("status", "needs_repair")
    assert spoken["non functional"] == ("status", "non_functional")
    assert spoken["user-group"] == ("management", "community")
    assert spoken["parastatal"] == ("management", "government")


def test_places_of_water_points_may_be_shown_because_they_are_public():
    assert KIT.universe.public_infrastructure


def test_figures_weighted_by_people_need_four_known_numbers_in_five():
    measure = KIT.measure("WP_FUNCTIONAL_PERSONS")
    assert (measure.size, measure.least_response) == ("population", 0.8)
    assert KIT.measure("PERSONS_PER_WORKING_POINT").margin == "population"
    assert KIT.measure("PERSONS_PER_WORKING_POINT").desired == "down"
