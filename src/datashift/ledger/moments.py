"""Where a period stands in time."""

from __future__ import annotations

import re

from datashift.standards.periods import years

_PART = re.compile(r"\d{4}-([SHTQWM]?)(\d{1,2})(?:-\d{2})?")
_PARTS = {"S": 2, "H": 2, "T": 3, "Q": 4, "W": 52, "M": 12, "": 12}


def moment(period: str) -> float:
    """Return the middle of an SDMX period in decimal years, where a plain year stands for itself.

    2011 is 2011.0, 2011/2013 is 2012.0, 2011-01 is 2010.54. Raises BadRecipe for anything that is not a period.
    """
    first, last = years(period)
    part = _PART.fullmatch(period.strip())
    if first != last or not part:
        return (first + last) / 2
    return round(first + (int(part[2]) - 0.5) / _PARTS[part[1]] - 0.5, 4)
