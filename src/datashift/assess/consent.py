"""Whether people agreed to answer, and whether they were old enough to (check K30)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Flags
from datashift.assess.evidence import Evidence
from datashift.language import N_
from datashift.model import Finding
from datashift.standards.areas import folded

_ADULT = 18.0

NO_CONSENT = N_(
    "The recipe names no column with the consent or the age of those who answered. Name them under [paradata]."
)
_NOT_WRITTEN = N_(
    "In {n} of {total} rows, there are answers, but no consent is written. Without it they should not be used."
)
_NOT_GIVEN = N_(
    "In {n} of {total} rows, consent was not given, and yet there are answers. They should be erased, unless “{word}” "
    "means consent: then add it under [protocol] consent."
)
_YOUNG = N_("In {n} of {total} rows, the person who answered is younger than {age}, the least age that was agreed.")
_MINORS = N_(
    "In {n} of {total} rows, the person who answered is younger than 18. Children need the consent of those who care "
    "for them. If younger people were meant to answer, write it under [protocol] least_age."
)


def consent(evidence: Evidence) -> Outcome:
    """K30: answers without consent, and people younger than may answer (18 where the protocol does not say).

    Whether consent came before the first question, no column tells; a refusal without any answer is in order.
    """
    paradata = evidence.recipe.paradata
    found: list[Finding] = []
    facts = {}
    if paradata.consent in evidence.columns:
        answers = evidence.answered > 0
        found += _consent(evidence, str(paradata.consent), answers)
        facts["with_answers"] = int(answers.sum())
    if paradata.age in evidence.columns:
        found += _ages(evidence, str(paradata.age))
    elif not facts:
        return Outcome(idle=NO_CONSENT)
    return Outcome(tuple(found), facts=facts)


def _consent(evidence: Evidence, column: str, answers: Flags) -> Iterator[Finding]:
    encoded, missing = evidence.columns[column], evidence.missing(column)
    agreed = {folded(word) for word in evidence.recipe.protocol.consent}
    flags = np.array([folded(text or "") in agreed for text in encoded.texts.to_pylist()], dtype=np.bool_)
    given = encoded.where(flags) if len(flags) else missing
    nothing = missing & ~given & answers
    if nothing.any():
        yield evidence.noticed("K30", "assess.consent-missing", _NOT_WRITTEN, nothing, column=column)
    refused = ~missing & ~given & answers & evidence.written
    if refused.any():
        word = _word(evidence, column, refused)
        yield evidence.noticed("K30", "assess.consent-not-given", _NOT_GIVEN, refused, column=column, word=word)


def _word(evidence: Evidence, column: str, where: Flags) -> str:
    """Return what most of these rows say, where it may be shown."""
    encoded = evidence.columns[column]
    counts = np.bincount(encoded.codes[where], minlength=len(encoded.texts))
    most = int(np.argmax(counts))
    text = str(encoded.texts[most].as_py())
    return text if evidence.may_quote(column, text, int(counts[most])) else "…"


def _ages(evidence: Evidence, column: str) -> Iterator[Finding]:
    stated = evidence.recipe.protocol.least_age
    age = evidence.value(column)
    young = (age >= 0) & (age < (_ADULT if stated is None else stated)) & evidence.written
    if not young.any():
        return
    if stated is None:
        yield evidence.noticed("K30", "assess.minors", _MINORS, young, column=column)
    else:
        yield evidence.noticed("K30", "assess.too-young", _YOUNG, young, column=column, age=f"{stated:g}")
