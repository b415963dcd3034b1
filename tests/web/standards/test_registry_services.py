"""The registry keeps every version as it was, and takes variants only from a text that holds together."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from registry_variant import VARIANT

from datashift.errors import BadRecipe
from datashift.errors.web import BadKit
from datashift.standards.kits import known_kits
from datashift.web.frame import models as revision
from datashift.web.people.models import Event, Organisation, User
from datashift.web.standards.models import KitVersion
from datashift.web.standards.services import add_variant, kit_of, order, sync, version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(person: Callable[..., User]) -> User:
    sync()
    return person("editor")


def test_every_shipped_kit_is_written_down_once() -> None:
    sync()
    before = revision.current()
    sync()
    assert sorted(KitVersion.objects.values_list("kit", flat=True)) == known_kits()
    revision._seen.clear()
    assert revision.current() == before


def test_a_version_keeps_its_first_text(caplog: pytest.LogCaptureFixture) -> None:
    sync()
    KitVersion.objects.filter(kit="beach-litter").update(text="the first text", digest="0" * 64)
    with caplog.at_level(logging.ERROR, "datashift.web"):
        sync()
    assert KitVersion.objects.get(kit="beach-litter").text == "the first text"
    assert [(entry.code, entry.kind) for entry in caplog.records] == [("kit.changed", "beach-litter@1.0.0")]  # type: ignore[attr-defined]


def test_a_kit_is_found_with_and_without_its_version() -> None:
    assert kit_of("beach-litter").id == "beach-litter"
    sync()
    assert kit_of("beach-litter@1.0.0") is kit_of("beach-litter")
    for name in ("beach-litter@9", "nothing", "../beach-litter"):
        with pytest.raises(BadKit, match="no kit"):
            kit_of(name)


def test_the_newest_version_is_that_with_the_largest_numbers() -> None:
    assert sorted(["1.10.0", "1.9.2", "1.9"], key=order) == ["1.9", "1.9.2", "1.10.0"]


def test_a_short_variant_is_kept_in_full(editor: User, organisation: Organisation) -> None:
    row = add_variant(text=VARIANT, organisation=organisation, by=editor)
    kit = kit_of("drinking-water-dry-north")
    assert (row.base, row.shipped, row.organisation) == ("drinking-water-ladder@1.0.0", False, organisation)
    assert kit.concepts["service_level"].rules[3].when["minutes"].most == 45  # type: ignore[union-attr]
    assert len(kit.measures) == len(kit_of("drinking-water-ladder").measures)
    event = Event.objects.get(verb="kit.added")
    assert (event.actor, event.subject) == (editor.pk, "drinking-water-dry-north@1.0.0")


def test_a_full_text_is_kept_as_it_is(editor: User) -> None:
    full = add_variant(text=VARIANT, organisation=None, by=editor).text
    later = full.replace('version = "1.0.0"', 'version = "1.1.0"', 1)
    row = add_variant(text=later, organisation=None, by=editor)
    assert (row.text, version_of("drinking-water-dry-north").version) == (later, "1.1.0")


def test_the_same_text_again_is_the_same_version(editor: User) -> None:
    first = add_variant(text=VARIANT, organisation=None, by=editor)
    assert add_variant(text=VARIANT, organisation=None, by=editor) == first
    assert Event.objects.filter(verb="kit.added").count() == 1


def test_a_version_never_changes(editor: User) -> None:
    add_variant(text=VARIANT, organisation=None, by=editor)
    with pytest.raises(BadKit) as caught:
        add_variant(text=VARIANT.replace("45", "50"), organisation=None, by=editor)
    assert caught.value.code == "kit.version-there"


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('id = "drinking-water-dry-north"', 'id = "Dry North"', "kit.bad-id"),
        ('version = "1.0.0"', 'version = "one"', "kit.bad-version"),
        ('id = "drinking-water-dry-north"', 'id = "beach-litter"', "kit.id-taken"),
        ('of = "drinking-water-ladder@1.0.0"', 'of = "no-such-kit"', "kit.unknown"),
        ("[concepts", "x = 1\n" + "#" * 600_000 + "\n[concepts", "kit.too-large"),
    ],
)
def test_what_cannot_be_a_variant_is_refused(editor: User, before: str, after: str, code: str) -> None:
    with pytest.raises(BadKit) as caught:
        add_variant(text=VARIANT.replace(before, after, 1), organisation=None, by=editor)
    assert caught.value.code == code
    assert not KitVersion.objects.filter(shipped=False).exists()


def test_a_kit_that_is_no_variant_is_refused(editor: User) -> None:
    text = version_of("beach-litter").text.replace('id = "beach-litter"', 'id = "river-litter"', 1)
    with pytest.raises(BadKit) as caught:
        add_variant(text=text, organisation=None, by=editor)
    assert caught.value.code == "kit.no-base"


@pytest.mark.parametrize("text", ["", "not toml =", VARIANT + "\n[concepts.nothing]\nkind = 'x'\n"])
def test_a_text_that_does_not_hold_together_names_its_field(editor: User, text: str) -> None:
    with pytest.raises(BadRecipe):
        add_variant(text=text, organisation=None, by=editor)


def test_the_name_of_somebody_elses_variant_is_taken(editor: User, organisation: Organisation) -> None:
    add_variant(text=VARIANT, organisation=organisation, by=editor)
    later = VARIANT.replace('version = "1.0.0"', 'version = "1.1.0"', 1)
    with pytest.raises(BadKit) as caught:
        add_variant(text=later, organisation=None, by=editor)
    assert caught.value.code == "kit.id-taken"
