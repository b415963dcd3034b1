"""Releases for the tests of what is public: the simulated demo, and real examples where their files are at hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from released_demo import DEMO, ROOT, Made, made

from datashift.web.collection.models import Dataset, Review, Run, Upload
from datashift.web.dashboard import services
from datashift.web.dashboard.models import Release
from datashift.web.people.models import Organisation, User


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The simulated demo, run once: a made-up country ZZ with eight areas and official figures of the same concept."""
    return made(DEMO, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def real_made(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Callable[[str], Made]:
    """Run an example on the real data beside the project, each once: real_made("tza-waterpoints")."""
    known: dict[str, Made] = {}

    def one(example: str) -> Made:
        if example not in known:
            recipe = ROOT / "examples" / example / "recipe.toml"
            known[example] = made(recipe, tmp_path_factory.mktemp(example))
        return known[example]

    return one


@pytest.fixture
def released(demo_made: Made, organisation: Organisation) -> Release:
    """The demo, published by an organisation: indicator 6.1.1, country ZZ, areas ZZ-01 to ZZ-08, four measures."""
    return services.publish_folder(demo_made.folder, organisation=organisation, told=demo_made.told)


@pytest.fixture
def real_release(real_made: Callable[[str], Made], db: None) -> Callable[[str], Release]:
    """Publish a real example: real_release("tza-waterpoints"); mark such a test `shared`."""

    def one(example: str) -> Release:
        who, _new = Organisation.objects.get_or_create(slug=example, defaults={"name": example})
        run = real_made(example)
        return services.publish_folder(run.folder, organisation=who, told=run.told)

    return one


@pytest.fixture
def asked(demo_made: Made, site: Path, organisation: Organisation) -> Callable[..., Review]:
    """Ask for a review of the demo's draft: asked(by=producer, for_office=True)."""

    def one(by: User, *, run: Made = demo_made, for_office: bool = False) -> Review:
        upload, _new = Upload.objects.get_or_create(
            sha256="0" * 64, name="points.csv", organisation=organisation, defaults={"size": 1, "by": by}
        )
        dataset = Dataset.objects.create(
            organisation=organisation, upload=upload, title="Water points", country="TZ", state="in-review",
            created_by=by,
        )  # fmt: skip
        folder = f"datasets/{dataset.pk}/1"
        shutil.copytree(run.folder, site / folder)
        drafted = Run.objects.create(dataset=dataset, number=1, recipe="", folder=folder, told=run.told)
        return Review.objects.create(run=drafted, asked_by=by, for_office=for_office)

    return one
