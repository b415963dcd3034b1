"""What a release says, read back from its bundle: estimates, comparisons and official figures as records."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from datashift.errors import BadRecipe, Tampered
from datashift.model import Benchmark, Breakdown, Comparison, Contest, Estimate, Kit, Loss, Recipe, Verdict
from datashift.publish.bundle import DOSSIER, PUBLIC
from datashift.publish.integrity import Archive, open_archive, problems
from datashift.publish.sdmx_csv import EVERYBODY, dimensions_and_codes, number
from datashift.publish.tables import CONTESTED, breakdown_text
from datashift.standards.kits import parse_kit, parse_recipe
from datashift.standards.structures.identifiers import code_ids

OFFICIAL = "inputs/official.json"
"""The member of a bundle that holds the official figures that were at hand."""

_LOSSES = ("LOSS_UNMAPPED", "LOSS_MANY_TO_ONE", "LOSS_REJECTED")


@dataclass(frozen=True)
class Released:
    """What a release says. `id` is that of its manifest, `created` an ISO date.

    Reasons of estimates and comparisons are finished sentences, in the language of the release. `official` are all
    official figures that were at hand, compared or not.
    """

    recipe: Recipe
    kit: Kit
    estimates: tuple[Estimate, ...]
    comparisons: tuple[Comparison, ...]
    created: str
    id: str
    official: tuple[Benchmark, ...] = ()


def released(path: Path) -> Released:
    """Read a release back from its bundle `release.zip`, or from the folder where it stands.

    Every byte is compared with the manifest; nothing is computed again (`verify` does that). Out: numbers as they were
    published, at ten significant digits; hidden figures without any. Raises Tampered (verify.*) when the file is not
    there, is no bundle, or is not what was released.
    """
    bundle = path / PUBLIC if path.is_dir() else path
    archive = open_archive(bundle, PUBLIC)
    try:
        found = None if problems([archive]) else _read(archive)
    except (BadRecipe, LookupError, TypeError, ValueError) as problem:
        raise Tampered("verify.not-a-bundle", file=bundle.name) from problem
    if found is None:
        raise Tampered("verify.not-a-bundle", file=bundle.name)
    return found


def released_dossier(path: Path) -> dict[str, Any]:
    """Return the dossier that a release holds, from its bundle `release.zip` or from the folder where it stands.

    Raises Tampered when the file is not there, is no bundle, is not what was released, or holds no dossier.
    """
    bundle = path / PUBLIC if path.is_dir() else path
    archive = open_archive(bundle, PUBLIC)
    if problems([archive]):
        raise Tampered("verify.not-a-bundle", file=bundle.name)
    if DOSSIER not in archive.members:
        raise Tampered("verify.no-dossier", file=bundle.name)
    found: dict[str, Any] = json.loads(archive.members[DOSSIER])
    return found


def benchmark(entry: Mapping[str, Any]) -> Benchmark:
    """Return the official figure that an entry of `inputs/official.json` describes."""
    group = tuple((concept, code) for concept, code in entry.get("breakdown", ()))
    return Benchmark(**{**entry, "breakdown": group})


def _read(archive: Archive) -> Released:
    recipe = parse_recipe(archive.members["recipe.toml"].decode(), "recipe.toml")
    kit = recipe.disclosure.on(parse_kit(archive.members["kit.toml"].decode(), "kit.toml"))
    official = tuple(benchmark(entry) for entry in json.loads(archive.members.get(OFFICIAL, b"[]")))
    estimates = tuple(rows_as_estimates(kit, _rows(archive, "estimates.csv")))
    return Released(
        recipe=recipe,
        kit=kit,
        estimates=estimates,
        comparisons=tuple(_comparisons(kit, estimates, official, _rows(archive, "comparison.csv"))),
        created=str(archive.manifest["created"]),
        id=str(archive.manifest["id"]),
        official=official,
    )


def _rows(archive: Archive, member: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.members[member].decode(), newline="")))


def rows_as_estimates(kit: Kit, rows: Sequence[Mapping[str, str]]) -> Iterator[Estimate]:
    """Yield the rows of an estimates.csv as estimates. Raises KeyError where a column is missing."""
    dimensions, codes = dimensions_and_codes(kit)
    measures = {written: name for name, written in code_ids(measure.id for measure in kit.measures).items()}
    back = {concept: {written: code for code, written in ids.items()} for concept, ids in codes.items()}
    for row in rows:
        told = {concept: row.get(name, EVERYBODY) for concept, name in dimensions.items()}
        group = tuple((c, back[c].get(code, code)) for c, code in told.items() if code != EVERYBODY)
        spread = _number(row.get("BIAS_SD"))
        yield Estimate(
            kit=row["KIT"],
            measure=measures.get(row["MEASURE"], row["MEASURE"]),
            area=row["REF_AREA"],
            area_name=row["REF_AREA_NAME"],
            period=row["TIME_PERIOD"],
            value=_number(row["OBS_VALUE"]),
            se=_number(row["STD_ERROR"]),
            lower=_number(row["LOWER_BOUND"]),
            upper=_number(row["UPPER_BOUND"]),
            n=int(row["N_OBS"] or 0),
            n_eff=_number(row["N_EFF"]),
            deff=_number(row["DEFF"]),
            df=_number(row["DF"]),
            unit=row["UNIT_MEASURE"],
            status=row["OBS_STATUS"],
            method=row["METHOD"],
            sampling_type=row["SAMPLING_TYPE"],
            breakdown=group,
            reason=_sentence(row["REASON"]),
            facts={} if spread is None else {"bias_sd": spread},
            loss=_loss(row),
        )


def _comparisons(
    kit: Kit, estimates: Sequence[Estimate], official: Sequence[Benchmark], rows: Sequence[Mapping[str, str]]
) -> Iterator[Comparison]:
    labels = {m.id: {"counted": dict(m.label), "unit": dict(m.unit_label)} for m in kit.measures}
    drawn = {e.key: e for e in estimates}
    for row in rows:
        found = _comparison(row, official)
        key = (found.measure, found.area, found.period, found.breakdown)
        estimate = drawn.get(key)
        own = {"status": estimate.status} if estimate else {}
        bias = dict(estimate.facts) if estimate and found.p_value is not None else {}
        yield replace(found, facts={**found.facts, **labels.get(found.measure, {}), **own, **bias})


def _comparison(row: Mapping[str, str], official: Sequence[Benchmark]) -> Comparison:
    # The sentence stands as it was said, with all that belongs to it: nothing is added to it when it is said again.
    facts = {"said": True, "unit_code": row["UNIT_MEASURE"]}
    return Comparison(
        measure=row["MEASURE"],
        area=row["REF_AREA"],
        area_name=row["REF_AREA_NAME"],
        period=row["TIME_PERIOD"],
        breakdown=_group(row["BREAKDOWN"]),
        value=_number(row["VALUE"]),
        lower=_number(row["LOWER_BOUND"]),
        upper=_number(row["UPPER_BOUND"]),
        official=_official(row, official) if row["OFFICIAL_VALUE"] else None,
        verdict=cast(Verdict, row["VERDICT"]),
        difference=_number(row["DIFFERENCE"]),
        difference_lower=_number(row["DIFFERENCE_LOWER"]),
        difference_upper=_number(row["DIFFERENCE_UPPER"]),
        reason=_sentence(row["REASON"]),
        facts=facts,
        probability=_number(row.get("PROBABILITY")),
        p_value=_number(row.get("P_VALUE")),
        p_adjusted=_number(row.get("P_ADJUSTED")),
        contest=_contest(row),
    )


def _official(row: Mapping[str, str], official: Sequence[Benchmark]) -> Benchmark:
    """Return the official figure of a row: the one of `inputs/official.json`, or what the row alone says of it."""
    same = (figure for figure in official if figure.measure == row["MEASURE"] and _told(figure) == _key(row))
    limits = {name: _number(row.get(f"OFFICIAL_{name.upper()}")) for name in ("lower", "upper")}
    alone = Benchmark(
        measure=row["MEASURE"],
        source=row["SOURCE"],
        released=row["RELEASED"],
        retrieved=row["RETRIEVED"],
        series=row["SERIES"],
        area=row["OFFICIAL_AREA"] or None,
        area_name=row["OFFICIAL_AREA_NAME"],
        period=row["OFFICIAL_PERIOD"],
        value=float(row["OFFICIAL_VALUE"]),
        unit=row["OFFICIAL_UNIT"],
        nature=row["NATURE"],
        relation=row["RELATION"],
        definition={},
        difference={},
        se=_number(row["OFFICIAL_STD_ERROR"]),
        facts={name: limit for name, limit in limits.items() if limit is not None},
        breakdown=_group(row.get("OFFICIAL_BREAKDOWN", "")),
        stated=row.get("OFFICIAL_STATED", ""),
        source_detail=row.get("SOURCE_DETAIL", ""),
        footnote=row.get("FOOTNOTE", ""),
    )
    # A standard error that was stated, not published, stands in the row alone.
    return replace(next(same, alone), se=alone.se, stated=alone.stated)


def _told(figure: Benchmark) -> tuple[str, ...]:
    place = (figure.area or "", figure.period, figure.nature, figure.relation, number(figure.value))
    return (figure.source, figure.released, figure.series, *place, breakdown_text(figure.breakdown))


def _key(row: Mapping[str, str]) -> tuple[str, ...]:
    columns = ("SOURCE", "RELEASED", "SERIES", "OFFICIAL_AREA", "OFFICIAL_PERIOD", "NATURE", "RELATION")
    return (*(row[name] for name in columns), row["OFFICIAL_VALUE"], row.get("OFFICIAL_BREAKDOWN", ""))


def _contest(row: Mapping[str, str]) -> Contest | None:
    pairs = {field: [_number(row.get(column)) for column in columns] for field, columns in CONTESTED.items()}
    whole = {field: (pair[0], pair[1]) for field, pair in pairs.items() if pair[0] is not None and pair[1] is not None}
    if "shift" not in whole:
        return None
    answers = row.get("CONTEST_N", "")
    return Contest(**whole, n=int(answers) if answers else None, population=_number(row.get("CONTEST_POPULATION")))


def _loss(row: Mapping[str, str]) -> Loss | None:
    shares = [_number(row.get(name)) for name in _LOSSES]
    known = [share / 100 for share in shares if share is not None]
    return Loss(*known) if len(known) == len(_LOSSES) else None


def _group(text: str) -> Breakdown:
    parts = (part.partition("=") for part in text.split(";") if part)
    return tuple((concept, code) for concept, _sign, code in parts)


def _sentence(text: str) -> str:
    """Return a finished sentence as a template without facts."""
    return text.replace("{", "{{").replace("}", "}}")


def _number(text: str | None) -> float | None:
    return float(text) if text else None
