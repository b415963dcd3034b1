"""One message in, one message out: the conversation in between is kept sealed, and each message counts once.

Nobody is known by a number: a keyed digest stands for it. The number itself is kept, sealed, until the reply went
(`replies`). What was said is deleted with STOP, when it is sent as a submission, and when nobody went on for so long
(`WAIT`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from datashift.errors import NotKept
from datashift.forms import messages as asking
from datashift.forms.messages import Setting, Turn
from datashift.forms.messages.folding import bare
from datashift.forms.messages.reading import command
from datashift.language import _, speaking
from datashift.web.fieldwork.filling import code_of, form_of, zone
from datashift.web.fieldwork.messages.incoming import Incoming, Reply
from datashift.web.fieldwork.messages.replies import Delivery, Told, keep, told
from datashift.web.fieldwork.models import Conversation, Form, FormVersion, Gateway, Submission
from datashift.web.fieldwork.protecting import consent_words
from datashift.web.fieldwork.receiving import receive
from datashift.web.people.sealed import Sealed

WAIT = {"sms": timedelta(days=3), "ussd": timedelta(minutes=30), "email": timedelta(days=7)}
"""After so long without a word what was said is deleted, and the next message begins anew."""
_MOST_SEEN = 400
_RACES = 5


@dataclass
class _Kept:
    """What a conversation keeps: the state, digests of the messages that were heard, and what is on its way.

    heard: the history of the USSD session; ready: the finished form, until it is received; consent: digest of the words
    that were agreed to.
    """

    state: str = ""
    session: str = ""
    heard: str = ""
    ready: str = ""
    language: str = ""
    consent: str = ""
    seen: list[str] = field(default_factory=list)


def hear(gateway: Gateway, came: Incoming, room: str) -> Reply:
    """Take a message, and return what is answered. room: sms, ussd or email.

    The same message again gets the same answer. A form that is finished is on the disk when this returns. Raises
    NotKept where it cannot be stored: then the gateway delivers the message again.
    """
    found = _in_turn(gateway, came, room)
    if found is None:
        return _to_nobody(gateway, came)
    kept = _opened(found)
    if kept.ready:
        return _received(gateway, found, kept, room)
    last = told(found)
    return Reply(last.text, last.over, found.pk)


def finish(gateway: Gateway) -> None:
    """Hand over the forms that were finished and cut off before they were received. Raises NotKept."""
    for found in gateway.conversations.filter(done=None).select_related("version__form"):
        if (kept := _opened(found)).ready:
            _received(gateway, found, kept, room_of(gateway))


def room_of(gateway: Gateway) -> str:
    """Return which kind of messages a gateway carries: sms, ussd or email."""
    return gateway.kind.rpartition("-")[2]


# --- one turn ---------------------------------------------------------------------------------------------------------


def _in_turn(gateway: Gateway, came: Incoming, room: str) -> Conversation | None:
    """Take a message into its conversation; two first messages of one person at once begin one conversation."""
    for _race in range(_RACES):
        try:
            with transaction.atomic():
                return _taken(gateway, came, room)
        except IntegrityError:
            continue
    raise NotKept("submission.not-kept")


def _taken(gateway: Gateway, came: Incoming, room: str) -> Conversation | None:
    own = Conversation.objects.select_for_update().filter(gateway=gateway, person=_person(gateway, came.person))
    known, mark = list(own.order_by("-pk")), _mark(gateway, came)
    for one in known:
        if mark in _opened(one).seen:
            return one  # it came before: what was answered is answered again
    found = next((one for one in known if one.done is None), None)
    if found is not None and _opened(found).ready:
        return found  # finished, and cut off before it was received
    own.filter(changed__lt=timezone.now() - WAIT[room]).delete()
    found = own.filter(done=None).first()
    if found is None:
        return _begun(gateway, came, room, mark)
    return _gone_on(gateway, found, came, room)


def _begun(gateway: Gateway, came: Incoming, room: str, mark: str) -> Conversation | None:
    version = _version(gateway)
    if version is None or not _wanted(gateway, came, room):
        return None
    turn = asking.begin(form_of(version), _setting(gateway, room), gateway.language)
    found = Conversation(gateway=gateway, version=version, person=_person(gateway, came.person))
    kept = _Kept(session=came.session, heard=came.history or "", seen=[mark])
    return _noted(found, kept, turn, came, mark)


def _gone_on(gateway: Gateway, found: Conversation, came: Incoming, room: str) -> Conversation:
    kept, form, mark = _opened(found), form_of(found.version), _mark(gateway, came)
    setting = _setting(gateway, room)
    if kept.session != came.session or _is_keyword(gateway, [came.text]):  # alone: an answer may begin with it
        turn = asking.again(form, kept.state, setting)
        kept.session = came.session
    else:
        turn = asking.go_on(form, kept.state, _newly_said(came, kept), setting)
    kept.heard = came.history or ""
    kept.seen = [*kept.seen, mark][-_MOST_SEEN:]
    return _noted(found, kept, turn, came, mark)


def _noted(found: Conversation, kept: _Kept, turn: Turn, came: Incoming, mark: str) -> Conversation:
    """Keep what follows from a turn. Once it is over, nothing of what was said is left, but for a finished form, whose
    reply waits until the form is received.
    """
    kept.state, kept.language = turn.state, turn.language
    if turn.xml is not None:
        words = consent_words(found.version.form, code_of(turn.consent)) if turn.consent else None
        kept.ready, kept.consent = turn.xml.decode(), words.digest if words else ""
    elif turn.done:
        kept.heard, found.done = "", timezone.now()
    found.last, room = mark, room_of(found.gateway)
    found.state = _sealed(kept)
    delivery = "" if room == "ussd" or kept.ready else Delivery.WAITING
    keep(found, Told(turn.text, turn.done), delivery=delivery, person=came.person if room == "sms" else "")
    return found


def _received(gateway: Gateway, found: Conversation, kept: _Kept, room: str) -> Reply:
    """Hand a finished form over, and say the receipt. Cut off anywhere and done again, it is the same submission."""
    form = gateway.form
    received = receive(form.organisation, kept.ready.encode(), channel=room, form=form)
    if received.submission is not None and kept.consent:
        Submission.objects.filter(pk=received.submission.pk, consent="").update(consent=kept.consent)
    text = asking.closing(kept.language, received.receipt or "", asking.ROOMS[room])
    with transaction.atomic():
        locked = Conversation.objects.select_for_update().get(pk=found.pk)
        if locked.done is None:
            locked.done, locked.state = timezone.now(), _sealed(_Kept(session=kept.session, seen=kept.seen))
            keep(locked, Told(text, over=True), delivery="" if room == "ussd" else Delivery.WAITING)
    return Reply(text, True, found.pk)


def _to_nobody(gateway: Gateway, came: Incoming) -> Reply:
    """Answer who is in no conversation: who stops is told, who uses USSD is told; other messages get no answer."""
    with speaking(code_of(gateway.language)):
        if command(came.text) == "stop":
            return Reply(_("Stopped. What you said is deleted."), True)
        return Reply(_("This form is not asked now.") if came.history is not None else "", True)


# --- who, what, where -------------------------------------------------------------------------------------------------


def _person(gateway: Gateway, number: str) -> str:
    told = f"{gateway.pk}\n{''.join(number.split()).casefold()}"
    return salted_hmac("datashift.message-person", told, algorithm="sha256").hexdigest()


def _mark(gateway: Gateway, came: Incoming) -> str:
    return salted_hmac("datashift.message", f"{gateway.pk}\n{came.id}", algorithm="sha256").hexdigest()[:32]


def _version(gateway: Gateway) -> FormVersion | None:
    if gateway.form.state != Form.State.PUBLISHED or gateway.form.sealed:
        return None
    return gateway.form.versions.exclude(published=None).order_by("-number").first()


def _wanted(gateway: Gateway, came: Incoming, room: str) -> bool:
    """Whether a message of somebody who is in no conversation begins one."""
    if room == "ussd":
        return True
    return command(came.text) != "stop" and (not gateway.keyword or _is_keyword(gateway, came.text.split()[:1]))


def _is_keyword(gateway: Gateway, words: Sequence[str]) -> bool:
    return bool(gateway.keyword) and bare(" ".join(words)) == bare(gateway.keyword)


def _newly_said(came: Incoming, kept: _Kept) -> str:
    """Return what was said last: of USSD the history beyond what was heard, for an answer may hold a star itself."""
    if came.history is None:
        return came.text
    if not kept.heard:
        return came.history
    if came.history.startswith(f"{kept.heard}*"):
        return came.history[len(kept.heard) + 1 :]
    return came.history.rpartition("*")[2]


def _setting(gateway: Gateway, room: str) -> Setting:
    form = gateway.form

    def consent(language: str) -> str:
        words = consent_words(form, code_of(language))
        return words.words if words else ""

    return Setting(timezone.now(), zone(form), asking.ROOMS[room], consent)


# --- sealed -----------------------------------------------------------------------------------------------------------


def _opened(found: Conversation) -> _Kept:
    return _Kept(**json.loads(Sealed().decrypt(found.state)))


def _sealed(kept: _Kept) -> str:
    return Sealed().encrypt(json.dumps(asdict(kept), ensure_ascii=False))
