"""The texts of a form: labels, hints and messages in each language, with the places that are worked out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from datashift.forms.xform.document import XFORMS, plain
from datashift.forms.xform.expressions import Place, read_expression
from datashift.forms.xform.model import Part, Said

Values = dict[str, dict[str, dict[str, Element]]]
"""Id of a text -> form of it ("" is the text itself; image, audio …) -> language -> element."""

_BY_ID = re.compile(r"\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)\s*$")
_MISSING = ("-",)
"""What pyxform writes where a language lacks a text."""
_TEXT_FORMS = frozenset(("", "long", "short", "guidance"))


def values(model: Element) -> tuple[Values, tuple[str, ...], str]:
    """Return the texts of the model, its languages in order, and its own language ("" where it has none)."""
    found: Values = {}
    languages: list[str] = []
    own = ""
    for translation in model.findall(f"{XFORMS}itext/{XFORMS}translation"):
        language = translation.get("lang", "")
        languages.append(language)
        if "default" in translation.attrib:
            own = language
        for text in translation.findall(f"{XFORMS}text"):
            forms = found.setdefault(text.get("id", ""), {})
            for value in text.findall(f"{XFORMS}value"):
                forms.setdefault(value.get("form", ""), {})[language] = value
    return found, tuple(languages), own or next(iter(languages), "")


def parts(element: Element, place: Place) -> tuple[Part, ...]:
    """Return the text of an element: plain parts, and expressions where it has an output."""
    found: list[Part] = [element.text or ""]
    for child in element:
        if plain(child.tag) == "output":
            found.append(read_expression(child.get("value") or child.get("ref") or "''", place))
        else:
            found.append("".join(child.itertext()))
        found.append(child.tail or "")
    if isinstance(found[0], str):
        found[0] = found[0].lstrip()
    if isinstance(found[-1], str):
        found[-1] = found[-1].rstrip()
    return tuple(part for part in found if part != "")


def by_id(attribute: str) -> str:
    """Return the id that jr:itext('id') names, or ""."""
    found = _BY_ID.match(attribute)
    return (found[1] or found[2] or "") if found else ""


def said(element: Element | None, place: Place, known: Values, form: str = "") -> Said:
    """Return what a label or hint says in each language, in one form of it."""
    if element is None:
        return {}
    identity = by_id(element.get("ref", ""))
    if not identity:
        own = parts(element, place) if not form else ()
        return {"": own} if own else {}
    return _compiled(known.get(identity, {}).get(form, {}), place)


def message(attribute: str | None, place: Place, known: Values) -> Said:
    """Return a message of a bind: the text itself, or the text that it names."""
    if not attribute:
        return {}
    identity = by_id(attribute)
    return _compiled(known.get(identity, {}).get("", {}), place) if identity else {"": (attribute,)}


def media(element: Element | None, known: Values) -> dict[str, dict[str, str]]:
    """Return the files of a label: kind (image, audio, video, big-image) -> language -> file name."""
    forms = known.get(by_id(element.get("ref", "")), {}) if element is not None else {}
    return {
        form: {language: PurePosixPath("".join(value.itertext()).strip()).name for language, value in spoken.items()}
        for form, spoken in forms.items()
        if form not in _TEXT_FORMS
    }


def by_identity(known: Values, place: Place) -> Mapping[str, Mapping[str, Said]]:
    """Return every text that is named by an id, as choices do; files by their name."""
    found: dict[str, dict[str, Said]] = {}
    for identity, forms in known.items():
        found[identity] = {
            form: _compiled(spoken, place)
            if form in _TEXT_FORMS
            else {name: (PurePosixPath("".join(e.itertext()).strip()).name,) for name, e in spoken.items()}
            for form, spoken in forms.items()
        }
    return found


def _compiled(spoken: Mapping[str, Element], place: Place) -> Said:
    whole = {language: parts(element, place) for language, element in spoken.items()}
    kept = {language: found for language, found in whole.items() if found and found != _MISSING}
    return kept or {language: found for language, found in whole.items() if found}
