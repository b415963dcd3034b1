"""Sentences that the evidence licenses, in four languages; what it does not carry cannot be said."""
