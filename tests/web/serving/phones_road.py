"""What a process of the site does for tests of phones: a form and a key, and what is in the store in the end."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.conf import settings
from django.utils import timezone

from datashift.web.fieldwork.models import Attachment, Enumerator, Form, FormVersion, Submission
from datashift.web.fieldwork.phones import digest
from datashift.web.people.models import Organisation

XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>W</h:title>
<model><instance><data id="water" version="1"><who/><photo/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/who" type="string"/><bind nodeset="/data/photo" type="binary"/></model></h:head>
<h:body><input ref="/data/who"><label>Who</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload></h:body></h:html>"""


def begin(token: str) -> None:
    """Publish a form, and make a key for a phone."""
    house = Organisation.objects.create(slug="water-watch", name="Water Watch")
    form = Form.objects.create(organisation=house, form_id="water", title="Water", state="published")
    FormVersion.objects.create(form=form, number=1, version="1", xform=XFORM, published=timezone.now())
    Enumerator.objects.create(organisation=house, name="Team", digest=digest(token)).forms.add(form)


def told() -> dict[str, Any]:
    """Tell every submission with its answer and its files, and which files are damaged or lie there for nothing."""
    rows = Submission.objects.select_related("content").order_by("instance_id")
    files = Attachment.objects.values_list("submission__instance_id", "name", "sha256")
    kept = {path.name for path in (settings.HOME / "raw").glob("*")} if (settings.HOME / "raw").exists() else set()
    return {
        "submissions": [[one.instance_id, json.loads(one.content.answers)["who"], one.complete] for one in rows],
        "files": sorted([*file] for file in files),
        "doubled": [name for name, count in Counter(files).items() if count > 1],
        "missing": sorted({file[2] for file in files} - kept),
    }
