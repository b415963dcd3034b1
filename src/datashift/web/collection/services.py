"""Every write of the collection: files come in, answers are kept, reviews are asked for. Each act is one transaction
and leaves a record; whatever dies in between, nothing is lost and nothing is doubled.

The work that takes longer than a click is in `suggesting.suggest` and `running.run` (subject: the id of a dataset).
What pages read is in `steps` (the steps and the run that fits), `sentences` (columns in words) and `kits`.

What `answer` takes, step by step. What is not named stays as it was suggested; texts are kept in the language in which
they were said.

rows      title, row_id (column or ""), simulated (bool), licence, and how the file is read: sheet, encoding, delimiter,
          header_row (each may be missing). Another way of reading starts a new suggestion.
kit       kit: id, or id@version. Another kit starts a new suggestion, and what was said of columns is asked again.
columns   columns: {concept: {column, codes: {answer: code or "" for missing}, missing: [word], factor, decimal}};
          where `columns` is given, a concept that is not named is not used, nor is one whose column is "".
          personal: [column], missing: [word]
place     country (two letters), column (of place names, or "": all rows are of one place), area (its id, else the
          country), names: {name: area id}, stands ("country" or "part"), whole (the part, in words), as_of (date),
          latitude, longitude, date (column or ""), format (strptime), label (2024, 2023/2024, …),
          by ("whole" or "year")
asked     sampling_type, weights (column or ""), strata: [column], clusters: [column], note, limits. What a sample that
          was drawn here says beside (units: [column], fpc: [column]) stays as long as the first four do.
findings  {} (they were read);   result  {} (it was read)
who       licence, for_office (bool)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from datashift.errors import BadUpload, NotAllowed
from datashift.language import current
from datashift.web.collection.kits import full_name
from datashift.web.collection.models import Dataset, Note, Review, Upload
from datashift.web.collection.passages import require_decided
from datashift.web.collection.receiving import receive
from datashift.web.collection.recipes import rebuild
from datashift.web.collection.sentences import sentences
from datashift.web.collection.steps import TITLES, fitting_run, next_step, ready, steps, suggested, wanted
from datashift.web.jobs.services import enqueue
from datashift.web.people.models import User
from datashift.web.people.services import record

__all__ = [
    "answer", "ask_for_review", "begin", "delete", "explain", "lead", "mark_released", "next_step", "receive",
    "replace", "send_back", "sentences", "steps", "take_back",
]  # fmt: skip

SUGGEST, RUN = "suggest", "run"
LONGEST_TEXT = 4000
DRAWN = ("sampling_type", "weights", "strata", "clusters")
"""By what a sample is known in the answer to the step `asked`."""
State = Dataset.State


# --- files ----------------------------------------------------------------------------------------------------------


def begin(*, upload: Upload, by: User, country: str = "") -> Dataset:
    """Start the road of a file and ask for its suggestion. A road on which nothing was said yet is taken up again."""
    with transaction.atomic():
        Upload.objects.select_for_update().get(pk=upload.pk)
        found = Dataset.objects.filter(upload=upload, version__lte=2, answers={}, state=State.DRAFT).first()
        if found is not None:
            return found
        dataset = Dataset.objects.create(
            organisation=upload.organisation, upload=upload, created_by=by, country=country.upper()[:2],
            title=(upload.name.rpartition(".")[0] or upload.name)[:200],
        )  # fmt: skip
        enqueue(SUGGEST, str(dataset.pk))
        _record("begin", dataset, by)
    return dataset


# --- answers --------------------------------------------------------------------------------------------------------


def answer(*, dataset: Dataset, step: str, answers: Mapping[str, Any], version: int, by: User) -> Dataset:
    """Keep what was said on a step and make the recipe anew; return the dataset as it now is.

    Where all is said, a run is asked for. Raises BadUpload where somebody else answered since `version`, where a step
    before this one is missing or where a review is open, and BadRecipe where the answer cannot be used. Nothing is
    changed then.
    """
    with transaction.atomic():
        found = locked(dataset)
        _require_answerable(found, step, version)
        said = _tidied(found, step, answers)
        if step == "rows" and str(said.get("title") or "").strip():
            found.title = str(said["title"]).strip()[:200]
        _keep_answer(found, step, {**said, "language": current()})
        if suggested(found):
            rebuild(found)
        else:
            enqueue(SUGGEST, str(found.pk))
        found.version += 1
        found.save()
        if ready(found) and fitting_run(found) is None:
            found.state = State.DRAFT if found.state == State.RELEASED else found.state
            found.save(update_fields=["state"])
            enqueue(RUN, str(found.pk))
        _record("answer", found, by, step=step)
    return found


def _tidied(dataset: Dataset, step: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer with a kit under its full name, the row of the header as a number, and the stages and shares of
    the sample where it is the same sample.
    """
    said: dict[str, Any] = writable(dict(answers))
    former = dataset.answers.get(step, {})
    if step == "asked" and all(said.get(name) == former.get(name) for name in DRAWN):
        said = {name: former[name] for name in ("units", "fpc") if name in former} | said
    if step == "kit":
        said["kit"] = full_name(str(said.get("kit") or dataset.suggestion["kit"]))
    if step == "rows" and said.get("header_row"):
        if not str(said["header_row"]).isdecimal():
            raise BadUpload("upload.not-a-number", value=said["header_row"])
        said["header_row"] = int(said["header_row"])
    return said


