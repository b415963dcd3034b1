"""What people of the organisation may take with them: as it came, as it was confirmed, as it would be published."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from datashift.language import _
from datashift.web.collection.models import Dataset, Run
from datashift.web.collection.views.access import belongs, the_dataset
from datashift.web.people.roles import needs

DRAFTS = {"bundle": "release.zip", "evidence": "private/evidence.zip"}
INSIDE = ("upload", "evidence")
"""What holds rows: for people of the organisation only."""


@require_safe
@needs("see-draft")
def dataset_file(request: HttpRequest, key: UUID, what: str) -> HttpResponse:
    """Send one file of a data set, as an attachment that no cache keeps."""
    dataset = the_dataset(request, key, "see-draft")
    if what in INSIDE and not belongs(request, dataset):
        raise Http404
    if dataset.screening:
        raise Http404  # a withdrawn answer is being taken out
    if what == "recipe":
        return _recipe(dataset)
    path, name = _place(dataset, what)
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # a stream is answered like a page


def offered(request: HttpRequest, dataset: Dataset) -> list[tuple[str, str]]:
    """Return the files that this person may take, with their words."""
    inside = belongs(request, dataset) and not dataset.erased
    drafted = dataset.runs.exists()
    return [
        *([("upload", _("The file as it came"))] if inside else []),
        *([("recipe", _("The recipe: how the columns are read (TOML)"))] if dataset.recipe else []),
        *([("bundle", _("The draft of the release (ZIP)"))] if drafted else []),
        *(
            [("evidence", _("The evidence with the rows: keep it to yourselves (ZIP)"))]
            if drafted and inside and not dataset.erased
            else []
        ),
    ]


def _recipe(dataset: Dataset) -> HttpResponse:
    if not dataset.recipe:
        raise Http404
    response = HttpResponse(dataset.recipe, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recipe.toml"'
    response["Cache-Control"] = "no-store"
    return response


def _place(dataset: Dataset, what: str) -> tuple[Path, str]:
    if what == "upload":
        return settings.HOME / "raw" / dataset.upload.sha256, dataset.upload.name
    run = Run.objects.filter(dataset=dataset).last()
    if what not in DRAFTS or run is None:
        raise Http404
    path = settings.HOME / run.folder / DRAFTS[what]
    return path, path.name
