"""Films and sounds: what they tell beside what is seen and heard goes on arrival; the desk plays them, part by part."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable
from typing import Any

import page_rules
import pytest
from desk_forms import answered, water
from django.test import Client

from datashift.web.fieldwork import saying
from datashift.web.fieldwork.attaching import NOT_CLEANED, laid_down
from datashift.web.fieldwork.kept import File, fetched, kept
from datashift.web.fieldwork.models import Attachment, Form, Submission
from datashift.web.fieldwork.recordings import cleaned
from datashift.web.people.models import Organisation, User

PLACE = b"+27.7172+085.3240/"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def track(handler: bytes) -> bytes:
    told = box(b"hdlr", bytes(8), handler, bytes(12), b"Camera of Asha\0")
    taken = box(b"mdhd", bytes(4), b"\xe1\xe2\xe3\xe4" * 2, bytes(12))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", taken, told, box(b"minf", b"where the pictures lie")))


def film(*handlers: bytes, wide: bool = False) -> bytes:
    """Return a film as phones write it: with its place three times, and its time."""
    times = b"\x01\0\0\0" + b"\xe1\xe2\xe3\xe4" * 4 if wide else bytes(4) + b"\xe1\xe2\xe3\xe4" * 2
    about = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7), PLACE), box(b"loci", PLACE))
    apple = box(b"meta", b"com.apple.quicktime.location.ISO6709", PLACE)
    moov = box(b"moov", box(b"mvhd", times, bytes(80)), *map(track, handlers), about, apple)
    return box(b"ftyp", b"isom") + moov + box(b"uuid", PLACE) + box(b"mdat", b"pictures and tones")


def sound() -> bytes:
    """Return a second of silence as WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(1)
        stream.setframerate(8000)
        stream.writeframes(b"\x80" * 8000)
    return made.getvalue()


def with_list(plain: bytes) -> bytes:
    """Return a WAV that also says where it was recorded."""
    said = b"LIST" + struct.pack("<I", len(PLACE)) + PLACE
    return plain[:4] + struct.pack("<I", len(plain) - 8 + len(said)) + plain[8:] + said


# --- what goes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.mp4", "A.MOV", "a.3gp", "a.m4a"])
@pytest.mark.parametrize("wide", [False, True])
def test_a_film_loses_its_place_and_time_and_nothing_in_it_moves(name: str, wide: bool) -> None:
    data = film(b"vide", b"soun", wide=wide)
    clean = cleaned(data, name)
    assert clean is not None
    assert PLACE not in clean
    assert b"\xe1\xe2\xe3\xe4" not in clean
    assert b"Asha" not in clean
    assert len(clean) == len(data)
    for part in (b"pictures and tones", b"where the pictures lie"):
        assert clean.index(part) == data.index(part)
    assert cleaned(clean, name) == clean


def test_sounds_lose_their_tags() -> None:
    tone = b"\xff\xfb\x90\x64" + bytes(400)
    tag = b"ID3\x04\0\0" + bytes([0, 0, 0, len(PLACE)]) + PLACE
    assert cleaned(tag + tone + b"TAG" + PLACE.ljust(125, b"\0"), "a.mp3") == tone
    assert cleaned(with_list(sound()), "a.wav") == sound()
    assert cleaned(b"#!AMR\n...", "a.amr") == b"#!AMR\n..."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.mp4", film(b"vide", b"meta")),  # a track that may hold the way of the camera
        ("a.mp4", film(b"vide")[:-4]), ("a.mp4", b""), ("a.mp4", b"<html>"), ("a.mp4", b"\0\0\0\x04ftyp"),
        ("a.mp3", b""), ("a.mp3", b"text"), ("a.mp3", b"\xff\xfb" + b"APETAGEX" + PLACE), ("a.wav", sound()[:-9]),
        ("a.wav", b"RIFF"), ("a.amr", b"x"), ("a.webm", b"\x1aE\xdf\xa3"), ("a.txt", film(b"vide")),
    ],
)  # fmt: skip
def test_what_is_not_known_to_the_last_byte_is_not_said_to_be_clean(name: str, data: bytes) -> None:
    assert cleaned(data, name) is None


