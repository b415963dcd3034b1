"""Sealed texts open with one key, in one place, and with nothing changed; nothing else opens them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift import sealed
from datashift.errors import CannotUnseal
from datashift.sealed import Keys, Where

KEYS = sealed.new_keys()
PRIVATE = sealed.read_key(KEYS.private)
HERE = Where("household", "uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", "house/person[2]/name")
ANY_TEXT = st.text(st.characters(codec="utf-8"))


@given(ANY_TEXT, st.builds(Where, ANY_TEXT, ANY_TEXT, ANY_TEXT))
@settings(max_examples=80, deadline=None)
def test_any_text_comes_back_as_it_was(text: str, where: Where) -> None:
    made = sealed.seal(text, KEYS.public, where)
    assert sealed.is_sealed(made)
    assert sealed.where_of(made) == where
    assert sealed.unseal(made, PRIVATE, where) == text


@given(st.text(min_size=1, max_size=200), st.data())
@settings(max_examples=150, deadline=None)
def test_every_changed_sign_is_noticed(text: str, data: st.DataObject) -> None:
    made = sealed.seal(text, KEYS.public, HERE)
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from(sorted(set("ABCxyz019-_") - {made[at]})))
    with pytest.raises(CannotUnseal):
        sealed.unseal(made[:at] + other + made[at + 1 :], PRIVATE, HERE)


@given(st.binary(max_size=3000), ANY_TEXT)
@settings(max_examples=60, deadline=None)
def test_any_file_comes_back_with_its_name(content: bytes, name: str) -> None:
    made = sealed.seal_file(name, content, KEYS.public, HERE)
    assert sealed.unseal_file(made, PRIVATE) == (name, content)


@given(st.integers(1, 4000))
@settings(max_examples=80, deadline=None)
def test_a_file_that_was_cut_off_or_changed_is_noticed(at: int) -> None:
    made = bytearray(sealed.seal_file("a.jpg", b"x" * 4000, KEYS.public, HERE))
    with pytest.raises(CannotUnseal):
        sealed.unseal_file(bytes(made[:-at]), PRIVATE)
    made[-at] ^= 1
    with pytest.raises(CannotUnseal):
        sealed.unseal_file(bytes(made), PRIVATE)


def test_a_text_that_was_moved_to_another_field_or_submission_does_not_open_there() -> None:
    made = sealed.seal("yes", KEYS.public, HERE)
    for elsewhere in (HERE._replace(path="house/person/name"), HERE._replace(instance="uuid:2"),
                      HERE._replace(form="other")):  # fmt: skip
        with pytest.raises(CannotUnseal) as told:
            sealed.unseal(made, PRIVATE, elsewhere)
        assert told.value.code == "unseal.elsewhere"
    # To rewrite where it says that it belongs does not help: that is bound to it.
    swapped = sealed.seal("no", KEYS.public, HERE._replace(instance="uuid:2"))
    forged = f"{sealed.BEGIN}{swapped.split(':')[2]}:{made.split(':')[3]}"
    with pytest.raises(CannotUnseal) as told:
        sealed.unseal(forged, PRIVATE)
    assert told.value.code == "unseal.damaged"


def test_another_key_is_told_from_a_damaged_text() -> None:
    other = sealed.read_key(sealed.new_keys().private)
    with pytest.raises(CannotUnseal) as told:
        sealed.unseal(sealed.seal("yes", KEYS.public, HERE), other)
    assert told.value.code == "unseal.other-key"


def test_the_same_answer_never_looks_the_same() -> None:
    assert len({sealed.seal("yes", KEYS.public, HERE) for _one in range(50)}) == 50


def test_short_answers_are_all_of_one_length_and_long_ones_of_few() -> None:
    lengths = {len(sealed.seal("x" * size, KEYS.public, HERE)) for size in range(57)}
    assert len(lengths) == 1
    assert len({sealed.padded(size) for size in range(1, 100_001)}) < 170
    assert all(size <= sealed.padded(size) <= max(64, size * 1.12) for size in range(1, 100_001))


@given(st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
@settings(max_examples=120, deadline=None)
def test_a_slip_in_a_key_that_was_typed_never_gives_another_key(at: int, sign: str) -> None:
    plain = KEYS.private.replace("-", "")
    # A few bits of a key mean nothing (RFC 7748, section 5), so not every slip changes it.
    with suppress(CannotUnseal):
        read = sealed.read_key(plain[:at] + sign + plain[at + 1 :])
        assert read.public_key().public_bytes_raw() == PRIVATE.public_key().public_bytes_raw()


def test_a_slip_in_a_key_is_told() -> None:
    for at in range(5, len(KEYS.private) - 12, 5):
        typed = KEYS.private[:at] + ("A" if KEYS.private[at] != "A" else "B") + KEYS.private[at + 1 :]
        with pytest.raises(CannotUnseal) as told:
            sealed.read_key(typed)
        assert told.value.code == "unseal.key-slip"


def test_a_key_is_read_from_its_file_however_it_is_parted() -> None:
    file = sealed.key_file(KEYS.private, "Water Watch", "2026-03-01")
    assert "lost" in file
    assert "datashift unseal" in file
    for text in (file, KEYS.private.lower(), KEYS.private.replace("-", " "), file.replace("\n", "\r\n")):
        assert sealed.read_key(text).private_bytes_raw() == PRIVATE.private_bytes_raw()
    assert KEYS.private.endswith(sealed.last_signs(KEYS.public))
    assert re.fullmatch(r"(?:[A-Z2-7]{4}-){13}[A-Z2-7]{4}", KEYS.private)


def test_what_is_no_key_is_told_so() -> None:
    with pytest.raises(CannotUnseal) as told:
        sealed.read_key("my notes\nnothing here")
    assert told.value.code == "unseal.no-key"


def test_two_pairs_of_keys_differ() -> None:
    assert isinstance(KEYS, Keys)
    assert sealed.new_keys().private != KEYS.private
