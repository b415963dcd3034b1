"""Who counted what, where, when and for whom: the coverage matrix and its gaps, ranked."""
