"""Every sentence the program can say is there in the four languages, with its facts in place."""

import io
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from datashift.language import LANGUAGES, N_, _, current, label, speaking

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "src" / "datashift" / "locale"
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All messages of the code, collected as `make translations` does."""
    pot = tmp_path_factory.mktemp("messages") / "datashift.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location", "-k", "N_"]
    command += ["-F", str(ROOT / "pyproject.toml")]
    subprocess.run([*command, "-o", str(pot), str(ROOT / "src" / "datashift")], check=True, capture_output=True)
    return read_po(io.BytesIO(pot.read_bytes()))


def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "datashift.po").open("rb") as stream:
        return read_po(stream, locale=language)


def facts(text: str) -> set[str]:
    return {name for _text, name, _form, _kind in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_the_code_is_translated(language: str, said: Catalog) -> None:
    known = {message.id: message.string for message in catalogue(language) if message.id}
    wanted = {message.id for message in said if message.id}
    assert sorted(wanted - set(known)) == []
    assert sorted(set(known) - wanted) == []
    assert [text for text in wanted if not known[text].strip()] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_uses_the_same_facts_and_keeps_the_options(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            assert facts(message.string) == facts(message.id), message.id
            assert re.findall(r"--\w+", message.string) == re.findall(r"--\w+", message.id), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_no_native_speaker_has_reviewed_is_marked_so(language: str) -> None:
    reviewed = [message.id for message in catalogue(language) if message.id and not message.fuzzy]
    # None has been reviewed yet; a reviewer takes the mark off and the entry out of this list's way.
    assert reviewed == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_text(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "datashift.mo").open("rb") as stream:
        compiled = {message.id: message.string for message in read_mo(stream) if message.id}
    assert compiled == {message.id: message.string for message in catalogue(language) if message.id}


@pytest.mark.parametrize(
    ("language", "letters"), [("ne", re.compile("[\u0900-\u097f]")), ("es", re.compile("[áéíóúñ¿]"))]
)
def test_a_translation_is_in_its_language(language: str, letters: re.Pattern[str]) -> None:
    long = [message for message in catalogue(language) if message.id and len(message.id) > 60]
    assert sum(bool(letters.search(message.string)) for message in long) / len(long) > 0.7


def test_speaking_ends_with_its_block_and_unknown_languages_fall_back_to_english() -> None:
    with speaking("es"):
        assert current() == "es"
        assert _("interval") != "interval"
        with speaking("fr"):
            assert _("interval") == "interval"
    assert current() == "en"
    assert N_("interval") == "interval"


def test_a_label_falls_back_to_english_and_then_to_what_there_is() -> None:
    with speaking("ne"):
        assert label({"en": "water", "ne": "पानी"}) == "पानी"
        assert label({"en": "water"}) == "water"
        assert label({"es": "agua"}) == "agua"
        assert label("plain") == "plain"
