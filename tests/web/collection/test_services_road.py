"""From a file to a result: nothing is lost, nothing is doubled, and what is said is what is run."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from water_road import ASKED, DEMO, PLACE, quiet

from datashift.errors import BadRecipe, BadUpload
from datashift.language import speaking
from datashift.publish.released import released
from datashift.release import check
from datashift.standards.areas import parse
from datashift.standards.variants import kit_text
from datashift.web.collection import running, services
from datashift.web.collection.models import Dataset, Run
from datashift.web.collection.recipes import beside
from datashift.web.collection.running import run
from datashift.web.collection.steps import fitting_run, next_step, standing, steps
from datashift.web.collection.suggesting import suggest
from datashift.web.jobs.models import Job
from datashift.web.people.models import Organisation, User
from datashift.web.standards.models import KitVersion

Say = Callable[..., Dataset]


def open_jobs(kind: str) -> int:
    return Job.objects.filter(kind=kind, state="waiting").count()


def test_the_simulated_water_points_go_the_whole_road(worked_out: Dataset, site: Path) -> None:
    made = fitting_run(worked_out)
    assert made is not None
    assert next_step(worked_out).name == "review"
    folder = site / made.folder
    assert {stage.status for stage in check(folder / "release.zip")} == {"same"}
    said = released(folder / "release.zip")
    assert said.recipe.title == {"en": "Water points"}
    assert said.id == made.told["bundle_id"]
    shown = {(e["measure"], e["area"], tuple(e["breakdown"].items())): e["value"] for e in made.told["estimates"]}
    assert shown == {(e.measure, e.area, e.breakdown): e.value for e in said.estimates}
    assert made.told["rows_in"] == 1180
    assert made.told["rows_used"] + sum(one["rows"] for one in made.told["explained"]) == 1180


def test_a_draft_never_comes_into_the_releases_of_the_store(worked_out: Dataset, site: Path) -> None:
    assert fitting_run(worked_out) is not None
    assert not (site / "releases").exists()


def test_steps_open_one_after_the_other(water: Dataset, say: Say) -> None:
    assert [step.name for step in steps(water) if step.open] == ["file", "rows"]
    water = say(water, "rows")
    assert next_step(water).name == "kit"
    with pytest.raises(BadUpload, match="Which question"):
        say(water, "asked", ASKED)
    water.refresh_from_db()
    assert "asked" not in water.answers


def test_who_answers_from_an_old_page_is_told_and_overwrites_nothing(
    water: Dataset, say: Say, producer: User, person: Callable[..., User], organisation: Organisation
) -> None:
    now = say(water, "rows", {"title": "Mine"})
    with pytest.raises(BadUpload) as caught:
        services.answer(
            dataset=water, step="rows", answers={"title": "Theirs"}, version=water.version,
            by=person("producer", organisation),
        )  # fmt: skip
    assert caught.value.code == "upload.old-page"
    water.refresh_from_db()
    assert (water.title, water.version) == ("Mine", now.version)


def test_what_was_said_is_there_on_another_day_and_in_its_language(water: Dataset, say: Say) -> None:
    with speaking("ne"):
        say(water, "rows", {"title": "पानी", "simulated": True})
    again = Dataset.objects.get(pk=water.pk)
    recipe = tomllib.loads(again.recipe)
    assert recipe["title"] == {"ne": "पानी"}
    assert recipe["simulated"] is True
    assert next_step(again).name == "kit"


def test_signs_that_no_database_keeps_are_taken_out(water: Dataset, say: Say) -> None:
    now = say(water, "rows", {"title": "Wa\x00ter"})
    assert now.title == "Water"
    assert "\x00" not in json.dumps(now.answers) + now.recipe


def test_every_answer_changes_the_recipe(asked: Dataset, say: Say) -> None:
    recipe = tomllib.loads(asked.recipe)
    assert recipe["design"] == {
        "sampling_type": "probability", "weights": "weight", "strata": ["area"], "clusters": [["village"]],
        "lonely": "adjust", "note": {"en": "Villages drawn by chance."},
    }  # fmt: skip
    assert recipe["place"]["whole"] == {"id": "ZZ-PART", "name": {"en": "Tavelia"}}
    assert recipe["limits"] == [{"en": "These data are simulated."}]
    columns = {"status": {"column": "works", "codes": {"functional": "functional", "wroks": ""}, "missing": ["2"]},
               "technology": {"column": "type", "codes": {"hand pump": "hand_pump"}},
               "population": {"column": "people", "factor": "0,5"}, "management": {"column": ""}}  # fmt: skip
    found = say(asked, "columns", {"columns": columns, "personal": ["phone"], "missing": ["", "??"]})
    recipe = tomllib.loads(found.recipe)
    assert set(recipe["columns"]) == {"status", "technology", "population"}
    assert recipe["columns"]["status"]["codes"] == {"functional": "functional", "wroks": ""}
    assert recipe["columns"]["population"]["factor"] == 0.5
    assert (recipe["personal"], recipe["missing"]) == (["phone"], ["", "??"])


@pytest.mark.parametrize(
    ("step", "answers", "code"),
    [
        ("columns", {"columns": {"status": {"column": "nothing"}}}, "upload.no-column"),
        ("columns", {"columns": {}}, "upload.no-figure"),
        (
            "columns",
            {"columns": {"status": {"column": "works", "codes": {"x": "?"}}, "technology": {"column": "type"}}},
            "recipe.no-code",
        ),
        ("columns", {"columns": {"people": {"column": "people", "factor": "many"}}}, "upload.not-a-number"),
        ("place", {**PLACE, "country": "Tavelia"}, "upload.no-country"),
        ("place", {**PLACE, "as_of": "yesterday"}, "upload.not-a-date"),
        ("place", {**PLACE, "label": "last year"}, "official.not-a-period"),
        ("place", {**PLACE, "column": "phone"}, "upload.personal-place"),
        ("place", {**PLACE, "column": "wp_id"}, "upload.no-places"),
        ("place", {**PLACE, "label": ""}, "upload.no-time"),
        ("asked", {"sampling_type": "by magic"}, "upload.no-choice"),
        ("asked", {**ASKED, "weights": "heavy"}, "upload.no-column"),
        ("kit", {"kit": "no-such-kit"}, "recipe.no-kit"),
        ("rows", {"header_row": "first"}, "upload.not-a-number"),
        ("review", {}, "upload.not-yet"),
        ("nowhere", {}, "upload.not-yet"),
    ],
)
def test_a_bad_answer_is_refused_and_nothing_is_changed(
    asked: Dataset, say: Say, step: str, answers: dict[str, Any], code: str
) -> None:
    with pytest.raises((BadUpload, BadRecipe)) as caught:
        say(asked, step, answers)
    assert caught.value.code == code
    now = Dataset.objects.get(pk=asked.pk)
    assert (now.answers, now.recipe, now.version) == (asked.answers, asked.recipe, asked.version)


def test_a_run_is_asked_for_as_soon_as_all_is_said(asked: Dataset) -> None:
    assert open_jobs("run") == 1


def test_the_same_recipe_is_run_once(worked_out: Dataset) -> None:
    run(str(worked_out.pk), quiet)
    run(str(worked_out.pk), quiet)
    assert Run.objects.filter(dataset=worked_out).count() == 1


def test_another_answer_makes_the_result_old_and_gives_another_run(worked_out: Dataset, say: Say) -> None:
    Job.objects.all().delete()
    now = say(worked_out, "asked", {**ASKED, "sampling_type": "volunteer"})
    assert fitting_run(now) is None
    assert next_step(now).name == "findings"
    assert open_jobs("run") == 1
    run(str(now.pk), quiet)
    assert [one.number for one in now.runs.all()] == [1, 2]
    assert now.runs.last().told["uncertainty"] != now.runs.first().told["uncertainty"]


def test_a_run_that_is_killed_leaves_no_row_and_is_done_again(
    asked: Dataset, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(running, "record", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(str(asked.pk), quiet)
    assert not Run.objects.exists()
    run(str(asked.pk), quiet)
    made = Run.objects.get()
    assert made.number == 1
    assert {stage.status for stage in check(site / made.folder / "release.zip")} == {"same"}
    assert [path.name for path in (site / "datasets" / str(asked.pk)).iterdir()] == ["1"]


def _killed(*args: Any, **named: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("at", ["rebuild", "enqueue", "_record"])
def test_an_answer_is_kept_wholly_or_not_at_all(
    asked: Dataset, say: Say, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(services, at, _killed)
    jobs = Job.objects.count()
    with pytest.raises(KeyboardInterrupt):
        say(asked, "asked", {**ASKED, "sampling_type": "volunteer"})
    now = Dataset.objects.get(pk=asked.pk)
    assert (now.answers, now.recipe, now.version) == (asked.answers, asked.recipe, asked.version)
    assert Job.objects.count() == jobs


def test_stages_are_heard_as_words_of_the_catalogue(asked: Dataset) -> None:
    heard: list[str] = []
    with speaking("ne"):
        run(str(asked.pk), heard.append)
    assert heard[0] == "reading the files"
    assert heard[-1] == "writing the release"


def test_another_kit_asks_of_the_columns_again_and_keeps_the_rest(asked: Dataset, say: Say) -> None:
    now = say(asked, "kit", {"kit": "drinking-water-ladder"})
    assert open_jobs("suggest") == 1
    assert "columns" not in now.answers
    assert next_step(now).name == "file"
    suggest(str(now.pk), quiet)
    now.refresh_from_db()
    assert now.kit.startswith("drinking-water-ladder@")
    assert next_step(now).name == "columns"
    assert now.answers["asked"]["sampling_type"] == "probability"
    back = say(now, "kit", {"kit": "water-point-functionality@1.0.0"})
    suggest(str(back.pk), quiet)
    back.refresh_from_db()
    assert tomllib.loads(back.recipe)["columns"].keys() == tomllib.loads(asked.recipe)["columns"].keys()


def test_a_producer_explains_a_finding_and_takes_it_back(worked_out: Dataset, producer: User) -> None:
    made = fitting_run(worked_out)
    assert made is not None
    one = made.told["findings"][0]
    named = {"dataset": worked_out, "check_id": one["check"], "code": one["code"], "by": producer}
    services.explain(text="  The pump was painted that day. ", **named)
    services.explain(text="The pump was repaired.", **named)
    assert [note.text for note in worked_out.notes.all()] == ["The pump was repaired."]
    services.explain(text=" ", **named)
    assert not worked_out.notes.exists()
    with pytest.raises(BadUpload, match="latest result"):
        services.explain(dataset=worked_out, check_id="A1", code="assess.nothing", text="?", by=producer)


def test_an_anonymous_producer_is_named_nowhere(
    sent: Callable[..., Dataset], say: Say, organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(anonymous=True)
    organisation.refresh_from_db()
    found = sent((DEMO / "water_points.csv").read_bytes(), "Water Watch, by Maria.csv")
    assert "Maria" not in found.recipe
    assert "Water Watch" not in found.recipe
    assert tomllib.loads(found.recipe)["source"][0]["file"] == "answers.csv"


def test_what_a_run_tells_is_plain_json(worked_out: Dataset) -> None:
    made = fitting_run(worked_out)
    assert made is not None
    assert json.loads(json.dumps(made.told, allow_nan=False)) == made.told


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_desk(
    worked_out: Dataset, producer: User, organisation: Organisation
) -> None:
    def asked_for() -> int:
        with CaptureQueriesContext(connection) as seen:
            found = standing(Dataset.objects.filter(organisation=organisation))
        assert found[worked_out.pk].step.name == "review"
        return len(seen)

    before = asked_for()
    for number in range(20):
        Dataset.objects.create(
            organisation=organisation, upload=worked_out.upload, created_by=producer, title=f"copy {number}"
        )
    assert asked_for() == before


def test_a_variant_of_a_kit_is_run_with_its_own_text(
    asked: Dataset, say: Say, organisation: Organisation, site: Path
) -> None:
    text = kit_text("water-point-functionality").replace("water-point-functionality", "tavelia-water", 1)
    KitVersion.objects.create(kit="tavelia-water", version="1.0.0", text=text, shipped=False, organisation=organisation)
    now = say(asked, "kit", {"kit": "tavelia-water"})
    suggest(str(now.pk), quiet)
    now.refresh_from_db()
    now = say(now, "columns")
    assert tomllib.loads(now.recipe)["kit"] == "./kit"
    run(str(now.pk), quiet)
    made = fitting_run(now)
    assert made is not None
    said = released(site / made.folder / "release.zip")
    assert (said.kit.id, said.kit.version) == ("tavelia-water", "1.0.0")


def test_where_no_list_of_places_ships_the_names_in_the_file_are_one(asked: Dataset) -> None:
    listed = parse(beside(asked)["areas.csv"])
    assert listed["ZZ"].level == 0
    assert listed["ZZ-AVANIA"].parent == "ZZ"
    assert "ZZ-AVANIA_REGION" not in listed, "this spelling was sent to another place"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "said", "rows", "used"),
    [
        (
            "irq_reach_kobo/raw_data.csv.gz",
            {"place": {"country": "IQ", "label": "2021-07", "date": "date_assessment", "format": "%Y-%m-%d",
                       "as_of": "2021-07-15", "whole": "42 neighbourhoods of Tal Afar"},
             "asked": {"sampling_type": "undocumented", "strata": ["neighbourhood"]}},
            632, 632,
        ),
        (
            "waterpoints_npl_uga/rwpfunctionality_nepal_uganda.csv",
            {"asked": {"sampling_type": "undocumented"}},
            460, 328,
        ),
    ],
)  # fmt: skip
def test_real_files_go_the_whole_road(
    sent: Callable[..., Dataset],
    say: Say,
    site: Path,
    shared: Path,
    file: str,
    said: dict[str, Any],
    rows: int,
    used: int,
) -> None:
    path = shared / "cgd" / file
    dataset = sent(path.read_bytes(), path.name)
    for step in ("rows", "kit", "columns", "place", "asked"):
        dataset = say(dataset, step, said.get(step))
    run(str(dataset.pk), quiet)
    made = fitting_run(dataset)
    assert made is not None
    assert (made.told["rows_in"], made.told["rows_used"]) == (rows, used)
    assert all(made.told["finding"].values())
    assert {stage.status for stage in check(site / made.folder / "release.zip")} == {"same"}


def test_a_desk_says_which_job_is_awaited_and_none_where_the_result_is_there(asked: Dataset) -> None:
    waiting = standing([asked])[asked.pk]
    assert (waiting.step.name, waiting.job and waiting.job.kind) == ("findings", "run")
    Job.objects.update(state="failed")
    stuck = standing([asked])[asked.pk].job
    assert stuck is not None
    assert stuck.state == "failed"
    run(str(asked.pk), quiet)
    assert standing([asked])[asked.pk].job is None
