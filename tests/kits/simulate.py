"""Draws the example data of the kits and writes them with their expected answers: python tests/kits/simulate.py [KIT…]

Everything here is made up: the country, its places, the people and the water points.
"""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import drawn
from chance import AREAS, CORNERS, Chance, Place, segments, submission, villages
from textbook import expected

from datashift.forms.compose import compose
from datashift.standards.kits import shipped_kit

KITS = Path(__file__).resolve().parents[2] / "src" / "datashift" / "kits"


def water_points(places: Sequence[Place]) -> Iterator[dict[str, str]]:
    """Yield the water points of the drawn villages, as the form water-point-functionality collects them."""
    chance = Chance(611)
    works = {"ZZ-01": 0.78, "ZZ-02": 0.55, "ZZ-03": 0.66}
    number = 0
    for place in places:
        south, west = CORNERS[place.area]
        latitude, longitude = south + chance.share(), west + 0.3 + 1.2 * chance.share()
        luck = 0.4 * (chance.share() - 0.5)
        for _ in range(chance.number(3, 7)):
            number += 1
            status = _status(chance, works[place.area] + luck)
            yield submission(number, chance) | {
                "organisation": "Simulated data",
                "area": place.area,
                "cluster": place.cluster,
                "stratum": place.stratum,
                "weight": place.weight,
                "location-Latitude": f"{latitude + 0.02 * chance.share():.6f}",
                "location-Longitude": f"{longitude + 0.02 * chance.share():.6f}",
                "location-Altitude": str(chance.number(200, 900)),
                "location-Accuracy": f"{3 + 6 * chance.share():.1f}",
                "point_name": f"Simulated {number:03d}",
                "technology": _technology(chance),
                "water_available": {"non_functional": "no", "unknown": "unknown"}.get(status, "yes"),
                "status": status,
                "quantity": _quantity(chance, status),
                "management": chance.one_of(
                    {"community": 60, "government": 12, "private": 10, "institution": 8, "nobody": 5, "unknown": 5}
                ),
                "population": _population(chance, place.area),
                "install_year": "" if chance.share() < 0.2 else str(chance.number(1985, 2022)),
            }


def _status(chance: Chance, works: float) -> str:
    if chance.share() < 0.03:
        return "unknown"
    if chance.share() < works:
        return "functional"
    return "needs_repair" if chance.share() < 0.3 else "non_functional"


def _technology(chance: Chance) -> str:
    return chance.one_of(
        {
            "public_standpipe": 30, "public_standpipe_multiple": 8, "hand_pump": 28, "mechanised_borehole": 8,
            "protected_well": 6, "improved_spring": 6, "rainwater": 2, "kiosk": 2, "unprotected_well": 4,
            "surface_water": 2, "cattle_trough": 2, "dam": 1, "other": 4, "unknown": 1,
        }
    )  # fmt: skip


def _quantity(chance: Chance, status: str) -> str:
    if status == "non_functional":
        return chance.one_of({"dry": 60, "insufficient": 20, "seasonal": 15, "unknown": 5})
    return chance.one_of({"enough": 65, "insufficient": 20, "seasonal": 12, "unknown": 3})


def _population(chance: Chance, area: str) -> str:
    people = 40 + int(500 * chance.share() ** 2)
    # In one area hardly anybody knows: the figure that needs this number must be refused there.
    unknown = 0.5 if area == "ZZ-03" else 0.04
    return "" if chance.share() < unknown else str(people)


SCALE = ("strongly_agree", "agree", "disagree", "strongly_disagree")
SATISFIED = ("very_satisfied", "satisfied", "dissatisfied", "very_dissatisfied")
ASKED = {
    "health": ("access", "affordability", "facilities", "equal_treatment", "courtesy"),
    "primary": ("access", "affordability", "facilities", "equal_treatment", "teaching"),
    "secondary": ("access", "affordability", "facilities", "equal_treatment", "teaching"),
    "government": ("access", "affordability", "equal_treatment", "simple_process", "timeliness"),
}
USED = {"health": 0.82, "primary": 0.68, "secondary": 0.62, "government": 0.66}


def interviews(places: Sequence[Place]) -> Iterator[dict[str, str]]:
    """Yield the interviews of the drawn areas, as the form public-service-satisfaction collects them."""
    chance = Chance(1662)
    number = 0
    for place in places:
        luck = 0.5 * (chance.share() - 0.5)
        for _ in range(5):
            number += 1
            head = submission(number, chance) | {
                "area": place.area,
                "cluster": place.cluster,
                "stratum": place.stratum,
                "cluster_weight": place.weight,
            }
            yield head | (_refused(place) if number % 53 == 0 else _interview(chance, place, luck))


