"""A form on the marked site: what people answered, and what was written about it, can be known again."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from made_forms import sheet
from marked_people import ASKER, NAME, REMARK

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork import drafts
from datashift.web.fieldwork.filling import begun
from datashift.web.fieldwork.kept import File, kept
from datashift.web.fieldwork.models import Correction, Form, FormVersion, Media, Remark, Sample, Submission, Unit
from datashift.web.fieldwork.phones import add_enumerator
from datashift.web.fieldwork.receiving import receive
from datashift.web.people.models import Organisation, User

SURVEY = (
    ("type", "name", "label::English (en)", "label::Kiswahili (sw)"),
    ("text", "name", "Who?", "Nani?"),
    ("text", "remark", "What else?", "Nini tena?"),
    ("image", "photo", "A picture", "Picha"),
)
XML = (
    '<data id="people" version="1"><name>{name}</name><remark>{remark}</remark><photo>note.txt</photo>'
    "<meta><instanceID>uuid:{number}</instanceID></meta></data>"
)
OPEN_LINK = "a-link-for-all"


@dataclass(frozen=True)
class MarkedForm:
    """A form with two answers of people, the key of a phone, and an address of a draft in which nothing is said."""

    form: Form
    answer: Submission
    code: str
    draft: str
    media: Media
    unit: Unit


def marked_form(organisation: Organisation, producer: User) -> MarkedForm:
    """Make a form that asks for names, and have it answered."""
    form = Form.objects.create(
        organisation=organisation, form_id="people", title="People", country="TZ", state=Form.State.PUBLISHED,
        open_link=OPEN_LINK,
    )  # fmt: skip
    file = sheet(SURVEY, (("list_name", "name"),), form_id="people", version="1", default_language="English (en)")
    version = FormVersion.objects.create(
        form=form, number=1, version="1", xform=as_xform(file.data, file.name).decode(), published=timezone.now(),
        source_name=file.name, source_sha256=kept(file.data), languages=["English (en)", "Kiswahili (sw)"],
    )  # fmt: skip
    media = Media.objects.create(version=version, name="a.csv", sha256=kept(b"name,label\n1,One\n"), md5="0", size=16)
    key = add_enumerator(organisation=organisation, name="Team 1", forms=[form], by=producer)
    answers = [
        receive(
            organisation, XML.format(name=f"{NAME} {number}", remark=REMARK, number=number).encode(),
            [File("note.txt", ASKER.encode())], enumerator=key.enumerator,
        ).submission
        for number in (1, 2)
    ]  # fmt: skip
    first = answers[0]
    assert first is not None
    Correction.objects.create(submission=first, path="remark", before="", after=REMARK, why=REMARK, by=producer)
    Remark.objects.create(submission=first, by=producer, text=REMARK, for_enumerator=False)
    stray = XML.format(name=NAME, remark=REMARK, number=9).replace('"people"', '"nobody knows"')
    receive(organisation, stray.encode(), enumerator=key.enumerator)
    sample = Sample.objects.create(form=form, written={}, made_by=producer)
    unit = Unit.objects.create(sample=sample, name="V1", chance=0.5, weight=2.0, order=1)
    empty = begun(version, "English (en)")
    draft = drafts.begin(version, None, drafts.Begun(empty.as_xml(draft=True).decode(), "English (en)"))
    return MarkedForm(form, first, key.code, draft, media, unit)
