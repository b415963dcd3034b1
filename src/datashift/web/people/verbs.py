"""The words of the record: what each act is called. An act without words is shown by its code."""

from __future__ import annotations

from datashift.language import N_, _

VERBS = {
    "first-link": N_("A link for the first administrator was made"),
    "invited": N_("Somebody was invited"),
    "invitation-withdrawn": N_("An invitation was withdrawn"),
    "account-made": N_("An account was made"),
    "account-changed": N_("Name or language was changed"),
    "address-changed": N_("The e-mail address was changed"),
    "account-closed": N_("Somebody left"),
    "joined": N_("An invitation was accepted"),
    "role-given": N_("A role was given"),
    "role-taken": N_("A role was taken away"),
    "organisation-added": N_("An organisation was added"),
    "organisation-changed": N_("What is said of an organisation was changed"),
    "signed-in": N_("Somebody signed in"),
    "password-changed": N_("A password was changed"),
    "password-reset": N_("A new password was set by letter"),
    "password-set": N_("A password was set"),
    "totp-activated": N_("Codes from an app were turned on"),
    "totp-deactivated": N_("Codes from an app were turned off"),
    "webauthn-added": N_("A passkey was added"),
    "webauthn-removed": N_("A passkey was removed"),
    "recovery-codes-generated": N_("New recovery codes were made"),
    "upload": N_("A file was sent"),
    "begin": N_("A data set was begun"),
    "answer": N_("A question about a data set was answered"),
    "suggest": N_("A kit and columns were suggested"),
    "ask-for-suggestion": N_("A new suggestion was asked for"),
    "ask-for-run": N_("A result was asked for"),
    "run": N_("A result was reckoned"),
    "lead": N_("Another figure was chosen to lead"),
    "replace": N_("A corrected file was added"),
    "explain": N_("A finding was decided or explained"),
    "concern-settled": N_("A supervisor decided on what stands out in somebody's interviews"),
    "concern-appealed": N_("Somebody asked for another look at their interviews"),
    "concern-answered": N_("A safety officer took another look"),
    "stated": N_("Evidence was stated"),
    "consent": N_("What people were told was written down"),
    "receipts": N_("Receipts were made"),
    "answer-withdrawn": N_("An answer was withdrawn"),
    "looked": N_("Texts were searched for personal data"),
    "redacted": N_("What looks personal in texts was decided on"),
    "words-decided": N_("Words of the producer that look personal were decided on"),
    "screened": N_("Withdrawn answers were taken out of a file"),
    "erased": N_("Rows were deleted: their time was over"),
    "considered": N_("Laws and dangers were considered"),
    "delete": N_("A data set was deleted"),
    "ask-for-review": N_("Review was asked for"),
    "review-withdrawn": N_("A request for review was taken back"),
    "review-returned": N_("A data set was sent back"),
    "release.published": N_("A release was published"),
    "release.nevertheless": N_("A release was published although something was open"),
    "release.withdrawn": N_("A release was withdrawn"),
    "rated": N_("A release was scored by a profile"),
    "rating-withdrawn": N_("A score of a release was taken back"),
    "profile.added": N_("A version of a profile was added"),
    "kit.added": N_("A version of a kit was added"),
}


def said_of(verb: str) -> str:
    """Return what an act is called in the current language."""
    return _(VERBS[verb]) if verb in VERBS else verb