def writable(said: Any) -> Any:
    """Take the sign NUL out of texts: no person types it, and PostgreSQL does not keep it."""
    if isinstance(said, dict):
        return {writable(key): writable(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [writable(one) for one in said]
    return said.replace("\x00", "") if isinstance(said, str) else said


def _require_answerable(dataset: Dataset, step: str, version: int) -> None:
    if dataset.version != version:
        raise BadUpload("upload.old-page")
    if dataset.state == State.IN_REVIEW:
        raise BadUpload("upload.in-review")
    known = {one.name: one.open for one in steps(dataset)}
    if step not in TITLES or step in ("file", "review") or not known[step]:
        raise BadUpload("upload.not-yet", step=next_step(dataset).title)


def _keep_answer(dataset: Dataset, step: str, said: dict[str, Any]) -> None:
    """Put an answer beside the others; those that it makes void are asked again."""
    before = wanted(dataset)
    dataset.answers = {**dataset.answers, step: said}
    after = wanted(dataset)
    void: tuple[str, ...] = ()
    if after["reading"] != before["reading"]:
        void = ("kit", "columns", "place", "asked")
    elif after["kit"] != (before["kit"] or dataset.suggestion.get("kit")):
        void = ("columns",)
    dataset.answers = {name: one for name, one in dataset.answers.items() if name == step or name not in void}


def explain(
    *, dataset: Dataset, check_id: str, code: str, text: str, by: User, decision: str = Note.Decision.EXPLAINED
) -> Note | None:
    """Keep what a producer did about a finding and says to it: accepted, explained or corrected (Note.Decision).

    An explanation without a text is taken back. Raises BadUpload where the latest result has no such finding, a review
    is open, or a correction comes without a word.
    """
    with transaction.atomic():
        found = locked(dataset)
        if found.state == State.IN_REVIEW:
            raise BadUpload("upload.in-review")
        run = fitting_run(found)
        findings = run.told.get("findings", []) if run else []
        if not any((one["check"], one["code"]) == (check_id, code) for one in findings):
            raise BadUpload("upload.no-finding")
        if decision not in Note.Decision.values:
            raise BadUpload("upload.no-choice", value=decision)
        if decision == Note.Decision.CORRECTED and not text.strip():
            raise BadUpload("upload.no-words")
        _record("explain", found, by, check=check_id, code=code, decision=decision)
        if not text.strip() and decision == Note.Decision.EXPLAINED:
            Note.objects.filter(dataset=found, check_id=check_id, code=code).delete()
            return None
        values = {"text": writable(text).strip()[:LONGEST_TEXT], "by": by, "decision": decision}
        return Note.objects.update_or_create(dataset=found, check_id=check_id, code=code, defaults=values)[0]


def lead(*, dataset: Dataset, measure: str, version: int, by: User) -> Dataset:
    """Say which figure leads; the figures are made again, and their result is read again. Raises BadUpload."""
    with transaction.atomic():
        found = locked(dataset)
        _require_answerable(found, "result", version)
        run = fitting_run(found)
        if run is None or measure not in [one["id"] for one in run.told["measures"]]:
            raise BadUpload("upload.no-choice", value=measure)
        found.answers = {name: one for name, one in found.answers.items() if name != "result"}
        found.answers["lead"] = {"measure": measure}
        rebuild(found)
        _made_again(found, RUN)
        _record("lead", found, by, measure=measure)
    return found


def replace(*, dataset: Dataset, upload: Upload, by: User) -> Dataset:
    """Put a corrected file in the place of the one that came before; what was said of it stays, as far as it fits.

    The figures are made again, findings and result are read again, and a new release takes the place of the former.
    Raises BadUpload while a review is open.
    """
    with transaction.atomic():
        found = locked(dataset)
        if found.state == State.IN_REVIEW:
            raise BadUpload("upload.in-review")
        if upload.organisation_id != found.organisation_id:
            raise BadUpload("upload.no-organisation")
        if upload.pk == found.upload_id:
            return found
        if found.screening:
            raise BadUpload("upload.not-yet", step=TITLES["file"])
        if found.upload.datasets.count() == 1:
            Upload.objects.filter(pk=found.upload_id).update(former_of=found)
        Upload.objects.filter(pk=upload.pk).update(former_of=None)
        # What was withdrawn is looked for in the new file when it is read.
        found.withdrawals.update(place=None)
        found.upload, found.erased = upload, None
        found.suggestion = {"kits": found.suggestion.get("kits", [])}
        found.answers = {name: one for name, one in found.answers.items() if name not in ("findings", "result")}
        _made_again(found, SUGGEST)
        _record("replace", found, by, upload=upload.pk)
    return found


def _made_again(dataset: Dataset, job: str) -> None:
    """Keep a dataset whose result is none any more, and ask for the work that makes a new one."""
    dataset.state = State.DRAFT if dataset.state == State.RELEASED else dataset.state
    dataset.version += 1
    dataset.save()
    enqueue(job, str(dataset.pk))


def delete(*, dataset: Dataset, by: User) -> None:
    """Delete a draft that nobody was ever asked to review. Its file stays in the store. Raises NotAllowed otherwise."""
    with transaction.atomic():
        found = locked(dataset)
        if Review.objects.filter(run__dataset=found).exists():
            raise NotAllowed("upload.was-reviewed")
        _record("delete", found, by)
        found.delete()


# --- reviews --------------------------------------------------------------------------------------------------------


def ask_for_review(*, dataset: Dataset, for_office: bool, by: User) -> Review:
    """Ask that the latest result be released. Raises BadUpload where it does not fit what was said last, or a step is
    missing, and PersonalWords where words that would be public look personal and nobody decided on them.
    """
    with transaction.atomic():
        found = locked(dataset)
        if found.state == State.IN_REVIEW:
            raise BadUpload("upload.in-review")
        run, missing = fitting_run(found), next_step(found)
        if run is None or missing.name != "review" or found.state == State.RELEASED:
            raise BadUpload("upload.not-yet", step=missing.title)
        require_decided(found)
        review = Review.objects.create(run=run, asked_by=by, for_office=for_office)
        _stand(found, State.IN_REVIEW)
        _record("ask-for-review", found, by, run=run.number, for_office=for_office)
    return review


def take_back(*, review: Review, by: User) -> Review:
    """Take a request for review back, so that the dataset can be changed again."""
    return _decide(review, Review.Decision.WITHDRAWN, State.DRAFT, by)


def send_back(*, review: Review, comment: str, by: User) -> Review:
    """Send a result back to its producer, with what should be changed. Raises NotAllowed for one's own request."""
    if not comment.strip():
        raise BadUpload("upload.no-comment")
    return _decide(review, Review.Decision.RETURNED, State.RETURNED, by, comment)


def mark_released(*, review: Review, by: User, comment: str = "") -> Review:
    """Note that the result of a review was released. Called where the release is made, in the same transaction."""
    return _decide(review, Review.Decision.RELEASED, State.RELEASED, by, comment)


def _decide(review: Review, decision: Review.Decision, state: Dataset.State, by: User, comment: str = "") -> Review:
    with transaction.atomic():
        dataset = locked(review.run.dataset)
        found = Review.objects.select_for_update().get(pk=review.pk)
        if found.decision != Review.Decision.OPEN:
            raise NotAllowed("review.decided")
        if decision != Review.Decision.WITHDRAWN and found.asked_by_id == by.pk:
            raise NotAllowed("review.own")
        found.decision, found.decided_by, found.decided = decision, by, timezone.now()
        found.comment = writable(comment).strip()[:LONGEST_TEXT]
        found.save()
        _stand(dataset, state)
        _record(f"review-{decision.value}", dataset, by, review=found.pk)
    return found


# --- small parts ----------------------------------------------------------------------------------------------------


def locked(dataset: Dataset) -> Dataset:
    """Return the dataset as it is now; nobody else changes it before this transaction ends."""
    return Dataset.objects.select_for_update(of=("self",)).select_related("organisation", "upload").get(pk=dataset.pk)


def _stand(dataset: Dataset, state: Dataset.State) -> None:
    dataset.state = state
    dataset.version += 1
    dataset.save(update_fields=["state", "version", "changed"])


def changed(dataset: Dataset, job: str, by: User, verb: str) -> None:
    """Keep a dataset of which something else is said now, ask for the work that follows, and record it."""
    _made_again(dataset, job)
    _record(verb, dataset, by)


def _record(verb: str, dataset: Dataset, by: User, **facts: Any) -> None:
    record(verb, f"dataset:{dataset.pk}", by=by, organisation=dataset.organisation, **facts)
