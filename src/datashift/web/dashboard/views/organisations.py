"""Who counted. Organisations are shown with what they released, and never ranked or scored."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from datashift.language import label
from datashift.web.dashboard import citing, reading
from datashift.web.dashboard.models import Release
from datashift.web.frame.public import public
from datashift.web.people.models import Organisation


@public()
def organisations(request: HttpRequest) -> HttpResponse:
    """Show every organisation that released something, by name."""
    standing = Count("releases", filter=Q(releases__withdrawn_at=None, releases__superseded_by=None))
    known = Organisation.objects.annotate(standing=standing).filter(standing__gt=0)
    shown = [(one, _country(one)) for one in sorted(known, key=lambda one: str(one).casefold())]
    return render(request, "dashboard/organisations.html", {"organisations": shown})


@public()
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organisation: who it is, what it released, about what, where. An anonymous one shows its slug alone."""
    found = Organisation.objects.filter(slug=slug).first()
    releases = list(Release.objects.filter(organisation=found).select_related("organisation")) if found else []
    if found is None or not releases:
        raise Http404
    standing = [one for one in releases if not one.withdrawn_at and not one.superseded_by_id]
    codes = sorted({one.indicator for one in standing})
    indicators = [reading.indicator(code) or {"code": code, "label": code} for code in codes]
    places = {one.whole: label(one.texts["place"]) if one.texts.get("place") else _place(one.whole) for one in standing}
    facts = {
        "organisation": found, "country": _country(found),
        "standing": [(one, citing.title(one)) for one in standing],
        "former": [(one, citing.title(one)) for one in releases if one not in standing],
        "indicators": indicators, "places": sorted(places.items(), key=lambda pair: pair[1]),
    }  # fmt: skip
    return render(request, "dashboard/organisation.html", facts)


def _country(one: Organisation) -> str:
    return "" if one.anonymous or not one.country else label(reading.country_name(one.country))


def _place(area: str) -> str:
    known = reading.place(area)
    return label(known["name"]) if known else area
