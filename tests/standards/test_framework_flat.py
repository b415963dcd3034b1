"""Flat YAML: what is written is read back, the real translations are read as YAML says, everything else is refused."""

from __future__ import annotations

import hashlib
import json
import string
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datashift.errors import BadStandard
from datashift.standards.framework.flat import read_flat

KEYS = st.text(string.ascii_lowercase + string.digits + "-_", min_size=1, max_size=12).filter(
    lambda key: not key.startswith("-")
)
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)
TEXTS = st.lists(WORDS, max_size=8).map(" ".join)
MARKED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=40)


def single(text: str, width: int) -> str:
    words = text.replace("'", "''").split(" ")
    lines = [" ".join(words[at : at + width]) for at in range(0, len(words), width)]
    return "'" + "\n  ".join(lines) + "'"


def double(text: str, fold: int) -> str:
    escaped = json.dumps(text, ensure_ascii=True)
    if "\\u" in escaped or fold == 0:
        return escaped
    return '"' + escaped[1:-1].replace(" ", "\\\n  \\ ") + '"'


def read_or_refused(text: str) -> tuple[dict[str, str], BadStandard | None]:
    try:
        return read_flat(text, "a.yml"), None
    except BadStandard as problem:
        return {}, problem


@given(st.dictionaries(KEYS, TEXTS), st.integers(1, 4))
def test_texts_in_single_quotes_are_read_back_however_they_are_folded(texts: dict[str, str], width: int) -> None:
    written = "".join(f"{key}: {single(text, width)}\n" for key, text in texts.items())
    assert read_flat(written, "a.yml") == texts


@given(st.dictionaries(KEYS, MARKED.filter(lambda text: all(ord(sign) < 0x10000 for sign in text))), st.integers(0, 1))
def test_texts_in_double_quotes_are_read_back_with_all_their_signs(texts: dict[str, str], fold: int) -> None:
    written = "".join(f"{key}: {double(text, fold)}\n" for key, text in texts.items())
    assert read_flat(written, "a.yml") == texts


@given(st.dictionaries(KEYS, st.lists(st.text("abcçक ñ", min_size=1).map(str.strip), max_size=5)), st.integers(1, 3))
def test_plain_texts_are_read_back_however_they_are_folded(texts: dict[str, list[str]], width: int) -> None:
    clean = {key: " ".join(" ".join(words).split()) for key, words in texts.items()}
    written = ""
    for key, text in clean.items():
        words = text.split(" ")
        lines = [" ".join(words[at : at + width]) for at in range(0, len(words), width)]
        written += f"{key}: " + "\n  ".join(lines) + "\n"
    assert read_flat(written, "a.yml") == clean


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    found, problem = read_or_refused(text)
    assert all(isinstance(key, str) and isinstance(value, str) for key, value in found.items())
    if problem is not None:
        assert problem.code == "standard.framework-yaml"
        assert 1 <= problem.facts["row"] <= text.count("\n") + text.count("\r") + 1


@given(st.text("ab:'\"\\ \n#-[]{}&*!|>%@`,?x0", max_size=60))
def test_signs_of_yaml_are_read_or_refused(text: str) -> None:
    found, problem = read_or_refused(text)
    assert problem is None or (found == {} and problem.code == "standard.framework-yaml")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a: one\n", {"a": "one"}),
        ("a: one\n  two\nb: three\n", {"a": "one two", "b": "three"}),
        ("# words\na:\n  one\n", {"a": "one"}),
        ("a:\nb: ''\n", {"a": "", "b": ""}),
        ("a: 'it''s'\n", {"a": "it's"}),
        ("a: 'one\n\n  two\n\n\n  three'\n", {"a": "one\ntwo\n\nthree"}),
        ("a: 'one\n\n  '\n", {"a": "one\n"}),
        ('a: "one\\\n  \\ two"\n', {"a": "one two"}),
        ('a: "\\x84x\\u0915\\U0001F4A7\\n"\n', {"a": "\x84xक💧\n"}),
        ("a: 'one' # aside\n", {"a": "one"}),
        ("---\na: one\n", {"a": "one"}),
        ("\ufeffa: one\r\nb: two\r\n", {"a": "one", "b": "two"}),
        ("1-a-2-title: 50% of it - and more, so [far]\n", {"1-a-2-title": "50% of it - and more, so [far]"}),
        ("", {}),
    ],
)
def test_ways_to_write_a_text(written: str, read: dict[str, str]) -> None:
    assert read_flat(written, "a.yml") == read


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("a: one\nnothing\n", 2),
        ("a: one\n\n- two\n", 3),
        ("a: {b: c}\n", 1),
        ("a: [b]\n", 1),
        ("a: &x b\n", 1),
        ("a: *x\n", 1),
        ("a: !!str b\n", 1),
        ("a: |\n  b\n", 1),
        ("a: >\n  b\n", 1),
        ("a:\n  b: c\n", 1),
        ("a: b: c\n", 1),
        ("a: b # c\n", 1),
        ("a: 'b\n", 1),
        ("x: y\na: 'b\nc'\n", 3),
        ("a: 'b' c\n", 1),
        ('a: "b\\q"\n', 1),
        ('a: "b\\UFFFFFFFF"\n', 1),
        ("a: b\na: c\n", 2),
        ("  a: b\n", 1),
        ("a: b\x00\n", 1),
    ],
)
def test_what_is_not_flat_is_refused_with_its_line(written: str, row: int) -> None:
    with pytest.raises(BadStandard) as caught:
        read_flat(written, "a.yml")
    assert caught.value.code == "standard.framework-yaml"
    assert caught.value.facts["row"] == row


@pytest.mark.shared
def test_the_real_translations_are_read_as_a_yaml_library_reads_them(shared: Path) -> None:
    archive = zipfile.ZipFile(shared / "reference" / "sdg_translations_goals_targets_indicators.zip")
    names = sorted(name for name in archive.namelist() if name.endswith(".yml"))
    read = {name.removeprefix("translations/"): read_flat(archive.read(name).decode("utf-8"), name) for name in names}
    assert (len(read), sum(map(len, read.values()))) == (104, 15_124)
    # The digest of what PyYAML 6.0 reads from the same files, as text only.
    digest = hashlib.sha256(json.dumps(read, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    assert digest == "ef6cee6ac688717587a67403d69b2a070d797f13e0b60a0c024a94d056c42c8d"
