"""How often is a suggestion right, and is it as sure as it should be? python benchmarks/suggestion_corpus.py [--fit]

The truth are recipes written by hand (examples/) for the real files of ../shared/data. Beside them stand disguised
files: the examples of the kits with other column names (labels, questions, synonyms in four languages, shortened,
misspelt), other answers and strange columns among them, where half of the spellings used are first taken out of the
kit.

--fit fits the weights to all of these and writes confidence.json. The calibration that is printed is honest: each real
file is judged with weights fitted to the disguised files and to the other real files.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.optimize import minimize

import datashift.harmonise.suggestion.confidence as confidence
from datashift.forms.words import words_of
from datashift.forms.xlsform import read_form
from datashift.harmonise.suggestion.answers import WAYS
from datashift.harmonise.suggestion.evidence import Evidence, evidence
from datashift.harmonise.suggestion.profile import FormWords, Profile, profiles
from datashift.harmonise.suggestion.propose import columns_of
from datashift.harmonise.suggestion.roles import roles
from datashift.model import Concept, Kit, Recipe
from datashift.read import read
from datashift.standards.areas import countries, known_areas
from datashift.standards.kits import asked_for, kit_folder, known_kits, parse_kit, parse_recipe, shipped_kit

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "es", "sw", "ne")
STRANGE = ("start", "end", "deviceid", "_submission_time", "notes", "q99", "formhub/uuid", "x_version", "consent")
Floats = np.ndarray


@dataclass(frozen=True)
class Case:
    """A file with its truth: the column of each concept, the code of each answer, the columns of other roles."""

    name: str
    kit: Kit
    columns: list[Profile]
    truth: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, str]
    real: bool


# --- real files -----------------------------------------------------------------------------------------------------


def real_cases() -> Iterator[Case]:
    """Yield the real files that are at hand, with the recipe written by hand for each."""
    for path in sorted((ROOT / "examples").glob("*/recipe*.toml")):
        recipe = parse_recipe(path.read_text("utf-8"), path.name)
        source = path.parent / recipe.source[0].file
        if not all((path.parent / s.file).is_file() for s in recipe.source):
            continue
        kit = parse_kit((kit_folder(recipe.kit, path.parent) / "kit.toml").read_text("utf-8"), "kit.toml")
        s = recipe.source[0]
        table = read(source, sheet=s.sheet, header_row=s.header_row).table
        for other in recipe.source[1:]:
            more = read(path.parent / other.file, sheet=other.sheet).table
            for name in set(more.column_names) - set(table.column_names):
                table = table.append_column(name, more[name])
        form = source.parent / "form.xlsx"
        words = words_of(read_form(form), table.column_names) if form.is_file() else FormWords()
        yield _case(path.parent.name, kit, recipe, profiles(table, words))


def _case(name: str, kit: Kit, recipe: Recipe, columns: list[Profile]) -> Case:
    codes: dict[str, dict[str, str]] = {}
    for concept, column in recipe.columns.items():
        if kit.concepts[concept].kind == "code":
            stated = {k.strip().casefold(): v for k, v in column.codes.items()}
            own = set(kit.concepts[concept].codes)
            values = next(p.values for p in columns if p.name == column.column)[:60]
            found = {v: stated.get(v.casefold(), v if v in own else None) for v in values}
            absent = {*recipe.missing, *column.missing}
            codes[concept] = (
                {v: c for v, c in found.items() if c and v not in absent} if column.match == "whole" else {}
            )
    truth = {concept: column.column for concept, column in recipe.columns.items()}
    known = {"place": recipe.place.column, "date": recipe.period.column, "latitude": recipe.place.latitude}
    known |= {"longitude": recipe.place.longitude, "id": recipe.row_id, "weight": recipe.design.weights}
    return Case(name, kit, columns, truth, codes, {k: v for k, v in known.items() if v}, real=True)


# --- disguised files ------------------------------------------------------------------------------------------------


def disguised(kits: Sequence[Kit], seed: int, per_kit: int) -> Iterator[Case]:
    """Yield examples of kits under other names, with the kit that has forgotten half of these names."""
    chance = random.Random(seed)
    examples = {kit.id: _example(kit) for kit in kits}
    for kit in kits:
        for number in range(per_kit):
            yield _disguise(kit, kits, examples, chance, LANGUAGES[number % 4], number)


def _example(kit: Kit) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((kit_folder(kit.id) / "example.csv").read_text("utf-8"))))


def _disguise(
    kit: Kit,
    kits: Sequence[Kit],
    examples: Mapping[str, list[dict[str, str]]],
    chance: random.Random,
    language: str,
    number: int,
) -> Case:
    rows = examples[kit.id][:400]
    asked = [name for name, concept in kit.concepts.items() if not concept.inputs]
    # Real files hold few of a kit's concepts, or nearly all.
    share = chance.uniform(0.25, 0.95)
    kept = [name for name in asked if chance.random() < share]
    kept = kept if len(kept) > 1 else asked[:2]
    table: dict[str, list[str]] = {}
    truth, codes, concepts = {}, {}, dict(kit.concepts)
    for name in kept:
        concept = concepts[name]
        word = chance.choice(_names(concept, language))
        column = _unused(_spoilt(word, chance), table)
        meant = {code: _answer(concept, code, language, chance) for code in concept.codes}
        table[column] = [meant.get(row[name], row[name]) for row in rows]
        truth[name] = column
        seen = set(table[column])
        if concept.kind == "code":
            codes[name] = {meant[code]: code for code in concept.codes if meant[code] in seen and meant[code]}
        concepts[name] = _forgetful(concept, {word, *meant.values()}, language, chance)
    for name in set(asked) - set(kept):
        concepts[name] = kit.concepts[name]
    _add_strangers(table, kit, kits, examples, chance)
    order = sorted(table, key=lambda _c: chance.random())
    raw = pa.table({"_row": list(range(len(rows))), **{column: table[column] for column in order}})
    forgot = kit.model_copy(update={"concepts": concepts})
    return Case(f"{kit.id} {language} {number}", forgot, profiles(raw, FormWords()), truth, codes, {}, real=False)


def _add_strangers(
    table: dict[str, list[str]],
    kit: Kit,
    kits: Sequence[Kit],
    examples: Mapping[str, list[dict[str, str]]],
    chance: random.Random,
) -> None:
    """Add columns that are no concept of the kit: some of other kits, and some of no kit."""
    rows, language = len(next(iter(table.values()))), chance.choice(LANGUAGES)
    others = [other for other in kits if other.id != kit.id]
    # At most one column of each other kit, and none that is a measure by itself: that kit would be as right.
    for other in chance.sample(others, min(len(others), chance.randrange(3, 12))):
        single = (asked_for(other, measure) for measure in other.measures)
        enough = {needed[0] for needed in single if len(needed) == 1}
        usable = [n for n, c in other.concepts.items() if not c.inputs and n not in kit.concepts and n not in enough]
        if not usable:
            continue
        name = chance.choice(usable)
        concept = other.concepts[name]
        column = _unused(_spoilt(chance.choice(_names(concept, language)), chance), table)
        strange = examples[other.id]
        table[column] = [_answer(concept, strange[i % len(strange)][name], language, chance) for i in range(rows)]
    for column in chance.sample(STRANGE, 4):
        table[column] = [f"{column} {i}" for i in range(rows)]


def _names(concept: Concept, language: str) -> list[str]:
    said = [text for record in (concept.label, concept.question) if (text := record.get(language))]
    return [*said, *(concept.synonyms or ())] or [next(iter(concept.label.values()))]


def _answer(concept: Concept, code: str, language: str, chance: random.Random) -> str:
    if code not in concept.codes:
        return code
    answer = concept.codes[code]
    options = [answer.label.get(language, code)] * 3 + [*answer.synonyms] + [code, code.replace("_", " ")]
    text = chance.choice(options)
    return _typo(text, chance) if chance.random() < 0.05 else text


def _forgetful(concept: Concept, used: set[str], language: str, chance: random.Random) -> Concept:
    def label(texts: Mapping[str, str]) -> dict[str, str]:
        return {lang: text for lang, text in texts.items() if text not in used or lang == "en" or chance.random() < 0.5}

    keep = tuple(word for word in concept.synonyms if word not in used or chance.random() < 0.5)
    codes = {
        code: answer.model_copy(
            update={
                "label": label(answer.label),
                "synonyms": tuple(w for w in answer.synonyms if w not in used or chance.random() < 0.5),
            }
        )
        for code, answer in concept.codes.items()
    }
    changed = {"label": label(concept.label), "question": label(concept.question), "synonyms": keep, "codes": codes}
    return concept.model_copy(update=changed)


def _spoilt(word: str, chance: random.Random) -> str:
    if chance.random() < 0.3:
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not 0x300 <= ord(c) < 0x370)
    if chance.random() < 0.5:
        word = word.lower().replace(" ", "_").replace("?", "")
    if chance.random() < 0.2:
        word = _typo(word, chance)
    if chance.random() < 0.15:
        word = word[: chance.randrange(8, 24)]
    if chance.random() < 0.2:
        word = chance.choice(["hh/", "group_a/", "q12_", "B3. ", "sec_", "wp_"]) + word
    return word


def _typo(word: str, chance: random.Random) -> str:
    if len(word) < 5:
        return word
    i = chance.randrange(1, len(word) - 2)
    return chance.choice([word[:i] + word[i + 1 :], word[:i] + word[i + 1] + word[i] + word[i + 2 :]])


def _unused(name: str, table: Mapping[str, Any]) -> str:
    while name in table or not name.strip():
        name += "_2"
    return name


# --- fitting --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A case with its evidence over all kits, its own rows of it, and the target column of each (-1 for none)."""

    case: Case
    kits: list[Kit]
    evidence: Evidence
    rows: list[int]
    targets: list[int]


