"""The suggestion of a recipe: profile, evidence, confidence, roles, text."""

from datashift.harmonise.suggestion.profile import FormWords
from datashift.harmonise.suggestion.propose import Guess, Suggestion, suggest

__all__ = ["FormWords", "Guess", "Suggestion", "suggest"]
