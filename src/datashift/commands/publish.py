"""`datashift publish`: what whoever runs the site publishes on the machine itself, past the upload road."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from datashift.commands import home
from datashift.language import N_, _, label

if TYPE_CHECKING:
    from datashift.pipeline import Result
    from datashift.web.dashboard.models import Release
    from datashift.web.people.models import Organisation

HELP = N_("publish the release of a recipe on the web site of this machine")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recipe and in whose name it is published."""
    parser.add_argument("recipe", type=Path, help=_("the recipe (TOML)"))
    parser.add_argument("--organisation", required=True, help=_("who produced the data; added where it is new"))
    parser.add_argument("--country", help=_("the country of a new organisation (two letters, ISO 3166-1)"))
    parser.add_argument(
        "--nevertheless",
        action="store_true",
        help=_("publish although few answers came or went since the last time"),
    )


def run(options: argparse.Namespace) -> tuple[str, Callable[[], Any]]:
    """Run a recipe and publish its release. Raises whatever stops a run, NotAllowed, CannotServe."""
    from datashift.inputs import gather
    from datashift.pipeline import run as run_pipeline
    from datashift.web import serving

    inputs = gather(options.recipe, home())
    serving.get_ready(home())
    result = run_pipeline(inputs, lambda _stage: None)
    if not options.nevertheless:
        _require_many(result)
    release = put_up(result, home(), options.organisation, (options.country or "").upper())
    address = serving.address("release", release.pk)
    told = [_("Published: {address}").format(address=address), typeset(release), laws(release.country)]
    text = "\n".join(filter(None, told))
    return text, lambda: {"release": release.pk, "series": release.series, "number": release.number, "address": address}


def _require_many(result: Result) -> None:
    """Raise NotAllowed where the figure of all rows together would tell about few beside an earlier release."""
    from datashift.errors import NotAllowed

    since = result.since
    if since.changed is not None and not result.setting.kit.universe.public_infrastructure:
        raise NotAllowed("release.few-since", changed=since.changed, least=since.least)


def _require_earlier(result: Result, bundle: Path, producer: Organisation) -> None:
    """Raise NotAllowed where figures of people were released before, and the recipe does not say which."""
    from datashift.errors import NotAllowed
    from datashift.publish import released
    from datashift.web.dashboard.models import Release

    recipe, kit = result.setting.recipe, result.setting.kit
    before = Release.objects.filter(organisation=producer, series=recipe.id)
    if kit.universe.public_infrastructure or recipe.earlier or not before.exists():
        return
    if not before.filter(pk=released(bundle).id).exists():
        raise NotAllowed("release.no-earlier", series=recipe.id)


def put_up(result: Result, store: Path, organisation: str, country: str = "") -> Release:
    """Publish the release of a run on the site whose store is ready, and make the pages that rest on it.

    Nothing is public unless the gate lets all of it pass. Publishing the same again changes nothing. Raises NotAllowed
    (release.no-earlier) where figures of people were released before and the recipe does not name them.
    """
    from datashift.release import publish
    from datashift.web import serving
    from datashift.web.collection.telling import told
    from datashift.web.dashboard.services import publish_folder
    from datashift.web.jobs.worker import work_off
    from datashift.web.people.models import Organisation
    from datashift.web.people.services import add_organisation

    known = Organisation.objects.filter(name=organisation).order_by("pk").first()
    with TemporaryDirectory() as folder:
        bundle = publish(result, Path(folder), home=store)
        producer = known or add_organisation(
            name=organisation, by=None, country=country or result.setting.recipe.place.country
        )
        _require_earlier(result, bundle, producer)
        release = publish_folder(Path(folder), organisation=producer, told=told(result, bundle))
    work_off(serving.kinds("refresh"))
    return release


def laws(country: str) -> str:
    """Return what to consider of the law of a country: on this road nobody else looks before it is public."""
    from datashift.legal import legal_of

    legal = legal_of(country)
    if legal is None:
        return " ".join([_("Nothing is known here of the law of this country."), _("Ask somebody who knows it.")])
    head = _("This is no legal advice. What the law of the country asks you to consider:")
    return "\n".join([head, *(f"- {one.law}: {label(one.question)}" for one in legal.items)])


def typeset(release: Release) -> str:
    """Make the files of the dossier of a release here and now, so that a site without a worker has them too.

    Return what to say where that did not succeed; the release is public all the same.
    """
    from datashift.web import serving
    from datashift.web.dashboard import dossiers
    from datashift.web.jobs.services import enqueue, latest, problem
    from datashift.web.jobs.worker import work_off

    if not dossiers.fresh(release):
        enqueue("dossier", release.pk)
    work_off(serving.kinds("dossier"))
    job = latest("dossier", release.pk)
    if job is None or job.state != job.State.FAILED:
        return ""
    return _("The dossier could not be made: {problem}").format(problem=problem(job))
