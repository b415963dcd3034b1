"""Which values of a source may be quoted in a finding: codes and frequent answers, never what tells who someone is."""

from __future__ import annotations

import re
from collections.abc import Collection

from datashift.standards.areas import folded

OFTEN = 3
"""What fewer rows share may be one person's own words."""

_NO_ANSWER = frozenset({
    "", "none", "null", "nil", "na", "n a", "nan", "unknown", "not known", "not stated", "missing", "undefined", "dk",
    "no data", "no answer", "dont know", "don t know", "sin dato", "sin datos", "s d", "no sabe", "ninguno", "nc",
    "desconocido", "haijulikani", "sijui", "hakuna", "थाहा छैन", "अज्ञात",
})  # fmt: skip
_NO_NUMBER = frozenset({"0", "-1", "-9", "-99", "-999", "-9999", "999", "9999", "99999"})

# A column with such a word in its name is about a person, whatever the recipe says.
_PERSONAL = re.compile(
    r"(?<![a-z])(name|surname|phone|tel|mobile|e ?mail|mail|respondent|contact|nombre|apellido|telefono|celular|correo|"
    r"jina|simu|naam|नाम|फोन)(?![a-z])"
)
_CODE = re.compile(r"[A-Za-z]{0,3}[0-9]{1,3}|[A-Z]{1,2}")
_DECIMALS = re.compile(r"[.,][0-9]{3,}")


def personal(column: str, declared: Collection[str]) -> bool:
    """Say whether `column` holds what tells who someone is: the recipe says so (`declared`), or its name does."""
    return column in declared or _PERSONAL.search(folded(column)) is not None


def quotable(value: str, count: int) -> bool:
    """Say whether `value`, which `count` rows have, may be shown: often given or a short code.

    Never e-mail addresses, long digit strings such as phone numbers, exact coordinates, or long texts.
    """
    if "@" in value or len(value) > 60 or sum(c.isdigit() for c in value) > 6 or _DECIMALS.search(value):
        return False
    return count >= OFTEN or _CODE.fullmatch(value.strip()) is not None


def means_no_answer(value: str) -> bool:
    """Say whether `value` is a word or a sign that often stands for "not known"."""
    return folded(value) in _NO_ANSWER


def stands_for_no_number(value: str) -> bool:
    """Say whether the number written as `value` often stands for "not known"."""
    return value.strip().removesuffix(".0") in _NO_NUMBER
