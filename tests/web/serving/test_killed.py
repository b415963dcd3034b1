"""Kill the server or the worker at any point of the upload road: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import signal
import socket
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from real_site import Site, children, until

pytestmark = pytest.mark.enable_socket


def test_killed_before_and_after_every_write_the_road_ends_where_it_ends_undisturbed(
    alone: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    undisturbed = Site(tmp_path_factory.mktemp("undisturbed") / "store", "").do("killed_road.road", "alive")
    killed = alone.do("killed_road.road", "killed")
    assert undisturbed.pop("deaths") == 0
    assert killed.pop("deaths") > 60
    assert killed == undisturbed
    assert killed["rows"]["Upload"] == killed["rows"]["Run"] == killed["rows"]["Release"] == killed["released"] == 1
    assert killed["state"] == "released"
    assert all(job.endswith(" done") for job in killed["jobs"])


def body(organisation: str, size: int) -> tuple[bytes, str]:
    """A form with a file, as a browser sends it."""
    head = f'--b\r\nContent-Disposition: form-data; name="organisation"\r\n\r\n{organisation}\r\n'
    head += f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
    head += '--b\r\nContent-Disposition: form-data; name="file"; filename="answers.csv"\r\n\r\n'
    rows = b"place,answer\n" + b"Ifakara,yes\n" * (size // 12)
    return head.encode() + rows + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


TOKEN = "t" * 32


def test_a_server_killed_in_the_middle_of_an_upload_leaves_nothing_and_the_same_file_again_is_one(alone: Site) -> None:
    process = alone.serve("--no-worker")
    known = alone.do("producer")
    data, kind = body(known["organisation"], 6_000_000)
    headers = {
        "Host": f"localhost:{alone.port}", "Content-Type": kind, "Content-Length": str(len(data)),
        "Cookie": urlencode({"sessionid": known["session"]}) + f"; csrftoken={TOKEN}",
    }  # fmt: skip
    with socket.create_connection(("127.0.0.1", alone.port)) as half:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        half.sendall(f"POST /en/work/new/ HTTP/1.1\r\n{lines}\r\n".encode() + data[: len(data) // 2])
        until(lambda: any((alone.home / "passing").iterdir()))
        [web] = children(process.pid)
        os.kill(web, signal.SIGKILL)
    assert alone.do("sent") == {"uploads": 0, "datasets": 0, "jobs": 0, "kept": []}
    until(lambda: alone.get("/en/") == 200)
    for _again in range(2):
        whole = HTTPConnection("127.0.0.1", alone.port, timeout=60)
        whole.request("POST", "/en/work/new/", data, headers)
        assert whole.getresponse().status == 302
        whole.close()
    told = alone.do("sent")
    assert (told["uploads"], told["datasets"], told["jobs"], len(told["kept"])) == (1, 1, 1, 1)
