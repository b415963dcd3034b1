"""The API says what was released, as it was stored, to everybody, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from datashift.web.dashboard import services
from datashift.web.dashboard.api import routes
from datashift.web.dashboard.models import Beside, Coverage, Figure, Ledger, Release
from datashift.web.frame import models as revision
from datashift.web.people.models import User
from datashift.web.standards.services import sync

NUMBERS = ("value", "se", "lower", "upper", "n", "n_eff", "deff", "df")


def get(path: str, **headers: str) -> Any:
    return Client().get(f"/api/v1/{path}", headers=headers)


def items(path: str) -> list[dict[str, Any]]:
    answer = get(path)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["items"])


def table(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def as_number(text: str) -> float | None:
    return float(text) if text else None


# --- what was released ------------------------------------------------------------------------------------------------


def test_every_figure_is_that_of_the_bundle(released: Release, site: Path) -> None:
    path = site / "releases" / released.pk / "estimates.csv"
    bundle = {
        (row["MEASURE"], row["REF_AREA"], row["TIME_PERIOD"], row["TECHNOLOGY"], row["MANAGEMENT"]): row
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))
    }
    found = items("figures?limit=1000")
    assert len(found) == len(bundle) == released.figure_count
    names = {"value": "OBS_VALUE", "se": "STD_ERROR", "lower": "LOWER_BOUND", "upper": "UPPER_BOUND", "n": "N_OBS",
             "n_eff": "N_EFF", "deff": "DEFF", "df": "DF"}  # fmt: skip
    for figure in found:
        groups = dict(part.split("=") for part in figure["breakdown"].split(";") if part)
        key = (figure["measure"], figure["area"], figure["period"])
        row = bundle[(*key, groups.get("TECHNOLOGY", "_T"), groups.get("MANAGEMENT", "_T"))]
        assert {name: figure[name] for name in names} == {name: as_number(row[c]) for name, c in names.items()}
        assert (figure["status"], figure["reason"] or "") == (row["OBS_STATUS"], row["REASON"])


def test_json_and_csv_say_the_same(released: Release) -> None:
    told = items("figures?limit=1000")
    rows = table(get("figures?limit=1000&format=csv"))
    assert [list(row) for row in rows] == [list(one) for one in told]
    assert [as_number(row["value"]) for row in rows] == [one["value"] for one in told]


def test_csv_is_asked_for_by_accept_too(released: Release) -> None:
    plain, table_ = get("figures"), get("figures", accept="text/csv")
    assert plain["Content-Type"] == "application/json"
    assert table_["Content-Type"] == "text/csv; charset=utf-8"
    assert get("figures", accept="text/html, */*;q=0.1")["Content-Type"] == "application/json"
    assert get("figures", accept="text/csv;q=0.2, application/json")["Content-Type"] == "application/json"
    assert plain["ETag"] != table_["ETag"]
    assert "Accept" in {name.strip() for name in plain["Vary"].split(",")}


def test_pages_follow_each_other_without_a_gap(released: Release) -> None:
    every = [one["id"] for one in items("figures?limit=1000")]
    walked: list[int] = []
    path: str | None = "figures?limit=7&breakdown="
    wanted = [one["id"] for one in items("figures?limit=1000&breakdown=")]
    while path is not None:
        answer = get(path)
        walked += [one["id"] for one in answer.json()["items"]]
        following = answer.json()["next"]
        assert answer.get("Link", "") == (f'<{following}>; rel="next"' if following else "")
        path = following.partition("/api/v1/")[2] if following else None
    assert walked == wanted == sorted(wanted)
    assert set(wanted) < set(every)


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("area=ZZ-03", "area", "ZZ-03"),
        ("measure=WP_FUNCTIONAL", "measure", "WP_FUNCTIONAL"),
        ("indicator=6.1.1", "indicator", "6.1.1"),
        ("country=ZZ", "country", "ZZ"),
        ("breakdown=TECHNOLOGY%3Dhand_pump", "breakdown", "TECHNOLOGY=hand_pump"),
    ],
)
def test_figures_are_found_by(released: Release, query: str, field: str, value: str) -> None:
    found = items(f"figures?limit=1000&{query}")
    assert {one[field] for one in found} == {value}
    assert len(found) == Figure.objects.filter(**{field: value}).count()


def test_comparisons_carry_verdict_word_and_reason_in_the_language_asked_for(released: Release) -> None:
    english, nepali = items("comparisons?limit=1000"), items("comparisons?limit=1000&language=ne")
    assert len(english) == Beside.objects.count() > 0
    assert all(one["word"] and one["reason"] for one in english)
    assert {one["word"] for one in english}.isdisjoint({one["word"] for one in nepali})
    assert [one["difference"] for one in english] == [one["difference"] for one in nepali]
    gaps = [one for one in english if one["verdict"] == "gap"]
    assert gaps
    assert {one["verdict"] for one in items("comparisons?verdict=gap")} == {"gap"}


def test_a_release_names_its_bundle_and_its_state(released: Release) -> None:
    told = get(f"releases/{released.pk}").json()
    assert told["state"] == "current"
    assert told["bundle"].endswith(f"/file/{released.pk}/release.zip")
    assert [one["id"] for one in items("releases")] == [released.pk]
    assert items("releases?country=TZ") == []


def test_lists_of_names(released: Release) -> None:
    sync()
    assert len(items("indicators")) > 200
    assert {one["label"] for one in items("indicators?language=es")}.isdisjoint({"", None})
    areas = {one["id"]: one for one in items("areas?country=TZ")}
    assert areas["TZ-22_TO2012"]["valid_to"] == "2012-03-01"
    assert areas["TZ-27"]["predecessors"] == ["TZ-18_TO2012", "TZ-22_TO2012", "TZ-05_TO2012"]
    assert [(one["slug"], one["releases"]) for one in items("organisations")] == [("water-watch", 1)]
    kits = {one["kit"]: one for one in items("kits")}
    assert kits["water-point-functionality"]["flow"] == "DATASHIFT:DF_WATER_POINT_FUNCTIONALITY(1.0.0)"
    assert get("kits?format=csv").status_code == get("areas?format=csv").status_code == 200


def test_an_anonymous_organisation_is_known_by_its_slug(released: Release) -> None:
    organisation = released.organisation
    organisation.anonymous, organisation.website = True, "https://example.org"
    organisation.save()
    told = items("organisations")[0]
    assert (told["name"], told["website"]) == ("water-watch", None)


def test_ledgers_and_coverage_are_told(released: Release) -> None:
    Ledger.objects.create(indicator="6.1.1", area="ZZ", country="ZZ", told={"en": {"finding": "7 in 10"}})
    Coverage.objects.create(country="ZZ", told={"years": [2011, 2030]})
    assert get("ledger/6.1.1/ZZ").json()["told"] == {"finding": "7 in 10"}
    assert get("ledger/6.1.1/ZZ?language=ne").status_code == 404
    assert get("coverage/ZZ").json() == {"country": "ZZ", "told": {"years": [2011, 2030]}}


# --- what must not be seen --------------------------------------------------------------------------------------------


def test_a_hidden_figure_has_no_number_even_if_the_database_held_one(released: Release) -> None:
    one = Figure.objects.filter(breakdown="", value__isnull=False).first()
    assert one is not None
    Figure.objects.filter(pk=one.pk).update(status="Q", value=12.3456789)
    told = next(found for found in items("figures?limit=1000") if found["id"] == one.pk)
    assert [told[name] for name in NUMBERS] == [None] * len(NUMBERS)
    assert b"12.3456789" not in get("figures?limit=1000&format=csv").content


def test_without_a_citizen_figure_there_is_no_difference(released: Release) -> None:
    one = Beside.objects.filter(difference__isnull=False).first()
    assert one is not None
    Beside.objects.filter(pk=one.pk).update(value=None)
    told = next(found for found in items("comparisons?limit=1000") if found["id"] == one.pk)
    numbers = ("value", "lower", "upper", "difference", "difference_lower", "difference_upper", "probability")
    assert {told[name] for name in numbers} == {None}


def test_a_withdrawn_release_keeps_its_name_and_loses_its_figures(
    released: Release, person: Callable[..., User]
) -> None:
    services.withdraw(release=released, why="Two districts were mixed up.", by=person("safety"))
    assert items("figures") == items("comparisons") == items("releases") == []
    told = get(f"releases/{released.pk}").json()
    assert (told["state"], told["withdrawn_why"]) == ("withdrawn", "Two districts were mixed up.")
    assert (told["finding"], told["bundle"], told["rows_in"], told["figures"]) == (None, None, None, None)
    assert [one["state"] for one in items("releases?state=all")] == ["withdrawn"]
    refused = get(f"figures?release={released.pk}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "query.withdrawn")
    assert items("organisations") == []


def test_a_replaced_release_is_found_by_its_id_only_and_is_marked(released: Release) -> None:
    later = Release.objects.get(pk=released.pk)
    later.pk, later.number = "f" * 64, 2
    later.save(force_insert=True)
    Release.objects.filter(pk=released.pk).update(superseded_by=later)
    released.figures.update(current=False)
    released.beside.update(current=False)
    assert items("figures") == items("comparisons") == []
    assert {one["state"] for one in items(f"figures?limit=1000&release={released.pk}")} == {"replaced"}
    assert {one["state"] for one in items(f"comparisons?limit=1000&release={released.pk}")} == {"replaced"}
    assert [one["id"] for one in items("releases")] == [later.pk]
    assert get(f"releases/{released.pk}").json()["replaced_by"] == later.pk


def test_a_cell_of_the_csv_is_never_a_formula(released: Release) -> None:
    Release.objects.update(producer='=HYPERLINK("http://x.invalid")')
    rows = table(get("figures?format=csv"))
    assert {row["producer"][:2] for row in rows} == {"'="}
    assert rows[0]["value"] == str(items("figures")[0]["value"])


# --- how machines are answered ----------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(released: Release) -> None:
    first = get("figures")
    again = get("figures", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*"
    Figure.objects.filter(area="ZZ-01").update(current=False)
    revision.bump()
    assert get("figures", **{"if-none-match": first["ETag"]}).status_code == 200


def test_every_origin_may_read_and_nobody_may_write(released: Release) -> None:
    answer = get("figures", origin="https://elsewhere.example")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Set-Cookie" not in answer
    for method in ("post", "put", "delete", "patch"):
        assert getattr(Client(), method)("/api/v1/figures").status_code == 405
    assert Client().head("/api/v1/figures").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("figures?limit=1001", 422, "query.bad-value"),
        ("figures?limit=many", 422, "query.bad-value"),
        ("figures?after=-1", 422, "query.bad-value"),
        ("figures?after=99999999999999999999", 422, "query.bad-value"),
        ("figures?area=%00", 422, "query.bad-value"),
        ("figures?language=xx", 422, "query.bad-value"),
        ("figures?release=nope", 404, "query.not-there"),
        ("releases/nope", 404, "query.not-there"),
        ("releases?after=nope", 404, "query.not-there"),
        ("areas?country=XX", 404, "query.not-there"),
        ("ledger/6.1.1/XX", 404, "query.not-there"),
        ("nothing", 404, "http.404"),
    ],
)
def test_what_cannot_be_answered_is_said_with_a_code(released: Release, path: str, status: int, code: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_wide_question_is_answered_in_steps_and_misses_nothing(
    released: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [one["id"] for one in items("figures?limit=1000&measure=WP_FUNCTIONAL&breakdown=")]
    monkeypatch.setattr(routes, "WALK", 5)
    revision.bump()
    walked: list[int] = []
    pages, path = 0, "figures?measure=WP_FUNCTIONAL&breakdown="
    while path:
        told = get(path).json()
        walked += [one["id"] for one in told["items"]]
        pages, path = pages + 1, (told["next"] or "").partition("/api/v1/")[2]
    assert walked == wanted
    assert pages >= released.figure_count // 5


def test_no_question_makes_the_database_read_every_figure(
    released: Release, django_assert_max_num_queries: Any
) -> None:
    for query in ("limit=5", "period=1900", "measure=none", "country=TZ", "breakdown=X%3DY", "after=7"):
        with django_assert_max_num_queries(4) as asked:
            get(f"figures?{query}")
        (sql,) = (one["sql"] for one in asked.captured_queries if "dashboard_release" in one["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert "SCAN dashboard_figure" not in plan
        assert "TEMP B-TREE" not in plan


def test_the_description_fits_every_answer(released: Release, settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (10**9, 60))
    sync()
    Ledger.objects.create(indicator="6.1.1", area="ZZ", country="ZZ", told={"en": {"finding": "7 in 10"}})
    Coverage.objects.create(country="ZZ", told={"years": [2011, 2030]})
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [one.ok() for one in described.get_all_operations()]
    assert len(operations) == 10

    for operation, mode in product(operations, schemathesis.GenerationMode):

        @given(case=operation.as_strategy(generation_mode=mode))
        @hypothesis_settings(
            max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def asked(case: Any) -> None:
            case.call_and_validate(headers={"Accept-Encoding": "identity"})

        asked()


def test_the_description_loads_nothing_from_elsewhere() -> None:
    assert Client().get("/api/v1/docs").status_code == 404


def test_the_description_is_json(db: None) -> None:
    told = json.loads(get("openapi.json").content)
    assert told["openapi"].startswith("3.")
    assert set(told["paths"]["/api/v1/figures"]["get"]["responses"]) == {"200", "404", "410", "422", "429"}
    assert "text/csv" in told["paths"]["/api/v1/figures"]["get"]["responses"]["200"]["content"]
