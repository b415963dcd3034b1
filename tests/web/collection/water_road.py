"""What is said on the road of the simulated water points."""

from pathlib import Path

import datashift.demo_data

DEMO = Path(datashift.demo_data.__file__).parent
PLACE = {
    "country": "ZZ", "as_of": "2024-04-01", "column": "region", "whole": "Tavelia", "label": "2024",
    "names": {"Avania Region": "ZZ-AVANIA"},
}  # fmt: skip
ASKED = {"sampling_type": "probability", "weights": "weight", "strata": ["area"], "clusters": ["village"],
         "note": "Villages drawn by chance.", "limits": "These data are simulated."}  # fmt: skip


def quiet(stage: str) -> None:
    """Hear nothing."""
