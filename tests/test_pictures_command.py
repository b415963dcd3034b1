"""`datashift pictures`: clean pictures, all or none, and never over another file."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from datashift.cli import main


def a_png(*told: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    texts = b"".join(chunk(b"tEXt", one) for one in told)
    return b"\x89PNG\r\n\x1a\n" + head + texts + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def test_what_is_told_beside_the_picture_goes_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pump.png").write_bytes(a_png(b"Author\0Amina"))
    (tmp_path / "tap.png").write_bytes(a_png())
    words = ["pictures", str(tmp_path / "pump.png"), str(tmp_path / "tap.png"), "--out", str(tmp_path / "clean")]
    assert main([*words, "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "pump.png: taken out: texts about the picture" in out
    assert "tap.png: nothing had to be taken out" in out
    assert "faces" in out
    assert (tmp_path / "clean" / "pump.png").read_bytes() == a_png()
    assert (tmp_path / "pump.png").read_bytes() == a_png(b"Author\0Amina"), "the original stays"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("cut.png", a_png()[:40], "picture.damaged"),
        ("notes.jpg", b"no picture", "picture.kind"),
        ("empty.jpg", b"", "picture.kind"),
    ],
)
def test_one_that_cannot_be_cleaned_stops_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, code: str
) -> None:
    (tmp_path / "good.png").write_bytes(a_png())
    (tmp_path / name).write_bytes(data)
    words = [str(tmp_path / "good.png"), str(tmp_path / name), "--out", str(tmp_path / "clean")]
    assert main(["pictures", *words]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert not (tmp_path / "clean").exists()


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_bytes(a_png(b"Author\0Amina"))
    assert main(["pictures", str(tmp_path / "a.png"), "--out", str(tmp_path)]) == 2
    assert "[picture.taken]" in capsys.readouterr().err
    assert main(["pictures", str(tmp_path / "gone.png"), "--out", str(tmp_path / "clean")]) == 2
    assert "[read.not-found]" in capsys.readouterr().err
