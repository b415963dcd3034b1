"""`datashift claims`: the sentences that a release carries, and whether it carries one of your own."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datashift.errors import NotLicensed
from datashift.language import N_, _
from datashift.layout import wrapped
from datashift.numbers import said

if TYPE_CHECKING:
    from datashift.claims import Claim, Evidence, Number, Problem
    from datashift.publish import Released

HELP = N_("the sentences that a release carries, and whether it carries one of your own")

Told = tuple[str, Callable[[], Any], int]

SHOWN = 12
REFUSED = 3

ESTIMATES = {
    "estimate.value": "OBS_VALUE", "estimate.lower": "LOWER_BOUND", "estimate.upper": "UPPER_BOUND",
    "estimate.n": "N_OBS", "estimate.period": "TIME_PERIOD", "ranking.levels": "OBS_VALUE",
}  # fmt: skip
COMPARISON = {
    "comparison.value": "VALUE", "comparison.period": "TIME_PERIOD", "comparison.difference": "DIFFERENCE",
    "comparison.difference_lower": "DIFFERENCE_LOWER", "comparison.difference_upper": "DIFFERENCE_UPPER",
    "comparison.official.value": "OFFICIAL_VALUE", "comparison.official.period": "OFFICIAL_PERIOD",
    "among": "VERDICT", "several.comparisons": "VERDICT", "standing.period": "TIME_PERIOD",
    "standing.official_period": "OFFICIAL_PERIOD",
}  # fmt: skip
KIT = {"measure.relevant_difference": "relevant_difference"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the bundle, what to choose from it, and a sentence to check."""
    parser.add_argument("bundle", type=Path, help=_("release.zip, or the folder where it stands"))
    parser.add_argument("--measure", help=_("only this measure (its code)"))
    parser.add_argument("--area", help=_("only this area (its id or its name)"))
    parser.add_argument("--kind", help=_("only this kind of sentence, such as gap or level"))
    parser.add_argument("--all", action="store_true", help=_("show all sentences, not only the strongest"))
    parser.add_argument("--check", metavar=_("SENTENCE"), help=_("hold a sentence of your own against the evidence"))


def run(options: argparse.Namespace) -> Told:
    """Read a release and say what it carries. Out: text, data for machines, exit code (3: the sentence is refused).

    Raises NotLicensed: no such kind, nothing on that measure or area, or no sentence of that kind is carried.
    """
    from datashift.claims import KINDS, evidence_of
    from datashift.publish import released

    if options.kind is not None and options.kind not in KINDS:
        raise NotLicensed("claim.unknown-kind", kind=options.kind, known=", ".join(KINDS))
    release = released(options.bundle)
    evidence = _chosen(release, evidence_of(release), options.measure, options.area)
    if options.check is not None:
        return _checked(release, evidence, options.check)
    claims = _claims(evidence, options.kind)
    shown = claims if options.all else claims[:SHOWN]
    return _text(claims, shown), lambda: _as_dict(release, claims), 0


# --- what is asked for ------------------------------------------------------------------------------------------------


def _chosen(release: Released, evidence: list[Evidence], measure: str | None, area: str | None) -> list[Evidence]:
    from datashift.standards.areas import folded

    names = {e.area_name: e.area for e in release.estimates}
    wanted = {id for name, id in names.items() if area is not None and folded(area) in (folded(name), folded(id))}
    known = {m.id: m.label for m in release.kit.measures}
    wrong_measure = measure is not None and measure not in known
    if wrong_measure or (area is not None and not wanted):
        raise NotLicensed(
            "claim.nothing-there", what=measure if wrong_measure else area, measures=", ".join(known),
            areas=", ".join(names),
        )  # fmt: skip
    found = [one for one in evidence if measure is None or dict(one.subject.label) == dict(known[measure])]
    return [
        one for one in found if area is None or _area(one) in wanted | {n for n, id in names.items() if id in wanted}
    ]


def _area(one: Evidence) -> str:
    from datashift.claims import Beside, Level, Standing

    if isinstance(one, Level):
        return one.estimate.area
    if isinstance(one, Beside):
        return one.comparison.area
    return one.area_name if isinstance(one, Standing) else ""


def _claims(evidence: Sequence[Evidence], kind: str | None) -> list[Claim]:
    from datashift.claims import claim, licensed, strongest_first

    if kind is None:
        return strongest_first(made for one in evidence for made in licensed(one))
    found: list[Claim] = []
    refused: list[NotLicensed] = []
    for one in evidence:
        try:
            found.append(claim(kind, one))
        except NotLicensed as why:
            refused.append(why)
    if not found and refused:
        raise _most_telling(refused)
    return strongest_first(found)


