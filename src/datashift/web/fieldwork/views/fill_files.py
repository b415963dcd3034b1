"""What the script of the form page asks for: the form as a program, its files, the worker for use without a network,
and a place for what was filled in. Answered as JSON; the key in the address is all that is needed.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from datashift.errors import BadSubmission, DataShiftError, NotKept
from datashift.forms.xform import XForm, as_program
from datashift.read.store import content
from datashift.web.fieldwork.filling import form_of
from datashift.web.fieldwork.links import holder, link, taker
from datashift.web.fieldwork.models import ConsentText, Form, Submission
from datashift.web.fieldwork.posted import posted
from datashift.web.fieldwork.promised import taken_at_start
from datashift.web.fieldwork.protecting import consent_words
from datashift.web.fieldwork.receiving import receive
from datashift.web.fieldwork.samples import LIST, list_for
from datashift.web.fieldwork.views.fill import address, for_all

PHOTO = {"photo_side": 1600, "photo_quality": 0.8}
RETRY_AFTER = 120
_INLINE = ("image/", "audio/", "video/")
_log = logging.getLogger("datashift.web")


@require_safe
@for_all
@gzip_page
def program(request: HttpRequest, token: str, form_id: str = "") -> HttpResponse:
    """Give the form out as a program, with everything that is needed to fill it in without a network."""
    found = link(token, form_id)
    files = {one.name: address(token, form_id, "media", one.name) for one in found.version.media.all()}
    told = {
        "version": found.version.version, "form_id": found.form.form_id, "title": found.form.title,
        "organisation": str(found.form.organisation), "media": files, "consent": _consent(found.form),
        "limits": PHOTO, "begun_at": taken_at_start(found.version.xform),
    }  # fmt: skip
    head = json.dumps(told, ensure_ascii=False)
    body = f'{head[:-1]}, "program": {_program(form_of(found.version, found.enumerator), get_language() or "en")}}}'
    mark = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    same = request.headers.get("If-None-Match", "").removeprefix("W/") == mark
    response = HttpResponse(b"" if same else body.encode(), status=304 if same else 200)
    response["Content-Type"] = "application/json"
    response["ETag"], response["Cache-Control"] = mark, "private, no-cache"
    return response


def _consent(form: Form) -> dict[str, dict[str, str]]:
    """Return the words of consent by language, each with the digest by which a submission names them."""
    found = {language: consent_words(form, language) for language in form.consent}
    return {language: {"words": one.words, "digest": one.digest} for language, one in found.items() if one}


@lru_cache(maxsize=64)
def _program(form: XForm, language: str) -> str:
    """Return a form as a program, in JSON. `language` is part of what it is known by."""
    return json.dumps(as_program(form), ensure_ascii=False, separators=(",", ":"))


@require_safe
@for_all
def media(request: HttpRequest, token: str, file: str, form_id: str = "") -> HttpResponse:
    """Give out a file that the form shows."""
    asked = link(token, form_id)
    found = asked.version.media.filter(name=file).first()
    if found is None:
        raise Http404
    units = list_for(asked.form, asked.enumerator) if file == LIST else None
    data = content(settings.HOME / "raw" / found.sha256) if units is None else units
    kind = guess_type(found.name)[0] or "application/octet-stream"
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = "private, max-age=86400" if units is None else "private, no-cache"
    if not kind.startswith(_INLINE) or "svg" in kind:
        response["Content-Disposition"] = "attachment"
    return response


@require_safe
@for_all
def worker(request: HttpRequest, token: str, form_id: str = "") -> HttpResponse:
    """Give out the worker that keeps a form, or the list of an enumerator's forms, at hand without a network."""
    if form_id or holder(token) is None:
        taker(token, form_id)
    place = finders.find("fill/worker.js")
    if not isinstance(place, str):
        raise Http404
    with open(place, "rb") as stream:
        response = HttpResponse(stream.read(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = address(token, form_id)
    response["Cache-Control"] = "no-cache"
    return response


@require_POST
@for_all
def submission(request: HttpRequest, token: str, form_id: str = "") -> HttpResponse:
    """Take what was filled in: 201 where it is new, 202 where it came before. It is on the disk when this answers.

    An address that is not known (any more) is told in so many words: the phone then offers to send by another one.
    """
    try:
        form, enumerator = taker(token, form_id)
    except Http404:
        unknown = BadSubmission("submission.no-key")
        return _told({"error": {"code": unknown.code, "text": str(unknown)}}, 404)
    try:
        with posted(request) as came:
            received = receive(
                form.organisation, came.xml, came.files, enumerator=enumerator, channel=Submission.Channel.BROWSER,
                complete=not came.more_follows, form=form,
            )  # fmt: skip
    except BadSubmission as problem:
        return _told({"error": {"code": problem.code, "text": str(problem)}}, 400)
    except (Error, OSError, DataShiftError):
        _log.exception("submission.not-kept")
        away = NotKept("submission.not-kept")
        response = _told({"error": {"code": away.code, "text": str(away)}}, 503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    _keep_consent(received.submission, request.GET.get("consent", ""))
    named = received.submission.instance_id if received.submission else ""
    told = {"state": received.state, "receipt": received.receipt, "instance_id": named}
    return _told(told, 201 if received.state == "new" else 202)


def _keep_consent(found: Submission | None, digest: str) -> None:
    """Note which words of consent were shown; words that are none of the form are not noted."""
    if (
        found
        and digest
        and not found.consent
        and ConsentText.objects.filter(form=found.form_id, digest=digest).exists()
    ):
        Submission.objects.filter(pk=found.pk).update(consent=digest)


def _told(facts: dict[str, Any], status: int) -> JsonResponse:
    return JsonResponse(facts, status=status)
