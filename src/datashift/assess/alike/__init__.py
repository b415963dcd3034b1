"""Interviews whose answers are too much alike (checks K17, K18, and the copies of K2)."""
