"""The job `screen`: takes withdrawn answers out of the file of a data set, and out of the store.

The row stays as an empty one, so that every other row keeps its number; the recipe names a ledger of corrections that
removes it, reason "withdrawn". What the file was before is deleted, and the road goes on from the new one.
"""

from __future__ import annotations

import io
import tomllib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from datashift.language import N_
from datashift.read import read_bytes
from datashift.read.store import content, keep
from datashift.web.collection.models import Dataset, Receipt, Upload, Withdrawal
from datashift.web.collection.receipts import KEPT, forget_files, hold_back, take_out
from datashift.web.collection.steps import READING, wanted
from datashift.web.jobs.services import enqueue
from datashift.web.people.services import record

TAKING_OUT = N_("taking withdrawn answers out of the file")
WRITTEN = {"delimiter": ",", "header_row": 1}
"""How a file is read that was written here."""


@dataclass(frozen=True)
class Marks:
    """By what an answer is known again: keyed digests of its cells, and of its id."""

    contents: str
    identity: str


def screen(subject: str, progress: Callable[[str], None]) -> None:
    """Write the file of a dataset (`subject` is its id) anew without what was withdrawn, and delete what it was.

    Killed at any moment and done again, it ends the same.
    """
    dataset = Dataset.objects.select_related("organisation", "upload").filter(pk=subject).first()
    if dataset is None or not dataset.screening or dataset.erased:
        return
    progress(TAKING_OUT)
    path = settings.HOME / "raw" / dataset.upload.sha256
    asked, gone = wanted(dataset), _places(dataset)
    table = read_bytes(content(path), dataset.upload.name, **asked["reading"]).table
    sha256, kept = keep([written(table, gone)], settings.HOME)
    with transaction.atomic():
        now = _locked(dataset)
        if now is None or (now.upload_id, wanted(now), _places(now)) != (dataset.upload_id, asked, gone):
            enqueue("screen", subject)  # something else was said meanwhile
            return
        _marked(now, table)
        _pruned(now, table)
        _points_to(now, sha256, kept.stat().st_size)
    forget_files(now)
    _forget_former(now)
    with transaction.atomic():
        now = _locked(dataset)
        if now is None or now.withdrawals.filter(done=False, contents="", place__isnull=False).exists():
            enqueue("screen", subject)
            return
        now.withdrawals.update(done=True)
        now.screening = False
        now.save(update_fields=["screening"])
        record("screened", f"dataset:{now.pk}", by=None, organisation=now.organisation)
        enqueue("reconsider", str(now.pk))
        enqueue("suggest", str(now.pk))


def written(table: pa.Table, places: Iterable[int]) -> bytes:
    """Return a table as CSV whose rows at `places` are empty."""
    gone = pc.is_in(pa.array(range(table.num_rows), pa.int64()), value_set=pa.array(sorted(places), pa.int64()))
    rows = table.drop_columns(["_row"])
    blank = [pc.if_else(gone, "", pc.fill_null(rows[name], "")) for name in rows.column_names]
    made = io.BytesIO()
    how = arrow_csv.WriteOptions(quoting_style="all_valid")
    arrow_csv.write_csv(pa.table(blank, names=rows.column_names), made, how)
    return made.getvalue()


def comes_back(dataset: Dataset, table: pa.Table) -> bool:
    """Look in a file that was just read for answers that were withdrawn from any file of the organisation. Where there
    are some, keep the file from everybody and ask that they be taken out. Say whether that was so.
    """
    with transaction.atomic():
        now = _locked(dataset)
        if now is None or now.upload_id != dataset.upload_id:
            return False
        if now.screening:
            return True
        found = _found(now, table)
        for place, former in found.items():
            if former.dataset_id == now.pk and former.place is None:
                former.place, former.done = place, False
                former.save(update_fields=["place", "done"])
            else:
                Withdrawal.objects.get_or_create(dataset=now, place=place, defaults={"at": former.at})
        if found:
            hold_back(now)
    return bool(found)


