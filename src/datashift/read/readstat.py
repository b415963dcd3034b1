"""Reads an SPSS or Stata file in a process of its own, since the C library behind can crash on a damaged file.

It is started by its path and uses nothing of DataShift, so that it starts fast: the file comes on standard input, the
kind (`sav` or `dta`) and the encoding as arguments, and JSON goes to standard output.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from typing import Any

import pyreadstat


def main() -> None:
    """Write the columns with their values, the labels of the codes as pairs, the encoding, and how dates are given."""
    kind, encoding = sys.argv[1:]
    values, described, far_dates = _opened(sys.stdin.buffer.read(), kind, encoding or None)
    found = {
        "columns": [[name, list(cells)] for name, cells in values.items()],
        "labels": {name: list(known.items()) for name, known in described.variable_value_labels.items()},
        "encoding": described.file_encoding or "",
        "far_dates": far_dates,
    }
    sys.stdout.write(json.dumps(found, default=_plain))


def _opened(data: bytes, kind: str, encoding: str | None) -> tuple[dict[str, Any], Any, bool]:
    reader = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    options = {"output_format": "dict", "user_missing": True, "encoding": encoding}
    try:
        return *reader(io.BytesIO(data), **options), False
    except OverflowError:
        # A date outside the years 1 to 9999: the numbers of the file are all that can be shown of its dates.
        return *reader(io.BytesIO(data), disable_datetime_conversion=True, **options), True


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value.item()


if __name__ == "__main__":
    main()
