"""Official figures: files and databases kept as dated, read-only snapshots, and read as series and benchmarks."""

from datashift.official.benchmarks import benchmarks, series_table
from datashift.official.importing import Imported, import_snapshot
from datashift.official.layouts import LAYOUTS
from datashift.official.reading import breakdown_of, observations, time_series
from datashift.official.revisions import Changes, changes, revisions
from datashift.official.schema import OFFICIAL, Snapshot
from datashift.official.snapshots import keep_snapshot, list_snapshots
from datashift.official.store import current, snapshots, versions

__all__ = [
    "LAYOUTS",
    "OFFICIAL",
    "Changes",
    "Imported",
    "Snapshot",
    "benchmarks",
    "breakdown_of",
    "changes",
    "current",
    "import_snapshot",
    "keep_snapshot",
    "list_snapshots",
    "observations",
    "revisions",
    "series_table",
    "snapshots",
    "time_series",
    "versions",
]