def follow(dataset: Dataset, table: pa.Table) -> None:
    """Give the receipts of a file that was replaced to the answers of the new one: by their id, else by what they hold,
    else by their place where both files have as many rows. Who withdrew meanwhile is heard now.
    """
    old = dataset.receipts.exclude(upload=dataset.upload_id)
    for former in Upload.objects.filter(pk__in=old.values("upload")):
        path = settings.HOME / "raw" / former.sha256
        before = read_bytes(content(path), former.name, **wanted(dataset)["reading"]).table
        moved = _moved(before, table, _id_column(dataset, table))
        for receipt in old.filter(upload=former):
            place = moved.get(receipt.place) if receipt.place is not None else None
            if receipt.asked and place is not None:
                take_out(dataset=dataset, place=place, by=None)
            Receipt.objects.filter(pk=receipt.pk).update(place=place, upload=dataset.upload_id)


def _moved(before: pa.Table, table: pa.Table, column: str) -> dict[int, int]:
    """Return where the answers of one file stand in another one; no two of them stand in one place."""
    there = dict(_all_marks(table, column))
    known = dict(_all_marks(before, column if column in before.column_names else ""))
    found: dict[int, int] = {}
    for name in ("identity", "contents"):
        taken = set(found.values())
        free: dict[str, deque[int]] = {}
        for place, one in there.items():
            if place not in taken and (mark := getattr(one, name)):
                free.setdefault(mark, deque()).append(place)
        for place, one in known.items():
            if place not in found and (places := free.get(getattr(one, name))):
                found[place] = places.popleft()
    if before.num_rows == table.num_rows:
        taken = set(found.values())
        found |= {place: place for place in known if place not in found and place not in taken}
    return found


# --- what was withdrawn is known again --------------------------------------------------------------------------------


def _found(dataset: Dataset, table: pa.Table) -> dict[int, Withdrawal]:
    """Return the places of answers that were withdrawn before: as many alike as were withdrawn, and no more."""
    known = list(Withdrawal.objects.filter(dataset__organisation=dataset.organisation_id).exclude(contents=""))
    listed = [one for one in known if one.dataset_id != dataset.pk or one.place is None]
    if not listed:
        return {}
    have = set(_places(dataset))
    found = {place: one for place, one in _with_id(listed, table) if place not in have}
    left, first = _alike(listed), {one.contents: one for one in listed}
    left.subtract(one.contents for one in found.values())
    left.subtract(one.contents for one in known if one.dataset_id == dataset.pk and one.place is not None)
    for place, marks in _all_marks(table, ""):
        if left[marks.contents] > 0 and place not in have and place not in found:
            left[marks.contents] -= 1
            found[place] = first[marks.contents]
    return found


def _alike(listed: Iterable[Withdrawal]) -> Counter[str]:
    """Count how many alike were withdrawn; what several data sets have withdrawn of one file is one answer."""
    each: dict[object, Counter[str]] = {}
    for one in listed:
        each.setdefault(one.dataset_id, Counter())[one.contents] += 1
    found: Counter[str] = Counter()
    for counted in each.values():
        found |= counted
    return found


def _with_id(listed: Iterable[Withdrawal], table: pa.Table) -> Iterator[tuple[int, Withdrawal]]:
    by_id: dict[str, dict[str, Withdrawal]] = {}
    for one in listed:
        if one.identity and one.column in table.column_names:
            by_id.setdefault(one.column, {})[one.identity] = one
    for column, ids in by_id.items():
        for place, value in enumerate(table[column].to_pylist()):
            if value and (former := ids.get(_digest("id", value))) is not None:
                yield place, former


def _all_marks(table: pa.Table, column: str) -> Iterator[tuple[int, Marks]]:
    """Yield the place and the marks of every row that holds anything."""
    rows = table.drop_columns(["_row"])
    ids = table[column].to_pylist() if column else [None] * table.num_rows
    cells = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    for place, (row, own) in enumerate(zip(cells, ids, strict=True)):
        held = sorted(cell for cell in row if cell)
        if held:
            yield place, Marks(_digest("row", "\x1f".join(held)), _digest("id", own) if own else "")


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"datashift.withdrawn.{kind}", text, algorithm="sha256").hexdigest()


def _marked(dataset: Dataset, table: pa.Table) -> None:
    column = _id_column(dataset, table)
    fresh = {one.place: one for one in dataset.withdrawals.filter(contents="", place__isnull=False)}
    marks = dict(_all_marks(table, column)) if fresh else {}
    for place, one in fresh.items():
        own = marks.get(int(place or 0), Marks(_digest("row", ""), ""))
        one.contents, one.identity, one.column = own.contents, own.identity, column if own.identity else ""
        one.save(update_fields=["contents", "identity", "column"])


