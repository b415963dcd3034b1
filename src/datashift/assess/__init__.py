"""Evidence about one source: what automated checks notice, and what it does to the answer."""

from datashift.assess.findings import assess
from datashift.assess.queue import Entry, queue
from datashift.assess.wording import change, sentence, subject_sentence

__all__ = ["Entry", "assess", "change", "queue", "sentence", "subject_sentence"]
