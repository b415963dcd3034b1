"""Columns of paradata are known by their names in four languages and by what stands in them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from datashift.harmonise import suggest
from datashift.model import Origin, Paradata, Raw
from datashift.read import read
from datashift.standards.kits import parse_recipe, shipped_kit
from datashift.standards.paradata import NAMES, guess, known_as, noticed, sampled

MOMENTS = [f"2024-03-0{i + 1}T10:0{i}:00.000+03:00" for i in range(8)]
LATER = [f"2024-03-0{i + 1}T10:4{i}:00.000+03:00" for i in range(8)]
PEOPLE = ["A", "B", "C", "A", "B", "C", "A", "B"]
AGES = ["34", "51", "18", "22", "67", "45", "39", "28"]


def of(columns):
    return guess(list(columns), columns)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (  # KoBo
            {"start": MOMENTS, "end": LATER, "deviceid": PEOPLE, "_submission_time": LATER, "__version__": ["v1"] * 8,
             "_uuid": AGES, "username": PEOPLE, "_location_precision": AGES},
            {"start": "start", "end": "end", "device": "deviceid", "submitted": "_submission_time",
             "version": "__version__", "enumerator": "username", "accuracy": "_location_precision"},
        ),
        (  # ODK Central
            {"SubmissionDate": LATER, "meta-instanceID": AGES, "start": MOMENTS, "SubmitterName": PEOPLE,
             "DeviceID": PEOPLE, "FormVersion": ["3"] * 8},
            {"submitted": "SubmissionDate", "start": "start", "enumerator": "SubmitterName", "device": "DeviceID",
             "version": "FormVersion"},
        ),
        (  # CommCare
            {"form.meta.timeStart": MOMENTS, "form.meta.timeEnd": LATER, "received_on": LATER,
             "form.meta.deviceID": PEOPLE, "form.meta.username": PEOPLE},
            {"start": "form.meta.timeStart", "end": "form.meta.timeEnd", "received": "received_on",
             "device": "form.meta.deviceID", "enumerator": "form.meta.username"},
        ),
        (  # groups, and what R makes of names
            {"X.U.FEFF.start": MOMENTS, "intro/consent": ["yes"] * 8, "X_submission_time": LATER,
             "enumerator_num": PEOPLE, "age_respondent_r": AGES, "num_hh_member": AGES},
            {"start": "X.U.FEFF.start", "consent": "intro/consent", "submitted": "X_submission_time",
             "enumerator": "enumerator_num", "age": "age_respondent_r", "household": "num_hh_member"},
        ),
        (
            {"Hora de inicio": MOMENTS, "Encuestador(a)": PEOPLE, "Edad": AGES, "Sexo": ["m", "f"] * 4,
             "Personas del hogar": AGES, "Consentimiento": ["sí"] * 8},
            {"start": "Hora de inicio", "enumerator": "Encuestador(a)", "age": "Edad", "sex": "Sexo",
             "household": "Personas del hogar", "consent": "Consentimiento"},
        ),
        (
            {"Muda wa kuanza": MOMENTS, "Jina la mhojaji": PEOPLE, "Umri": AGES, "Jinsia": ["me", "ke"] * 4,
             "Ridhaa": ["ndiyo"] * 8, "Msimamizi": PEOPLE},
            {"start": "Muda wa kuanza", "enumerator": "Jina la mhojaji", "age": "Umri", "sex": "Jinsia",
             "consent": "Ridhaa", "supervisor": "Msimamizi"},
        ),
        (
            {"सुरु समय": MOMENTS, "गणकको नाम": PEOPLE, "गणक": PEOPLE, "उमेर": AGES, "लिङ्ग": ["पुरुष", "महिला"] * 4,
             "सहमति": ["हो"] * 8},
            {"start": "सुरु समय", "enumerator": "गणक", "age": "उमेर", "sex": "लिङ्ग", "consent": "सहमति"},
        ),
    ],
    ids=["KoBo", "ODK", "CommCare", "groups", "es", "sw", "ne"],
)  # fmt: skip
def test_columns_are_known_by_the_names_of_tools_and_languages(columns, expected):
    stated = of(columns)
    found = {name: value for name, value in stated.model_dump(exclude_defaults=True).items() if name != "comments"}
    assert found == expected


def test_the_moments_of_surveycto_are_read():
    moments = ["Mar 3, 2024 4:51:22 PM", "Mar 4, 2024 9:02:10 AM"] * 4
    stated = of({"starttime": moments, "endtime": moments, "SubmissionDate": moments, "formdef_version": ["2403"] * 8})
    assert (stated.start, stated.end, stated.submitted) == ("starttime", "endtime", "SubmissionDate")
    assert stated.format == "%b %d, %Y %I:%M:%S %p"
    assert stated.version == "formdef_version"


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("start", ["yes", "no"] * 4),
        ("end", ["of the road"] * 8),
        ("age", ["1957-03-04"] * 8),
        ("enumerator", ["the same"] * 8),
        ("enumerator", AGES),
        ("household_size", ["450000"] * 8),
        ("accuracy", ["good"] * 8),
        ("consent", AGES),
        ("start", [""] * 8),
    ],
)
def test_a_name_alone_is_not_enough(name, answers):
    assert of({name: answers}).columns == ()


@pytest.mark.parametrize(
    "name", ["started_school", "weekend", "age_of_well", "sexual_health", "percentage", "device_cost"]
)
def test_a_word_inside_another_is_no_role(name):
    words = [word for words in NAMES.values() for word in words]
    assert known_as([name], words) == []


def test_a_column_has_one_role_and_a_role_one_column():
    found = noticed(["interviewer", "enumerator"], {"interviewer": PEOPLE, "enumerator": PEOPLE})
    assert [(one.role, one.column) for one in found] == [("enumerator", "enumerator")]


def test_every_role_is_one_of_the_paradata_and_every_name_has_one_role():
    assert set(NAMES) <= set(Paradata.model_fields)
    words = [word for words in NAMES.values() for word in words]
    assert len(words) == len(set(words))


def test_samples_are_spread_over_the_whole_table():
    table = pa.table({"_row": range(2, 100_002), "a": [str(i) for i in range(100_000)]})
    found = sampled(table)
    assert list(found) == ["a"]
    assert 1000 <= len(found["a"]) <= 2000
    assert int(found["a"][-1]) > 99_000


def test_nothing_is_found_in_nothing():
    assert guess([], {}).columns == ()
    assert guess(["start"], {}).columns == ()
    assert sampled(pa.table({"_row": pa.array([], pa.int64()), "a": pa.array([], pa.string())})) == {"a": []}


@pytest.mark.shared
def test_the_file_of_reach_is_known(shared):
    table = read(shared / "cgd/irq_reach_kobo/raw_data.csv.gz").table
    samples = sampled(table)
    stated = guess(list(samples), samples)
    assert stated.model_dump(exclude_defaults=True) == {
        "start": "X.U.FEFF.start", "end": "end", "submitted": "X_submission_time", "enumerator": "enumerator_num",
        "device": "deviceid", "consent": "consent_remote", "age": "age_respondent_r", "household": "num_hh_member",
    }  # fmt: skip


def test_a_suggested_recipe_names_the_paradata_with_reasons() -> None:
    columns = {
        "Encuestador(a)": PEOPLE * 3, "starttime": ["Mar 3, 2024 4:51:22 PM", "Mar 4, 2024 9:02:10 AM"] * 12,
        "estado": ["funciona", "averiado"] * 12, "tipo": ["bomba manual"] * 24, "observaciones": ["-", "bien"] * 12,
    }  # fmt: skip
    table = pa.table({"_row": list(range(2, 26)), **columns})
    kits = [shipped_kit("water-point-functionality")]
    text = suggest(Raw(table, Origin("pozos.csv", "0" * 64, 1, "csv")), kits, {}, country="NP").recipe
    stated = parse_recipe(text, "suggested.toml").paradata
    assert (stated.enumerator, stated.start, stated.comments) == ("Encuestador(a)", "starttime", ("observaciones",))
    assert stated.format == "%b %d, %Y %I:%M:%S %p"
    assert 'enumerator = "Encuestador(a)"  # ' in text
