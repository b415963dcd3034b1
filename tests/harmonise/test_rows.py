"""Every row arrives or is explained; nothing is guessed."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadRecipe, LostRows
from datashift.harmonise import harmonise, join
from datashift.harmonise import rows as harmonise_rows
from datashift.model import Area, Kit, Origin, Raw, Recipe

LABEL = {"en": "x"}
KIT = Kit.model_validate(
    {
        "id": "k", "version": "1", "title": LABEL, "description": LABEL, "indicator": "0", "relation": "local",
        "relation_note": LABEL, "universe": {"unit": LABEL, "text": LABEL}, "measures": [],
        "concepts": {
            "works": {"label": {"en": "Does it work?"}, "codes": {"yes": {"label": LABEL}, "no": {"label": LABEL}}},
            "people": {"label": LABEL, "kind": "number"},
            "note": {"label": LABEL, "kind": "text"},
        },
    }
)  # fmt: skip
AREAS = {"north": Area("N", "North", "ZZ", 1), "south": Area("S", "South", "ZZ", 1)}


def recipe(**more: object) -> Recipe:
    base = {
        "id": "r", "title": LABEL, "kit": "k", "producer": "p", "source": [{"file": "answers.csv"}],
        "missing": ["", "NA"],
        "columns": {
            "works": {"column": "state", "codes": {"ok": "yes", "broken": "no", "??": ""}},
            "people": {"column": "users", "missing": ["0"]},
        },
        "place": {"country": "ZZ", "as_of": date(2020, 1, 1), "column": "where"},
        "period": {"label": "2020", "column": "day", "first": date(2020, 1, 1), "last": date(2020, 12, 31)},
        "design": {"sampling_type": "probability"},
    }  # fmt: skip
    return Recipe.model_validate({**base, **more})


COLUMNS = ("id", "where", "state", "users", "day")
GOOD = ("007", "North", "ok", "12", "2020-05-01")


def raw(*rows: tuple[str, ...], names: tuple[str, ...] = COLUMNS) -> pa.Table:
    data = {name: pa.array([row[k] for row in rows], pa.string()) for k, name in enumerate(names)}
    return pa.table({"_row": pa.array(range(2, 2 + len(rows)), pa.int64()), **data})


def run(table: pa.Table, chosen: Recipe | None = None, margins: dict | None = None):
    return harmonise(
        table, chosen or recipe(), KIT, resolve=lambda name: AREAS.get(name.strip().lower()), margins=margins or {}
    )


def test_values_become_codes_and_numbers_and_rows_balance() -> None:
    found = run(raw(GOOD, ("008", "south ", " BROKEN", "NA", "2020-06-01")))
    assert found.observations["works"].to_pylist() == ["yes", "no"]
    assert found.observations["people"].to_pylist() == [12.0, None]
    assert found.observations["area"].to_pylist() == ["N", "S"]
    assert (found.rows_in, found.rows_out, found.rows_explained) == (2, 2, 0)


@pytest.mark.parametrize("zero", ["0", "0.0", "00", " 0 "])
def test_a_number_that_the_recipe_calls_unknown_is_missing_however_it_is_written(zero: str) -> None:
    assert run(raw(("1", "North", "ok", zero, "2020-05-01"))).observations["people"].to_pylist() == [None]


def test_a_value_that_the_recipe_empties_is_missing_and_not_rejected() -> None:
    found = run(raw(("1", "North", "??", "1", "2020-05-01")))
    assert found.observations["works"].to_pylist() == [None]


def test_a_code_of_the_kit_needs_no_mapping() -> None:
    assert run(raw(("1", "North", "yes", "1", "2020-05-01"))).observations["works"].to_pylist() == ["yes"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("1", "North", "boreholle", "1", "2020-05-01"), "harmonise.unknown-code"),
        (("1", "Nowhere", "ok", "1", "2020-05-01"), "harmonise.unknown-place"),
        (("1", "", "ok", "1", "2020-05-01"), "harmonise.no-place"),
        (("1", "North", "ok", "twelve", "2020-05-01"), "harmonise.not-a-number"),
        (("1", "North", "ok", "1e999", "2020-05-01"), "harmonise.not-a-number"),
        (("1", "North", "ok", "1", "01/05/2020"), "harmonise.not-a-date"),
        (("1", "North", "ok", "1", ""), "harmonise.no-date"),
        (("1", "North", "ok", "1", "1970-01-01"), "harmonise.outside-period"),
        (("", "", "", "", ""), "harmonise.empty-row"),
    ],
)
def test_a_row_that_cannot_be_used_is_listed_with_row_code_and_repair(row: tuple[str, ...], code: str) -> None:
    found = run(raw(GOOD, row))
    assert found.rejects.to_pylist()[0]["code"] == code
    assert found.rejects["row"].to_pylist() == [3]
    assert found.rejects["text"].to_pylist()[0].startswith("Row 3")
    assert (found.rows_out, found.rows_explained) == (1, 1)


def test_a_row_with_two_problems_is_one_explained_row_with_two_lines() -> None:
    found = run(raw(GOOD, ("1", "Nowhere", "what", "1", "2020-05-01")))
    assert found.rejects.num_rows == 2
    assert found.rows_explained == 1


def test_a_repeated_id_keeps_the_first_row_and_names_it() -> None:
    found = run(raw(GOOD, GOOD, ("", *GOOD[1:]), ("", *GOOD[1:])), recipe(row_id="id"))
    assert found.observations["row"].to_pylist() == [2, 4, 5]
    assert "row 2" in found.rejects["text"].to_pylist()[0]


def test_the_value_of_a_personal_column_is_not_repeated_in_the_text() -> None:
    found = run(raw(("1", "Jane Doe 0712345678", "ok", "1", "2020-05-01")), recipe(personal=["where"]))
    assert "Jane" not in found.rejects["text"].to_pylist()[0]


def test_decimal_commas_are_read_where_the_recipe_says_so() -> None:
    columns = {"people": {"column": "users", "decimal": ","}}
    found = run(raw(("1", "North", "ok", "1.234,5", "2020-05-01")), recipe(columns=columns))
    assert found.observations["people"].to_pylist() == [1234.5]


@pytest.mark.parametrize(
    ("decimal", "written", "number"),
    [
        (",", "1.234,5", 1234.5), (",", "1.234", 1234.0), (",", "-3,5", -3.5), (",", "12.5", None),
        (",", "1,234.5", None),
        (".", "12.5", 12.5), (".", "1e3", 1000.0), (".", ".5", 0.5), (".", "1,234.5", None), (".", "1,5", None),
        (".", "1_000", None), (".", "१२", 12.0),
    ],
)  # fmt: skip
def test_a_number_with_the_other_decimal_sign_is_never_read_as_another_number(
    decimal: str, written: str, number: float | None
) -> None:
    columns = {"people": {"column": "users", "decimal": decimal}}
    found = run(raw(("1", "North", "ok", written, "2020-05-01")), recipe(columns=columns))
    assert found.observations["people"].to_pylist() == ([] if number is None else [number])
    assert found.rows_explained == (number is None)


def test_weights_share_out_the_margin_over_the_rows_that_are_used() -> None:
    rows = raw(GOOD, GOOD, ("1", "South", "ok", "1", "2020-05-01"), ("1", "North", "what", "1", "2020-05-01"))
    chosen = recipe(
        design={"sampling_type": "quota", "weight_margin": "population"},
        margin={"population": {"source": "census", "as_of": date(2020, 1, 1), "totals": {}}},
    )
    found = run(rows, chosen, {"population": {"N": 900.0, "S": 100.0}})
    assert found.observations["weight"].to_pylist() == [450.0, 450.0, 100.0]


def test_a_row_without_a_weight_is_explained_and_a_weight_of_zero_stays() -> None:
    names = (*COLUMNS, "w")
    table = raw((*GOOD, "0"), (*GOOD, ""), (*GOOD, "-1"), (*GOOD, "2.5"), names=names)
    found = run(table, recipe(design={"sampling_type": "probability", "weights": "w"}))
    assert found.observations["weight"].to_pylist() == [0.0, 2.5]
    assert set(found.rejects["code"].to_pylist()) == {"harmonise.bad-weight"}


def test_strata_and_clusters_are_joined_columns_and_each_row_is_its_own_cluster_without_them() -> None:
    table = raw(GOOD, ("2", "South", "ok", "1", "2020-05-01"))
    design = {"sampling_type": "probability", "strata": ["area"], "clusters": [["where", "id"]]}
    found = run(table, recipe(design=design)).observations
    assert found["stratum"].to_pylist() == ["N", "S"]
    assert found["cluster"].to_pylist() == ["North / 007", "South / 2"]
    assert run(table).observations["cluster"].to_pylist() == ["r/2", "r/3"]


def test_a_year_column_gives_each_row_its_period() -> None:
    chosen = recipe(period={"column": "day", "format": "%Y", "by": "year"})
    assert run(raw(("1", "North", "ok", "1", "2019")), chosen).observations["period"].to_pylist() == ["2019"]


def test_a_column_that_is_not_there_is_named_with_the_nearest_names() -> None:
    with pytest.raises(BadRecipe, match="users") as problem:
        run(raw(GOOD), recipe(columns={"people": {"column": "Users "}}))
    assert problem.value.code == "recipe.no-column"


def test_rows_that_would_be_lost_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    real = harmonise_rows._observations
    monkeypatch.setattr(harmonise_rows, "_observations", lambda *a: real(*a).slice(1))
    with pytest.raises(LostRows, match="2 rows came in, 1 went out"):
        run(raw(GOOD, GOOD))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=3),
            st.sampled_from(["North", "south", "", "x"]),
            st.sampled_from(["ok", "broken", "", "NA", "maybe"]),
            st.one_of(st.sampled_from(["0", "", "7", "1,5"]), st.text(max_size=4)),
            st.sampled_from(["2020-02-02", "1970-01-01", "", "x"]),
        ),
        max_size=30,
    )
)
def test_every_row_of_any_table_arrives_or_is_explained(rows: list[tuple[str, ...]]) -> None:
    found = run(raw(*rows), recipe(row_id="id"))
    seen = found.observations["row"].to_pylist() + sorted(set(found.rejects["row"].to_pylist()))
    assert sorted(seen) == list(range(2, 2 + len(rows)))
    assert found.rows_in == found.rows_out + found.rows_explained


def _source(table: pa.Table) -> Raw:
    return Raw(table, Origin("other.csv", "0" * 64, 1, "csv"))


def test_two_files_are_joined_by_id_whatever_their_order() -> None:
    first = raw(("a", "1"), ("b", "2"), names=("id", "x"))
    second = raw(("b", "B"), ("a", "A"), names=("id", "y"))
    joined = join(_source(first), [(_source(second), "id")])
    assert joined["y"].to_pylist() == ["A", "B"]
    assert joined["_row"].to_pylist() == [2, 3]


@pytest.mark.parametrize("others", [[("a", "A")], [("a", "A"), ("a", "B")], [("a", "A"), ("b", "B"), ("c", "C")]])
def test_files_that_do_not_join_one_to_one_are_refused(others: list[tuple[str, str]]) -> None:
    first = raw(("a", "1"), ("b", "2"), names=("id", "x"))
    with pytest.raises(BadRecipe, match="one to one"):
        join(_source(first), [(_source(raw(*others, names=("id", "y"))), "id")])


# --- rows that are meant, answers among others, other units ---------------------------------------------------------

TOTAL = ("Total", "North", "ok", "99", "2020-05-01")


def test_rows_that_the_recipe_does_not_mean_are_explained_with_its_reason() -> None:
    choice = [{"column": "id", "without": ["Total"], "why": {"en": "It is the sum of the others."}}]
    found = run(raw(GOOD, TOTAL), recipe(rows=choice))
    assert (found.rows_in, found.rows_out, found.rows_explained) == (2, 1, 1)
    assert found.rejects["code"].to_pylist() == ["harmonise.not-meant"]
    assert found.rejects["text"].to_pylist() == [
        "Row 3: 'Total' in id is not meant by this recipe: It is the sum of the others."
    ]


def test_only_the_values_named_are_meant_and_nothing_else_is_said_of_the_other_rows() -> None:
    choice = [{"column": "where", "only": ["North"], "why": {"en": "x"}}]
    found = run(raw(GOOD, ("9", "Atlantis", "purple", "many", "never")), recipe(rows=choice))
    assert found.rejects["code"].to_pylist() == ["harmonise.not-meant"]
    assert found.rows_explained == 1


def test_a_row_is_left_out_by_the_first_choice_that_does_not_mean_it() -> None:
    choices = [
        {"column": "id", "without": ["Total"], "why": {"en": "first"}},
        {"column": "where", "only": ["South"], "why": {"en": "second"}},
    ]
    found = run(raw(GOOD, TOTAL), recipe(rows=choices))
    assert [text.rpartition(" ")[2] for text in found.rejects["text"].to_pylist()] == ["second", "first"]


def test_an_empty_row_stays_an_empty_row() -> None:
    choice = [{"column": "where", "only": ["North"], "why": {"en": "x"}}]
    found = run(raw(GOOD, ("", "", "", "", "")), recipe(rows=choice))
    assert found.rejects["code"].to_pylist() == ["harmonise.empty-row"]


def test_a_personal_value_is_not_quoted_where_its_row_is_not_meant() -> None:
    choice = [{"column": "id", "without": ["Total"], "why": {"en": "x"}}]
    assert "Total" not in run(raw(TOTAL), recipe(rows=choice, personal=["id"])).rejects["text"].to_pylist()[0]


def test_an_answer_among_others_in_one_cell_gets_its_code_in_the_order_of_the_recipe() -> None:
    codes = {"works": {"column": "state", "match": "part", "codes": {"broken": "no", "ok": "yes"}}}
    rows = [("1", "North", state, "1", "2020-05-01") for state in ("ok, cheap", "ok broken", "books", "unbroken")]
    found = run(raw(*rows), recipe(columns=codes))
    assert found.observations["works"].to_pylist() == ["yes", "no"]
    assert found.rejects["value"].to_pylist() == ["books", "unbroken"]


def test_a_factor_brings_a_number_to_the_unit_of_the_kit() -> None:
    columns = {"people": {"column": "users", "factor": 0.001, "missing": ["0"]}}
    found = run(raw(GOOD, ("8", "North", "ok", "0", "2020-05-01")), recipe(columns=columns))
    assert found.observations["people"].to_pylist() == [0.012, None]


def test_rows_taken_out_by_a_correction_are_explained() -> None:
    found = harmonise(
        raw(GOOD), recipe(), KIT, resolve=lambda name: AREAS.get(name.lower()), margins={}, removed={3: "sent twice"}
    )
    assert (found.rows_in, found.rows_out, found.rows_explained) == (2, 1, 1)
    assert found.rejects["text"].to_pylist() == ["Row 3 was taken out by a correction: sent twice"]
