"""Files that come in: kept once and as they are, whatever they are called and however broken they are."""

from __future__ import annotations

import hashlib
import io
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from water_road import quiet

from datashift.errors import BadUpload, CannotProtect, DataShiftError, Unreadable
from datashift.web.collection import services
from datashift.web.collection.models import Dataset, Upload
from datashift.web.collection.steps import next_step, steps
from datashift.web.collection.suggesting import suggest
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Organisation, User

TABLE = b"region,works\nA,yes\nB,no\n"


@pytest.fixture
def receive(producer: User, organisation: Organisation) -> Callable[..., Upload]:
    def received(*chunks: bytes, name: str = "answers.csv") -> Upload:
        return services.receive(name=name, chunks=chunks, organisation=organisation, by=producer)

    return received


def test_the_bytes_lie_under_their_digest_as_they_came(receive: Callable[..., Upload], site: Path) -> None:
    upload = receive(TABLE[:5], TABLE[5:])
    assert upload.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert (site / "raw" / upload.sha256).read_bytes() == TABLE
    assert upload.size == len(TABLE)


def test_the_same_file_twice_is_one_upload_one_record_and_one_road(
    receive: Callable[..., Upload], producer: User, site: Path
) -> None:
    one, two = receive(TABLE), receive(TABLE)
    assert one == two
    roads = {services.begin(upload=upload, by=producer).pk for upload in (one, two)}
    assert len(roads) == 1
    assert len(list((site / "raw").iterdir())) == 1
    assert Event.objects.filter(verb="upload").count() == 1
    assert Job.objects.filter(kind="suggest").count() == 1


def test_a_road_that_somebody_answered_on_is_not_begun_again_for_another(
    receive: Callable[..., Upload], producer: User
) -> None:
    first = services.begin(upload=receive(TABLE), by=producer)
    Dataset.objects.filter(pk=first.pk).update(answers={"rows": {}})
    assert services.begin(upload=receive(TABLE), by=producer) != first


@pytest.mark.parametrize(("chunks", "code"), [((), "upload.empty"), ((b"",), "upload.empty")])
def test_an_empty_file_is_refused_and_nothing_is_kept(
    receive: Callable[..., Upload], site: Path, chunks: tuple[bytes, ...], code: str
) -> None:
    with pytest.raises(BadUpload) as caught:
        receive(*chunks)
    assert caught.value.code == code
    assert not list((site / "raw").iterdir())
    assert not Upload.objects.exists()


def test_a_file_beyond_the_limit_is_refused_before_it_has_come(
    receive: Callable[..., Upload], producer: User, organisation: Organisation, site: Path, settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 2 << 20
    asked = 0

    def endless() -> Iterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * (1 << 20)

    with pytest.raises(BadUpload, match="2 MB"):
        services.receive(name="large.csv", chunks=endless(), organisation=organisation, by=producer)
    assert asked == 3
    assert not list((site / "raw").iterdir())


def test_a_transfer_that_breaks_off_leaves_nothing(producer: User, organisation: Organisation, site: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"region,"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        services.receive(name="half.csv", chunks=broken(), organisation=organisation, by=producer)
    assert not list((site / "raw").iterdir())
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("answers.csv", "answers.csv"),
        ("C:\\Users\\me\\answers.csv", "answers.csv"),
        ("../../etc/passwd", "passwd"),
        ("..", "data"),
        ("", "data"),
        ("recipe.toml", "data-recipe.toml"),
        ("a\x00b\u202ec\n.csv", "abc.csv"),
        ("जवाफ.xlsx", "जवाफ.xlsx"),
        ("é" * 300 + ".csv", "é" * 98 + ".csv"),
    ],
)
def test_a_name_is_only_a_name(receive: Callable[..., Upload], given: str, kept: str) -> None:
    assert receive(TABLE, name=given).name == kept


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts, parts.open("a.csv", "w", force_zip64=True) as one:
        for _piece in range(1100):
            one.write(bytes(1 << 20))
    return packed.getvalue()


BROKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "only a header": (lambda: b"region,works\n", "answers.csv", "upload.no-rows"),
    "half a zip": (lambda: b"PK\x03\x04" + bytes(30), "answers.zip", "read.damaged"),
    "a zip that unfolds without end": (bomb, "answers.zip", "read.unfolds"),
    "numbers for names": (lambda: b"1,2\n3,4\n", "answers.csv", "read.no-header"),
    "half UTF-8": (lambda: ("region,works\n" + "é,sí\n" * 200).encode() + b"\xff,no\n", "a.csv", "read.damaged-text"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_gets_its_reason_and_stays_as_it_came(
    receive: Callable[..., Upload], producer: User, site: Path, kind: str
) -> None:
    make, name, code = BROKEN[kind]
    data = make()
    dataset = services.begin(upload=receive(data, name=name), by=producer)
    with pytest.raises(DataShiftError) as caught:
        suggest(str(dataset.pk), quiet)
    assert caught.value.code == code
    assert (site / "raw" / dataset.upload.sha256).read_bytes() == data
    dataset.refresh_from_db()
    assert next_step(dataset).name == "file"


def test_two_columns_of_one_name_are_told_apart_and_the_note_is_kept(sent: Callable[..., Dataset]) -> None:
    dataset = sent(b"region,works,works\nArusha,yes,no\nMwanza,no,no\n")
    names = [one["name"] for one in dataset.suggestion["columns"]]
    assert len(set(names)) == 3
    assert dataset.suggestion["notes"]


def test_of_several_sheets_the_one_that_is_meant_can_be_said(
    receive: Callable[..., Upload], producer: User, say: Callable[..., Dataset]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("one.csv", TABLE)
        parts.writestr("two.csv", b"place,water\nArusha,piped\nMwanza,spring\n")
    dataset = services.begin(upload=receive(packed.getvalue(), name="both.zip"), by=producer)
    with pytest.raises(Unreadable, match="several"):
        suggest(str(dataset.pk), quiet)
    dataset.refresh_from_db()
    assert dataset.suggestion["sheets"] == ["one.csv", "two.csv"]
    assert [step.name for step in steps(dataset) if step.open] == ["file", "rows"]
    said = say(dataset, "rows", {"sheet": "two.csv", "title": "Two"})
    suggest(str(said.pk), quiet)
    said.refresh_from_db()
    assert [one["name"] for one in said.suggestion["columns"]] == ["place", "water"]
    assert next_step(said).name == "kit"


def test_a_suggestion_that_nobody_wants_any_more_is_not_kept(
    water: Dataset, say: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = say(water, "rows", {"delimiter": ","})
    before = changed.suggestion

    def meanwhile(stage: str) -> None:
        if stage == "looking at every column":
            Dataset.objects.filter(pk=water.pk).update(answers={"rows": {"delimiter": ";"}})

    suggest(str(water.pk), meanwhile)
    assert Dataset.objects.get(pk=water.pk).suggestion == before


def test_no_page_needs_the_file_again_and_people_are_not_among_the_facts(water: Dataset) -> None:
    kept = {one["name"]: one for one in water.suggestion["columns"]}
    assert water.suggestion["rows"] == 1180
    assert kept["works"]["values"][0] == ["functional", 639]
    assert kept["wp_id"]["values"] == []
    assert all(not kept[name]["values"] for name in ("collector", "phone"))


def test_a_column_of_names_of_districts_names_nobody(sent: Callable[..., Dataset]) -> None:
    rows = "".join(f"{place},{who},yes\n" for place in ("Kono", "Bo") for who in ("Ann", "Ben", "Cy"))
    dataset = sent(f"district_name,name,works\n{rows}".encode(), country="SL")
    assert dataset.suggestion["personal"] == ["name"]
    assert tomllib.loads(dataset.recipe)["personal"] == ["name"]
    kept = {one["name"]: one["values"] for one in dataset.suggestion["columns"]}
    assert kept["district_name"] == [["Bo", 3], ["Kono", 3]]
    assert kept["name"] == []


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic"]
)
def test_a_picture_is_not_kept(receive: Callable[..., Upload], site: Path, start: bytes) -> None:
    """It may carry where it was taken, and nothing here would ever take that out."""
    with pytest.raises(CannotProtect) as problem:
        receive(start + bytes(40), name="pump.jpg")
    assert problem.value.code == "picture.no-data"
    assert not [path for path in (site / "raw").glob("*") if path.is_file()]
