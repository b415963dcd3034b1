"""The browser and the server say the same of the same answers: what is asked, calculated, offered, wrong, and sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agreement_forms import AREAS, FEATURES
from fill_robot import IN_BROWSER, NOW, run
from fill_site import Site, served

from datashift.forms.xform import XForm, as_program, problems, read_xform, with_files
from datashift.forms.xform.making import as_xform

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    """A browser whose clock stands in Kathmandu, 5 hours 45 minutes ahead of world time."""
    with served(Site()) as site:
        context = chromium.new_context(base_url=site.base, timezone_id="Asia/Kathmandu", locale="en")
        page = context.new_page()
        page.goto("/blank")
        yield page
        context.close()


def differences(page: Any, form: XForm, seeds: range, steps: int) -> list[str]:
    orders, expected = run(form, seeds, steps)
    told = {"program": as_program(form), "orders": orders, "now": NOW.timestamp() * 1000}
    found = json.loads(page.evaluate(IN_BROWSER, json.dumps(told)))
    return [
        f"{seed} {what}: {_first(ours[what], theirs[what])}"
        for seed, ours, theirs in zip(seeds, expected, found, strict=True)
        for what in ours
        if ours[what] != theirs[what]
    ]


def _first(ours: Any, theirs: Any) -> str:
    if isinstance(ours, dict):
        ours, theirs = list(ours.items()), [tuple(one) for one in theirs.items()]
    if isinstance(ours, str):
        at = next(
            (k for k, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
        )
        return f"server …{ours[max(0, at - 60) : at + 60]}… browser …{theirs[max(0, at - 60) : at + 60]}…"
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b]
    return f"server {pairs[0][0]}, browser {pairs[0][1]}" if pairs else f"{len(ours)} and {len(theirs)}"


@pytest.fixture(scope="module")
def features() -> XForm:
    form = with_files(read_xform(as_xform(FEATURES.encode(), "features.md")), {"areas.csv": AREAS.encode()})
    assert problems(form) == []
    return form


def test_a_form_with_all_features_means_the_same_in_the_browser_and_on_the_server(page: Any, features: XForm) -> None:
    assert differences(page, features, range(60), 40) == []


def test_a_real_survey_of_275_questions_means_the_same_in_the_browser_and_on_the_server(
    page: Any, shared: Path
) -> None:
    survey = shared / "cgd/irq_reach_kobo/form.xlsx"
    form = read_xform(as_xform(survey.read_bytes(), survey.name))
    assert len(form.fields) > 200
    assert differences(page, form, range(10), 100) == []
