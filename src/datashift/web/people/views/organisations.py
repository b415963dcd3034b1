"""Organisations, who belongs to them, and who is invited: pages of administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.language import _
from datashift.web.people import services
from datashift.web.people.forms import About, Invite
from datashift.web.people.models import Invitation, Membership, Organisation, User
from datashift.web.people.roles import needs


@needs("manage-people")
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """List the organisations and how many people each has."""
    people = Count("memberships__user", distinct=True)
    found = Organisation.objects.annotate(people=people).order_by("name")
    return render(request, "people/organisations.html", {"organisations": found})


@needs("manage-people")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    form = About(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told, by = form.cleaned_data, _by(request)
        made = services.add_organisation(name=told["name"], country=told["country"], anonymous=told["anonymous"], by=by)
        services.change_organisation(
            organisation=made, about=told["about"], website=told["website"], by=by, confirmed=told["confirmed"]
        )
        messages.success(request, _("The organisation was added. Now invite its people."))
        return redirect("people-organisation", made.pk)
    return render(request, "people/about.html", {"form": form, "organisation": None})


@needs("manage-people")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, organisation: int) -> HttpResponse:
    """Change what is said of an organisation."""
    found = get_object_or_404(Organisation, pk=organisation)
    form = About(request.POST or None, initial=About(instance=found).initial)
    if request.method == "POST" and form.is_valid():
        services.change_organisation(organisation=found, by=_by(request), **form.cleaned_data)
        messages.success(request, _("The organisation was changed."))
        return redirect("people-organisation", found.pk)
    return render(request, "people/about.html", {"form": form, "organisation": found})


@needs("manage-people")
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, organisation: int | None = None) -> HttpResponse:
    """Show who belongs to an organisation, or who serves the whole site, and invite more."""
    found = get_object_or_404(Organisation, pk=organisation) if organisation else None
    form = Invite(request.POST or None, organisation=found)
    link = ""
    if request.method == "POST" and form.is_valid():
        link = services.invite(organisation=found, by=_by(request), **form.cleaned_data)[1]
        form = Invite(organisation=found)
    waiting = Invitation.objects.filter(organisation=found, accepted=None, expires__gt=timezone.now())
    return render(request, "people/members.html", {
        "organisation": found, "form": form, "link": link,
        "members": Membership.objects.filter(organisation=found).select_related("user").order_by("user__name", "role"),
        "invitations": waiting.filter(invited_by__isnull=False).order_by("expires"),
    })  # fmt: skip


@needs("manage-people")
@require_POST
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    """Make the link of an invitation useless."""
    found = get_object_or_404(Invitation, pk=invitation, accepted=None)
    services.withdraw_invitation(invitation=found, by=_by(request))
    messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
    return _back(found.organisation)


@needs("manage-people")
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, membership: int) -> HttpResponse:
    """Ask, then take a role from a person."""
    found = get_object_or_404(Membership.objects.select_related("user", "organisation"), pk=membership)
    if request.method == "POST":
        services.take_role(membership=found, by=_by(request))
        messages.success(request, _("The role was taken away."))
        return _back(found.organisation)
    return render(request, "people/take.html", {"membership": found})


@needs("manage-people")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: int) -> HttpResponse:
    """Show what a person may do, and close the account of who is gone."""
    found = get_object_or_404(User, pk=person, is_active=True)
    if request.method == "POST":
        services.close_account(user=found, by=_by(request))
        messages.success(request, _("The account was closed. Name and address are erased."))
        return redirect("people")
    held = found.memberships.select_related("organisation").order_by("organisation__name", "role")
    return render(request, "people/person.html", {"person": found, "memberships": held})


def _by(request: HttpRequest) -> User:
    user: Any = request.user
    return User.objects.get(pk=user.pk)


def _back(organisation: Organisation | None) -> HttpResponse:
    return redirect("people-organisation", organisation.pk) if organisation else redirect("people-site")
