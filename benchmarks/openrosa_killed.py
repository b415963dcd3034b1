"""Exactly once: phones send while the site is killed, its worker dies and the disk is full for a while.

Each phone sends answers and their pictures in one post or in two, repeats some of them, hangs up in the middle of some,
and sends until it is told 201 or 202. Meanwhile all processes of the site are killed at once, again and again, the
worker is killed alone, and once the disk is filled to its last byte. In the end every acknowledged answer must be in
the store, with its words and its picture, once; no answer twice; and nothing that nobody was told of may be missing a
part. Ends with exit code 1 where that is not so.

The full disk needs a small file system of its own: --disk FOLDER names one, such as a mounted image; with --loop one is
made and mounted (this needs root).

    python benchmarks/openrosa_killed.py [--submissions 100000] [--kills 10] [--phones 8] [--loop | --disk FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from openrosa_site import Phone, Site, body, filled

QUESTIONS = 10
PICTURE = 600
TELL = """
import json, sys
from pathlib import Path
from datashift.web import serving
serving.get_ready(Path(sys.argv[1]), set_up=False)
from datashift.web.fieldwork.models import Attachment, Stray, Submission
kept = {path.name for path in (Path(sys.argv[1]) / "raw").glob("*")}
files = {}
for key, name, sha256 in Attachment.objects.values_list("submission_id", "name", "sha256"):
    files.setdefault(key, []).append([name, sha256, sha256 in kept])
for one in Submission.objects.select_related("content").iterator(2000):
    told = json.loads(one.content.answers)
    words = [told.get(f"g0/q{n}", "") for n in range(int(sys.argv[2]))]
    print(json.dumps([one.instance_id, words, one.complete, files.get(one.pk, [])]))
print(json.dumps(Stray.objects.count()))
"""


def main() -> None:
    """Let it happen, then compare what was acknowledged with what is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--disk", type=Path)
    parser.add_argument("--loop", action="store_true")
    parser.add_argument("--postgresql", default="")
    options = parser.parse_args()
    with disk(options) as folder:
        site = Site(folder / "store", QUESTIONS, options.postgresql)
        site.start()
        crowd = Crowd(site.port, options.submissions, options.phones)
        began = time.monotonic()
        crowd.start()
        try:
            disturb(site, crowd, options.kills, folder if options.loop or options.disk else None)
            crowd.join()
        finally:
            site.kill()
        took = time.monotonic() - began
        print(f"{len(crowd.acknowledged):,} acknowledged in {took:.0f} s; answers: {dict(sorted(crowd.heard.items()))}")
        sys.exit(compare(site, crowd.acknowledged))


# --- phones -----------------------------------------------------------------------------------------------------------


