"""`datashift estimate`: the numbers are those of R survey, the words say what they mean, a bad question is refused."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift import cli
from datashift.analysis.asks import QUANTILE_RULES
from datashift.commands import estimate, estimate_design
from datashift.commands.estimate_design import bare, cut, names
from datashift.errors import BadQuestion
from datashift.model import SAMPLING_TYPES, Calibration, Replicates
from datashift.model.design import IntervalKind, Lonely

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "estimate-a-file.md"
DRAWN = "--weights weight --strata district --clusters village --sampling probability "
Ask = Callable[[str], Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the page."""
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    for name, text in re.findall(r"<!-- walk: save (\S+) -->\n```csv\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Ask the households of the page; return what is printed, after checking the exit code."""

    def run(question: str, code: int = 0) -> str:
        assert cli.main(["estimate", "households.csv", *shlex.split(question)]) == code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return " ".join((printed.err if code == 2 or not printed.out else printed.out).replace("\u202f", " ").split())

    return run


@pytest.fixture
def data(told: Callable[..., str]) -> Ask:
    """The same for machines."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return lambda question: json.loads(told(f"{question} --json"), parse_constant=refuse)


# --- the numbers are those of R ---------------------------------------------------------------------------------------

R_SURVEY = {
    "--proportion water=yes": (76.42276422764228, 9.48122259324439),
    "--mean litres --missing dk": (104.90909090909091, 5.03034665662761),
    "--total litres --missing dk": (94628.0, 6527.04037064273),
    "--ratio litres/weight --missing dk": (2.386943799818384, 0.132870623336341),
    "--quantile litres --rule hf7 --missing dk": (106.0, 9.35524202121086),
    "--proportion water=yes --calibrate totals.csv": (75.66168774931942, 8.82023370011782),
    "--proportion water=yes --calibrate totals.csv --calibrate-kind linear": (75.65770701363921, 8.81667706726084),
    "--proportion water=yes --calibrate totals.csv --calibrate-kind logit --bounds 0.4,2.5": (
        75.66158552399161, 8.82014235215505,
    ),
    "--proportion water=yes --replicates jackknife": (76.42276422764228, 9.48122259324439),
    "--mean litres --missing dk --where \"sex == 'female'\"": (106.52107279693486, 6.75843048046369),
}  # fmt: skip
"""svyciprop, svymean, svytotal, svyratio, svyquantile, calibrate, as.svrepdesign, subset; shares in per cent."""


@pytest.mark.parametrize("question", R_SURVEY)
def test_figures_and_standard_errors_are_those_of_r_survey(question: str, data: Ask) -> None:
    [found] = data(DRAWN + question)["estimates"]
    assert (found["value"], found["se"]) == pytest.approx(R_SURVEY[question], rel=1e-9)


def test_intervals_are_those_of_r_survey(data: Ask) -> None:
    found = data(DRAWN + "--proportion water=yes --mean litres --missing dk")["estimates"]
    ends = [(one["lower"], one["upper"]) for one in found]
    assert ends[0] == pytest.approx((47.21389520658671, 92.15472598661377), rel=1e-8)
    assert ends[1] == pytest.approx((92.60027605962135, 117.21790575856046), rel=1e-8)


def test_a_difference_and_its_test_are_those_of_r_survey(data: Ask) -> None:
    [found] = data(DRAWN + "--proportion water=yes --by district --difference North,South")["differences"]
    assert (found["value"], found["se"]) == pytest.approx((41.6666666666667, 23.0739551747724), rel=1e-9)
    assert (found["lower"], found["upper"]) == pytest.approx((-14.7932677032718, 98.1266010366051), rel=1e-8)
    assert found["p_value"] == pytest.approx(0.130779538203847, rel=1e-8)


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_choices_are_those_of_the_model() -> None:
    assert set(estimate_design.SAMPLING) == set(SAMPLING_TYPES)
    assert get_args(Lonely) == estimate_design.LONELY
    assert get_args(IntervalKind) == estimate_design.INTERVALS
    assert estimate.RULES == QUANTILE_RULES
    assert set(estimate_design.KINDS) == set(get_args(Calibration.model_fields["kind"].annotation))
    assert {*estimate_design.MADE, "weights"} == set(get_args(Replicates.model_fields["kind"].annotation))


@given(st.lists(st.text(min_size=1).filter(lambda name: name.strip("` \t\n")), min_size=1, max_size=4))
def test_any_name_can_be_written_between_backticks(wanted: list[str]) -> None:
    quoted = ",".join("`" + name.replace("`", "``") + "`" for name in wanted)
    assert names(quoted) == tuple(wanted)


@given(st.text())
def test_a_list_of_names_is_read_or_refused(text: str) -> None:
    found: tuple[str, ...] | None = None
    with suppress(BadQuestion):
        found = names(text)
    assert found is None or all(found)


def test_signs_between_backticks_do_not_cut() -> None:
    assert cut("`a=b`=c=d", "=", most=1) == ["`a=b`", "c=d"]
    assert bare(" `a , b` ") == "a , b"


def test_columns_with_signs_in_their_names_can_be_asked(folder: Path, told: Callable[..., str]) -> None:
    (folder / "households.csv").write_text('"cost/month","a, b"\n4,yes\n6,no\n', "utf-8")
    assert "5" in told("--mean cost/month")
    assert "ratio(cost/month / cost/month): 1" in told("--ratio '`cost/month`/`cost/month`'")
    assert "50 %" in told("--proportion '`a, b`=yes'")


def test_each_by_is_a_breakdown_of_its_own(data: Ask) -> None:
    found = data(DRAWN + "--total --by district --by sex")["estimates"]
    assert [one["by"] for one in found] == [
        {"district": "North"}, {"district": "South"}, {"sex": "female"}, {"sex": "male"},
    ]  # fmt: skip


def test_a_cube_has_all_margins_once(data: Ask) -> None:
    found = data(DRAWN + "--total --by district,sex --cube")["estimates"]
    assert [len(one["by"]) for one in found] == [2, 2, 2, 2, 1, 1, 1, 1, 0]
    assert found[-1]["value"] == 984


def test_known_totals_may_be_joint_or_of_numbers_or_in_toml(folder: Path, data: Ask) -> None:
    joint = "Variable,Total,Category\ndistrict | sex,300,North|female\ndistrict|sex,340,North | male\n"
    (folder / "joint.csv").write_text(joint + "district|sex,260,South|female\ndistrict|sex,90,South|male\n", "utf-8")
    found = data(DRAWN + "--total --by district,sex --calibrate joint.csv --calibrate-kind poststratify")
    assert [one["value"] for one in found["estimates"]] == pytest.approx([300, 340, 260, 90])
    (folder / "totals.toml").write_text('kind = "linear"\n[margins]\nsex = {female = 500, male = 490}\n', "utf-8")
    found = data(DRAWN + "--total --by sex --calibrate totals.toml")
    assert [one["value"] for one in found["estimates"]] == pytest.approx([500, 490])
    assert found["design"]["calibration"]["kind"] == "linear"
    (folder / "numbers.csv").write_text("variable,category,total\nweight,,50000\n", "utf-8")
    found = data(DRAWN + "--total weight --calibrate numbers.csv --calibrate-kind linear")
    assert found["estimates"][0]["value"] == pytest.approx(50000)


def test_totals_with_blanks_between_thousands_are_read(folder: Path, data: Ask) -> None:
    (folder / "big.csv").write_text("variable,category,total\nsex,female,1 500\nsex,male,1 490.5\n", "utf-8")
    found = data(DRAWN + "--total --by sex --calibrate big.csv")
    assert [one["value"] for one in found["estimates"]] == pytest.approx([1500, 1490.5])


def test_replicate_weights_of_the_file_are_found_by_their_pattern(folder: Path, data: Ask) -> None:
    lines = (folder / "households.csv").read_text("utf-8").splitlines()
    more = [f"{line},{line.split(',')[2]},{60 - k}" for k, line in enumerate(lines[1:])]
    (folder / "households.csv").write_text("\n".join([f"{lines[0]},weight_1,weight_2", *more]), "utf-8")
    found = data("--proportion water=yes --weights weight --replicate-weights 'weight*' --scale 0.5")
    assert found["design"]["replicates"]["columns"] == ["weight_1", "weight_2"]
    assert found["estimates"][0]["se"] > 0


def test_a_quantile_beside_replicates_says_whence_its_interval_comes(told: Callable[..., str]) -> None:
    text = told(DRAWN + "--quantile weight --replicates jackknife")
    assert "The interval of a quantile comes from strata and clusters, not from the replicates." in text


# --- what is said -----------------------------------------------------------------------------------------------------


def test_the_page_shows_what_the_program_prints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.findall(r"```console\n\$ datashift (.*?)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(shown) == 5
    for command, output in shown:
        assert cli.main(shlex.split(command)) == 0
        printed = capsys.readouterr().out
        for passage in output.split("…\n"):
            assert passage in printed, command


def test_without_a_sampling_type_nothing_is_called_a_margin_of_error(told: Callable[..., str]) -> None:
    text = told("--proportion water=yes")
    assert "How the answers came about is not stated" in text
    assert "there is no margin of sampling error" in text
    assert "No weights are named" in text
    assert "is the 95 % margin of error" in told(DRAWN + "--proportion water=yes")


def test_of_known_events_there_are_counts_and_no_shares(told: Callable[..., str]) -> None:
    text = told("--total --sampling event_registry")
    assert "lower bound" in text
    assert "(24 to" not in text
    assert "intervals" not in text
    assert "lower bound" in told("--proportion water=yes --sampling event_registry", code=3)
    assert "per" not in told("--ratio weight/weight --sampling event_registry").split("answers.")[0]


@pytest.mark.parametrize("sampling", ["snowball", "rds", "sensor_network"])
def test_what_the_ladder_refuses_is_not_estimated(sampling: str, told: Callable[..., str]) -> None:
    assert "ladder." in told(f"--proportion water=yes --sampling {sampling}", code=3)


def test_published_averages_come_without_an_interval(data: Ask) -> None:
    found = data("--mean weight --sampling published_averages")
    assert found["estimates"][0]["lower"] is None
    assert "no interval" in found["meaning"]


def test_later_stages_without_population_sizes_are_said_not_to_count(told: Callable[..., str]) -> None:
    text = told("--mean weight --strata district --clusters village,sex")
    assert "only the first counts (village)" in text
    assert "8 clusters by village;" in text


def test_a_stage_may_be_named_by_several_columns(told: Callable[..., str]) -> None:
    assert "8 clusters by district + village" in told("--mean weight --clusters district+village")


def test_answers_left_out_are_said(told: Callable[..., str]) -> None:
    assert "2 of 24 rows (8 %) are left out" in told("--mean litres --missing dk")
    assert "left out" not in told("--mean weight")


def test_a_code_that_no_row_has_is_said_beside_the_figure(told: Callable[..., str]) -> None:
    assert "No row has jes in the column “water”. There is for example: yes" in told("--proportion water=jes")
    assert "No row has" not in told("--proportion weight=30.0")


def test_a_rule_for_lonely_strata_is_said_where_it_is_used(told: Callable[..., str]) -> None:
    text = told("--mean weight --strata village --clusters district --lonely average")
    assert "Strata with one cluster only" not in text
    text = told("--mean weight --strata district,village,sex --clusters village --lonely average")
    assert "Strata with one cluster only: 15. Their spread is not known; the rule “average” sets it." in text


def test_where_nothing_fits_no_figure_is_told(told: Callable[..., str]) -> None:
    assert "cannot tell" in told("--proportion water=yes --where \"district == 'East'\"", code=3)
    assert "cannot tell for any group" in told("--mean weight --by sex --where 'weight > 99'", code=3)


def test_what_reading_noticed_is_said(folder: Path, told: Callable[..., str]) -> None:
    with (folder / "households.csv").open("a", encoding="utf-8") as file:
        file.write("South,D,30,male,no,79,stray\n")
    assert "households.csv: 1 rows have more cells than the header" in told("--mean weight")


def test_it_speaks_every_language(told: Callable[..., str]) -> None:
    spoken = {told(f"--proportion water=yes --language {language}") for language in ("en", "es", "sw", "ne")}
    assert len(spoken) == 4


# --- what is refused --------------------------------------------------------------------------------------------------

REFUSED = {
    "": "question.nothing-asked",
    "--mean litre": "question.no-column",
    "--mean district": "question.not-numbers",
    "--mean litres": "question.not-numbers",
    "--mean ''": "question.empty-name",
    "--mean weight --by ,": "question.empty-name",
    "--mean weight --by '`district'": "question.backtick",
    "--ratio litres": "question.ratio",
    "--ratio a/b/c": "question.ratio",
    "--proportion weight": "question.not-0-1",
    "--proportion weight=many": "question.code-not-a-number",
    "--quantile weight:1.5": "question.probability",
    "--quantile weight:half": "question.number-list",
    "--mean weight --level 2": "question.level",
    "--mean weight --level nan": "question.level",
    "--mean weight --where ''": "question.condition-empty",
    "--mean weight --where 'weight >'": "question.condition-breaks-off",
    '--mean weight --where "sex == \'female"': "question.condition-quote",
    "--mean weight --difference North,South": "question.difference-by",
    "--mean weight --by district,sex --difference North,South": "question.difference-by",
    "--mean weight --by district --difference North": "question.difference",
    "--mean weight --by district --difference North,East": "question.no-level",
    "--mean weight --fpc weight,weight": "question.fpc-stages",
    "--mean weight --strata region": "question.no-column",
    "--mean weight --weights water": "question.not-numbers",
    "--mean weight --memory lots": "question.memory-text",
    "--mean weight --bounds 0.5,2": "question.needs-option",
    "--mean weight --scale 1": "question.needs-option",
    "--mean weight --mse": "question.needs-option",
    "--mean weight --replicates brr --rho 2": "question.rho",
    "--mean weight --replicates brr --replicate-weights 'w*'": "question.replicates-both",
    "--mean weight --replicate-weights 'rep_*'": "question.no-replicates",
    "--mean weight --replicate-weights 'w*,sex' --scale 1": "question.not-numbers",
    "--mean weight --calibrate nowhere.csv": "read.not-found",
    "--mean weight --calibrate households.csv": "question.margins-columns",
    "--mean weight --calibrate totals.csv --bounds 2,3": "question.calibration",
    "--mean weight --calibrate totals.csv --bounds 1": "question.calibration",
    "--mean weight --calibrate totals.csv --bounds low,high": "question.number-list",
    "--mean weight --calibrate totals.csv --calibrate-kind logit": "question.calibration",
    "--mean weight --calibrate totals.csv --calibrate-kind poststratify": "question.calibration",
    "--mean weight --calibrate totals.csv --trim 0.5": "question.trim",
    "--mean weight --sheet first": "read.no-sheets",
}


@pytest.mark.parametrize("question", REFUSED)
def test_a_bad_question_is_refused_with_its_repair(question: str, told: Callable[..., str]) -> None:
    assert f"[{REFUSED[question]}]" in told(question, code=2)


UNCLEAR = {
    "district,North,640,000\n": "question.margins-cells",
    "district,North,many\n": "question.margins-number",
    "district,North,\n": "question.margins-number",
    "district,North,640\ndistrict,North,350\n": "question.margins-twice",
    "district,North,640\ndistrict,,350\n": "question.margins-mixed",
    "district|sex,North,640\n": "question.margins-joint",
    "district|sex,,640\n": "question.margins-joint",
    ",North,640\n": "question.margins-joint",
    ",,\n": "question.margins-empty",
}


@pytest.mark.parametrize("rows", UNCLEAR)
def test_unclear_totals_are_refused_with_their_repair(rows: str, folder: Path, told: Callable[..., str]) -> None:
    (folder / "unclear.csv").write_text(f"variable,category,total\n{rows}", "utf-8")
    assert f"[{UNCLEAR[rows]}]" in told("--mean weight --calibrate unclear.csv", code=2)


@pytest.mark.parametrize(
    ("text", "code"),
    [("margins = [", "question.margins-toml"), ("colour = 1", "question.calibration"), ("", "question.calibration")],
)
def test_toml_that_is_no_calibration_is_refused(text: str, code: str, folder: Path, told: Callable[..., str]) -> None:
    (folder / "totals.toml").write_text(text, "utf-8")
    assert f"[{code}]" in told("--mean weight --calibrate totals.toml", code=2)


CANNOT = {
    "--mean weight --strata district,village --clusters village": "estimate.lonely-stratum",
    "--mean weight --strata district --clusters village --replicates brr": "replicates.not-two",
    "--mean weight --strata village --clusters district --fpc weight": "estimate.fpc-differs",
    "--mean weight --weights litres --missing dk": "estimate.no-weight",
    "--mean weight --calibrate totals.csv --bounds 0.99,1.01": "calibrate.not-reached",
}


@pytest.mark.parametrize("question", CANNOT)
def test_what_the_data_cannot_answer_ends_with_3(question: str, told: Callable[..., str]) -> None:
    assert f"[{CANNOT[question]}]" in told(question, code=3)


@pytest.mark.parametrize(("text", "code"), [("", 2), ("a,b\n", 3), ("weight\n-1\n2\n", 3)])
def test_a_file_without_usable_rows_is_refused(text: str, code: int, folder: Path, told: Callable[..., str]) -> None:
    (folder / "households.csv").write_text(text, "utf-8")
    column = "a" if text.startswith("a") else "weight"
    assert "[" in told(f"--mean {column} --weights {column}", code=code)


def test_a_file_that_is_not_there_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["estimate", "nowhere.csv", "--total"]) == 2
    assert "read.not-found" in capsys.readouterr().err
