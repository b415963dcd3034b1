"""What is done to forms and phones. Each act is one transaction, leaves a record, and never loses an answer.

A form has one version at most that is not published: the last. It is replaced by the next file that is sent; from the
day on which a version is published it never changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import md5
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from datashift.errors import BadFieldwork
from datashift.web.fieldwork.kept import MOST_MEDIA_BYTES, File, fetched, kept
from datashift.web.fieldwork.models import Form, FormVersion, Media
from datashift.web.fieldwork.phones import (
    Key,
    add_enumerator,
    address,
    assign,
    open_link,
    renew_key,
    stop_enumerator,
)
from datashift.web.fieldwork.promised import carry_over
from datashift.web.people.models import Organisation, User
from datashift.web.people.services import record
from datashift.web.standards.files import form_text
from datashift.web.standards.services import parsed, version_of

if TYPE_CHECKING:
    from datashift.forms.problem import Problem
    from datashift.web.fieldwork.sources import Made

__all__ = [
    "File", "Key", "add_enumerator", "add_form", "add_media", "add_uploaded", "add_version", "address", "assign",
    "close_form", "current_version", "delete_form", "draft_version", "locked", "missing_media", "noticed",
    "noticed_in", "open_link", "publish_version", "renew_key", "reopen_form", "source", "stop_enumerator", "take_back",
]  # fmt: skip

State = Form.State
MOST_MEDIA = 100
MEDIA_KINDS = (
    ".csv", ".geojson", ".gif", ".jpeg", ".jpg", ".m4a", ".mp3", ".mp4", ".ogg", ".png", ".wav", ".webp", ".xml",
)  # fmt: skip
"""What phones show, play or look things up in. Nothing here carries anything out in a browser."""
_MEDIA_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,200}")


# --- forms ------------------------------------------------------------------------------------------------------------


def add_form(
    *, organisation: Organisation, kit: str, by: User, places: Sequence[str] = (), languages: Sequence[str] = ("en",),
    listed: bool = False,
) -> Form:  # fmt: skip
    """Make a form that asks for a kit (`id` or `id@version`); return it as a draft with one version.

    places: ids of areas among which people choose; none: they write the name. languages: the first is the form's own.
    listed: whether there is a sampling list, which then belongs to the form as sample.csv. Raises BadKit, BadFieldwork.
    """
    row = version_of(kit)
    with transaction.atomic():
        form_id = _free_id(organisation, row.kit)
        found = parsed(row.text)
        data: bytes = import_module("datashift.web.fieldwork.kit_forms").kit_workbook(
            found, form_text(row), form_id, places, languages, listed=listed
        )
        file = File(f"{form_id}.xlsx", data)
        made = _made(file, form_id, row.version)
        form = _add(organisation, made, by, kit=f"{row.kit}@{row.version}", country=(places or ("",))[0][:2])
        _keep_version(form, made, file, by)
    return form


def add_uploaded(*, organisation: Organisation, file: File, by: User) -> Form:
    """Make a form of an XLSForm; return it as a draft with one version. Raises BadFieldwork, BadForm or Unreadable."""
    read = _sources().read(file)
    with transaction.atomic():
        form_id = _sources().said_id(read) or _free_id(organisation, slugify(_sources().said_title(read))[:50])
        if Form.objects.filter(organisation=organisation, form_id=form_id).exists():
            raise BadFieldwork("fieldwork.form-there", form_id=form_id)
        made = _sources().made(read, form_id, _sources().said_version(read) or "1")
        form = _add(organisation, made, by, country=organisation.country)
        _keep_version(form, made, file, by)
    return form


def add_version(*, form: Form, file: File, by: User) -> FormVersion:
    """Make a version of a form from an XLSForm; one that is not published yet is replaced.

    Raises BadFieldwork, BadForm or Unreadable; nothing is changed then.
    """
    read = _sources().read(file)
    with transaction.atomic():
        found = locked(form)
        said = _sources().said_id(read)
        if said and said != found.form_id:
            raise BadFieldwork("fieldwork.other-form", said=said, form_id=found.form_id)
        number = _next_number(found)
        made = _sources().made(read, found.form_id, _sources().said_version(read) or _free_version(found, number))
        known = found.versions.filter(version=made.version).exclude(published=None).first()
        if known is not None:
            code = "nothing-changed" if known.xform == made.xform else "version-there"
            raise BadFieldwork(f"fieldwork.{code}", version=made.version)
        version = _keep_version(found, made, file, by)
        _record("form-version-added", found, by, version=version.number)
    return version


def publish_version(*, version: FormVersion, by: User) -> FormVersion:
    """Give a version to phones, in the place of the one before. Raises BadFieldwork where the form has faults, shows
    files that are not here, or is closed.
    """
    if version.source_sha256:
        faults = [problem for problem in noticed(version) if problem.level == "fault"]
        if faults:
            raise BadFieldwork("fieldwork.faults", number=len(faults))
    with transaction.atomic():
        form = locked(version.form)
        found = form.versions.get(pk=version.pk)
        if form.state == State.CLOSED:
            raise BadFieldwork("fieldwork.closed")
        if missing := missing_media(found):
            raise BadFieldwork("fieldwork.missing-media", names=", ".join(missing))
        if found.published is None:
            found.published = timezone.now()
            found.save(update_fields=["published"])
        form.state, form.title = State.PUBLISHED, _sources().titled(found.xform) or form.title
        lost = carry_over(form, found.xform)
        form.save(update_fields=["state", "title", "sealed", "coarse", "changed"])
        _record("form-published", form, by, version=found.number, unprotected=len(lost))
    return found


def take_back(*, form: Form, by: User) -> Form:
    """Make a published form a draft again. Raises BadFieldwork where answers came in."""
    with transaction.atomic():
        found = locked(form)
        if found.submissions.exists():
            raise BadFieldwork("fieldwork.has-answers")
        return _stand(found, State.PUBLISHED, State.DRAFT, "form-taken-back", by)


def close_form(*, form: Form, by: User) -> Form:
    """Give a form out no more. What is still on phones is taken."""
    with transaction.atomic():
        return _stand(locked(form), State.PUBLISHED, State.CLOSED, "form-closed", by)


def reopen_form(*, form: Form, by: User) -> Form:
    """Give a closed form out again."""
    with transaction.atomic():
        return _stand(locked(form), State.CLOSED, State.PUBLISHED, "form-reopened", by)


def delete_form(*, form: Form, by: User) -> None:
    """Delete a form that no phone ever had. Raises BadFieldwork otherwise."""
    with transaction.atomic():
        found = locked(form)
        if found.submissions.exists():
            raise BadFieldwork("fieldwork.has-answers")
        if found.state != State.DRAFT or found.versions.exclude(published=None).exists():
            raise BadFieldwork("fieldwork.was-published")
        _record("form-deleted", found, by)
        found.delete()


def add_media(*, version: FormVersion, file: File, by: User) -> Media:
    """Add a file to a version that is not published; one of the same name is replaced. Raises BadFieldwork."""
    name = file.name.replace("\\", "/").rpartition("/")[2].strip()
    _require_media(File(name, file.data))
    with transaction.atomic():
        form = locked(version.form)
        found = form.versions.get(pk=version.pk)
        if found.published is not None:
            raise BadFieldwork("fieldwork.published")
        if found.media.exclude(name=name).count() >= MOST_MEDIA:
            raise BadFieldwork("fieldwork.too-many-media", most=MOST_MEDIA)
        values = {"sha256": kept(file.data), "md5": md5(file.data, usedforsecurity=False).hexdigest()}
        media, _new = Media.objects.update_or_create(
            version=found, name=name, defaults={**values, "size": len(file.data)}
        )
        _record("form-media-added", form, by, version=found.number, size=media.size)
    return media


# --- what is known of forms -------------------------------------------------------------------------------------------


def current_version(form: Form) -> FormVersion | None:
    """Return the version that phones get: the last that was published; None where none was."""
    return form.versions.exclude(published=None).order_by("-number").first()


def draft_version(form: Form) -> FormVersion | None:
    """Return the version that is not published yet, if there is one."""
    return form.versions.filter(published=None).order_by("-number").first()


def source(version: FormVersion) -> File:
    """Return the XLSForm of a version, as it came or as it was made from the kit."""
    return File(version.source_name, fetched(version.source_sha256))


def noticed(version: FormVersion) -> list[Problem]:
    """Return what is wrong with a version or could be better: each with sheet, row, name and repair."""
    return noticed_in(source(version))


def noticed_in(file: File) -> list[Problem]:
    """Return what is wrong with the form in a file or could be better. Raises BadFieldwork, BadForm or Unreadable."""
    found: list[Problem] = _sources().noticed(file)
    return found


def missing_media(version: FormVersion) -> list[str]:
    """Return the names of files that a version shows or looks things up in, and that were not added."""
    there = set(version.media.values_list("name", flat=True))
    return [name for name in _sources().media_names(version.xform) if name not in there]


def locked(form: Form) -> Form:
    """Return a form as it is now; nobody else changes it before this transaction ends."""
    return Form.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=form.pk)


# --- small parts ------------------------------------------------------------------------------------------------------


def _sources() -> Any:
    return import_module("datashift.web.fieldwork.sources")


def _made(file: File, form_id: str, version: str) -> Made:
    made: Made = _sources().made(_sources().read(file), form_id, version)
    return made


def _add(organisation: Organisation, made: Made, by: User, kit: str = "", country: str = "") -> Form:
    form = Form.objects.create(
        organisation=organisation, form_id=made.form_id, title=made.title, kit=kit, country=country, created_by=by
    )
    _record("form-added", form, by, kit=kit)
    return form


def _keep_version(form: Form, made: Made, file: File, by: User) -> FormVersion:
    """Keep a version in the place of the one that is not published; its files stay with the form."""
    former = form.versions.order_by("-number").first()
    draft = former if former and former.published is None else None
    said = {
        "version": made.version, "xform": made.xform, "languages": made.languages, "made_by": by,
        "source_name": PurePath(file.name).name[-255:], "source_sha256": kept(file.data), "made": timezone.now(),
    }  # fmt: skip
    if draft is not None:
        for field, value in said.items():
            setattr(draft, field, value)
        draft.save()
        return draft
    version = FormVersion.objects.create(form=form, number=_next_number(form), **said)
    if former is not None:
        taken = former.media.values("name", "sha256", "md5", "size")
        Media.objects.bulk_create(Media(version=version, **one) for one in taken)
    return version


def _stand(form: Form, before: State, after: State, verb: str, by: User) -> Form:
    """Let a form stand otherwise; where it does already, nothing happens."""
    if form.state == after:
        return form
    if form.state != before:
        raise BadFieldwork("fieldwork.closed" if form.state == State.CLOSED else "fieldwork.not-published")
    form.state = after
    form.save(update_fields=["state", "changed"])
    _record(verb, form, by)
    return form


def _require_media(file: File) -> None:
    if not file.data:
        raise BadFieldwork("fieldwork.no-file")
    if len(file.data) > MOST_MEDIA_BYTES:
        raise BadFieldwork("fieldwork.file-too-large", file=file.name, most=f"{MOST_MEDIA_BYTES >> 20} MB")
    if not _MEDIA_NAME.fullmatch(file.name) or file.name.startswith("."):
        raise BadFieldwork("fieldwork.media-name", file=file.name[:200])
    if PurePath(file.name).suffix.lower() not in MEDIA_KINDS:
        kinds = ", ".join(kind.removeprefix(".") for kind in MEDIA_KINDS)
        raise BadFieldwork("fieldwork.media-kind", file=file.name, kinds=kinds)


def _free_id(organisation: Organisation, wish: str) -> str:
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two at once would take the same
    taken = set(Form.objects.filter(organisation=organisation).values_list("form_id", flat=True))
    wish = wish[:58] or "form"
    return next(name for n in range(1, len(taken) + 2) if (name := wish if n == 1 else f"{wish}-{n}") not in taken)


def _next_number(form: Form) -> int:
    last = form.versions.order_by("-number").first()
    return last.number + 1 if last else 1


def _free_version(form: Form, number: int) -> str:
    """Return a name for a version that states none: its number, or a higher one where that is taken."""
    taken = set(form.versions.values_list("version", flat=True))
    return next(str(n) for n in range(number, number + len(taken) + 1) if str(n) not in taken)


def _record(verb: str, form: Form, by: User, **facts: Any) -> None:
    record(verb, f"form:{form.pk}", by=by, organisation=form.organisation, **facts)
