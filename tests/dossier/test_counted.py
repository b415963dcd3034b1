"""Who was counted: said right for people and for things, hidden where few, and nothing ranked by chance."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry import box, mapping

from datashift.assess.reached.representation import representation
from datashift.dossier.area_map import area_map
from datashift.dossier.counted import counted
from datashift.dossier.document import document
from datashift.dossier.items import evident
from datashift.dossier.left_behind import left_behind
from datashift.dossier.page import html
from datashift.dossier.people import known, through_gate
from datashift.dossier.print import pdf
from datashift.estimation import cells
from datashift.inputs import gather
from datashift.language import label
from datashift.pipeline import Result, estimates, run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

KIT = """
id = "heard"
version = "1.0.0"
indicator = "16.7.2"
relation = "local"
title = { en = "Heard" }
description = { en = "Heard" }
relation_note = { en = "-" }
benchmarks = ["sex", "age_group", "place"]
[universe]
unit = { en = "person", es = "persona" }
text = { en = "People" }
people = true
[concepts.heard]
label = { en = "Heard?" }
[concepts.heard.codes]
yes = { label = { en = "Yes" } }
no = { label = { en = "No" } }
[concepts.sex]
label = { en = "Sex", es = "Sexo" }
[concepts.sex.codes]
female = { label = { en = "Women", es = "Mujeres" } }
male = { label = { en = "Men", es = "Hombres" } }
[concepts.age_group]
label = { en = "Age" }
[concepts.age_group.codes]
15_24 = { label = { en = "15 to 24" } }
25_39 = { label = { en = "25 to 39" } }
40_plus = { label = { en = "40 and over" } }
[concepts.place]
label = { en = "Place" }
[concepts.place.codes]
urban = { label = { en = "Town" } }
rural = { label = { en = "Countryside" } }
[[measures]]
id = "HEARD"
label = { en = "People who are heard" }
finding = { en = "{value} of people in {area} are heard ({lower} to {upper})." }
estimator = "proportion"
numerator = { heard = ["yes"] }
denominator = { heard = ["yes", "no"] }
relevant_difference = 5.0
breakdowns = [["area"], ["sex"]]
"""

RECIPE = """
id = "heard-test"
kit = "./kit"
producer = "a test"
simulated = true
[title]
en = "Are people heard?"
[[source]]
file = "answers.csv"
[columns]
heard = { column = "heard", codes = { yes = "yes", no = "no" } }
sex = { column = "sex", codes = { f = "female", m = "male" } }
age_group = { column = "age", codes = { a = "15_24", b = "25_39", c = "40_plus" } }
[place]
country = "XX"
as_of = 2024-01-01
areas = "areas.csv"
column = "area"
[period]
label = "2024"
[design]
sampling_type = "probability"
clusters = ["village"]
"""

MARGIN = """
[margin.people]
source = "Census of Exland 2020"
file = "census.csv"
as_of = 2024-01-01
[margin.people.groups]
SEX = { column = "", codes = { women = "F", men = "M" } }
AGE = { column = "age" }
"""

AREAS = """id,name,country,level,parent,valid_from,valid_to,aliases,predecessors
XX,Exland,XX,0,,,,,
XX-W,Westmark,XX,1,XX,,,,
XX-E,Eastmark,XX,1,XX,,,,
"""


def census(west: float = 1.0, middle: str = "25-64", old: str = "65+") -> str:
    rows = [(area, age, n * k) for area, k in (("Westmark", west), ("Eastmark", 1.0))
            for age, n in (("0-14", 400), ("15-24", 300), (middle, 300), (old, 100))]  # fmt: skip
    return "area,age,women,men\n" + "".join(f"{area},{age},{n:g},{n:g}\n" for area, age, n in rows)


def answers(n: int = 600, women: float = 0.5, west: float = 0.5, heard: tuple[float, float] = (0.5, 0.5)) -> str:
    """People of villages of ten; `heard` is how often women and men are."""
    draw = np.random.default_rng(4)
    lines = ["village,area,sex,age,heard"]
    for i in range(n):
        female = draw.random() < women
        area = "Westmark" if i < west * n else "Eastmark"
        age = draw.choice(["a", "b", "c"], p=[3 / 7, 2 / 7, 2 / 7])
        yes = draw.random() < heard[0 if female else 1]
        lines.append(f"v{i // 10},{area},{'f' if female else 'm'},{age},{'yes' if yes else 'no'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def survey(tmp_path: Path) -> Any:
    def made(rows: str, recipe: str = RECIPE + MARGIN, table: str = "", kit: str = KIT) -> Result:
        (tmp_path / "kit").mkdir(exist_ok=True)
        files = {"kit/kit.toml": kit, "recipe.toml": recipe, "answers.csv": rows, "areas.csv": AREAS,
                 "census.csv": table or census()}  # fmt: skip
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        return run(gather(tmp_path / "recipe.toml", tmp_path / "home"), draw=lambda _drawing: lambda: None)

    return made


def rows_of(told: dict[str, Any], *by: str) -> dict[str, dict[str, Any]]:
    [table] = [one for one in told["tables"] if tuple(one["by"]) == by]
    return {label(row["group"]): row for row in table["rows"]}


def test_every_column_and_pair_that_both_know_is_a_table(survey: Any) -> None:
    told = counted(survey(answers()))
    assert [tuple(one["by"]) for one in told["tables"]] == [
        ("area",), ("SEX",), ("AGE",), ("area", "SEX"), ("area", "AGE"), ("SEX", "AGE"),
    ]  # fmt: skip
    assert {one["source"] for one in told["tables"]} == {"Census of Exland 2020"}
    json.dumps(told)


def test_ages_are_folded_to_what_census_and_form_share_and_children_are_left_out(survey: Any) -> None:
    ages = rows_of(counted(survey(answers())), "AGE")
    assert {name: row["people"] for name, row in ages.items()} == {"15 to 24": 1200, "25 years and over": 1600}
    assert sum(row["people"] for row in rows_of(counted(survey(answers())), "SEX").values()) == 2800


def test_ages_that_cannot_be_folded_are_told_with_their_repair_and_the_rest_goes_on(survey: Any) -> None:
    told = counted(survey(answers(), table=census().replace("15-24", "15-20").replace("25-64", "21-64")))
    assert told["tables"] == []
    assert any("narrower ages" in label(text) for text in told["missing"])
    assert "split" in label(told["sentence"]) or "people live" in label(told["sentence"])


def test_women_at_half_their_number_are_few_and_the_sentence_says_so(survey: Any) -> None:
    told = counted(survey(answers(women=0.25)))
    women = rows_of(told, "SEX")["Women"]
    assert (women["state"], women["share_people"]) == ("few", 0.5)
    assert women["lower"] < women["ratio"] < women["upper"] < 1
    assert label(told["sentence"]).startswith("Women: 2")
    assert label(told["sentence"], "es").startswith("Mujeres: 2")


def test_an_honest_survey_warns_of_nobody(survey: Any) -> None:
    told = counted(survey(answers()))
    assert {row["state"] for table in told["tables"] for row in table["rows"]} <= {"counted", "cannot_tell"}
    assert label(told["sentence"]) == "No group is surely counted too seldom for its number of people."


def test_few_answers_are_hidden_and_cannot_be_worked_out(survey: Any) -> None:
    told = counted(survey(answers(n=60, women=0.1)))
    hidden = [row for table in told["tables"] for row in table["rows"] if row["hidden"]]
    assert hidden
    for row in hidden:
        assert {row[name] for name in ("n", "share", "share_weighted", "ratio", "lower", "upper")} == {None}
        assert row["people"] > 0
    for table in told["tables"]:
        inside: dict[str, int] = {}
        for row in table["rows"]:
            place = label(row["group"]).split(" · ")[0] if table["within"] else ""
            inside[place] = inside.get(place, 0) + row["hidden"]
        assert 1 not in inside.values(), table["title"]


def test_a_group_of_which_nobody_answered_is_named_among_what_is_missing(survey: Any) -> None:
    told = counted(survey(answers(n=300).replace("Eastmark", "Westmark")))
    assert rows_of(told, "area")["Eastmark"]["state"] == "none"
    assert any("Eastmark" in label(text) for text in told["missing"])
    assert told["space"]["areas_reached"] == 1
    assert told["space"]["people_reached"] == 0.5


def test_without_a_census_nobody_can_say_and_the_repair_is_named(survey: Any) -> None:
    told = counted(survey(answers(), recipe=RECIPE))
    assert label(told["sentence"]).startswith("Nobody stated how many people")
    assert any("census table" in label(text) for text in told["missing"])
    assert told["map"] is None


def test_required_groups_are_present_or_missing_with_why_and_the_cheapest_repair(survey: Any) -> None:
    told = counted(survey(answers()))
    state = {one["concept"]: (one["state"], label(one["repair"])) for one in told["breakdowns"]}
    assert state["area"] == state["SEX"] == ("present", "")
    assert state["AGE"][0] == state["URBANISATION"][0] == "missing"
    assert state["AGE"][1].startswith("Add it to the breakdowns")
    assert state["URBANISATION"][1].startswith("The kit has the question")


# --- left behind ------------------------------------------------------------------------------------------------------


def entries(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {label(one["group"]): one for one in told["left_behind"]}


def test_a_group_that_is_surely_behind_comes_first_with_its_distance(survey: Any) -> None:
    told = counted(survey(answers(n=900, heard=(0.3, 0.7))))
    first = told["left_behind"][0]
    assert (label(first["group"]), first["side"], label(first["word"])) == ("Women", "behind", "shows")
    assert first["difference_lower"] < first["difference"] < first["difference_upper"] < 0
    assert entries(told)["Men"]["side"] == "ahead"


def test_groups_whose_intervals_overlap_share_a_place_in_the_order_of_their_names(survey: Any) -> None:
    found = counted(survey(answers(n=200)))["left_behind"]
    assert {one["side"] for one in found} == {"near"}
    assert [one["place"] for one in found] == [1] * len(found)
    assert {label(one["word"]) for one in found} <= {"cannot tell", "is consistent with"}


def test_answers_that_were_not_drawn_only_suggest(survey: Any) -> None:
    recipe = (RECIPE + MARGIN).replace('"probability"', '"volunteer"')
    told = counted(survey(answers(n=900, heard=(0.3, 0.7)), recipe=recipe))
    assert label(entries(told)["Women"]["word"]) == "suggests"


def test_a_group_that_nobody_can_see_is_listed_as_such_and_last(survey: Any) -> None:
    told = counted(survey(answers(n=60, women=0.1)))
    last = told["left_behind"][-1]
    assert (last["side"], last["counted"], last["value"], last["place"]) == ("unseen", False, None, None)


def test_equal_groups_are_told_apart_in_one_of_twenty_surveys_at_most(survey: Any) -> None:
    result = survey(answers(n=400))
    table, draw, told = result.harmonised.observations, np.random.default_rng(9), 0
    worlds = 60
    shared = known(result)
    for _world in range(worlds):
        village = draw.beta(4, 4, 40)[np.arange(400) // 10]
        heard = np.where(draw.random(400) < village, "yes", "no").tolist()
        own = table.set_column(table.column_names.index("heard"), "heard", [heard])
        grouped = cells(own, result.setting.measures, None)
        world = replace(result, cells=grouped, estimates=estimates(result.setting, grouped))
        told += any(one["side"] in ("behind", "ahead") for one in left_behind(world, shared))
    assert told / worlds <= 0.05 + 2 * (0.05 * 0.95 / worlds) ** 0.5


# --- the map ----------------------------------------------------------------------------------------------------------

PLACES = "ABCDEF"

OUTLINES = """
[place.boundaries]
file = "outlines.geojson"
name = "name"
as_of = 2024-01-01
"""


def mapped(tmp_path: Path, answered: dict[str, int], *, drawn: str = PLACES, more: str = OUTLINES) -> Result:
    """A survey of six areas with equal numbers of people, each a square; so many answered in each."""
    head = RECIPE.replace("[period]", f"{more}\n[period]").replace('clusters = ["village"]\n', "")
    recipe = head + MARGIN.partition("[margin.people.groups]")[0] + 'area = "area"\nvalue = "people"\n'
    squares = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": mapping(box(k % 3, k // 3, k % 3 + 1, k // 3 + 1)),
        }
        for k, name in enumerate(PLACES)
        if name in drawn
    ]
    listed = [f"XX-{name},{name},XX,1,XX,,,," for name in PLACES]
    lines = [f"{name},f,a,yes" for name, n in answered.items() for _ in range(n)]
    files = {
        "kit/kit.toml": KIT,
        "recipe.toml": recipe,
        "answers.csv": "\n".join(["area,sex,age,heard", *lines]) + "\n",
        "areas.csv": "\n".join([*AREAS.splitlines()[:2], *listed]) + "\n",
        "census.csv": "\n".join(["area,people", *(f"{name},1000" for name in PLACES)]) + "\n",
        "outlines.geojson": json.dumps({"type": "FeatureCollection", "features": squares}),
    }
    (tmp_path / "kit").mkdir(exist_ok=True)
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    return run(gather(tmp_path / "recipe.toml", tmp_path / "home"), draw=lambda _drawing: lambda: None)


HIDDEN = ((("area", "XX-D"),), (("area", "XX-E"),))
UNEVEN = {"A": 300, "B": 75, "C": 40, "D": 5, "E": 8}


def inside(path: str, viewbox: list[int]) -> bool:
    """Say whether every point of a path lies in the frame."""
    left, top, width, height = viewbox
    for ring in filter(None, path.split("z")):
        start, *steps = [[int(n) for n in re.findall(r"-?\d+", part)] for part in ring.removeprefix("M").split("l")]
        xs, ys = np.cumsum([start, *steps], axis=0).T
        if xs.min() < left or xs.max() > left + width or ys.min() < top or ys.max() > top + height:
            return False
    return True


def test_the_map_has_each_area_with_its_state_inside_the_frame(tmp_path: Path) -> None:
    told = counted(mapped(tmp_path, UNEVEN))["map"]
    assert {label(one["label"]): one["state"] for one in told["areas"]} == {
        "A": "many", "B": "counted", "C": "few", "D": "hidden", "E": "hidden", "F": "none",
    }  # fmt: skip
    assert all(inside(one["path"], told["viewbox"]) for one in told["areas"])
    assert told["without"] == []


def test_hidden_areas_are_told_apart_by_where_they_lie_alone(tmp_path: Path) -> None:
    told = counted(mapped(tmp_path, UNEVEN))
    hidden = [one for one in told["map"]["areas"] if one["state"] == "hidden"]
    assert {one["ratio"] for one in hidden} == {None}
    assert len({tuple(one) for one in told["map"]["areas"]}) == 1
    assert {row["state"] for table in told["tables"] for row in table["rows"] if row["hidden"]} == {"hidden"}
    swapped = {"A": 300, "B": 75, "C": 40, "D": 8, "E": 5}
    again = counted(mapped(tmp_path, swapped))["map"]
    assert again == told["map"]


def test_no_criterion_tells_what_a_table_hides(tmp_path: Path) -> None:
    result = mapped(tmp_path, UNEVEN)
    shared = known(result)
    held = through_gate(result, representation(shared.pairs))
    states = {dict(one.group)["area"]: one.state for one in evident(shared, held)[0].shares}
    assert (states["XX-D"], states["XX-E"], states["XX-C"]) == ("cannot_tell", "cannot_tell", "few")
    assert {one.weighted for one in evident(shared, held)[0].shares if one.group in HIDDEN} == {1 / 6}


def test_there_is_no_map_without_outlines_nor_for_fewer_than_five_areas(tmp_path: Path) -> None:
    assert counted(mapped(tmp_path, UNEVEN, more=""))["map"] is None
    assert counted(mapped(tmp_path, UNEVEN, drawn="ABCD"))["map"] is None


def test_an_area_without_an_outline_is_named_beside_the_map(tmp_path: Path) -> None:
    told = counted(mapped(tmp_path, UNEVEN, drawn="ABCDE"))["map"]
    assert len(told["areas"]) == 5
    assert [label(one) for one in told["without"]] == ["F"]


def test_there_is_no_map_where_there_is_nothing_to_rate(tmp_path: Path) -> None:
    result = mapped(tmp_path, UNEVEN)
    shared = known(result)
    [(table, _hidden)] = held = through_gate(result, representation(shared.pairs))
    assert area_map(result, shared, held) is not None
    assert area_map(result, shared, [(table, frozenset(range(len(PLACES))))]) is None
    assert area_map(result, replace(shared, unit="averages"), held) is None


def test_page_and_paper_show_the_map_with_its_legend_in_words(tmp_path: Path) -> None:
    dossier = document(mapped(tmp_path, UNEVEN), created="2026-11-22")
    page = html(dossier, "en")
    figure = page[page.index('<figure class="areas">') : page.index("</figure>")]
    for words in ("many for their number: 1 (A)", "few for their number: 1 (C)", "nobody counted: 1 (F)",
                  "few answers (hidden): 2 (D, E)"):  # fmt: skip
        assert words in figure
        assert words.partition(" (")[0] in figure[figure.index("aria-label") :]
    assert "<title>D: few answers (hidden)</title>" in figure
    assert 'fill="url(#nobody)"' in figure
    assert "style=" not in figure
    assert b"/Figure" in pdf(dossier, "sw")


def test_a_dossier_made_before_there_were_maps_is_still_shown(tmp_path: Path) -> None:
    dossier = document(mapped(tmp_path, UNEVEN), created="2026-11-22")
    del dossier["coverage"]["map"]
    assert '<figure class="areas">' not in html(dossier, "en")


# --- real cases -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def case(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    made: dict[str, Result] = {}

    def told(name: str) -> tuple[Result, dict[str, Any]]:
        if name not in made:
            made[name] = run(gather(EXAMPLES / name, tmp_path_factory.mktemp("home")), draw=lambda _d: lambda: None)
        return made[name], counted(made[name])

    return told


@pytest.mark.shared
def test_tanzanias_register_is_of_points_and_not_of_people(case: Any) -> None:
    result, told = case("tza-waterpoints/recipe.toml")
    assert told["unit"] == "points"
    assert "not people" in label(told["sentence"])
    regions = rows_of(told, "area")
    assert sum(row["people"] for row in regions.values()) == 43_613_568
    assert sum(row["n"] for row in regions.values()) == result.harmonised.rows_out
    assert regions["Dar es Salaam"]["state"] == "few"
    assert regions["Dar es Salaam"]["people_each"] == pytest.approx(4_364_541 / 805, rel=1e-4)
    assert {one["side"] for one in told["left_behind"]} == {"behind", "near", "ahead"}
    assert 0.8 < told["space"]["occupied"] < 0.9
    assert len(json.dumps(told, ensure_ascii=False).encode()) < 60_000


@pytest.mark.shared
def test_nepals_hundred_answers_in_each_district_are_a_plan_that_weights_undo(case: Any) -> None:
    _result, told = case("npl-citizen-perception/recipe.toml")
    [area] = [one for one in told["tables"] if one["by"] == ["area"]]
    assert area["way"] == "planned"
    districts = rows_of(told, "area")
    assert {row["n"] for row in districts.values()} == {100}
    assert districts["Kathmandu"]["ratio"] == pytest.approx(100 / 1400 / (1_744_240 / 5_368_513), rel=1e-4)
    assert {row["ratio_weighted"] for row in districts.values()} == {1.0}
    women = rows_of(told, "SEX")["Women"]
    assert (women["n"], women["state"]) == (546, "few")
    assert women["ratio"] < women["ratio_weighted"] < 1
    young = rows_of(told, "AGE")["15 to 24"]
    assert (young["n"], young["people"], young["state"]) == (130, 5_965_517, "few")
    assert "The plan gave every area its number of answers" in label(told["sentence"])
    assert any("Age" in label(text) for text in told["missing"])


@pytest.mark.shared
@pytest.mark.parametrize(("name", "areas"), [("npl-citizen-perception", 14), ("tza-waterpoints", 21)])
def test_the_map_of_a_real_case_weighs_little_and_leaves_no_area_out(case: Any, name: str, areas: int) -> None:
    told = case(f"{name}/recipe.toml")[1]["map"]
    assert (len(told["areas"]), told["without"]) == (areas, [])
    assert sum(len(one["path"]) for one in told["areas"]) <= 24_000
    assert all(one["path"] and inside(one["path"], told["viewbox"]) for one in told["areas"])


@pytest.mark.shared
def test_kenyas_averages_say_nothing_of_who_was_counted(case: Any) -> None:
    _result, told = case("uwezo-learning/recipe-kenya-2012.toml")
    assert told["unit"] == "averages"
    assert told["space"]["areas"] == told["space"]["areas_reached"] == 8
    assert {(row["state"], row["ratio"]) for table in told["tables"] for row in table["rows"]} == {
        ("cannot_tell", None)
    }
    assert any("1\u202f524 people" in label(text) for text in told["missing"])


@pytest.mark.shared
def test_reach_knows_no_population_and_says_so(case: Any) -> None:
    _result, told = case("irq-reach-water/recipe.toml")
    assert told["tables"] == []
    assert label(told["sentence"]).startswith("Nobody stated how many people")


@pytest.mark.shared
def test_the_census_of_nepals_recipe_is_that_of_the_district_tables(shared: Path, plain_rows: Any) -> None:
    [file] = (shared / "official/npl_census_2011").glob("*.zip")
    spelt = {"Kavrepalanchok": "Kavre", "Makwanpur": "Makawanpur", "Sindhupalchok": "Sindhupalchowk"}
    with zipfile.ZipFile(file) as archive:
        for row in plain_rows(EXAMPLES / "npl-citizen-perception" / "census-2011.csv"):
            folder = spelt.get(row["district"], row["district"])
            [name] = [one for one in archive.namelist() if f"/{folder}/HOUSEHOLD_POPULATION" in one]
            table = list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig")))
            [total] = [one for one in table if one["VDC/MUNICIPALITY"].strip() == "TOTAL"]
            ours = [int(row[name]) for name in ("everybody", "male", "female")]
            assert ours == [int(total[f"{kind}_POPULATION"]) for kind in ("TOTAL", "MALE", "FEMALE")]
