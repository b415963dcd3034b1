"""The quick face for analysts: a table, a question, a design, and the answer with its uncertainty; no recipe."""
