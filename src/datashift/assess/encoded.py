"""Columns of text as numbers: which text each row has, how often each occurs, and what number it writes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

_NUMBER = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


class Encoded(NamedTuple):
    """A text column as one number per row and the different texts behind the numbers (null = no cell)."""

    codes: Codes
    texts: pa.Array

    def where(self, flags: Flags) -> Flags:
        """Return per row what `flags` says about its text."""
        return flags[self.codes]

    def counts(self) -> Whole:
        """Return how often each text occurs."""
        return np.bincount(self.codes, minlength=len(self.texts)).astype(np.int64)


def numbers(texts: pa.Array, decimal: str = ".") -> Numbers:
    """Return `texts` as numbers, NaN where a text is none; `decimal` is the sign before the decimals."""
    plain = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"^\+", "")
    if decimal == ",":
        plain = pc.replace_substring(pc.replace_substring(plain, ".", ""), ",", ".")
    readable = pc.fill_null(pc.match_substring_regex(plain, _NUMBER), False)
    parsed = pc.cast(pc.if_else(readable, plain, pa.scalar(None, pa.string())), pa.float64())
    return np.asarray(pc.fill_null(parsed, float("nan")).to_numpy(zero_copy_only=False), dtype=np.float64)


def encode(column: pa.ChunkedArray) -> Encoded:
    """Return a column as Encoded."""
    whole = pa.concat_arrays(column.cast(pa.string()).chunks) if column.num_chunks else pa.array([], pa.string())
    encoded = whole.dictionary_encode(null_encoding="encode")
    return Encoded(np.asarray(encoded.indices.to_numpy(), dtype=np.int32), encoded.dictionary)
