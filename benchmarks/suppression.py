"""How long does complementary suppression of a 50 x 20 x 6 table take, and how much information is lost?

Beside it a simple rule: in every row and column where one cell alone is hidden, hide the smallest other, until nothing
can be subtracted. An attacker with linear programming then tries both.

Run: .venv/bin/python benchmarks/suppression.py [--answers 30 60 100]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from datashift.protect import rules
from datashift.protect.attack import attack
from datashift.protect.complements import complements
from datashift.protect.rules import Need
from datashift.protect.tables import Axis, Booleans, Table, crossed

LEAST = 10


def survey(answers: float) -> Table:
    """Return a table of 50 areas, 20 groups and 6 ages with so many answers in a cell on average."""
    rng = np.random.default_rng(3)
    uneven = [rng.lognormal(0, spread, shape) for spread, shape in ((0.7, (50, 1, 1)), (0.5, (1, 20, 1)), (0.3, 6))]
    inner = rng.poisson(answers * uneven[0] * uneven[1] * uneven[2], (50, 20, 6))
    return crossed([Axis.flat(range(k)) for k in (50, 20, 6)], inner)


def simple(table: Table, need: Need) -> Booleans:
    """Return what the simple rule hides."""
    hidden = need.sensitive.copy()
    relations = table.relations
    changed = True
    while changed:
        changed = False
        for row in range(relations.shape[0]):
            cells = relations.indices[relations.indptr[row] : relations.indptr[row + 1]]
            others = cells[~hidden[cells] & np.isfinite(table.cost[cells])]
            if hidden[cells].sum() == 1 and others.size:
                hidden[others[np.argmin(table.value[others])]] = changed = True
    return hidden


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=float, nargs="*", default=[30, 60, 100])
    print(f"{'answers':>8} {'small':>6} {'rule':>12} {'seconds':>8} {'cells':>6} {'answers lost':>13} {'found':>6}")
    for answers in parser.parse_args().answers:
        table = survey(answers)
        need = rules.threshold(table.value.astype(int), LEAST)
        for name in ("simple", "complements"):
            start = time.process_time()
            hidden = simple(table, need) if name == "simple" else complements(table, need).hidden
            seconds = time.process_time() - start
            extra = hidden & ~need.sensitive
            found = len(attack(table, hidden, need))
            lost = table.value[extra].sum()
            small = need.sensitive.sum()
            print(f"{answers:8g} {small:6d} {name:>12} {seconds:8.1f} {extra.sum():6d} {lost:13,.0f} {found:6d}")


if __name__ == "__main__":
    main()
