"""What a submission says: its form, its id, its answers, as they are kept: sealed and coarse where the form asks so."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from xml.etree.ElementTree import Element

from django.utils.crypto import salted_hmac

from datashift.errors import BadSubmission, BadXForm
from datashift.forms.xform.document import JAVAROSA, OPENROSA, plain, read_xml
from datashift.forms.xform.reading import read_xform
from datashift.web.fieldwork import sealing
from datashift.web.fieldwork.coarsening import coarse_positions
from datashift.web.fieldwork.models import Form, FormVersion, Submission
from datashift.web.fieldwork.posted import bare

Answers = dict[str, Any]
"""{path without the root: text}; the path of a repeat has a list of the same, with whole paths again."""

LARGEST = 10 << 20
"""The most that the answers of one form may take, in bytes."""
_STEP = re.compile(r"([^\[]*)(?:\[(\d+)\])?")


class Heading(NamedTuple):
    """What a submission calls itself. A `deprecated_id` names the submission that it takes the place of."""

    form_id: str
    said_version: str
    instance_id: str
    deprecated_id: str


class SealedFile(NamedTuple):
    """Where a sealed file belongs, and its name in the store."""

    place: str
    stored_name: str


class Taken(NamedTuple):
    """A submission as it is kept. `digest` tells an exact repeat. `files` are the names of its attachments in the
    store; `sealed_files` those that the form seals, by their name in the submission. Times are those of the phone.
    """

    heading: Heading
    digest: str
    xml: bytes
    answers: Answers
    files: frozenset[str]
    sealed_files: dict[str, SealedFile]
    latitude: float | None
    longitude: float | None
    started: datetime | None
    ended: datetime | None
    language: str


class _Shape(NamedTuple):
    """What must be known of a form to read its answers; paths without the root, in the order of the form."""

    repeats: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    positions: tuple[str, ...] = ()
    start: str = ""
    end: str = ""


def heading(xml: bytes) -> Heading:
    """Return what a submission calls itself. One without an id is known by its content.

    Raises BadSubmission where this is no submission.
    """
    root = _opened(xml)
    said = next((child for child in root if plain(child.tag) == "meta"), Element("meta"))
    ids = {plain(child.tag): (child.text or "").strip() for child in said}
    instance_id = ids.get("instanceID") or root.get("instanceID", "").strip() or f"unnamed-{keyed(xml)}"
    space = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    return Heading(
        form_id=(root.get("id") or space)[:200],
        said_version=(root.get("version") or root.get(f"{OPENROSA}version") or "")[:80],
        instance_id=_short(instance_id),
        deprecated_id=_short(ids.get("deprecatedID", "")),
    )


def taken(form: Form, version: FormVersion | None, xml: bytes) -> Taken:
    """Return what is kept of a submission to `form`. `version` says what its fields are; without one, its own elements.

    Raises BadSubmission where this is no submission.
    """
    called = heading(xml)
    shape = _shape(form.pk, version.pk) if version else _Shape()
    plainly = _below(_opened(xml), "", shape.repeats)
    named = set(map(bare, _named(plainly, shape.files)))
    sealed = {
        bare(name): SealedFile(place, sealing.stored_name(form, called.instance_id, bare(name)))
        for name, place in sealing.sealed_files(form, plainly).items()
    }
    kept, answers = protected(form, plainly, xml, called.instance_id)
    latitude, longitude = _first_position(shape, answers)
    return Taken(
        heading=called, digest=recognised(form, xml), xml=kept, answers=answers, sealed_files=sealed,
        files=frozenset(sealed[name].stored_name if name in sealed else name for name in named), latitude=latitude,
        longitude=longitude, started=_moment(answers.get(shape.start)), ended=_moment(answers.get(shape.end)),
        language=str(answers.get("meta/language", ""))[:40],
    )  # fmt: skip


def protected(form: Form, answers: Answers, xml: bytes, instance_id: str) -> tuple[bytes, Answers]:
    """Return XML and answers as they may be written down: positions as coarse as the form says, sealed what it seals.

    Raises BadProtection where they cannot be.
    """
    coarse, told = coarse_positions(form, xml, answers)
    return sealing.seal_fields(form, coarse, told, instance_id)


def recognised(form: Form | None, xml: bytes) -> str:
    """Return the digest by which an exact repeat is known."""
    return keyed(sealing.as_recognised(form, xml) if form else xml)


def current(submission: Submission) -> Answers:
    """Return the answers of a submission with every correction that was made since."""
    told: Answers = json.loads(submission.content.answers)
    for path, after in submission.corrections.order_by("id").values_list("path", "after"):
        put(told, path, after)
    return told


def position(form: Form, version: FormVersion | None, answers: Answers) -> tuple[float | None, float | None]:
    """Return the first position among the answers in degrees; None where there is none, or it is sealed."""
    return _first_position(_shape(form.pk, version.pk) if version else _Shape(), answers)


def keyed(data: bytes) -> str:
    """Return a digest that nobody can try contents on who lacks the key of the site."""
    return salted_hmac("datashift.submission", data, algorithm="sha256").hexdigest()


# --- reading ----------------------------------------------------------------------------------------------------------


def _opened(xml: bytes) -> Element:
    if len(xml) > LARGEST:
        raise BadSubmission("submission.too-large", most=LARGEST >> 20)
    try:
        return read_xml(xml)
    except BadXForm as problem:
        raise BadSubmission("submission.not-a-form", why=problem) from problem


def _short(identity: str) -> str:
    """An id that is longer than any app makes one is known by its digest."""
    return identity if len(identity) <= 200 else f"long-{keyed(identity.encode())}"


@lru_cache(maxsize=64)
def _shape(form: UUID, version: int) -> _Shape:
    """Read the version once: it never changes. A form that cannot be read loses no answer: its elements are taken."""
    text = FormVersion.objects.values_list("xform", flat=True).get(pk=version, form=form)
    try:
        found = read_xform(text.encode())
    except BadXForm:
        return _Shape()
    paths = [(one, one.path.removeprefix(f"{found.root}/")) for one in found.fields]
    first = {one.kind: path for one, path in reversed(paths)}
    return _Shape(
        repeats=frozenset(path for one, path in paths if one.kind == "repeat"),
        files=frozenset(path for one, path in paths if one.type == "binary"),
        positions=tuple(path for one, path in paths if one.type == "geopoint"),
        start=first.get("start", ""),
        end=first.get("end", ""),
    )


def _below(parent: Element, path: str, repeats: frozenset[str]) -> Answers:
    """Return the answers inside an element. What comes more than once is a repeat, whatever the form says."""
    told: Answers = {}
    often = Counter(plain(child.tag) for child in parent)
    for child in parent:
        if f"{JAVAROSA}template" in child.attrib:
            continue
        name = plain(child.tag)
        below = f"{path}/{name}" if path else name
        said = _below(child, below, repeats) if len(child) else _leaf(below, child.text or "")
        if below in repeats or often[name] > 1:
            told.setdefault(below, []).append(said)
        else:
            told |= said
    return told


def _leaf(path: str, text: str) -> Answers:
    return {path: text} if text.strip() else {}


def _named(answers: Mapping[str, Any], paths: frozenset[str]) -> Iterator[str]:
    for path, said in answers.items():
        if isinstance(said, list):
            for one in said:
                yield from _named(one, paths)
        elif path in paths:
            yield said


def _first_position(shape: _Shape, answers: Answers) -> tuple[float | None, float | None]:
    """Return the first position: latitude, longitude, and more behind them. A sealed one is none."""
    for path in shape.positions:
        with suppress(ValueError, IndexError):
            latitude, longitude = (float(part) for part in str(answers.get(path, "")).split()[:2])
            if math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
                return latitude, longitude
    return None, None


def _moment(said: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(str(said).strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def put(answers: Answers, place: str, text: str) -> None:
    """Write a corrected answer at its place ("house/person[2]/name"; the first of a repeat needs no number)."""
    inside, path = answers, ""
    for step in place.strip("/").split("/"):
        name, number = _STEP.findall(step)[0]
        path = f"{path}/{name}" if path else name
        rows = inside.get(path)
        if isinstance(rows, list):
            which = int(number or 1)
            if not 0 < which <= len(rows):
                return
            inside = rows[which - 1]
    if text:
        inside[path] = text
    else:
        inside.pop(path, None)
