"""E-mail as a gateway: a mailbox is looked into every quarter of an hour, and each letter is answered once.

One conversation for one address. Addresses are not stored: they stand in the mailbox alone. Letters that machines write
(out of office, lists, failures of delivery) are never answered, so that no two machines write to each other for ever.
"""

from __future__ import annotations

import imaplib
import re
import smtplib
import socket
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from django.utils.crypto import salted_hmac

from datashift.errors import BadMessage, DataShiftError, MessageNotSent
from datashift.language import N_
from datashift.pull.door import is_public
from datashift.web.fieldwork.messages.gateways import secrets_of
from datashift.web.fieldwork.messages.incoming import Incoming
from datashift.web.fieldwork.messages.replies import Delivery, claimed, settle
from datashift.web.fieldwork.messages.talking import finish, hear
from datashift.web.fieldwork.models import Gateway
from datashift.web.jobs.services import Progress

FETCHING = N_("fetching e-mail")
WAIT = 30
"""Seconds to wait for a mailbox."""
MOST = 200
"""Letters of one mailbox that are read at a time."""
LARGEST = 200_000
"""Bytes of a letter that are fetched: more than anybody types."""
_QUOTED = re.compile(r"^\s*(>|--\s*$|_{5,}|-{5,}|On .{0,200} wrote:|From: )")
_MACHINES = ("list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-loop")


def fetch_mail(subject: str, progress: Progress) -> None:
    """Look into the mailbox of every gateway for e-mail, and hand over finished forms that were cut off. A mailbox that
    does not answer does not keep the others waiting.
    """
    progress(FETCHING)
    problem: DataShiftError | None = None
    for gateway in Gateway.objects.filter(stopped=None).select_related("form__organisation"):
        try:
            finish(gateway)
            if gateway.kind == "email":
                poll(gateway)
        except DataShiftError as found:
            problem = found
    if problem is not None:
        raise problem


def poll(
    gateway: Gateway, *, mailbox: Callable[..., Any] = imaplib.IMAP4_SSL, post: Callable[..., Any] = smtplib.SMTP_SSL
) -> int:
    """Read the letters that nobody has read, answer them, and return how many there were.

    A letter counts as read once it is answered; cut off before, it is read again, and counts once all the same.
    Raises MessageNotSent where the mailbox does not answer, BadMessage where its host is inside a private network.
    """
    told = secrets_of(gateway)
    for host in (told["imap"], told["smtp"]):
        _require_public(host)
    try:
        box = mailbox(told["imap"], timeout=WAIT)
        with closing(_Box(box)) as letters:
            box.login(told["username"], told["api_key"])
            box.select("INBOX")
            _state, found = box.search(None, "UNSEEN")
            numbers = found[0].split()[:MOST]
            for number in numbers:
                letters.answered(number, lambda letter: _answer(gateway, told, letter, post))
    except (OSError, imaplib.IMAP4.error, smtplib.SMTPException) as problem:
        raise MessageNotSent("message.no-mailbox") from problem
    return len(numbers)


class _Box:
    """A mailbox that is open."""

    def __init__(self, box: Any) -> None:
        self.box = box

    def answered(self, number: bytes, act: Callable[[EmailMessage], None]) -> None:
        """Read a letter without marking it, act on it, and mark it."""
        _state, found = self.box.fetch(number, f"(BODY.PEEK[]<0.{LARGEST}>)")
        raw = next((part[1] for part in found if isinstance(part, tuple)), b"")
        letter = message_from_bytes(raw, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        act(letter)
        self.box.store(number, "+FLAGS", "\\Seen")

    def close(self) -> None:
        """Leave the mailbox."""
        self.box.logout()


def _answer(gateway: Gateway, told: dict[str, str], letter: EmailMessage, post: Callable[..., Any]) -> None:
    came = read_letter(letter)
    if came is None or came.person == _address(told.get("sender") or told["username"]):
        return
    reply = hear(gateway, came, "email")
    outgoing = claimed(reply.key)
    if outgoing is None:
        return
    try:
        with post(told["smtp"], timeout=WAIT) as server:
            server.login(told["username"], told["api_key"])
            server.send_message(written(told, letter, came, outgoing.text))
    except (OSError, smtplib.SMTPException) as problem:
        settle(outgoing, Delivery.GIVEN_UP if _nobody_there(problem) else Delivery.WAITING)
        if not _nobody_there(problem):
            raise
    else:
        settle(outgoing, Delivery.SENT)


def _nobody_there(problem: Exception) -> bool:
    """Whether letters to this person are never taken. The others behind it must not wait for one like that."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _why in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPNotSupportedError)


def read_letter(letter: EmailMessage) -> Incoming | None:
    """Return what somebody wrote above what is quoted; None where a machine wrote, or nobody can be answered."""
    person = _address(str(letter.get("From", "")))
    if not person or _by_machine(letter):
        return None
    text = _words(letter)
    known = (
        str(letter.get("Message-ID", ""))
        or salted_hmac("datashift.letter", f"{letter.get('Date')}\n{text}").hexdigest()
    )
    return Incoming(known, person, text or str(letter.get("Subject", "")))


def written(told: dict[str, str], letter: EmailMessage, came: Incoming, text: str) -> EmailMessage:
    """Return the reply to a letter, under its subject."""
    made = EmailMessage()
    subject = " ".join(str(letter.get("Subject", "")).split())[:200]
    made["From"], made["To"] = _address(told.get("sender") or told["username"]), came.person
    made["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    made["Auto-Submitted"] = "auto-replied"
    if "\n" not in came.id and came.id.startswith("<"):
        made["In-Reply-To"] = made["References"] = came.id
    made.set_content(text)
    return made


def _words(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    try:
        content = str(part.get_content()) if part is not None else ""
    except (LookupError, UnicodeError):  # an alphabet that nobody knows
        return ""
    said = []
    for line in content.splitlines():
        if _QUOTED.match(line):
            break
        said.append(line)
    return "\n".join(said).strip()


def _by_machine(letter: EmailMessage) -> bool:
    if str(letter.get("Auto-Submitted", "no")).lower() != "no" or any(letter.get(name) for name in _MACHINES):
        return True
    return str(letter.get("Precedence", "")).lower() in ("bulk", "junk", "list")


def _address(text: str) -> str:
    found = parseaddr(text)[1].strip().casefold()
    return found if re.fullmatch(r"[^\s@<>]{1,64}@[^\s@<>]{1,250}", found) else ""


def _require_public(host: str) -> None:
    """Refuse a host inside a private network: whoever enters it must not reach what is behind the site."""
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError) as problem:
        raise MessageNotSent("message.no-mailbox") from problem
    if not found or not all(map(is_public, found)):
        raise BadMessage("message.host", host=host)
