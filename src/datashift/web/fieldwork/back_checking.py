"""The job `draw_back_checks`: which answers are asked for again, by chance, some of each enumerator.

The lots follow from the key of the site, so who was drawn stays drawn, and no enumerator can know beforehand. Only
workers load this.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from django.utils.crypto import salted_hmac

from datashift.language import N_
from datashift.sampling import back_checks
from datashift.web.fieldwork.models import BackCheck, Form
from datashift.web.fieldwork.tables import standing

DRAWING = N_("drawing what is asked for again")


def draw_back_checks(subject: str, progress: Callable[[str], None]) -> None:
    """Draw from the answers of a form (`subject` is its id, a colon and per cent); what was drawn before stays."""
    key, _colon, share = subject.partition(":")
    form = Form.objects.filter(pk=key).first()
    if form is None or not share.isdigit() or not 0 < int(share) <= 100:
        return
    progress(DRAWING)
    rows = list(standing(form).exclude(enumerator=None).values_list("pk", "enumerator"))
    if not rows:
        return
    seed = salted_hmac("datashift.back-checks", str(form.pk), algorithm="sha256").hexdigest()
    table = pa.table({"unit": [str(one) for one, _who in rows], "enumerator": [str(who) for _one, who in rows]})
    chosen = back_checks(table, int(share) / 100, seed).column("unit").to_pylist()
    BackCheck.objects.bulk_create((BackCheck(submission_id=int(one)) for one in chosen), ignore_conflicts=True)
