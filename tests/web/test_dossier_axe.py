"""The dossier in a real browser, from a file, with nothing else at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from datashift.dossier.document import document
from datashift.dossier.page import html
from datashift.inputs import gather
from datashift.pipeline import run

DEMO = Path(__file__).resolve().parents[2] / "src" / "datashift" / "demo_data" / "recipe.toml"


@pytest.mark.enable_socket
def test_axe_finds_nothing_in_a_dossier_on_a_phone_and_on_a_desk(tmp_path: Path, chromium: Any) -> None:
    told = document(run(gather(DEMO, tmp_path / "home"), draw=lambda _drawing: lambda: None), created="2026-11-22")
    path = tmp_path / "dossier.html"
    for language in ("en", "ne"):
        path.write_text(html(told, language), "utf-8")
        for width in (360, 1280):
            page = chromium.new_page(viewport={"width": width, "height": 900})
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert Axe().run(page).violations_count == 0
            page.close()
