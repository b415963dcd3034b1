"""Suggest a recipe for a file: which kit, which columns, which values, where, when; each with its reason.

A suggestion is a text that a person reads and confirms. It never runs by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from datashift.language import N_, _
from datashift.model import Area, Concept, Kit, Raw
from datashift.standards.areas import folded, resolver

MISSING_WORDS = ("", "na", "n/a", "nan", "null", "none", "-", "--", ".", "?", "nd", "s/d", "hakuna", "छैन")
PERSONAL_WORDS = (
    "name", "nombre", "apellido", "jina", "नाम", "phone", "telephone", "telefono", "simu", "फोन", "mobile", "email",
    "correo", "barua pepe", "address", "direccion", "anwani", "ठेगाना", "national id", "dni", "deviceid",
    "subscriberid", "username", "funder", "installer", "respondent", "enumerator", "collector", "caretaker", "contact",
    "encargado", "responsable", "mhojiwa", "mlezi",
)  # fmt: skip
ROW_IDS = (
    "id",
    "_id",
    "uuid",
    "_uuid",
    "instanceid",
    "key",
    "serial",
    "no",
    "nr",
    "number",
    "folio",
    "namba",
    "क्रम सङ्ख्या",
)
LATITUDE = ("latitude", "lat", "latitud", "gps latitude", "lat deg", "y")
LONGITUDE = ("longitude", "lon", "lng", "longitud", "gps longitude", "lon deg", "x")
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M:%S", "%Y")
SURE, LIKELY = 0.85, 0.6
MANY_ZEROS = 0.05

BY_NAME = N_("its name is like “{word}”")
BY_VALUES = N_("{share} of its values are known answers")
BY_PLACES = N_("{share} of its values are areas of {country}")
BY_DATES = N_("{share} of its values read as dates like {format}")


@dataclass(frozen=True)
class Guess:
    """One suggestion: what a column is, how sure (0–1), and why in plain words."""

    column: str
    role: str
    confidence: float
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)
    open_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """The suggested kit and columns, and the recipe text to confirm."""

    kit: str
    confidence: float
    guesses: tuple[Guess, ...]
    recipe: str


def suggest(raw: Raw, kits: Sequence[Kit], areas: Mapping[str, Mapping[str, Area]]) -> Suggestion:
    """Suggest a recipe for `raw` from names and values.

    In: a raw table; the kits at hand; area lists by country. Out: the best kit with a guess for every concept, place,
    date, coordinate, id, missing word and personal column that was found, and a TOML text that says why.
    """
    profiles = [_profile(raw.table, name) for name in raw.table.column_names if name != "_row"]
    fits = sorted(((_fit(kit, profiles), kit) for kit in kits), key=lambda pair: -pair[0][0])
    (score, guesses), kit = fits[0]
    taken = {guess.column for guess in guesses}
    free = [profile for profile in profiles if profile.name not in taken]
    finders = [(country, find) for country, listed in areas.items() for find in _finders(listed)]
    places = [guess for profile in free if (guess := _place(profile, finders))]
    found = [
        *guesses,
        *([max(places, key=lambda guess: guess.confidence)] if places else []),
        *(guess for profile in free if (guess := _other(profile))),
    ]
    missing = sorted({word for profile in profiles for word in profile.missing})
    return Suggestion(kit.id, score, tuple(found), _recipe(raw, kit, found, missing))


@dataclass(frozen=True)
class _Profile:
    name: str
    values: tuple[str, ...]
    distinct: int
    rows: int
    missing: tuple[str, ...]
    zeros: float
    numeric: float


def _profile(table: pa.Table, name: str) -> _Profile:
    counts = pc.value_counts(pc.fill_null(table[name], "")).to_pylist()
    counts.sort(key=lambda entry: -entry["counts"])
    words = [entry["values"].strip() for entry in counts]
    missing = tuple(sorted({word for word in words if word.casefold() in MISSING_WORDS}))
    values = tuple(dict.fromkeys(word for word in words if word.casefold() not in MISSING_WORDS))
    zeros = sum(entry["counts"] for entry in counts if entry["values"].strip() == "0") / max(table.num_rows, 1)
    numeric = _share(values[:400], _is_number)
    return _Profile(name, values[:400], len(values), table.num_rows, missing, zeros, numeric)


# --- concepts of a kit ----------------------------------------------------------------------------------------------


def _fit(kit: Kit, profiles: Sequence[_Profile]) -> tuple[float, list[Guess]]:
    """Give every concept its best free column, best first; the kit's score is the mean over its coded concepts."""
    pairs = []
    for concept_id, concept in kit.concepts.items():
        answers = _answers(concept)
        pairs += [(_concept(concept_id, concept, profile, answers), concept_id) for profile in profiles]
    chosen: dict[str, Guess] = {}
    for guess, concept_id in sorted(pairs, key=lambda pair: -pair[0].confidence):
        free = guess.column not in {g.column for g in chosen.values()}
        if guess.confidence >= LIKELY and concept_id not in chosen and free:
            chosen[concept_id] = guess
    coded = [name for name, concept in kit.concepts.items() if concept.kind == "code"]
    score = sum(chosen[name].confidence for name in coded if name in chosen) / max(len(coded), 1)
    return score, list(chosen.values())


