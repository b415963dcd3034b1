"""Signs as networks count them."""

from __future__ import annotations

from unicodedata import category

import pytest

from datashift.forms.messages import SMS, USSD, parts, septets
from datashift.forms.messages.lengths import screens, simple


def test_the_alphabet_has_127_signs_and_ten_that_take_two_places() -> None:
    alphabet = [sign for code in range(0x3000) if septets(sign := chr(code)) is not None]
    assert len(alphabet) == 127 + 10  # the 128th place is the way to the extension
    assert sorted(sign for sign in alphabet if septets(sign) == 2) == sorted("\f^{}\\[~]|€")


@pytest.mark.parametrize(("text", "count"), [
    ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 459, 3), ("a" * 460, 4),
    ("€" * 80, 1), ("€" * 81, 2), ("a" * 159 + "€", 2), ("a" * 152 + "€" + "a" * 152, 3),
    ("न" * 70, 1), ("न" * 71, 2), ("न" * 134, 2), ("न" * 135, 3), ("न" * 201, 3), ("न" * 202, 4),
    ("🙂" * 35, 1), ("🙂" * 36, 2), ("न" * 66 + "🙂" + "न" * 66, 3), ("ş" + "a" * 69, 1), ("ş" + "a" * 70, 2),
])  # fmt: skip
def test_parts_are_counted_as_networks_do_and_no_sign_is_cut_in_two(text: str, count: int) -> None:
    assert parts(text) == count


def test_a_screen_holds_182_signs_or_80_of_other_scripts() -> None:
    assert (USSD.holds("a" * 182), USSD.holds("a" * 183)) == (True, False)
    assert (USSD.holds("न" * 80), USSD.holds("न" * 81)) == (True, False)


def test_fine_quotes_and_dashes_do_not_make_a_message_dearer() -> None:
    assert septets("“a” – b…") is None
    assert simple("“a” – b…") == '"a" - b...'


def test_no_screen_is_too_long_and_no_word_is_lost() -> None:
    words = " ".join(f"neno{n}" for n in range(120)) + " " + "न" * 300
    lines = [f"{n} {'jibu ' * (n % 7)}" for n in range(40)]
    for room in (SMS, USSD):
        made = screens(words, lines, room, "98 more")
        assert all(room.holds(one) for one in made)
        whole = "".join("".join(made).replace("98 more", "").split())
        assert whole == "".join("\n".join([words, *lines]).split())


def test_no_screen_begins_in_the_middle_of_a_letter() -> None:
    for word in ("नि" * 100, "स्त्री" * 40, "e\u0301" * 200):
        for room in (SMS, USSD):
            made = screens(word, [word], room, "98 more")
            assert all(room.holds(one) for one in made)
            assert not any(category(one[0])[0] == "M" for one in made)
            assert "".join("".join(made).replace("98 more", "").split()) == word * 2


def test_marks_without_end_are_cut_all_the_same() -> None:
    assert all(USSD.holds(one) for one in screens("a" + "\u0301" * 900, [], USSD, "98 more"))
