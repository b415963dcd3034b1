"""Lots: random numbers that anybody can compute again, from the seed and the name of the unit alone."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

METHOD = "datashift-draw-1"
"""The way from a seed to a sample. A change of any step is a new name, so that old records stay provable."""


def lots(seed: str, purpose: str, names: Sequence[str]) -> Floats:
    """Return one number above 0 and below 1 for each name: the first 52 bits of SHA-256 over seed, purpose and name.

    A lot depends on no other unit, on no order of rows, on no machine and on no version of a library. `purpose` keeps
    the lots of one step apart from those of another. Texts are taken in Unicode form NFC, each behind its length.
    """
    head = hashlib.sha256(b"".join(map(_part, (METHOD, seed, purpose))))
    found = np.empty(len(names))
    for i, name in enumerate(names):
        whole = head.copy()
        whole.update(_part(name))
        # 52 bits and a half: exact as a float, never 0 and never 1.
        found[i] = ((int.from_bytes(whole.digest()[:8], "big") >> 12) + 0.5) / 2**52
    return found


def _part(text: str) -> bytes:
    data = unicodedata.normalize("NFC", text).encode()
    return len(data).to_bytes(8, "big") + data
