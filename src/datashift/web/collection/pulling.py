"""The job `pull`: fetches the rows of a source, and what changed becomes the file of its data set.

Only the file of the data set holds rows. So what was withdrawn, corrected or deleted there is so for the next pull too.
File and state are kept in one transaction: broken off anywhere, the next pull begins where this one did.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from time import monotonic

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from datashift.errors import BadPull, DataShiftError, PullUnavailable, SourceUnavailable
from datashift.language import N_
from datashift.pull import MAIN, ROW_ID, Answer, Get, Pulled, State, door, fetch, merge, parse_source, read_state
from datashift.pull.source import shown
from datashift.read import read_bytes
from datashift.read.store import content
from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Pulling, Receipt, Upload
from datashift.web.collection.sources import FEWER, PULL, held_up, token_of
from datashift.web.jobs.services import enqueue, told
from datashift.web.people.models import User
from datashift.web.people.roles import may
from datashift.web.people.services import record

FETCHING, COMPARING = N_("fetching rows"), N_("comparing them with those before")
LONGEST = 1800.0
"""Seconds after which no more questions are asked: with the last answer it stays below the hour of a worker."""
MOST = 512 * 2**20
"""Bytes that one pull may read."""


def pull(subject: str, progress: Callable[[str], None]) -> None:
    """Fetch a source (`subject` is its id) once. Killed at any moment and done again, it ends the same.

    While a review of the data set is open, or withdrawn answers leave its file, nothing is fetched. Where rows cannot
    be fetched, the reason is kept and nothing else is changed.
    """
    found = Pulling.objects.select_related("organisation", "dataset__upload", "by").filter(pk=subject).first()
    if found is None or found.stopped is not None or held_up(found.dataset):
        return
    progress(FETCHING)
    try:
        _pull(found, progress)
    except DataShiftError as problem:
        noted = told(problem) | {"passes": isinstance(problem, SourceUnavailable)}
        Pulling.objects.filter(pk=found.pk).update(problem=noted, tried=timezone.now())


def _pull(found: Pulling, progress: Callable[[str], None]) -> None:
    by = _who(found)
    known, before = _known(found)
    source = parse_source(found.source, found.title).model_copy(update={"token": _secret(found)})
    pulled = fetch(source, known, bounded(door()))
    if pulled.problem is not None and "{" not in source.address:
        # Half of the records would give other figures than all of them. Days of an archive come one after the other.
        raise pulled.problem
    progress(COMPARING)
    pulled = _without_withdrawn(pulled, _withdrawn(known, before))
    after = _merged(found, before, pulled)
    if not after.num_rows:
        raise BadPull("pull.no-rows")
    data = written(after)
    same = before is not None and written(before) == data
    with transaction.atomic():
        now = _as_it_was(found)
        if now is None:
            return
        if not same:
            upload = services.receive(name=_name(now), chunks=[data], organisation=now.organisation, by=by)
            now.dataset = _dataset(now, upload, by)
        _remember(now, pulled, changed=not same)
    if now.dataset is not None:
        _forget_former(now.dataset, now)


def _who(found: Pulling) -> User:
    """Return who answers for the source. Raises BadPull where this person adds data there no more."""
    if found.dataset is not None and found.dataset.erased is not None:
        raise BadPull("pull.erased")
    if found.by is None or not may(found.by, "upload", found.organisation):
        raise BadPull("pull.nobody")
    return found.by


def _secret(found: Pulling) -> SecretStr | None:
    token = token_of(found)
    return SecretStr(token) if token else None


# --- before and after -------------------------------------------------------------------------------------------------


def _known(found: Pulling) -> tuple[State, pa.Table | None]:
    """Return what is known of the pull before, and the rows that the data set has now. Raises BadPull."""
    if found.dataset is None:
        return State(), None
    path = settings.HOME / "raw" / found.dataset.upload.sha256
    # What we wrote ourselves, and what was written when withdrawn answers left it, is read in one way.
    raw = read_bytes(content(path), found.dataset.upload.name, encoding="utf-8", delimiter=",", header_row=1)
    table = raw.table.drop_columns(["_row"])
    if ROW_ID not in table.column_names:
        raise BadPull("pull.other-file")
    return read_state(found.state, found.title), table.filter(pc.not_equal(pc.fill_null(table[ROW_ID], ""), ""))


def _withdrawn(known: State, before: pa.Table | None) -> set[str]:
    """Return the ids of rows that were fetched and that the file of the data set has no more: they stay out of it."""
    return set() if before is None else known.rows.keys() - set(before[ROW_ID].to_pylist())


def _without_withdrawn(pulled: Pulled, withdrawn: set[str]) -> Pulled:
    rows = pulled.sheets.get(MAIN)
    if rows is None or not withdrawn:
        return pulled
    out = pc.is_in(rows[ROW_ID], value_set=pa.array(sorted(withdrawn), pa.string()))
    return replace(pulled, sheets={**pulled.sheets, MAIN: rows.filter(pc.invert(out))})


def _merged(found: Pulling, before: pa.Table | None, pulled: Pulled) -> pa.Table:
    """Return the rows after the pull. Raises BadPull where far fewer are left than before, and nobody accepted that."""
    try:
        return merge(before, pulled)
    except BadPull as problem:
        if problem.code != FEWER or found.accepts is None or int(problem.facts["after"]) < found.accepts:
            raise
    return merge(before, pulled, accept_fewer=True)


def written(table: pa.Table) -> bytes:
    """Return rows as CSV; what is missing is empty."""
    made = io.BytesIO()
    cells = [pc.fill_null(column, "") for column in table.columns]
    how = arrow_csv.WriteOptions(quoting_style="all_valid")
    arrow_csv.write_csv(pa.table(cells, names=table.column_names), made, how)
    return made.getvalue()


# --- what is kept -----------------------------------------------------------------------------------------------------


def _as_it_was(found: Pulling) -> Pulling | None:
    """Return the source, locked; None where it, or the file of its data set, is not as it was when this pull began.

    Another pull is then asked for, unless it has to wait.
    """
    now = Pulling.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=found.pk).first()
    if now is None or now.stopped is not None:
        return None
    dataset = Dataset.objects.select_for_update().filter(pulling=now).first()
    if held_up(dataset):
        return None
    then = (found.source, found.token, found.dataset_id, found.dataset and found.dataset.upload_id)
    if then != (now.source, now.token, now.dataset_id, dataset and dataset.upload_id):
        enqueue(PULL, str(now.pk))
        return None
    now.dataset = dataset
    return now


def _dataset(now: Pulling, upload: Upload, by: User) -> Dataset:
    if now.dataset is not None:
        return services.replace(dataset=now.dataset, upload=upload, by=by)
    made = services.begin(upload=upload, by=by, country=now.country)
    made.title = now.title
    made.save(update_fields=["title"])
    return made


def _remember(now: Pulling, pulled: Pulled, *, changed: bool) -> None:
    now.state, now.counts, now.accepts = pulled.state.as_json(), pulled.counts._asdict(), None
    now.problem = told(pulled.problem) | {"passes": True} if pulled.problem else {}
    now.tried = now.at = timezone.now()
    now.save(update_fields=["dataset", "state", "counts", "accepts", "problem", "tried", "at"])
    if changed:
        record("pulled", f"source:{now.pk}", by=None, organisation=now.organisation, **now.counts)


def _name(now: Pulling) -> str:
    """Return the name of the file: no other source has the same, so that no two of them share a data set."""
    plain = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in now.title)
    return f"{plain[:60].strip()} {str(now.pk)[:8]}.csv"


def _forget_former(dataset: Dataset, now: Pulling) -> None:
    """Delete files that were fetched and replaced, but for the last one: a run may just be reading it. One by which
    receipts are still to be followed stays.
    """
    replaced = dataset.former.filter(datasets=None, name=_name(now)).order_by("-pk")
    for former in replaced.exclude(pk__in=Receipt.objects.values("upload"))[1:]:
        former.delete()
        if not Upload.objects.filter(sha256=former.sha256).exists():
            (settings.HOME / "raw" / former.sha256).unlink(missing_ok=True)


# --- limits -----------------------------------------------------------------------------------------------------------


def bounded(get: Get, *, longest: float = LONGEST, most: int = MOST) -> Get:
    """Return a door that asks no more after `longest` seconds, and reads `most` bytes in all."""
    end, read = monotonic() + longest, [0]

    def parts(address: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            read[0] += len(chunk)
            if read[0] > most:
                raise BadPull("pull.too-large", address=shown(address), most=most >> 20)
            yield chunk

    def asked(address: str, headers: Mapping[str, str]) -> Answer:
        if monotonic() > end:
            raise PullUnavailable("pull.too-long", address=shown(address), minutes=int(longest // 60))
        answer = get(address, headers)
        return answer._replace(chunks=parts(address, answer.chunks))

    return asked


__all__ = ["bounded", "pull", "written"]
