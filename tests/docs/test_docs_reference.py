"""The reference pages name everything there is, and nothing that is not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

import pytest
from pages import DOCS, ROOT, blocks, coded, every_page, name, rows, sections, steps

from datashift import cli, errors, model
from datashift.publish.sdmx_csv import columns
from datashift.publish.tables import COMPARISON
from datashift.standards.kits import known_kits

REFERENCE = DOCS / "reference"
RECORDS = [
    record
    for record in vars(model).values()
    if isinstance(record, type) and issubclass(record, model.Record) and record is not model.Record
]


# --- recipes and kits -----------------------------------------------------------------------------------------------


def fields_of(record: type[model.Record]) -> list[list[str]]:
    return [row for row in rows(sections(REFERENCE / "recipe.md")[record.__name__]) if len(row) == 3]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_of_recipe_and_kit_is_explained_in_its_order(record: type[model.Record]) -> None:
    documented = [coded(row[0])[0] for row in fields_of(record) if row[0].startswith("`")]
    own = [field for field in documented if field in record.model_fields]
    assert own == list(record.model_fields)
    extra = set(documented) - set(record.model_fields)
    assert extra <= choices(record), f"{extra} are no fields"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_required_fields_and_plain_defaults_are_said(record: type[model.Record]) -> None:
    said = {coded(row[0])[0]: row[1] for row in fields_of(record) if row[0].startswith("`")}
    for field, info in record.model_fields.items():
        assert (said[field] == "required") == info.is_required(), field
        default = info.get_default()
        if isinstance(default, bool):
            assert said[field] == f"`{str(default).lower()}`", field
        elif isinstance(default, str | float | int) and default != "" and said[field].startswith("`"):
            assert said[field] == f"`{default}`", field


def choices(record: type[model.Record]) -> set[str]:
    return {word for info in record.model_fields.values() for word in _words(info.annotation)}


def _words(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_choice_of_a_field_is_named(record: type[model.Record]) -> None:
    said = set(coded(sections(REFERENCE / "recipe.md")[record.__name__]))
    assert choices(record) <= said


# --- errors ---------------------------------------------------------------------------------------------------------


def error_classes(top: type[errors.DataShiftError] = errors.DataShiftError) -> Iterator[type[errors.DataShiftError]]:
    yield top
    for below in top.__subclasses__():
        yield from error_classes(below)


@pytest.mark.parametrize("branch", [c for c in error_classes() if c.texts], ids=lambda branch: branch.__name__)
def test_every_error_code_stands_once_with_cause_and_repair(branch: type[errors.DataShiftError]) -> None:
    page = sections(REFERENCE / "errors.md")
    [heading] = [heading for heading in page if branch.__name__ in heading]
    if "exit code" in heading:
        assert f"exit code {branch.exit_code}" in heading
    listed = rows(page[heading])
    assert sorted(coded(row[0])[0] for row in listed) == sorted(branch.texts)
    assert all(len(row) == 3 and row[1] and row[2] for row in listed)


# --- commands -------------------------------------------------------------------------------------------------------


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands below a command, by their name."""
    below = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(*below)


def parsers(above: str = "", top: argparse.ArgumentParser | None = None) -> dict[str, argparse.ArgumentParser]:
    """Every command by its words, such as `run` and `corrections add`."""
    found: dict[str, argparse.ArgumentParser] = {}
    for verb, parser in verbs_of(top or cli._parser()).items():
        words = f"{above} {verb}".strip()
        found |= {words: parser, **parsers(words, parser)}
    return found


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings if option.startswith("--")}


def arguments_of(parser: argparse.ArgumentParser) -> set[str]:
    """What stands without a dash: positional arguments, and the commands below."""
    plain = [action for action in parser._actions if not action.option_strings]
    return {a.dest for a in plain if not isinstance(a, argparse._SubParsersAction)} | set(verbs_of(parser))


COMMON = {"--json", "--quiet", "--language", "--help"}


def test_options_of_every_command_are_explained_once() -> None:
    said = {coded(row[0])[0] for row in rows(sections(REFERENCE / "commands.md")["Every command"])}
    assert said == COMMON
    assert all(options_of(parser) >= COMMON for parser in parsers().values())


