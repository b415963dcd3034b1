"""Markers in sealed answers and in positions are sent in by every road, and looked for in every byte of the store."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from phone import Phone, known
from protected_forms import LATITUDE, LONGITUDE, homes, protected

from datashift import sealed
from datashift.web.fieldwork.kept import File
from datashift.web.fieldwork.models import Attachment, Content, Stray, Submission
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.withdrawing import withdraw
from datashift.web.people.models import Organisation

pytestmark = pytest.mark.django_db(transaction=True)

MARKERS = ("MARKERNAME", "0787654321", "0711223344", "MARKERFACE", "markerfile")
FINE = (LATITUDE, LONGITUDE, "-6.792101", "39.208444", "-6.792400", "39.208400", "-6.812345")
PHOTO = "markerfile.jpg"
AUDIT = (
    b"event,node,start,end,latitude,longitude,accuracy,old-value,new-value\n"
    b"question,/data/house/name,1,2,-6.792354,39.208328,4,,MARKERNAME\n"
)


def filled(identity: str) -> bytes:
    xml = homes(identity, name="MARKERNAME", phone="0787654321", second="0711223344")
    return xml.replace(b"1700000000000.jpg", PHOTO.encode())


def everything(site: Path) -> dict[str, bytes]:
    """Return every file of the store, the database, and what is packed in it."""
    found = {str(path): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    for model in apps.get_models():
        for row in model._default_manager.values():
            for name, value in row.items():
                text = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                with contextlib.suppress(zlib.error):
                    text += zlib.decompress(text)
                found[f"{model.__name__}.{name}.{len(found)}"] = text
    if connection.vendor == "sqlite":
        database = connection.settings_dict["NAME"]
        for path in (Path(f"{database}{end}") for end in ("", "-wal", "-journal")):
            if path.is_file():
                found[str(path)] = path.read_bytes()
        found["dump"] = "\n".join(connection.connection.iterdump()).encode()
    return found


def traces(text: str) -> list[bytes]:
    """Return how a text may stand in a file: as it is, as JSON, in base64 from each of three places, as hexadecimal."""
    plain = text.encode()
    coded = [b64encode(b"x" * at + plain).decode()[4 if at else 0 : -4].rstrip("=") for at in range(3)]
    return [plain, plain.hex().encode(), *(one.encode() for one in coded if len(one) > 7)]


@pytest.fixture
def log() -> Any:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logging.Formatter("%(message)s %(args)s %(exc_text)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("datashift.web").addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)
    logging.getLogger("datashift.web").removeHandler(handler)


def test_no_marker_is_found_anywhere_and_the_key_opens_every_answer(
    organisation: Organisation, site: Path, log: io.StringIO
) -> None:
    form, key = protected(
        organisation, sealed_paths=("house/name", "house/greeting", "house/longer", "person/phone", "photo"),
        coarse={"begin": 1000, "gps": 1000, "plot": 1000},
    )  # fmt: skip
    identity = "uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
    known(organisation, form)
    files = ((PHOTO, b"\xff\xd8 MARKERFACE"), ("audit.csv", AUDIT))
    assert Phone().send(filled(identity), *files).status_code == 201
    assert Phone().send(filled(identity), *files).status_code in (201, 202)  # the reply was lost
    receive(organisation, filled("uuid:2"), [File(*one) for one in files], channel="browser", form=form)
    assert Phone().send(filled("uuid:3")[:-9]).status_code >= 400  # cut off
    form.state = "draft"
    form.save()
    receive(organisation, filled("uuid:4"), [File(*one) for one in files])  # a stray

    assert (Submission.objects.count(), Content.objects.count(), Stray.objects.count()) == (2, 2, 1)
    stored = everything(site) | {"log": log.getvalue().encode()}
    wanted = {trace: marker for marker in (*MARKERS, *FINE) for trace in traces(marker)}
    pattern = re.compile(b"|".join(re.escape(trace) for trace in wanted))
    seen = {where: {wanted[one] for one in pattern.findall(text)} for where, text in stored.items()}
    assert {where: found for where, found in seen.items() if found} == {}

    for one in Content.objects.all():
        answers = json.loads(one.answers)
        assert sealed.unseal(answers["house/name"], key) == "MARKERNAME"
        assert [sealed.unseal(row["person/phone"], key) for row in answers["person"]] == ["0787654321", "0711223344"]
    photos = [one for one in Attachment.objects.all() if one.name != "audit.csv"]
    assert len(photos) == 2  # the repeat added none
    for photo in photos:
        told = sealed.unseal_file((site / "raw" / photo.sha256).read_bytes(), key)
        assert told[0] == PHOTO
        assert b"MARKERFACE" in told[1]
    assert {round(one.latitude or 0, 6) for one in Submission.objects.all()} == {-6.795724}


def test_the_search_would_find_a_marker(organisation: Organisation, site: Path) -> None:
    form, _key = protected(organisation)
    receive(organisation, filled("uuid:2"), form=form)
    text = b"".join(everything(site).values())
    assert all(marker.encode() in text for marker in ("MARKERNAME", "0787654321", LATITUDE))


def test_a_repeat_after_a_form_was_protected_is_not_kept_twice(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=("house/name",))
    seals, form.sealed = form.sealed, []
    assert receive(organisation, filled("uuid:2"), form=form).state == "new"
    form.sealed, form.coarse = seals, {"gps": 1000, "begin": 1000, "plot": 1000}
    assert receive(organisation, filled("uuid:2"), form=form).state == "repeat"
    other = filled("uuid:2").replace(b"well &amp; tap", b"river")
    assert receive(organisation, other, form=form).state == "other-content"
    assert receive(organisation, other, form=form).state == "repeat"


def test_what_was_withdrawn_does_not_come_back_from_a_phone(organisation: Organisation, site: Path) -> None:
    form, _key = protected(organisation)
    known(organisation, form)
    first = receive(organisation, filled("uuid:2"), [File(PHOTO, b"\xff\xd8 MARKERFACE")], channel="browser", form=form)
    assert first.receipt is not None
    assert withdraw(first.receipt) == 1
    for xml in (filled("uuid:2"), filled("uuid:2").replace(b"well", b"river")):
        assert Phone().send(xml, (PHOTO, b"\xff\xd8 MARKERFACE")).status_code == 202
    text = b"".join(everything(site).values())
    assert not any(marker.encode() in text for marker in MARKERS)
