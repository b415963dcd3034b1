"""What a file says by itself: rows, codes, answers against each other and the form (checks K1, K2, K4–K8, K30)."""