def test_a_film_is_clean_before_it_lies_on_the_disk(own_home: Any, site: Any) -> None:
    (lying,) = laid_down([File("a.mp4", film(b"vide"))], None, None)
    assert PLACE not in fetched(lying.sha256)
    assert lying.removed == ["where, when and with what it was taken"]
    (other,) = laid_down([File("a.webm", b"a film")], None, None)
    assert other.removed == [NOT_CLEANED]


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def one(organisation: Organisation) -> Submission:
    return answered(water(organisation), 1)


@pytest.fixture
def client(person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(person("supervisor", organisation))


def attached(one: Submission, name: str, data: bytes = b"0123456789", removed: tuple[str, ...] = ()) -> str:
    """Add a file; return its address."""
    file = Attachment.objects.create(
        submission=one, name=name, sha256=kept(data), size=len(data), removed=list(removed)
    )
    return f"{address(one)}file/{file.pk}"


def address(one: Submission) -> str:
    return f"/en/work/forms/{one.form_id}/answers/{one.pk}/"


def test_the_desk_plays_films_and_sounds_and_gives_them_out(one: Submission, client: Client) -> None:
    heard, seen = attached(one, "a.m4a"), attached(one, "b.mp4")
    page = client.get(address(one))
    html = page.content.decode()
    assert f'<audio controls preload="none" src="{heard}"' in html
    assert f'<video controls preload="none" src="{seen}"' in html
    assert f'href="{seen}" download="b.mp4"' in html
    assert "media-src 'self'" in page["Content-Security-Policy"]
    assert "may tell where" not in html
    given = client.get(seen)
    assert (given["Content-Type"], given["X-Content-Type-Options"]) == ("video/mp4", "nosniff")
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(given) == b"0123456789"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "status", "data", "said"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"), ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"), ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"), ("bytes=4-2", 416, b"", "bytes */10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None), ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)  # fmt: skip
def test_a_player_gets_the_part_it_asks_for(
    one: Submission, client: Client, asked: str, status: int, data: bytes, said: str | None
) -> None:
    given = client.get(attached(one, "b.mp4"), headers={"Range": asked})
    assert (given.status_code, b"".join(given), given.get("Content-Range")) == (status, data, said)  # type: ignore[arg-type]
    assert given["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("promise", [{}, {"sealed": ["name"]}, {"coarse": {"spot": 500}}])
def test_a_film_that_may_tell_its_place_is_shown_with_a_warning_only_where_the_form_protects_nothing(
    one: Submission, client: Client, promise: dict[str, Any]
) -> None:
    Form.objects.update(**promise)
    at = attached(one, "b.webm", removed=(NOT_CLEANED,))
    html = client.get(address(one)).content.decode()
    assert ("The file may tell where and when it was taken." in html) == (not promise)
    assert (at in html) == (not promise)
    assert client.get(at).status_code == (404 if promise else 200)


def test_what_is_sealed_stays_sealed_and_a_picture_that_could_not_be_cleaned_is_not_shown(
    one: Submission, client: Client
) -> None:
    for at in (
        attached(one, "sealed-1.bin"),
        attached(one, "sealed-1.mp4"),
        attached(one, "a.jpg", removed=(NOT_CLEANED,)),
    ):
        assert client.get(at).status_code == 404
    page = attached(one, "a.mp4.html")
    assert client.get(page)["Content-Type"] == "application/octet-stream"
    assert saying.shown(one.form, one.attachments.get(name="a.mp4.html")) is not None


def test_others_do_not_get_a_film(
    one: Submission, person: Callable[..., User], signed_in: Callable[[User], Client]
) -> None:
    at = attached(one, "b.mp4")
    other = Organisation.objects.create(slug="other", name="Other")
    assert signed_in(person("supervisor", other)).get(at).status_code == 404
    assert Client().get(at).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_a_sound_plays_in_a_browser_and_the_page_is_for_everybody(
    one: Submission, client: Client, chromium: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    attached(one, "a.wav", sound())
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(address(one))
    length = page.evaluate("""() => new Promise((resolve) => {
      const [audio] = document.querySelectorAll("audio");
      audio.addEventListener("loadedmetadata", () => resolve(audio.duration));
      audio.addEventListener("error", () => resolve(audio.error.message));
      audio.load();
      audio.preload = "auto";
    })""")
    assert length == 1
    assert page_rules.axe(page) == []
    context.close()
