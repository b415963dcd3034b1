"""Profiles: readers see each rule and its evidence; an office writes its own without code, and no version changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from datashift.errors import BadProfile
from datashift.language import speaking
from datashift.standards.profiles import known_profiles, parse_profile, shipped_profile
from datashift.web.people.models import Membership, Organisation, User
from datashift.web.standards import profile_form
from datashift.web.standards.models import ProfileVersion
from datashift.web.standards.profiles import add_profile, profile_row, sync_profiles

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "es", "sw", "ne")


@pytest.fixture
def office(person: Callable[..., User]) -> User:
    sync_profiles()
    return person("office", None, "KE")


def sent(fields: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends for a form with these fields."""
    told = {name: fields[name] for name in ("id", "version", "title", "about", "owner", "sources", "above_mean",
                                            "least_total", "grades")}  # fmt: skip
    told |= {name: "yes" for name in ("no_zero", "has_rule") if fields[name]}
    for kind, parts in (("gate", fields["gates"]), ("criterion", fields["criteria"])):
        for number, one in enumerate(parts):
            at = f"{kind}-{number}-"
            told |= {at + name: one[name] for name in ("id", "label", "asks", "evidence", "most", "boxes")}
            told |= {at + "rated": "yes"} if one["rated"] else {}
    return told


@pytest.mark.parametrize("name", known_profiles())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_profile_that_is_opened_and_saved_says_the_same(name: str, language: str) -> None:
    before = shipped_profile(name)
    with speaking(language):
        fields = profile_form.fields_of(before) | {"version": before.version}
        after = parse_profile(profile_form.text_of(fields, before), "profile.toml")
    assert after.model_dump(exclude={"reviewed"}) == before.model_dump(exclude={"reviewed"})


def test_every_profile_is_shown_with_its_rule_in_each_language(client: Client) -> None:
    sync_profiles()
    sync_profiles()
    assert sorted(ProfileVersion.objects.values_list("profile", flat=True)) == known_profiles()
    for language in LANGUAGES:
        with override(language):
            paths = [reverse("profiles"), *(reverse("profile", args=[name]) for name in known_profiles())]
        for path in paths:
            assert client.get(path).status_code == 200
    page = client.get("/en/registry/profiles/ons/").content.decode()
    for words in ("Ethics and privacy", "The mean of the scores is above 1.5", "No score is zero", "was not seen"):
        assert words in page
    assert client.get("/en/registry/profiles/nothing/").status_code == 404
    assert client.get(reverse("profile-file", args=["ons", "1.0.0"])).content.decode() == profile_row("ons").text  # type: ignore[union-attr]


def test_an_office_writes_its_own_from_an_empty_one_without_code(
    office: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(office)
    base = profile_row("kesqaf")
    assert base is not None
    address = reverse("profile-change", args=["kesqaf", base.version])
    assert client.get(address).status_code == 200
    fields = profile_form.fields_of(shipped_profile("kesqaf"))
    fields |= {"id": "our-office", "version": "1.0.0", "has_rule": True, "least_total": "2", "no_zero": True,
               "grades": "good: 4", "above_mean": ""}  # fmt: skip
    gate = {
        "id": "",
        "label": "Consent was given",
        "asks": "",
        "evidence": ["I4"],
        "rated": False,
        "most": "",
        "boxes": "",
    }
    score = gate | {"label": "Answers are whole", "evidence": [], "boxes": "Few are missing: C4\nA person read them"}
    told = sent(fields | {"gates": [gate, gate | {"label": ""}], "criteria": [score | {"most": "4"}]})
    page = client.post(address, told | {"more": "yes"}).content.decode()
    assert page.count("criterion-1-label") > 0
    assert client.post(address, told).status_code == 302
    made = profile_row("our-office")
    assert made is not None
    profile = parse_profile(made.text, "x")
    assert (made.country, made.base, made.shipped) == ("KE", f"kesqaf@{base.version}", False)
    assert [(g.label["en"], g.evidence) for g in profile.gates] == [("Consent was given", ("I4",))]
    assert [(t.label["en"], t.evidence, t.rated) for t in profile.criteria[0].ticks] == [
        ("Few are missing", ("C4",), False), ("A person read them", (), True),
    ]  # fmt: skip
    assert profile.rule is not None
    assert (profile.rule.least_total, profile.rule.no_zero, profile.rule.grades[0].least_total) == (2, True, 4)
    assert "Kenya" in client.get(reverse("profile", args=["our-office"])).content.decode()


def test_what_is_wrong_is_said_and_everything_typed_stays(office: User, signed_in: Callable[[User], Client]) -> None:
    fields = profile_form.fields_of(shipped_profile("ons")) | {"id": "mine", "above_mean": "much"}
    fields["gates"][0]["asks"] = "Is <b>anybody</b> harmed?"
    answer = signed_in(office).post(reverse("profile-change", args=["ons", "1.0.0"]), sent(fields))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "above_mean" in page
    assert 'value="much"' in page
    assert "Is &lt;b&gt;anybody&lt;/b&gt; harmed?" in page
    assert profile_row("mine") is None


@pytest.mark.parametrize(
    "wrong",
    [
        "id = [",
        'id = "a\\u0000',
        'id = "a"\nrule = { least_total = ' + "9" * 5000 + " }",
        "a = " + "[" * 20_000 + "]" * 20_000,
        "x" * 190_000,
        'id = "' + "a" * 1_000_000 + '"',
        "",
    ],
    ids=["broken", "nul", "digits", "nested", "long", "million", "empty"],
)
def test_a_text_that_is_no_profile_is_refused_with_a_code(office: User, wrong: str) -> None:
    before = ProfileVersion.objects.count()
    with pytest.raises(BadProfile) as refused:
        add_profile(text=wrong, by=office)
    assert refused.value.code in ("profile.not-toml", "profile.bad-field", "profile.too-large")
    assert len(str(refused.value)) < 1000
    assert ProfileVersion.objects.count() == before


@pytest.mark.parametrize("number", ["1e999", "nan", "-inf", "9" * 400, "9" * 4000, "0x10", "१२", "1_000"])
def test_strange_numbers_in_the_form_are_kept_as_numbers_or_refused(
    office: User, signed_in: Callable[[User], Client], number: str
) -> None:
    fields = profile_form.fields_of(shipped_profile("ons")) | {"id": "mine", "version": "1", "above_mean": number}
    answer = signed_in(office).post(reverse("profile-change", args=["ons", "1.0.0"]), sent(fields))
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:
        assert signed_in(office).get(reverse("profile", args=["mine"])).status_code == 200


def test_what_an_office_writes_is_only_text_on_every_page(
    office: User, signed_in: Callable[[User], Client], client: Client
) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>"&{{ 7*7 }}'
    fields = profile_form.fields_of(shipped_profile("ons"))
    fields |= {"id": "mine", "version": "1", "title": hostile, "owner": hostile, "about": hostile, "sources": hostile}
    fields["gates"][0] |= {"label": hostile, "asks": hostile}
    editor = signed_in(office)
    assert editor.post(reverse("profile-change", args=["ons", "1.0.0"]), sent(fields)).status_code == 302
    addresses = [reverse("profiles"), reverse("profile", args=["mine"]), reverse("profile-change", args=["mine", "1"])]
    for address in addresses:
        page = editor.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{ 7*7 }}" in page


