"""Made-up interviews with begin, end, arrival, interviewer and device, and a look at them with one check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from datashift.assess.checks import Outcome
from datashift.assess.evidence import Evidence
from datashift.model import Concept, Harmonised, Kit, Recipe

Cells = dict[str, list[str | None]]

PARADATA = {
    "start": "begin",
    "end": "end",
    "submitted": "sent",
    "received": "got",
    "enumerator": "who",
    "device": "device",
}
FIRST = np.datetime64("2024-03-04T08:00:00")


def recipe(**changes: Any) -> Recipe:
    return Recipe.model_validate(
        {
            "id": "homes-2024",
            "title": {"en": "Homes"},
            "kit": "homes",
            "producer": "a test",
            "row_id": "id",
            "simulated": True,
            "source": [{"file": "homes.csv"}],
            "columns": {"water": {"column": "water"}},
            "place": {"country": "XX", "as_of": "2024-01-01", "column": "village"},
            "period": {"label": "2024"},
            "design": {"sampling_type": "quota"},
            "paradata": PARADATA,
            **changes,
        }
    )


def kit() -> Kit:
    return Kit.model_validate(
        {
            "id": "homes",
            "version": "1",
            "title": {"en": "Homes"},
            "description": {"en": "-"},
            "indicator": "6.1.1",
            "relation": "proxy",
            "relation_note": {"en": "-"},
            "universe": {"unit": {"en": "-"}, "text": {"en": "-"}},
            "concepts": {
                "water": Concept.model_validate(
                    {
                        "label": {"en": "Water"},
                        "codes": {
                            "piped": {"label": {"en": "piped", "es": "tubería"}},
                            "borehole": {"label": {"en": "borehole", "es": "pozo"}},
                            "spring": {"label": {"en": "spring"}},
                        },
                    }
                )
            },
            "measures": [
                {
                    "id": "SHARE",
                    "label": {"en": "Piped"},
                    "finding": {"en": "-"},
                    "estimator": "proportion",
                    "numerator": {"water": "piped"},
                }
            ],
        }
    )


def drawn(
    n: int = 300, people: int = 8, seed: int = 1, *, questions: int = 6, per_day: int = 5, habit: float = 0.1
) -> Cells:
    """Draw honest interviews: one after the other by day, in villages that differ, by people who differ a little."""
    chance = np.random.default_rng(seed)
    who = np.sort(chance.integers(0, people, n))
    place = np.searchsorted(who, who)
    position = np.arange(n) - place
    day, turn = position // per_day, position % per_day
    visit = who * 1000 + day
    villages = {int(v): int(chance.integers(0, 6)) for v in np.unique(visit)}
    village = np.array([villages[int(v)] for v in visit])
    pace = chance.normal(0, habit, people)[who] + chance.normal(0, 0.1, 6)[village]
    minutes = np.clip(np.exp(np.log(30) + pace + chance.normal(0, 0.25, n)), 5, 80)
    begin = FIRST + (day * 86_400 + turn * 90 * 60 + chance.integers(0, 600, n)).astype("timedelta64[s]")
    end = begin + (minutes * 60).astype("timedelta64[s]")
    sent = end + chance.exponential(3000, n).astype("timedelta64[s]")
    water = chance.choice(["piped", "borehole", "spring"], n, p=[0.5, 0.3, 0.2])
    cells: Cells = {
        "id": [f"i{k}" for k in range(n)],
        "village": [f"V{v}" for v in village],
        "who": [f"E{k}" for k in who],
        "device": [f"D{k}" for k in who],
        "begin": written(begin),
        "end": written(end),
        "sent": written(sent),
        "got": written(sent + np.timedelta64(2, "s")),
        "water": water.tolist(),
    }
    unsure = 1 / (1 + np.exp(3 - chance.normal(0, 0.5, 6)[village] - chance.normal(0, 0.3, people)[who]))
    for q in range(questions):
        answers = chance.choice(["yes", "no", "sometimes"], n)
        cells[f"q{q}"] = np.where(chance.random(n) < unsure, "dont_know", answers).tolist()
    return cells


def written(moments: Any) -> list[str | None]:
    return [
        None if text == "NaT" else f"{text}+03:00" for text in np.datetime_as_string(moments.astype("datetime64[s]"))
    ]


def moved(texts: Sequence[str | None], rows: Any, seconds: Any) -> list[str | None]:
    """Set the clock of some rows forward by so many seconds (backward below 0)."""
    found = list(texts)
    apart = np.broadcast_to(np.asarray(seconds), (len(rows),))
    for row, more in zip(rows, apart, strict=True):
        moment = np.datetime64(str(found[row])[:19]) + np.timedelta64(int(more), "s")
        found[row] = f"{moment}+03:00"
    return found


def evidence(cells: Mapping[str, Sequence[str | None]], /, **changes: Any) -> Evidence:
    rows = len(next(iter(cells.values())))
    raw = pa.table(
        {
            "_row": pa.array(range(2, rows + 2), pa.int64()),
            **{name: pa.array(list(values), pa.string()) for name, values in cells.items()},
        }
    )
    observations = pa.table({"row": raw["_row"], "area": pa.array(["XX"] * rows, pa.string())})
    rejects = pa.table(
        {
            "row": pa.array([], pa.int64()),
            **{name: pa.array([], pa.string()) for name in ("column", "code", "value", "text")},
        }
    )
    return Evidence(raw, Harmonised(observations, rejects, rows, rows, 0), recipe(**changes), kit(), date(2026, 1, 1))


def look(run: Callable[[Evidence], Outcome], cells: Mapping[str, Sequence[str | None]], /, **changes: Any) -> Outcome:
    return run(evidence(cells, **changes))


def codes(outcome: Outcome) -> list[str]:
    return [finding.code.removeprefix("assess.") for finding in outcome.findings]


def mine(cells: Cells, name: str, column: str = "who") -> np.ndarray[Any, np.dtype[np.int64]]:
    """The positions of the rows of one interviewer or device."""
    return np.flatnonzero(np.array(cells[column]) == name)