class Crowd:
    """Phones that send until each answer of theirs is acknowledged."""

    def __init__(self, port: int, submissions: int, phones: int) -> None:
        self.acknowledged: list[UUID] = []
        self.heard: Counter[int] = Counter()
        self.wanted = submissions
        share = [submissions // phones + (n < submissions % phones) for n in range(phones)]
        self.threads = [threading.Thread(target=self._send, args=(port, n, count), daemon=True)
                        for n, count in enumerate(share)]  # fmt: skip

    def start(self) -> None:
        """Let all of them begin."""
        for one in self.threads:
            one.start()

    def join(self) -> None:
        """Wait until all of them are done."""
        for one in self.threads:
            one.join()

    def until(self, count: int) -> None:
        """Wait until so many answers are acknowledged, or all phones are done."""
        while len(self.acknowledged) < count and any(one.is_alive() for one in self.threads):
            time.sleep(0.02)

    def _send(self, port: int, number: int, count: int) -> None:
        phone, chance = Phone(port), random.Random(number)
        for _one in range(count):
            identity = UUID(int=chance.getrandbits(128), version=4)
            posts = posts_of(identity, chance)
            for data in posts:
                if chance.random() < 0.02:
                    phone.cut_off(data)
                while (status := phone.post(data)) not in (201, 202):
                    self.heard[status] += 1
                    time.sleep(0.05 if status == 0 else 0.2)
                self.heard[status] += 1
            self.acknowledged.append(identity)


def posts_of(identity: UUID, chance: random.Random) -> list[bytes]:
    """What a phone sends of one answer: all in one post, or words and picture apart, in any order, some of it again."""
    xml = filled(identity, QUESTIONS, f"{identity}.bin")
    whole = body(xml, ((f"{identity}.bin", picture(identity)),))
    posts = [whole] if chance.random() < 0.7 else chance.sample([body(xml), whole], 2)
    return posts + ([chance.choice(posts)] if chance.random() < 0.1 else [])


def picture(identity: UUID) -> bytes:
    """The bytes that come along; they follow from the id."""
    return sha256(identity.bytes).digest() * (PICTURE // 32)


# --- what happens to the site -----------------------------------------------------------------------------------------


def disturb(site: Site, crowd: Crowd, kills: int, small: Path | None) -> None:
    """Kill the site, its worker once between two kills, and fill the disk once, spread over all submissions."""
    steps = [("killed", site_dies)] * kills
    steps.insert(kills // 3, ("its worker killed", worker_dies))
    if small:
        steps.insert(2 * kills // 3, ("its disk full", lambda one: disk_fills(one, small)))
    for number, (what, act) in enumerate(steps, start=1):
        crowd.until(number * crowd.wanted // (len(steps) + 1))
        print(f"  after {len(crowd.acknowledged):,}: {what}", flush=True)
        act(site)


def site_dies(site: Site) -> None:
    """All processes at once, at any moment; then it is started again."""
    site.kill()
    site.start()


def worker_dies(site: Site) -> None:
    """The worker alone: the server begins another one."""
    for pid in site.children("datashift.cli work"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def disk_fills(site: Site, small: Path) -> None:
    """No byte is free for three seconds."""
    ballast, piece, end = small / "ballast", bytes(1 << 20), 0.0
    with ballast.open("wb", buffering=0) as stream:
        while not end or time.monotonic() < end:
            try:
                stream.write(piece)
            except OSError:
                end = end or time.monotonic() + 3
                piece = piece[: max(len(piece) // 2, 1)]
                time.sleep(0.005)
    ballast.unlink()


@contextmanager
def disk(options: argparse.Namespace) -> Iterator[Path]:
    """A folder on a disk: the one that was named, a small one of its own, or one of the machine."""
    if options.disk:
        yield options.disk
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "disk"
        place.mkdir()
        if not options.loop:
            yield place
            return
        image, size = Path(folder) / "image", 200 + options.submissions // 40
        with image.open("wb") as stream:
            stream.truncate(size << 20)
        inodes = str(20_000 + 2 * options.submissions)
        subprocess.run([shutil.which("mkfs.ext4") or "/sbin/mkfs.ext4", "-q", "-N", inodes, str(image)], check=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", "-l", str(place)], check=True)


# --- in the end -------------------------------------------------------------------------------------------------------


def compare(site: Site, acknowledged: list[UUID]) -> int:
    """Print what is lost, doubled or damaged; return 1 where anything is."""
    program = [sys.executable, "-c", TELL, str(site.home), str(QUESTIONS)]
    done = subprocess.run(program, env=site.environment, capture_output=True, check=True, text=True)
    told = done.stdout.splitlines()
    rows = [json.loads(line) for line in told]
    strays, rows = rows[-1], rows[:-1]
    there = Counter(row[0] for row in rows)
    found = {
        "acknowledged but not there": sum(f"uuid:{one}" not in there for one in acknowledged),
        "there more than once": sum(count > 1 for count in there.values()),
        "not as it was sent": sum(not as_sent(*row) for row in rows),
        "never sent": len(there.keys() - {f"uuid:{one}" for one in acknowledged}),
        "strays": strays,
    }
    print(f"{len(rows):,} in the store; " + "; ".join(f"{what}: {count}" for what, count in found.items()))
    return int(any(found.values()))


def as_sent(name: str, words: list[str], complete: bool, files: list[list[object]]) -> bool:
    """Say whether a row holds what its phone sent, its picture once and on the disk."""
    identity = UUID(name.removeprefix("uuid:"))
    sent = [f"{identity.int % (n + 2):012d} a few words" for n in range(QUESTIONS)]
    return complete and words == sent and files == [[f"{identity}.bin", sha256(picture(identity)).hexdigest(), True]]


if __name__ == "__main__":
    main()
