"""What is lost between the answers as given and the codes of the kit, as shares that travel with every estimate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datashift.harmonise.problems import Mask
from datashift.model import Kit, Loss
from datashift.standards.conditions import Objects
from datashift.standards.kits import asked_for

DECIMALS = 4


@dataclass(frozen=True)
class Mapped:
    """For each row: whether its answer to one concept has no code, and whether other answers share its code."""

    without_code: Mask
    shared: Mask


def mapped(values: Objects, codes: Objects, wrong: Mask, missing: Collection[str]) -> Mapped:
    """Compare answers with the codes that they were given.

    In: answers as text, codes (None where missing), where an answer could not be read, and the words for a missing
    answer. An answer that the recipe sends to nothing, though it is no word for missing, has no code.
    """
    encoded = pa.array(values, pa.string()).dictionary_encode()
    index = encoded.indices.to_numpy(zero_copy_only=False)
    answers = [answer.strip() for answer in encoded.dictionary.to_pylist()]
    said = np.array([bool(answer) and answer not in missing for answer in answers], dtype=bool)
    lost = wrong | (np.array([code is None for code in codes], dtype=bool) & said[index])
    # Every answer in the dictionary stands in some row, so the codes come in its order.
    of_answer = codes[np.unique(index, return_index=True)[1]]
    spellings: dict[str, set[str]] = {}
    for answer, code in zip(answers, of_answer, strict=True):
        spellings.setdefault(code, set()).add(answer.casefold())
    several = np.array([code is not None and len(spellings[code]) > 1 for code in of_answer], dtype=np.bool_)
    return Mapped(lost, several[index])


def losses(kit: Kit, area: Objects, rejected: Mask, mapping: Mapping[str, Mapped]) -> dict[tuple[str, str], Loss]:
    """Return the loss of every measure by area id, and for all rows together under the id "".

    In: the area of each meant row (None where unknown), which rows are rejected, and `Mapped` by concept.
    """
    names, place = np.unique([a or "" for a in area], return_inverse=True)
    found: dict[tuple[str, str], Loss] = {}
    for measure in kit.measures:
        concepts = [name for name in asked_for(kit, measure) if name in mapping]
        if not concepts:
            continue
        without = np.any([mapping[name].without_code for name in concepts], axis=0)
        shared = np.any([mapping[name].shared for name in concepts], axis=0)
        masks = np.array([without, shared & ~rejected, rejected], dtype=np.float64)
        counts = np.bincount(place, minlength=len(names))
        sums = np.array([np.bincount(place, mask, minlength=len(names)) for mask in masks])
        found[measure.id, ""] = _loss(sums.sum(axis=1), counts.sum())
        found |= {(measure.id, str(a)): _loss(sums[:, i], counts[i]) for i, a in enumerate(names) if a}
    return found


def _loss(sums: npt.NDArray[np.float64], rows: float) -> Loss:
    unmapped, many_to_one, rejected = (round(float(s) / max(float(rows), 1.0), DECIMALS) for s in sums)
    return Loss(unmapped, many_to_one, rejected)
