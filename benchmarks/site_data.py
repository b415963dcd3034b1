"""A store with a million released figures, to measure the site with. All of it is made up and says so.

The simulated demo is published and its pages are made as for any release; then its release, figures, comparisons and
ledgers are copied to fifty series of ten countries, with other places, years and values. The files of each release are
those of the demo. The store is the one that DATASHIFT_HOME and DATASHIFT_DATABASE name; it should be empty.

    DATASHIFT_HOME=/tmp/many python benchmarks/site_data.py [--figures 1000000]
"""

# Models can be imported only when Django has started, for a store that is ready.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import copy
import shutil
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from datashift.commands import home
from datashift.inputs import gather
from datashift.pipeline import run
from datashift.release import publish
from datashift.web import serving

DEMO = Path(__file__).resolve().parents[1] / "src" / "datashift" / "demo_data" / "recipe.toml"
COUNTRIES = ("TZ", "NP", "KE", "AR", "UG", "GH", "BO", "PE", "ET", "RW")
INDICATORS = ("6.1.1", "6.2.1", "4.1.1", "11.6.2", "16.6.2")
YEARS = range(2005, 2025)

COPIED = ("indicator", "country", "area", "area_name", "period", "year", "release_id", "value", "lower", "upper")
SAME = ("measure", "breakdown", "se", "n", "n_eff", "deff", "df", "unit", "status", "method", "reason", "current")

FIGURES = """
INSERT INTO dashboard_figure ({columns})
WITH RECURSIVE numbered(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM numbered WHERE k < %(count)s - 1)
SELECT %(indicator)s, %(country)s,
  CASE WHEN k / {years} = 0 THEN %(country)s ELSE %(country)s || '-S' || (k / {years}) END,
  CASE WHEN k / {years} = 0 THEN %(name)s ELSE %(name)s || ' ' || (k / {years}) END,
  '' || ({first} + k % {years}), {first} + k % {years}, %(release)s,
  value * (0.5 + (k * 37 % 100) / 200.0), lower * (0.5 + (k * 37 % 100) / 200.0),
  upper * (0.5 + (k * 37 % 100) / 200.0), {same}
FROM dashboard_figure CROSS JOIN numbered
WHERE release_id = %(template)s AND area = 'ZZ'
"""
"""Each figure of the whole country of the demo, for every place and year. The first place is the country itself."""


def main() -> None:
    """Publish the demo, then copy it until there are as many figures as asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--figures", type=int, default=1_000_000)
    options = parser.parse_args()
    started = time.monotonic()
    serving.get_ready(home())
    fill(options.figures)
    print(f"{options.figures:,} figures and more in {time.monotonic() - started:.0f} s")


def fill(figures: int) -> None:
    """Fill the store that is ready."""
    from django.db import connection, transaction

    from datashift.web.dashboard.models import Release
    from datashift.web.frame.models import bump

    template = the_demo()
    whole = template.figures.filter(area="ZZ").count()
    series = [(country, indicator) for indicator in INDICATORS for country in COUNTRIES]
    places = max(2, round(figures / len(series) / len(YEARS) / whole))
    with transaction.atomic():
        for country, indicator in series:
            made = release_like(template, country, indicator)
            made.figure_count = places * len(YEARS) * whole
            made.save(force_insert=True)
            copy_figures(connection, template, made, places)
            copy_the_rest(template, made, places)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    bump()
    print(f"{Release.objects.count()} releases, {places} places each")


def the_demo() -> Any:
    """Publish the simulated demo and make its pages."""
    from django.conf import settings

    from datashift.web.collection.telling import told
    from datashift.web.dashboard.refreshing import refresh
    from datashift.web.dashboard.services import publish_folder
    from datashift.web.people.models import Organisation

    with tempfile.TemporaryDirectory() as folder:
        result = run(gather(DEMO, settings.HOME))
        bundle = publish(result, Path(folder), home=settings.HOME)
        who, _new = Organisation.objects.get_or_create(slug="simulated", defaults={"name": "Simulated by DataShift"})
        made = publish_folder(Path(folder), organisation=who, told=told(result, bundle))
    refresh("ZZ", lambda _stage: None)
    return made


def release_like(template: Any, country: str, indicator: str) -> Any:
    """Return a release like the demo's, of another country and indicator, with files of its own."""
    from django.conf import settings

    from datashift.web.people.models import Organisation

    made = copy.copy(template)
    made.pk = sha256(f"{country} {indicator}".encode()).hexdigest()
    slug = f"simulated-{country.lower()}"
    made.organisation, _new = Organisation.objects.get_or_create(
        slug=slug, defaults={"name": f"Simulated, {country}", "country": country}
    )
    made.series, made.country, made.whole = f"simulated-{country}-{indicator}".lower(), country, country
    made.indicator, made.number, made.simulated = indicator, 1, True
    shutil.copytree(settings.HOME / "releases" / template.pk, settings.HOME / "releases" / made.pk)
    for card in (settings.HOME / "cards").glob(f"{template.pk}-*.png"):
        shutil.copy(card, card.with_name(card.name.replace(template.pk, made.pk)))
    return made