def _concept(concept_id: str, concept: Concept, profile: _Profile, answers: Mapping[str, str]) -> Guess:
    words = [concept_id, *concept.label.values(), *concept.synonyms]
    likeness, word = _likeness(profile.name, words)
    named = _(BY_NAME).format(word=word)
    if concept.kind != "code":
        numeric = profile.numeric if concept.kind == "number" else 1.0
        zero = {"0": ""} if profile.zeros > MANY_ZEROS else {}
        return Guess(profile.name, concept_id, likeness * numeric * 0.95, named, zero)
    found = {value: code for value in profile.values[:60] if (code := _code(value, answers))}
    share = len(found) / max(min(profile.distinct, 60), 1)
    confidence = min(0.35 * likeness + 0.65 * share, 0.99) if share else 0.4 * likeness
    reason = "; ".join([named] * (likeness >= LIKELY) + [_(BY_VALUES).format(share=f"{share:.0%}")])
    left = tuple(value for value in profile.values[:60] if value not in found)
    return Guess(profile.name, concept_id, confidence, reason, found, left)


def _answers(concept: Concept) -> dict[str, str]:
    return {
        folded(word): code
        for code, entry in concept.codes.items()
        for word in (code, *entry.label.values(), *entry.synonyms)
    }


def _code(value: str, answers: Mapping[str, str]) -> str | None:
    plain = folded(value)
    if plain in answers:
        return answers[plain]
    near = process.extractOne(plain, answers.keys(), scorer=fuzz.ratio, score_cutoff=88)
    return answers[near[0]] if near else None


# --- place, time, coordinates, ids, personal data -------------------------------------------------------------------


def _finders(listed: Mapping[str, Area]) -> list[Callable[[str], bool]]:
    # Any date will do to see which country is meant; the date itself is the person's to state.
    days = {area.valid_from for area in listed.values() if area.valid_from} or {date(2020, 1, 1)}
    resolvers = [resolver(listed, day) for day in sorted(days)]
    return [partial(_is_place, resolve) for resolve in resolvers]


def _is_place(resolve: Callable[[str], Area | None], name: str) -> bool:
    return resolve(name) is not None


def _place(profile: _Profile, finders: Sequence[tuple[str, Callable[[str], bool]]]) -> Guess | None:
    shares = [(_share(profile.values[:100], find), country) for country, find in finders]
    share, country = max(shares, default=(0.0, ""))
    if share < LIKELY or len(profile.values) < 2:
        return None
    reason = _(BY_PLACES).format(share=f"{share:.0%}", country=country)
    return Guess(profile.name, f"place {country}", min(share, 0.99), reason)


def _other(profile: _Profile) -> Guess | None:
    for role, words, most in (("latitude", LATITUDE, 90.0), ("longitude", LONGITUDE, 180.0)):
        likeness, word = _likeness(profile.name, words)
        if likeness > 0.9 and _share(profile.values[:100], partial(_is_degree, most=most)) > 0.9:
            return Guess(profile.name, role, likeness * 0.95, _(BY_NAME).format(word=word))
    for form in DATES[:-1]:
        share = _share(profile.values[:100], partial(_is_date, form=form))
        if share > 0.8:
            return Guess(
                profile.name, f"date {form}", share * 0.97, _(BY_DATES).format(share=f"{share:.0%}", format=form)
            )
    likeness, word = _likeness(profile.name, PERSONAL_WORDS)
    if likeness > 0.9:
        return Guess(profile.name, "personal", likeness * 0.9, _(BY_NAME).format(word=word))
    likeness, word = _likeness(profile.name, ROW_IDS)
    if likeness > 0.9 and profile.distinct >= 0.98 * profile.rows:
        return Guess(profile.name, "row id", 0.95, _(BY_NAME).format(word=word))
    return None


