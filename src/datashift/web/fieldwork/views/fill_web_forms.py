"""A form filled in with ODK Web Forms: the page, the form as XML, and the parts of that program.

The page alone lets styles and WebAssembly of that program in. It asks nobody but this site.
"""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from datashift.web.fieldwork.filling import code_of, form_of, spoken
from datashift.web.fieldwork.links import link
from datashift.web.fieldwork.protecting import consent_words
from datashift.web.fieldwork.views.fill import POLICY, address, for_all
from datashift.web.fieldwork.web_forms import bundle, part, plain

WIDER = POLICY | {
    "script-src": ["'wasm-unsafe-eval'"],
    "style-src": ["'unsafe-inline'"],
    "font-src": [SELF, "data:"],
}
AROUND = 2**16
"""Bytes that a post needs around its parts."""


@require_safe
@csp_update(WIDER)  # type: ignore[untyped-decorator]
@for_all
@gzip_page
def page(request: HttpRequest, token: str, form_id: str = "") -> HttpResponse:
    """Show the form as ODK Web Forms draws it, once whoever answers has agreed; say so where there is no program."""
    found = link(token, form_id)
    built, form = bundle(), form_of(found.version)
    language = code_of(spoken(form, (get_language() or "en")[:2]))
    words = consent_words(found.form, language or (get_language() or "en")[:2])
    agreed = request.GET.get("consent", "")
    facts = {
        "form": found.form, "built": built, "plain": plain(form), "back": address(token, form_id),
        "consent": words if words and agreed != words.digest else None,
        "xform": address(token, form_id, "xform"), "media": address(token, form_id, "media", "-")[:-1],
        "submission": address(token, form_id, "submission") + (f"?consent={words.digest}" if words else ""),
        "most": settings.BODY_LIMIT - AROUND,
    }  # fmt: skip
    return render(request, "fieldwork/fill_web_forms.html", facts, status=200 if built else 503)


@require_safe
@for_all
@gzip_page
def xform(request: HttpRequest, token: str, form_id: str = "") -> HttpResponse:
    """Give out the form as XML."""
    return HttpResponse(link(token, form_id).version.xform, content_type="text/xml; charset=utf-8")


@require_safe
def program(request: HttpRequest, file: str) -> HttpResponse:
    """Give out a part of the program under a name that changes with its bytes, so it is asked for once."""
    found = part(file, packed="gzip" in request.headers.get("Accept-Encoding", ""))
    if found is None:
        raise Http404
    response = HttpResponse(found.data, content_type=found.kind)
    if found.packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
