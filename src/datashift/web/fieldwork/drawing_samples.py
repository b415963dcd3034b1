"""The jobs `draw_sample` and `prove_sample`: no page waits for a long list. Only workers load this.

The subject of both is the number of a sample. Both may be done twice: what comes out follows from list and seed.
"""

from __future__ import annotations

from collections.abc import Callable

from datashift.language import N_
from datashift.web.fieldwork.models import Sample
from datashift.web.fieldwork.samples import ASKED, draw_asked, proved

DRAWING = N_("drawing the sample")
PROVING = N_("drawing the sample once more, to prove it")


def draw_sample(subject: str, progress: Callable[[str], None]) -> None:
    """Draw a sample that was asked for; one that is drawn stays as it is. Raises as `draw_asked` does."""
    asked = Sample.objects.select_related("form__organisation", "made_by").filter(pk=subject).first()
    if asked is not None and ASKED in asked.written:
        progress(DRAWING)
        draw_asked(asked)


def prove_sample(subject: str, progress: Callable[[str], None]) -> None:
    """Draw once more from the list that was kept. Raises BadSample where another sample comes out."""
    sample = Sample.objects.filter(pk=subject).first()
    if sample is not None and sample.written.get("draw"):
        progress(PROVING)
        proved(sample)
