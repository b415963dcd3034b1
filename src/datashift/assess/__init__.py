"""Evidence about one source: what automated checks notice, and what it does to the answer."""

from datashift.assess.findings import assess
from datashift.assess.wording import sentence

__all__ = ["assess", "sentence"]