def test_no_version_changes_and_nobody_takes_the_name_of_another(office: User, person: Callable[..., User]) -> None:
    shipped = profile_row("ons")
    assert shipped is not None
    with pytest.raises(BadProfile, match="Somebody else"):
        add_profile(text=shipped.text.replace('version = "1.0.0"', 'version = "1.0.1"'), by=office)
    own = shipped.text.replace('id = "ons"', 'id = "mine"')
    first = add_profile(text=own, by=office)
    assert add_profile(text=own, by=office).pk == first.pk
    with pytest.raises(BadProfile, match="never changes"):
        add_profile(text=own + "\n# more\n", by=office)
    add_profile(text=own.replace('version = "1.0.0"', 'version = "1.0.1"'), by=office)
    for other in (person("office", None, "NP"), person("editor")):
        with pytest.raises(BadProfile, match="Somebody else"):
            add_profile(text=own.replace('version = "1.0.0"', 'version = "2"'), by=other)


def test_only_offices_and_editors_write(
    person: Callable[..., User], organisation: Organisation, signed_in: Callable[[User], Client]
) -> None:
    sync_profiles()
    address = reverse("profile-change", args=["ons", "1.0.0"])
    producer = person("producer", organisation)
    assert signed_in(producer).get(address).status_code == 403
    Membership.objects.create(user=producer, role="office", country="KE")
    assert signed_in(producer).get(address).status_code == 200


def test_grades_in_any_script_are_told_apart() -> None:
    with speaking("ne"):
        fields = profile_form.fields_of(shipped_profile("statcan")) | {"grades": "मध्यम: 10\nउच्च: 13"}
        made = parse_profile(profile_form.text_of(fields, shipped_profile("statcan")), "profile.toml")
    assert made.rule is not None
    assert [(one.label["ne"], one.least_total) for one in made.rule.grades] == [("मध्यम", 10), ("उच्च", 13)]
    assert len({one.id for one in made.rule.grades}) == 2


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.lists(st.sampled_from(["I1", "A1", "C4", "Z9"]), max_size=3))
def test_whatever_is_typed_gives_a_profile_or_a_plain_refusal(name: str, text: str, evidence: list[str]) -> None:
    part = {"id": "", "label": text.strip(), "asks": text.strip(), "evidence": evidence, "rated": False, "most": name,
            "boxes": text}  # fmt: skip
    fields = profile_form.fields_of(shipped_profile("ons")) | {
        "id": name, "title": text, "criteria": [part], "grades": text, "least_total": name,
    }  # fmt: skip
    try:
        made = parse_profile(profile_form.text_of(fields, shipped_profile("ons")), "profile.toml")
    except BadProfile:
        return
    assert (made.id, made.title["en"]) == (name, text)
