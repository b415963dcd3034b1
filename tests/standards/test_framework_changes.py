"""What the reviews did with a code, and which figures can be carried from one version to another."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, permutations

import pytest

from datashift.errors import BadStandard
from datashift.language import speaking
from datashift.standards.framework import convert, framework, history, still_means, versions, way
from datashift.standards.framework.changes import KINDS, changes, told

NAMES = ("2017", "2020", "2024", "2025")


def indicators(version: str) -> set[str]:
    return {code for code, entry in framework(version).entries.items() if entry.level == "indicator"}


def refusal(code: str, from_: str, to: str) -> BadStandard:
    with pytest.raises(BadStandard) as caught:
        convert(code, from_, to)
    return caught.value


# --- the list of changes --------------------------------------------------------------------------------------------


def test_the_review_of_2020_has_as_many_changes_as_was_reported() -> None:
    found = Counter(change.kind for change in changes() if change.to_version == "2020")
    # 14 replacements, 8 revisions (and one part of 4.2.1 deleted), 8 additions, 6 deletions of which that is one.
    assert (found["replaced"], found["revised"], found["added"], found["deleted"]) == (14, 9, 8, 5)


def test_the_review_of_2025_adds_three_and_replaces_two() -> None:
    found = [change for change in changes() if change.to_version == "2025"]
    assert {change.to_code for change in found if change.kind == "added"} == {"2.2.4", "8.9.2", "11.c.1"}
    assert {change.from_code for change in found if change.kind == "replaced"} == {"3.b.3", "4.6.1"}
    assert [change.to_code for change in found if change.confirmed] == ["2.2.4", "8.9.2"]


def test_the_changes_explain_every_code_that_came_or_went() -> None:
    for before, after in pairwise(NAMES):
        here = [change for change in changes() if (change.from_version, change.to_version) == (before, after)]
        came = indicators(after) - indicators(before)
        went = indicators(before) - indicators(after)
        assert came <= {change.to_code for change in here if change.from_code != change.to_code}
        assert went <= {change.from_code for change in here if change.from_code != change.to_code}


def test_every_change_names_codes_that_its_versions_have() -> None:
    for change in changes():
        assert change.kind in KINDS
        assert change.from_code or change.kind == "added"
        assert change.to_code or change.kind == "deleted"
        assert not change.from_code or change.from_code in indicators(change.from_version)
        assert not change.to_code or change.to_code in indicators(change.to_version)
        assert NAMES.index(change.to_version) == NAMES.index(change.from_version) + 1


def test_labels_change_where_the_meaning_changed() -> None:
    for change in changes():
        if change.kind == "replaced":
            before = framework(change.from_version).entry(change.from_code).label
            assert before != framework(change.to_version).entry(change.to_code).label
        if change.kind in ("refined", "revised", "moved"):
            before = framework(change.from_version).entry(change.from_code).label
            after = framework(change.to_version).entry(change.to_code).label
            assert before == after or change.from_code == "12.8.1"  # its label named climate, which was taken out


# --- conversion -----------------------------------------------------------------------------------------------------


def test_a_code_without_changes_is_the_same_in_every_version() -> None:
    for from_, to in permutations(NAMES, 2):
        found = convert("6.1.1", from_, to)
        assert (found.to_code, found.steps) == ("6.1.1", ())


def test_a_code_that_moved_is_found_under_its_new_code_and_back() -> None:
    assert convert("17.6.2", "2017", "2025").to_code == "17.6.1"
    assert convert("17.6.1", "2025", "2017").to_code == "17.6.2"
    assert refusal("17.6.1", "2017", "2020").code == "standard.framework-not-same"


@pytest.mark.parametrize(("from_", "to"), list(permutations(NAMES, 2)))
def test_every_conversion_goes_back_to_where_it_came_from(from_: str, to: str) -> None:
    carried = 0
    for code in indicators(from_):
        found = way(code, from_, to)
        if found.same and found.confirmed:
            assert convert(found.codes[0], to, from_).to_code == code
            carried += 1
    assert carried > 195


@pytest.mark.parametrize(
    ("code", "from_", "to", "why"),
    [
        ("8.9.2", "2017", "2020", "deleted"),
        ("8.9.2", "2017", "2025", "deleted"),
        ("8.9.2", "2025", "2017", "before 2020"),
        ("1.a.3", "2017", "2020", "another indicator"),
        ("7.b.1", "2024", "2017", "another indicator"),
        ("4.1.2", "2020", "2017", "did not exist"),
        ("11.5.2", "2020", "2024", "split"),
        ("11.5.3", "2024", "2020", "split"),
        ("17.3.1", "2020", "2025", "another indicator"),
        ("15.9.1", "2017", "2020", "revised"),
    ],
)
def test_what_does_not_mean_the_same_is_refused_with_the_reason(code: str, from_: str, to: str, why: str) -> None:
    problem = refusal(code, from_, to)
    assert problem.code == "standard.framework-not-same"
    assert why in str(problem)


@pytest.mark.parametrize("code", ["4.6.1", "3.b.3", "16.3.1", "2.5.1"])
def test_what_is_not_confirmed_is_refused_as_not_known(code: str) -> None:
    problem = refusal(code, "2024", "2025")
    assert problem.code == "standard.framework-not-known"
    assert "official list" in str(problem)


def test_a_refined_wording_is_carried_and_told() -> None:
    found = convert("16.1.4", "2020", "2024")
    assert [step.kind for step in found.steps] == ["refined"]
    assert "after dark" in told(found.steps[0])
    with speaking("sw"):
        assert "baada ya giza" in told(found.steps[0])


@pytest.mark.parametrize(
    ("code", "from_", "to", "error"),
    [
        ("6.1.1", "2017", "2030", "standard.framework-version"),
        ("6.1.1", "1999", "2020", "standard.framework-version"),
        ("4.1.2", "2017", "2020", "standard.framework-other-version"),
        ("6.1", "2017", "2020", "standard.framework-code"),
        ("nothing", "2017", "2020", "standard.framework-code"),
    ],
)
def test_conversions_of_what_is_not_there_are_refused(code: str, from_: str, to: str, error: str) -> None:
    assert refusal(code, from_, to).code == error


def test_a_split_leads_to_all_its_parts() -> None:
    found = way("11.5.2", "2017", "2025")
    assert found.codes == ("11.5.2", "11.5.3")
    assert not found.same


def test_the_history_of_a_code_is_told_oldest_first() -> None:
    assert [(step.to_version, step.kind) for step in history("14.1.1", "2025")] == [
        ("2020", "refined"), ("2024", "refined"),
    ]  # fmt: skip
    assert history("6.1.1", "2020") == []
    assert [step.kind for step in history("8.9.2", "2017")] == ["deleted"]


def test_a_code_still_means_the_same_only_while_nothing_took_its_place() -> None:
    assert still_means("16.1.4", "2017", "2025")
    assert still_means("15.9.1", "2017", "2024")
    assert not still_means("8.9.2", "2017", "2025")
    assert not still_means("4.6.1", "2024", "2025")
    assert not still_means("6.1", "2024", "2025")


def test_every_kind_of_change_has_words() -> None:
    assert {change.kind for change in changes()} == set(KINDS)
    assert list(versions()) == list(NAMES)
