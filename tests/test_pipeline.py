"""The whole road: from the bytes of a recipe and its files to figures, comparison and charts."""

import json
from pathlib import Path

import pytest

from datashift.errors import BadRecipe, DesignError, SourceUnavailable
from datashift.estimation import cells, estimate
from datashift.inputs import gather
from datashift.pipeline import observations, question, raw_table, run, set_up
from datashift.standards.kits import kit_folder, known_kits

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
RECIPES = sorted(EXAMPLES.glob("*/recipe.toml"))


@pytest.mark.parametrize("kit", known_kits())
def test_the_example_of_a_kit_gives_its_expected_answers(kit: str, own_home: Path) -> None:
    folder = kit_folder(kit)
    setting = set_up(gather(folder / "recipe.toml", own_home))
    harmonised = observations(setting, raw_table(setting)[0])
    found = {
        (e.measure, e.area, e.breakdown): e
        for e in estimate(cells(harmonised.observations, setting.measures), question(setting))
    }
    expected = json.loads((folder / "expected.json").read_text("utf-8"))["estimates"]
    assert len(expected) >= 20
    for one in expected:
        area = one["area"]
        mine = found[one["measure"], area, tuple(one["breakdown"].items())]
        assert mine.n == one["n"]
        if one["value"] is None:
            assert mine.value is None
        else:
            assert mine.value == pytest.approx(one["value"], rel=1e-9)
            assert mine.se is None or mine.se == pytest.approx(one["se"], rel=1e-8, abs=1e-9)


def test_no_row_is_rejected_in_data_collected_with_a_kits_own_form(own_home: Path) -> None:
    for kit in known_kits():
        setting = set_up(gather(kit_folder(kit) / "recipe.toml", own_home))
        found = observations(setting, raw_table(setting)[0])
        assert (found.rows_in, found.rows_explained) == (found.rows_out, 0)


@pytest.mark.shared
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.parent.name)
def test_every_example_recipe_runs_on_its_real_data(recipe: Path, shared: Path, own_home: Path) -> None:
    result = run(gather(recipe, own_home))
    h = result.harmonised
    assert h.rows_in == h.rows_out + h.rows_explained
    assert result.estimates
    assert result.charts
    assert not result.setting.inputs.absent


@pytest.fixture(scope="module")
def tanzania(shared: Path, tmp_path_factory: pytest.TempPathFactory):
    return run(gather(EXAMPLES / "tza-waterpoints" / "recipe.toml", tmp_path_factory.mktemp("home")))


@pytest.mark.shared
def test_tanzania_uses_59369_of_59400_points_and_explains_31(tanzania) -> None:
    h = tanzania.harmonised
    assert (h.rows_in, h.rows_out, h.rows_explained) == (59400, 59369, 31)
    assert set(h.rejects["code"].to_pylist()) == {"harmonise.outside-period"}


