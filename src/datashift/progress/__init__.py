"""On track for 2030? Several published methods side by side, each with the probability of its labels."""
