"""SPSS system files (.sav), written row by row with the packing of the format itself.

pyreadstat writes them only from a whole table in memory; here a form of any size takes the memory of one row. The
layout follows the description of the PSPP developers ("System File Format"). All numbers are little-endian.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import starmap
from pathlib import Path
from typing import BinaryIO

from datashift.export.signs import within

MOST_BYTES = 32_767
"""The longest text of a cell."""
MOST_MISSING = 3
_PLAIN_MOST, _CHUNK, _SEGMENT = 255, 255, 252
_LABEL_MOST, _VALUE_LABEL_MOST = 255, 120
_F, _A, _SDATE = 5, 1, 39
_FORMATS = {"int": (_F, 12, 0), "decimal": (_F, 16, 6), "date": (_SDATE, 10, 0)}
_DAY_ZERO = dt.date(1582, 10, 14)
_BIAS, _LITERAL, _SPACES, _NOTHING, _END = 100, 253, 254, 255, 252
_HIGHEST = 1.7976931348623157e308
_BUFFER, _KEPT_SLOTS = 1 << 18, 20_000


@dataclass(frozen=True)
class Variable:
    """One column. `kind`: int, decimal, date or string; `width`: bytes of a string, at most 32,767.

    `labels` are {code: label}, `missing` up to three codes. Codes are written as the cells are.
    """

    name: str
    kind: str
    width: int = 0
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @cached_property
    def segments(self) -> tuple[int, ...]:
        """The widths of the variables of the file that hold it: 0 for a number, several for a text above 255 bytes."""
        if self.kind != "string":
            return (0,)
        if self.width <= _PLAIN_MOST:
            return (self.width,)
        whole = -(-self.width // _SEGMENT) - 1
        return (*[_CHUNK] * whole, self.width - whole * _SEGMENT)


def write_sav(path: Path, variables: list[Variable], rows: Iterable[list[str]], count: int) -> None:
    """Write the rows under these variables. Every cell must fit its kind and its width; "" is a missing answer."""
    with path.open("wb") as stream:
        stream.write(_dictionary(variables, count))
        _data(stream, [_Packed(variable) for variable in variables], rows)


def _dictionary(variables: list[Variable], count: int) -> bytes:
    shorts, first, slots, number = [], [], 0, 0
    records = []
    for variable in variables:
        shorts.append(f"V{number + 1}")
        first.append(slots + 1)
        for place, width in enumerate(variable.segments):
            number += 1
            records.append(_variable(variable, f"V{number}", width, place == 0))
            slots += _slots(width)
    header = _header(slots, count)
    labels = starmap(_short_labels, zip(variables, first, strict=True))
    return b"".join([header, *records, *labels, *_extensions(variables, shorts), struct.pack("<ii", 999, 0)])


def _header(slots: int, count: int) -> bytes:
    now = dt.datetime.now(dt.UTC)
    made = now.strftime("%d %b %y%H:%M:%S").encode()
    name = b"@(#) SPSS DATA FILE".ljust(60)
    start = struct.pack("<4s60siiiiid", b"$FL2", name, 2, slots, 1, 0, count, float(_BIAS))
    return start + made + b" " * 64 + bytes(3)


def _variable(variable: Variable, short: str, width: int, first: bool) -> bytes:
    """Return the record of a variable, and those that stand for the further slots of a text."""
    kind, shown, decimals = _FORMATS.get(variable.kind, (_A, width, 0))
    form = kind << 16 | shown << 8 | decimals
    label = within(variable.label, _LABEL_MOST).encode() if first else b""
    missing = [_value(variable, code, 8) for code in _plain_missing(variable)] if first else []
    counts = (width, bool(label), len(missing), form, form)
    record = struct.pack("<iiiiii8s", 2, *counts, short.encode().ljust(8))
    if label:
        record += struct.pack("<i", len(label)) + label.ljust(-(-len(label) // 4) * 4)
    more = struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8) * (_slots(width) - 1)
    return record + b"".join(missing) + more


def _plain_missing(variable: Variable) -> tuple[str, ...]:
    return variable.missing[:MOST_MISSING] if variable.kind != "string" or variable.width <= 8 else ()


def _value(variable: Variable, code: str, width: int) -> bytes:
    return code.encode().ljust(width) if variable.kind == "string" else struct.pack("<d", _number(variable, code))


def _number(variable: Variable, cell: str) -> float:
    if variable.kind == "date":
        return (dt.date.fromisoformat(cell) - _DAY_ZERO).days * 86_400.0
    return float(cell)


def _short_labels(variable: Variable, first: int) -> bytes:
    """Return the labels of the codes of a number, or of a text of up to eight bytes."""
    if not variable.labels or (variable.kind == "string" and variable.width > 8):
        return b""
    records = [struct.pack("<ii", 3, len(variable.labels))]
    for code, text in variable.labels.items():
        label = within(text, _VALUE_LABEL_MOST).encode()
        size = -(-(len(label) + 1) // 8) * 8 - 1
        records.append(_value(variable, code, 8) + bytes([len(label)]) + label.ljust(size))
    return b"".join(records) + struct.pack("<iii", 4, 1, first)


def _extensions(variables: list[Variable], shorts: list[str]) -> list[bytes]:
    """Return byte order, floats, long names, very long texts, labels of long codes, and that texts are UTF-8."""
    named = list(zip(variables, shorts, strict=True))
    names = "\t".join(f"{short}={variable.name}" for variable, short in named).encode()
    long = b"".join(
        f"{short}={variable.width:05d}\0\t".encode() for variable, short in named if variable.width > _PLAIN_MOST
    )
    lowest = struct.unpack("<d", struct.pack("<Q", 0xFFEFFFFFFFFFFFFE))[0]
    records = [
        _extension(3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001)),
        _extension(4, 8, struct.pack("<3d", -_HIGHEST, _HIGHEST, lowest)),
        _extension(13, 1, names),
        _extension(14, 1, long),
        _extension(20, 1, b"UTF-8"),
        _extension(21, 1, b"".join(map(_long_labels, variables))),
        _extension(22, 1, b"".join(map(_long_missing, variables))),
    ]
    return [record for record in records if record]


def _extension(number: int, size: int, data: bytes) -> bytes:
    return struct.pack("<iiii", 7, number, size, len(data) // size) + data if data else b""


def _long_labels(variable: Variable) -> bytes:
    if not variable.labels or variable.kind != "string" or variable.width <= 8:
        return b""
    parts = [_counted(variable.name.encode()), struct.pack("<ii", variable.width, len(variable.labels))]
    for code, text in variable.labels.items():
        label = within(text, _VALUE_LABEL_MOST).encode()
        parts += [_counted(_value(variable, code, variable.width)), _counted(label)]
    return b"".join(parts)


def _long_missing(variable: Variable) -> bytes:
    """Return the missing codes of a longer text: the format takes those of up to eight bytes."""
    codes = [code.encode() for code in variable.missing if len(code.encode()) <= 8][:MOST_MISSING]
    if not codes or variable.kind != "string" or variable.width <= 8:
        return b""
    values = b"".join(code.ljust(8) for code in codes)
    return _counted(variable.name.encode()) + bytes([len(codes)]) + struct.pack("<i", 8) + values


def _counted(data: bytes) -> bytes:
    return struct.pack("<i", len(data)) + data


def _slots(width: int) -> int:
    return max(1, -(-width // 8))


class _Packed(dict[str, tuple[bytes, list[bytes]]]):
    """From a cell to its opcodes and the eight bytes that follow some of them; short cells are kept."""

    def __init__(self, variable: Variable) -> None:
        super().__init__()
        self.variable = variable
        self.slots = sum(map(_slots, variable.segments))

    def __missing__(self, cell: str) -> tuple[bytes, list[bytes]]:
        packed = self._text(cell) if self.variable.kind == "string" else self._figure(cell)
        if len(cell) < 20 and len(self) * self.slots < _KEPT_SLOTS:
            self[cell] = packed
        return packed

    def _figure(self, cell: str) -> tuple[bytes, list[bytes]]:
        if not cell:
            return bytes([_NOTHING]), [b""]
        number = _number(self.variable, cell)
        if number.is_integer() and 1 - _BIAS <= number <= 251 - _BIAS:
            return bytes([int(number) + _BIAS]), [b""]
        return bytes([_LITERAL]), [struct.pack("<d", number)]

    def _text(self, cell: str) -> tuple[bytes, list[bytes]]:
        data, segments = cell.encode(), self.variable.segments
        # Each segment but the last takes 255 bytes and one more, which fills its 32 slots.
        chunks = [data[_CHUNK * place : _CHUNK * (place + 1)].ljust(256) for place in range(len(segments) - 1)]
        last = data[_CHUNK * (len(segments) - 1) :].ljust(8 * _slots(segments[-1]))
        whole = b"".join([*chunks, last])
        slots = [whole[start : start + 8] for start in range(0, len(whole), 8)]
        codes = bytes(_SPACES if slot == b"        " else _LITERAL for slot in slots)
        return codes, [b"" if slot == b"        " else slot for slot in slots]


def _data(stream: BinaryIO, packed: list[_Packed], rows: Iterable[list[str]]) -> None:
    """Write the cells: eight opcodes, then what follows those eight, and again."""
    codes, literals = bytearray(), []
    for row in rows:
        for known, cell in zip(packed, row, strict=True):
            code, literal = known[cell]
            codes += code
            literals += literal
        if len(codes) > _BUFFER:
            whole = len(codes) // 8 * 8
            stream.write(_groups(codes[:whole], literals[:whole]))
            del codes[:whole], literals[:whole]
    codes.append(_END)
    literals.append(b"")
    missing = -len(codes) % 8
    stream.write(_groups(codes + bytes(missing), literals + [b""] * missing))


def _groups(codes: bytearray, literals: list[bytes]) -> bytes:
    pieces = [bytes(codes[at : at + 8]) + b"".join(literals[at : at + 8]) for at in range(0, len(codes), 8)]
    return b"".join(pieces)
