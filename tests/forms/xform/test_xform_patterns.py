"""Patterns of regex() mean what they mean in ODK Collect, or are refused."""

import pytest
from documented_forms import PATTERNS, SUBJECTS, UNSHARED

from datashift.forms.xform.patterns import compiled, shared_pattern


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_fits_what_java_says_it_fits(pattern: str) -> None:
    found = compiled(shared_pattern(pattern))
    assert sorted(one for one in SUBJECTS if found.fullmatch(one)) == sorted(PATTERNS[pattern])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_in_shared_words_stays_as_it_is(pattern: str) -> None:
    assert shared_pattern(shared_pattern(pattern)) == shared_pattern(pattern)


@pytest.mark.parametrize("pattern", UNSHARED)
def test_a_pattern_that_others_read_in_another_way_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        shared_pattern(pattern)
