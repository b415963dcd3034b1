"""Which forms and phones a person may see and change. What is not for them does not exist for them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from datashift.web.fieldwork.models import Enumerator, Form, FormVersion
from datashift.web.people.models import Organisation, User
from datashift.web.people.roles import may, reached


def person(request: HttpRequest) -> User:
    """Return who is signed in; views are guarded, so somebody is."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def the_form(request: HttpRequest, key: UUID, act: str) -> Form:
    """Return a form in whose organisation this person may do `act`; for all others there is no such page."""
    found = Form.objects.select_related("organisation").filter(pk=key).first()
    if found is None or not may(request.user, act, found.organisation):
        raise Http404
    return found


def the_version(request: HttpRequest, key: UUID, number: int, act: str) -> FormVersion:
    """Return a version of a form, as `the_form` does."""
    form = the_form(request, key, act)
    found = form.versions.filter(number=number).first()
    if found is None:
        raise Http404
    found.form = form
    return found


def the_phone(request: HttpRequest, number: int, act: str) -> Enumerator:
    """Return a phone of an organisation in which this person may do `act`; for all others there is none."""
    found = Enumerator.objects.select_related("organisation").filter(pk=number).first()
    if found is None or not may(request.user, act, found.organisation):
        raise Http404
    return found


def forms_in_reach(request: HttpRequest, act: str) -> QuerySet[Form]:
    """Return the forms of the organisations in which this person may do `act`, the last changed first."""
    return Form.objects.filter(organisation__in=organisations(request, act)).select_related("organisation").order_by(
        "-changed"
    )  # fmt: skip


def organisations(request: HttpRequest, act: str) -> QuerySet[Organisation]:
    """Return the organisations in which this person may do `act`, by name."""
    reach = reached(person(request), act)
    found = Organisation.objects.order_by("name")
    return found if reach is None else found.filter(pk__in=reach)
