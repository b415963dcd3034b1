"""A network that is made up: a server of records with pages, faults on demand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from datashift.pull import Answer

DATE = "Mon, 02 Mar 2026 10:00:00 GMT"


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    """An answer with a body: bytes as they are, everything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"date": DATE} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, told, iter([data[:7], data[7:]]))


@dataclass
class Network:
    """Answers by a function of the address; faults are played before it, one after the other.

    A fault is a status, an exception, a body, or "half" (the right answer, cut off in the middle); None is no fault.
    """

    server: Callable[[str, Mapping[str, list[str]], Mapping[str, str]], Answer]
    faults: list[Any] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, address: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((address, dict(headers)))
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, BaseException):
            raise fault
        if isinstance(fault, int):
            return answer({"detail": "no"}, fault)
        if isinstance(fault, Answer):
            return fault
        right = self.server(address, parse_qs(urlsplit(address).query), headers)
        return Answer(right.status, right.headers, _half(right)) if fault == "half" else right


def _half(right: Answer) -> Iterator[bytes]:
    data = b"".join(right.chunks)
    yield data[: len(data) // 2]


class Kobo:
    """A KoBo asset with submissions by `_id`, as its API documents: query, sort, limit, `count` of what is left."""

    def __init__(self, records: list[dict[str, Any]], most: int = 1000) -> None:
        self.records = records
        self.most = most

    def __call__(self, address: str, asked: Mapping[str, list[str]], headers: Mapping[str, str]) -> Answer:
        assert urlsplit(address).path == "/api/v2/assets/aXyz/data/"
        after = json.loads(asked["query"][0])["_id"]["$gt"]
        assert json.loads(asked["sort"][0]) == {"_id": 1}
        left = sorted((one for one in self.records if one["_id"] > after), key=lambda one: one["_id"])
        page = left[: min(self.most, int(asked["limit"][0]))]
        return answer({"count": len(left), "next": None, "previous": None, "results": page})


class Central:
    """A form of ODK Central: newest first, `$skiptoken` (`$skip` on old servers), `$filter` by time, `@odata.count`."""

    def __init__(self, records: list[dict[str, Any]], most: int = 500, *, old: bool = False) -> None:
        self.records = records
        self.most = most
        self.old = old
        self.strict = True
        """What becomes of a mark at a submission that is gone: refused, or nothing comes after it."""

    def __call__(self, address: str, asked: Mapping[str, list[str]], headers: Mapping[str, str]) -> Answer:
        assert urlsplit(address).path == "/v1/projects/7/forms/well%20check.svc/Submissions"
        found = sorted(self.records, key=lambda one: str(one["__system"]["submissionDate"]), reverse=True)
        if "$filter" in asked:
            since = asked["$filter"][0].rsplit(" ", 1)[1]
            times = ("submissionDate", "updatedAt")
            found = [one for one in found if any((one["__system"][name] or "") >= since for name in times)]
        ids = [one["__id"] for one in found]
        token = asked.get("$skiptoken", [""])[0]
        if token and token not in ids:
            return answer({}, 400) if self.strict else answer({"@odata.count": len(found), "value": []})
        start = ids.index(token) + 1 if token else int(asked.get("$skip", ["0"])[0])
        page = found[start : start + min(self.most, int(asked["$top"][0]))]
        body: dict[str, Any] = {"@odata.count": len(found), "value": page}
        if page and start + len(page) < len(found):
            mark = f"$skip={start + len(page)}" if self.old else f"%24skiptoken={page[-1]['__id']}"
            body["@odata.nextLink"] = f"https://evil.example/v1/steal?{mark}"
        return answer(body)


def kobo_submission(number: int, **answers: Any) -> dict[str, Any]:
    """A submission as KoBo gives it; invented, with a group, a repeat in it, and bookkeeping."""
    record = {
        "_id": number, "formhub/uuid": "f", "meta/instanceID": f"uuid:{number}", "meta/rootUuid": f"uuid:{number}",
        "place/works": "yes", "place/liters": 12.50, "_geolocation": [-1.5, 36.75], "_tags": [], "_notes": [],
        "_attachments": [{"id": 1, "filename": "x.jpg"}], "_validation_status": {"uid": "approved"},
        "people": [{"people/name": "A", "people/visits": [{"people/visits/day": "1"}]}, {"people/name": "B"}],
        "_submission_time": "2026-03-01T10:00:00",
    }  # fmt: skip
    return record | answers
