"""Two releases of the same data: what the second tells together with the first, and what must be hidden in it.

The figures of both, and those who came in between, are one system of sums: new = old + come in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from datashift.protect.attack import Attacker, Possible
from datashift.protect.complements import Hiding, complements
from datashift.protect.rules import Need
from datashift.protect.tables import NEVER, Booleans, Floats, Integers, Table


@dataclass(frozen=True)
class Earlier:
    """What was released before: for each cell of the new table its number then (nan: no such cell), and if shown."""

    value: Floats
    shown: Booleans

    @classmethod
    def matched(cls, new: Sequence[object], old: Sequence[object], value: Floats, shown: Booleans) -> Earlier:
        """Match the cells of two releases by their keys."""
        number = {key: index for index, key in enumerate(old)}
        found = np.array([number.get(key, -1) for key in new], dtype=np.intp)
        return cls(np.where(found < 0, np.nan, value[found]), (found >= 0) & shown[found])

    @property
    def there(self) -> Booleans:
        """Return which cells the earlier release had."""
        return ~np.isnan(self.value)


def after(table: Table, need: Need, earlier: Earlier, least: int) -> tuple[Table, Need]:
    """Return the new table as somebody sees it who has the earlier release, and what its cells need then.

    A cell that was shown before and has since grown (or shrunk) by fewer than `least` would tell about those few: it
    needs the same protection as a cell of few. Where nothing shrank, the reader takes it that answers only come in: a
    hidden cell is then at least what it was.
    """
    since = np.where(earlier.shown, table.value - earlier.value, 0.0)
    few = (since != 0) & (np.abs(since) < least)
    grows = bool((since >= 0).all())
    then = np.where(earlier.shown, earlier.value, 0.0)
    known = replace(table, least=np.maximum(table.least, np.minimum(then, table.value)) if grows else table.least)
    return known, replace(need, width=np.maximum(need.width, np.where(few & np.isfinite(table.cost), least - 1.0, 0.0)))


def together(table: Table, need: Need, earlier: Earlier) -> tuple[Table, Need]:
    """Return one table of both releases: the new cells, the old ones, and between them those who came in.

    What was shown before cannot be hidden any more; what was hidden before still needs what it needed.
    """
    size, there = table.size, earlier.there
    old = np.flatnonzero(there)
    pick = sparse.csr_array(sparse.eye_array(size).tocsr()[old])
    one = sparse.eye_array(old.size)
    sums = [[table.relations, None, None], [pick, -one, -one]]
    both = _within(table.relations, there)
    sums.append([sparse.csr_array((both.shape[0], size)), both, sparse.csr_array((both.shape[0], old.size))])
    then = earlier.value[old]
    value = np.concatenate([table.value, then, table.value[old] - then])
    hidden_then = ~earlier.shown[old] & (then > 0)
    grows = bool((table.value[old] >= then).all())
    joined = Table(
        value=value,
        relations=sparse.csr_array(sparse.block_array(sums)),
        least=np.concatenate([table.least, np.minimum(then, 1.0), np.full(old.size, 0.0 if grows else -np.inf)]),
        most=np.full(value.size, np.inf),
        cost=np.concatenate([table.cost, np.full(2 * old.size, NEVER)]),
        published=np.concatenate([table.published, ~hidden_then, np.zeros(old.size, dtype=bool)]),
    )
    nothing = np.zeros(2 * old.size)
    still = np.where(hidden_then, need.width[old], 0.0)
    width = np.concatenate([need.width, still, np.zeros(old.size)])
    return joined, Need(np.append(need.below, nothing), np.append(need.above, nothing), width)


def complements_after(table: Table, need: Need, earlier: Earlier, least: int) -> Hiding:
    """Return what to hide in a release so that neither it nor the one before can be undone with the other's help."""
    known, asked = after(table, need, earlier, least)
    alone = complements(known, asked)
    if earlier.shown[earlier.there & (earlier.value > 0)].all():
        return alone  # then the earlier release adds no unknown: `after` has said all that it tells
    joined, wanted = together(table, asked, earlier)
    fixed = np.zeros(joined.size - table.size, dtype=bool)
    both = complements(joined, wanted, hidden=np.append(alone.hidden, fixed))
    return Hiding(both.hidden[: table.size], both.unprotected)


def attack_both(table: Table, hidden: Booleans, need: Need, earlier: Earlier) -> list[int]:
    """Return the cells of `need` and of the earlier release that both releases together bound too closely."""
    joined, wanted = together(table, need, earlier)
    unknown = np.append(hidden, np.zeros(joined.size - table.size, dtype=bool))
    possible, attacker = Possible(wanted), Attacker(joined, unknown)
    sensitive: Integers = np.flatnonzero(wanted.sensitive)
    for cell in sensitive:
        attacker.bounds(cell, possible)
    return [int(cell) for cell in sensitive if not possible.enough(cell)]


def _within(relations: sparse.csr_array, there: Booleans) -> sparse.csr_array:
    """Return the sums all of whose cells the earlier release had, over its cells alone."""
    missing = abs(relations) @ (~there).astype(float)
    return sparse.csr_array(relations[np.flatnonzero(missing == 0)][:, np.flatnonzero(there)])
