"""What a form seals stands nowhere in plain words once it was written, and opens with the key of the organisation."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protected_forms import ANSWERS, as_answers, homes, protected

from datashift import sealed
from datashift.errors import BadProtection, BadXForm
from datashift.sealed import Where
from datashift.web.fieldwork.coarsening import coarse_positions
from datashift.web.fieldwork.leaves import Leaf, leaves, rewritten
from datashift.web.fieldwork.models import Form, SealKey
from datashift.web.fieldwork.sealing import (
    as_recognised,
    clean_audit,
    says_the_same,
    seal_fields,
    seal_file,
    sealed_files,
    stored_name,
)
from datashift.web.people.models import Organisation

SEALS = ("house/name", "house/greeting", "house/longer", "person/phone", "photo")
IDENTITY = "uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


def test_named_fields_are_sealed_in_xml_and_answers_in_repeats_too(organisation: Organisation) -> None:
    form, key = protected(organisation, sealed_paths=SEALS)
    xml, answers = seal_fields(form, homes(), as_answers())
    for words in (*ANSWERS.values(), "1700000000000.jpg"):
        assert words.encode() not in xml
        assert words not in str(answers)
    told = {leaf.place: leaf.text for leaf in leaves(xml)}
    assert sealed.unseal(told["house/name"], key) == ANSWERS["name"]
    assert sealed.unseal(told["house/longer"], key) == f"Hello {ANSWERS['name']}!"
    assert sealed.unseal(answers["person"][1]["person/phone"], key) == ANSWERS["second"]
    where = Where("homes", IDENTITY, "person[2]/phone")
    assert sealed.unseal(told["person[2]/phone"], key, where) == ANSWERS["second"]
    assert told["person[2]/phone"] == answers["person"][1]["person/phone"]
    assert sealed.unseal(answers["meta/instanceName"], key).startswith("Wanjiku")


def test_everything_else_stays_byte_for_byte(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=SEALS)
    xml, answers = seal_fields(form, homes(), as_answers())
    assert re.sub(rb"sealed:v1:[\w:-]+", b"", xml) == re.sub(
        rb">(Wanjiku[^<]*|Hello[^<]*|<!\[CDATA\[.*?\]\]>|07[^<]*|17000000[^<]*)<", b"><", homes()
    )
    assert answers["water"] == "well & tap"
    assert [row["person/age"] for row in answers["person"]] == ["30", "4"]


def test_a_group_that_is_sealed_seals_all_that_lies_in_it(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=("/house/", "person"))
    xml, answers = seal_fields(form, homes(), as_answers())
    assert all(sealed.is_sealed(row["person/age"]) for row in answers["person"])
    assert sealed.is_sealed(answers["house/name"])
    assert b"Wanjiku" not in xml


def test_rows_of_repeats_with_short_names_are_sealed_too(organisation: Organisation) -> None:
    form, key = protected(organisation, sealed_paths=("person/phone",))
    _xml, answers = seal_fields(form, homes(), {"person": [{"phone": "1"}, {"phone": "2"}]})
    assert [sealed.unseal(row["phone"], key) for row in answers["person"]] == ["1", "2"]


def test_an_empty_answer_stays_empty_and_a_form_without_seals_changes_nothing(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=SEALS)
    assert seal_fields(form, b"<data><house><name/></house></data>", {"house/name": ""}) == (
        b"<data><house><name/></house></data>", {"house/name": ""}
    )  # fmt: skip
    form.sealed = []
    assert seal_fields(form, homes(), as_answers()) == (homes(), as_answers())


def test_a_form_that_seals_without_a_key_lets_nothing_pass(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=SEALS)
    form.seal_key = None
    with pytest.raises(BadProtection):
        seal_fields(form, homes(), as_answers())


def test_to_seal_twice_changes_nothing_but_a_disguise_is_sealed(organisation: Organisation) -> None:
    form, key = protected(organisation, sealed_paths=SEALS)
    once = seal_fields(form, homes(), as_answers())
    assert seal_fields(form, *once) == once
    fake = "sealed:v1:eA:my-name-is-Amina"
    _xml, answers = seal_fields(form, homes(), {"house/name": fake})
    assert sealed.unseal(answers["house/name"], key) == fake


def test_a_repeat_is_recognised_without_what_is_sealed(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=SEALS, coarse={"gps": 1000})
    assert as_recognised(form, homes()) == as_recognised(form, homes())
    assert as_recognised(form, homes()) == as_recognised(form, homes(name="Somebody Else", phone="1"))
    assert as_recognised(form, homes()) != as_recognised(form, homes(identity="uuid:2"))
    assert b"Wanjiku" not in as_recognised(form, homes())
    assert b"-6.792354" not in as_recognised(form, homes()).split(b"<plot>")[0]


def test_files_of_sealed_fields_are_sealed_under_a_name_that_stays(organisation: Organisation) -> None:
    form, key = protected(organisation, sealed_paths=SEALS)
    named = sealed_files(form, as_answers())
    assert named["1700000000000.jpg"] == "photo"
    made = seal_file(form, IDENTITY, "photo", "1700000000000.jpg", b"\xff\xd8 a face")
    assert b"a face" not in made
    assert b"17000" not in made
    assert sealed.unseal_file(made, key) == ("1700000000000.jpg", b"\xff\xd8 a face")
    name = stored_name(form, IDENTITY, "passport of Wanjiku.pdf")
    assert name == stored_name(form, IDENTITY, "passport of Wanjiku.pdf")
    assert name != stored_name(form, "uuid:2", "passport of Wanjiku.pdf")
    assert "Wanjiku" not in name


def test_an_audit_loses_positions_and_the_answers_to_sealed_fields(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=SEALS, coarse={"gps": 1000})
    audit = (
        "event,node,start,end,latitude,longitude,accuracy,old-value,new-value\n"
        "question,/data/water,1,2,-6.7923,39.2083,4.9,well,tap\n"
        "question,/data/person[2]/phone,1,2,-6.7923,39.2083,4.9,,0733 999 888\n"
        'question,/data/house/name,1,2,-6.7923,39.2083,4.9,"Wanjiku, O.",Wanjiku\n'
        "question,/data/gps,1,2,-6.7923,39.2083,4.9,,-6.792354 39.2\n"
        "form exit,,1,2,-6.7923,39.2083,4.9,,\n"
    )
    assert clean_audit(form, audit.encode()).decode() == (
        "event,node,start,end,old-value,new-value\nquestion,/data/water,1,2,well,tap\n"
        "question,/data/person[2]/phone,1,2,,\nquestion,/data/house/name,1,2,,\nquestion,/data/gps,1,2,,\n"
        "form exit,,1,2,,\n"
    )
    form.sealed, form.coarse = [], {}
    assert clean_audit(form, audit.encode()) == audit.encode()


@given(WORDS, WORDS)
def test_any_words_are_sealed_wherever_they_stand_in_the_xml(name: str, water: str) -> None:
    made = sealed.new_keys()
    form = Form(form_id="homes", sealed=["house/name"], seal_key=SealKey(public=made.public))
    data = ElementTree.Element("data")
    house = ElementTree.SubElement(data, "house")
    ElementTree.SubElement(house, "name").text = name
    ElementTree.SubElement(data, "water").text = water
    xml, _answers = seal_fields(form, ElementTree.tostring(data, "utf-8"), {})
    read = ElementTree.fromstring(xml)
    assert read.findtext("water") == water
    told = read.findtext("house/name") or ""
    assert told == name if not name.strip() else sealed.unseal(told, sealed.read_key(made.private)) == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_xml_in_other_encodings_is_sealed_as_well(encoding: str) -> None:
    said = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><data><a>José</a><b>é</b></data>'
    made = rewritten(said.encode(encoding), lambda leaf: "x" if leaf.path == "a" else leaf.text)
    assert list(leaves(made)) == [Leaf("a", "a", "x"), Leaf("b", "b", "é")]


@pytest.mark.parametrize("xml", [b"", b"<data>", b"no xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_xml_is_refused_in_plain_words(xml: bytes) -> None:
    with pytest.raises(BadXForm):
        rewritten(xml, lambda leaf: leaf.text)


def test_a_repeat_after_the_form_was_protected_otherwise_is_known_as_one(organisation: Organisation) -> None:
    form, _key = protected(organisation, sealed_paths=SEALS)
    seals, form.sealed = form.sealed, []
    open_one = homes()
    form.sealed, form.coarse = seals, {"gps": 1000, "plot": 1000, "begin": 1000}

    def kept(xml: bytes) -> bytes:
        return seal_fields(form, coarse_positions(form, xml, {})[0], {})[0]

    assert says_the_same(form, open_one, kept(homes()))
    assert says_the_same(form, kept(homes()), kept(homes()))
    assert not says_the_same(form, open_one, kept(homes().replace(b"well &amp; tap", b"well")))
    assert not says_the_same(form, kept(homes()), kept(homes().replace(b"<gps>-6.792354", b"<gps>-7.123456")))