def seen(case: Case, kits: Sequence[Kit]) -> Seen:
    """Collect the evidence for a case, among all kits at hand."""
    own = [case.kit if kit.id == case.kit.id else kit for kit in kits]
    if case.kit.id not in {kit.id for kit in own}:
        own.append(case.kit)
    found = evidence(own, case.columns)
    position = {profile.name: j for j, profile in enumerate(case.columns)}
    rows = [row for row, (owner, _name) in enumerate(found.concepts) if owner == case.kit.id]
    targets = [position.get(case.truth.get(found.concepts[row][1], ""), -1) for row in rows]
    return Seen(case, own, found, rows, targets)


def fit(cases: Sequence[Seen]) -> dict[str, Any]:
    """Fit the weights by penalised maximum likelihood."""
    weights: dict[str, Any] = {}
    for kind in ("coded", "other"):
        parts = []
        for one in cases:
            for row, target in zip(one.rows, one.targets, strict=True):
                if one.evidence.coded[row] == (kind == "coded"):
                    parts.append((one.evidence.features[row], target, 4.0 if one.case.real else 1.0))
        weights[kind] = _logit(parts)
    parts = []
    for one in cases:
        if one.case.kit.id in known_kits():
            found = confidence.chances(one.evidence, weights)
            features = np.array([confidence.kit_features(kit, one.evidence, found) for kit in one.kits])
            target = [kit.id for kit in one.kits].index(one.case.kit.id)
            weight = 4.0 if one.case.real else 1.0
            # The same file where its kit is not at hand: none of the others is right.
            parts += [(features, target, weight), (np.delete(features, target, axis=0), -1, weight)]
    weights["kit"] = _logit(parts)
    return weights


