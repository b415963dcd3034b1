"""A form by messages: whether it fits, its gateways, and a place to try the conversation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages as notices
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from datashift.errors import BadMessage, MessageNotSent
from datashift.forms import messages as asking
from datashift.forms.xform import XForm
from datashift.language import _
from datashift.web.fieldwork.filling import code_of, form_of, zone
from datashift.web.fieldwork.messages import gateways
from datashift.web.fieldwork.messages.replies import Delivery, standing
from datashift.web.fieldwork.models import Form
from datashift.web.fieldwork.protecting import consent_words
from datashift.web.fieldwork.views.access import person, the_form
from datashift.web.people.roles import needs

ACT = "manage-forms"
_TRIED = "datashift.messages.tried"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def form_messages(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say whether a form fits and what it costs, show its gateways, and add one: its address is shown this once."""
    found, facts = the_form(request, key, ACT), dict[str, Any](problem=None, opened=None)
    if request.method == "POST":
        sent = request.POST
        try:
            facts["opened"] = opened = gateways.add_gateway(
                form=found, kind=sent.get("kind", ""), keyword=sent.get("keyword", ""), by=person(request),
                language=sent.get("language", ""), told=sent.dict(),
            )  # fmt: skip
            facts["address"] = gateways.address(opened.gateway.kind, opened.secret)
        except BadMessage as problem:
            facts["problem"] = problem
    version = found.versions.order_by("-number").first()
    facts |= {
        "form": found, "unfit": gateways.not_fitting(found),
        "kinds": [(one, _(text)) for one, text in gateways.KINDS.items()],
        "labels": [(one, _(text)) for one, text in gateways.LABELS.items()], "sent": request.POST,
        "spoken_in": form_of(version).languages if version else (),
        "gateways": [(one, _(gateways.KINDS.get(one.kind, one.kind))) for one in found.gateways.order_by("-made")],
        "late": _late(found), "costs": _costs(found),
    }  # fmt: skip
    response = render(request, "fieldwork/messages.html", facts, status=400 if facts["problem"] else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs(ACT)
def stop(request: HttpRequest, key: UUID, number: int) -> HttpResponse:
    """Stop a gateway."""
    found = the_form(request, key, ACT)
    gateway = found.gateways.filter(pk=number).first()
    if gateway is None:
        raise Http404
    gateways.stop_gateway(gateway=gateway, by=person(request))
    notices.success(request, _("The gateway is stopped. What was said and not sent is deleted."))
    return redirect("form-messages", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def attempt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Try the conversation by typing. Its state stays in the page, sealed by a signature; nothing is stored."""
    found = the_form(request, key, ACT)
    version = found.versions.order_by("-number").first()
    if version is None or gateways.not_fitting(found):
        return redirect("form-messages", found.pk)
    version.form = found
    form, room = form_of(version), asking.ROOMS.get(request.POST.get("room", ""), asking.SMS)
    talk, turn = _turn(request, form, _setting(found, room))
    facts = {
        "form": found, "talk": talk, "turn": turn, "room": room.name, "pieces": asking.parts(turn.text, room),
        "state": signing.dumps([turn.state, talk], salt=_TRIED, compress=True), "signs": len(turn.text),
    }  # fmt: skip
    response = render(request, "fieldwork/messages_try.html", facts)
    response["Cache-Control"] = "no-store"
    return response


def _late(form: Form) -> dict[int, list[str]]:
    """Return what each gateway of a form could not hand over at once, in words."""
    words = {
        Delivery.WAITING: _("Replies that wait: {number}."),
        Delivery.GIVEN_UP: _("Replies that were given up: {number}."),
        Delivery.UNCLEAR: _("Replies that may not have arrived: {number}."),
    }
    made = {}
    for gateway, numbers in standing(form).items():
        made[gateway] = [text.format(number=numbers[kind]) for kind, text in words.items() if kind in numbers]
        if Delivery.WAITING in numbers:
            made[gateway].append(str(MessageNotSent("message.not-sent")))
    return made


def _costs(form: Form) -> list[asking.Cost]:
    version = gateways.version_of(form)
    if version is None or gateways.not_fitting(form):
        return []
    return asking.costs(form_of(version), _setting(form, asking.SMS))


def _setting(form: Form, room: asking.Room) -> asking.Setting:
    def consent(language: str) -> str:
        words = consent_words(form, code_of(language))
        return words.words if words else ""

    return asking.Setting(timezone.now(), zone(form), room, consent)


def _turn(request: HttpRequest, form: XForm, setting: asking.Setting) -> tuple[list[tuple[str, str]], asking.Turn]:
    """Return what was said so far, by whom, and what is said next."""
    talk: list[tuple[str, str]] = []
    state = ""
    try:
        state, told = signing.loads(request.POST.get("state", ""), salt=_TRIED, max_age=86_400)
        talk = [(who, text) for who, text in told]
    except (signing.BadSignature, ValueError):
        state = ""
    if not state or request.POST.get("do") == "again":
        turn = asking.begin(form, setting)
        return [("form", turn.text)], turn
    said = request.POST.get("said", "")[:1000]
    turn = asking.go_on(form, state, said, setting)
    return [*talk, ("person", said), ("form", turn.text)][-60:], turn
