"""Which pairs to compare where there are too many interviews for all of them (check K17)."""

from __future__ import annotations

import numpy as np

from datashift.assess.alike.chance import Answers
from datashift.assess.alike.search import Packed
from datashift.assess.encoded import Codes, Whole

_TABLES = 12
_STEPS = 3
_WINDOW = 12


def found_alike(answers: Answers, sheets: Packed, groups: Whole | None, chance: np.random.Generator) -> Whole:
    """Return for each interview the most answers it is found to share with another; in truth it may be more.

    Interviews that agree in a random choice of questions are compared, twelve choices one after another (locality
    sensitive hashing by bit sampling, Indyk & Motwani 1998), each of just so many questions that few agree by chance.
    Beside these, each interview is compared with the next twelve of the same interviewer, where copies are made.
    """
    rows = len(sheets.asked)
    most = np.zeros(rows, dtype=np.int64)
    surprise = np.array([_surprise(codes) for codes, _given in answers])
    for _table in range(_TABLES):
        mixed = np.zeros(rows, dtype=np.uint64)
        bits = 0.0
        for k in chance.permutation(len(answers)):
            if surprise[k] > 0.1:
                mixed = (mixed ^ answers[k][0].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
                mixed ^= mixed >> np.uint64(29)
                bits += surprise[k]
            if bits > np.log2(rows) + 2:
                break
        order = np.argsort(mixed, kind="stable")
        for step in range(1, _STEPS + 1):
            agree = np.flatnonzero(mixed[order[step:]] == mixed[order[:-step]])
            _compare(sheets, order[agree], order[agree + step], most)
    order = np.argsort(groups, kind="stable") if groups is not None else np.arange(rows)
    for step in range(1, _WINDOW + 1):
        left, right = order[:-step], order[step:]
        same = slice(None) if groups is None else groups[left] == groups[right]
        _compare(sheets, left[same], right[same], most)
    return most


def _surprise(codes: Codes) -> float:
    share = np.bincount(codes) / max(len(codes), 1)
    return float(-np.log2(max(float((share**2).sum()), 1e-12)))


def _compare(sheets: Packed, left: Whole, right: Whole, most: Whole) -> None:
    shared = np.zeros(len(left), dtype=np.int64)
    for answered, planes in zip(sheets.answered, sheets.planes, strict=True):
        differ = planes[0][left] ^ planes[0][right]
        for plane in planes[1:]:
            differ |= plane[left] ^ plane[right]
        shared += np.bitwise_count(~differ & answered[left] & answered[right])
    np.maximum.at(most, left, shared)
    np.maximum.at(most, right, shared)
