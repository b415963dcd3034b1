"""One module per kit: how its example is drawn, and what each row adds to each figure by the kit's definition in words.

A module has `places()`, `rows(places)` (submissions, with the columns of the form) and `units(rows)` (what the textbook
takes). `units` is written from the definition of the indicator, never from the rules in kit.toml: it is the second
opinion on them. A unit is one row (or one sensor and day) with `figures`: measure id -> (y, x), absent where the row
does not count for that measure. Shares and ratios are sum of y over sum of x; totals and rates are sums of y.
"""