def copy_figures(connection: Any, template: Any, made: Any, places: int) -> None:
    """Copy the figures in the database itself."""
    columns = ", ".join((*COPIED, *SAME))
    text = FIGURES.format(columns=columns, same=", ".join(SAME), years=len(YEARS), first=YEARS[0])
    facts = {
        "count": places * len(YEARS), "indicator": made.indicator, "country": made.country,
        "name": f"Place of {made.country}", "release": made.pk, "template": template.pk,
    }  # fmt: skip
    if connection.vendor == "sqlite":
        text, order = in_order(text, facts)
        connection.connection.execute(text, order)
    else:
        with connection.cursor() as cursor:
            cursor.execute(text.replace(" % ", " %% "), facts)


def in_order(text: str, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a statement as SQLite wants it: parameters by a colon and their name."""
    for name in facts:
        text = text.replace(f"%({name})s", f":{name}")
    return text, facts


def copy_the_rest(template: Any, made: Any, places: int) -> None:
    """Copy a comparison and a ledger for every place, and the coverage of the country."""
    from datashift.web.dashboard.models import Beside, Coverage, Ledger

    beside = template.beside.filter(area="ZZ-02", breakdown="").get()
    whole, inner = (Ledger.objects.get(area=area, indicator=template.indicator) for area in ("ZZ", "ZZ-02"))
    names = {made.country: f"Place of {made.country}"}
    names |= {f"{made.country}-S{k}": f"Place of {made.country} {k}" for k in range(1, places)}
    besides, ledgers = [], []
    for area, name in names.items():
        again = copy.copy(beside)
        again.pk, again.release, again.indicator, again.country = None, made, made.indicator, made.country
        again.area, again.area_name, again.period = area, name, str(YEARS[-1])
        besides.append(again)
        ledgers.append(ledger_like(whole if area == made.country else inner, made, area, names))
    Beside.objects.bulk_create(besides, batch_size=200)
    Ledger.objects.bulk_create(ledgers, batch_size=50)
    told = Coverage.objects.get(country="ZZ").told
    Coverage.objects.get_or_create(country=made.country, defaults={"told": told})


def ledger_like(template: Any, made: Any, area: str, names: dict[str, str]) -> Any:
    """Return a ledger like the template's, of another place, over all the years."""
    again = copy.deepcopy(template)
    again.pk, again.indicator, again.country, again.area = None, made.indicator, made.country, area
    again.area_name = names[area]
    for told in again.told.values():
        told |= {"area": area, "area_name": names[area], "releases": [made.pk]}
        told["finding"] = told["finding"].replace(template.area_name, names[area])
        for series in told["series"]:
            point = series["points"][-1]
            series["points"] = [point | {"period": str(year), "year": year} for year in YEARS]
        if told["areas"]:
            row = told["areas"][0]
            told["areas"] = [row | {"area": a, "area_name": n, "release": made.pk} for a, n in list(names.items())[1:]]
    return again


if __name__ == "__main__":
    main()
