"""How a form protects who answers: what is sealed, how fine positions are, words of consent, how long it is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST

from datashift.errors import BadProtection
from datashift.language import _
from datashift.web.fieldwork.coarsening import LEAST, MOST
from datashift.web.fieldwork.models import Form
from datashift.web.fieldwork.protecting import LONGEST, MOST_DAYS, Asked, key_with, make_key, protect, told
from datashift.web.fieldwork.views.access import person, the_form
from datashift.web.people.roles import needs

ACT = "manage-forms"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(ACT)
def protection(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what a form promises, and keep what it promises from now on."""
    found, problem = the_form(request, key, ACT), None
    if request.method == "POST":
        try:
            protect(form=found, asked=_asked(found, request.POST), by=person(request))
        except BadProtection as refused:
            problem = refused
        else:
            messages.success(request, _("This holds for all answers that come in from now on."))
            return redirect("form-protection", found.pk)
    facts = _as_it_stands(found) if problem is None else _as_it_was_sent(found, request.POST)
    facts |= {"form": found, "problem": problem, "least": LEAST, "most": MOST, "most_days": MOST_DAYS,
              "longest": LONGEST}  # fmt: skip
    return render(request, "fieldwork/protection.html", facts, status=400 if problem else 200)


@require_POST
@needs(ACT)
def seal_key(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a key for sealing and give its file out, this once."""
    found = the_form(request, key, ACT)
    made, text = make_key(organisation=found.organisation, by=person(request))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"seal-key-{slugify(found.organisation.slug)}-{made.made.date().isoformat()}-{made.pk}.txt"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _asked(form: Form, sent: QueryDict) -> Asked:
    shown = {one.path for one in told(form)["questions"]}
    signs = sent.get("last-signs", "").strip()
    return Asked(
        # What is sealed and stands in no version any more is not on the page, and stays.
        sealed=[*sent.getlist("sealed"), *(path for path in form.sealed if path not in shown)],
        metres=_number(sent, "metres", "protection.metres", least=LEAST, most=MOST),
        keep_days=_number(sent, "keep-days", "protection.days", most=MOST_DAYS),
        consent=dict(zip(sent.getlist("language"), sent.getlist("words"), strict=False)),
        key=key_with(form.organisation, signs) if signs else None,
        last_signs=signs, seen=sent.get("seen", ""),
    )  # fmt: skip


def _number(sent: QueryDict, name: str, code: str, **facts: int) -> int | None:
    text = sent.get(name, "").strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise BadProtection(code, value=text[:20], **facts) from None


def _as_it_stands(form: Form) -> dict[str, Any]:
    facts = told(form)
    return facts | {
        "keep_days": form.keep_days, "seen": form.changed.isoformat(), "has_key": form.seal_key is not None,
        "words": [(language, form.consent.get(language, "")) for language in _languages(form)],
    }  # fmt: skip


def _as_it_was_sent(form: Form, sent: QueryDict) -> dict[str, Any]:
    """Return what stood in the fields, so that nobody writes it twice."""
    form.refresh_from_db()
    facts = _as_it_stands(form)
    chosen = set(sent.getlist("sealed"))
    words = dict(zip(sent.getlist("language"), sent.getlist("words"), strict=False))
    return facts | {
        "questions": [one._replace(sealed=one.path in chosen or one.follows) for one in facts["questions"]],
        "metres": sent.get("metres", ""), "keep_days": sent.get("keep-days", ""),
        "words": [(language, words.get(language, text)) for language, text in facts["words"]],
    }  # fmt: skip


def _languages(form: Form) -> list[str]:
    """Return the languages of the last version, and those in which words were written; one without name is "-"."""
    version = form.versions.order_by("-number").first()
    spoken = list(version.languages) if version else []
    return list(dict.fromkeys([*spoken, *form.consent])) or ["-"]
