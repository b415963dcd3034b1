"""Estimates → SDMX-CSV, Data Package and a release bundle that anyone can verify offline."""

from datashift.publish.bundle import write_release
from datashift.publish.datapackage import datapackage
from datashift.publish.recompute import Given, Recompute
from datashift.publish.release import Gate, Release, vocabulary
from datashift.publish.released import Released, benchmark, released, released_dossier, rows_as_estimates
from datashift.publish.sdmx_csv import estimates_csv, rounded
from datashift.publish.tables import comparison_csv, findings_json, rejects_csv
from datashift.publish.verify import StageResult, verify

__all__ = [
    "Gate",
    "Given",
    "Recompute",
    "Release",
    "Released",
    "StageResult",
    "benchmark",
    "comparison_csv",
    "datapackage",
    "estimates_csv",
    "findings_json",
    "rejects_csv",
    "released",
    "released_dossier",
    "rounded",
    "rows_as_estimates",
    "verify",
    "vocabulary",
    "write_release",
]
