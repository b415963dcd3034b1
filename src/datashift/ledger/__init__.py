"""The shadow ledger: all that is known about an indicator in a place, in one table and one chart."""

from datashift.ledger.building import from_releases, ledger
from datashift.ledger.collecting import Asked, collect
from datashift.ledger.picture import chart, words
from datashift.ledger.record import Apart, Ledger
from datashift.ledger.table import COLUMNS, Row, as_table

__all__ = [
    "COLUMNS",
    "Apart",
    "Asked",
    "Ledger",
    "Row",
    "as_table",
    "chart",
    "collect",
    "from_releases",
    "ledger",
    "words",
]
