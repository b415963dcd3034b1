"""A small site for the script of the browser form: its files, a page, a form, and a server that answers as one asks."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parents[3] / "src/datashift/web/static"
FORM = "/en/fill/t0ken/"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}


@dataclass
class Site:
    """What the site shows and how it answers. answers: (status, body) for each submission, the last for all that
    follow; posted: what came, as {name: bytes}. down: nobody answers, as where there is no network. lost: so many
    submissions are taken, and the line is cut before the answer. compressed: as the site sends it. static: the
    folder of its files. more: other addresses, with type and bytes. broken: addresses that the server is too ill for.
    """

    page: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    answers: list[tuple[int, str | bytes]] = field(default_factory=list)
    posted: list[dict[str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    base: str = ""
    down: bool = False
    lost: int = 0
    compressed: bool = False
    static: Path = STATIC
    more: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def get(self, path: str) -> tuple[int, str, bytes]:
        """Return status, type and bytes for an address."""
        if path in self.broken:
            return 503, "text/plain", b"ill"
        if path.startswith("/static/") and (found := self.static / path.removeprefix("/static/")).is_file():
            return 200, KINDS.get(found.suffix, "application/octet-stream"), found.read_bytes()
        shown = {
            FORM: ("text/html; charset=utf-8", self.page.encode()),
            f"{FORM}form.json": ("application/json", json.dumps(self.told).encode()),
            f"{FORM}worker.js": ("text/javascript", (STATIC / "fill/worker.js").read_bytes()),
            "/blank": ("text/html; charset=utf-8", b"<!doctype html><title>Blank</title>"),
        } | {f"{FORM}media/{name}": ("image/png", data) for name, data in self.media.items()} | self.more  # fmt: skip
        kind, data = shown.get(path, ("", b""))
        return (200, kind, data) if kind else (404, "text/plain", b"nothing here")

    def post(self, kind: str, body: bytes) -> tuple[int, str | bytes]:
        """Take a submission; return status and body of the answer."""
        told = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        found = {str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
                 for part in told.get_payload()}  # fmt: skip
        self.posted.append(found)
        status, said = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        identity = re.search(rb"<(?:orx:)?instanceID>([^<]*)<", found["xml_submission_file"])
        return status, str(said).replace("ID", identity[1].decode() if identity else "")


def accepted(receipt: str | None = "1234-5678-9012", state: str = "new") -> tuple[int, str]:
    """Return what the server answers when it has a submission."""
    status = 201 if state == "new" else 202
    return status, json.dumps({"state": state, "receipt": receipt, "instance_id": "ID"})


def refused(code: str, text: str, status: int = 400) -> tuple[int, str]:
    """Return what the server answers when it does not take a submission."""
    return status, json.dumps({"error": {"code": code, "text": text}})


class Handler(BaseHTTPRequestHandler):
    """Answers for one site, or does not answer at all."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        if self.site.down:
            return self.cut()
        return self.tell(*self.site.get(self.path.split("?")[0]))

    def do_POST(self) -> None:
        if self.site.down:
            return self.cut()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.site.headers.append({"path": self.path, **self.headers})
        status, said = self.site.post(self.headers["Content-Type"], body)
        if self.site.lost:
            self.site.lost -= 1
            return self.cut()
        kind = "application/json" if str(said).startswith("{") else "text/html"
        return self.tell(status, kind, said if isinstance(said, bytes) else said.encode())

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def tell(self, status: int, kind: str, data: bytes) -> None:
        told = {"Content-Type": kind, "Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
        if self.site.compressed:
            data = gzip.compress(data, 9)
            told["Content-Encoding"] = "gzip"
        if self.path.endswith("worker.js"):
            told |= {"Service-Worker-Allowed": self.path.removesuffix("worker.js"), "Cache-Control": "no-cache"}
        self.send_response(status)
        for name, text in {**told, "Content-Length": str(len(data))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_told: Any) -> None:
        """Say nothing."""


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """Serve the site on this machine while the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OfOneSite", (Handler,), {"site": site}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.base = f"http://localhost:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()
