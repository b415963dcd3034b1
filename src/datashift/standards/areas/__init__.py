"""Areas with time: which place a name means on a given day, and where lists of places come from."""

from datashift.standards.areas.kinds import kind_label
from datashift.standards.areas.lists import COLUMNS, as_csv, countries, known_areas, parse, shipped
from datashift.standards.areas.names import ancestors, area_label, folded, resolver
from datashift.standards.areas.store import PUBLIC, areas_at_hand, export, fetch, import_list, imported, list_path
from datashift.standards.areas.world import country_named, world

__all__ = [
    "COLUMNS",
    "PUBLIC",
    "ancestors",
    "area_label",
    "areas_at_hand",
    "as_csv",
    "countries",
    "country_named",
    "export",
    "fetch",
    "folded",
    "import_list",
    "imported",
    "kind_label",
    "known_areas",
    "list_path",
    "parse",
    "resolver",
    "shipped",
    "world",
]
