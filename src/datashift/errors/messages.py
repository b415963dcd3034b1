"""What can go wrong where a form is asked by messages: it does not fit, or a gateway is not as it should be."""

from __future__ import annotations

from typing import ClassVar

from datashift.errors.failure import InputError, SourceUnavailable
from datashift.language import N_


class BadMessage(InputError):
    """A form that cannot be asked by messages, or what somebody enters for a gateway."""

    texts: ClassVar[dict[str, str]] = {
        "message.kind": N_("“{question}”: a message cannot carry this kind of answer. Leave the question out."),
        "message.pictures": N_("“{question}” shows a picture or a sound, which a message cannot. Ask it in words."),
        "message.repeat": N_("“{question}” is asked several times in a row. Ask it once."),
        "message.many-questions": N_("The form has {number} questions. By messages, ask {most} at most."),
        "message.many-choices": N_("“{question}” has {number} answers to choose from. Offer {most} at most."),
        "message.no-questions": N_("The form has no question that could be asked."),
        "message.rules": N_("A rule of the form cannot be worked out here: {why}"),
        "message.sealed": N_(
            "The form seals answers. Messages can be read on their way, so they cannot be sealed. Take the seals off, "
            "or ask in another way."
        ),
        "message.not-fitting": N_("This form cannot be asked by messages. The page says why."),
        "message.not-published": N_("Publish the form first."),
        "message.no-gateway": N_("Choose a kind of gateway from the list."),
        "message.keyword": N_("A keyword is one word of up to 20 letters, such as WATER, but no command such as STOP."),
        "message.blank": N_("Write something into “{field}”."),
        "message.host": N_("'{host}' is no host of a mailbox that can be reached from here."),
        "message.no-language": N_("Choose a language of the form."),
    }


class MessageNotSent(SourceUnavailable):
    """The gateway or the mailbox does not answer now. What was heard is kept."""

    texts: ClassVar[dict[str, str]] = {
        "message.not-sent": N_("The gateway does not take our messages just now. It is tried again."),
        "message.no-mailbox": N_("The mailbox does not answer just now. It is tried again."),
    }
