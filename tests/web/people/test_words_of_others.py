"""What Django and allauth say to people is said in our words, in four languages."""

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
from allauth.account import forms as account
from allauth.mfa.base import forms as second
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from babel.messages.pofile import read_po
from django import forms
from django.utils.translation import gettext as translated
from django.utils.translation import ngettext, override

from datashift.web.people import forms as ours

LANGUAGES = ("en", "es", "sw", "ne")
FOLDER = Path(__file__).parents[3] / "src/datashift/web/locale"
FORMS: tuple[type[forms.BaseForm], ...] = (
    account.ChangePasswordForm, account.SetPasswordForm, account.ResetPasswordForm, account.ResetPasswordKeyForm,
    account.ReauthenticateForm, account.LoginForm, second.AuthenticateForm, totp.ActivateTOTPForm,
    webauthn.AddWebAuthnForm, webauthn.EditWebAuthnForm, webauthn.LoginWebAuthnForm, ours.FirstAccount,
    ours.NewAccount, ours.Account, ours.Address, ours.About, ours.Invite, ours.Search,
)  # fmt: skip
SOURCES = ["django/forms/fields.py", "django/forms/models.py", "django/core/validators.py",
           "django/contrib/auth/password_validation.py", "allauth/account/adapter.py", "allauth/account/forms.py",
           "allauth/mfa/adapter.py"]  # fmt: skip


def _catalogue(language: str) -> dict[str | tuple[str, ...], Any]:
    with (FOLDER / language / "LC_MESSAGES" / "django.po").open("rb") as stream:
        return {one.id: one.string for one in read_po(stream) if one.id}  # type: ignore[misc]


def _ids() -> Iterator[str]:
    for one in _catalogue("en"):
        yield from [one] if isinstance(one, str) else one


def _original(message: Any) -> str:
    with override(None):
        return str(message)


def test_every_catalogue_says_every_message_and_is_compiled_as_written() -> None:
    known = _catalogue("en")
    for language in LANGUAGES:
        written = _catalogue(language)
        assert list(written) == list(known)
        assert all(all(text) if isinstance(text, tuple | list) else text for text in written.values())
        with (FOLDER / language / "LC_MESSAGES" / "django.mo").open("rb") as stream:
            compiled = gettext.GNUTranslations(stream)
        for one, text in written.items():
            if isinstance(one, str):
                assert compiled.gettext(one) == text
            else:
                assert [compiled.ngettext(one[0], one[1], n) for n in (1, 2)] == list(text[:2])
        head = (FOLDER / language / "LC_MESSAGES" / "django.po").read_text("utf-8")[:200]
        assert ("Not reviewed by a native speaker." in head) == (language != "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_ours_and_not_what_django_says(language: str) -> None:
    with override(language):
        for one, text in _catalogue(language).items():
            if isinstance(one, str):
                assert translated(one) == text != one
            else:
                assert [ngettext(one[0], one[1], n) for n in (1, 2)] == list(text[:2])


def test_every_message_is_still_one_of_django_or_allauth() -> None:
    written = set()
    for source in SOURCES:
        root = Path(str((django if source.startswith("django") else allauth).__file__)).parents[1]
        tree = ast.parse((root / source).read_text("utf-8"))
        written |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [one for one in _ids() if one not in written] == []


def test_whatever_a_field_of_ours_can_say_is_in_the_catalogue() -> None:
    known, missing = set(_ids()), set()
    for form in FORMS:
        for field in form.base_fields.values():  # type: ignore[attr-defined]
            said = [_original(text) for text in field.error_messages.values()]
            said += [_original(one.message) for one in field.validators if isinstance(one.message, str)]
            missing |= {text for text in said if text not in known}
    assert missing == set()


def test_whatever_the_sign_in_can_say_is_in_the_catalogue() -> None:
    said = {"email_password_mismatch", "enter_current_password", "incorrect_code", "incorrect_password",
            "too_many_login_attempts", "rate_limited", "cannot_generate_recovery_codes"}  # fmt: skip
    adapters = allauth.account.adapter.DefaultAccountAdapter, allauth.mfa.adapter.DefaultMFAAdapter
    texts = {code: _original(text) for adapter in adapters for code, text in adapter.error_messages.items()}
    assert {texts[code] for code in said} <= set(_ids())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_blames_or_uses_words_of_engineers(language: str) -> None:
    said = " ".join(str(text) for text in _catalogue(language).values()).lower()
    assert not any(word in said for word in ("invalid", "error", "failed", "token", "valid choice", "json"))
