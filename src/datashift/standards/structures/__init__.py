"""Concepts, codelists and data structures in SDMX terms: the shadow structure, kits, and structure messages.

What needs the SDMX classes is imported when it is first asked for: `identifiers` and `layout` alone are cheap, and the
figures of every release are named by them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from datashift.standards.structures.identifiers import REPORTING_TYPE, citizen_only

if TYPE_CHECKING:
    from datashift.standards.structures.kits import kit_codes, kit_structures
    from datashift.standards.structures.messages import FORMATS, read_structures, write_structures
    from datashift.standards.structures.shadow import Structures, shadow_structure

__all__ = [
    "FORMATS",
    "REPORTING_TYPE",
    "Structures",
    "citizen_only",
    "kit_codes",
    "kit_structures",
    "read_structures",
    "shadow_structure",
    "write_structures",
]

_HOMES = {
    "FORMATS": "messages",
    "Structures": "shadow",
    "kit_codes": "kits",
    "kit_structures": "kits",
    "read_structures": "messages",
    "shadow_structure": "shadow",
    "write_structures": "messages",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
