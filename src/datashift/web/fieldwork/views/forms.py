"""The forms of my organisations: how each stands, its versions, and what can be done with it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datashift.errors import BadFieldwork, InputError
from datashift.language import N_, _
from datashift.web.fieldwork import services
from datashift.web.fieldwork.models import Form
from datashift.web.fieldwork.views.access import forms_in_reach, person, the_form
from datashift.web.fieldwork.views.versions import blank_in_browser
from datashift.web.people.roles import needs

STATES = {
    Form.State.DRAFT: N_("Draft: no phone has it."),
    Form.State.PUBLISHED: N_("Published: phones have it."),
    Form.State.CLOSED: N_("Closed: no phone gets it any more. What is still on phones is taken."),
}
ACTS = {
    "take-back": (services.take_back, N_("The form is a draft again.")),
    "close": (services.close_form, N_("The form is closed. What is still on phones is taken.")),
    "reopen": (services.reopen_form, N_("The form is open again.")),
}
ELSEWHERE = (
    ("form-desk", N_("Answers that came in")),
    ("form-protection", N_("Protect the people who answer")),
    ("form-sample", N_("Sample")),
    ("form-messages", N_("Ask by messages")),
    ("form-dataset", N_("Make figures from the answers")),
)
"""Pages about a form that other parts of the site have, if they are there."""


@require_safe
@needs("manage-forms")
def forms(request: HttpRequest) -> HttpResponse:
    """List the forms with how they stand and how many answers came in."""
    found = forms_in_reach(request, "manage-forms").annotate(came=Count("submissions"))
    listed = [(one, _(STATES[Form.State(one.state)]), one.came) for one in found]
    return render(request, "fieldwork/form_list.html", {"forms": listed})


@require_safe
@needs("manage-forms")
def form(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a form: how it stands, what comes next, its versions."""
    found = the_form(request, key, "manage-forms")
    versions, current = list(found.versions.order_by("-number")), services.current_version(found)
    facts = {
        "form": found,
        "state": _(STATES[Form.State(found.state)]),
        "versions": versions,
        "current": current,
        "blank": blank_in_browser(current) if current else [],
        "draft": services.draft_version(found),
        "came": found.submissions.count(),
        "phones": found.enumerators.filter(stopped=None).count(),
        "elsewhere": [(address, _(words)) for name, words in ELSEWHERE if (address := _address(name, found))],
        "link": _fill_address(found),
    }
    return render(request, "fieldwork/form.html", facts)


@require_POST
@needs("manage-forms")
def stand(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close a form, open it again, or make it a draft again."""
    found = the_form(request, key, "manage-forms")
    act, words = ACTS.get(request.POST.get("act", ""), (None, ""))
    if act is None:
        return redirect("form", found.pk)
    try:
        act(form=found, by=person(request))
    except BadFieldwork as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _(words))
    return redirect("form", found.pk)


@require_POST
@needs("manage-forms")
def link(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make the address under which everybody may answer, or end it."""
    found = the_form(request, key, "manage-forms")
    try:
        services.open_link(form=found, by=person(request), on=request.POST.get("on") == "1")
    except BadFieldwork as problem:
        messages.error(request, str(problem))
    return redirect(f"{reverse('form', args=[found.pk])}#link")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage-forms")
def delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask, and then delete a form that no phone ever had."""
    found = the_form(request, key, "manage-forms")
    if request.method != "POST":
        return render(request, "fieldwork/form_delete.html", {"form": found})
    try:
        services.delete_form(form=found, by=person(request))
    except InputError as problem:
        messages.error(request, str(problem))
        return redirect("form", found.pk)
    messages.success(request, _("The form “{title}” is deleted.").format(title=found.title))
    return redirect("forms")


def _address(name: str, form: Form) -> str:
    try:
        return reverse(name, args=[form.pk])
    except NoReverseMatch:
        return ""


def _fill_address(form: Form) -> str:
    """Return the path of the page where everybody may answer; "" where nobody may, or there is no such page."""
    if not form.open_link:
        return ""
    try:
        return reverse("fill", args=[form.open_link])
    except NoReverseMatch:
        return ""
