"""A picture leaves with what it shows, and with nothing that tells where, when or by whom it was taken."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift import pictures
from datashift.errors import CannotProtect
from datashift.pictures import cleaned

SECRET = b"27.7172 N 85.3240 E, Sita's phone"

A_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////"
    "//////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
)
A_WEBP = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")


def exif(turn: int = 1, order: str = ">") -> bytes:
    """EXIF with which side is up, a camera, and a pointer to a position."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = [(0x010F, 2, len(SECRET), 62), (0x8825, 4, 1, 62)]
    packed = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    packed += struct.pack(order + "HHIHH", 0x0112, 3, 1, turn, 0)
    return mark + struct.pack(order + "IH", 8, 3) + packed + bytes(4) + bytes(62 - 50) + SECRET


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def part(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def a_jpeg(turn: int = 1, order: str = ">") -> bytes:
    told = [
        segment(0xE1, b"Exif\0\0" + exif(turn, order)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xFE, SECRET),
        segment(0xE0, b"JFXX\0" + SECRET),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + SECRET),
    ]
    return A_JPEG[:20] + b"".join(told) + A_JPEG[20:] + SECRET


PIXEL = zlib.compress(b"\0\xff\x00\x00")
HEAD = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)


def a_png(turn: int = 1) -> bytes:
    inside = [
        (b"IHDR", HEAD), (b"gAMA", struct.pack(">I", 45455)), (b"eXIf", exif(turn)), (b"tEXt", b"Author\0" + SECRET),
        (b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)), (b"iTXt", b"XML\0\0\0\0\0" + SECRET),
        (b"iCCP", b"mine\0\0" + SECRET), (b"tIME", bytes(7)), (b"prVt", SECRET), (b"IDAT", PIXEL), (b"IEND", b""),
    ]  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in inside) + SECRET


def a_webp(turn: int = 1) -> bytes:
    body = part(b"VP8X", bytes((0x2C, 0, 0, 0)) + bytes(6)) + part(b"ICCP", SECRET) + A_WEBP[12:]
    body += part(b"EXIF", b"Exif\0\0" + exif(turn, "<")) + part(b"XMP ", SECRET) + part(b"note", SECRET)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + SECRET


KINDS = {"JPEG": a_jpeg, "PNG": a_png, "WebP": a_webp}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_written_beside_the_picture_is_left(kind: str) -> None:
    left = cleaned(KINDS[kind](), "a.picture")
    assert left.kind == kind
    for word in (SECRET, SECRET[:6], b"Exif", b"eXIf", b"EXIF", b"XMP ", b"ICC", b"Photoshop", b"tEXt"):
        assert word not in left.data
    assert {pictures.ABOUT, pictures.COLOURS, pictures.BEHIND} <= set(left.removed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turn", range(2, 9))
def test_which_side_is_up_is_all_that_stays_of_exif(kind: str, turn: int) -> None:
    left = cleaned(KINDS[kind](turn), "a.picture")
    assert left.data.count(struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0)) == 1
    assert SECRET[:6] not in left.data
    again = cleaned(left.data, "a.picture")
    assert again.data == left.data, "cleaning twice changes nothing"


def test_what_a_jpeg_needs_to_be_shown_stays_byte_for_byte() -> None:
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    assert cleaned(a_jpeg(), "a.jpg").data == A_JPEG[:20] + adobe + A_JPEG[20:]
    assert cleaned(a_jpeg(6, "<"), "a.jpg").data[20:24] == b"\xff\xe1\x00\x22"
    assert cleaned(A_JPEG, "a.jpg") == pictures.Cleaned(A_JPEG, "JPEG", ())


def test_a_jpeg_of_several_scans_is_kept_whole_and_cleaned_between_them() -> None:
    start, end = A_JPEG.index(b"\xff\xda"), len(A_JPEG) - 2
    scan = A_JPEG[start:end] + b"\xff\x00\xff\xd0\x12"
    progressive = A_JPEG[:start] + scan + segment(0xFE, SECRET) + scan + b"\xff\xd9"
    assert cleaned(progressive, "a.jpg").data == A_JPEG[:start] + scan + scan + b"\xff\xd9"


def test_the_thumbnail_in_the_first_block_of_a_jpeg_goes() -> None:
    block = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + b"abc")
    left = cleaned(A_JPEG[:2] + block + A_JPEG[20:], "a.jpg")
    assert b"abc" not in left.data
    assert left.removed == (pictures.SMALLER,)


def test_a_png_keeps_its_points_and_the_brightness_that_belongs_to_them() -> None:
    parts = (chunk(b"IHDR", HEAD), chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"IDAT", PIXEL), chunk(b"IEND", b""))
    assert cleaned(a_png(), "a.png").data == b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_webp_says_no_longer_that_it_has_what_was_taken_out() -> None:
    left = cleaned(a_webp(), "a.webp").data
    assert left[20] == 0
    assert left[30:] == A_WEBP[12:]
    assert cleaned(a_webp(3), "a.webp").data[20] == 0x08
    assert cleaned(A_WEBP, "a.webp").data == A_WEBP


def test_the_frames_of_a_moving_webp_are_cleaned_one_by_one() -> None:
    frame = bytes(16) + A_WEBP[12:] + part(b"hide", SECRET)
    body = part(b"VP8X", bytes((0x02, 0, 0, 0)) + bytes(6)) + part(b"ANIM", bytes(6)) + part(b"ANMF", frame)
    left = cleaned(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body, "a.webp")
    assert A_WEBP[12:] in left.data
    assert SECRET not in left.data
    assert left.data[20] == 0x02


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.7", b"<svg/>", b"\0\0\0\x18ftypheic", b"\xff\xd8", b"RIFF"])
def test_what_is_no_such_picture_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(CannotProtect, match="JPEG, PNG or WebP") as told:
        cleaned(data, "report")
    assert told.value.code == "picture.kind"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_was_cut_off_is_refused(kind: str) -> None:
    whole = KINDS[kind]()[: -len(SECRET)]
    for length in range(12, len(whole) - 1):
        with pytest.raises(CannotProtect) as told:
            cleaned(whole[:length], "a.picture")
        assert told.value.code == "picture.damaged"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_flipped_bytes_are_cleaned_or_refused_but_never_surprise(kind: str, data: st.DataObject) -> None:
    bent = bytearray(KINDS[kind](6))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(bent) - 1), st.integers(0, 255)), max_size=6)):
        bent[at] = byte
    assert what_became_of(bytes(bent)) in {"clean", "picture.kind", "picture.damaged"}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP"]), st.binary(max_size=80))
def test_any_bytes_behind_a_true_beginning_are_cleaned_or_refused(start: bytes, rest: bytes) -> None:
    assert what_became_of(start + rest) in {"clean", "picture.damaged"}


def what_became_of(data: bytes) -> str:
    try:
        left = cleaned(data, "a.picture")
    except CannotProtect as told:
        return told.code
    return "clean" if cleaned(left.data, "a.picture").data == left.data else "not clean"
