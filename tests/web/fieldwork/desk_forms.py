"""A form with answers, for tests of the desk."""

from __future__ import annotations

import json
import zlib
from typing import Any

from django.utils import timezone
from made_forms import CHOICES, sheet

from datashift.forms.xform.making import as_xform
from datashift.web.fieldwork.models import Content, Form, FormVersion, Submission
from datashift.web.people.models import Organisation

SURVEY = (
    ("type", "name", "label::English (en)", "label::Kiswahili (sw)", "constraint", "constraint_message::English (en)"),
    ("select_one water", "source", "Where does the water come from?", "Maji yanatoka wapi?", "", ""),
    ("integer", "people", "How many people live here?", "Watu wangapi?", ". < 100", "Fewer than 100, please."),
    ("text", "name", "What is your name?", "Jina lako?", "", ""),
    ("geopoint", "spot", "Where is it?", "Wapi?", "", ""),
    ("begin_repeat", "child", "Child", "Mtoto", "", ""),
    ("integer", "age", "How old?", "Umri?", "", ""),
    ("end_repeat", "", "", "", "", ""),
)


def water(organisation: Organisation, form_id: str = "water") -> Form:
    """A published form with one version."""
    file = sheet(SURVEY, CHOICES, form_id=form_id, version="1")
    made = Form.objects.create(
        organisation=organisation, form_id=form_id, title="Water", country="TZ", state=Form.State.PUBLISHED
    )
    xform = as_xform(file.data, file.name).decode()
    FormVersion.objects.create(form=made, number=1, version="1", xform=xform, published=timezone.now())
    return made


def xml(number: int | str, form_id: str = "water", people: str = "4", name: str = "Asha") -> bytes:
    """A filled-in form as a phone sends it."""
    return (
        f'<data id="{form_id}" version="1"><source>well</source><people>{people}</people><name>{name}</name>'
        "<spot>-6.17 35.74 0 0</spot><child><age>3</age></child><child><age>5</age></child>"
        f"<meta><instanceID>uuid:{number}</instanceID></meta></data>"
    ).encode()


def answered(form: Form, number: int | str, told: dict[str, Any] | None = None, **more: Any) -> Submission:
    """A submission as it is kept."""
    said = {"source": "well", "people": "4", "name": "Asha", "spot": "-6.17 35.74 0 0",
            "child": [{"child/age": "3"}, {"child/age": "5"}]} | (told or {})  # fmt: skip
    more = {"latitude": -6.17, "longitude": 35.74, "digest": str(number), "instance_id": f"uuid:{number}"} | more
    made = Submission.objects.create(form=form, version=form.versions.get(), **more)
    Content.objects.create(submission=made, xml=zlib.compress(xml(number)), answers=json.dumps(said))
    return made
