"""Bands of ages are read as people write them, never overlap, and are folded to what both sides know."""

import math

import pytest

from datashift.standards.ages import Band, band, common, without_overlap


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("0 - 4", "Y0T4"), ("10 -14", "Y10T14"), ("15_24", "Y15T24"), ("15 to 24", "Y15T24"), ("Y15T24", "Y15T24"),
        ("17", "Y17"), ("0", "Y0"), ("55_plus", "Y_GE55"), ("100+", "Y_GE100"), ("65 years and over", "Y_GE65"),
        ("Y_GE65", "Y_GE65"), ("Y65T999", "Y_GE65"), ("Under 5 years old", "Y0T4"), ("25-64 years", "Y25T64"),
    ],
)  # fmt: skip
def test_a_band_is_read_however_it_is_written(word: str, code: str) -> None:
    found = band(word)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("word", ["Total", "Not Stated", "", "24-15", "adults", "under 0"])
def test_a_word_that_is_no_age_is_none(word: str) -> None:
    assert band(word) is None


def bands(*words: str) -> list[Band]:
    return [found for word in words if (found := band(word))]


def test_of_single_years_and_their_bands_the_years_stay() -> None:
    kept, odd = without_overlap(bands("0-4", "0", "1", "2", "3", "4", "0-9", "5-9"))
    assert [one.code for one in kept] == ["Y0", "Y1", "Y2", "Y3", "Y4", "Y5T9"]
    assert odd is None


def test_a_band_that_overlaps_without_being_made_of_others_is_told() -> None:
    assert without_overlap(bands("0-9", "9-14", "15-19"))[1] == Band(0, 10)


def test_both_sides_are_folded_to_the_ages_at_which_both_begin_a_band() -> None:
    survey, census = bands("15_24", "25_39", "40_54", "55+"), bands("0-4", "5-14", "15-24", "25-64", "65+")
    assert common(survey, census) == [Band(15, 25), Band(25, math.inf)]
    assert common(census, survey) == common(survey, census)


def test_ages_that_one_side_lacks_are_in_no_common_band() -> None:
    assert common(bands("15-24", "35-44"), bands("15-24", "25-34", "35-44")) == [Band(15, 25), Band(35, 45)]
    assert common(bands("15-24", "25-39"), bands("10-19", "20-29")) == []
