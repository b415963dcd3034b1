"""Filling in a form on pages of the site: a start page, one page for each question, a page to look through, and sent.

Everything works without a script. No cookie is set and no address is kept: who knows the address may go on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import DataShiftError
from datashift.forms.xform import Instance, Page, problems
from datashift.web.fieldwork import drafts
from datashift.web.fieldwork.deciding import asked_of
from datashift.web.fieldwork.drafts import Begun
from datashift.web.fieldwork.filling import again, asked, begun, code_of, form_of, place_of, spoken, take, zone
from datashift.web.fieldwork.kept import File
from datashift.web.fieldwork.links import forms_of, holder, link
from datashift.web.fieldwork.models import Draft, FormVersion, Submission
from datashift.web.fieldwork.protecting import consent_words
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.web_forms import beyond, bundle

MOST_ASKED = 30
View = Callable[..., HttpResponse]
POLICY = {"worker-src": [SELF], "img-src": [SELF, "data:", "blob:"], "media-src": [SELF, "blob:"]}


def for_all(view: View) -> View:
    """Let everybody in who knows the address: no cookie, so no token of a form either; nothing is kept in between."""

    @wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        response = view(request, **named)
        response.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex"
        return response

    guarded: View = csrf_exempt(csp_update(POLICY)(answer))
    return guarded


def address(token: str, form_id: str, what: str = "", *more: str) -> str:
    """Return an address below a form: `what` is "", page, check, file, program, media, worker or submission."""
    name = ("fill-own" if form_id else "fill") + (f"-{what}" if what else "")
    return reverse(name, args=(token, *((form_id,) if form_id else ()), *more))


# --- begin ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_all
@gzip_page
def start(request: HttpRequest, token: str, form_id: str = "") -> HttpResponse:
    """Show what is asked and by whom, or the forms of an enumerator; begin page by page where that is asked for."""
    enumerator = None if form_id else holder(token)
    if enumerator is not None:
        facts = {
            "forms": [(one, address(token, one.form_id)) for one in forms_of(enumerator)], "who": enumerator,
            "token": token, "asked": asked_of(enumerator)[:MOST_ASKED], "worker": address(token, "", "worker"),
        }  # fmt: skip
        return render(request, "fieldwork/fill_forms.html", facts)
    found = link(token, form_id)
    form = form_of(found.version)
    language = _chosen(request, form.languages) or spoken(form, (get_language() or "en")[:2])
    cannot = problems(form)
    words = consent_words(found.form, code_of(language) or (get_language() or "en")[:2])
    if request.method == "POST" and not cannot:
        first = begun(found.version, language, found.enumerator)
        draft = Begun(first.as_xml(draft=True).decode(), language, consent=words.digest if words else "")
        key = drafts.begin(found.version, found.enumerator, draft)
        return redirect(address(token, form_id, "page", key))
    facts = {
        "form": found.form, "xform": form, "chosen": language, "lang": code_of(language),
        "cannot": [(one, beyond(one)) for one in cannot], "built": bundle() if cannot else None,
        "consent": words, "enumerator": found.enumerator, "count": _questions(form), "version": found.version,
        "here": {name: address(token, form_id, name) for name in ("program", "worker", "submission", "web-forms")},
    }  # fmt: skip
    return render(request, "fieldwork/fill_start.html", facts)


def _chosen(request: HttpRequest, languages: tuple[str, ...]) -> str:
    said = request.POST.get("language") or request.GET.get("language", "")
    return said if said in languages else ""


def _questions(form: Any) -> int:
    silent = ("group", "repeat", "note", "calculate", "hidden")
    return sum(bool(one.label) and one.kind not in silent for one in form.fields)


# --- one page after the other -----------------------------------------------------------------------------------------


def _with_draft(view: View) -> View:
    """Let a view have the draft that its address names. One that was sent shows its receipt."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, key: str, form_id: str = "", **named: Any) -> HttpResponse:
        found = drafts.known(key)
        if found is None:
            return render(request, "fieldwork/fill_gone.html", {"back": address(token, form_id)}, status=404)
        draft, told = found
        _require_own(draft, token, form_id)
        if told.sent:
            return render(request, "fieldwork/fill_sent.html", _sent(draft.version, told, address(token, form_id)))
        return view(request, draft=draft, told=told, at=_At(token, form_id, key), **named)

    return answer


class _At:
    """The addresses of one filling-in."""

    def __init__(self, token: str, form_id: str, key: str) -> None:
        self.token, self.form_id, self.key = token, form_id, key

    def page(self, path: str = "", **more: str) -> str:
        """Return the address of the page that shows a path."""
        said = ({"at": path} if path else {}) | more
        return address(self.token, self.form_id, "page", self.key) + (f"?{urlencode(said)}" if said else "")

    @property
    def check(self) -> str:
        """The address of the page on which all answers stand."""
        return address(self.token, self.form_id, "check", self.key)

    def file(self, name: str) -> str:
        """Return the address of a file of the draft."""
        return address(self.token, self.form_id, "file", self.key, name)

    def media(self, name: str) -> str:
        """Return the address of a file of the form."""
        return address(self.token, self.form_id, "media", name)


def _require_own(draft: Draft, token: str, form_id: str) -> None:
    """Raise Http404 unless the draft is of the form that the address names."""
    same = draft.version.form.form_id == form_id if form_id else draft.version.form.open_link == token
    if not same or (draft.enumerator and draft.enumerator.stopped):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@for_all