def _most_telling(refused: Sequence[NotLicensed]) -> NotLicensed:
    """Return the most frequent reason that speaks of this kind; much of the evidence is of another sort."""
    from datashift.claims.wording import OTHER_KIND

    telling = [why for why in refused if why.facts.get("why") != _(OTHER_KIND)]
    counts = Counter(str(why) for why in telling or refused)
    most = counts.most_common(1)[0][0]
    return next(why for why in refused if str(why) == most)


# --- text for people --------------------------------------------------------------------------------------------------


def _text(claims: Sequence[Claim], shown: Sequence[Claim]) -> str:
    counts = Counter(made.verb for made in claims)
    first = _("Sentences that this release carries: {n} ({grades}).").format(
        n=said(len(claims)), grades=", ".join(f"{verb}: {said(n)}" for verb, n in counts.items())
    )
    lines = [wrapped(first)]
    caveats = [made.caveats() for made in shown]
    of_all = [line for line in caveats[0] if all(line in each for each in caveats)] if len(shown) > 1 else []
    if of_all:
        lines += ["", _("To be said with each of them:"), *(wrapped(caveat, "  ") for caveat in of_all)]
    for made, own in zip(shown, caveats, strict=True):
        lines += ["", wrapped(f"[{made.verb}] {made.sentence()}", "", "  ")]
        lines += [wrapped(caveat, "  ") for caveat in own if caveat not in of_all]
        lines += [wrapped(line, "  ") for line in _stands(made)]
    more = len(claims) - len(shown)
    if more:
        text = _("… and {n} more. See them with --all, or choose with --area, --measure and --kind.")
        lines += ["", wrapped(text.format(n=said(more)))]
    if claims:
        lines += ["", wrapped(_("What stands below a sentence belongs to it. Say both, or neither."))]
    return "\n".join(lines)


def _stands(made: Claim) -> list[str]:
    by_place: dict[str, list[str]] = {}
    for place in (_place(made, number) for number in made.numbers if not number.where.endswith(("period", "year"))):
        where = " ".join(filter(None, (place["file"], place["row"])))
        by_place.setdefault(where, []).append(f"{place['text']} = {place['column']}")
    return [f"{where}: {'; '.join(numbers)}" for where, numbers in by_place.items()]


def _place(made: Claim, number: Number) -> dict[str, str]:
    return {"text": number.text, "row": _row(made, number), **_column(number)}


def _column(number: Number) -> dict[str, str]:
    from datashift.publish.tables import CONTESTED

    contested = {f"comparison.contest.{name}[{i}]": pair[i] for name, pair in CONTESTED.items() for i in (0, 1)}
    for file, columns in (("estimates.csv", ESTIMATES), ("comparison.csv", COMPARISON | contested), ("kit.toml", KIT)):
        if number.where in columns:
            return {"file": file, "column": columns[number.where]}
    return {"file": "", "column": number.where}


def _row(made: Claim, number: Number) -> str:
    from datashift.claims import Beside, Level

    one = made.evidence
    if number.where in KIT or not isinstance(one, Level | Beside):
        return ""
    row = one.estimate if isinstance(one, Level) else one.comparison
    group = ";".join(f"{concept}={code}" for concept, code in row.breakdown)
    return " ".join(filter(None, (row.measure, row.area, row.period, group)))


def _as_dict(release: Released, claims: Sequence[Claim]) -> dict[str, Any]:
    return {
        "release": release.id,
        "created": release.created,
        "recipe": release.recipe.id,
        "simulated": release.recipe.simulated,
        "claims": [made.as_dict() | {"stands": [_place(made, n) for n in made.numbers]} for made in claims],
    }


# --- a sentence of one's own ------------------------------------------------------------------------------------------


def _checked(release: Released, evidence: list[Evidence], text: str) -> Told:
    from datashift.claims import NOT_PROOF, check

    problems = check(text, evidence, _names(release))
    data = {
        "release": release.id,
        "sentence": text,
        "carried": not problems,
        "problems": [problem.as_dict() for problem in problems],
        "note": _(NOT_PROOF),
    }
    if not problems:
        return wrapped(_(NOT_PROOF)), lambda: data, 0
    return _problems(problems), lambda: data, REFUSED


def _problems(problems: Sequence[Problem]) -> str:
    lines = [wrapped(_("The evidence does not carry this sentence:"))]
    lines += list(dict.fromkeys(wrapped(problem.text, "  ", "    ") for problem in problems))
    instead = dict.fromkeys(problem.instead for problem in problems if problem.instead)
    if instead:
        lines += ["", _("What it carries:"), *(wrapped(sentence, "  ", "  ") for sentence in instead)]
    return "\n".join(lines)


def _names(release: Released) -> Mapping[str, Sequence[str]]:
    """Return the other names of areas, where the country has a list with us."""
    from datashift.standards.areas import countries, known_areas

    country = release.recipe.place.country
    if country not in countries():
        return {}
    return {id: (*area.aliases, *(name for _language, name in area.names)) for id, area in known_areas(country).items()}
