"""What somebody writes in a message, read as the answer to a question: numbers of any script, words, first letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from string import ascii_lowercase
from typing import NamedTuple

from datashift.forms.xform import Choice, Entry, Instance
from datashift.language import N_, _, in_all

LONGEST = 1000
"""Signs of one message that are looked at."""
WORDS = {
    "stop": N_("STOP"), "help": N_("HELP"), "back": N_("BACK"), "skip": N_("SKIP"), "more": N_("MORE"),
    "language": N_("LANGUAGE"),
}  # fmt: skip
SIGNS = {"00": "back", "000": "skip"}
MORE = "98"
_FEW_LETTERS = 26
_UNCLEAR = re.compile(r"-?[1-9]\d{0,2}([.,]\d{3})+")
_DAY = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})[:.h ]?(\d{2})")
_BETWEEN = re.compile(r"[,;\n]+")


class Said(NamedTuple):
    """An answer as the form keeps it; where it could not be read, what to tell."""

    value: str
    problem: str = ""


def tidy(said: str) -> str:
    """Return what was said without what no form keeps: one width of signs, digits of computers, no control signs."""
    shown = unicodedata.normalize("NFC", said[:LONGEST])
    kept = (" " if sign.isspace() else sign for sign in shown if sign.isspace() or unicodedata.category(sign)[0] != "C"
            or sign in "\u200c\u200d")  # fmt: skip
    return " ".join("".join(kept).split())


def folded(said: str) -> str:
    """Return a text as it is compared: small letters, digits of computers, nothing around them."""
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in said)
    return unicodedata.normalize("NFKC", digits).casefold().strip(" .,;:!?()[]\"'")


def command(said: str, *, numbered: bool = False, more: bool = False) -> str:
    """Return what is asked for instead of an answer: stop, help, back, skip, more, language; "" where it is an answer.

    numbered: the question has numbered choices, so that 0 is none of them; more: there is another screen.
    """
    plain = folded(said)
    if plain == MORE and more and numbered:
        return "more"
    return "back" if plain == "0" and numbered else SIGNS.get(plain, "") or _commands().get(plain, "")


@cache
def _commands() -> dict[str, str]:
    """Every word in every language: who asks to stop in another language is stopped too."""
    return {folded(word): name for name, text in WORDS.items() for word in in_all(lambda text=text: _(text)).values()}  # type: ignore[misc]


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
        return _chosen(instance.choices(entry.path), text, several=kind == "select_multiple")
    if kind in ("integer", "decimal", "range"):
        return _number(text)
    if kind == "date":
        return _date(folded(text))
    if kind == "time":
        return _time(folded(text))
    return Said(text)


def chosen(labels: Sequence[str], said: str) -> int | None:
    """Return which of a few labels was chosen, by its number, its words or its first letters; None where it is none."""
    found = _one([Choice(str(place), label) for place, label in enumerate(labels)], said)
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


def _chosen(choices: Sequence[Choice], text: str, *, several: bool) -> Said:
    codes = [_one(choices, text)]
    if not codes[0] and several:
        codes = [_one(choices, part) for part in _apart(choices, text)]
    if not codes or not all(codes):
        return Said("", _("Choose from the list."))
    ordered = [one.code for one in choices if one.code in codes]
    return Said(" ".join(ordered))


def _apart(choices: Sequence[Choice], text: str) -> Iterator[str]:
    """Yield the parts of an answer that names several: parted by commas, or marks by blanks."""
    known = set(marks(choices))
    words = folded(text.replace(",", " ").replace(";", " ")).split()
    yield from words if words and set(words) <= known else (part for part in _BETWEEN.split(text) if part.strip())


def _one(choices: Sequence[Choice], said: str) -> str:
    """Return the code of the one choice that is meant; "" where it is none, or could be several."""
    plain = folded(said)
    by_mark = dict(zip(marks(choices), choices, strict=True))
    if plain.lstrip("0") in by_mark:
        return by_mark[plain.lstrip("0")].code
    whole = [one.code for one in choices if folded(one.label) == plain]
    begin = [one.code for one in choices if plain and folded(one.label).startswith(plain)]
    found = whole or ([] if plain.isdecimal() else begin)
    return found[0] if len(found) == 1 else ""
