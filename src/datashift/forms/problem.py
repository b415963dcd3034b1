"""What is wrong with a form, or could be better: a code with sheet, row, name and the repair in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from datashift.errors import BadForm

Level = Literal["fault", "warning", "hint"]


@dataclass(frozen=True)
class Problem:
    """One problem. fault: the form cannot be used as it is; warning: data will suffer; hint: think about it.

    `code` is a code of errors.BadForm, `facts` are what its text names besides sheet, row and name. `rename` is the
    name offered instead, where renaming repairs it.
    """

    level: Level
    code: str
    sheet: str
    row: int
    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    rename: str = ""

    def text(self) -> str:
        """Return the problem and its repair in the current language."""
        return str(BadForm(self.code, sheet=self.sheet, row=self.row, name=self.name, **self.facts))

    def as_dict(self) -> dict[str, Any]:
        """Return the problem for machines."""
        return {
            "level": self.level, "code": self.code, "sheet": self.sheet, "row": self.row, "name": self.name,
            "text": self.text(), "rename": self.rename,
        }  # fmt: skip
