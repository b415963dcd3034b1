"""Kill the server while phones send: what was acknowledged is stored once, and nothing is stored twice."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from hashlib import sha256
from http.client import HTTPConnection, HTTPException

import pytest
from real_site import Site, children, until

pytestmark = pytest.mark.enable_socket
TOKEN = "k" * 32
PHONES, EACH, KILLS = 4, 10, 2


def post(identity: str, who: str, photo: bytes = b"") -> bytes:
    """A filled-in form as a phone sends it, in one post."""
    xml = f'<data id="water" version="1"><who>{who}</who><photo>{identity}.bin</photo>'
    xml += f"<meta><instanceID>{identity}</instanceID></meta></data>"
    parts = [("xml_submission_file", "a.xml", xml.encode())] + ([("p", f"{identity}.bin", photo)] if photo else [])
    return b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode() + data + b"\r\n"
        for name, file, data in parts
    ) + b"--b--\r\n"  # fmt: skip


def chunks(data: bytes) -> bytes:
    """The same in chunks, as OpenRosa asks of servers."""
    pieces = [data[at : at + 300] for at in range(0, len(data), 300)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def send(port: int, data: bytes, *, chunked: bool = False) -> int:
    """Post, and return the status; 0 where no answer came."""
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    kind |= {"Transfer-Encoding": "chunked"} if chunked else {}
    try:
        asked = HTTPConnection("127.0.0.1", port, timeout=20)
        asked.request("POST", f"/key/{TOKEN}/submission", chunks(data) if chunked else data, kind)
        status = asked.getresponse().status
        asked.close()
    except (OSError, HTTPException):
        return 0
    return status


def photo(identity: str) -> bytes:
    return sha256(identity.encode()).digest() * 40


def phone(port: int, number: int, acknowledged: dict[str, str]) -> None:
    """Send until everything is acknowledged: first the answers, then the picture, in any order and some of it twice."""
    chance = random.Random(number)
    for n in range(EACH):
        identity = f"uuid:{number}-{n}"
        posts = [post(identity, f"who {n}"), post(identity, f"who {n}", photo(identity))]
        posts += chance.sample(posts, 1)
        chance.shuffle(posts)
        for data in posts:
            while send(port, data, chunked=chance.random() < 0.5) not in (201, 202):
                time.sleep(0.05)
        acknowledged[identity] = f"who {n}"


def kill(site: Site, pid: int) -> None:
    for one in (*children(pid), pid):
        os.kill(one, signal.SIGKILL)
    until(lambda: site.get("/robots.txt") == 0)


def test_what_was_acknowledged_is_stored_once_although_the_server_is_killed(both: Site) -> None:
    process = both.serve()
    both.do("phones_road.begin", TOKEN)
    acknowledged: dict[str, str] = {}
    phones = [threading.Thread(target=phone, args=(both.port, n, acknowledged)) for n in range(PHONES)]
    for one in phones:
        one.start()
    for part in range(1, KILLS + 1):
        until(lambda part=part: len(acknowledged) >= part * PHONES * EACH // (KILLS + 1))
        kill(both, process.pid)
        process = both.serve()
    for one in phones:
        one.join(120)
    told = both.do("phones_road.told")
    assert len(acknowledged) == PHONES * EACH
    assert told["submissions"] == [[name, acknowledged[name], True] for name in sorted(acknowledged)]
    assert told["files"] == sorted([name, f"{name}.bin", sha256(photo(name)).hexdigest()] for name in acknowledged)
    assert (told["doubled"], told["missing"]) == ([], [])


def test_a_phone_that_hangs_up_or_sends_half_leaves_nothing(alone: Site) -> None:
    alone.serve("--no-worker")
    alone.do("phones_road.begin", TOKEN)
    data = post("uuid:1", "Amina", b"\0" * 3_000_000)
    for sent, head in ((data, f"Content-Length: {len(data)}"), (chunks(data), "Transfer-Encoding: chunked")):
        with socket.create_connection(("127.0.0.1", alone.port)) as half:
            lines = f"POST /key/{TOKEN}/submission HTTP/1.1\r\nHost: localhost\r\n{head}\r\n"
            half.sendall(
                f"{lines}Content-Type: multipart/form-data; boundary=b\r\n\r\n".encode() + sent[: len(sent) // 2]
            )
    time.sleep(0.5)
    assert alone.do("phones_road.told")["submissions"] == []
    assert send(alone.port, data[:-9]) == send(alone.port, data[:-9], chunked=True) == 400
    assert alone.do("phones_road.told")["submissions"] == []
    assert send(alone.port, data, chunked=True) == 201
    assert send(alone.port, data) == 202
