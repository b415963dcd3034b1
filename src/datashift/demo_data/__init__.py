"""A small simulated data set with known truth: water points of the made-up country Tavelia."""
