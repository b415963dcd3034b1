"""How single rows and points go out of the house: through the gate, and all files or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datashift.pipeline import Setting


def send(
    files: Mapping[str, bytes], folder: Path, setting: Setting | None, *, seen: Mapping[str, bytes] | None = None
) -> list[Path]:
    """Write `files` to `folder` once the gate let them pass; return where they are. Raises Disclosive.

    `seen`: what the gate looks at instead, where positions stand in the files that were made ready before.
    """
    from datashift.protect import gate

    values = None if setting is None else lambda: _personal_values(setting)
    gate(files if seen is None else seen, personal_values=values, names=_public(setting))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def _personal_values(setting: Setting) -> Iterator[str]:
    for source in setting.recipe.source:
        table = setting.table(source.file).table
        for name in set(setting.recipe.personal) & set(table.column_names):
            yield from (value for value in table[name].unique().to_pylist() if value)


def _public(setting: Setting | None) -> frozenset[str]:
    """Return texts that are public: the recipe, the kit, and the names of places."""
    if setting is None:
        return frozenset()
    places = (name for area in setting.areas.values() for name in (area.name, *area.aliases))
    return frozenset([setting.inputs.recipe_text, setting.inputs.kit_text, *places])