def _logit(parts: Sequence[tuple[Floats, int, float]]) -> dict[str, Any]:
    size = parts[0][0].shape[1]

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, slope = 0.02 * float(theta[:-1] @ theta[:-1]), np.zeros_like(theta)
        slope[:-1] += 0.04 * theta[:-1]
        for features, target, weight in parts:
            chance = confidence.with_none((features @ theta[:-1] + theta[-1])[None, :])[0]
            hit = np.zeros(len(chance))
            if target >= 0:
                hit[target] = 1.0
            value -= weight * float(np.log(max(chance[target] if target >= 0 else 1 - chance.sum(), 1e-12)))
            slope[:-1] -= weight * (hit - chance) @ features
            slope[-1] -= weight * float((hit - chance).sum())
        return value, slope

    start = np.r_[np.ones(size), -3.0]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None)] * size + [(None, None)])
    return {"weights": [round(float(w), 4) for w in found.x[:-1]], "bias": round(float(found.x[-1]), 4)}


# --- judging --------------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Counts of what was said and what was right, and each confidence with its outcome."""

    columns: int = 0
    found: int = 0
    values: int = 0
    coded: int = 0
    kit: bool | None = None
    kit_chance: float = 0.0
    missed: list[str] = None  # type: ignore[assignment]
    pairs: list[tuple[float, bool]] = None  # type: ignore[assignment]
    ways: dict[str, list[bool]] = None  # type: ignore[assignment]
    roles: dict[str, list[bool]] = None  # type: ignore[assignment]


