"""Raw table + recipe → observations in shared concepts; and the suggestion of a recipe that a person confirms."""

from datashift.harmonise.rows import harmonise, join
from datashift.harmonise.suggestion import FormWords, Suggestion, suggest

__all__ = ["FormWords", "Suggestion", "harmonise", "join", "suggest"]