def _likeness(name: str, words: Sequence[str]) -> tuple[float, str]:
    last = folded(name.rsplit("/", 1)[-1])
    scored = [(fuzz.token_sort_ratio(last, folded(word)) / 100, word) for word in words]
    scored += [(0.93, word) for word in words if f" {folded(word)} " in f" {last} " and len(word) > 3]
    return max(scored, key=lambda pair: pair[0])


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(test(value) for value in values) / len(values) if values else 0.0


def _is_number(value: str) -> bool:
    try:
        float(value.replace(",", "."))
    except ValueError:
        return False
    return True


def _is_degree(value: str, most: float) -> bool:
    return _is_number(value) and abs(float(value.replace(",", "."))) <= most


def _is_date(value: str, form: str) -> bool:
    try:
        datetime.strptime(value[: 19 if "T" in form else 10], form)  # noqa: DTZ007
    except ValueError:
        return False
    return True


# --- the text to confirm --------------------------------------------------------------------------------------------


def _recipe(raw: Raw, kit: Kit, guesses: Sequence[Guess], missing: Sequence[str]) -> str:
    by_role = {guess.role.split(" ")[0]: guess for guess in guesses}
    place, day = by_role.get("place"), by_role.get("date")
    lines = [
        _("# A suggested recipe. Read every line, correct what is wrong, then run it: datashift run recipe.toml"),
        f"id = {_quoted(folded(raw.origin.file.split('.')[0]).replace(' ', '-') or 'dataset')}",
        f"kit = {_quoted(kit.id)}",
        'producer = ""',
        *([f"row_id = {_quoted(by_role['row'].column)}"] if "row" in by_role else []),
        f"missing = [{', '.join(_quoted(word) for word in ('', *(w for w in missing if w)))}]",
        f"personal = [{', '.join(_quoted(g.column) for g in guesses if g.role == 'personal')}]",
        "",
        f"title = {{ en = {_quoted(kit.title['en'])} }}",
        "",
        "[[source]]",
        f"file = {_quoted(raw.origin.file)}",
        f"sha256 = {_quoted(raw.origin.sha256)}",
    ]
    if raw.origin.sheet:
        lines.append(f"sheet = {_quoted(raw.origin.sheet)}")
    for guess in guesses:
        if guess.role in kit.concepts:
            lines += _column(guess, kit)
    lines += ["", "[place]", _why(place), f"country = {_quoted(place.role[6:] if place else '')}"]
    lines += [_("# The date whose boundaries the place names follow"), "as_of = 2020-01-01"]
    lines += [f"column = {_quoted(place.column)}"] if place else []
    lines += [f"{role} = {_quoted(by_role[role].column)}" for role in ("latitude", "longitude") if role in by_role]
    lines += ["", "[period]", _why(day)]
    lines += [f"column = {_quoted(day.column)}", f"format = {_quoted(day.role[5:])}"] if day else []
    lines += ['by = "year"'] if day else ['label = "2020"']
    lines += ["", "[design]", _("# How were the rows chosen? probability, quota, volunteer, facility_register, …")]
    lines += ['sampling_type = "undocumented"', "strata = []", "clusters = []", ""]
    return "\n".join(line for line in lines if line is not None)


def _column(guess: Guess, kit: Kit) -> list[str]:
    lines = ["", f"[columns.{guess.role}]", _why(guess), f"column = {_quoted(guess.column)}"]
    if kit.concepts[guess.role].kind == "code":
        codes = {**guess.values, **dict.fromkeys(guess.open_values, "")}
        lines.append(f"[columns.{guess.role}.codes]")
        for value, code in codes.items():
            note = "" if code else "  # " + _("not known: give it a code, or leave it empty for missing")
            lines.append(f"{_quoted(value)} = {_quoted(code)}{note}")
    elif guess.values:
        lines.append('missing = ["0"]  # ' + _("0 stands in many rows; take this away if it is a true answer"))
    return lines


def _why(guess: Guess | None) -> str:
    if guess is None:
        return "# " + _("nothing fits; please state it")
    word = _("sure") if guess.confidence >= SURE else _("likely") if guess.confidence >= LIKELY else _("a guess")
    # A column name may hold a line end, which would end the comment.
    return " ".join(f"# {guess.column}: {word} ({guess.confidence:.0%}), {guess.reason}".split())


def _quoted(text: str) -> str:
    # TOML's basic strings are JSON strings.
    return json.dumps(text, ensure_ascii=False)
