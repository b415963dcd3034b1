"""What every gateway hands over, and what it is given to send."""

from __future__ import annotations

from typing import NamedTuple


class Incoming(NamedTuple):
    """One message that came.

    id: the same for the same message, however often it is delivered; person: a number or an address, which lives as
    long as the request, and a number, sealed, until its reply went; session: of USSD, "" elsewhere; text: what was
    said; `history`: of USSD, all that was said in the session, joined by stars, as gateways send it.
    """

    id: str
    person: str
    text: str
    session: str = ""
    history: str | None = None


class Reply(NamedTuple):
    """What is answered: text ("" where nothing is), and whether the conversation is over. key: of the conversation."""

    text: str
    over: bool
    key: int | None = None
