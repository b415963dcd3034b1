"""What the pages show is what the program prints: the worked example, the demo of the README, and the real cases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pages import DOCS, ROOT, Block, Step, blocks, missing, steps

from datashift import cli, demo, pipeline, terminal
from datashift.inputs import gather

EXAMPLE = DOCS / "howto" / "first-recipe"
Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command of the program and return what it prints in English; it must end well."""
    monkeypatch.setenv("DATASHIFT_LANGUAGE", "en")

    def run(*arguments: str) -> str:
        code = cli.main([*arguments, "--quiet"])
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return run


def console_steps(page: Path) -> list[Step]:
    return [step for block in blocks(page) if block.kind == "console" for step in steps(block.text)]


# --- a recipe in ten minutes ----------------------------------------------------------------------------------------


def _worked_example() -> list[Block]:
    """The part of the page that works on the simulated file."""
    page = list(blocks(DOCS / "howto" / "first-recipe.md"))
    return page[: page.index(Block("walk", "until here"))]


def _follow(block: Block, wanted: str, folder: Path) -> str:
    """Do what a marker says; return what the next fence of TOML is for."""
    if block.text == "without recipe.toml":
        for path in EXAMPLE.iterdir():
            if path.name != "recipe.toml":
                shutil.copy(path, folder)
    elif block.text == "with recipe.toml":
        shutil.copy(EXAMPLE / "recipe.toml", folder)
    return "append" if block.text == "append" else wanted


def _walk(page: Iterable[Block], folder: Path, say: Say) -> int:
    """Do what the blocks of a page say in `folder`; return how many commands were run, each as it is shown."""
    wanted, walked = "", 0
    for block in page:
        if block.kind == "walk":
            wanted = _follow(block, wanted, folder)
        elif block.kind == "toml" and wanted == "append":
            with (folder / "recipe.toml").open("a", encoding="utf-8") as recipe:
                recipe.write(f"\n{block.text}")
            wanted = ""
        elif block.kind == "console":
            for step in steps(block.text):
                assert missing(step.shown, say(*step.command[1:])) == [], step.command
                walked += 1
    return walked


def test_the_first_recipe_page_shows_what_the_program_does(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _walk(_worked_example(), tmp_path, say) == 4


@pytest.mark.shared
@pytest.mark.parametrize(("survey", "commands"), [("irq_reach_kobo", 5), ("ken_kwale_water_quality", 3)])
def test_a_real_survey_comes_to_its_first_estimate_as_the_page_says(
    survey: str, commands: int, say: Say, shared: Path, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / survey
    shutil.copytree(shared / "cgd" / survey, folder)
    monkeypatch.chdir(folder)
    page = list(blocks(DOCS / "howto" / "first-recipe.md"))
    own = [i for i, block in enumerate(page) if block.kind == "walk" and block.text.startswith("cgd/")]
    [start] = [i for i in own if page[i].text == f"cgd/{survey}"]
    end = next((i for i in own if i > start), len(page))
    assert _walk(page[start:end], folder, say) == commands


def test_the_corrections_on_the_page_stand_in_the_corrected_recipe() -> None:
    recipe = (EXAMPLE / "recipe.toml").read_text("utf-8").splitlines()
    suggested = {'"yes, works" = "functional"  #', '"no water since 2023" = ""  #'}
    for block in _worked_example():
        if block.kind == "toml" and "Rivrside" not in block.text:
            lines = [line for line in block.text.splitlines() if line]
            assert all(line in recipe or any(line.startswith(s) for s in suggested) for line in lines), block.text


def test_the_example_says_that_it_is_simulated() -> None:
    assert "Simulated" in (EXAMPLE / "water-visits.csv").read_text("utf-8-sig").splitlines()[0]
    assert "simulated = true" in (EXAMPLE / "recipe.toml").read_text("utf-8")


def test_the_campaigners_page_quotes_the_same_report(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "drawings", lambda *_: [])
    monkeypatch.chdir(tmp_path)
    for path in EXAMPLE.iterdir():
        shutil.copy(path, tmp_path)
    with (tmp_path / "recipe.toml").open("a", encoding="utf-8") as recipe:
        recipe.write('\n[place.names]\n"Rivrside" = "ZZ-R"\n')
    report = say("run", "recipe.toml", "--out", "result")
    quoted = [block.text for block in blocks(DOCS / "howto" / "read-a-report.md") if block.kind == "text"]
    assert len(quoted) >= 2
    for text in quoted:
        assert missing(tuple(text.splitlines()), report) == []


# --- the README -----------------------------------------------------------------------------------------------------


def test_the_readme_shows_what_the_demo_prints(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_real_recipe", lambda: None)
    monkeypatch.setattr(pipeline, "drawings", lambda *_: [])
    printed = say("demo", "--out", str(tmp_path / "out"))
    made = [step for step in console_steps(ROOT / "README.md") if step.command == ("make", "demo")]
    [shown] = [step.shown for step in made if any(step.shown)]
    assert missing(shown, printed) == []


# --- the real cases -------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("case", ["tanzania", "nepal", "argentina", "kenya"])
def test_a_case_page_shows_what_the_program_prints(
    case: str, shared: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "drawings", lambda *_: [])
    reports: dict[str, str] = {}
    for step in console_steps(DOCS / "cases" / f"{case}.md"):
        recipe = step.command[2]
        if recipe not in reports:
            result = pipeline.run(gather(ROOT / recipe, own_home))
            reports[recipe] = terminal.report(result, Path("result"), Path("result/release.zip"))
        assert missing(step.shown, reports[recipe]) == [], recipe
    assert reports


def test_lines_that_the_program_does_not_print_are_found() -> None:
    printed = "one\ntwo\nthree\n"
    assert missing(("one", "…", "three"), printed) == []
    assert missing(("one", "three"), printed) == ["one", "three"]
    assert missing(("two", "…", "one"), printed) == ["one"]
    assert missing(("…", "four"), printed) == ["four"]
