"""Bytes become UTF-8 text: a byte order mark or strict UTF-8 first, then the code pages of old spreadsheets."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np

from datashift.errors import Unreadable
from datashift.language import N_
from datashift.read.grid import Note

GUESSED = N_(
    "The text is not UTF-8. It was read as {encoding}; look at a few letters with accents, or state the encoding."
)
OTHER_MARK = N_("The file starts with the mark of {encoding}, so it was read as that and not as {declared}.")
NULLS = N_("{count} null bytes stood in the text and were left out.")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = bytes(sorted({*range(1, 32), 127} - set(b"\t\n\r\f\x1a\x1b\x1f")))
_SAMPLE = 1 << 20
_CODE_PAGES = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "cp1257", "cp850", "cp437", "mac_roman",
               "iso8859_2", "koi8_r", "big5", "gb18030", "shift_jis", "euc_kr"]  # fmt: skip

# Signs that Western text in cp1252 hardly ever shows at these places; other code pages read as cp1252 are full of them.
_NOT_WESTERN = re.compile(
    "(?<=[A-Za-zÀ-ÿ])[¿¡¹³¤¥¦¢£‚„‡†‰](?=[a-zÀ-ÿ])"
    "|(?<=[a-z])[ŽŠŸŒ]|(?<=[A-Za-z])[¿¡¹¤¢‚‡](?![A-Za-z])|[À-ÖØ-öø-ÿŠŽšžŸœŒ]{3,}"
)
_CENTRAL = "ĄąĆćĘęŁłŃńÓóŚśŹźŻżÁáČčĎďÉéĚěÍíŇňŘřŠšŤťÚúŮůÝýŽžÄäÖöÜüßŐőŰűĂăÂâÎîŞşŢţĐđĽľĹĺŔŕÔô"
_NOT_CENTRAL = re.compile(rf"[^\x00-\x7f{_CENTRAL}]|(?<=[a-z])[ĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽ]|[{_CENTRAL}]{{4,}}")


@dataclass(frozen=True)
class Text:
    """Text as UTF-8 bytes without mark and null bytes, the encoding it came in, and what was noticed."""

    data: bytes
    encoding: str
    notes: tuple[Note, ...] = ()


def to_utf8(data: bytes, file: str, declared: str | None = None) -> Text:
    """Return the text of `data` as UTF-8.

    A byte order mark is believed; then the declared encoding; then strict UTF-8; then UTF-16 without a mark; then
    cp1252 or cp1250 where their letters make sense, else the best guess of charset-normalizer. A guess is noted.
    Bytes that do not fit are an error with their row: nothing is replaced.
    """
    marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), None)
    notes: list[Note] = []
    if marked:
        mark, encoding = marked
        data = data[len(mark) :]
        if declared and not _same(declared, encoding):
            notes.append((OTHER_MARK, {"encoding": encoding, "declared": declared}))
    else:
        encoding = declared or _found(data, file)
        if not declared and encoding not in {"utf-8", "utf-16-le", "utf-16-be"}:
            notes.append((GUESSED, {"encoding": encoding}))
    clean = _transcoded(data, encoding, file)
    nulls = clean.count(b"\0")
    if nulls:
        clean = clean.replace(b"\0", b"")
        notes.append((NULLS, {"count": nulls}))
    return Text(clean, encoding, tuple(notes))


def looks_like_text(data: bytes) -> bool:
    """Say whether bytes can be text at all: few control characters, and null bytes only where UTF-16 has them."""
    sample = data[:_SAMPLE]
    if any(sample.startswith(mark) for mark, _ in _MARKS) or _wide(sample):
        return True
    strange = len(sample) - len(sample.translate(None, _CONTROL))
    return strange <= max(1, 0.02 * len(sample)) and sample.count(0) <= 0.1 * len(sample)


def _same(one: str, other: str) -> bool:
    try:
        names = codecs.lookup(one).name, codecs.lookup(other).name
    except LookupError:
        return False
    return names[0].replace("-sig", "") in names[1]


def _found(data: bytes, file: str) -> str:
    wide = _wide(data[:_SAMPLE])
    if wide:
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        return _code_page(data, file, problem)
    return "utf-8"


def _wide(sample: bytes) -> str:
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    zeros = np.flatnonzero(np.frombuffer(sample, np.uint8) == 0)
    odd = int(np.count_nonzero(zeros % 2))
    half = len(sample) / 2
    if odd > 0.7 * half and len(zeros) - odd < 0.05 * half:
        return "utf-16-le"
    if len(zeros) - odd > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _code_page(data: bytes, file: str, problem: UnicodeDecodeError) -> str:
    if _mostly_utf8(data):
        row = _row_at(data, problem.start)
        raise Unreadable("read.damaged-text", file=file, row=row, byte=f"{data[problem.start]:02X}")
    for page, unlikely in (("cp1252", _NOT_WESTERN), ("cp1250", _NOT_CENTRAL)):
        if _makes_sense(data, page, unlikely):
            return page
    from charset_normalizer import from_bytes  # noqa: PLC0415 - loads its tables, and is rarely needed

    best = from_bytes(data[:_SAMPLE], cp_isolation=_CODE_PAGES).best()
    if best is None:
        raise Unreadable("read.no-encoding", file=file, row=_row_at(data, problem.start))
    return str(best.encoding)


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    return sum(character > "\x7f" for character in text[:_SAMPLE] if character != "\ufffd") > 3 * lost


def _makes_sense(data: bytes, page: str, unlikely: re.Pattern[str]) -> bool:
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return False
    special = int(np.count_nonzero(np.frombuffer(data, np.uint8) >= 0x80))
    return sum(len(match.group()) for match in unlikely.finditer(text)) <= 0.05 * special


def _transcoded(data: bytes, encoding: str, file: str) -> bytes:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        row = _row_at(data, problem.start)
        raise Unreadable("read.wrong-encoding", file=file, encoding=encoding, row=row) from problem
    except UnicodeError as problem:
        raise Unreadable("read.wrong-encoding", file=file, encoding=encoding, row=1) from problem
    except (LookupError, ValueError) as problem:
        raise Unreadable("read.unknown-encoding", file=file, encoding=encoding) from problem
    if encoding == "utf-8":
        return data
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise Unreadable("read.wrong-encoding", file=file, encoding=encoding, row=1) from problem


def _row_at(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