def judge(one: Seen, weights: dict[str, Any], areas: Mapping[str, Any]) -> Score:
    """Compare the suggestion for a case with its truth."""
    score = Score(pairs=[], ways=defaultdict(list), roles=defaultdict(list))
    found = confidence.chances(one.evidence, weights)
    truth, kit = one.case.truth, one.case.kit
    guesses = {guess.role: guess for guess in columns_of(kit, one.case.columns, one.evidence, found)}
    score.columns = len(truth)
    score.found = sum(c in guesses and guesses[c].column == column for c, column in truth.items())
    score.missed = [
        f"{c} = {column}, said {guesses[c].column} {guesses[c].confidence:.2f}" if c in guesses else f"{c} = {column}"
        for c, column in truth.items()
        if c not in guesses or guesses[c].column != column
    ]
    score.pairs = [(guess.confidence, truth.get(c) == guess.column) for c, guess in guesses.items()]
    _judge_values(score, one)
    if kit.id in known_kits():
        chances = confidence.kit_chances([confidence.kit_features(k, one.evidence, found) for k in one.kits], weights)
        score.kit = one.kits[int(np.argmax(chances))].id == kit.id
        score.kit_chance = float(chances[[k.id for k in one.kits].index(kit.id)])
    if one.case.real:
        for role in roles([c for c in one.case.columns if c.name not in set(truth.values())], areas):
            if role.role in one.case.roles or role.role in ("place", "date", "latitude", "longitude"):
                score.roles[role.role].append(one.case.roles.get(role.role) == role.column)
    return score


def _judge_values(score: Score, one: Seen) -> None:
    profile_of = {profile.name: profile for profile in one.case.columns}
    for concept, codes in one.case.codes.items():
        meant = one.evidence.spellings[one.case.kit.id, concept].meanings(profile_of[one.case.truth[concept]])
        score.coded += len(codes)
        score.values += sum(value in meant and meant[value].code == code for value, code in codes.items())
        for value in codes.keys() & meant.keys():
            score.ways[meant[value].way].append(meant[value].code == codes[value])