@_with_draft
def page(request: HttpRequest, draft: Draft, told: Begun, at: _At) -> HttpResponse:
    """Show one page of the form, or take what was typed on it and go on."""
    instance = again(draft.version, told, draft.enumerator)
    pages = instance.pages()
    if not pages:
        return redirect(at.check)
    number = place_of(pages, request.GET.get("at", ""))
    here = pages[number]
    shown = {"form": draft.version.form, "at": at, "files": set(told.files), "number": number + 1, "all": len(pages)}
    if request.method != "POST":
        return _shown(request, instance, here, shown, judged="judged" in request.GET)
    try:
        take(instance, here, request.POST, request.FILES, told)
        target = _next(request, instance, here, number, at)
    except DataShiftError as problem:
        return _shown(request, instance, here, shown | {"problem": problem}, judged=True)
    told.xml, told.language, told.finished = instance.as_xml(draft=True).decode(), instance.language, ""
    drafts.save(draft, at.key, told)
    return redirect(target)


def _next(request: HttpRequest, instance: Instance, here: Page, number: int, at: _At) -> str:
    """Return where to go after a page: the one after it, the one before, or the same where something does not fit."""
    said = request.POST.get("do", "next")
    if (language := request.POST.get("language", "")) in instance.form.languages and language != instance.language:
        instance.speak(language)
        return at.page(here.path)
    if here.kind == "repeat" and said in ("add", "remove"):
        return _repeated(instance, here, said, at)
    if said == "back":
        return at.page(instance.pages()[max(number - 1, 0)].path)
    if any(instance.fault(entry.path) for entry in here.entries if entry.field.kind != "group"):
        return at.page(here.path, judged="1")
    if said == "check":
        return at.check
    pages = instance.pages()
    after = next((n for n, one in enumerate(pages) if (one.kind, one.path) == (here.kind, here.path)), number - 1) + 1
    return at.page(pages[after].path) if after < len(pages) else at.check


def _repeated(instance: Instance, here: Page, said: str, at: _At) -> str:
    if said == "remove" and here.count:
        instance.remove(here.path, here.count)
        return at.page(here.path)
    fresh = instance.add(here.path)
    inside = (one for one in instance.pages() if one.path == fresh or one.path.startswith(f"{fresh}/"))
    return at.page(next((one.path for one in inside), here.path))


def _shown(
    request: HttpRequest, instance: Instance, here: Page, facts: dict[str, Any], *, judged: bool
) -> HttpResponse:
    questions = asked(instance, here, judged=judged)
    wrong = [one for one in questions if one.problem]
    told = {"problem": None} | facts | {
        "instance": instance, "page": here, "questions": questions, "wrong": wrong, "lang": code_of(instance.language),
        "around": [words for path in here.within if (words := instance.said(path))],
        "repeat": _repeat_words(instance, here) if here.kind == "repeat" else "",
    }  # fmt: skip
    return render(request, "fieldwork/fill_page.html", told, status=400 if wrong or told["problem"] else 200)


def _repeat_words(instance: Instance, page: Page) -> str:
    """Return what a repeat is called; it may have no instance yet that could say so."""
    steps = [step.partition("[")[0] for step in page.path.split("/")]
    field = instance.form.field("/".join(steps))
    return instance.words(field.label, instance.root)


@require_safe
@for_all
@_with_draft
def draft_file(request: HttpRequest, draft: Draft, told: Begun, at: _At, file: str) -> HttpResponse:
    """Give back a file of the draft, to be looked at and nothing else."""
    if file not in told.files:
        raise Http404
    response = HttpResponse(told.content(file), content_type="application/octet-stream")
    response["Content-Disposition"] = "attachment"
    return response


# --- look through and send --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_all
@_with_draft
def check(request: HttpRequest, draft: Draft, told: Begun, at: _At) -> HttpResponse:
    """Show all answers and what does not fit yet; send them."""
    instance = again(draft.version, told, draft.enumerator)
    faults = instance.faults()
    if request.method == "POST" and not faults:
        return _send(request, draft, told, at, instance)
    named = {one.path: one.text for one in faults}
    shown = [
        (one, _in_words(instance, one.path), named.get(one.path, ""))
        for page in instance.pages() for one in asked(instance, page, judged=False)
        if one.field.kind not in ("note", "group", "repeat") or one.path in named
    ]  # fmt: skip
    facts = {
        "form": draft.version.form, "at": at, "answers": shown, "faults": len(faults), "instance": instance,
        "lang": code_of(instance.language), "last": pages[-1].path if (pages := instance.pages()) else "",
    }  # fmt: skip
    return render(request, "fieldwork/fill_check.html", facts, status=400 if request.method == "POST" else 200)


def _in_words(instance: Instance, path: str) -> str:
    """Return an answer as its person reads it: labels instead of codes."""
    value = instance.value(path)
    labels = {one.code: one.label for one in instance.choices(path)}
    return ", ".join(labels.get(code, code) for code in value.split()) if labels else value


def _send(request: HttpRequest, draft: Draft, told: Begun, at: _At, instance: Instance) -> HttpResponse:
    form = draft.version.form
    instance.finish(timezone.now().astimezone(zone(form)))
    told = drafts.finish(draft, at.key, instance.as_xml().decode())
    if not told.sent:
        files = [File(name, told.content(name)) for name in told.files]
        received = receive(
            form.organisation, told.finished.encode(), files, enumerator=draft.enumerator,
            channel=Submission.Channel.BROWSER, form=form,
        )  # fmt: skip
        if received.submission is not None and told.consent:
            Submission.objects.filter(pk=received.submission.pk, consent="").update(consent=told.consent)
        told = Begun("", told.language, sent=received.receipt or "-")
        drafts.save(draft, at.key, told)
    return render(request, "fieldwork/fill_sent.html", _sent(draft.version, told, address(at.token, at.form_id)))


def _sent(version: FormVersion, told: Begun, back: str) -> dict[str, Any]:
    return {
        "form": version.form, "receipt": told.sent.strip("-"), "back": back,
        "lang": code_of(told.language),
    }  # fmt: skip
