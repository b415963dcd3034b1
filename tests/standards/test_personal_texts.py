import io
import logging

import pyarrow as pa
import pytest

from datashift.errors import PersonalWords
from datashift.protect import scan
from datashift.standards.personal_tables import counted, propose_in, redact_in
from datashift.standards.personal_texts import MARKS, Span, propose, redact, require_none


def seen(text):
    return [(one.kind, text[one.start : one.end]) for one in propose(text)]


@pytest.mark.parametrize(
    ("text", "kind", "stretch"),
    [
        ("My name is Zelphine Harrowgate.", "name", "Zelphine Harrowgate"),
        ("my name is zelphine harrowgate and we wait", "name", "zelphine harrowgate"),
        ("Please ask for Johny at the gate", "name", "Johny"),
        ("Me llamo Nahiara Quintrel.", "name", "Nahiara Quintrel"),
        ("La bomba la arregló Facundo el lunes", "name", "Facundo"),
        ("Jina langu ni Masalu Lupilya.", "name", "Masalu Lupilya"),
        ("Naitwa Mwajuma, nyumba yetu imebomoka", "name", "Mwajuma"),
        ("मेरो नाम राम बहादुर थापा हो", "name", "राम बहादुर थापा"),
        ("श्री ऋतिक्षा लाई सोध्नुहोस्", "name", "ऋतिक्षा"),
        ("Mwen rele Odette, kay mwen kraze", "name", "Odette"),
        ("Bonjour je suis Philippe Lamartin", "name", "Philippe Lamartin"),
        ("call me on 3558-1578 please", "phone", "3558-1578"),
        ("tel: 39 03 51 64", "phone", "39 03 51 64"),
        ("Piga simu 0712 345 678", "phone", "0712 345 678"),
        ("फोन ९८४१२३४५६७ मा", "phone", "९८४१२३४५६७"),
        ("My ID number is 23456789", "id number", "ID number is 23456789"),
        ("CUIL 20123456786", "id number", "20123456786"),
        ("PIN A012345678Z", "id number", "A012345678Z"),
        ("नागरिकता नं २७-०१-७२-०१२३४", "id number", "२७-०१-७२-०१२३४"),
        ("cin: 01-02-99-1973-07-00004", "id number", "01-02-99-1973-07-00004"),
        ("it is at 18.5873, -72.3061 now", "coordinates", "18.5873, -72.3061"),
        ("18°35'36.24\"N, 72°16'40.37\"W", "coordinates", "18°35'36.24\"N, 72°16'40.37\"W"),
        ("Vivo en calle Belgrano 1234", "address", "calle Belgrano 1234"),
        ("nan 243 Avenue Magloire", "address", "243 Avenue Magloire"),
        ("घर नं. १२ मा बस्छु", "address", "घर नं. १२"),
        ("write to person@example.net", "e-mail", "person@example.net"),
    ],
)
def test_personal_data_are_seen_where_they_stand(text, kind, stretch):
    found = seen(text)
    assert [one for one, _words in found] == [kind]
    assert found[0][1] in stretch or stretch in found[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "Food and water needed at Delmas 75. We are 500 people.",
        "The borehole at Chalinze gave 1200 litres a day in 2019.",
        "Somos 340 familias en el barrio San Martín, sin agua.",
        "Kisima cha Mtakuja kilitoa lita 1,200 mwaka 2019.",
        "२०७५ सालमा धाराले दिनको १२०० लिटर दिन्थ्यो।",
        "Call me at the number 0000-0000",
        "Mwen se yon viktim nan Leogane",
        "I am hungry and my house is gone",
        "Rue Jean Charles, near Saint Michel school",
        "",
    ],
)
def test_ordinary_reports_and_masked_numbers_give_nothing(text):
    assert seen(text) == []


@pytest.mark.parametrize("address", ["juma0@example.org", "x.q00@example.org"])
def test_an_e_mail_whose_only_digits_are_noughts_is_an_e_mail(address):
    assert propose(f"Write to {address} today") == (Span(9, 9 + len(address), "e-mail"),)


