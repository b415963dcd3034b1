"""Africa's Talking: SMS that it posts to us and that we hand to it, and screens of USSD as answers to its questions.

Fields as its documentation names them. SMS: id, from, to, text, date, linkId; sent to /version1/messaging with apiKey
as a header, and username, to, message and from (the short code). USSD: sessionId, phoneNumber, networkCode,
serviceCode, and text, which is everything that was said in the session, joined by stars; the answer begins with CON
where the session goes on, with END where it is over.
"""

from __future__ import annotations

from collections.abc import Mapping

import requests
from urllib3.exceptions import NewConnectionError

from datashift.web.fieldwork.messages.incoming import Incoming, Reply
from datashift.web.fieldwork.messages.replies import Delivery

LIVE = "https://api.africastalking.com/version1/messaging"
SANDBOX = "https://api.sandbox.africastalking.com/version1/messaging"
CONNECT, READ = 5, 10
"""Seconds to wait for a connection, and for an answer. It waits for us meanwhile."""
_TAKEN = frozenset((100, 101, 102))
"""Processed, sent, queued."""
_TO_NOBODY = frozenset((403, 404, 406, 409))
"""The number is none, or of a kind that gets none, or its owner wants none."""
_MAY_HAVE_TAKEN = frozenset((502, 504))
"""What stands before the gateway had no answer from it."""


def read_sms(posted: Mapping[str, str]) -> Incoming | None:
    """Return the SMS that was posted; None where this is none."""
    if not posted.get("from") or not posted.get("id"):
        return None
    return Incoming(posted["id"], posted["from"], posted.get("text", ""))


def read_ussd(posted: Mapping[str, str]) -> Incoming | None:
    """Return what somebody typed on a screen of USSD; None where this is none."""
    session, person = posted.get("sessionId", ""), posted.get("phoneNumber", "")
    if not session or not person:
        return None
    text = posted.get("text", "")
    return Incoming(f"{session}\n{text}", person, text, session, text)


def screen(reply: Reply) -> str:
    """Return a reply as a screen of USSD."""
    return f"{'END' if reply.over else 'CON'} {reply.text}"


def send_sms(told: Mapping[str, str], person: str, text: str) -> Delivery:
    """Hand a message over, once, and return what became of it. `told` holds username, api_key and, where there is one,
    sender.

    SENT: it was taken. WAITING: it certainly was not, and can be tried again. GIVEN_UP: this person gets none. UNCLEAR:
    the answer did not come, or cannot be read. The gateway has no means to take the same message once only, and who is
    asked twice answers twice, the second time to the next question: so it is not tried again, and HELP repeats it.
    """
    body = {"username": told["username"], "to": person, "message": text}
    body |= {"from": told["sender"]} if told.get("sender") else {}
    address = SANDBOX if told["username"] == "sandbox" else LIVE
    try:
        answer = _post(address, body, {"apiKey": told["api_key"], "Accept": "application/json"})
    except requests.RequestException as problem:
        return Delivery.WAITING if _never_left(problem) else Delivery.UNCLEAR
    if answer.status_code >= 300:
        return Delivery.UNCLEAR if answer.status_code in _MAY_HAVE_TAKEN else Delivery.WAITING
    return _became(answer)


def _never_left(problem: requests.RequestException) -> bool:
    """Whether no connection was made at all."""
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    return isinstance(problem, requests.ConnectTimeout | requests.exceptions.SSLError) or isinstance(
        reason, NewConnectionError
    )


def _post(address: str, body: Mapping[str, str], headers: Mapping[str, str]) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # no proxy and no password of the machine plays a part
        return session.post(address, data=body, headers=headers, timeout=(CONNECT, READ), allow_redirects=False)


def _became(answer: requests.Response) -> Delivery:
    try:
        codes = {int(one["statusCode"]) for one in answer.json()["SMSMessageData"]["Recipients"]}
    except (ValueError, KeyError, TypeError):
        return Delivery.UNCLEAR
    if codes & _TAKEN:
        return Delivery.SENT
    return Delivery.GIVEN_UP if codes & _TO_NOBODY else Delivery.WAITING
