"""A form as records: its fields in the order of the form, with expressions, texts in each language, and choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datashift.forms.xform.expressions import Ast, Expression

Part = str | Expression
Said = Mapping[str, tuple[Part, ...]]
"""A text by the name of the language: its parts, some of which are worked out ("" where it is in no language)."""
Row = Mapping[str, str]

GROUPS = frozenset(("group", "repeat"))
NUMBERS = frozenset(("integer", "decimal"))
SELECTS = frozenset(("select_one", "select_multiple", "rank"))
MEDIA = frozenset(("image", "audio", "video", "file"))
PRELOADED = frozenset((
    "start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid", "instanceID",
))  # fmt: skip
SILENT = PRELOADED | {"calculate", "hidden", "audit", "start-geopoint", "background-geopoint", "background-audio"}
"""Kinds that nobody sees."""


@dataclass(frozen=True)
class Itemset:
    """Where choices come from: the items of a path (a list of the form, of a file, or repeats), with names of columns.

    label_is_text: the label column holds the id of a text, not the text. seed: None where the order is kept.
    """

    nodes: Expression
    value: str
    label: str
    label_is_text: bool = False
    shuffled: bool = False
    seed: Expression | None = None


@dataclass(frozen=True)
class Field:
    """One node of the form. kind: how it is answered (docs/reference/xforms.md lists them); type: of its bind.

    default: its text in a new form. media: image, audio, video, big-image -> file name by language. parameters: of a
    range (start, end, step), of an image (max-pixels), of a position.
    """

    path: str
    name: str
    kind: str
    type: str = "string"
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    label: Said = field(default_factory=dict)
    hint: Said = field(default_factory=dict)
    guidance: Said = field(default_factory=dict)
    media: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    required: Expression | None = None
    required_message: Said = field(default_factory=dict)
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Said = field(default_factory=dict)
    calculation: Expression | None = None
    readonly: Expression | None = None
    repeat_count: Expression | None = None
    choices: Itemset | None = None
    default: str = ""
    repeats: int = 1
    namespace: str = ""

    @property
    def above(self) -> str:
        """The path of the group, repeat or form around it."""
        return self.path.rpartition("/")[0]

    @property
    def appearances(self) -> frozenset[str]:
        """The words of its appearance."""
        return frozenset(self.appearance.split())

    def expressions(self) -> dict[str, Expression]:
        """Return its expressions by what they decide."""
        named = ("required", "relevant", "constraint", "calculation", "readonly", "repeat_count")
        found = {name: given for name in named if (given := getattr(self, name)) is not None}
        if self.choices:
            found["choices"] = self.choices.nodes
            found |= {"seed": self.choices.seed} if self.choices.seed else {}
        return found

    def said(self) -> dict[str, Said]:
        """Return its texts by what they are."""
        named = ("label", "hint", "guidance", "required_message", "constraint_message")
        return {name: given for name in named if (given := getattr(self, name))}


@dataclass(frozen=True)
class Action:
    """Set the node `target` to `value` when one of `events` happens; source: the question whose change it follows."""

    target: str
    value: Expression | str
    events: frozenset[str]
    source: str = ""


@dataclass(frozen=True, eq=False)
class XForm:
    """A form. root: the path of the whole (/data); fields: every node below it, in order, groups before what they hold.

    languages: names as the form writes them, in its order (empty: one without name). lists: choices, by id, as rows;
    files: id of a list -> the file it is read from. texts: id of a text -> form of it ("" is the text itself) -> Said.
    """

    id: str
    version: str
    title: str
    root: str
    namespace: str
    languages: tuple[str, ...]
    default_language: str
    fields: tuple[Field, ...]
    actions: tuple[Action, ...] = ()
    lists: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_path", {one.path: one for one in self.fields})

    def field(self, path: str) -> Field:
        """Return the field with an abstract path. Raises KeyError."""
        found: Mapping[str, Field] = getattr(self, "_by_path")  # noqa: B009 – set once, in __post_init__
        return found[path]

    @property
    def metadata(self) -> dict[str, str]:
        """What is filled in by the device: kind (start, today, instanceID, instanceName, audit …) -> path."""
        kept = PRELOADED | {"audit"}
        found = {one.kind: one.path for one in self.fields if one.kind in kept}
        name = f"{self.root}/meta/instanceName"
        return found | ({"instanceName": name} if name in {one.path for one in self.fields} else {})


def spoken(said: Said, language: str, default: str) -> tuple[Part, ...]:
    """Return the parts of a text in `language`, else in the form's own language, else in any."""
    for name in (language, default, ""):
        if said.get(name):
            return said[name]
    return next(iter(said.values()), ())


__all__ = ["Action", "Ast", "Expression", "Field", "Itemset", "Part", "Row", "Said", "XForm", "spoken"]
