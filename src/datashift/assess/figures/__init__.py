"""Numbers and their digits: outliers, spikes, heaping, ages, first digits (checks K15, K16, K21 to K24)."""
