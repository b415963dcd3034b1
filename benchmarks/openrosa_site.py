"""A site with one form, and phones that send to it: what both benchmarks of OpenRosa stand on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import UUID

TOKEN = "benchmark" * 4
BOUNDARY = "benchmark-boundary"
MAKE = """
import sys
from pathlib import Path
from datashift.web import serving
serving.get_ready(Path(sys.argv[1]))
from django.utils import timezone
from datashift.web.fieldwork.models import Enumerator, Form, FormVersion
from datashift.web.fieldwork.phones import digest
from datashift.web.people.models import Organisation
house = Organisation.objects.create(slug="benchmark", name="Benchmark")
form = Form.objects.create(organisation=house, form_id="benchmark", title="Benchmark", state="published")
xform = Path(sys.argv[2]).read_text("utf-8")
FormVersion.objects.create(form=form, number=1, version="1", xform=xform, published=timezone.now())
Enumerator.objects.create(organisation=house, name="Team", digest=digest(sys.argv[3])).forms.add(form)
"""


def xform(questions: int) -> str:
    """A form with so many questions in groups of ten, a position and a picture."""
    names = [f"g{n // 10}/q{n}" for n in range(questions)]
    groups = (f"<g{k}>{''.join(f'<q{n}/>' for n in range(10 * k, min(10 * k + 10, questions)))}</g{k}>"
              for k in range((questions + 9) // 10))  # fmt: skip
    binds = "".join(f'<bind nodeset="/data/{name}" type="string"/>' for name in names)
    asked = "".join(f'<input ref="/data/{name}"><label>{name}</label></input>' for name in names)
    head = '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>'
    head += "<h:title>B</h:title>"
    own = f"<place/><photo/>{''.join(groups)}<meta><instanceID/></meta>"
    binds = f'<bind nodeset="/data/place" type="geopoint"/><bind nodeset="/data/photo" type="binary"/>{binds}'
    asked += '<upload ref="/data/photo" mediatype="image/*"><label>P</label></upload>'
    return (
        f'{head}<model><instance><data id="benchmark" version="1">{own}</data></instance>{binds}</model></h:head>'
        f"<h:body>{asked}</h:body></h:html>"
    )


def filled(identity: UUID, questions: int, photo: str = "") -> bytes:
    """A filled-in form; what it says follows from its id."""
    said = "".join(
        f"<g{k}>" + "".join(f"<q{n}>{identity.int % (n + 2):012d} a few words</q{n}>"
                            for n in range(10 * k, min(10 * k + 10, questions))) + f"</g{k}>"
        for k in range((questions + 9) // 10)
    )  # fmt: skip
    return (
        f'<data id="benchmark" version="1"><place>-8.13 36.68 0 5</place><photo>{photo}</photo>{said}'
        f"<meta><instanceID>uuid:{identity}</instanceID></meta></data>"
    ).encode()


def body(xml: bytes, files: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    """The same as a phone puts it into one post."""
    parts = (("xml_submission_file", "a.xml", xml), *((name, name, data) for name, data in files))
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n'
    made = b"".join((head % (name, file)).encode() + data + b"\r\n" for name, file, data in parts)
    return made + f"--{BOUNDARY}--\r\n".encode()


class Site:
    """A store with the form, and the server on it."""

    def __init__(self, home: Path, questions: int, database: str = "") -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "DATASHIFT_HOME": str(home), "DATASHIFT_DATABASE": database, "DATASHIFT_REQUESTS": "10000000",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        home.mkdir(parents=True, exist_ok=True)
        form = home / "form.xml"
        form.write_text(xform(questions), "utf-8")
        subprocess.run([sys.executable, "-c", MAKE, str(home), str(form), TOKEN], env=self.environment, check=True)

    def start(self, *options: str) -> None:
        """Start the server and wait until it answers."""
        program = [str(Path(sys.executable).parent / "datashift"), "serve", "--port", str(self.port), *options]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                program, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while self._status() != 200:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit((self.home / "server.log").read_text("utf-8", "replace")[-2000:])
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill every process of the site at once, as a power cut does."""
        assert self.process is not None
        for pid in (*self.children(), self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()

    def children(self, holding: str = "") -> list[int]:
        """The processes that the server started, whose command line holds a word."""
        assert self.process is not None
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and holding in (folder / "cmdline").read_text().replace("\0", " "):
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def _status(self) -> int:
        try:
            asked = HTTPConnection("127.0.0.1", self.port, timeout=5)
            asked.request("GET", "/robots.txt")
            return asked.getresponse().status
        except (OSError, HTTPException):
            return 0


class Phone:
    """One phone with one connection, made anew whenever it breaks."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: HTTPConnection | None = None

    def post(self, data: bytes) -> int:
        """Send, and return the status; 0 where no answer came."""
        try:
            if self.connection is None:
                self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            kind = f"multipart/form-data; boundary={BOUNDARY}"
            self.connection.request("POST", f"/key/{TOKEN}/submission", data, {"Content-Type": kind})
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self._drop()
            return 0
        return answer.status

    def cut_off(self, data: bytes) -> None:
        """Send half and hang up."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as half:
                head = f"POST /key/{TOKEN}/submission HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n"
                head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
                half.sendall(head.encode() + data[: len(data) // 2])
        except OSError:
            return

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None
