"""Scores by a profile: who may give them, what they do to the dossier, and that nobody is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import page_rules
import pytest
from django.conf import settings as site_settings
from django.test import Client

from datashift.errors import BadRating, DataShiftError, NotAllowed
from datashift.language import LANGUAGES
from datashift.standards.profiles import shipped_profile
from datashift.standards.profiles.files import profile_text
from datashift.web.collection.models import Review
from datashift.web.dashboard import dossiers, rating, services
from datashift.web.dashboard.models import Rating, Release
from datashift.web.frame.models import current
from datashift.web.jobs.models import Job
from datashift.web.people.models import Event, Membership, Organisation, Role, User
from datashift.web.standards.profiles import add_profile, sync_profiles

pytestmark = pytest.mark.django_db
People = Callable[..., User]
SignIn = Callable[[User], Client]
HOSTILE = "<script>alert(1)</script>"
ONS = [one.id for one in shipped_profile("ons").criteria]


@pytest.fixture(autouse=True)
def registry(db: None) -> None:
    sync_profiles()


@pytest.fixture
def office(person: People) -> User:
    return person("office", None, "ZZ")


def address(release: Release, profile: str = "ons", language: str = "en") -> str:
    return f"/{language}/work/release/{release.pk}/rate/{profile}/"


def give(release: Release, by: User, profile: str = "ons", **scores: tuple[str, str]) -> int:
    asked = rating.profile_asked(profile)
    page = rating.seen(release, asked, by)
    return rating.rate(release=release, profile=profile, said=scores, page=page, by=by)


def today(release: Release, profile: str = "ons") -> dict[str, Any]:
    told = dossiers.today(release)
    assert told is not None
    found: dict[str, Any] = next(one for one in told["profiles"] if one["id"] == profile)
    return found


def score_of(release: Release, criterion: str, profile: str = "ons") -> float | None:
    found: float | None = next(one["score"] for one in today(release, profile)["criteria"] if one["id"] == criterion)
    return found


# --- who may ----------------------------------------------------------------------------------------------------------


def test_the_office_of_the_country_and_reviewers_may(
    released: Release, organisation: Organisation, office: User, person: People
) -> None:
    for one in (office, person("reviewer"), person("reviewer", organisation)):
        assert rating.refusal(released, one) == ""
        assert give(released, one, **{ONS[0]: ("2", "Because.")}) == 1


def test_others_may_not(released: Release, person: People) -> None:
    elsewhere = Organisation.objects.create(slug="elsewhere", name="Elsewhere")
    for one in (person("office", None, "KE"), person("reviewer", elsewhere), person("editor"), person("safety")):
        assert rating.refusal(released, one) == "rating.elsewhere"
        with pytest.raises(NotAllowed, match="statistics office of its country"):
            give(released, one, **{ONS[0]: ("2", "Because.")})
    assert not Rating.objects.exists()


def test_nobody_scores_what_they_had_a_part_in(
    asked: Callable[..., Review], organisation: Organisation, person: People
) -> None:
    asker, decider, other = (person("reviewer", organisation) for _one in range(3))
    both = person("reviewer")
    Membership.objects.create(user=both, role=Role.PRODUCER, organisation=organisation)
    review = asked(asker)
    release = services.release(review=review, by=decider, despite="They are simulated.")
    sender = review.run.dataset.created_by
    assert sender == asker
    for one in (asker, decider, both):
        assert rating.refusal(release, one) == "rating.own"
        with pytest.raises(NotAllowed, match="had a part"):
            give(release, one, **{ONS[0]: ("3", "Mine.")})
    assert rating.refusal(release, other) == ""


def test_what_was_withdrawn_is_not_scored(released: Release, office: User, person: People) -> None:
    services.withdraw(release=released, why="Swapped.", by=person("safety"))
    with pytest.raises(NotAllowed, match="withdrawn"):
        give(released, office, **{ONS[0]: ("2", "Because.")})


def test_who_may_not_reads_why_and_finds_no_button(released: Release, person: People, signed_in: SignIn) -> None:
    client = signed_in(person("office", None, "KE"))
    answer = client.get(address(released))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "the statistics office of its country, score a release" in html
    assert 'class="first"' not in html
    assert client.post(address(released), {f"{ONS[0]}-score": "3", f"{ONS[0]}-why": "x"}).status_code == 400
    assert not Rating.objects.exists()


def test_what_is_not_there_is_not_found(released: Release, office: User, signed_in: SignIn) -> None:
    client = signed_in(office)
    assert client.get(address(released, "nothing")).status_code == 404
    assert client.get("/en/work/release/nothing/rate/ons/").status_code == 404


# --- what a score does ------------------------------------------------------------------------------------------------


def test_a_score_changes_the_profile_stands_in_the_dossier_and_in_the_record(
    released: Release, office: User, organisation: Organisation
) -> None:
    Job.objects.all().delete()
    before = current()
    assert score_of(released, ONS[0]) is None
    assert give(released, office, **{ONS[0]: ("2", "The method is told.")}) == 1
    assert score_of(released, ONS[0]) == 2
    assert current() > before
    assert set(Job.objects.values_list("kind", "subject")) == {("dossier", released.pk), ("refresh", "ZZ")}
    event = Event.objects.get(verb="rated")
    assert (event.actor, event.subject, event.organisation) == (office.pk, released.pk, organisation.pk)
    assert event.facts == {"profile": "ons@1.0.0", "criterion": ONS[0], "score": 2.0}
    html = Client().get(f"/en/release/{released.pk}/dossier/").content.decode()
    assert "The method is told." in html
    assert "Statistics office, " in html
    assert str(office) not in html
    assert office.email not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_words_are_words(released: Release, office: User, language: str) -> None:
    give(released, office, **{ONS[0]: ("1", HOSTILE + "{0}%s")})
    html = Client().get(f"/{language}/release/{released.pk}/dossier/").content.decode()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{0}%s" in html


def test_scores_of_all_criteria_decide_the_rule(released: Release, office: User) -> None:
    gates = {one["id"]: ("1", "It is so.") for one in today(released)["gates"]}
    give(released, office, **gates, **dict.fromkeys(ONS, ("2", "Good.")))
    assert today(released)["result"] == "accepted"
    give(released, office, **{ONS[0]: ("0", "Looked again.")})
    assert today(released)["result"] == "not_accepted"


def test_a_box_that_a_person_ticks_counts_and_is_told(released: Release, office: User) -> None:
    part = next(one for one in shipped_profile("statcan").criteria if one.ticks)
    before = next(one for one in today(released, "statcan")["criteria"] if one["id"] == part.id)
    box = next(one for one in before["boxes"] if one["state"] != "ticked")
    give(released, office, "statcan", **{box["id"]: ("1", "Seen on paper.")})
    after = next(one for one in today(released, "statcan")["criteria"] if one["id"] == part.id)
    assert {one["id"]: one["state"] for one in after["boxes"]}[box["id"]] == "ticked"
    assert "yes. Seen on paper." in after["why"]["en"]


def test_an_office_counts_before_a_reviewer_and_of_several_the_lowest(
    released: Release, office: User, person: People
) -> None:
    give(released, person("reviewer"), **{ONS[0]: ("2", "Fair.")})
    give(released, person("reviewer"), **{ONS[0]: ("1", "Thin.")})
    assert score_of(released, ONS[0]) == 1
    give(released, office, **{ONS[0]: ("3", "Full.")})
    assert score_of(released, ONS[0]) == 3
    give(released, person("office", None, "ZZ"), **{ONS[0]: ("2", "Nearly.")})
    assert score_of(released, ONS[0]) == 2
    why = next(one["why"]["en"] for one in today(released)["criteria"] if one["id"] == ONS[0])
    assert all(word in why for word in ("Fair.", "Thin.", "Full.", "Nearly."))


def test_a_score_is_changed_and_taken_back_by_who_gave_it(released: Release, office: User) -> None:
    give(released, office, **{ONS[0]: ("2", "Good."), ONS[1]: ("1", "Thin.")})
    assert give(released, office, **{ONS[0]: ("2", "Good."), ONS[1]: ("1", "Thin.")}) == 0
    assert give(released, office, **{ONS[0]: ("3", "Better.")}) == 1
    assert give(released, office, **{ONS[0]: ("", "")}) == 1
    assert score_of(released, ONS[0]) is None
    assert score_of(released, ONS[1]) == 1
    assert [(e.verb, e.facts.get("score"), e.facts.get("before")) for e in Event.objects.order_by("pk")][-2:] == [
        ("rated", 3.0, 2.0), ("rating-withdrawn", None, 3.0),
    ]  # fmt: skip


def test_a_score_for_an_older_version_is_told_and_does_not_count(released: Release, office: User) -> None:
    text = profile_text("ons").replace('id = "ons"', 'id = "own"', 1)
    add_profile(text=text, by=office)
    give(released, office, "own", **{ONS[0]: ("2", "Then.")})
    assert score_of(released, ONS[0], "own") == 2
    add_profile(text=text.replace('version = "1.0.0"', 'version = "1.1.0"', 1), by=office)
    assert score_of(released, ONS[0], "own") is None
    why = next(one["why"]["en"] for one in today(released, "own")["criteria"] if one["id"] == ONS[0])
    assert "Then. (version 1.0.0, not counted)" in why


def test_who_leaves_takes_their_name_along_and_the_score_stays(released: Release, office: User) -> None:
    give(released, office, **{ONS[0]: ("2", "Good.")})
    Rating.objects.update(by=None)
    assert score_of(released, ONS[0]) == 2


# --- the form ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "why", "says"),
    [("2", " ", "Say why"), ("4", "x", "from 0 to 3"), ("-1", "x", "from 0 to 3"), ("1.5", "x", "from 0 to 3"),
     ("nan", "x", "from 0 to 3"), ("inf", "x", "from 0 to 3"), ("two", "x", "from 0 to 3"),
     ("٣٣", "x", "from 0 to 3")],
)  # fmt: skip
def test_a_score_that_cannot_be_kept_is_refused_and_nothing_is_lost(
    released: Release, office: User, signed_in: SignIn, score: str, why: str, says: str
) -> None:
    with pytest.raises(BadRating, match=says):
        give(released, office, **{ONS[0]: ("1", "Fine."), ONS[1]: (score, why)})
    assert not Rating.objects.exists()
    page = rating.seen(released, rating.profile_asked("ons"), office)
    sent = {"page": page, f"{ONS[0]}-score": "1", f"{ONS[0]}-why": "Kept words", f"{ONS[1]}-score": score,
            f"{ONS[1]}-why": why}  # fmt: skip
    answer = signed_in(office).post(address(released), sent)
    assert answer.status_code == 400
    assert "Kept words" in answer.content.decode()
    assert not Rating.objects.exists()


def test_words_without_a_score_are_not_dropped_in_silence(released: Release, office: User) -> None:
    with pytest.raises(BadRating, match="chose no score"):
        give(released, office, **{ONS[0]: ("", "I am not sure.")})
    give(released, office, **{ONS[0]: ("2", "Good.")})
    assert give(released, office, **{ONS[0]: ("", "Good.")}) == 1  # taken back; its words stood in the form


def test_an_old_page_overwrites_nothing(released: Release, office: User, signed_in: SignIn) -> None:
    asked = rating.profile_asked("ons")
    old = rating.seen(released, asked, office)
    give(released, office, **{ONS[0]: ("2", "First window.")})
    sent = {"page": old, f"{ONS[0]}-score": "0", f"{ONS[0]}-why": "Second window."}
    answer = signed_in(office).post(address(released), sent)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Second window." in html
    assert "First window." in html
    assert Rating.objects.get().score == 2


def test_what_is_not_in_the_profile_is_left_alone(released: Release, office: User) -> None:
    assert give(released, office, **{"nothing": ("1", "x"), "": ("1", "x")}) == 0
    assert not Rating.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_evidence_and_levels_beside_each_score(
    released: Release, office: User, signed_in: SignIn, language: str
) -> None:
    profile = shipped_profile("ons")
    html = signed_in(office).get(address(released, language=language)).content.decode()
    plain = html.replace("&#39;", "'")
    told = dossiers.today(released)
    assert told is not None
    items = {one["criterion"]: one for one in told["items"]}
    for part in profile.parts:
        assert part.label[language] in plain
        assert f'name="{part.id}-score"' in html
        for piece in part.evidence:
            assert items[piece]["label"][language] in plain
    for one in profile.criteria:
        for level in one.levels.values():
            assert level[language] in plain
    assert "<script" not in html
    assert " style=" not in html


def test_every_profile_that_ships_can_be_scored_on_its_page(released: Release, office: User, signed_in: SignIn) -> None:
    client = signed_in(office)
    told = dossiers.today(released)
    assert told is not None
    for one in told["profiles"]:
        profile, page = rating.profile_asked(one["id"]), client.get(address(released, one["id"]))
        assert page.status_code == 200
        names = {name: (f"{min(top, 1):g}", "Because.") for name, top in profile.tops.items()}
        assert all(f'name="{name}-score"' in page.content.decode() for name in names)
        assert give(released, office, one["id"], **names) == len(names)
        assert today(released, one["id"])["result"] != "cannot_tell"


def test_the_form_saves_and_says_so(released: Release, office: User, signed_in: SignIn) -> None:
    client = signed_in(office)
    page = rating.seen(released, rating.profile_asked("ons"), office)
    answer = client.post(address(released), {"page": page, f"{ONS[0]}-score": "2", f"{ONS[0]}-why": "Good."})
    assert (answer.status_code, answer["Location"]) == (302, address(released))
    html = client.get(address(released)).content.decode()
    assert 'role="status"' in html
    assert "Good." in html


def test_public_pages_lead_there(released: Release) -> None:
    html = Client().get(f"/en/release/{released.pk}/dossier/").content.decode()
    assert f'href="{address(released)}"' in html
    assert "/dossier/#profiles" in Client().get(f"/en/release/{released.pk}/").content.decode()


def test_every_refusal_says_what_to_do_in_words() -> None:
    for kind in (BadRating, NotAllowed):
        for code in [one for one in kind.texts if one.startswith("rating.")]:
            problem: DataShiftError = kind(code, criterion="Methods", most="3")
            assert str(problem).endswith(".")


@pytest.mark.enable_socket
@pytest.mark.django_db(transaction=True)
def test_the_pages_fit_a_phone_and_axe_finds_nothing(
    released: Release, person: People, chromium: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    sync_profiles()
    office = person("office", None, "ZZ")
    give(released, office, **{ONS[0]: ("2", "x" * 300)})
    client = Client()
    client.force_login(office, "allauth.account.auth_backends.AuthenticationBackend")
    context = chromium.new_context(base_url=live_server.url, viewport=page_rules.SMALL)
    cookie = client.cookies[site_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    for path in (address(released), address(released, "statcan", "ne"), f"/ne/release/{released.pk}/dossier/"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((one, k) => { one.open = k < 4 })")
        found = page_rules.shape(page) + page_rules.axe(page) + page_rules.enlarged(page)
        wrong += [f"{path} {one}" for one in found]
    context.close()
    assert wrong == []
