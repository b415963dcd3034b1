"""Answers against each other and against the rules of the form (checks K6, K7, K8 and K30)."""

from __future__ import annotations

from datashift.assess.checks import Check
from datashift.assess.form.assertions import assertions
from datashift.assess.form.consent import consent
from datashift.assess.form.others import others
from datashift.assess.form.refusals import refusals
from datashift.language import N_

CHECKS: tuple[Check, ...] = (
    Check(
        "K6",
        N_("Answers that do not fit together"),
        N_("Interviews in which a rule between answers does not hold, such as more children than people."),
        N_("Every rule that was agreed holds in every interview; a missing answer breaks none."),
        "rule",
        assertions,
    ),
    Check(
        "K7",
        N_("Answers in own words"),
        N_("Questions whose list is too short, and words that name an answer that is in the list."),
        N_("Nearly all answers are in the list, and what is in the list is not written in words."),
        "rule",
        others,
    ),
    Check(
        "K8",
        N_("Don't know, or no wish to answer"),
        N_("Questions that many do not answer, and interviewers to whom that happens more than to others."),
        N_(
            "Now and then somebody does not answer. Between interviewers in the same places, this differs by chance "
            "and by habit only."
        ),
        "analytical",
        refusals,
    ),
    Check(
        "K30",
        N_("Consent and age"),
        N_("Answers without consent, and people who are too young to give it."),
        N_(
            "Everybody who answered had agreed and was old enough. Whether consent came before the first question, "
            "no column tells."
        ),
        "rule",
        consent,
    ),
)
