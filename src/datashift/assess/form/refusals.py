"""Questions that people do not know or do not want to answer, and interviewers to whom that happens more (check K8)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datashift.assess.checks import Outcome, discoveries
from datashift.assess.encoded import Flags, Numbers
from datashift.assess.evidence import Evidence
from datashift.assess.groups import FEW, Groups, groups, places, subject, unlike_others, visits
from datashift.assess.unlike import Unlike, unlike
from datashift.language import N_
from datashift.model import Finding
from datashift.standards.areas import folded

_WORDS = frozenset({
    "dk", "dont know", "don t know", "do not know", "doesnt know", "doesn t know", "does not know", "refused", "refuse",
    "refused to answer", "refuses to answer", "prefer not to answer", "prefer not answer", "prefer not to say",
    "rather not say", "no response", "no sabe", "no responde", "no contesta", "ns nr", "nsnr", "ns nc",
    "no sabe no responde", "prefiere no responder", "se rehusa", "ne sait pas", "refus", "sijui", "hajui", "sifahamu",
    "amekataa", "amekataa kujibu", "थाहा छैन", "भन्न चाहन्न", "जवाफ दिन चाहेन",
})  # fmt: skip
_MANY, _LEAST = 0.10, 10
_SHOWN = 5

NO_QUESTIONS = N_("No column is known to hold answers.")
NO_WORDS = N_(
    "No answer says that somebody does not know or does not want to answer. If codes stand for it, such as -99, write "
    "them under [protocol] refused."
)
_OFTEN = N_(
    "{questions} of {asked} questions were answered by 1 in 10 or more with “don't know” or not at all by choice. "
    "They may be hard to answer, or delicate."
)
_MORE = (
    N_(
        "Interviewers whose people say “don't know” or refuse far more often than those of others in the same places: "
        "{unlike} of {of}. Delicate places and the way of asking can explain it."
    ),
    N_(
        "With some interviewers, people say “don't know” or refuse far more often than with others in the same places. "
        "Delicate places and the way of asking can explain it."
    ),
)
_ONE = N_(
    "In {own} interviews, {share} per cent of the answers are “don't know” or refused; with others {others} per cent."
)


def refusals(evidence: Evidence) -> Outcome:
    """K8: questions often answered with "don't know" or refused (1 in 10: a convention), and interviewers (a test).

    The score of an interview is the share of such answers among all that were given; see `unlike`.
    """
    if not evidence.questions:
        return Outcome(idle=NO_QUESTIONS)
    given, refused = np.zeros(len(evidence.rows)), np.zeros(len(evidence.rows))
    rates: dict[str, float] = {}
    often: list[tuple[str, int]] = []
    shy = np.zeros(len(evidence.rows), dtype=np.bool_)
    for question in evidence.questions:
        if question.kind == "text":
            continue
        no = said_no(evidence, question.name)
        asked = (~evidence.missing(question.name) & evidence.written) | no
        given += asked
        refused += no
        count, total = int(no.sum()), int(asked.sum())
        if count:
            rates[question.name] = round(count / total, 4)
        if count >= _LEAST and count >= _MANY * total:
            often.append((question.name, count))
            shy |= no
    if not refused.any():
        return Outcome(idle=NO_WORDS)
    found = [_hard(evidence, often, shy)] if often else []
    by = groups(evidence, "enumerator")
    facts = {"share": round(float(refused.sum() / given.sum()), 4), "rates": rates}
    if by is None or len(by.names) < FEW:
        return Outcome(tuple(found), facts=facts)
    score = np.where(given > 0, refused / np.maximum(given, 1), np.nan)
    seen = unlike(score, by.of, len(by.names), visits(evidence), places(evidence), factors=True)
    found += _interviewers(evidence, by, seen, score)
    return Outcome(tuple(found), int((~np.isnan(seen.high)).sum()), facts=facts)


def said_no(evidence: Evidence, column: str) -> Flags:
    """Say in which rows the answer is a word or a code for "don't know" or "refused"."""
    encoded = evidence.columns[column]
    stated = {word.strip() for word in evidence.recipe.protocol.refused}
    # Answers of one question are few, or it is a number, where only stated codes count.
    texts = pc.fill_null(pc.utf8_trim_whitespace(encoded.texts), "")
    flags = np.asarray(pc.is_in(texts, value_set=pa.array(sorted(stated), pa.string())).to_numpy(zero_copy_only=False))
    if len(texts) <= _DIFFERENT:
        flags = flags | np.array([folded(text) in _WORDS for text in texts.to_pylist()], dtype=np.bool_)
    return encoded.where(flags.astype(np.bool_)) & evidence.written


_DIFFERENT = 5000


def _hard(evidence: Evidence, often: list[tuple[str, int]], where: Flags) -> Finding:
    named = [list(one) for one in sorted(often, key=lambda one: -one[1])[:_SHOWN]]
    asked = len(evidence.questions)
    return evidence.noticed(
        "K8", "assess.often-refused", _OFTEN, where, questions=len(often), asked=asked, values=named
    )


def _interviewers(evidence: Evidence, by: Groups, seen: Unlike, score: Numbers) -> list[Finding]:
    rates, noticed = discoveries(seen.high)
    if not noticed.any():
        return []
    told = []
    for k in map(int, np.flatnonzero(noticed)):
        facts = {"share": round(100 * float(seen.mean[k]), 1), "others": round(100 * float(seen.others[k]), 1)}
        chances = {"p_value": float(seen.high[k]), "p_adjusted": float(rates[k])}
        told.append(subject(evidence, by, k, score > 0, _ONE, **facts, **chances))
    asked = int((~np.isnan(seen.high)).sum())
    return [unlike_others(evidence, "K8", "assess.refused-more", _MORE, told, len(by.names), tested=asked)]