def curve(pairs: Sequence[tuple[float, bool]]) -> list[str]:
    """Return the calibration curve: what was said, and how often it was right."""
    lines = []
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 0.95), (0.95, 1.01)):
        inside = [(c, hit) for c, hit in pairs if low <= c < high]
        if inside:
            said, right = (sum(x) / len(inside) for x in zip(*inside, strict=True))
            lines.append(f"  said {100 * said:5.1f} %   right {100 * right:5.1f} %   ({len(inside)})")
    return lines


def summary(title: str, scores: Mapping[str, Score]) -> None:
    """Print accuracy and calibration of some cases."""
    print(f"\n{title}")
    columns, found = sum(s.columns for s in scores.values()), sum(s.found for s in scores.values())
    coded, values = sum(s.coded for s in scores.values()), sum(s.values for s in scores.values())
    kits = [s.kit for s in scores.values() if s.kit is not None]
    print(f"column -> concept, top 1: {found} of {columns} ({100 * found / max(columns, 1):.1f} %)")
    print(f"value -> code, top 1:     {values} of {coded} ({100 * values / max(coded, 1):.1f} %)")
    print(f"kit, top 1:               {sum(kits)} of {len(kits)}")
    print("calibration of column -> concept:")
    print("\n".join(curve([pair for s in scores.values() for pair in s.pairs])))


def main() -> None:
    """Fit if asked to, judge, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fit", action="store_true", help="fit the weights and write confidence.json")
    parser.add_argument("--per-kit", type=int, default=24, help="disguised files per kit")
    parser.add_argument("--misses", action="store_true", help="name what was missed in the real files")
    options = parser.parse_args()
    kits = [shipped_kit(name) for name in known_kits()]
    areas = {country: known_areas(country) for country in countries()}
    made = [seen(case, kits) for case in disguised(kits, 7, options.per_kit)]
    real = [seen(case, kits) for case in real_cases()]
    held_out = {}
    for one in real:
        weights = fit([*made, *(other for other in real if other is not one)])
        held_out[one.case.name] = judge(one, weights, areas)
    _print_files(held_out, misses=options.misses)
    summary("Real files, each judged with weights fitted to the others:", held_out)
    weights = fit([*made, *real]) if options.fit else confidence.fitted()
    fresh = [seen(case, kits) for case in disguised(kits, 11, max(options.per_kit // 3, 4))]
    scores = {one.case.name: judge(one, weights, areas) for one in fresh}
    summary("Disguised files that were not fitted to:", scores)
    ways = _together([s.ways for s in (*scores.values(), *held_out.values())])
    by_role = _together([s.roles for s in held_out.values()])
    print("\nvalue -> code by way: " + ", ".join(f"{w} {sum(h)}/{len(h)}" for w, h in ways.items()))
    print("roles, real files:    " + ", ".join(f"{r} {sum(h)}/{len(h)}" for r, h in by_role.items()))
    if options.fit:
        # Jeffreys' rule keeps a way that was never wrong from being called certain.
        seen_ways = {way: round((sum(ways[way]) + 0.5) / (len(ways[way]) + 1), 3) for way in WAYS if way in ways}
        sure = confidence.fitted()["ways"] | seen_ways
        text = json.dumps(confidence.fitted() | weights | {"ways": sure}, indent=1)
        Path(confidence.__file__).with_name("confidence.json").write_text(text + "\n", "utf-8")


def _print_files(scores: Mapping[str, Score], *, misses: bool) -> None:
    for name, s in scores.items():
        for miss in s.missed if misses else ():
            print(f"  missed: {miss}")
        kit = {None: "local kit", True: "kit found", False: "kit missed"}[s.kit]
        sure = "" if s.kit is None else f", said {100 * s.kit_chance:.0f} %"
        print(f"{name:32} columns {s.found}/{s.columns}  values {s.values}/{s.coded}  {kit}{sure}")


def _together(counts: Sequence[Mapping[str, list[bool]]]) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = defaultdict(list)
    for one in counts:
        for name, hits in one.items():
            found[name] += hits
    return found


if __name__ == "__main__":
    main()
