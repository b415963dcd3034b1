"""From the XML of a form to records. Source: the ODK XForms specification, and what pyxform writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from datashift.errors import BadXForm
from datashift.forms.xform.controls import Control, controls, kind_of, parameters
from datashift.forms.xform.document import JAVAROSA, ODK, OPENROSA, XFORMS, XHTML, plain, read_xml
from datashift.forms.xform.expressions import LAST_SAVED, Expression, Place, read_expression
from datashift.forms.xform.listfiles import file_rows
from datashift.forms.xform.model import Action, Field, Itemset, Row, Said, XForm
from datashift.forms.xform.texts import Values, by_id, by_identity, media, message, said, values


@dataclass(frozen=True)
class _Source:
    """What every field is read with."""

    binds: Mapping[str, Element]
    controls: Mapping[str, Control]
    known: Values
    repeats: frozenset[str]
    later: frozenset[str]
    """Fields into which a phone writes where it is when another question changes."""


def read_xform(xml: bytes) -> XForm:
    """Read a form. Raises BadXForm where the bytes are no form; what it asks beyond us is told by `problems`."""
    document = read_xml(xml)
    model = document.find(f"{XHTML}head/{XFORMS}model")
    body = document.find(f"{XHTML}body")
    primary = model.find(f"{XFORMS}instance/*") if model is not None else None
    if model is None or body is None or primary is None:
        raise BadXForm("xform.not-a-form", missing="model" if model is None else "body" if body is None else "instance")
    known, languages, own = values(model)
    root = f"/{plain(primary.tag)}"
    found = controls(body)
    repeats = frozenset(path for path, control in found.items() if control.repeat is not None)
    source = _Source(_binds(model), found, known, repeats, frozenset(_placed_later(body)))
    space = primary.tag[1:].partition("}")[0] if primary.tag.startswith("{") else ""
    title = document.findtext(f"{XHTML}head/{XHTML}title", "").strip()
    lists = _lists(model)
    inline, fields = _inline(found, Place(root, repeats)), _fields(primary, root, source)
    texts = dict(by_identity(known, Place(root, repeats)))
    return XForm(
        id=primary.get("id", "") or space, version=primary.get("version") or primary.get(f"{OPENROSA}version") or "",
        title=title or plain(primary.tag), root=root, namespace="" if space == XFORMS[1:-1] else space,
        languages=languages, default_language=own, fields=fields, actions=tuple(_actions(model, body, source, root)),
        lists=lists | inline[0], files=_files(model), texts=texts | inline[1],
        unread=tuple(path for path in source.binds if path.partition("/@")[0] not in _paths(fields, root)),
    )  # fmt: skip


def with_files(form: XForm, files: Mapping[str, bytes]) -> XForm:
    """Return the form with the lists that stand in `files` (name -> bytes of a CSV) read."""
    read = {name: file_rows(files[file]) for name, file in form.files.items() if file in files}
    return replace(form, lists={**form.lists, **read})


def _paths(fields: tuple[Field, ...], root: str) -> set[str]:
    return {root, *(one.path for one in fields)}


def _binds(model: Element) -> dict[str, Element]:
    return {bind.get("nodeset", "").strip(): bind for bind in model.iter(f"{XFORMS}bind")}


def _lists(model: Element) -> dict[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for instance in model.findall(f"{XFORMS}instance")[1:]:
        root = instance.find("*")
        if root is not None:
            rows = ({plain(cell.tag): (cell.text or "").strip() for cell in item} for item in root)
            found[instance.get("id", "")] = tuple(rows)
    return found


def _files(model: Element) -> dict[str, str]:
    stated = ((i.get("id", ""), i.get("src", "")) for i in model.findall(f"{XFORMS}instance"))
    return {name: PurePosixPath(src).name for name, src in stated if src and name != LAST_SAVED}


def _inline(
    found: Mapping[str, Control], place: Place
) -> tuple[dict[str, tuple[Row, ...]], dict[str, Mapping[str, Said]]]:
    """Choices that stand in the question become a list called as its path."""
    lists: dict[str, tuple[Row, ...]] = {}
    texts: dict[str, Mapping[str, Said]] = {}
    for path, control in found.items():
        rows: list[Row] = []
        for number, item in enumerate(control.element.findall(f"{XFORMS}item")):
            label = item.find(f"{XFORMS}label")
            identity = by_id(label.get("ref", "")) if label is not None else ""
            if label is not None and not identity:
                identity = f"{path}-{number}"
                texts[identity] = {"": said(label, place, {})}
            rows.append({"name": item.findtext(f"{XFORMS}value", "").strip(), "itextId": identity})
        if rows:
            lists[path] = tuple(rows)
    return lists, texts


# --- fields ---------------------------------------------------------------------------------------------------------


def _fields(primary: Element, root: str, source: _Source) -> tuple[Field, ...]:
    return tuple(_below(primary, root, source))


def _below(parent: Element, path: str, source: _Source) -> Iterator[Field]:
    groups: dict[str, list[Element]] = {}
    for child in parent:
        groups.setdefault(child.tag, []).append(child)
    for alike in groups.values():
        concrete = [child for child in alike if f"{JAVAROSA}template" not in child.attrib]
        node = (concrete or alike)[0]
        below = f"{path}/{plain(node.tag)}"
        yield _field(node, below, len(concrete), source)
        yield from _below(node, below, source)


def _field(node: Element, path: str, repeats: int, source: _Source) -> Field:
    bind = source.binds.get(path, Element("bind"))
    control = source.controls.get(path)
    place = Place(path, source.repeats)
    later = control is None and path in source.later
    kind = "background-geopoint" if later else kind_of(control, bind, len(node) > 0, path)
    made = Field(
        path=path, name=plain(node.tag), kind=kind, type=bind.get("type", "string").removeprefix("xsd:"),
        default=(node.text or "").strip() if not len(node) else "", repeats=repeats,
        parameters=parameters(control, bind), namespace=OPENROSA if node.tag.startswith(OPENROSA) else "",
        required=_expression(bind, "required", place), relevant=_expression(bind, "relevant", place),
        constraint=_expression(bind, "constraint", place), calculation=_expression(bind, "calculate", place),
        readonly=_expression(bind, "readonly", place),
        required_message=message(bind.get(f"{JAVAROSA}requiredMsg"), place, source.known),
        constraint_message=message(bind.get(f"{JAVAROSA}constraintMsg"), place, source.known),
    )  # fmt: skip
    return _seen(made, control, place, source.known) if control else made


def _seen(made: Field, control: Control, place: Place, known: Values) -> Field:
    label = control.element.find(f"{XFORMS}label")
    hint = control.element.find(f"{XFORMS}hint")
    guidance = said(hint, place, known, "guidance")
    count = control.repeat.get(f"{JAVAROSA}count") if control.repeat is not None else None
    inner = control.repeat.get("appearance", "") if control.repeat is not None else ""
    return replace(
        made, appearance=" ".join(f"{control.element.get('appearance', '')} {inner}".split()),
        label=said(label, place, known), hint=said(hint, place, known), guidance=guidance, media=media(label, known),
        repeat_count=read_expression(count, place) if count else None, choices=_choices(control, place),
    )  # fmt: skip


def _expression(bind: Element, name: str, place: Place) -> Expression | None:
    text = (bind.get(name) or "").strip()
    never = name in ("required", "readonly") and text in ("false()", "")
    always = name in ("relevant", "constraint") and text == "true()"
    return read_expression(text, place) if text and not never and not always else None


def _choices(control: Control, place: Place) -> Itemset | None:
    if control.element.find(f"{XFORMS}item") is not None:
        nodes = Expression(f"instance('{place.path}')/root/item", ["list", place.path, [["item"]]])
        return Itemset(nodes, "name", "itextId", label_is_text=True)
    itemset = control.element.find(f"{XFORMS}itemset")
    if itemset is None:
        return None
    text = itemset.get("nodeset", "")
    value, label = itemset.find(f"{XFORMS}value"), itemset.find(f"{XFORMS}label")
    code = value.get("ref", "name") if value is not None else "name"
    shown = label.get("ref", "label") if label is not None else "label"
    column = shown.removeprefix("jr:itext(").removesuffix(")").strip()
    nodes = read_expression(text, place)
    if nodes.ast and nodes.ast[:2] == ["call", "randomize"]:
        arguments = nodes.ast[2]
        seed = replace(nodes, ast=arguments[1]) if len(arguments) > 1 else None
        return Itemset(replace(nodes, ast=arguments[0]), code, column, column != shown, True, seed)
    return Itemset(nodes, code, column, column != shown)


def _actions(model: Element, body: Element, source: _Source, root: str) -> Iterator[Action]:
    above = {id(child): parent for parent in body.iter() for child in parent}
    for element in (*model.iter(f"{XFORMS}setvalue"), *body.iter(f"{XFORMS}setvalue")):
        target = element.get("ref", "") or source_bind(model, element.get("bind", ""))
        value = element.get("value")
        parent = above.get(id(element))
        events = frozenset(element.get("event", "").split())
        follows = parent.get("ref", "") if parent is not None and "xforms-value-changed" in events else ""
        place = Place(target, source.repeats)
        given = read_expression(value, place) if value and value.strip() else (element.text or "").strip()
        yield Action(target, given, events, follows)


def _placed_later(body: Element) -> Iterator[str]:
    for element in body.iter(f"{ODK}setgeopoint"):
        if "xforms-value-changed" in element.get("event", "").split():
            yield element.get("ref", "")


def source_bind(model: Element, identity: str) -> str:
    """Return the path of the bind called `identity`, or ""."""
    found = (bind.get("nodeset", "") for bind in model.iter(f"{XFORMS}bind") if bind.get("id") == identity)
    return next(found, "")