@pytest.mark.parametrize("command", parsers())
def test_every_command_is_explained_with_its_arguments(command: str) -> None:
    listed = rows(sections(REFERENCE / "commands.md")[f"datashift {command}"])
    said = [coded(row[0])[0] for row in listed]
    parser = parsers()[command]
    assert sorted(said) == sorted((options_of(parser) - COMMON) | arguments_of(parser))
    assert all(row[1] for row in listed)


@pytest.mark.parametrize("command", parsers())
def test_what_a_command_needs_and_may_choose_from_is_said(command: str) -> None:
    said = {coded(row[0])[0]: row[1] for row in rows(sections(REFERENCE / "commands.md")[f"datashift {command}"])}
    for action in parsers()[command]._actions:
        options = set(action.option_strings) & set(said)
        for option in options:
            assert action.required == ("Needed." in said[option]), option
            assert set(action.choices or ()) <= set(coded(said[option])), option


def test_no_command_is_explained_that_there_is_not() -> None:
    headings = sections(REFERENCE / "commands.md")
    assert {h.removeprefix("datashift ") for h in headings if h.startswith("datashift ")} == set(parsers())


def test_every_exit_code_is_explained() -> None:
    said = {row[0] for row in rows(sections(REFERENCE / "commands.md")["Exit codes"])}
    assert {str(branch.exit_code) for branch in error_classes() if branch.texts} <= said


def written_commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    for page in every_page():
        for block in blocks(page):
            if block.kind == "console":
                yield from ((name(page), step.command) for step in steps(block.text))


def spoken(words: Sequence[str]) -> str:
    """Follow the words of a written command to the command they mean; each option must be one of it."""
    parser, meant = cli._parser(), ""
    for word in words:
        below = verbs_of(parser)
        if word in below:
            parser, meant = below[word], f"{meant} {word}".strip()
        elif word.startswith("--"):
            assert word.partition("=")[0] in options_of(parser), f"{meant}: {word}"
        else:
            assert arguments_of(parser) - set(below) or takes_value(words, word), f"{meant}: {word}"
    return meant


def takes_value(words: Sequence[str], word: str) -> bool:
    return words[max(words.index(word) - 1, 0)].startswith("--")


def test_commands_in_the_pages_exist_with_their_options() -> None:
    seen = set()
    for page, command in written_commands():
        words = [word.strip("[]") for word in command]
        if words[0] == "datashift":
            assert words[1] in parsers(), f"{page}: {command}"
            seen.add(spoken(words[1:]))
        elif words[0] == "make":
            assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text("utf-8"), f"{page}: {command}"
    needs_a_verb = {"corrections", "sample", "structures"}
    assert seen == set(parsers()) - needs_a_verb


def test_the_readme_names_the_two_commands() -> None:
    written = {command for page, command in written_commands() if page == "README.md"}
    assert {("make", "demo"), ("make", "test")} <= written


def test_the_readme_names_every_kit_once() -> None:
    named = [kit for row in rows(sections(ROOT / "README.md")["What it does"]) for kit in coded(row[1])]
    assert sorted(named) == known_kits()


# --- outputs --------------------------------------------------------------------------------------------------------


def test_every_column_of_the_estimates_is_explained_in_its_order() -> None:
    said = [coded(row[0])[0] for row in rows(sections(REFERENCE / "outputs.md")["estimates.csv"])]
    assert said == columns([])


def test_every_column_of_the_comparison_is_explained_in_its_order() -> None:
    said = [coded(row[0])[0] for row in rows(sections(REFERENCE / "outputs.md")["comparison.csv"])]
    assert said == list(COMPARISON)


def test_every_verdict_and_sampling_type_is_in_the_glossary() -> None:
    words = sections(DOCS / "glossary.md")
    types = {coded(row[0])[0] for row in rows(words["How the answers came about"])}
    assert types == set(model.SAMPLING_TYPES)
    verdicts = {row[0] for row in rows(words["Beside the official figure"]) if len(row) == 6}
    spoken = {verdict.replace("_", " ") for verdict in get_args(model.Verdict)} - {"not comparable"}
    assert spoken | {"cannot be compared"} <= verdicts


def test_every_word_of_the_glossary_has_a_meaning_and_four_languages() -> None:
    entries = [row for text in sections(DOCS / "glossary.md").values() for row in rows(text) if len(row) == 6]
    assert len(entries) > 50
    assert all(all(row) for row in entries)
    words = [row[0] for row in entries]
    assert len(words) == len(set(words))
