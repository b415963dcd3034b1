"""`datashift check` on a terminal: faults with row and repair, indicators, exit code."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from datashift.commands import check
from datashift.errors import BadForm
from datashift.language import speaking
from datashift.standards.kits import kit_folder


def run(*arguments: str) -> tuple[str, Any, int]:
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    text, data, code = check.run(parser.parse_args(list(arguments)))
    return text, json.loads(json.dumps(data())), code


OWN = str(kit_folder("water-point-functionality") / "form.md")


def test_a_good_form_ends_well_and_its_indicators_are_listed() -> None:
    text, data, code = run(OWN, "--kit", "water-point-functionality")
    assert code == 0
    assert "0 faults, 0 warnings" in text
    assert "can be computed as it is" in text
    assert {one["verdict"] for one in data["indicators"]} == {"can"}
    assert data["design"]["weight"] == "weight"


def test_a_broken_form_ends_with_two_and_names_row_and_repair(tmp_path: Path) -> None:
    broken = tmp_path / "form.md"
    broken.write_text(Path(OWN).read_text("utf-8").replace("| quantity | Is there", "| status | Is there"), "utf-8")
    text, data, code = run(str(broken))
    assert code == 2
    row = next(k for k, line in enumerate(broken.read_text("utf-8").splitlines(), 1) if "| status | Is there" in line)
    assert f"survey, row {row}: the name 'status' is already used" in " ".join(text.split())
    assert [one["rename"] for one in data["problems"] if one["level"] == "fault"] == ["status_2"]


def test_questions_to_confirm_and_to_add_are_shown(tmp_path: Path) -> None:
    form = tmp_path / "form.md"
    lines = Path(OWN).read_text("utf-8").replace("technology | technology |", "technology | wptype |").splitlines()
    form.write_text("\n".join(line for line in lines if "| select_one status |" not in line), "utf-8")
    text, data, _code = run(str(form), "--kit", "water-point-functionality")
    assert "Questions to confirm:" in text
    assert "technology = wptype" in text
    assert "Questions to add:" in text
    assert "select_one status  status" in text
    verdicts = {one["measure"]: one["verdict"] for one in data["indicators"]}
    assert verdicts["WP_FUNCTIONAL"] == "cannot"


def test_an_unknown_kit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadForm) as told:
        run(OWN, "--kit", "well-functionality")
    assert told.value.code == "form.no-kit"
    assert "water-point-functionality" in str(told.value)


def test_the_words_are_said_in_the_readers_language() -> None:
    with speaking("sw"):
        text, _data, _code = run(OWN, "--kit", "water-point-functionality")
    assert "kituo" in text
