"""Every failure has a code, facts and a repair, and says them in the reader's language."""

import string

import pytest

from datashift import errors
from datashift.errors import BadRow, DataShiftError
from datashift.language import speaking


def _all(cls: type[DataShiftError] = DataShiftError) -> list[type[DataShiftError]]:
    return [cls, *(one for sub in cls.__subclasses__() for one in _all(sub))]


TEXTS = [(cls, code, text) for cls in _all() for code, text in cls.__dict__.get("texts", {}).items()]


def test_codes_are_unique_and_exit_codes_follow_the_branch() -> None:
    codes = [code for _cls, code, _text in TEXTS]
    assert len(codes) == len(set(codes)) >= 50
    assert {errors.InputError.exit_code, errors.DesignError.exit_code, errors.SourceUnavailable.exit_code} == {2, 3, 4}


@pytest.mark.parametrize(("cls", "code", "text"), TEXTS, ids=[code for _cls, code, _text in TEXTS])
def test_every_text_can_be_said_with_its_facts_in_four_languages(
    cls: type[DataShiftError], code: str, text: str
) -> None:
    facts = {name: "7" for _t, name, _f, _c in string.Formatter().parse(text) if name}
    said = set()
    for language in ("en", "es", "sw", "ne"):
        with speaking(language):
            said.add(str(cls(code, **facts)))
    assert len(said) == 4
    assert all("{" not in words for words in said)
    assert not any(word in text.lower() for word in ("invalid", "significant", "robust", "failed"))


def test_an_error_is_ready_for_machines() -> None:
    told = BadRow("harmonise.no-place", row=3).as_dict()
    assert told == {
        "code": "harmonise.no-place",
        "text": "Row 3: the place is missing. Complete the row.",
        "facts": {"row": "3"},
    }


def test_a_code_without_a_text_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        BadRow("harmonise.surprise")
