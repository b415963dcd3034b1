"""How many filled-in forms of 250 questions a site takes per second, each on the disk before it is acknowledged.

A site is started as `datashift serve` starts it, with its worker, and phones of one process send to it as fast as they
are answered, from the same machine. Prints the rate, and how long one took (median, 95 and 99 in 100, the longest).
`--standing` puts so many answers there before: the rate must not follow from them.
The claim: at least 41 per second on two cores, 99 of 100 within one second.

    python benchmarks/openrosa.py [--seconds 30] [--phones 8] [--questions 250] [--photo 0] [--standing 0]
                                  [--postgresql ADDRESS]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import UUID

from openrosa_site import Phone, Site, body, filled

STAND = """
import sys
from pathlib import Path
from datashift.web import serving
serving.get_ready(Path(sys.argv[1]), set_up=False)
from datashift.web.fieldwork.models import Content, Form, Submission
form, count = Form.objects.get(), int(sys.argv[2])
for start in range(0, count, 5000):
    made = Submission.objects.bulk_create(
        Submission(form=form, instance_id=f"uuid:standing-{n}", digest=f"{n:064}")
        for n in range(start, min(start + 5000, count)))
    Content.objects.bulk_create(Content(submission=one, xml=b"", answers="{}") for one in made)
"""


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--questions", type=int, default=250)
    parser.add_argument("--photo", type=int, default=0, help="bytes of a picture that comes along")
    parser.add_argument("--standing", type=int, default=0, help="answers that are there already")
    parser.add_argument("--postgresql", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "store", options.questions, options.postgresql)
        stand = [sys.executable, "-c", STAND, str(site.home), str(options.standing)]
        subprocess.run(stand, env=site.environment, check=True)
        site.start()
        try:
            report(send(site, options), options.seconds)
        finally:
            site.kill()


def send(site: Site, options: argparse.Namespace) -> list[float]:
    """Let all phones send until the time is over; return the seconds that each post took."""
    took: list[float] = []
    end = time.monotonic() + options.seconds

    def phone(seed: int) -> None:
        own, chance = Phone(site.port), random.Random(seed)
        while time.monotonic() < end:
            identity = UUID(int=chance.getrandbits(128), version=4)
            files = (("a.bin", os.urandom(options.photo)),) if options.photo else ()
            data = body(filled(identity, options.questions, "a.bin" if files else ""), files)
            began = time.perf_counter()
            status = own.post(data)
            took.append(time.perf_counter() - began)
            if status != 201:
                raise SystemExit(f"answered {status}")

    phones = [threading.Thread(target=phone, args=(seed,)) for seed in range(options.phones)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    print(f"{len(body(filled(UUID(int=1), options.questions))):,} bytes of XML each, {options.phones} phones")
    return took


def report(took: list[float], seconds: float) -> None:
    """Print rate and times."""
    took.sort()
    at = {name: took[min(int(share * len(took)), len(took) - 1)] for name, share in
          (("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1.0))}  # fmt: skip
    times = ", ".join(f"{name} {1000 * value:.0f} ms" for name, value in at.items())
    print(f"{len(took):,} acknowledged in {seconds:.0f} s: {len(took) / seconds:.1f} per second; {times}")


if __name__ == "__main__":
    main()
