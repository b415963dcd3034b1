"""Which data sets a person may see and change. What is not for them does not exist for them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from datashift.web.collection.models import Dataset
from datashift.web.people.models import Organisation, User
from datashift.web.people.roles import ACTS, may, reached


def person(request: HttpRequest) -> User:
    """Return who is signed in; views are guarded, so somebody is."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def the_dataset(request: HttpRequest, key: UUID, act: str) -> Dataset:
    """Return a data set on whose organisation this person may do `act`; for all others there is no such page."""
    found = Dataset.objects.select_related("organisation", "upload").filter(pk=key).first()
    if found is None or not may(request.user, act, found.organisation):
        raise Http404
    return found


def in_reach(request: HttpRequest, act: str) -> QuerySet[Dataset]:
    """Return the data sets of the organisations in which this person may do `act`, the last changed first."""
    found = Dataset.objects.select_related("organisation").order_by("-changed")
    reach = reached(person(request), act)
    return found if reach is None else found.filter(organisation__in=reach)


def organisations(request: HttpRequest) -> list[Organisation]:
    """Return the organisations for which this person may add files."""
    return list(Organisation.objects.filter(pk__in=reached(person(request), "upload") or ()).order_by("name"))


def belongs(request: HttpRequest, dataset: Dataset) -> bool:
    """Say whether this person may see what holds rows: as somebody of its organisation, and not from outside."""
    held = person(request).memberships.filter(organisation=dataset.organisation, role__in=ACTS["see-findings"])
    return held.exists()
