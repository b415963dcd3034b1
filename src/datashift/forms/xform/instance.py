"""One filling-in of a form: answers go in, and what is asked, offered and missing follows. It knows no screen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo
from typing import Any
from xml.etree.ElementTree import Element

from datashift.errors import BadXForm
from datashift.forms.xform.checking import Fault, fault_of
from datashift.forms.xform.choices import Choice, choices_of, label_of
from datashift.forms.xform.document import plain, read_xml
from datashift.forms.xform.evaluating import evaluate
from datashift.forms.xform.filling import (
    MOST_REPEATS,
    Seeds,
    acted,
    begin,
    count_repeats,
    in_words,
    spread,
    without,
    work_out_all,
)
from datashift.forms.xform.graph import graph_of
from datashift.forms.xform.model import GROUPS, PRELOADED, Field, Row, Said, XForm, spoken
from datashift.forms.xform.moments import moment_text
from datashift.forms.xform.nodes import Node, found_at, grown
from datashift.forms.xform.screens import Entry, Page, pages_of
from datashift.forms.xform.submission import read_submission, written
from datashift.forms.xform.values import text, truth

FIRST_LOAD = "odk-instance-first-load"


class Instance:
    """The state of one filling-in. Paths name repeats by number: /data/household[2]/name.

    now: an aware moment, to which the caller may set it anew; today: the day where the person is; language: a name of
    the form's languages; known: what the device knows (deviceid, username, email, phonenumber …); last_saved: path ->
    answer of the last form sent from this device. Raises BadXForm where an expression of the form cannot be worked
    out: ask `problems` first.
    """

    def __init__(  # noqa: PLR0913 – all by name
        self,
        form: XForm,
        *,
        now: datetime,
        today: date,
        timezone: tzinfo,
        language: str = "",
        known: Mapping[str, str] | None = None,
        last_saved: Mapping[str, str] | None = None,
        draft: Element | None = None,
    ) -> None:
        self.form, self.graph = form, graph_of(form)
        self.now, self.today, self.timezone = now, today, timezone
        self.language = language or form.default_language
        self.known, self.last_saved = known or {}, last_saved or {}
        self.version, self.actions = form.version, form.actions
        self.deprecated_id = ""
        self._index: dict[tuple[str, str], dict[str, list[Row]]] = {}
        whole = Field(form.root, form.root.strip("/"), "group")
        self.root = grown(whole, None, self.graph.below)
        self.instance_id = f"uuid:{uuid.uuid4()}"
        if draft is None:
            self._first_load()
        else:
            self._restore(self.root, draft)
        self._keep_identity(new=draft is None)
        work_out_all(form, self.graph, self, self.root)

    @classmethod
    def of_draft(cls, form: XForm, xml: bytes, *, edit: bool = False, **around: Any) -> Instance:
        """Return the filling-in that `as_xml(draft=True)` wrote; `around` as for a new one.

        With `edit`, `xml` is a submission that is mended: it gets a new instanceID, and names the old one as
        deprecatedID. Raises BadXForm where the XML is not from this form.
        """
        told = read_submission(form, xml)
        made = cls(form, draft=read_xml(xml), **around)
        if edit:
            made.deprecated_id, made.instance_id = told.instance_id, f"uuid:{uuid.uuid4()}"
            made._keep_identity(new=True)
        return made

    # --- what the person does ---------------------------------------------------------------------------------------

    def answer(self, path: str, value: str) -> None:
        """Put an answer in (text; codes of several choices with blanks between them), and work out what follows.

        Raises BadXForm where `path` is no question. An answer that does not fit is kept, and told by `faults`.
        """
        node = self._node(path)
        if node.field.kind in GROUPS or node.field.kind in PRELOADED or node.field.kind in ("calculate", "note"):
            raise BadXForm("xform.not-answered", path=path)
        if node.text != value:
            self._put(node, value)

    def add(self, path: str) -> str:
        """Add an instance of the repeat at `path` (/data/household), and return its path."""
        above, _slash, name = path.rpartition("/")
        parent = self._node(above)
        field = next((one for one in self.graph.below.get(parent.field.path, ()) if one.name == name), None)
        if field is None or field.kind != "repeat":
            raise BadXForm("xform.no-question", path=path)
        alike = parent.children[name]
        if field.repeat_count:
            raise BadXForm("xform.not-removable", path=path)
        if len(alike) >= MOST_REPEATS:
            raise BadXForm("xform.many-repeats", path=path, most=MOST_REPEATS)
        alike.append(grown(field, parent, self.graph.below))
        begin(self.graph, self, alike[-1], "odk-new-repeat")
        count_repeats(self.form, self.graph, self, self.root)
        return alike[-1].path

    def remove(self, path: str, index: int) -> None:
        """Take the instance number `index` (from 1) of the repeat at `path` out, with all its answers."""
        node = self._node(f"{path}[{index}]")
        if node.field.kind != "repeat" or node.parent is None:
            raise BadXForm("xform.no-question", path=path)
        if node.field.repeat_count:
            raise BadXForm("xform.not-removable", path=path)
        alike = node.parent.children[node.field.name]
        del alike[index - 1]
        spread(self.graph, self, list(without(self.graph, node)))
        count_repeats(self.form, self.graph, self, self.root)

    def speak(self, language: str) -> None:
        """Go on in another language of the form."""
        self.language = language
        self._spread(in_words(self.form, self.graph, self.root))

    def finish(self, now: datetime) -> None:
        """Say when the form was finished."""
        self.now = now
        for node in self.root.below():
            if node.field.kind == "end":
                self._put(node, moment_text(now, self.timezone))

    # --- what can be asked of it ------------------------------------------------------------------------------------

    def value(self, path: str) -> str:
        """Return the answer at `path` as text ("" where there is none)."""
        return self._node(path).text

    def relevant(self, path: str) -> bool:
        """Whether the question or group at `path` is asked now."""
        return self._node(path).relevant

    def required(self, path: str) -> bool:
        """Whether the question at `path` needs an answer now."""
        node = self._node(path)
        return node.field.required is not None and truth(evaluate(node.field.required, self, node))

    def readonly(self, path: str) -> bool:
        """Whether the answer at `path` is shown, but cannot be changed."""
        node = self._node(path)
        return node.field.readonly is not None and truth(evaluate(node.field.readonly, self, node))

    def said(self, path: str, part: str = "label") -> str:
        """Return a text of the question at `path` (label, hint or guidance) in the current language."""
        node = self._node(path)
        return self.words(getattr(node.field, part), node)

    def media(self, path: str) -> dict[str, str]:
        """Return the files of the label at `path` (image, audio, video, big-image -> name) in the current language."""
        found = self._node(path).field.media.items()
        named = {k: by.get(self.language) or by.get(self.form.default_language) for k, by in found}
        return {kind: file or next(iter(dict(found)[kind].values())) for kind, file in named.items()}

    def choices(self, path: str) -> list[Choice]:
        """Return the choices of the question at `path` that are offered now."""
        return choices_of(self, self._node(path))

    def fault(self, path: str) -> Fault | None:
        """Return what does not fit at `path`, or None. What is not asked always fits."""
        node = self._node(path)
        return fault_of(self, node) if node.relevant else None

    def faults(self, under: str = "") -> list[Fault]:
        """Return what does not fit yet, in the order of the form; with `under`, at that path and below it only."""
        start = self._node(under) if under else self.root
        return [found for node in start.below() if node.relevant and (found := fault_of(self, node))]

    def pages(self) -> list[Page]:
        """Return the pages as they are now."""
        return list(pages_of(self))

    def questions(self) -> list[Entry]:
        """Return all that is shown now, in order."""
        return [entry for page in self.pages() for entry in page.entries]

    def answers(self) -> Iterator[tuple[str, str, bool]]:
        """Yield the path, the answer and the relevance of every place below the root that is no group."""
        for node in self.root.below():
            if node.field.kind not in GROUPS:
                yield node.path, node.text, node.relevant

    def as_xml(self, draft: bool = False) -> bytes:
        """Return the submission as XML; a draft keeps answers to questions that are not asked any more."""
        meta = {"instanceID": self.instance_id}
        meta |= {"deprecatedID": self.deprecated_id} if self.deprecated_id else {}
        return written(self.form, self.root, meta, draft=draft)

    # --- what expressions see (evaluating.World) --------------------------------------------------------------------

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a list of choices; none where its file is not attached."""
        return self.form.lists.get(name, ())

    def matching(self, name: str, column: str, wanted: str) -> tuple[Row, ...]:
        """Return the rows of a list whose cell in `column` is `wanted`."""
        index = self._index.get((name, column))
        if index is None:
            index = self._index[name, column] = {}
            for row in self.rows(name):
                if column in row:
                    index.setdefault(row[column], []).append(row)
        return tuple(index.get(wanted, ()))

    def choice_label(self, path: str, node: Node, code: str) -> str:
        """Return the label of a choice of the question at an abstract path, as seen from `node`."""
        return label_of(self, path, node, code)

    def text_of(self, identity: str) -> str:
        """Return the text named by an id in the current language."""
        return self.words(self.form.texts.get(identity, {}).get("", {}), self.root)

    def words(self, said: Said, node: Node) -> str:
        """Return a text in the current language, as seen from `node`."""
        parts = spoken(said, self.language, self.form.default_language)
        return "".join(part if isinstance(part, str) else text(evaluate(part, self, node)) for part in parts)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _node(self, path: str) -> Node:
        node = found_at(self.root, path)
        if node is None:
            raise BadXForm("xform.no-question", path=path)
        return node

    def _put(self, node: Node, value: str) -> None:
        node.text = value
        self._spread(self.graph.following(node))
        for action in self.form.actions:
            if action.source == node.field.path and "xforms-value-changed" in action.events:
                for target in self._beside(node, action.target):
                    target.text = acted(action, target, self)
                    self._spread(self.graph.following(target))

    def _spread(self, seeds: Seeds) -> None:
        spread(self.graph, self, list(seeds))
        count_repeats(self.form, self.graph, self, self.root)

    def _beside(self, node: Node, target: str) -> list[Node]:
        steps, here = target.strip("/").split("/"), node.field.path.strip("/").split("/")
        alike = (n for n, (a, b) in enumerate(zip(steps, here, strict=False)) if a != b)
        shared = next(alike, min(len(steps), len(here)))
        return node.up(shared).at(steps[shared:]) if shared else []

    def _first_load(self) -> None:
        stamps = {"start": moment_text(self.now, self.timezone), "today": self.today.isoformat()}
        for node in self.root.below():
            if node.field.kind in PRELOADED and node.field.kind not in ("end", "instanceID"):
                node.text = stamps.get(node.field.kind) or self.known.get(node.field.kind, "")
        for action in self.form.actions:
            if FIRST_LOAD in action.events:
                for target in self.root.at(action.target.strip("/").split("/")[1:]):
                    target.text = acted(action, target, self)

    def _keep_identity(self, *, new: bool) -> None:
        for node in self.root.below():
            if node.field.kind == "instanceID":
                node.settled = True
                self.instance_id = self.instance_id if new else node.text or self.instance_id
                node.text = self.instance_id

    def _restore(self, node: Node, given: Element) -> None:
        found: dict[str, list[Element]] = {}
        for child in given:
            found.setdefault(plain(child.tag), []).append(child)
        for field in self.graph.below.get(node.field.path, ()):
            elements = found.get(field.name, [])
            if field.kind == "repeat":
                fresh = [grown(field, node, self.graph.below) for _ in elements[:MOST_REPEATS]]
                node.children[field.name] = fresh
            for inner, element in zip(node.children[field.name], elements, strict=False):
                self._restore(inner, element)
            if not elements and field.kind not in GROUPS:
                node.children[field.name][0].text = ""
        if node.field.kind not in GROUPS:
            node.text = given.text or ""
            node.settled = bool(node.text) and node.field.kind != "calculate"
            if node.field.calculation and not node.field.calculation.references and node.text:
                node.settled = True
