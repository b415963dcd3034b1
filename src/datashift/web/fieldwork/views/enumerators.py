"""Phones: who fills forms in, with a key that is shown once; which forms each gets; and where one is stopped."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import BadFieldwork
from datashift.language import _
from datashift.web.fieldwork import phones as services
from datashift.web.fieldwork.models import Enumerator, Form
from datashift.web.fieldwork.qr import picture
from datashift.web.fieldwork.views.access import forms_in_reach, organisations, person, the_phone
from datashift.web.people.models import Organisation
from datashift.web.people.roles import needs

ACT = "manage-forms"


@require_safe
@needs(ACT)
def phones(request: HttpRequest) -> HttpResponse:
    """List the phones with their forms, how many answers came from each, and when the last one did."""
    found = (
        Enumerator.objects.filter(organisation__in=organisations(request, ACT))
        .select_related("organisation").prefetch_related("forms")
        .annotate(came=Count("submissions", distinct=True), last=Max("submissions__arrived")).order_by("name")
    )  # fmt: skip
    return render(request, "fieldwork/form_phones.html", {"phones": found})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a name and forms; make a key and show it, once."""
    mine = list(organisations(request, ACT))
    facts: dict[str, Any] = {
        "organisations": mine, "name": request.POST.get("name", ""), "problem": None, "phone": None,
        "forms": [one for one in forms_in_reach(request, ACT) if one.state != Form.State.CLOSED],
        "chosen": set(request.POST.getlist("form") or request.GET.getlist("form")),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "fieldwork/form_phone.html", facts)
    try:
        organisation = _organisation(mine, request)
        key = services.add_enumerator(
            organisation=organisation, name=facts["name"], forms=_ticked(request, organisation), by=person(request)
        )
    except BadFieldwork as problem:
        return render(request, "fieldwork/form_phone.html", facts | {"problem": problem}, status=400)
    return _shown(request, key)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def phone(request: HttpRequest, number: int) -> HttpResponse:
    """Show a phone and say which forms it gets."""
    found = the_phone(request, number, ACT)
    if request.method == "POST":
        services.assign(enumerator=found, forms=_ticked(request, found.organisation), by=person(request))
        messages.success(request, _("Kept. The phone gets these forms the next time it asks."))
        return redirect("form-phones")
    mine = found.organisation.forms.order_by("title")
    facts = {
        "phone": found, "name": found.name, "organisations": [found.organisation], "problem": None,
        "forms": [one for one in mine if one.state != Form.State.CLOSED],
        "chosen": {str(one.pk) for one in found.forms.all()},
    }  # fmt: skip
    return render(request, "fieldwork/form_phone.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """Say what another key does to answers that were not sent yet; make it and show it, once."""
    found = the_phone(request, number, ACT)
    if request.method != "POST":
        return render(request, "fieldwork/form_phone_sure.html", {"phone": found, "act": "key"})
    return _shown(request, services.renew_key(enumerator=found, by=person(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Say what becomes of answers that were not sent yet; then give the phone nothing any more."""
    found = the_phone(request, number, ACT)
    if request.method != "POST":
        return render(request, "fieldwork/form_phone_sure.html", {"phone": found, "act": "stop"})
    services.stop_enumerator(enumerator=found, by=person(request))
    text = _("{name} is stopped. What it sent stays. What it still sends is kept apart.")
    messages.success(request, text.format(name=found.name))
    return redirect("form-phones")


def _shown(request: HttpRequest, key: services.Key) -> HttpResponse:
    organisation = str(key.enumerator.organisation)
    facts = {
        "phone": key.enumerator,
        "address": services.address(key.code),
        "browser": f"{settings.ORIGIN}{reverse('fill', args=[key.code])}",
        "picture": picture(services.collect_settings(key.code, organisation)),
        "forms": key.enumerator.forms.order_by("title"),
    }
    return render(request, "fieldwork/form_key.html", facts)


def _organisation(mine: list[Organisation], request: HttpRequest) -> Organisation:
    found = next((one for one in mine if str(one.pk) == request.POST.get("organisation")), None)
    if found is None:
        raise BadFieldwork("fieldwork.no-organisation")
    return found


def _ticked(request: HttpRequest, organisation: Organisation) -> list[Form]:
    """Return the forms of an organisation that were ticked; what else is named does not exist for this person."""
    ticked = set(request.POST.getlist("form"))
    return [one for one in organisation.forms.all() if str(one.pk) in ticked]
