"""The suggestion as a recipe that a person reads, corrects and confirms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datashift.harmonise.suggestion.roles import Found
from datashift.language import _, label
from datashift.model import Kit, Raw
from datashift.standards.areas import folded
from datashift.standards.paradata import noticed, paradata, sampled

if TYPE_CHECKING:
    from datashift.harmonise.suggestion.propose import Guess

SURE, LIKELY, EVEN = 0.85, 0.6, 0.5
MANY_ZEROS = 0.05


@dataclass(frozen=True)
class Stated:
    """What is known beside the columns: words for missing, the sampling type with its reason, and the country."""

    missing: Sequence[str]
    design: tuple[str, str]
    country: str = ""
    corrections: str = ""


def recipe_text(raw: Raw, kit: Kit, guesses: Sequence[Guess], found: Sequence[Found], stated: Stated) -> str:
    """Return the recipe as TOML; every suggestion says in a comment how sure it is and why.

    A column that is more likely wrong than right, or perhaps in another unit, is written as a comment: the recipe
    runs without it.
    """
    by_role = {one.role: one for one in found}
    missing = stated.missing
    lines = [
        _("# A suggested recipe. Read every line, correct what is wrong, then run it: datashift run recipe.toml"),
        f"id = {quoted(folded(raw.origin.file.split('.')[0]).replace(' ', '-') or 'dataset')}",
        f"kit = {quoted(kit.id)}",
        'producer = ""',
        *([f"row_id = {quoted(by_role['id'].column)}  {_why(by_role['id'])}"] if "id" in by_role else []),
        f"missing = [{', '.join(quoted(word) for word in ('', *(w for w in missing if w)))}]",
        f"personal = [{', '.join(quoted(one.column) for one in found if one.role == 'personal')}]",
        "",
        f"title = {{ en = {quoted(kit.title['en'])} }}",
        "",
        "[[source]]",
        f"file = {quoted(raw.origin.file)}",
        f"sha256 = {quoted(raw.origin.sha256)}",
        *([f"sheet = {quoted(raw.origin.sheet)}"] if raw.origin.sheet else []),
    ]
    lines += _rows(by_role.get("place"))
    lines += ["", "[corrections]", f"file = {quoted(stated.corrections)}"] if stated.corrections else []
    for guess in guesses:
        written = _column(guess, kit)
        doubtful = guess.confidence < EVEN or _too_high(guess, kit)
        lines += [line if line[:1] in ("", "#") else f"# {line}" for line in written] if doubtful else written
    lines += [*_place(by_role, stated.country), *_period(by_role), *_design(by_role, stated.design), *_paradata(raw)]
    return "\n".join([*lines, ""])


def _column(guess: Guess, kit: Kit) -> list[str]:
    lines = ["", f"[columns.{guess.role}]", _why(guess), f"column = {quoted(guess.column)}"]
    if kit.concepts[guess.role].kind == "code":
        lines.append(f"[columns.{guess.role}.codes]")
        for value, code in guess.values.items():
            sure = guess.sure.get(value, 1.0)
            note = "" if sure >= SURE else "  # " + _("likely ({share}); please check").format(share=f"{sure:.0%}")
            lines.append(f"{quoted(value)} = {quoted(code)}{note}")
        for value in guess.open_values:
            lines.append(f'{quoted(value)} = ""  # ' + _("not known: give it a code, or leave it empty for missing"))
        return lines
    concept = kit.concepts[guess.role]
    if concept.unit:
        unit = label(concept.unit)
        lines.append("# " + _("The kit counts in {unit}. If this column does not: factor = …").format(unit=unit))
    if _too_high(guess, kit):
        facts = {"highest": f"{guess.highest:g}", "most": f"{concept.most:g}"}
        lines.append(
            "# " + _("It goes up to {highest}; more than {most} is not expected: another unit?").format(**facts)
        )
    if guess.zeros > MANY_ZEROS:
        lines.append('missing = ["0"]  # ' + _("0 stands in many rows; take this away if it is a true answer"))
    return lines


def _too_high(guess: Guess, kit: Kit) -> bool:
    most = kit.concepts[guess.role].most
    return most is not None and guess.highest > most


def _rows(place: Found | None) -> list[str]:
    """Mean the rows of one country, where the file has several."""
    column = place.facts.get("country column") if place else ""
    if place is None or not column:
        return []
    names = [name for name in place.facts["names"].split("|") if name]
    why = _("the areas are those of {country}").format(country=place.facts["country"])
    return [
        "",
        "[[rows]]",
        f"column = {quoted(column)}",
        f"only = [{', '.join(map(quoted, names))}]",
        f"why = {{ en = {quoted(why)} }}",
    ]


def _place(by_role: Mapping[str, Found], country: str) -> list[str]:
    place, day = by_role.get("place") or by_role.get("country"), by_role.get("date")
    known = country or (place.facts["country"] if place else "")
    nothing = "# " + _("no column of places was found: all rows are taken for the whole country")
    lines = ["", "[place]", nothing if country and place is None else _why(place), f"country = {quoted(known)}"]
    lines += [_("# The date whose boundaries the place names follow")]
    lines += [f"as_of = {day.facts['last'] if day else '2020-01-01'}"]
    # Without a column of places all rows are of the country.
    named = by_role.get("place")
    lines += [f"column = {quoted(named.column)}"] if named else [f"area = {quoted(known)}"]
    whole = ["# [place.whole]", f'# id = "{known}-PART"', '# name = { en = "…" }']
    lines += [f"{role} = {quoted(by_role[role].column)}" for role in ("latitude", "longitude") if role in by_role]
    return [*lines, _("# Do the rows stand for less than the country? Say for what:"), *whole]


def _period(by_role: Mapping[str, Found]) -> list[str]:
    day = by_role.get("date")
    lines = ["", "[period]", _why(day)]
    if day is None:
        return [*lines, 'label = "2020"']
    first, last = day.facts["first"], day.facts["last"]
    label = first[:4] if first[:4] == last[:4] else f"{first[:4]}/{last[:4]}"
    lines += [f"# {first} … {last}", f"column = {quoted(day.column)}", f"format = {quoted(day.facts['format'])}"]
    return [*lines, f"label = {quoted(label)}"]


def _design(by_role: Mapping[str, Found], design: tuple[str, str]) -> list[str]:
    kind, reason = design
    lines = ["", "[design]", _("# How were the rows chosen? probability, quota, volunteer, facility_register, …")]
    lines += [f"# {reason}", f"sampling_type = {quoted(kind)}"]
    for role, field in (("weight", "weights"), ("stratum", "strata"), ("cluster", "clusters")):
        if role in by_role:
            column = quoted(by_role[role].column)
            value = column if role == "weight" else f"[{column}]"
            # Commented out: a wrong weight is worse than none, so a person has to say it.
            lines.append(f"# {field} = {value}  {_why(by_role[role])}")
    return lines


def _paradata(raw: Raw) -> list[str]:
    """Say which columns tell how the answers came about, so that the checks of the fieldwork can look."""
    samples = sampled(raw.table)
    found = noticed(list(samples), samples)
    if not found:
        return []
    stated = paradata(found, samples)
    lines = ["", "[paradata]", _("# How the answers came about: the checks of the fieldwork look at these columns")]
    for one in found:
        value = f"[{quoted(one.column)}]" if one.role == "comments" else quoted(one.column)
        why = _("its name is like “{word}”, and {share} of its answers fit")
        lines.append(f"{one.role} = {value}  # " + why.format(word=one.word, share=f"{one.share:.0%}"))
    return [*lines, *([f"format = {quoted(stated.format)}"] if stated.format != "iso" else [])]


def _why(guess: Guess | Found | None) -> str:
    if guess is None:
        return "# " + _("nothing fits; please state it")
    word = _("sure") if guess.confidence >= SURE else _("likely") if guess.confidence >= LIKELY else _("a guess")
    # A column name may hold a line end, which would end the comment.
    return " ".join(f"# {guess.column}: {word} ({guess.confidence:.0%}), {guess.reason}".split())


def quoted(text: str) -> str:
    """Return `text` as a basic string of TOML, which is a string of JSON."""
    return json.dumps(text, ensure_ascii=False)
