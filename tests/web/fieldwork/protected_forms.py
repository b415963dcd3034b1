"""A form that seals and coarsens, and a filled-in one, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from datashift import sealed
from datashift.web.fieldwork.models import Form, FormVersion, SealKey
from datashift.web.people.models import Organisation

XFORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms">
<h:head><h:title>Homes</h:title><model>
<itext><translation lang="English (en)"><text id="/data/house/name:label"><value>Your name</value></text></translation>
<translation lang="Kiswahili (sw)"><text id="/data/house/name:label"><value>Jina lako</value></text></translation>
</itext>
<instance><data id="homes" version="1"><begin/><water/><house><name/><greeting/><longer/></house>
<person jr:template=""><phone/><age/></person><gps/><plot/><photo/><latitude/>
<meta><instanceID/><instanceName/></meta></data></instance>
<bind nodeset="/data/begin" type="geopoint"/><bind nodeset="/data/water" type="string"/>
<bind nodeset="/data/house/name" type="string"/>
<bind nodeset="/data/house/greeting" type="string" calculate="concat('Hello ',  /data/house/name )"/>
<bind nodeset="/data/house/longer" type="string" calculate="concat(../greeting, '!')"/>
<bind nodeset="/data/person/phone" type="string"/><bind nodeset="/data/person/age" type="int"/>
<bind nodeset="/data/gps" type="geopoint"/><bind nodeset="/data/plot" type="geoshape"/>
<bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/latitude" type="string" calculate="selected-at( /data/gps , 0)"/>
<odk:setgeopoint event="odk-instance-first-load" ref="/data/begin"/>
</model></h:head><h:body>
<input ref="/data/water"><label>Water</label></input>
<input ref="/data/house/name"><label ref="jr:itext('/data/house/name:label')"/></input>
<input ref="/data/person/phone"><label>Phone number</label></input>
</h:body></h:html>"""

ANSWERS: Mapping[str, str] = {"name": "Wanjiku Otieno", "phone": "0712 345 678", "second": "0733 999 888"}
LATITUDE, LONGITUDE = "-6.792354", "39.208328"
POINT = f"{LATITUDE} {LONGITUDE}"


def homes(identity: str = "uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed", **other: str) -> bytes:
    """Return a filled-in form, with a comment, a CDATA section and signs that XML escapes."""
    said = {**ANSWERS, **other}
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<data xmlns:orx="http://openrosa.org/xforms" id="homes" version="1"><begin>-6.792101 39.208444 12.5 4.8</begin>
<water>well &amp; tap</water><!-- kept --><house><name>{said["name"]}</name><greeting>Hello {said["name"]}</greeting>
<longer><![CDATA[Hello {said["name"]}!]]></longer></house>
<person><phone>{said["phone"]}</phone><age>30</age></person><person><phone>{said["second"]}</phone><age>4</age></person>
<gps>{LATITUDE} {LONGITUDE} 12.0 3.9</gps>
<plot>{LATITUDE} {LONGITUDE} 0 0;-6.792400 39.208400 0 0;-6.812345 39.208400 0 0;{LATITUDE} {LONGITUDE} 0 0</plot>
<photo>1700000000000.jpg</photo><latitude>{LATITUDE}</latitude>
<orx:meta><orx:instanceID>{identity}</orx:instanceID><orx:instanceName>{said["name"]} {LATITUDE}</orx:instanceName>
</orx:meta></data>""".encode()


def as_answers(**other: str) -> dict[str, Any]:
    """Return the same as answers."""
    said = {**ANSWERS, **other}
    return {
        "begin": "-6.792101 39.208444 12.5 4.8", "water": "well & tap", "house/name": said["name"],
        "house/greeting": f"Hello {said['name']}", "house/longer": f"Hello {said['name']}!",
        "person": [{"person/phone": said["phone"], "person/age": "30"},
                   {"person/phone": said["second"], "person/age": "4"}],
        "gps": f"{LATITUDE} {LONGITUDE} 12.0 3.9", "photo": "1700000000000.jpg", "latitude": LATITUDE,
        "plot": f"{POINT} 0 0;-6.792400 39.208400 0 0;-6.812345 39.208400 0 0;{POINT} 0 0",
        "meta/instanceName": f"{said['name']} {LATITUDE}",
    }  # fmt: skip


def protected(
    organisation: Organisation,
    *,
    sealed_paths: tuple[str, ...] = (),
    coarse: Mapping[str, int] | None = None,
    **said: Any,
) -> tuple[Form, X25519PrivateKey]:
    """Return a published form that seals and coarsens, and the private key."""
    made = sealed.new_keys()
    key = SealKey.objects.create(organisation=organisation, public=made.public) if sealed_paths else None
    form = Form.objects.create(
        organisation=organisation, form_id="homes", title="Homes", state="published", sealed=list(sealed_paths),
        seal_key=key, coarse=dict(coarse or {}), **said,
    )  # fmt: skip
    FormVersion.objects.create(form=form, number=1, version="1", xform=XFORM, published=form.created)
    return form, sealed.read_key(made.private)