def _refused(place: Place) -> dict[str, str]:
    return {"consent": "no", "weight": place.weight}


def _interview(chance: Chance, place: Place, luck: float) -> dict[str, str]:
    adults = chance.number(1, 5)
    quintile = chance.number(1, 5)
    content = 0.45 + 0.06 * quintile + luck
    answers = {
        "consent": "yes",
        "adults": str(adults),
        "weight": str(int(place.weight) * adults),
        "sex": chance.one_of({"female": 53, "male": 46, "another": 1}),
        "age": str(chance.number(18, 79)),
        "place": place.stratum.split("-")[2],
        "income_quintile": f"q{quintile}" if chance.share() < 0.96 else "refused",
    }
    for service, attributes in ASKED.items():
        used = "yes" if chance.share() < USED[service] else chance.one_of({"no": 96, "dont_know": 4})
        answers[f"{service}_used"] = used
        if used == "yes":
            for attribute in attributes:
                answers[f"{service}_{attribute}"] = _graded(chance, SCALE, content)
            answers[f"{service}_satisfaction"] = _graded(chance, SATISFIED, content + 0.05)
    answers["need_unmet"] = chance.one_of({"yes": 22, "no": 75, "dont_know": 2, "refused": 1})
    if answers["need_unmet"] == "yes":
        answers["need_service"] = chance.one_of({"health": 50, "secondary": 20, "government": 25, "dont_know": 5})
        answers["need_barrier"] = chance.one_of(
            {"too_far": 20, "too_expensive": 30, "long_wait": 20, "closed": 10, "missing_papers": 10, "other": 10}
        )
    return answers


def _graded(chance: Chance, scale: Sequence[str], content: float) -> str:
    if chance.share() < 0.06:
        options = {"dont_know": 60.0, "refused": 20.0}
        return chance.one_of(options | {"not_applicable": 20.0} if scale is SCALE else options)
    mild = chance.share() < 0.65
    if chance.share() < content:
        return scale[1] if mild else scale[0]
    return scale[2] if mild else scale[3]


def sample(places: Sequence[Place]) -> str:
    """Return the sampling list that goes with the form."""
    return _csv([vars(place) for place in places])


def _csv(rows: Sequence[dict[str, str]]) -> str:
    # The longest row has answered every question; it gives the columns in the order of the form.
    names = [name for name in max(rows, key=len) if name != "KEY"]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [*names, *(["KEY"] if "KEY" in rows[0] else [])], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def drawn_kits() -> dict[str, ModuleType]:
    """Return the modules that draw an example, by the id of their kit."""
    names = sorted(module.name for module in iter_modules(drawn.__path__))
    return {name.replace("_", "-"): import_module(f"drawn.{name}") for name in names}


def files(only: Sequence[str] = ()) -> dict[str, str]:
    """Return all made-up files of the kits, by their path inside the folder of kits, without the expected answers."""
    found: dict[str, str] = {}
    for name, module in drawn_kits().items():
        if only and name not in only:
            continue
        places = module.places()
        kit = tomllib.loads((KITS / name / "kit.toml").read_text("utf-8"))
        found |= {f"{name}/areas.csv": AREAS, f"{name}/sample.csv": sample(places)}
        found |= {f"{name}/example.csv": _csv(list(module.rows(places, kit)))}
    water, services = "water-point-functionality", "public-service-satisfaction"
    both = {
        f"{water}/areas.csv": AREAS,
        f"{water}/sample.csv": sample(villages()),
        f"{water}/example.csv": _csv(list(water_points(villages()))),
        f"{services}/areas.csv": AREAS,
        f"{services}/sample.csv": sample(segments()),
        f"{services}/example.csv": _csv(list(interviews(segments()))),
    }
    return found | {path: text for path, text in both.items() if not only or path.partition("/")[0] in only}


def write(only: Sequence[str] = ()) -> None:
    """Write the made-up files, the forms and the expected answers of the kits named, or of all."""
    wanted = [path.parent.name for path in sorted(KITS.glob("*/kit.toml")) if not only or path.parent.name in only]
    for path, text in files(wanted).items():
        (KITS / path).write_text(text, "utf-8", newline="")
    for name in wanted:
        module = drawn_kits().get(name)
        if module is not None:
            (KITS / name / "form.md").write_text(compose(shipped_kit(name)), "utf-8", newline="")
        (KITS / name / "expected.json").write_text(expected(KITS / name, module), "utf-8", newline="")


if __name__ == "__main__":
    write(sys.argv[1:])
