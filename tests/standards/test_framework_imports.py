"""Official texts taken into the store: from the real files and from structure messages; broken files are refused."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from pysdmx.model import Agency, Code, Codelist

from datashift.errors import BadStandard
from datashift.standards.framework import framework
from datashift.standards.framework.imports import Imported, import_texts
from datashift.standards.framework.official import FOLDER, holdings, imported_series, texts_of
from datashift.standards.structures import FORMATS, write_structures
from datashift.standards.structures.names import named

TRANSLATIONS = "sdg_translations_goals_targets_indicators.zip"
DAY = date(2026, 11, 3)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zipped(tmp_path: Path, parts: dict[str, str | bytes], name: str = "texts.zip") -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for inner, text in parts.items():
            archive.writestr(inner, text)
    return written(tmp_path, name, packed.getvalue())


def refused(path: Path, store: Path, *languages: str, version: str | None = None) -> BadStandard:
    with pytest.raises(BadStandard) as caught:
        import_texts(path, store, languages, version)
    assert not (store / FOLDER).exists()
    return caught.value


def series_list(tmp_path: Path, format: str) -> Path:
    codes = (
        Code(id="SH_H2O_SAFE", **named({"en": "Safe water (PT) [6.1.1]", "es": "Agua segura [6.1.1]"})),
        Code(id="VC_DSR_MTMP", **named({"en": "Deaths [1.5.1, 11.5.1, 13.1.1]"})),
    )
    agency = Agency(id="IAEG-SDGs")
    lists = (
        Codelist(id="CL_SERIES", agency=agency, version="1.24", items=codes, **named({"en": "Series"})),
        Codelist(id="CL_SEX", agency=agency, version="1.0", items=(Code(id="F", name="Female"),), name="Sex"),
    )
    name = "structure.json" if format == "sdmx-json" else "structure.xml"
    return written(tmp_path, name, write_structures(lists, format))


# --- the real files -------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_real_translations_come_in_with_their_source(shared: Path, store: Path) -> None:
    found = import_texts(shared / "reference" / TRANSLATIONS, store, today=DAY)
    assert (found.version, found.kind) == ("2024", "translations")
    assert len(found.taken) == 26
    assert {found.taken[language] for language in ("en", "es", "sw", "ne")} == {17 + 169 + 247}
    (text,) = texts_of("6.1.1", holdings(store), "sw")
    assert text.text.startswith("Idadi ya watu")
    assert (text.taken, text.file, text.version) == ("2026-11-03", TRANSLATIONS, "2024")
    assert len(text.sha256) == 64


@pytest.mark.shared
def test_what_is_left_of_the_real_translations_is_told_with_its_reason(shared: Path, store: Path) -> None:
    found = import_texts(shared / "reference" / TRANSLATIONS, store, ["es"])
    assert found.taken == {"es": 433}
    left = {reason: count for reason, count in found.left.items() if "version 2024" in reason}
    assert len(left) == 5
    assert any("17.6.2" in reason and "2017" in reason for reason in left)
    assert sum(found.left.values()) > 13_000


@pytest.mark.shared
def test_no_text_of_an_older_meaning_is_taken(shared: Path, store: Path) -> None:
    import_texts(shared / "reference" / TRANSLATIONS, store, ["en"])
    assert texts_of("8.9.2", holdings(store)) == []


@pytest.mark.shared
def test_series_of_a_real_data_set_come_in_with_their_indicators(shared: Path, store: Path) -> None:
    found = import_texts(shared / "official" / "unsd_sdg" / "unsd_sdg_2020_ddf_raw_sample.zip", store)
    assert (found.taken, found.links) == ({"en": 472}, 472)
    more = framework(store=store)
    assert more.counts()["series"] == 472 + 32
    assert more.series("SI_POV_DAY1").indicators == ("1.1.1",)
    assert more.series("VC_DSR_MTMP").indicators == ("1.5.1", "11.5.1", "13.1.1")
    assert more.admits("SI_POV_DAY1", "SEX") is None
    assert len(more.series_of("6.1.1")) == 1
    assert "unsd_sdg_2020_ddf_raw_sample.zip" in more.series("SI_POV_DAY1").source


@pytest.mark.shared
def test_what_ships_about_a_series_is_kept_when_a_file_tells_less(shared: Path, store: Path) -> None:
    import_texts(shared / "official" / "unsd_sdg" / "unsd_sdg_2020_ddf_raw_sample.zip", store)
    assert framework(store=store).series("SH_H2O_SAFE") == framework().series("SH_H2O_SAFE")


@pytest.mark.shared
def test_an_imported_series_does_not_pass_to_an_indicator_that_took_the_code(shared: Path, store: Path) -> None:
    import_texts(shared / "official" / "unsd_sdg" / "unsd_sdg_2020_ddf_raw_sample.zip", store, version="2024")
    assert [series.code for series in framework("2024", store=store).series_of("4.6.1")]
    assert framework("2025", store=store).series_of("4.6.1") == ()


@pytest.mark.shared
def test_the_real_list_of_aims_is_kept_as_its_source_says_it(shared: Path, store: Path) -> None:
    found = import_texts(shared / "reference" / "opensdg_targets_2025-10.csv", store)
    assert (found.kind, found.version, found.taken) == ("aims", "2025", {"en": 248})
    (text,) = texts_of("10.a.1", holdings(store))
    assert (text.kind, text.text) == ("aims", "Decrease")


@pytest.mark.shared
def test_real_messages_with_figures_are_refused_as_no_structure(shared: Path, store: Path) -> None:
    problem = refused(shared / "reference" / "sdmx_sdg_samples.zip", store)
    assert problem.code == "standard.framework-nothing"
    assert "figures, not a structure" in str(problem)


@pytest.mark.shared
def test_a_real_file_of_another_kind_is_refused(shared: Path, store: Path) -> None:
    assert refused(shared / "reference" / "un_sdg_goals.csv", store).code == "standard.framework-kind"


# --- structure messages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_series_of_a_structure_message_come_in_with_languages_and_indicators(
    format: str, tmp_path: Path, store: Path
) -> None:
    found = import_texts(series_list(tmp_path, format), store)
    assert (found.kind, found.taken, found.links) == ("sdmx", {"en": 2, "es": 1}, 2)
    assert [text.text for text in texts_of("SH_H2O_SAFE", holdings(store), "es")] == ["Agua segura [6.1.1]"]
    assert imported_series(store)["VC_DSR_MTMP"].indicators == ("1.5.1", "11.5.1", "13.1.1")


def test_a_structure_without_series_gives_nothing(tmp_path: Path, store: Path) -> None:
    codes = Codelist(id="CL_SEX", agency=Agency(id="SDMX"), items=(Code(id="F", name="Female"),), name="Sex")
    path = written(tmp_path, "sex.xml", write_structures((codes,), "sdmx-ml-2.1"))
    assert "no codelist of series" in str(refused(path, store))


def test_a_broken_structure_message_is_refused(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path, "structure.xml", series_list(tmp_path, "sdmx-ml-2.1").read_bytes()[:-200])
    assert refused(path, store).code == "standard.structure-damaged"


# --- which version a file speaks of ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "version"),
    [
        (["6-1-1-title", "1-a-3-title"], "2017"),
        (["6-1-1-title", "2-2-3-title"], "2024"),
        (["6-1-1-title", "2-2-3-title", "2-2-4-title"], "2025"),
    ],
)
def test_the_version_is_told_from_the_codes_that_were_added(
    keys: list[str], version: str, tmp_path: Path, store: Path
) -> None:
    path = written(tmp_path, "es/indicators.yml", "".join(f"{key}: texto\n" for key in keys))
    assert import_texts(path, store).version == version


def test_a_stated_version_decides(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path, "es/indicators.yml", "8-9-2-title: texto\n")
    assert import_texts(path, store, version="2017").taken == {"es": 1}


def test_an_unknown_version_is_refused(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path, "es/indicators.yml", "6-1-1-title: texto\n")
    assert refused(path, store, version="2031").code == "standard.framework-version"


# --- small files ----------------------------------------------------------------------------------------------------


def import_yaml(tmp_path: Path, store: Path, text: str) -> Imported:
    return import_texts(written(tmp_path, "es/global_indicators.yml", text), store)


def test_a_single_file_takes_its_language_from_its_folder_or_from_the_question(tmp_path: Path, store: Path) -> None:
    assert import_yaml(tmp_path, store, "6-1-1-title: 'Agua'\n").taken == {"es": 1}
    path = written(tmp_path, "Downloads (1)/goals.yml", "6-title: Agua\n")
    assert import_texts(path, store, ["qu"]).taken == {"qu": 1}


def test_a_file_without_a_language_is_refused(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path, "Downloads (1)/goals.yml", "6-title: Agua\n")
    assert refused(path, store).code == "standard.framework-language"


def test_only_what_was_asked_for_is_taken(tmp_path: Path, store: Path) -> None:
    parts = {f"translations/{language}/goals.yml": "6-title: Agua\n6-short: H2O\n" for language in ("es", "sw", "fr")}
    found = import_texts(zipped(tmp_path, parts), store, ["sw", "es"])
    assert found.taken == {"es": 1, "sw": 1}
    assert sorted(found.left.values()) == [1, 3]


def test_empty_texts_and_other_keys_are_left_with_their_reasons(tmp_path: Path, store: Path) -> None:
    found = import_yaml(tmp_path, store, "6-1-1-title: Agua\n6-2-1-title: ''\nother_info: x\n6-1-9-title: y\n")
    assert found.taken == {"es": 1}
    assert sum(found.left.values()) == 3
    assert any("6.1.9" in reason for reason in found.left)


def test_a_second_import_of_a_file_replaces_the_first(tmp_path: Path, store: Path) -> None:
    import_yaml(tmp_path, store, "6-1-1-title: Agua\n")
    found = import_yaml(tmp_path, store, "6-1-1-title: Agua\n")
    assert list((store / FOLDER).iterdir()) == list(found.stored)


def test_the_newest_import_is_shown_first(tmp_path: Path, store: Path) -> None:
    import_texts(written(tmp_path, "es/old.yml", "6-1-1-title: Antes\n"), store, today=date(2026, 1, 1))
    import_texts(written(tmp_path, "es/new.yml", "6-1-1-title: Ahora\n"), store, today=date(2026, 2, 1))
    assert [text.text for text in texts_of("6.1.1", holdings(store), "es")] == ["Ahora"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("es/a.yml", "6-1-1-title: [Agua]\n", "standard.framework-yaml"),
        ("es/a.yml", "", "standard.framework-nothing"),
        ("es/a.yml", "6-1-1-short: x\n", "standard.framework-nothing"),
        ("es/a.yml", b"6-1-1-title: a\xf1o\n", "standard.framework-not-text"),
        ("a.csv", "a,b\n1,2\n", "standard.framework-kind"),
        ("a.csv", "", "standard.framework-kind"),
        ("a.csv", b"code,title,target_or_direction\n6.1.1,a\xf1o,Increase\n", "standard.framework-not-text"),
        ("a.csv", "code,title,target_or_direction\nwater,x,Increase\n", "standard.framework-nothing"),
        ("a.csv", "concept,concept_type,indicator,name\nsex,entity,,\n", "standard.framework-nothing"),
        ("a.txt", "6.1.1 water", "standard.framework-kind"),
        ("a.zip", b"PK\x03\x04 and nothing else", "standard.framework-kind"),
        ("a.json", "{}", "standard.structure-not-sdmx"),
        ("a.xml", "<html></html>", "standard.structure-not-sdmx"),
    ],
)
def test_broken_files_are_refused_with_their_code(
    name: str, text: str | bytes, code: str, tmp_path: Path, store: Path
) -> None:
    assert refused(written(tmp_path, name, text), store).code == code


def test_a_zip_that_unfolds_too_far_is_refused_before_it_is_read(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path, "bomb.zip", b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("es/a.yml", "w") as part:
        for _ in range(101):
            part.write(b" " * 1_000_000)
    assert path.stat().st_size < 1_000_000
    assert refused(path, store).code == "standard.framework-too-large"


def test_names_that_climb_out_of_a_zip_write_nothing_outside(tmp_path: Path, store: Path) -> None:
    found = import_texts(zipped(tmp_path, {"../../../es/goals.yml": "6-title: Agua\n"}), store)
    assert [path.parent for path in found.stored] == [store / FOLDER]
    assert {path.name for path in tmp_path.iterdir()} == {"texts.zip", "store"}


# --- the store ------------------------------------------------------------------------------------------------------


def test_an_empty_store_holds_nothing(store: Path) -> None:
    assert holdings(store) == []
    assert framework(store=store) == framework()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"layout": 2}', "not json"])
def test_a_file_in_the_store_that_was_changed_is_named(text: str, tmp_path: Path, store: Path) -> None:
    (path,) = import_yaml(tmp_path, store, "6-1-1-title: Agua\n").stored
    path.write_text(text, "utf-8")
    with pytest.raises(BadStandard, match=path.name) as caught:
        holdings(store)
    assert caught.value.code == "standard.framework-store"


def test_what_is_stored_says_where_it_is_from(tmp_path: Path, store: Path) -> None:
    (path,) = import_yaml(tmp_path, store, "6-1-1-title: Agua\n").stored
    record = json.loads(path.read_text("utf-8"))
    assert {"kind", "language", "version", "file", "sha256", "taken", "source"} <= set(record)
    assert record["texts"] == {"6.1.1": "Agua"}
