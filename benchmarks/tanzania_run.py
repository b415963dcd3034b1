"""How long does the whole road take on 59,400 real water points, beside the least that anybody must do by hand?

The rival is Python's own csv module: read the same two files, join them by id, and count the share by region, without
checks, uncertainty, comparison, charts or bundle. Both run in processes of their own, three times; the best counts.
Run: .venv/bin/python benchmarks/tanzania_run.py
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "cgd" / "tza_waterpoints"

BY_HAND = f"""
import csv, io, zipfile
from collections import Counter
with zipfile.ZipFile(r"{DATA / "tza_waterpoints_features.csv.zip"}") as archive:
    features = list(csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8")))
with open(r"{DATA / "tza_waterpoints_labels.csv"}") as stream:
    status = {{row["id"]: row["status_group"] for row in csv.DictReader(stream)}}
improved = {{"communal standpipe", "communal standpipe multiple", "hand pump", "improved spring"}}
counted, works = Counter(), Counter()
for row in features:
    if row["waterpoint_type"] in improved:
        counted[row["region"]] += 1
        works[row["region"]] += status[row["id"]] == "functional"
print({{region: works[region] / counted[region] for region in counted}})
"""


def best(command: list[str], times: int = 3) -> float:
    """Seconds of the fastest of some runs of a command."""
    seconds = []
    for _run in range(times):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def main() -> None:
    if not DATA.is_dir():
        sys.exit("The real data folder is not beside the project.")
    with tempfile.TemporaryDirectory() as out:
        recipe = ROOT / "examples" / "tza-waterpoints" / "recipe.toml"
        ours = [str(ROOT / ".venv" / "bin" / "datashift"), "run", str(recipe), "--out", out, "--quiet"]
        by_hand = best([sys.executable, "-c", BY_HAND])
        whole = best(ours)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        check = best([str(ROOT / ".venv" / "bin" / "datashift"), "verify", f"{out}/release.zip"], 1)
    print(f"counting by hand (csv module)    {by_hand:6.2f} s      1.0 x")
    print(f"datashift run, everything        {whole:6.2f} s   {whole / by_hand:6.1f} x   peak {memory:.0f} MB")
    print(f"datashift verify, everything     {check:6.2f} s   {check / by_hand:6.1f} x")


if __name__ == "__main__":
    main()
