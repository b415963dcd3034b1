"""The one door to the network, on a real connection: never into a private network, never on by itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from datashift.errors import BadPull
from datashift.pull import Source, door, fetch, merge
from datashift.pull.door import is_public, is_this_machine

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "255.255.255.255", "192.0.2.1", "", "metadata",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_public_network_are_public(address: str) -> None:
    assert is_public(address)


def test_names_of_this_machine_are_known() -> None:
    assert all(map(is_this_machine, ("localhost", "LOCALHOST.", "a.localhost", "127.0.0.9", "::1")))
    assert not is_this_machine("localhost.example")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "printer.local"])
def test_an_address_inside_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(BadPull) as caught:
        door()(f"https://{host}/data.csv", {})
    assert caught.value.code == "pull.private"


class Handler(BaseHTTPRequestHandler):
    asked: list[tuple[str, str | None]] = []  # noqa: RUF012 - one server, one list

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Cookie")))
        moved = self.path == "/moved"
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("Location", "/data.csv")
        self.send_header("Set-Cookie", "visitor=1")
        self.send_header("ETag", '"7"')
        body = b"" if moved else b"id,v\n1,a\n"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: object) -> None:
        pass


@pytest.fixture
def here() -> Iterator[str]:
    """A server on this machine."""
    Handler.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.enable_socket
def test_who_runs_the_program_may_pull_from_this_machine_and_cookies_are_not_kept(here: str) -> None:
    get = door(private=True)
    of = Source(kind="csv", address=f"http://{here}/moved", key=("id",))
    pulled = fetch(of, None, get)
    assert merge(None, pulled)["v"].to_pylist() == ["a"]
    assert pulled.state.files == {"": {"etag": '"7"'}}
    assert Handler.asked == [("/moved", None), ("/data.csv", None)]


@pytest.mark.enable_socket
def test_a_name_that_leads_inside_is_found_out_at_the_connection(here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name looks public, and its address turns out to be ours: what a rebinding attack does.
    port = int(here.rsplit(":", 1)[1])
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: real("127.0.0.1", port, *rest[1:], **more))
    for scheme in ("http", "https"):
        with pytest.raises(BadPull) as caught:
            door()(f"{scheme}://data.example:{port}/data.csv", {"Authorization": "Bearer geheim"})
        assert caught.value.code == "pull.private"
        assert caught.value.facts == {"host": "data.example"}
    assert Handler.asked == []


@pytest.mark.enable_socket
def test_a_connection_that_nobody_takes_is_said_without_the_address(naps: list[float]) -> None:
    of = Source(kind="csv", address="http://127.0.0.1:9/data.csv?key=geheim")
    with pytest.raises(Exception, match="no connection") as caught:
        fetch(of, None, door(private=True))
    assert "geheim" not in str(caught.value)
    assert len(naps) == 4
