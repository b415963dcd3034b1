"""Where a reviewer or a statistics office scores a release by a profile, with the evidence beside each score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datashift.dossier.view_evidence import STATES
from datashift.errors import BadProfile, DataShiftError, NotAllowed
from datashift.language import _, label
from datashift.numbers import said as spoken
from datashift.standards.profiles import Gate, Profile, Score, Tick
from datashift.web.dashboard import citing, dossiers, rating
from datashift.web.dashboard.models import Release
from datashift.web.people.models import User
from datashift.web.people.roles import needs

Facts = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rate")
def rate(request: HttpRequest, release: str, profile: str) -> HttpResponse:
    """Show each gate, criterion and box that a person may score with its evidence, and keep the scores."""
    person = request.user
    found = Release.objects.select_related("organisation").filter(pk=release).first()
    if found is None or not isinstance(person, User):
        raise Http404
    asked, problem = _asked(profile), None
    said = {one.criterion: (f"{one.score:g}", one.why) for one in rating.given(found, asked, person)}
    page = rating.seen(found, asked, person)
    if request.method == "POST":
        said = _sent(request.POST, asked)
        page = request.POST.get("page", "")
        try:
            changed = rating.rate(
                release=found, profile=profile, said=said, page=page, by=person, confirmed="public" in request.POST
            )
        except DataShiftError as faulty:
            problem, page = faulty, rating.seen(found, asked, person)
        else:
            if changed:
                messages.success(request, _("Your scores are saved. They stand in the dossier, with your role."))
            return redirect("rate", found.pk, profile)
    refused, context = rating.refusal(found, person), _context(found, asked, said)
    facts = {
        "release": found, "title": citing.title(found), "profile": asked, "problem": problem, "page": page,
        "refused": str(NotAllowed(refused)) if refused else "", "longest": rating.LONGEST,
        "gates": [_gate(one, context) for one in asked.gates],
        "criteria": [_criterion(one, context) for one in asked.criteria],
    }  # fmt: skip
    return render(request, "dashboard/rating.html", facts, status=400 if problem else 200)


def _asked(profile: str) -> Profile:
    try:
        return rating.profile_asked(profile)
    except BadProfile:
        raise Http404 from None


def _sent(sent: QueryDict, profile: Profile) -> dict[str, tuple[str, str]]:
    return {
        name: (sent.get(f"{name}-score", ""), sent.get(f"{name}-why", ""))
        for name in profile.tops
        if f"{name}-score" in sent or f"{name}-why" in sent
    }


# --- what stands beside each score ------------------------------------------------------------------------------------


def _context(release: Release, profile: Profile, said: Mapping[str, tuple[str, str]]) -> Facts:
    dossier = dossiers.today(release) or {"items": [], "profiles": []}
    reading = next((one for one in dossier["profiles"] if one["id"] == profile.id), {"gates": (), "criteria": ()})
    told: dict[str, list[str]] = {}
    for one in release.ratings.filter(profile=profile.id).order_by("pk"):
        if one.criterion in profile.tops:
            told.setdefault(one.criterion, []).append(dossiers.words_of(one, profile))
    return {
        "profile": profile, "said": said, "told": told,
        "items": {one["criterion"]: one for one in dossier["items"]},
        "why": {one["id"]: label(one["why"]) for one in (*reading["gates"], *reading["criteria"])},
    }  # fmt: skip


def _gate(gate: Gate, context: Facts) -> Facts:
    return _part(gate, context) | {"asks": label(gate.asks) if gate.asks else ""}


def _criterion(score: Score, context: Facts) -> Facts:
    part = _part(score, context, score.levels) | {"asks": label(score.asks) if score.asks else ""}
    return part | {"boxes": [_part(tick, context) for tick in score.ticks]}


def _part(part: Tick | Score, context: Facts, levels: Mapping[str, Any] | None = None) -> Facts:
    """Return one thing to score: its choices in words, what was chosen, and the evidence."""
    profile = context["profile"]
    scale = rating.choices(profile, part.id)
    score, why = context["said"].get(part.id, ("", ""))
    yes_or_no = not isinstance(part, Score)
    words = {0: _("no"), 1: _("yes")} if yes_or_no else {one: spoken(one) for one in scale}
    more = {int(name): label(text) for name, text in (levels or {}).items() if name.isdecimal()}
    return {
        "id": part.id, "label": label(part.label), "rated": part.rated, "score": score, "why": why,
        "choices": [(str(one), words[one], more.get(one, "")) for one in scale],
        "most": profile.tops[part.id], "told": context["told"].get(part.id, []),
        "today": context["why"].get(part.id, ""), "evidence": list(_evidence(part.evidence, context["items"])),
    }  # fmt: skip


def _evidence(pieces: Iterable[str], items: Mapping[str, Any]) -> Iterable[Facts]:
    for piece in pieces:
        one = items.get(piece)
        if one is not None:
            link = one["source"] if str(one["source"]).startswith(("https://", "http://")) else ""
            yield {
                "name": label(one["label"]), "state": _(STATES[one["state"]]), "day": one["day"], "link": link,
                "text": label(one["text"]) if one["text"] else "",
            }  # fmt: skip
