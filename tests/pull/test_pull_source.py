"""Sources from TOML and states from JSON: what cannot be is said, and a token never stands in either."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadPull, DataShiftError
from datashift.pull import Source, State, parse_source, read_state

KOBO = 'kind = "kobo"\naddress = "https://kf.example/"\nform = "aXyz"\n'


def test_a_source_is_read_from_toml() -> None:
    source = parse_source(KOBO + 'token_from = "KOBO_TOKEN"\n', "kobo.toml")
    assert (source.home, source.asset, source.secret({"KOBO_TOKEN": " abc "})) == ("https://kf.example", "aXyz", "abc")


@pytest.mark.parametrize("field", ["token", "password", "api_key", "secret"])
def test_a_token_in_the_file_is_refused_and_not_repeated(field: str) -> None:
    with pytest.raises(BadPull) as caught:
        parse_source(KOBO + f'{field} = "geheim"\n', "kobo.toml")
    assert caught.value.code == "pull.token-in-file"
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(("text", "code"), [
    ("kind = kobo", "pull.not-toml"),
    ('kind = "excel"\naddress = "geheim"', "pull.bad-field"),
    ('kind = "kobo"\naddress = "https://kf.example"', "pull.bad-field"),
    ('kind = "odk-central"\naddress = "https://a.example"\nform = "f"', "pull.bad-field"),
    ('kind = "openaq"', "pull.bad-field"),
    ('kind = "sensors"\naddress = "https://a.example/{date}.csv"', "pull.bad-field"),
    (KOBO + 'tokenn = "geheim"', "pull.bad-field"),
    (KOBO + "form = 7", "pull.not-toml"),
])  # fmt: skip
def test_what_does_not_fit_is_said_without_what_was_written(text: str, code: str) -> None:
    with pytest.raises(BadPull) as caught:
        parse_source(text, "source.toml")
    assert caught.value.code == code
    assert "geheim" not in str(caught.value)


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(BadPull, match="KOBO_TOKEN holds no token"):
        parse_source(KOBO + 'token_from = "KOBO_TOKEN"\n', "kobo.toml").secret({})


def test_two_sources_have_two_marks_and_a_new_token_is_the_same_source() -> None:
    one = parse_source(KOBO, "a.toml")
    assert one.mark != parse_source(KOBO.replace("aXyz", "bXyz"), "a.toml").mark
    assert one.mark == Source(kind="kobo", address="https://kf.example", form="aXyz", token="new").mark


def test_a_state_comes_back_from_its_json() -> None:
    state = State("m", {"1": "d"}, "2026", "c", ("1",), "2025", True, {"": {"etag": '"1"'}})
    assert read_state(state.as_json(), "s") == state


WHOLE = State("m", {"1": "d"}).as_json()


FIELDS = st.dictionaries(
    st.sampled_from([*json.loads(WHOLE)]), st.none() | st.integers() | st.lists(st.integers(), max_size=2)
)
NOTES = st.one_of(
    st.text(max_size=40),
    st.integers(0, len(WHOLE) - 1).map(lambda n: WHOLE[:n]),
    FIELDS.map(lambda more: json.dumps(json.loads(WHOLE) | more)),
)


@given(NOTES)
def test_a_note_that_is_none_never_gives_a_traceback(text: str) -> None:
    try:
        state = read_state(text, "state.json")
    except DataShiftError as problem:
        code = problem.code
    else:
        code = ""
        assert read_state(state.as_json(), "s") == state
    assert code in ("", "pull.not-state")
