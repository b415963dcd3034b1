"""The fields of a form as its protection sees them: positions, files, and what is worked out from what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from datashift.web.fieldwork.leaves import plain_path, under
from datashift.web.fieldwork.models import Form

PLACES = frozenset({"geopoint", "geotrace", "geoshape"})
FILES = frozenset({"binary"})
_META = "meta"
_X = "{http://www.w3.org/2002/xforms}"
_PATH = re.compile(r"(?:current\(\)/)?(?:\.\./)+[\w./-]+|/[\w.-]+(?:/[\w.-]+)+")


class Field(NamedTuple):
    """One field: its path without the root, its label in the first language, its type, and what it is made of."""

    path: str
    label: str
    type: str
    made_of: frozenset[str]

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


def fields(xform: str) -> list[Field]:
    """Return the fields of a form that hold answers, in their order. `xform` is ours: it was read when it was made."""
    root = ElementTree.fromstring(xform)  # noqa: S314 – written by datashift.forms.xform, no DOCTYPE
    primary = root.find(f".//{_X}model/{_X}instance/*")
    if primary is None:
        return []
    top = f"/{_own(primary)}"
    binds = {one.get("nodeset", "").strip(): one for one in root.iter(f"{_X}bind")}
    made_of, places = _made_of(root, binds), _set_places(root)
    labels = _labels(root)
    seen: dict[str, Field] = {}
    for path in _leaves(primary, top):
        bind = binds.get(path)
        kind = "geopoint" if path in places else (bind.get("type", "") if bind is not None else "")
        inner = plain_path(path.removeprefix(top))
        sources = frozenset(plain_path(one.removeprefix(top)) for one in made_of.get(path, ()))
        seen.setdefault(inner, Field(inner, labels.get(path, ""), kind.rpartition(":")[2], sources))
    return [one for one in seen.values() if one.path.partition("/")[0] != _META]


def followers(known: list[Field], roots: frozenset[str]) -> frozenset[str]:
    """Return what is worked out from fields of `roots`, also over several steps; it tells what they tell."""
    found = roots
    while more := {
        one.path for one in known if not under(one.path, found) and any(under(p, found) for p in one.made_of)
    }:
        found |= more
    return found - roots


def carry_over(form: Form, xform: str) -> list[str]:
    """Hold a new version of a form to what the form promises: what is worked out from sealed fields is sealed too, and
    positions that were not there before are as coarse as the coarsest. `form` is changed, not saved.

    Out: sealed or coarse fields that this version does not have; under another name they would come unprotected.
    """
    known = fields(xform)
    lost = unprotected(form, xform)
    sealed = frozenset(map(plain_path, form.sealed))
    form.sealed = sorted(sealed | followers(known, sealed))
    if form.coarse:
        metres = max(form.coarse.values())
        form.coarse = {one.path: metres for one in known if one.type in PLACES} | form.coarse
    return lost


def unprotected(form: Form, xform: str) -> list[str]:
    """Return the sealed or coarse fields of a form that a version does not have, by path; nothing is changed."""
    there = [one.path for one in fields(xform)]
    promised = sorted(map(plain_path, {*form.sealed, *form.coarse}))
    return [path for path in promised if not any(under(one, frozenset({path})) for one in there)]


def taken_at_start(xform: str) -> list[str]:
    """Return the paths, with the root, into which a phone writes where it is when a form is begun (start-geopoint)."""
    root = ElementTree.fromstring(xform)  # noqa: S314 – as above
    return [
        one.get("ref", "") for one in root.iter()
        if _own(one) == "setgeopoint" and "odk-instance-first-load" in one.get("event", "").split()
    ]  # fmt: skip


# --- small parts ------------------------------------------------------------------------------------------------------


def _own(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _leaves(parent: Element, path: str) -> Iterator[str]:
    for child in parent:
        here = f"{path}/{_own(child)}"
        if len(child):
            yield from _leaves(child, here)
        else:
            yield here


def _made_of(root: Element, binds: Mapping[str, Element]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    said = [(path, bind.get("calculate", "")) for path, bind in binds.items()]
    said += [(one.get("ref", ""), f"{one.get('value', '')} {one.text or ''}") for one in root.iter(f"{_X}setvalue")]
    for path, text in said:
        for part in _PATH.findall(text):
            whole = part if part.startswith("/") else f"{path}/{part.removeprefix('current()/')}"
            found.setdefault(path, set()).add(normpath(whole))
    return found


def _set_places(root: Element) -> set[str]:
    """Return the fields into which phones write a position by themselves (start-geopoint)."""
    return {one.get("ref", "") for one in root.iter() if _own(one) == "setgeopoint"}


def _labels(root: Element) -> dict[str, str]:
    texts = {
        one.get("id", ""): "".join(value.itertext())
        for translation in reversed(root.findall(f".//{_X}itext/{_X}translation"))
        for one in translation.iter(f"{_X}text")
        if (value := one.find(f"{_X}value")) is not None
    }
    found: dict[str, str] = {}
    for control in root.iter():
        label = control.find(f"{_X}label")
        if label is not None and control.get("ref"):
            by_id = re.search(r"itext\('([^']+)'\)", label.get("ref", ""))
            said = texts.get(by_id[1], "") if by_id else "".join(label.itertext())
            found[control.get("ref", "")] = " ".join(said.split())
    return found
