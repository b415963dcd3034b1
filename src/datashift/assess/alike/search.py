"""How many answers two interviews share, for all pairs: answers as bits, compared word by word (check K17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from datashift.assess.encoded import Codes, Whole

Words = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint16]
Result = TypeVar("Result")

_WORD = 64
_MOST_BITS = 16
_HERE, _THERE = 48, 3072
"""A tile of pairs: what it needs in between stays in the cache of a core."""
_BLOCK = 1 << 14
"""As many rows at a time as stay there while their bits are put into words."""
_THREADS = 2


class Packed(NamedTuple):
    """Answers as bits. For each word of up to 64 questions: who answered them, and the number of the answer bit by bit.

    asked: how many of the questions each interview answered.
    """

    answered: tuple[Words, ...]
    planes: tuple[tuple[Words, ...], ...]
    asked: Whole

    @property
    def questions(self) -> int:
        """Return the most answers that any interview has."""
        return int(self.asked.max(initial=0))

    def of(self, rows: Any) -> Packed:
        """Return some of the interviews."""
        planes = tuple(tuple(plane[rows] for plane in word) for word in self.planes)
        return Packed(tuple(word[rows] for word in self.answered), planes, self.asked[rows])


def packed(answers: Sequence[tuple[Codes, npt.NDArray[np.bool_]]], rows: int) -> Packed:
    """Return questions, each as the number of the answer and whether there is one, as bits.

    Questions with as many bits stand in one word, so that yes-or-no questions do not pay for those with long lists.
    """
    bits = [max(int(codes.max(initial=0)).bit_length(), 1) for codes, _given in answers]
    order = np.argsort(bits, kind="stable")
    answered, planes = [], []
    asked = np.zeros(rows, dtype=np.int64)
    for start in range(0, len(order), _WORD):
        among = order[start : start + _WORD]
        given_word = np.zeros(rows, dtype=np.uint64)
        word = [np.zeros(rows, dtype=np.uint64) for _bit in range(min(max(bits[k] for k in among), _MOST_BITS))]
        for start_row in range(0, rows, _BLOCK):
            block = slice(start_row, start_row + _BLOCK)
            for place, k in enumerate(among):
                codes, given = answers[k][0][block], answers[k][1][block]
                asked[block] += given
                given_word[block] |= given.astype(np.uint64) << np.uint64(place)
                for bit, plane in enumerate(word):
                    plane[block] |= ((codes >> bit) & 1).astype(np.uint64) << np.uint64(place)
        answered.append(given_word)
        planes.append(tuple(word))
    return Packed(tuple(answered), tuple(planes), asked)


def shared(these: Packed, those: Packed, room: Room | None = None) -> Counts:
    """Return how many answers each of `these` shares with each of `those`: both answered, and the same.

    With `room`, the result stands in it until the next call.
    """
    size = (len(these.asked), len(those.asked))
    room = room if room is not None else Room(*size)
    differ, other, count, total = room.of(*size)
    total[:] = these.asked[:, None]
    for word, answered in enumerate(these.answered):
        np.bitwise_xor(these.planes[word][0][:, None], those.planes[word][0][None, :], out=differ)
        for here, there in zip(these.planes[word][1:], those.planes[word][1:], strict=True):
            np.bitwise_xor(here[:, None], there[None, :], out=other)
            np.bitwise_or(differ, other, out=differ)
        np.bitwise_or(differ, (~those.answered[word])[None, :], out=differ)
        np.bitwise_and(differ, answered[:, None], out=differ)
        np.bitwise_count(differ, out=count)
        np.subtract(total, count, out=total)
    return total


class Room:
    """Memory that is used again from tile to tile: fresh pages cost more than the comparing."""

    def __init__(self, here: int, there: int) -> None:
        """Make room for so many by so many interviews."""
        self._differ, self._other = (np.empty(here * there, dtype=np.uint64) for _part in range(2))
        self._count, self._total = np.empty(here * there, dtype=np.uint8), np.empty(here * there, dtype=np.uint16)

    def of(self, here: int, there: int) -> tuple[Words, Words, npt.NDArray[np.uint8], Counts]:
        """Return the four parts as tables of that size."""
        size, shape = here * there, (here, there)
        return (
            self._differ[:size].reshape(shape), self._other[:size].reshape(shape), self._count[:size].reshape(shape),
            self._total[:size].reshape(shape),
        )  # fmt: skip


def most_shared(packed: Packed) -> Whole:
    """Return for each interview the most answers that it shares with any other: all pairs are compared."""
    rows = len(packed.asked)
    starts = range(0, rows, _THERE)

    def one(start: int) -> Whole:
        best = np.zeros(rows, dtype=np.uint16)
        there = slice(start, min(start + _THERE, rows))
        those, room = packed.of(there), Room(_HERE, _THERE)
        for begin in range(0, there.stop, _HERE):
            here = slice(begin, min(begin + _HERE, there.stop))
            count = shared(packed.of(here), those, room)
            if here.stop > there.start:  # the tile holds pairs of an interview with itself, and pairs told before
                itself = np.arange(max(here.start, there.start), here.stop)
                count[itself - here.start, itself - there.start] = 0
            np.maximum(best[here], count.max(axis=1), out=best[here])
            np.maximum(best[there], count.max(axis=0), out=best[there])
        return best.astype(np.int64)

    best = np.zeros(rows, dtype=np.int64)
    for found in _together(one, starts):
        np.maximum(best, found, out=best)
    return best


def tallies(packed: Packed, rows: Whole, among: Whole) -> Whole:
    """Return for each of `rows` with how many of `among` it shares 0, 1, 2, … answers; not counting itself."""
    width = packed.questions + 1
    those = packed.of(among)
    place = np.full(len(packed.asked), -1, dtype=np.int64)
    place[among] = np.arange(len(among))

    def one(start: int) -> Whole:
        here = rows[start : start + _HERE]
        tally, room = np.zeros((len(here), width), dtype=np.int64), Room(_HERE, _THERE)
        offset = (np.arange(len(here)) * width)[:, None]
        for begin in range(0, len(among), _THERE):
            tile = shared(packed.of(here), those.of(slice(begin, begin + _THERE)), room)
            tally += np.bincount((tile + offset).ravel(), minlength=tally.size).reshape(tally.shape)
        itself = place[here] >= 0
        tally[np.flatnonzero(itself), packed.asked[here][itself]] -= 1
        return tally

    found = list(_together(one, range(0, len(rows), _HERE)))
    return np.concatenate(found) if found else np.zeros((0, width), dtype=np.int64)


def partners(packed: Packed, rows: Whole, among: Whole, least: Whole) -> tuple[Whole, Whole, Whole]:
    """Return the pairs (row, other, answers shared) in which one of `rows` shares at least its `least` with another."""
    those = packed.of(among)

    def one(start: int) -> tuple[Whole, Whole, Whole]:
        here = rows[start : start + _HERE]
        parts, room = [], Room(_HERE, _THERE)
        for begin in range(0, len(among), _THERE):
            tile = shared(packed.of(here), those.of(slice(begin, begin + _THERE)), room)
            left, right = np.nonzero(tile >= least[start : start + _HERE, None])
            other = among[begin + right]
            apart = other != here[left]
            parts.append((here[left[apart]], other[apart], tile[left[apart], right[apart]].astype(np.int64)))
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]

    found = list(_together(one, range(0, len(rows), _HERE))) if len(among) else []
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))  # type: ignore[return-value]


def _together(one: Callable[[int], Result], starts: range) -> Iterator[Result]:
    """numpy lets go of the interpreter while it compares, so two threads use two cores."""
    with ThreadPoolExecutor(_THREADS) as pool:
        yield from pool.map(one, starts)
