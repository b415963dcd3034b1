"""Whether people agreed to answer and were old enough to, and what their words give away (check K30)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from datashift.assess.checks import Outcome
from datashift.assess.encoded import Flags
from datashift.assess.evidence import Evidence
from datashift.language import LANGUAGES, N_, _, speaking
from datashift.model import Finding
from datashift.standards.areas import folded
from datashift.standards.personal import KINDS, scan

_ADULT = 18.0
_SIGNS = r"[@°]|[0-9०-९][^0-9०-९]{0,2}([0-9०-९][^0-9०-९]{0,3}){6}"
"""What every phone, e-mail, position or identity number has: a sign of its own, or seven digits close together."""

NO_CONSENT = N_(
    "There are no words to read, and the recipe names no column with consent or age. Name them under [paradata]."
)
_NOT_WRITTEN = N_(
    "In {n} of {total} rows, there are answers, but no consent is written. Without it they should not be used."
)
_NOT_GIVEN = N_(
    "In {n} of {total} rows, consent was not given, and yet there are answers. They should be erased, unless “{word}” "
    "means consent: then add it under [protocol] consent."
)
_GIVES_AWAY = N_(
    "In {n} of {total} rows, the words in '{column}' seem to hold {kinds}. Name the column under personal in the "
    "recipe, so that none of it ever leaves."
)
_YOUNG = N_("In {n} of {total} rows, the person who answered is younger than {age}, the least age that was agreed.")
_MINORS = N_(
    "In {n} of {total} rows, the person who answered is younger than 18. Children need the consent of those who care "
    "for them. If younger people were meant to answer, write it under [protocol] least_age."
)


def consent(evidence: Evidence) -> Outcome:
    """K30: answers without consent, people younger than may answer (18 where the protocol does not say), and words that
    seem to hold phones, e-mails, positions or identity numbers, in columns that are not named as personal.

    Whether consent came before the first question, no column tells; a refusal without any answer is in order. What the
    words hold is never quoted.
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
    words = [question.name for question in evidence.questions if question.kind == "text"]
    for column in words:
        found += _given_away(evidence, column)
    if not (facts or words or paradata.age in evidence.columns):
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


def _given_away(evidence: Evidence, column: str) -> Iterator[Finding]:
    encoded = evidence.columns[column]
    # Few texts have a sign that each of the shapes needs; only these are read closely.
    likely = pc.fill_null(pc.match_substring_regex(encoded.texts, _SIGNS), False).to_numpy(zero_copy_only=False)
    kinds: set[str] = set()
    flags = np.zeros(len(encoded.texts), dtype=np.bool_)
    for place in np.flatnonzero(likely):
        seen = scan(str(encoded.texts[int(place)].as_py()))
        flags[place] = bool(seen)
        kinds.update(seen)
    where = encoded.where(flags) & evidence.written
    if where.any():
        named = {language: _list(kinds, language) for language in LANGUAGES}
        yield evidence.noticed("K30", "assess.personal-words", _GIVES_AWAY, where, column=column, kinds=named)


def _list(kinds: set[str], language: str) -> str:
    with speaking(language):
        return ", ".join(_(kind) for kind in KINDS if kind in kinds)


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
