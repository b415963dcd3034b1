"""What apps for OpenRosa forms (ODK Collect, KoBoCollect) ask for: the list of forms, forms, their files, and a place
for what was filled in. Their key stands in the address. They are answered in XML, in the language they ask for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache, wraps
from hashlib import md5
from io import BytesIO
from mimetypes import guess_type
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.db import Error
from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from datashift.errors import BadSubmission, DataShiftError, NotKept
from datashift.language import _
from datashift.web.fieldwork.models import Enumerator, Form, FormVersion, Media
from datashift.web.fieldwork.phones import digest
from datashift.web.fieldwork.posted import posted
from datashift.web.fieldwork.receiving import Received, receive
from datashift.web.fieldwork.samples import LIST, list_for

ACCEPTED = 10_000_000
"""How many bytes an app puts into one post where it can divide them: the answers are safe with the first one, and a bad
connection need not hold for long. Larger posts are taken (`posted.LARGEST`): one film cannot be divided."""
RETRY_AFTER = 120
_STATUS = {"submission.no-key": 401, "submission.no-form": 404, "submission.too-large": 413}
_LIST = "http://openrosa.org/xforms/xformsList"
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"
_RESPONSE = "http://openrosa.org/http/response"
_log = logging.getLogger("datashift.web")

View = Callable[..., HttpResponseBase]


# --- every answer -----------------------------------------------------------------------------------------------------


def with_key(view: View) -> View:
    """Let the key in the address in, before anything of the body is read, and answer every failure in XML."""

    @csrf_exempt  # a phone has no cookies; whoever knows the key may send
    @wraps(view)
    def answer(request: HttpRequest, token: str, **given: Any) -> HttpResponseBase:
        try:
            response = view(request, _enumerator(token), **given)
        except BadSubmission as problem:
            response = _told(str(problem), _STATUS.get(problem.code, 400))
        except (Error, OSError, DataShiftError):  # a form that cannot be sealed, too: nothing is kept in clear
            _log.exception("submission.not-kept")
            response = _told(str(NotKept("submission.not-kept")), 503)
            response["Retry-After"] = str(RETRY_AFTER)
        response["X-OpenRosa-Version"] = "1.0"
        response["X-OpenRosa-Accept-Content-Length"] = str(ACCEPTED)
        response["Date"] = http_date()
        response["Cache-Control"] = "private, no-store"
        return response

    return answer


def _enumerator(token: str) -> Enumerator:
    found = Enumerator.objects.select_related("organisation").filter(digest=digest(token)).first()
    if found is None:
        raise BadSubmission("submission.no-key")
    return found


def _told(message: str, status: int) -> HttpResponse:
    root = Element("OpenRosaResponse", xmlns=_RESPONSE)
    nature = "submit_success" if status < 300 else "error"
    SubElement(root, "message", nature=nature).text = message
    return _xml(root, status)


def _xml(root: Element, status: int = 200) -> HttpResponse:
    body = tostring(root, "utf-8", xml_declaration=True)
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


def _address(request: HttpRequest, name: str, *given: object) -> str:
    """Return a whole address under the host that the phone asked: it goes to no other."""
    assert request.resolver_match is not None
    path = reverse(name, args=(request.resolver_match.kwargs["token"], *given))
    scheme = "https" if settings.ENCRYPTED else request.scheme
    return f"{scheme}://{request.get_host()}{path}"


# --- forms ------------------------------------------------------------------------------------------------------------


@require_safe
@with_key
def form_list(request: HttpRequest, enumerator: Enumerator) -> HttpResponse:
    """List the forms of an enumerator, each in its latest version. With ?formID= that one alone."""
    root = Element("xforms", xmlns=_LIST)
    found = _versions(enumerator).annotate(has_media=Exists(Media.objects.filter(version=OuterRef("pk"))))
    latest = {one.form_id: one for one in found.order_by("number")}
    wanted = request.GET.get("formID")
    for one in sorted(latest.values(), key=lambda one: one.form.title):
        if wanted in (None, one.form.form_id):
            facts = {
                "formID": one.form.form_id, "name": one.form.title, "version": one.version,
                "hash": f"md5:{_hash(one.form_id, one.pk)}",
                "downloadUrl": _address(request, "openrosa-form", one.form_id, one.number),
            }  # fmt: skip
            if one.has_media:
                facts["manifestUrl"] = _address(request, "openrosa-manifest", one.form_id, one.number)
            _facts(SubElement(root, "xform"), facts)
    return _xml(root)


@require_safe
@with_key
def form(request: HttpRequest, enumerator: Enumerator, key: UUID, number: int) -> HttpResponse:
    """Give out a version of a form."""
    return HttpResponse(_version(enumerator, key, number).xform, content_type="text/xml; charset=utf-8")


@require_safe
@with_key
def manifest(request: HttpRequest, enumerator: Enumerator, key: UUID, number: int) -> HttpResponse:
    """List the files that belong to a version. A sample has the hash of the units that this phone gets."""
    root, version = Element("manifest", xmlns=_MANIFEST), _version(enumerator, key, number)
    for one in version.media.order_by("name"):
        address, units = _address(request, "openrosa-media", key, number, one.pk), _units(one, version, enumerator)
        mark = one.md5 if units is None else md5(units, usedforsecurity=False).hexdigest()
        facts = {"filename": one.name, "hash": f"md5:{mark}", "downloadUrl": address}
        _facts(SubElement(root, "mediaFile"), facts)
    return _xml(root)


@require_safe
@with_key
def media(request: HttpRequest, enumerator: Enumerator, key: UUID, number: int, file: int) -> FileResponse:
    """Give out a file that belongs to a version; of a sample, the units that this phone gets."""
    version = _version(enumerator, key, number)
    found = version.media.filter(pk=file).first()
    if found is None:
        raise BadSubmission("submission.no-form")
    units = _units(found, version, enumerator)
    stream = (settings.HOME / "raw" / found.sha256).open("rb") if units is None else BytesIO(units)
    kind = guess_type(found.name)[0] or "application/octet-stream"
    return FileResponse(stream, as_attachment=True, filename=found.name, content_type=kind)


def _units(found: Media, version: FormVersion, enumerator: Enumerator) -> bytes | None:
    return list_for(version.form, enumerator) if found.name == LIST else None


def _versions(enumerator: Enumerator) -> QuerySet[FormVersion]:
    if enumerator.stopped:
        raise BadSubmission("submission.no-key")
    given_out = FormVersion.objects.filter(
        form__enumerators=enumerator, form__state=Form.State.PUBLISHED, published__isnull=False
    )
    return given_out.select_related("form").defer("xform")


def _version(enumerator: Enumerator, key: UUID, number: int) -> FormVersion:
    found = _versions(enumerator).filter(form=key, number=number).first()
    if found is None:
        raise BadSubmission("submission.no-form")
    return found


@lru_cache(maxsize=256)
def _hash(form_key: UUID, version: int) -> str:
    """Return the MD5 of a version as it is given out: a published one never changes."""
    text = FormVersion.objects.values_list("xform", flat=True).get(pk=version, form=form_key)
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _facts(element: Element, facts: dict[str, str]) -> None:
    for name, text in facts.items():
        SubElement(element, name).text = text


# --- what was filled in -----------------------------------------------------------------------------------------------


@require_http_methods(["HEAD", "POST"])
@with_key
def submission(request: HttpRequest, enumerator: Enumerator) -> HttpResponse:
    """Say where to send (HEAD), or take what was filled in. A stopped key may still send what is on its phone."""
    if request.method == "HEAD":
        response = HttpResponse(status=204)
        response["Location"] = _address(request, "openrosa-submission")
        return response
    with posted(request) as came:
        received = receive(
            enumerator.organisation, came.xml, came.files, enumerator=enumerator, complete=not came.more_follows
        )
    if received.submission is None:
        return _told(_stray_words(enumerator), 202)
    plain = received.state == "new" and not _noticed(received)
    return _told(_words(received), 201 if plain else 202)


def _stray_words(enumerator: Enumerator) -> str:
    if enumerator.stopped:
        return _("Received and kept. Your key was stopped, so somebody looks at this first.")
    return _("Received and kept. This form is not known here, so somebody looks at it first.")


def _words(received: Received) -> str:
    if received.state == "repeat":
        return _("This is here. It came before, and nothing is stored twice.")
    if received.state == "other-content":
        return _("Received. Something else came before under the same number. Both are kept; somebody looks at them.")
    return _noticed(received) or _("Received. Thank you.")


def _noticed(received: Received) -> str:
    """Return what must be said of a submission that is new; "" where all is as it should be."""
    assert received.submission is not None
    if received.submission.form.state == Form.State.CLOSED:
        return _("Received. This form is closed: send what you have, and begin no new one.")
    if received.submission.version_id is None:
        return _("Received. This version of the form is not known here, so somebody looks at it first.")
    return "" if received.submission.complete else _("Received. Some of its files are not here yet.")
