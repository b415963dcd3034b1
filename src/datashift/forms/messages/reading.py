"""What somebody writes in a message, read as the answer to a question: numbers of any script, words, first letters.

Words are compared as `folding.bare` leaves them, so "si" is "Sí". Where two choices could be meant, none is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from string import ascii_lowercase
from typing import NamedTuple

from datashift.forms.messages.folding import bare, folded, tidy
from datashift.forms.xform import Choice, Entry, Instance
from datashift.language import N_, _, in_all

WORDS = {
    "stop": N_("STOP"), "help": N_("HELP"), "back": N_("BACK"), "skip": N_("SKIP"), "more": N_("MORE"),
    "language": N_("LANGUAGE"),
}  # fmt: skip
SIGNS = {"00": "back", "000": "skip"}
MORE = "98"
Names = Collection[tuple[str, str]]
"""Codes, and the words by which each is called."""
_FEW_LETTERS = 26
_UNCLEAR = re.compile(r"-?[1-9]\d{0,2}([.,]\d{3})+")
_DAY = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})[:.h ]?(\d{2})")
_BETWEEN = re.compile(r"[,;\n]+")
_BETWEEN_MARKS = re.compile(r"[\s,;.+/&।]+")
_MARKED = re.compile(r"(\w+)[\s.):/-]+(.+)")


class Said(NamedTuple):
    """An answer as the form keeps it; where it could not be read, what to tell."""

    value: str
    problem: str = ""


def command(said: str, *, numbered: bool = False, more: bool = False) -> str:
    """Return what is asked for instead of an answer: stop, help, back, skip, more, language; "" where it is an answer.

    numbered: the question has numbered choices, so that 0 is none of them; more: there is another screen.
    """
    plain = bare(said)
    if plain == MORE and more and numbered:
        return "more"
    return "back" if plain == "0" and numbered else SIGNS.get(plain, "") or _commands().get(plain, "")


@cache
def _commands() -> dict[str, str]:
    """Every word in every language: who asks to stop in another language is stopped too."""
    return {bare(word): name for name, text in WORDS.items() for word in in_all(lambda text=text: _(text)).values()}  # type: ignore[misc]


def marks(choices: Sequence[Choice]) -> list[str]:
    """Return what stands before each choice: numbers, or letters where a choice itself begins with a number."""
    counted = any(one.label[:1].isdecimal() for one in choices)
    if counted and len(choices) <= _FEW_LETTERS:
        return list(ascii_lowercase[: len(choices)])
    return [str(number) for number in range(1, len(choices) + 1)]


def read(instance: Instance, entry: Entry, said: str) -> Said:
    """Return what was said as an answer to a question. Whether the form takes it, the form says."""
    kind, text = entry.field.kind, tidy(said)
    if kind in ("select_one", "select_multiple"):
        shown, elsewhere = instance.choices(entry.path), _in_other_languages(instance, entry.path)
        return _chosen(shown, text, elsewhere, several=kind == "select_multiple")
    if kind in ("integer", "decimal", "range"):
        return _number(text)
    if kind == "date":
        return _date(folded(text))
    if kind == "time":
        return _time(folded(text))
    return Said(text)


def chosen(labels: Sequence[str], said: str, names: Collection[tuple[int, str]] = ()) -> int | None:
    """Return which of a few labels was chosen, by its number, its words or its first letters, or by one of the other
    `names` of its place; None where it is none.
    """
    shown = [Choice(str(place), label) for place, label in enumerate(labels)]
    found = _one(shown, said, names=[(str(place), word) for place, word in names])
    return int(found) if found else None


# --- kinds ------------------------------------------------------------------------------------------------------------


def _number(text: str) -> Said:
    plain = re.sub(r"(?<=\d)\s(?=\d{3}\b)", "", folded(text)).replace("\u2212", "-")
    if _UNCLEAR.fullmatch(plain):  # 1,500 is one and a half to some and fifteen hundred to others
        return Said("", _("Write the number without a point or comma between thousands, such as 1500."))
    return Said(plain.replace(",", ".") if "." not in plain else plain)


def _date(text: str) -> Said:
    told = [int(part) for part in found.groups()] if (found := _ISO_DAY.fullmatch(text)) else []
    told = told or ([int(part) for part in reversed(found.groups())] if (found := _DAY.fullmatch(text)) else [])
    try:
        return Said(date(*told).isoformat() if told else text)
    except ValueError:
        return Said(text)


def _time(text: str) -> Said:
    found = _TIME.fullmatch(text)
    return Said(f"{int(found[1]):02}:{found[2]}:00.000" if found else text)


# --- choices ----------------------------------------------------------------------------------------------------------


def _chosen(choices: Sequence[Choice], text: str, elsewhere: Names, *, several: bool) -> Said:
    codes = [_one(choices, text, elsewhere=elsewhere)]
    if not codes[0] and several:
        codes = [_one(choices, part, elsewhere=elsewhere) for part in _apart(choices, text)]
    if not codes or not all(codes):
        return Said("", _("Choose from the list."))
    ordered = [one.code for one in choices if one.code in codes]
    return Said(" ".join(ordered))


def _apart(choices: Sequence[Choice], text: str) -> Iterator[str]:
    """Yield the parts of an answer that names several: parted by commas, or marks by almost anything."""
    known = set(marks(choices))
    words = [plain for word in _BETWEEN_MARKS.split(text) if (plain := bare(word))]
    all_marks = words and {word.lstrip("0") for word in words} <= known
    yield from words if all_marks else (part for part in _BETWEEN.split(text) if part.strip())


def _one(choices: Sequence[Choice], said: str, names: Names = (), elsewhere: Names = ()) -> str:
    """Return the code of the one choice that is meant; "" where it is none, or could be several.

    names: more words for the choices; elsewhere: their words in languages that the person was not shown.
    """
    plain, by_mark = bare(said), dict(zip(marks(choices), (one.code for one in choices), strict=True))
    shown = [(one.code, one.label) for one in choices] + list(names)
    if code := by_mark.get(plain.lstrip("0")):
        return code
    if both := _MARKED.fullmatch(plain):
        code = by_mark.get(both[1].lstrip("0"), "")
        if code and code in _called(shown, both[2]) | _called(elsewhere, both[2]):
            return code
    begun = {one.code for one in choices if plain and not plain.isdecimal() and bare(one.label).startswith(plain)}
    found = _called(shown, said) or begun | _called(elsewhere, said)
    return found.pop() if len(found) == 1 else ""


def _called(names: Names, said: str) -> set[str]:
    """Return the codes whose whole name a text is. Where only accents tell names apart, who types them says which."""
    plain, careful = bare(said), folded(said)
    alike = [(code, word) for code, word in names if plain and bare(word) == plain]
    if len({code for code, _word in alike}) > 1 and careful != plain:
        alike = [(code, word) for code, word in alike if folded(word) == careful]
    return {code for code, _word in alike}


def _in_other_languages(instance: Instance, path: str) -> list[tuple[str, str]]:
    spoken, found = instance.language, list[tuple[str, str]]()
    try:
        for language in set(instance.form.languages) - {spoken}:
            instance.language = language
            found += [(one.code, one.label) for one in instance.choices(path)]
    finally:
        instance.language = spoken
    return found
