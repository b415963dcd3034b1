"""The record: what was done, when and by whom. It is read, filtered and turned over, never changed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from datashift.web.people.forms import Search
from datashift.web.people.models import Event, Organisation, User
from datashift.web.people.roles import needs, reached
from datashift.web.people.verbs import said_of

_ON_A_PAGE = 50


@needs("read-record")
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Show the record, newest first; a safety officer of one organisation sees that organisation's part."""
    user: Any = request.user
    seen = Event.objects.all()
    mine = reached(user, "read-record")
    if mine is not None:
        seen = seen.filter(organisation__in=mine)
    form = Search(request.GET or None)
    if form.is_bound:
        seen = _asked(seen, form.cleaned_data) if form.is_valid() else seen.none()
    page = Paginator(seen, _ON_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    people = User.objects.in_bulk([event.actor for event in page if event.actor])
    where = Organisation.objects.in_bulk([event.organisation for event in page if event.organisation])
    rows = [
        {"event": event, "what": said_of(event.verb), "who": people.get(event.actor or 0),
         "where": where.get(event.organisation or 0)}
        for event in page
    ]  # fmt: skip
    return render(request, "people/record.html", {"form": form, "page": page, "rows": rows, "query": query.urlencode()})


def _asked(events: QuerySet[Event], said: dict[str, Any]) -> QuerySet[Event]:
    day = {name: _day(said[name]) for name in ("since", "until") if said.get(name)}
    narrowed = {
        "verb": said.get("verb"), "actor": said.get("person"),
        "organisation": said["organisation"].pk if said.get("organisation") else None,
        "at__gte": day.get("since"), "at__lt": day["until"] + timedelta(days=1) if "until" in day else None,
    }  # fmt: skip
    return events.filter(**{name: value for name, value in narrowed.items() if value})


def _day(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
