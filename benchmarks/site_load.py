"""Load on the site: pages, revalidation and first views beside a static file of the same size, same server, same run.

A store with a million released figures is made (`site_data.py`), the server is started as `datashift serve` starts it,
and wrk asks at 100 requests per second from the same machine. Prints for SQLite and, with --postgresql ADDRESS, for
PostgreSQL: p95 of warm pages and of revalidations, each divided by the p95 of a static file of the same size; first
views of pages, asked for one after the other; and the memory of the processes that serve.

    python benchmarks/site_load.py [--figures 1000000] [--seconds 20] [--postgresql postgresql://…]
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RATE = 100
CONNECTIONS = 10
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]

WRK = """
local paths = {}
for line in io.lines("%(paths)s") do paths[#paths + 1] = line end
local tags = {}
for line in io.lines("%(tags)s") do tags[#tags + 1] = line end
local k = %(start)d
function delay() return math.random(0, 2 * %(delay)d) end
function request()
  k = k + 1
  local at = (k - 1) %% #paths + 1
  local headers = {["Accept-Encoding"] = "gzip"}
  if tags[at] and tags[at] ~= "" then headers["If-None-Match"] = tags[at] end
  return wrk.format("GET", paths[at], headers)
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %%d %%d %%.0f %%.0f %%.0f\\n", summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


def main() -> None:
    """Measure SQLite, then PostgreSQL where an address is given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--figures", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--postgresql", default="")
    options = parser.parse_args()
    for database in filter(None, ["sqlite", options.postgresql]):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), "" if database == "sqlite" else database, options)


def measure(home: Path, database: str, options: argparse.Namespace) -> None:
    """Fill a store, serve it, ask it, and print what was measured."""
    environment = os.environ | {"DATASHIFT_HOME": str(home), "DATASHIFT_ORIGIN": f"http://localhost:{PORT}"}
    environment |= {"DATASHIFT_DATABASE": database} if database else {}
    environment |= {"DATASHIFT_REQUESTS": "1000000"}
    started = time.monotonic()
    filler = [sys.executable, str(HERE / "site_data.py"), "--figures", str(options.figures)]
    subprocess.run(filler, env=environment, check=True)
    print(
        f"{'PostgreSQL' if database else 'SQLite'}: {options.figures:,} figures in {time.monotonic() - started:.0f} s"
    )
    for size in range(1000, 60_000, 500):
        (home / "static" / f"load-{size}.bin").write_bytes(os.urandom(size))
    program = [str(Path(sys.executable).parent / "datashift"), "serve", "--port", str(PORT), "--no-worker"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(program, env=environment, stdout=log, stderr=log)
        try:
            wait()
            report(home, server.pid, options.seconds, environment)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def report(home: Path, server: int, seconds: int, environment: dict[str, str]) -> None:
    """Ask pages for the first time, then warm, then with their ETags; each beside static files of the same size."""
    pages = public_pages()
    # What was looked at to find links is warm by now: a new revision makes every page a first view again.
    bump(environment)
    first, sizes, tags = [], [], []
    for path in pages:
        started = time.perf_counter()
        body, etag = fetch(path)
        first.append(1000 * (time.perf_counter() - started))
        sizes.append(len(body))
        tags.append(etag)
    first.sort()
    typical = sorted(sizes)[len(sizes) // 2]
    print(f"  {len(pages)} pages, compressed {min(sizes):,} to {max(sizes):,} bytes, median {typical:,}")
    print(f"  first view of a page: median {first[len(first) // 2]:.1f} ms, p95 {first[int(0.95 * len(first))]:.1f} ms")
    static = static_file(home, typical)
    runs = {
        "static file": ([static], [""]),
        "warm page": (pages, [""] * len(pages)),
        "revalidated page": (pages, tags),
        "static again": ([static], [""]),
    }
    found = {name: wrk(home, paths, known, seconds) for name, (paths, known) in runs.items()}
    base = max(found["static file"]["p95"], found["static again"]["p95"])
    for name, one in found.items():
        print(f"  {name:17} {one['rate']:6.1f}/s  p50 {one['p50']:.2f}  p95 {one['p95']:.2f}  p99 {one['p99']:.2f} ms"
              f"  = {one['p95'] / base:.2f} x the static file  failures {one['failures']}")  # fmt: skip
    print(f"  memory of the processes that serve: {memory(server):.0f} MB")


def public_pages() -> list[str]:
    """Return addresses of public pages as a reader finds them: by links, from the start page, in four languages."""
    chosen = random.Random(7)
    found: dict[str, None] = {}
    for language in ("en", "es", "sw", "ne"):
        waiting, seen, good = [f"/{language}/"], {f"/{language}/"}, []
        while waiting and len(good) < 120:
            path = waiting.pop(chosen.randrange(len(waiting)))
            try:
                page = fetch(path)[0]
            except urllib.error.HTTPError as problem:
                print(f"  {path}: {problem.code}")
                continue
            good.append(path)
            links = re.findall(r'href="(/[^"#]*)"', gzip.decompress(page).decode())
            private = (f"/{language}/work", f"/{language}/account")
            new = [link.replace("&amp;", "&") for link in dict.fromkeys(links)]
            new = [n for n in new if n.startswith(f"/{language}/") and not n.startswith(private) and n not in seen]
            seen |= set(new)
            waiting += new
        found |= dict.fromkeys(good)
    return list(found)


def bump(environment: dict[str, str]) -> None:
    """Make every page a first view again, and wait until the server has seen it."""
    code = "import django; django.setup(); from datashift.web.frame.models import bump; bump()"
    known = environment | {"DJANGO_SETTINGS_MODULE": "datashift.web.settings"}
    subprocess.run([sys.executable, "-c", code], check=True, env=known)
    time.sleep(1.2)


def fetch(path: str) -> tuple[bytes, str]:
    """Return the compressed body of a page and its ETag."""
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
        return (body if answer.headers.get("Content-Encoding") == "gzip" else gzip.compress(body)), answer.headers.get(
            "ETag", ""
        )


def wait() -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            fetch("/en/")
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def wrk(home: Path, paths: list[str], tags: list[str], seconds: int) -> dict[str, Any]:
    """Ask at RATE requests per second over CONNECTIONS connections; return latencies in milliseconds."""
    (home / "paths").write_text("\n".join(paths))
    (home / "tags").write_text("\n".join(tags))
    facts = {"paths": home / "paths", "tags": home / "tags", "start": 0, "delay": 1000 * CONNECTIONS // RATE}
    (home / "ask.lua").write_text(WRK % facts)
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(home / "ask.lua"),
        f"http://127.0.0.1:{PORT}",
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    total, failures, p50, p95, p99 = map(int, re.search(r"RESULT (.*)", told)[1].split())
    return {"rate": total / seconds, "failures": failures, "p50": p50 / 1000, "p95": p95 / 1000, "p99": p99 / 1000}


def static_file(home: Path, size: int) -> str:
    """Return the address of the static file whose size is nearest to `size` bytes."""
    files = (home / "static").glob("load-*.bin")
    return f"/static/{min(files, key=lambda path: abs(path.stat().st_size - size)).name}"


def memory(server: int) -> float:
    """Return the resident memory of a process and its children in megabytes."""
    rows = subprocess.run(["ps", "-eo", "pid,ppid,rss"], check=True, capture_output=True, text=True).stdout.split("\n")[
        1:
    ]
    table = [tuple(map(int, row.split())) for row in rows if row.strip()]
    wanted = {server}
    while new := {pid for pid, parent, _rss in table if parent in wanted} - wanted:
        wanted |= new
    return sum(rss for pid, _parent, rss in table if pid in wanted) / 1024


if __name__ == "__main__":
    main()
