"""KoBoToolbox, API version 2: /api/v2/assets/{uid}/data/.

Source: the API of KoBoToolbox (kpi); since March 2026 a page holds at most 1,000 submissions. `_id` stays when a
submission is edited, while `_uuid` changes (kpi keeps the first one as meta/rootUuid). The API has no time of the last
edit (kpi issue 7259), so edits are found by reading all again and comparing digests, unless only new ones are wanted.
Pages are cut by `_id` and not by number: what arrives or is deleted meanwhile moves nothing to another page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote, urlencode

from datashift.errors import BadPull, PullUnavailable
from datashift.pull.asking import ask_json
from datashift.pull.door import Get
from datashift.pull.rows import Fields
from datashift.pull.source import Source, shown
from datashift.pull.state import State
from datashift.pull.sweep import Page, Reading, by_id, listed

PAGE = 1000
ID = "_id"


def reading(source: Source, known: State, get: Get) -> Reading:
    """Return how the submissions of a KoBo asset are read. Errors: as of `ask`."""
    base = f"{source.home}/api/v2/assets/{quote(source.asset, safe='')}/data/"
    secret = source.secret()
    headers = {"Authorization": f"Token {secret}"} if secret else {}

    def page(after: int) -> tuple[dict[str, Fields], int | None]:
        query, sort = json.dumps({ID: {"$gt": after}}), json.dumps({ID: 1})
        asked = urlencode({"format": "json", "limit": PAGE, "query": query, "sort": sort})
        answer, _told = ask_json(get, f"{base}?{asked}", headers)
        return by_id(listed(answer, "results", shown(base)), ID, shown(base)), _left(answer)

    start = ""
    if source.only_new and known.rows:
        start = str(max((int(one) for one in known.rows if one.isdigit()), default=0))
    return Reading(partial(_pages, page, shown(base)), shown(base), start=start, knows_changes=False)


def _pages(
    page: Callable[[int], tuple[dict[str, Fields], int | None]], address: str, _since: str, cursor: str
) -> Iterator[Page]:
    after, done = _number(cursor or "0", address), 0
    first: int | None = None
    while True:
        found, left = page(after)
        first = left if first is None else first
        ids = [_number(one, address) for one in found]
        if ids != sorted(ids):
            # Without the order that we asked for, the next page would leave some out.
            raise BadPull("pull.not-data", address=address, problem="sort")
        if not ids:
            # A server that counts all, and not what is left, counts as many as came.
            if left and not (left == first and done >= left):
                raise PullUnavailable("pull.rows-missing", address=address, total=left, found=0)
        elif ids[0] <= after:
            raise PullUnavailable("pull.no-progress", address=address)
        ends = not ids or (len(ids) >= left if left is not None else len(ids) < PAGE)
        after, done = (ids[-1] if ids else after), done + len(ids)
        yield Page(found, "" if ends else str(after))
        if ends:
            return


def _left(answer: object) -> int | None:
    """Return how many submissions come after the cursor, these among them, or None where nobody says it."""
    count = answer.get("count") if isinstance(answer, dict) else None
    return count if isinstance(count, int) else None


def _number(one: str, address: str) -> int:
    if not one.isdigit():
        raise BadPull("pull.no-id", address=address, column=ID)
    return int(one)