def _id_column(dataset: Dataset, table: pa.Table) -> str:
    name = str(dataset.answers.get("rows", {}).get("row_id") or "")
    return name if name in table.column_names else ""


# --- the file, and what was said of it --------------------------------------------------------------------------------


def _places(dataset: Dataset) -> list[int]:
    return [one.place for one in dataset.withdrawals.order_by("place") if one.place is not None]


def _pruned(dataset: Dataset, table: pa.Table) -> None:
    """Take what only withdrawn rows held out of what was said about answers and names of places. Runs whose recipe
    names it lose their recipe: by that the releases are known that must go.
    """
    alone = _only_there(table, _places(dataset))
    answers = dict(dataset.answers)
    if "columns" in answers.get("columns", {}):
        said = {
            concept: {**one, "codes": _without(one.get("codes", {}), alone.get(one.get("column") or ""))}
            for concept, one in answers["columns"]["columns"].items()
        }
        answers["columns"] = {**answers["columns"], "columns": said}
    if names := answers.get("place", {}).get("names"):
        column = answers["place"].get("column") or ""
        answers["place"] = {**answers["place"], "names": _without(names, alone.get(column))}
    dataset.answers = answers
    for run in dataset.runs.exclude(recipe=""):
        if _names(tomllib.loads(run.recipe), alone):
            run.recipe = ""
            run.save(update_fields=["recipe"])


def _only_there(table: pa.Table, places: list[int]) -> dict[str, set[str]]:
    """Return by column the words that stand in these rows and in no other."""
    rows = table.take(pa.array([one for one in places if one < table.num_rows], pa.int64()))
    found = {}
    for name in rows.drop_columns(["_row"]).column_names:
        held = {one["values"]: one["counts"] for one in pc.value_counts(table[name]).to_pylist()}
        here = Counter(rows[name].to_pylist())
        found[name] = {word for word, count in here.items() if word and held[word] == count}
    return found


def _without(said: dict[str, Any], words: set[str] | None) -> dict[str, Any]:
    return {word: code for word, code in said.items() if word not in (words or ())}


def _names(recipe: dict[str, Any], alone: dict[str, set[str]]) -> bool:
    """Say whether a recipe names one of the words: as an answer, as the name of a place, or as a place of its own."""
    place = recipe.get("place", {})
    listed = [(one.get("column"), one.get("codes", {})) for one in recipe.get("columns", {}).values()]
    listed.append((place.get("column"), place.get("names", {})))
    own = "areas" in place and bool(alone.get(place.get("column", "")))
    return own or any(alone.get(str(column), set()) & set(said) for column, said in listed)


def _points_to(dataset: Dataset, sha256: str, size: int) -> None:
    """Let a dataset have the new file in place of the former."""
    former = dataset.upload
    name = f"{former.name.rpartition('.')[0] or former.name}.csv"
    made, _new = Upload.objects.get_or_create(
        organisation=dataset.organisation, sha256=sha256, name=name, defaults={"size": size, "by": former.by}
    )
    rows = {key: one for key, one in dataset.answers.get("rows", {}).items() if key not in READING}
    dataset.answers = {**dataset.answers, "rows": {**rows, **WRITTEN}}
    dataset.suggestion = {name: dataset.suggestion[name] for name in KEPT if name in dataset.suggestion}
    dataset.receipts.filter(upload=former).update(upload=made)
    dataset.upload = made
    dataset.version += 1
    dataset.save()
    if made.pk != former.pk:
        Upload.objects.filter(pk=former.pk).update(former_of=dataset)
    Upload.objects.filter(pk=made.pk).update(former_of=None)


def _forget_former(dataset: Dataset) -> None:
    """Delete the files whose place another one took, unless a data set still has them: that one is screened too."""
    for former in dataset.former.filter(datasets=None):
        used = Dataset.objects.filter(upload__sha256=former.sha256).exists()
        others = Upload.objects.filter(sha256=former.sha256).exclude(organisation=former.organisation_id).exists()
        if not used and not others:
            (settings.HOME / "raw" / former.sha256).unlink(missing_ok=True)
        if not used:
            former.delete()


def _locked(dataset: Dataset) -> Dataset | None:
    found = Dataset.objects.select_for_update(of=("self",)).select_related("organisation", "upload")
    return found.filter(pk=dataset.pk).first()
