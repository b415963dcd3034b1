"""Forms asked by messages: one question after the other, as SMS or on the screens of USSD. No gateway, no database."""

from datashift.forms.messages.conversation import Setting, Turn, again, begin, closing, go_on
from datashift.forms.messages.fitting import MOST_QUESTIONS, unfit
from datashift.forms.messages.lengths import EMAIL, ROOMS, SMS, USSD, Room, parts, septets

__all__ = [
    "EMAIL",
    "MOST_QUESTIONS",
    "ROOMS",
    "SMS",
    "USSD",
    "Room",
    "Setting",
    "Turn",
    "again",
    "begin",
    "closing",
    "go_on",
    "parts",
    "septets",
    "unfit",
]
