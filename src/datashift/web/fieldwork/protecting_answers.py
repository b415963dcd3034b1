"""The job `protect_answers`: what was here before a form promised more is kept as the form promises now.

What left the site earlier (exports that somebody has, releases, backups) cannot be changed. Each submission is changed
in one transaction with its files and its corrections; a job that was cut off begins again and finds these done.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from django.db import transaction

from datashift.errors import BadXForm, Unreadable
from datashift.language import N_
from datashift.web.fieldwork import answers, exports, mapping, sealing
from datashift.web.fieldwork.checked import CHECK
from datashift.web.fieldwork.coarsening import coarse
from datashift.web.fieldwork.erasing import forget_file
from datashift.web.fieldwork.kept import fetched, kept
from datashift.web.fieldwork.leaves import leaves, plain_path, under
from datashift.web.fieldwork.models import Attachment, Checked, Content, Correction, Form, Stray, Submission
from datashift.web.fieldwork.posted import bare
from datashift.web.jobs.services import enqueue
from datashift.web.people.services import record

PROTECTING = N_("protecting the answers that were here before")
_AT_A_TIME = 200


def protect_answers(subject: str, progress: Callable[[str], None]) -> None:
    """Seal, and tell coarsely, what the form `subject` (its id) kept otherwise until now. Done twice it is the same."""
    form = Form.objects.select_related("organisation", "seal_key").filter(pk=subject).first()
    if form is None or not (form.sealed or form.coarse):
        return
    progress(PROTECTING)
    count = sum(_submission(form, key) for key in _keys(form))
    for stray in Stray.objects.filter(organisation=form.organisation_id, form_id=form.form_id).iterator(_AT_A_TIME):
        _stray(form, stray)
    if count:
        with transaction.atomic():
            Checked.objects.filter(form=form).delete()  # made of answers; made again from what may be told now
            exports.forget([form.pk])
            record("answers-protected", f"form:{form.pk}", by=None, organisation=form.organisation, count=count)
            enqueue(CHECK, str(form.pk))
            enqueue("gather", str(form.pk))  # for the data set that was made of them, where there is one


def _keys(form: Form) -> Iterator[int]:
    last = 0
    found = Content.objects.filter(submission__form=form).order_by("pk").values_list("pk", flat=True)
    while some := list(found.filter(pk__gt=last)[:_AT_A_TIME]):
        yield from some
        last = some[-1]


def _submission(form: Form, key: int) -> bool:
    """Protect one submission; say whether anything of it was otherwise."""
    with transaction.atomic():
        one = Submission.objects.select_for_update(of=("self",)).select_related("version").get(pk=key)
        content = Content.objects.filter(pk=key).first()
        if content is None:  # withdrawn just now
            return False
        xml, told = zlib.decompress(content.xml), json.loads(content.answers)
        files = _files(form, one, sealing.sealed_files(form, told))
        safe, answered = answers.protected(form, told, xml, one.instance_id)
        changed = [_corrections(form, one), files, safe != xml or answered != told]
        if not any(changed):
            return False
        content.xml, content.answers = zlib.compress(safe), json.dumps(answered, ensure_ascii=False)
        content.save(update_fields=["xml", "answers"])
        mapping.forget([key])
        one.latitude, one.longitude = answers.position(form, one.version, answers.current(one))
        one.digest = _digest(form, one, xml)
        one.save(update_fields=["latitude", "longitude", "digest"])
        mapping.remember([key])
    return True


def _digest(form: Form, one: Submission, xml: bytes) -> str:
    """Return the digest that a repeat has from now on; where another content of the id has it, the one it had."""
    digest = answers.recognised(form, xml)
    same = Submission.objects.filter(form=form, instance_id=one.instance_id, digest=digest).exclude(pk=one.pk)
    return one.digest if same.exists() else digest


def _corrections(form: Form, one: Submission) -> bool:
    """Corrections hold answers: both texts of each."""
    changed = False
    sealed, rules = sealing.sealed_paths(form), {plain_path(path): float(m) for path, m in form.coarse.items()}
    for made in one.corrections.all():
        place, path = made.path.strip("/"), plain_path(made.path)
        was = (made.before, made.after)
        if under(path, sealed):
            made.before, made.after = (sealing.seal_once(text, form, one.instance_id, place) for text in was)
        elif path in rules:
            made.before, made.after = (coarse(text, rules[path]) for text in was)
        if (made.before, made.after) != was:
            Correction.objects.filter(pk=made.pk).update(before=made.before, after=made.after)
            changed = True
    return changed


# --- files ------------------------------------------------------------------------------------------------------------


def _files(form: Form, one: Submission, named: dict[str, str]) -> bool:
    """Seal the files of sealed fields, and take out of an audit what it may tell no more."""
    places = {bare(name): place for name, place in named.items()}
    changed = False
    for file in one.attachments.all():
        name, data = _safe(form, one.instance_id, file.name, file.sha256, places)
        if data is not None:
            fresh = {"name": name, "sha256": kept(data), "size": len(data), "removed": []}
            Attachment.objects.filter(pk=file.pk).update(**fresh)
            transaction.on_commit(partial(_forget, file.sha256))
            changed = True
    return changed


def _safe(form: Form, instance_id: str, name: str, sha256: str, places: dict[str, str]) -> tuple[str, bytes | None]:
    """Return the name and the bytes that a file has from now on; None where both stay."""
    try:
        if name in places:
            sealed = sealing.seal_file(form, instance_id, places[name], name, fetched(sha256))
            return sealing.stored_name(form, instance_id, name), sealed
        if name == sealing.AUDIT:
            data = fetched(sha256)
            clean = sealing.clean_audit(form, data)
            return name, (None if clean == data else clean)
    except Unreadable:  # gone already; the row stays and says that there was a file
        pass
    return name, None


def _forget(sha256: str) -> None:
    """Delete a file that no row names any more."""
    forget_file(sha256, but=Attachment())


def _stray(form: Form, stray: Stray) -> None:
    """Protect what came for this form and was not taken in."""
    xml, roots = zlib.decompress(stray.xml), sealing.sealed_paths(form)
    try:
        named = {leaf.text.strip(): leaf.place for leaf in leaves(xml) if under(leaf.path, roots)}
        safe, _answers = answers.protected(form, {}, xml, stray.instance_id)
    except BadXForm:
        return
    places = {bare(name): place for name, place in named.items()}
    with transaction.atomic():
        files = []
        for one in stray.attachments:
            name, data = _safe(form, stray.instance_id, one["name"], one["sha256"], places)
            fresh = one if data is None else {"name": name, "sha256": kept(data), "size": len(data), "removed": []}
            files.append(fresh)
            if data is not None:
                transaction.on_commit(partial(_forget, one["sha256"]))
        if safe != xml or files != stray.attachments:
            digest = answers.recognised(form, xml)
            if Stray.objects.filter(organisation=stray.organisation_id, digest=digest).exists():
                digest = stray.digest
            Stray.objects.filter(pk=stray.pk).update(xml=zlib.compress(safe), attachments=files, digest=digest)