@pytest.mark.shared
def test_tanzanias_shares_equal_a_plain_count_of_the_file(tanzania, shared: Path) -> None:
    import csv  # noqa: PLC0415  only this test counts by hand
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(shared / "cgd/tza_waterpoints/tza_waterpoints_features.csv.zip") as archive:
        features = list(csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8")))
    with (shared / "cgd/tza_waterpoints/tza_waterpoints_labels.csv").open() as stream:
        status = {row["id"]: row["status_group"] for row in csv.DictReader(stream)}
    improved = {"communal standpipe", "communal standpipe multiple", "hand pump", "improved spring"}
    counted = [r for r in features if r["waterpoint_type"] in improved and r["date_recorded"] >= "2011"]
    for region in ("Iringa", "Mtwara", "Dar es Salaam", None):
        here = [r for r in counted if region in (None, r["region"])]
        works = sum(status[r["id"]] == "functional" for r in here)
        name = region or "Mainland Tanzania"
        mine = next(
            e for e in tanzania.estimates if (e.measure, e.area_name, e.breakdown) == ("WP_FUNCTIONAL", name, ())
        )
        assert mine.n == len(here)
        assert mine.value == pytest.approx(100 * works / len(here), rel=1e-9)


@pytest.mark.shared
def test_tanzania_reports_21_regions_and_the_mainland_not_the_country(tanzania) -> None:
    shares = [e for e in tanzania.estimates if e.measure == "WP_FUNCTIONAL" and not e.breakdown]
    assert len(shares) == 22
    assert {e.area for e in shares if e.value is None} == set()
    assert "TZ" not in {e.area for e in tanzania.estimates}


@pytest.mark.shared
def test_the_five_regions_of_2012_are_refused_beside_a_survey_of_the_new_regions(tanzania) -> None:
    later = [c for c in tanzania.comparisons if c.official and "2011–12" in c.official.source]
    refused = {c.area_name for c in later if c.verdict == "not_comparable" and "extent" in c.reason}
    assert refused == {"Iringa", "Kagera", "Mwanza", "Rukwa", "Shinyanga"}


@pytest.mark.shared
def test_people_who_use_and_points_that_work_never_give_a_gap(tanzania) -> None:
    beside = [c for c in tanzania.comparisons if c.official]
    assert len(beside) >= 21 * 2
    assert {c.verdict for c in beside} == {"not_comparable"}
    assert {c.difference for c in beside} == {None}


@pytest.mark.shared
def test_persons_are_weighed_only_where_their_number_is_known(tanzania) -> None:
    persons = [e for e in tanzania.estimates if e.measure == "WP_FUNCTIONAL_PERSONS" and not e.breakdown]
    refused = {e.area_name for e in persons if e.value is None}
    assert {"Mainland Tanzania", "Dodoma", "Kagera", "Mbeya"} <= refused
    assert all("know the value" in e.reason for e in persons if e.value is None)
    assert len(refused) < 22


@pytest.mark.shared
def test_findings_say_what_they_do_to_the_share(tanzania) -> None:
    zero = next(f for f in tanzania.findings if f.code == "assess.zero-coordinates")
    assert len(zero.rows) == 1812
    effect = next(e for e in zero.effects if e.measure == "WP_FUNCTIONAL")
    assert effect.with_rows != effect.without_rows


@pytest.mark.shared
def test_a_register_gets_no_margin_of_error(tanzania) -> None:
    assert "there is no margin of error" in tanzania.uncertainty
    assert "ward" in tanzania.uncertainty


def _copy(folder: Path, text: str) -> Path:
    recipe = folder / "recipe.toml"
    recipe.write_text(text, "utf-8")
    return recipe


DEMO = Path(__file__).resolve().parents[1] / "src" / "datashift" / "demo_data"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('kit = "water-point-functionality@1.0.0"', 'kit = "water"', "recipe.no-kit"),
        ('kit = "water-point-functionality@1.0.0"', 'kit = "water-point-functionality@9"', "recipe.no-kit"),
        ('row_id = "wp_id"', 'row_id = "nothing"', "recipe.no-column"),
        ('= "public_standpipe"', '= "pipe"', "recipe.no-code"),
        ("columns.status", "columns.state", "recipe.no-concept"),
        ('missing = [""', 'missing = ["non_functional"', "recipe.missing-code"),
        ('measures = ["WP_FUNCTIONAL"', 'measures = ["WP"', "recipe.bad-field"),
        ("[design]", "[design]\nsurprise = 1", "recipe.bad-field"),
        ('[columns.population]\ncolumn = "people"\nmissing = ["0"]', "", "recipe.bad-field"),
        ('value = "population"', 'value = "persons"', "recipe.no-column"),
        ('value = "population"', 'value = "region"', "recipe.bad-field"),
        ('"Gwenda" = "ZZ-07"', '"Gwenda" = "ZZ-99"', "recipe.no-area"),
        ("[margin.population]", "[margin.people]", "recipe.no-margin"),
        ("[design]", "[design", "recipe.not-toml"),
    ],
)
def test_a_recipe_that_cannot_be_followed_gets_a_coded_answer(
    old: str, new: str, code: str, tmp_path: Path, own_home: Path
) -> None:
    text = (DEMO / "recipe.toml").read_text("utf-8")
    assert old in text
    for name in ("water_points.csv", "areas.csv", "boundaries.geojson", "official.csv", "population.csv"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    with pytest.raises(BadRecipe) as problem:
        run(gather(_copy(tmp_path, text.replace(old, new)), own_home))
    assert problem.value.code == code
    assert problem.value.exit_code == 2


def test_a_recipe_that_is_no_text_gets_a_coded_answer(tmp_path: Path, own_home: Path) -> None:
    (tmp_path / "recipe.toml").write_bytes("title = 'año'".encode("utf-16"))
    with pytest.raises(BadRecipe, match="UTF-8") as problem:
        gather(tmp_path / "recipe.toml", own_home)
    assert problem.value.code == "recipe.not-toml"


def test_an_area_list_without_its_columns_gets_a_coded_answer(tmp_path: Path, own_home: Path) -> None:
    for name in ("recipe.toml", "water_points.csv", "population.csv"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    (tmp_path / "areas.csv").write_text("code,name\nZZ,Nowhere\n")
    with pytest.raises(BadRecipe, match=r"place\.areas"):
        run(gather(tmp_path / "recipe.toml", own_home))


def test_a_source_that_is_not_there_says_where_to_get_it(tmp_path: Path, own_home: Path) -> None:
    text = (EXAMPLES / "tza-waterpoints" / "recipe.toml").read_text("utf-8")
    with pytest.raises(SourceUnavailable, match="https://") as problem:
        gather(_copy(tmp_path, text), own_home)
    assert problem.value.exit_code == 4


def test_a_file_without_an_address_is_asked_for_beside_the_recipe(tmp_path: Path, own_home: Path) -> None:
    text = (DEMO / "recipe.toml").read_text("utf-8") + '\n[[earlier]]\nfile = "before.zip"\n'
    for name in ("water_points.csv", "areas.csv", "population.csv"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    with pytest.raises(SourceUnavailable, match=r"recipe\.toml names the file before\.zip") as problem:
        gather(_copy(tmp_path, text), own_home)
    assert "?" not in str(problem.value)


def test_official_figures_that_are_not_there_are_named_and_the_run_goes_on(tmp_path: Path, own_home: Path) -> None:
    for name in ("recipe.toml", "water_points.csv", "areas.csv", "population.csv"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    result = run(gather(tmp_path / "recipe.toml", own_home))
    assert set(result.setting.inputs.absent) == {"boundaries.geojson", "official.csv"}
    assert result.estimates


def test_a_file_that_is_not_the_stated_version_is_refused(tmp_path: Path, own_home: Path) -> None:
    text = (DEMO / "recipe.toml").read_text("utf-8")
    for name in ("areas.csv", "population.csv"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    (tmp_path / "water_points.csv").write_bytes(b"id;type\n1;hand pump\n")
    stated = text.replace('file = "water_points.csv"', f'file = "water_points.csv"\nsha256 = "{"0" * 64}"', 1)
    with pytest.raises(BadRecipe, match="another version"):
        gather(_copy(tmp_path, stated), own_home)


def test_a_file_with_no_usable_row_cannot_answer(tmp_path: Path, own_home: Path) -> None:
    for name in ("recipe.toml", "areas.csv", "population.csv"):
        (tmp_path / name).write_bytes((DEMO / name).read_bytes())
    lines = (DEMO / "water_points.csv").read_bytes().split(b"\n")
    header = next(line for line in lines if line.startswith(b"wp_id") or b"wp_id" in line)
    (tmp_path / "water_points.csv").write_bytes(header + b"\n" + b";" * header.count(b";") + b"\n")
    with pytest.raises(DesignError) as problem:
        run(gather(tmp_path / "recipe.toml", own_home))
    assert problem.value.exit_code == 3
