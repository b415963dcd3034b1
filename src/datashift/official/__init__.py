"""Official figures: files and databases kept as dated, read-only snapshots, and read as series and benchmarks."""

from datashift.official.benchmarks import benchmarks
from datashift.official.snapshots import keep_snapshot, list_snapshots

__all__ = ["benchmarks", "keep_snapshot", "list_snapshots"]
