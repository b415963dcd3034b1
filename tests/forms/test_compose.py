"""A form composed from a kit asks what the kit needs, of those it concerns, in four languages."""

from xml.etree import ElementTree

from pyxform.xls2xform import convert

from datashift.forms.compose import asked_concepts, compose
from datashift.standards.kits import parse_kit

FOUR = '{{ en = "{0}", es = "{0}", sw = "{0}", ne = "{0}" }}'
TEXT = f"""
id = "made-up"
version = "1.2.0"
title = {FOUR.format("Made up")}
description = {FOUR.format("x")}
indicator = "0"
relation = "local"
relation_note = {FOUR.format("x")}
form = "form.md"
measures = []

[universe]
unit = {FOUR.format("person")}
text = {FOUR.format("x")}
people = true
eligible = {FOUR.format("How many adults?")}

[codelists.yes_no]
yes = {{ label = {FOUR.format("Yes | of course")} }}
no = {{ label = {FOUR.format("No")} }}

[concepts.used]
label = {FOUR.format("Used")}
question = {FOUR.format("Did you use it?")}
codelist = "yes_no"

[concepts.paid]
label = {FOUR.format("Paid")}
question = {FOUR.format("Did you pay?")}
hint = {FOUR.format("Only you.")}
codelist = "yes_no"
asked_if = {{ used = ["yes"] }}

[concepts.amount]
label = {FOUR.format("Amount")}
question = {FOUR.format("How much?")}
kind = "number"
least = 0
most = 1000.5
decimals = true
asked_if = {{ paid = ["yes", "no"], used = ["yes"] }}

[concepts.much]
label = {FOUR.format("Much")}
codelist = "yes_no"
rules = [{{ code = "yes", when = {{ amount = {{ above = 10 }} }} }}, {{ code = "no" }}]
"""
KIT = parse_kit(TEXT, "kit.toml")


def binds() -> dict[str, dict[str, str]]:
    form = convert(compose(KIT), file_type=".md")
    assert form.warnings == []
    found = ElementTree.fromstring(form.xform).iter("{http://www.w3.org/2002/xforms}bind")
    return {bind.attrib["nodeset"].removeprefix("/data/"): dict(bind.attrib) for bind in found}


def test_what_is_derived_is_not_asked() -> None:
    assert asked_concepts(KIT) == ["used", "paid", "amount"]
    assert "much" not in binds()


def test_a_question_is_asked_only_after_consent_and_where_it_applies() -> None:
    found = binds()
    assert found["used"]["relevant"].split() == ["/data/consent", "=", "'yes'"]
    assert " ".join(found["paid"]["relevant"].split()) == "/data/consent = 'yes' and /data/used = 'yes'"
    assert "( /data/paid = 'yes' or /data/paid = 'no')" in " ".join(found["amount"]["relevant"].split())


def test_numbers_have_their_bounds_and_their_kind() -> None:
    found = binds()
    assert found["amount"]["type"] == "decimal"
    assert found["amount"]["constraint"] == ". >= 0 and . <= 1000.5"


def test_people_are_asked_for_consent_and_their_position_is_not_taken() -> None:
    assert "consent" in binds()
    assert "location" not in binds()
    things = KIT.model_copy(update={"universe": KIT.universe.model_copy(update={"people": False, "eligible": {}})})
    text = compose(things)
    assert "geopoint" in text
    assert "consent" not in text


def test_one_person_of_several_weighs_for_all_of_them() -> None:
    assert "/data/cluster_weight * /data/eligible" in " ".join(binds()["weight"]["calculate"].split())


def test_a_bar_in_a_text_does_not_break_the_table() -> None:
    form = convert(compose(KIT), file_type=".md")
    assert "Yes | of course" in form.xform
