"""The job `look`: searches the free texts of a file for what looks personal. A person decides, here nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import transaction

from datashift.language import N_
from datashift.read import read_bytes
from datashift.read.store import content
from datashift.standards.personal_tables import Proposal, propose_in
from datashift.web.collection.models import Dataset, Passage
from datashift.web.collection.passages import file_of, is_looked, text_columns
from datashift.web.collection.redacting import made_anew
from datashift.web.collection.steps import suggested
from datashift.web.people.services import record

LOOKING = N_("looking for personal data in texts")
_AT_ONCE = 1000


def look(subject: str, progress: Callable[[str], None]) -> None:
    """Keep what looks personal in the file of a dataset (`subject` is its id). What was decided on the same text in the
    same column stays decided, also in a corrected file.
    """
    dataset = Dataset.objects.select_related("organisation", "upload").filter(pk=subject).first()
    if dataset is None or dataset.screening or dataset.erased or not suggested(dataset) or is_looked(dataset):
        return
    progress(LOOKING)
    asked, columns = file_of(dataset), text_columns(dataset)
    data = content(settings.HOME / "raw" / dataset.upload.sha256)
    table = read_bytes(data, dataset.upload.name, **asked["reading"]).table if columns else pa.table({})
    columns = [name for name in columns if name in table.column_names]
    texts = [(name, table.num_rows - _empty(table[name])) for name in columns]
    found = _passages(table, propose_in(table, columns))
    with transaction.atomic():
        now = Dataset.objects.select_for_update(of=("self",)).select_related("organisation", "upload").get(pk=subject)
        if now.screening or now.erased or file_of(now) != asked:
            return  # another file took its place meanwhile: that one is looked through for itself
        _keep(now, found)
        now.looked = {"file": asked, "texts": texts}
        now.save(update_fields=["looked"])
        made_anew(now)
        kinds = Counter(kind for one in found for _start, _end, kind in one.spans)
        record("looked", f"dataset:{now.pk}", by=None, organisation=now.organisation, proposed=dict(kinds))


def _passages(table: pa.Table, proposals: Iterable[Proposal]) -> list[Passage]:
    spans: dict[tuple[str, int], list[Any]] = {}
    for one in proposals:
        spans.setdefault((one.column, one.row - 1), []).append([one.span.start, one.span.end, one.span.kind])
    return [
        Passage(
            column=column, place=place, row=table["_row"][place].as_py(), text=table[column][place].as_py(), spans=seen
        )
        for (column, place), seen in spans.items()
    ]


def _keep(dataset: Dataset, found: list[Passage]) -> None:
    """Put what was found in the place of what was found before, with the decisions on it."""
    decided = {(one.column, one.text): one for one in dataset.passages.exclude(at=None)}
    for one in found:
        one.dataset = dataset
        former = decided.get((one.column, one.text))
        if former is not None and former.spans == one.spans:
            one.kept, one.by_id, one.at = former.kept, former.by_id, former.at
    dataset.passages.all().delete()
    Passage.objects.bulk_create(found, batch_size=_AT_ONCE)


def _empty(column: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.equal(pc.fill_null(column, ""), "")).as_py() or 0)
