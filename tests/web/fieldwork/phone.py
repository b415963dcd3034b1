"""A phone in tests: a form as it gets it, and what it sends, byte by byte as ODK Collect does."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from django.test import Client
from django.utils import timezone

from datashift.web.fieldwork.models import Enumerator, Form, FormVersion, Media
from datashift.web.fieldwork.phones import digest
from datashift.web.people.models import Organisation

TOKEN = "k" * 32
BOUNDARY = "0d1c5a7e-7f61-4c08-9d7c-boundary"
SUCCESS = "http://openrosa.org/http/response"

XFORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
  <h:head><h:title>Water</h:title><model>
    <instance><data id="water" version="{version}">
      <start/><end/><who/><age/><place/><photo/><house><roof/></house>
      <person jr:template=""><name/><face/></person>
      <meta><instanceID/></meta>
    </data></instance>
    <bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>
    <bind nodeset="/data/end" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>
    <bind nodeset="/data/who" type="string"/>
    <bind nodeset="/data/age" type="int"/>
    <bind nodeset="/data/place" type="geopoint"/>
    <bind nodeset="/data/photo" type="binary"/>
    <bind nodeset="/data/house/roof" type="string"/>
    <bind nodeset="/data/person/name" type="string"/>
    <bind nodeset="/data/person/face" type="binary"/>
    <bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
  </model></h:head>
  <h:body>
    <input ref="/data/who"><label>Who?</label></input>
    <input ref="/data/age"><label>Age</label></input>
    <input ref="/data/place"><label>Where?</label></input>
    <upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>
    <group ref="/data/house"><label>House</label><input ref="/data/house/roof"><label>Roof</label></input></group>
    <group ref="/data/person"><label>Person</label><repeat nodeset="/data/person">
      <input ref="/data/person/name"><label>Name</label></input>
      <upload ref="/data/person/face" mediatype="image/*"><label>Face</label></upload>
    </repeat></group>
  </h:body>
</h:html>
"""


def filled(
    identity: str = "uuid:1",
    *,
    who: str = "Amina",
    form: str = "water",
    version: str = "1",
    more: str = "",
    meta: str = "",
) -> bytes:
    """A filled-in form, as XML; `more` are elements beside the others, `meta` those beside the id."""
    return (
        f'<?xml version=\'1.0\' ?><data id="{form}" version="{version}" xmlns:jr="http://openrosa.org/javarosa" '
        f'xmlns:orx="http://openrosa.org/xforms"><who>{who}</who>{more}'
        f"<orx:meta><orx:instanceID>{identity}</orx:instanceID>{meta}</orx:meta></data>"
    ).encode()


def png(colour: int = 0) -> bytes:
    """A picture of one point, with a text that says where it was taken."""
    parts = {b"IHDR": struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0), b"tEXt": b"Comment\0Ifakara -8.13 36.68",
             b"IDAT": zlib.compress(bytes([0, colour])), b"IEND": b""}  # fmt: skip
    chunks = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
              for name, data in parts.items())  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def body(xml: bytes, files: tuple[tuple[str, bytes], ...] = (), *, more_follows: bool = False) -> bytes:
    """A multipart body as OkHttp writes it."""
    parts = [_part('name="xml_submission_file"; filename="water.xml"', "text/xml", xml)]
    parts += [_part(f'name="{name}"; filename="{name}"', "image/jpeg", data) for name, data in files]
    parts += [_part('name="*isIncomplete*"', "", b"yes")] if more_follows else []
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(named: str, kind: str, data: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {named}\r\n"
    head += f"Content-Type: {kind}\r\n" if kind else ""
    return head.encode() + f"Content-Length: {len(data)}\r\n\r\n".encode() + data + b"\r\n"


@dataclass
class Phone:
    """An app with a key in its address."""

    token: str = TOKEN
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: Any) -> Any:
        return self.client.get(path, **headers)

    def forms(self) -> Any:
        return self.client.get(f"/key/{self.token}/formList", headers={"X-OpenRosa-Version": "1.0"})

    def head(self) -> Any:
        return self.client.head(f"/key/{self.token}/submission?deviceID=collect%3Aabc")

    def post(self, data: bytes, *, kind: str = f"multipart/form-data; boundary={BOUNDARY}", **more: Any) -> Any:
        path = f"/key/{self.token}/submission?deviceID=collect%3Aabc"
        return self.client.generic("POST", path, data, content_type=kind, **more)

    def send(self, xml: bytes, *files: tuple[str, bytes], more_follows: bool = False, **more: Any) -> Any:
        return self.post(body(xml, files, more_follows=more_follows), **more)


def published(organisation: Organisation, form_id: str = "water", version: str = "1", **more: Any) -> Form:
    """A form that was published in one version."""
    made = Form.objects.create(
        organisation=organisation, form_id=form_id, title="Water", state=Form.State.PUBLISHED, **more
    )
    xform = XFORM.format(version=version).replace('id="water"', f'id="{form_id}"')
    FormVersion.objects.create(form=made, number=1, version=version, xform=xform, published=timezone.now())
    return made


def known(organisation: Organisation, *forms: Form, token: str = TOKEN, name: str = "Team 1") -> Enumerator:
    """Somebody with a key, who is given forms."""
    made = Enumerator.objects.create(organisation=organisation, name=name, digest=digest(token))
    made.forms.set(forms)
    return made


def add_media(version: FormVersion, name: str, sha256: str, data: bytes) -> Media:
    hashed = md5(data, usedforsecurity=False).hexdigest()
    return Media.objects.create(version=version, name=name, sha256=sha256, md5=hashed, size=len(data))
