"""Small tables and ledgers that the tests of corrections draw."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_rows import raw_of

from datashift.model import Raw


@pytest.fixture
def wells() -> Raw:
    return raw_of(
        """
        id | village | litres | sources   | sources.tap | sources.well | works
        a  | Kidato  | 24     | tap       | True        | False        | yes
        b  | Kidato  | 18.0   | tap well  | True        | True         | no
        c  | Ifakara | 70000  | –         | –           | –            | yes
        d  | ifakara | 12     | well      | False       | True         | maybe
        """
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corrections.jsonl"
