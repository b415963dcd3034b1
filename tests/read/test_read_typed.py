"""Parquet, SPSS and Stata as text."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import io
import json
import struct
import zlib
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datashift.errors import Unreadable
from datashift.model import Raw
from datashift.read import read_bytes, typed


def unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))


# Three simulated rows written once by pyreadstat: id 007, 1 and blank; a labelled yes, no; b labelled in part (SPSS) or
# in full (Stata), with 9 = refused declared as missing in SPSS; a day, a time and a number with many digits.
SAV = unpacked(
    "c-m8O^D%PJP}Wok4hRlbaB&QARB-"
    "e3aaGV&$S5f(D7MnqPtPpLC{5B!&d=2k&#X!;O7Trh)(=WeObISYEKy)$U|?WlKmcYqE7HNpNWm|^Ou@*^(8S8b#LCD_fkFT@l?l"
    "ZT5Qh<rJzXG5n4rRpP@0K@6^tFBMz90Ld=isVa}*rmYT@dE>Oj~DVI2@CIUuV818xy8c5#eEu@eqN#K1U2K>@2g%uQ}kd1k1;AmD"
    ">Nb7g8V!hQw^ro4QxIu@uqVPSxxCqFM0+0E=lscEIfsVOi$Aoc7}8YIR6awd|S{sRFclKC(HLe#_5GDFq;|Ns6!l&=2=<+DT00_g"
    ">YAVX+~o2~^&kQ-`%5Y!S5Bnvr^B8e0>$Xs41TNa2tU2HQ`I2~;hIh|~iIDt`Oo03?`8Dd+)>1LY-QY-"
    "+~%!FhZECoG>G7JpNkz)LVJrZ58{1BTH1B1pz_RXA5vu1+8PJ2U?6vE(uME?li!U<RJ(6hBdcD<+zECItp5Ee@aK16*e7+kdn0D}"
    "^WU;"
)
ZSAV = unpacked(
    "c-m8O^D%bNP}Wok4hRlbaB&QARB-"
    "e3aaGV&$S5f(D7MnqPtPpLC{5B!&d=2k&#X!;O7Trh)(=WeObISYEKy)$U|?VaVh{}i%nUFP>0o4};Fn*fU}R=!Vr61tWn`v6A%N"
    "P0umi+l1Y=JZh!Q3SRKUc+3dW8K*yS03av<!4OP*T<j9nZfvCE5yfpLfee*4{^^6XIevw*AyX-"
    "87~9|(ZHVPJ&%^W|R#26iO1%uqG||G)narR)De`Rq`$Kze~bVh9a!)3pEzazhOeg83KO?@$e-"
    "vO(tZLfNuF?CD~gnZoI4o5<;8o5TqWD%+IAO3o155>7YUG>~EesAeW4!(g%a9Lnf|2HiI(Z2*<8nDcw~tY6>X$Fs39GZ(W8BqStg"
    "MAUVh?QC>>tn@q0Z+WD#W5V*k_qUjAuyST)ov};)VYJ1=S29)G!cMFcFa7!5{`>#?`|BkV9xY5LxGKkR@0_~d9BBB#L*j!y*j+F;"
    "EP~P*KpX<Z07(Ca&;"
)
DTA = unpacked(
    "c-rk)ziZqu6jstUG((^XbP9!AZYf-"
    "4n<FLVp*u<`g)6s&&d0N@GzQ=Kkd+@thhz(cWb4vS{R0Y}TIkj>d&nNhKalCjQc}s1?~)WU+z<!i&zSE?deVD(=E;&El_;?jN@TF"
    "cG30`Q;4#OPGuK@Pnis$yNS+9-@P6ej&~Xu3Y=#g5w8fy!9uNbdZ3Z#=JZ8FJB#=>;D~sJeoA<m*JK3msj<-"
    "~C>#yo{pyO7cxiektGdm>tW_fYS@H@-"
    "FL&Kjf|9xcm`K;liCx(ZXx8@D+S`HTs_ZM>CwN=<a5uqRRjvVxPs%AF4IKLQX5729kTDgbHeHMkJSYW~SiC?q>Ar6XlKo%W=)uJ8"
    "962v3~q=}GmluCAUhmjhrCZdZnW!2hpI+69N>%4G2PSnwxu%nzX?W-"
    "~%w>w9md3@EP6|eJ7wl;Un$0GM0zEj5FzC*8G*E3_h9ms0SR4GxSM2Qk53O;CD`7cATh5`f0g*r?`fvTYY)r2UKInGNn##v)3A8z"
    "k^lk6Ox{yO;d`s){s-wk(Ut2u3jKfU9TT66#B*0Uc^-;A_Qwr4NNx!Q*e#|@yFZAhiizEaDV_8Y1c`!TECk-"
    "ezC(3!KczF&E)UL7tS3q8@K$BEobNH0<XQ0@Aa?UR{ge#!I?EYILU"
)

DAY_2020 = 13_799_980_800.0  # 2020-02-02 in seconds since 1582-10-14, as SPSS counts


def parquet(**columns: Any) -> Raw:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return read_bytes(stream.getvalue(), "a.parquet")


def notes(raw: Raw) -> str:
    return " ".join(template.format(**facts) for template, facts in raw.origin.notes)


def test_parquet_columns_become_text_without_losing_a_digit() -> None:
    values = [0.1, 1 / 3, 1e300, 5.0, -0.0, float("nan"), None]
    table = parquet(x=pa.array(values), n=pa.array([2**63 - 1] * 7), s=pa.array(["007"] * 7)).table
    texts = table["x"].to_pylist()
    assert [float(text) for text in texts[:5]] == values[:5]
    assert texts[3] == "5"
    assert texts[5:] == ["nan", None]
    assert table["n"][0].as_py() == "9223372036854775807"
    assert table["s"][0].as_py() == "007"
    assert table["_row"].to_pylist() == list(range(2, 9))
    assert {str(kind) for kind in table.schema.types[1:]} == {"string"}


def test_parquet_dates_times_and_flags_are_iso_and_capital_words() -> None:
    moment = pa.array(["2024-05-01T10:30:00"]).cast(pa.timestamp("us"))
    table = parquet(
        day=pa.array([dt.date(1970, 1, 1)]), at=moment, zone=moment.cast(pa.timestamp("ms", "UTC")),
        flag=pa.array([True]), price=pa.array([decimal.Decimal("1.10")]), kind=pa.array(["x"]).dictionary_encode(),
        blob=pa.array([b"\xff\x00"]), clock=pa.array([dt.time(1, 2)]), nothing=pa.nulls(1),
        big=pa.array(["y"], pa.large_string()),
    ).table  # fmt: skip
    assert table.to_pylist() == [
        {"_row": 2, "day": "1970-01-01", "at": "2024-05-01T10:30:00", "zone": "2024-05-01T10:30:00Z", "flag": "TRUE",
         "price": "1.10", "kind": "x", "blob": "ff00", "clock": "01:02:00", "nothing": None, "big": "y"}
    ]  # fmt: skip


def test_nested_parquet_fields_become_columns_and_lists_become_json() -> None:
    raw = parquet(g=pa.array([{"a": 1, "b": {"c": "x"}}, None]), many=pa.array([[1, 2], None]))
    assert raw.table.column_names == ["_row", "g/a", "g/b/c", "many"]
    assert raw.table["g/b/c"].to_pylist() == ["x", None]
    assert json.loads(raw.table["many"].to_pylist()[0]) == [1, 2]


def test_a_table_with_too_many_cells_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed, "MOST_CELLS", 5)
    with pytest.raises(Unreadable) as caught:
        parquet(a=pa.array([1, 2, 3]), b=pa.array([1, 2, 3]))
    assert caught.value.code == "read.too-many-cells"


@pytest.mark.parametrize("cut", [8, 50, 200])
def test_a_parquet_file_that_was_cut_off_is_an_error(cut: int) -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(1000))}), stream)
    with pytest.raises(Unreadable) as caught:
        read_bytes(stream.getvalue()[:-cut], "a.parquet")
    assert caught.value.code == "read.damaged"


@pytest.mark.parametrize(("data", "name"), [(SAV, "a.sav"), (DTA, "a.dta")])
def test_statistics_files_keep_ids_dates_and_digits(data: bytes, name: str) -> None:
    table = read_bytes(data, name).table
    assert table["id"].to_pylist() == ["007", "1", ""]
    assert table["day"].to_pylist() == ["1970-01-01", "2020-02-02", None]
    assert table["t"].to_pylist() == ["2020-01-01T03:04:05"] * 3
    assert table["f"].to_pylist() == ["0.1", "1e+20", "0.3333333333333333"]
    assert table["_row"].to_pylist() == [2, 3, 4]


def test_full_labels_are_shown_and_codes_without_every_label_stay_codes() -> None:
    raw = read_bytes(SAV, "a.sav")
    assert raw.table["a"].to_pylist() == ["yes", "no", None]
    assert raw.table["b"].to_pylist() == ["1", "2", "9"]
    assert "labels of their codes: a." in notes(raw)
    assert "show codes, since not every code has a label: b." in notes(raw)
    stata = read_bytes(DTA, "a.dta")
    assert stata.table["b"].to_pylist() == ["one", "two", "nine"]
    assert stata.table["a"].to_pylist() == ["1", "2", None]


def test_a_compressed_spss_file_is_read() -> None:
    raw = read_bytes(ZSAV, "a.zsav")
    assert raw.table["id"].to_pylist() == ["007", "1", ""]
    assert raw.origin.format == "sav"


@pytest.mark.parametrize("data", [SAV[:300], DTA[: len(DTA) // 2]])
def test_a_statistics_file_that_was_cut_off_is_an_error(data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_bytes(data, "a.sav")
    assert caught.value.code == "read.damaged"


def test_a_file_that_crashes_the_library_is_an_error_and_not_the_end_of_the_program() -> None:
    crashing = bytearray(SAV)
    crashing[213] = 106
    with pytest.raises(Unreadable) as caught:
        read_bytes(bytes(crashing), "a.sav")
    assert caught.value.code == "read.damaged"


def test_dates_before_year_one_are_given_as_numbers_and_noted() -> None:
    far = SAV.replace(struct.pack("<d", DAY_2020), struct.pack("<d", -1e15))
    assert far != SAV
    raw = read_bytes(far, "a.sav")
    assert raw.table.num_rows == 3
    assert "as its own numbers" in notes(raw)