def test_redaction_puts_a_mark_in_the_place_of_what_was_confirmed_and_of_nothing_else():
    text = "Naitwa Juma Hamisi, simu 0712 345 678."
    name, phone = propose(text)
    assert redact(text, [name, phone]) == "Naitwa [name], simu [phone]."
    assert redact(text, [phone]) == "Naitwa Juma Hamisi, simu [phone]."
    assert redact(text, []) == text
    assert all(one.mark == MARKS[one.kind] for one in (name, phone))


def test_what_is_redacted_is_not_proposed_again():
    text = "My name is Grace Akinyi, phone 0712 345 678, 12 Kenyatta Avenue, -1.28333, 36.81667"
    assert propose(redact(text, propose(text))) == ()


def test_overlapping_spans_become_one_mark():
    assert redact("abcdef", [Span(1, 4, "name"), Span(2, 5, "phone")]) == "a[name]f"


@pytest.mark.parametrize("span", [Span(3, 3, "name"), Span(-1, 2, "name"), Span(2, 9, "name")])
def test_a_span_outside_its_text_is_refused(span):
    with pytest.raises(ValueError, match="does not lie"):
        redact("abcdef", [span])


@pytest.fixture
def table():
    return pa.table(
        {
            "id": [1, 2, 3],
            "note": ["Naitwa Juma Hamisi", None, "phone 0712 345 678 or 0713 345 678"],
            "area": ["Dodoma", "Mbeya", "Dodoma"],
        }
    )


def test_a_table_gives_proposals_by_column_and_row_and_comes_back_redacted(table):
    found = propose_in(table)
    assert [(one.column, one.row, one.span.kind) for one in found] == [
        ("note", 1, "name"), ("note", 3, "phone"), ("note", 3, "phone"),
    ]  # fmt: skip
    after = redact_in(table, found)
    assert after["note"].to_pylist() == ["Naitwa [name]", None, "phone [phone] or [phone]"]
    assert after.drop_columns("note").equals(table.drop_columns("note"))


def test_counts_are_of_rows_and_hold_no_word(table):
    assert counted(propose_in(table)) == {"note": {"name": 1, "phone": 1}}


def test_a_proposal_is_refused_for_another_text_than_that_in_which_it_was_seen(table):
    found = propose_in(table)
    other = table.set_column(1, "note", pa.array(["Naitwa Juma", None, "phone"]))
    with pytest.raises(ValueError, match="is not the text"):
        redact_in(other, found)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Call 0712 345 678", "phone"),
        ("Escriba a persona@example.net", "e-mail"),
        ("Kitambulisho 20010101-12345-12345-12", "id number"),
        ("नागरिकता नं २७-०१-७२-०१२३४", "id number"),
        ("-17.3910, 33.4845", "coordinates"),
    ],
)
def test_words_for_everybody_never_hold_a_phone_or_the_like_whoever_confirms(text, kinds):
    with pytest.raises(PersonalWords) as refused:
        require_none("An ordinary title", text, confirmed=True)
    assert refused.value.code == "words.personal"
    assert refused.value.facts["kinds"] == kinds


@pytest.mark.parametrize(
    "text", ["My name is Zelphine Harrowgate.", "Me llamo Nahiara Quintrel.", "Naitwa Masalu", "मेरो नाम राम थापा हो"]
)
def test_a_name_among_words_for_everybody_is_asked_about_once(text):
    with pytest.raises(PersonalWords) as refused:
        require_none(text)
    assert refused.value.code == "words.to-confirm"
    assert text not in str(refused.value)
    require_none(text, confirmed=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The pump was out of order while we counted.",
        "La bomba no funcionaba mientras contábamos.",
        "Pampu haikufanya kazi tulipohesabu.",
        "हामीले गन्दा पम्प बिग्रिएको थियो।",
    ],
)
def test_ordinary_words_pass(text):
    require_none(text)


def test_nothing_that_was_found_stands_in_a_refusal_or_a_log(table):
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(ValueError, match="row 1") as refused:
            redact_in(table.set_column(1, "note", pa.array(["Juma", "", ""])), propose_in(table))
    finally:
        logging.getLogger().removeHandler(handler)
    said = f"{refused.value}{heard.getvalue()}{propose_in(table)}"
    assert not any(word in said for word in ("Juma", "Hamisi", "0712"))


def test_the_scan_at_the_gate_knows_the_new_numbers():
    assert scan("A012345678Z") == ["id number"]
    assert scan("01-02-99-1973-07-00004") == ["id number"]
