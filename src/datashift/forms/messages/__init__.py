"""Forms asked by messages: one question after the other, as SMS or on the screens of USSD. No gateway, no database."""

from datashift.forms.messages.conversation import again, begin, go_on
from datashift.forms.messages.costs import Cost, costs
from datashift.forms.messages.fitting import MOST_QUESTIONS, unfit
from datashift.forms.messages.lengths import EMAIL, ROOMS, SMS, USSD, Room, parts, septets
from datashift.forms.messages.saying import closing
from datashift.forms.messages.talk import Setting, Turn, code_of

__all__ = [
    "EMAIL",
    "MOST_QUESTIONS",
    "ROOMS",
    "SMS",
    "USSD",
    "Cost",
    "Room",
    "Setting",
    "Turn",
    "again",
    "begin",
    "closing",
    "code_of",
    "costs",
    "go_on",
    "parts",
    "septets",
    "unfit",
]
