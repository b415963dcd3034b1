"""What proves who somebody is, kept so that a copy of the database alone opens nothing."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from datashift.errors import NotAllowed

_FOR = b"datashift.people.sealed:"


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypts the secrets of apps and recovery codes with the key of the site, which does not lie in the database.

    After a change of the key, those of `SECRET_KEY_FALLBACKS` still open what was kept before.
    """

    def encrypt(self, text: str) -> str:
        """Return a text that only the key of the site opens."""
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return what was encrypted. Raises NotAllowed where the key of the site is another one."""
        try:
            return opened(encrypted_text)
        except ValueError as problem:
            raise NotAllowed("people.other-key") from problem


def sealed(text: str) -> str:
    """Return a text that only the key of the site opens."""
    return _keys().encrypt(text.encode()).decode("ascii")


def opened(text: str) -> str:
    """Return what was sealed. Raises ValueError where the key of the site is another one."""
    try:
        return _keys().decrypt(text.encode()).decode()
    except InvalidToken as problem:
        raise ValueError from problem


def _keys() -> MultiFernet:
    known = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(_FOR + key.encode()).digest())) for key in known])
