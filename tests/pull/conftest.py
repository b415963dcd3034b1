"""Nobody waits in tests of pulls."""

import pytest


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited, in seconds."""
    taken: list[float] = []
    monkeypatch.setattr("datashift.pull.asking.sleep", taken.append)
    return taken
