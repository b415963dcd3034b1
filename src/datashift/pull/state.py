"""What is known of earlier pulls, and what one pull gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, NamedTuple

from datashift.errors import BadPull, DataShiftError

FORMAT = "datashift-pull/1"

MAIN = "rows"
"""The sheet with one row per record; the other sheets are its repeats."""
ROW_ID = "_row_id"
"""The column that names a row for good: the same row has the same id in every pull."""
PARENT_ID = "_parent_id"
ROOT_ID = "_root_id"
"""In repeats: the row that a row belongs to, and the record in the main sheet that all of them belong to."""


class Counts(NamedTuple):
    """How many records a pull found new, changed, gone from the source, and as they were."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0


@dataclass(frozen=True)
class State:
    """What is known of the source after earlier pulls. Holds digests and ids, never answers and never a token.

    `rows` are records by id with the digest of what they said; `since` is the time (of the server) from which changes
    are asked for. `cursor`, `seen`, `began` and `whole` belong to a sweep that broke off: where it goes on, what it
    saw, when it began, and whether it reads everything. `files` are ETag, date and SHA-256 of files by address.
    """

    of: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    cursor: str = ""
    seen: tuple[str, ...] = ()
    began: str = ""
    whole: bool = False
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the state as JSON text."""
        return json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=False, sort_keys=True)


def read_state(text: str, file: str) -> State:
    """Return the state that `as_json` wrote; `file` names it in errors. Raises BadPull where it is something else."""
    try:
        stated: dict[str, Any] = json.loads(text)
        if stated.pop("format") != FORMAT or set(stated) != {one.name for one in fields(State)}:
            raise KeyError("format")
        state = State(**(stated | {"seen": tuple(stated["seen"])}))
        texts = (state.of, state.since, state.cursor, state.began, *state.seen, *state.rows, *state.rows.values())
        if not all(isinstance(text, str) for text in texts) or not all(isinstance(one, dict) for one in _files(state)):
            raise TypeError("text")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadPull("pull.not-state", file=file) from None
    return state


def _files(state: State) -> list[Any]:
    return [state.files, *state.files.values()]


@dataclass(frozen=True)
class Pulled:
    """One pull: tables of text columns by sheet, the new state, and counts.

    Each row has `_row_id`; rows of repeats also `_parent_id` and `_root_id`. `gone` are ids of records that were there
    before and are not any more; this is known only after everything was read. `everything` says that the new state
    names every record there is, `snapshot` that the tables hold every one of them, in their own order. `problem` says
    why the pull broke off: what came before is here, and the next pull goes on.
    """

    sheets: Mapping[str, Any]
    state: State
    counts: Counts
    gone: tuple[str, ...] = ()
    everything: bool = False
    snapshot: bool = False
    problem: DataShiftError | None = None

    @property
    def complete(self) -> bool:
        """Whether the source was read to its end."""
        return self.problem is None
