"""K2: how many equal rows chance gives, where columns go together as they do in this file."""

from __future__ import annotations

import numpy as np
import pytest

from datashift.assess.alike.copies import chance_of_copies
from datashift.assess.form.structure import copies
from tests.assess.sheets import bound, classes, columns_of, evidence, independent, skewed, skipping, trait

SHORT = {
    "8 yes or no": lambda rng, rows: independent(rng, rows, 8, 2),
    "5 kinds of people": lambda rng, rows: classes(rng, rows, 10, 2, 5, 0.4),
    "6 kinds, three answers": lambda rng, rows: classes(rng, rows, 12, 3, 6, 0.3),
    "rich and poor": lambda rng, rows: trait(rng, rows, 12, 2),
    "bound questions": lambda rng, rows: bound(rng, rows, 16, 3),
    "skipped parts": lambda rng, rows: skipping(rng, rows, 24, 2, 6),
    "20 mostly no": lambda rng, rows: skewed(rng, rows, 20, 0.1),
}


@pytest.mark.parametrize("form", SHORT)
@pytest.mark.parametrize("rows", [25, 60, 300])
def test_equal_answers_of_honest_people_are_no_copies(form, rows):
    """Columns that go together make equal rows likelier; the plain product of shares would speak here."""
    spoken = [
        bool(copies(evidence(columns_of(SHORT[form](np.random.default_rng(seed), rows)))).findings) for seed in range(8)
    ]
    assert sum(spoken) <= 1


@pytest.mark.parametrize("rows", [30, 300, 3000])
def test_a_few_copies_in_a_long_form_are_found(rows):
    rng = np.random.default_rng(1)
    sheets = classes(rng, rows, 60, 4, 5)
    sheets[-3:] = sheets[:3]
    (finding,) = copies(evidence(columns_of(sheets))).findings
    assert finding.rows == tuple(range(rows - 1, rows + 2))
    assert (finding.facts["expected"], finding.tested) == (0, 1)
    assert finding.p_value is not None
    assert finding.p_value < 1e-3


def test_an_interview_that_was_sent_many_times_is_found():
    rng = np.random.default_rng(2)
    sheets = independent(rng, 100, 40, 3)
    sheets[20:60] = sheets[0]
    (finding,) = copies(evidence(columns_of(sheets))).findings
    assert finding.rows == tuple(range(22, 62))


def test_the_chance_of_copies_falls_with_their_number_and_rises_with_what_is_expected():
    assert chance_of_copies(0, 0.0) == 1.0
    assert chance_of_copies(1, 0.0) == 0.0
    assert chance_of_copies(1, 0.01) == pytest.approx(0.01, rel=0.02)
    assert chance_of_copies(20, 1.0) < chance_of_copies(3, 1.0) < chance_of_copies(3, 5.0)
    assert chance_of_copies(500, 400.0) > 0.05  # the expected number is not known that well


def test_a_file_with_nothing_but_ids_cannot_be_looked_at():
    outcome = copies(evidence({"id": [str(one) for one in range(50)]}, row_id="id"))
    assert (outcome.findings, outcome.tested) == ((), 0)
    assert outcome.idle


def test_in_a_handful_of_rows_only_what_is_all_different_shows_a_copy():
    rng = np.random.default_rng(3)
    short = columns_of(independent(rng, 8, 3, 2))
    assert copies(evidence(short)).findings == ()
    named = {**short, "spot": [f"{one}.5" for one in rng.permutation(8)]}
    twice = {name: [*values, values[2]] for name, values in named.items()}
    assert copies(evidence(twice)).findings[0].rows == (10,)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_rows_are_no_copies(rows):
    assert copies(evidence(columns_of(np.zeros((rows, 4), int)))).findings == ()
