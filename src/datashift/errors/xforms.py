"""XForms: what cannot be read, what a form asks that we cannot do, and answers that do not fit."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError
from datashift.language import N_


class BadXForm(InputError):
    """A form, a submission or an answer cannot be taken, or a form needs what only other programs can do."""

    texts: ClassVar[dict[str, str]] = {
        "xform.not-xml": N_("This is not a form or a submission that can be read (line {line}). Send the file again."),
        "xform.doctype": N_("This file has a DOCTYPE. Forms and submissions never need one. Take it out."),
        "xform.too-large": N_("This file is larger than {most} bytes. Split the form, or send less at once."),
        "xform.too-many": N_("This file has more than {most} elements. Split the form, or send less at once."),
        "xform.too-deep": N_("This file has more than {most} levels inside each other. Use fewer groups."),
        "xform.not-a-form": N_("This file is XML, but not a form: it lacks {missing}. Make it from an XLSForm."),
        "xform.not-a-submission": N_("This file is XML, but not a submission: it does not name its form."),
        "xform.other-form": N_("These answers are from the form “{theirs}”, not from “{ours}”. Choose that form."),
        "xform.expression": N_("The expression “{text}” cannot be read: {why}. Write it in another way."),
        "xform.function": N_("{path}: nothing here knows “{name}()”. Use another program, or ask it another way."),
        "xform.kind": N_("{path}: questions of the type “{kind}” need another program, such as ODK Collect."),
        "xform.no-list": N_("{path} needs the list “{list}”, which is not here. Attach that file to the form."),
        "xform.cycle": N_("{path} depends on itself. Take it out of its own expression."),
        "xform.no-question": N_("The form has no question “{path}”. Open the form again."),
        "xform.not-answered": N_("“{path}” is not a question that takes an answer. Answer another one."),
        "xform.not-removable": N_("The number of “{path}” follows from other answers. Change those."),
        "xform.many-repeats": N_("“{path}” can be there {most} times at most. Begin another form for the others."),
        "xform.required": N_("Please answer this question."),
        "xform.constraint": N_("This answer does not fit. Please check it."),
        "xform.whole-number": N_("Write a whole number, such as 12."),
        "xform.a-number": N_("Write a number, such as 12.5."),
        "xform.a-date": N_("Write a day that exists, such as 2026-03-31."),
        "xform.a-time": N_("Write a time of the day, such as 14:30."),
        "xform.a-moment": N_("Write a day and a time, such as 2026-03-31T14:30."),
        "xform.a-place": N_("Take the position again: latitude and longitude are needed."),
        "xform.between": N_("Choose a value from {start} to {end}."),
        "xform.not-offered": N_("This choice is not offered any more. Please choose again."),
    }
