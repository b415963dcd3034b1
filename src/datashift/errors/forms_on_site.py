"""What can go wrong with forms on the site, and with the phones that fill them in."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadFieldwork(InputError):
    """A form, a version of it, a file that belongs to it, or a phone, that whoever manages forms can put right."""

    texts: ClassVar[dict[str, str]] = {
        "fieldwork.no-file": N_("No file came along. Choose the file, then send it."),
        "fieldwork.file-too-large": N_("{file} is larger than {most}. Make it smaller, then send it again."),
        "fieldwork.form-too-large": N_(
            "{file} is too large for a form: it may have up to {questions} questions and {choices} answers, in "
            "groups no deeper than {deep}. Split it."
        ),
        "fieldwork.not-a-workbook": N_("{file} is not a workbook. Save the form as XLSX, XLS or ODS."),
        "fieldwork.macros": N_("{file} holds macros, which a form does not need. Save it as XLSX without macros."),
        "fieldwork.faults": N_("Faults in the form: {number}. Put them right in the file, then send it again."),
        "fieldwork.encrypted": N_(
            "The form encrypts whole answers on the phone (public_key in the sheet settings), so nobody could check "
            "them here. Remove that. You can seal single questions instead."
        ),
        "fieldwork.sends-elsewhere": N_(
            "The form sends its answers to another address (submission_url in the sheet settings). Remove that, so "
            "that they come here."
        ),
        "fieldwork.bad-form-id": N_(
            "'{form_id}' cannot be the id of a form. Use up to 64 letters, digits, and the signs - _ and ."
        ),
        "fieldwork.form-there": N_(
            "You have a form with the id '{form_id}'. Add the file there as a new version, or give it another form_id."
        ),
        "fieldwork.other-form": N_(
            "The file is of the form '{said}', but this is the form '{form_id}'. Choose the right file, or correct "
            "form_id in its sheet settings."
        ),
        "fieldwork.version-there": N_(
            "The version '{version}' was published with other questions. Write another version into the sheet "
            "settings, then send the file again."
        ),
        "fieldwork.long-version": N_("'{version}' is too long for a version. Use up to 80 letters and digits."),
        "fieldwork.nothing-changed": N_("This is the version '{version}', which was published already."),
        "fieldwork.published": N_("This version was published, so it stays as it is. Add a new version."),
        "fieldwork.closed": N_("The form is closed. Open it again first."),
        "fieldwork.not-published": N_("Publish the form first."),
        "fieldwork.missing-media": N_("The form shows files that are not here: {names}. Add them first."),
        "fieldwork.media-kind": N_("{file} cannot belong to a form. These kinds can: {kinds}."),
        "fieldwork.media-name": N_("A form cannot use a file of this name: '{file}'. Rename it."),
        "fieldwork.too-many-media": N_("A form can have up to {most} files."),
        "fieldwork.has-answers": N_("Answers came in already. Close the form instead: nothing is lost then."),
        "fieldwork.was-published": N_(
            "Phones may still hold answers to this form. Close it instead, so that they can be sent."
        ),
        "fieldwork.no-place": N_("'{place}' is no place that we know. Choose places from the list."),
        "fieldwork.no-language": N_("Choose at least one language."),
        "fieldwork.no-name": N_("Give the phone a name of up to 80 letters, such as Team 1."),
        "fieldwork.name-there": N_("There is '{name}' already. Choose another name, or make a new key for it."),
        "fieldwork.no-organisation": N_("Choose an organisation for which you may add forms."),
        "fieldwork.other-organisation": N_("This form belongs to another organisation. Choose one of your own."),
        "fieldwork.no-sample": N_("There is no sample to work with yet. Draw one first."),
        "fieldwork.frame-too-large": N_(
            "{file} has {rows} rows. A list may have up to {most} here. Draw places first, then households in them."
        ),
        "fieldwork.sample-area": N_(
            "The form offers the units of one area at a time. Name the column of the list that says the area."
        ),
        "fieldwork.sample-answered": N_(
            "Units of the sample were visited already, so no other sample is drawn for this form. Replace units by "
            "rule, or make another form."
        ),
        "fieldwork.long-unit": N_("The name '{unit}' is too long. Use a code of up to {most} letters and digits."),
        "fieldwork.listing-changed": N_(
            "Households were drawn in '{place}' already, from another list. The first list counts. Leave this place "
            "out, or send its first list."
        ),
        "fieldwork.place-listed": N_(
            "Households were drawn in '{place}' already. Replace these, or note why they have no answer."
        ),
        "fieldwork.unit-answered": N_(
            "'{unit}' has an answer. An answer is kept, and it says what became of the unit."
        ),
        "fieldwork.nothing-to-gather": N_("No answers have come in that count, so there is nothing to put together."),
        "fieldwork.gathered-in-review": N_(
            "The data set of this form is being reviewed. Take the review back first, or wait for the decision."
        ),
    }
