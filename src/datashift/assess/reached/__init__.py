"""Who and what land was reached, and who was not (criteria C1, C3 and C5)."""
