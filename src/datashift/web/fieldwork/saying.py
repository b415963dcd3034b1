"""What one submission says, in the words of its form: each answer with its question, in the order of the form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from datashift.errors import BadXForm, Unreadable
from datashift.export.layout import said
from datashift.forms.xform.model import Field, XForm
from datashift.language import current as spoken_now
from datashift.sealed import is_sealed
from datashift.web.fieldwork import layouts, recordings
from datashift.web.fieldwork.answers import Answers, put
from datashift.web.fieldwork.attaching import NOT_CLEANED
from datashift.web.fieldwork.desk import in_words
from datashift.web.fieldwork.kept import fetched
from datashift.web.fieldwork.leaves import plain_path
from datashift.web.fieldwork.models import Attachment, Correction, Form, Submission
from datashift.web.fieldwork.sealing import AUDIT
from datashift.web.fieldwork.services import current_version

NOT_ASKED = ("calculate", "hidden", "start", "end", "today", "instanceID", "deviceid", "username", "audit", "note")
MEDIA = ("image", "audio", "video", "file")
PICTURES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
"""Pictures that a page shows, with their content type. All other files but films and sounds are taken away."""
_SECONDS = 1000


@dataclass(frozen=True)
class Line:
    """One answer. `place` names it in corrections ("house/person[2]/name"); `text` is in words, `value` as it stands.

    `repeat`: the number of a repeat that begins here, 0 for an answer. `fixed`: whether nobody can correct it.
    """

    place: str
    label: str
    text: str = ""
    value: str = ""
    kind: str = ""
    repeat: int = 0
    sealed: bool = False
    fixed: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    file: Attachment | None = None


class Taking(NamedTuple):
    """How an answer came about, by what the phone wrote: minutes from its first to its last sign, questions that were
    seen, how often one came back to a question, and answers that were changed.
    """

    minutes: float
    questions: int
    returns: int
    changes: int


def form_of(one: Submission) -> XForm | None:
    """Return the form in the version of a submission, or in the latest one; None where none can be read."""
    version = one.version or current_version(one.form)
    try:
        return layouts.read(version.xform) if version else None
    except BadXForm:
        return None


def lines(one: Submission) -> list[Line]:
    """Return every answer with its question, and the questions without one; [] where the content is deleted."""
    if not hasattr(one, "content"):
        return []
    told: Answers = json.loads(one.content.answers)
    corrections: dict[str, list[Correction]] = {}
    for made in one.corrections.select_related("by").order_by("pk"):
        put(told, made.path, made.after)
        corrections.setdefault(made.path, []).append(made)
    files = {file.name: file for file in one.attachments.all()}
    return list(_Saying(form_of(one), corrections, files).level(told, "", ""))


class _Saying:
    """Tells the answers of one submission."""

    def __init__(
        self, form: XForm | None, corrections: Mapping[str, list[Correction]], files: Mapping[str, Attachment]
    ) -> None:
        self.corrections, self.files, self.form = corrections, files, form
        root = f"{form.root}/" if form else ""
        self.fields = {one.path.removeprefix(root): one for one in (form.fields if form else ())}
        self.repeats = [path for path, one in self.fields.items() if one.kind == "repeat"]
        self.order = {path: number for number, path in enumerate(self.fields)}

    def level(self, answers: Mapping[str, Any], path: str, place: str) -> Iterator[Line]:
        """Yield what stands at one level: the form itself, or one time of a repeat."""
        there = {plain_path(name): value for name, value in answers.items()}
        asked = [one for one in self.fields if self._around(one) == path and self._is_shown(self.fields[one])]
        unknown = [name for name in there if name not in self.fields]
        for name in sorted({*there, *asked}, key=lambda name: (self.order.get(name, len(self.order)), name)):
            if name.startswith("meta/") or (name in self.fields and name not in there and name not in asked):
                continue
            yield from self._one(name, there.get(name, ""), path, place, known=name not in unknown)

    def _one(self, name: str, value: Any, path: str, place: str, *, known: bool) -> Iterator[Line]:
        here = "/".join(filter(None, (place, name.removeprefix(f"{path}/") if path else name)))
        if not isinstance(value, list):
            yield self._line(self.fields.get(name), here, str(value or ""), known=known)
            return
        for number, row in enumerate(value, 1):
            below = f"{here}[{number}]" if number > 1 else here
            yield Line(below, self._label(name), kind="repeat", repeat=number)
            if isinstance(row, Mapping):
                yield from self.level(row, name, below)

    def _line(self, asked: Field | None, place: str, value: str, *, known: bool) -> Line:
        offered = layouts.choices(self.form, asked) if self.form and asked else {}
        sealed = is_sealed(value)
        kind = asked.kind if asked else ""
        return Line(
            place, self._label(plain_path(place)), "" if sealed else in_words(value, offered), "" if sealed else value,
            kind, sealed=sealed, fixed=sealed or not known or kind in NOT_ASKED or kind in MEDIA,
            choices={code: said(labels, spoken_now(), code) for code, labels in offered.items()},
            corrections=tuple(self.corrections.get(place, ())), file=self.files.get(value.strip()),
        )  # fmt: skip

    def _label(self, path: str) -> str:
        one = self.fields.get(path)
        return said(layouts.spoken(one.label), spoken_now(), path) if one else path

    def _around(self, path: str) -> str:
        inside = (one for one in self.repeats if path.startswith(f"{one}/"))
        return max(inside, key=len, default="")

    @staticmethod
    def _is_shown(one: Field) -> bool:
        return bool(one.label) and one.kind not in ("group", "repeat", "note")


class Beside(NamedTuple):
    """One question in two contents of the same id."""

    label: str
    first: str
    second: str
    differs: bool


def beside(first: Submission, second: Submission) -> list[Beside]:
    """Return two submissions side by side, question by question."""
    one, two = ({line.place: line for line in lines(which) if not line.repeat} for which in (first, second))
    told = []
    for place in [*one, *(place for place in two if place not in one)]:
        left, right = one.get(place), two.get(place)
        label = (left or right).label  # type: ignore[union-attr]
        texts = (left.text if left else "", right.text if right else "")
        # A sealed answer is another text each time, so of it nobody can say whether it differs.
        sealed = bool((left and left.sealed) or (right and right.sealed))
        differs = not sealed and (left.value if left else "") != (right.value if right else "")
        told.append(Beside(label, *texts, differs))
    return told


class Shown(NamedTuple):
    """A file as a page shows it. `kind`: its content type, "" for one that is only taken away; `warned`: whether it may
    tell where it was taken.
    """

    file: Attachment
    kind: str
    warned: bool

    @property
    def family(self) -> str:
        """image, audio or video; "" for one that is only taken away."""
        return self.kind.partition("/")[0]


def shown(form: Form, one: Attachment) -> Shown | None:
    """Return a file as it may be shown; None where it may not be.

    What is sealed cannot be shown. What may tell more than it shows is not, but for a film or a sound of a form that
    protects nothing: it may tell where it was taken, and such a form tells that anyway.
    """
    end = recordings.ending(one.name)
    recording = recordings.SOUNDS.get(end, "") or recordings.FILMS.get(end, "")
    warned = NOT_CLEANED in one.removed
    if one.name.startswith("sealed-") or (warned and (not recording or form.sealed or form.coarse)):
        return None
    return Shown(one, recording or PICTURES.get(end, ""), warned)


def taking(one: Submission) -> Taking | None:
    """Return how an answer came about, where the phone wrote that down; the text of the answers is not looked at."""
    audit = one.attachments.filter(name=AUDIT).order_by("pk").last()
    if audit is None:
        return None
    try:
        rows = list(csv.DictReader(io.StringIO(fetched(audit.sha256).decode("utf-8-sig", "replace"), newline="")))
    except (Unreadable, csv.Error):
        return None
    moments = [float(row[name]) for row in rows for name in ("start", "end") if (row.get(name) or "").isdigit()]
    seen = [row.get("node") or "" for row in rows if row.get("event") == "question"]
    changes = sum(bool(row.get("old-value")) and row.get("old-value") != row.get("new-value") for row in rows)
    minutes = (max(moments) - min(moments)) / _SECONDS / 60 if moments else 0.0
    return Taking(minutes, len(set(seen)), len(seen) - len(set(seen)), changes)


def forms_own_position(form: Form, xform: XForm) -> str:
    """Return the path of the first position of a form, without its root; "" where it asks for none."""
    found = (path for path, one in layouts.leaves(xform).items() if one.type == "geopoint")
    return next((path for path in found if path not in form.sealed), "")
