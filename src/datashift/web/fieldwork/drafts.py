"""Forms that are being filled in page by page, without a script: kept sealed, readable with the key in their address.

A copy of the database does not tell what was answered so far: the key is in the address alone, and here is its digest.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from secrets import token_bytes, token_urlsafe

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.db import transaction

from datashift.web.fieldwork.models import Draft, Enumerator, FormVersion
from datashift.web.fieldwork.phones import digest

MOST_FILES = 20 << 20
"""Bytes of pictures and sounds that one draft may hold."""
_NONCE = 12


@dataclass
class Begun:
    """What was answered so far: the answers as XML, the language of the form, and files by their name (base64).

    consent: digest of the words of consent that were shown. finished: the submission, from the moment on which somebody
    said that it be sent. sent: the receipt, once it was received ("-" where there is none); nothing else is kept then.
    """

    xml: str
    language: str
    files: dict[str, str] = field(default_factory=dict)
    consent: str = ""
    finished: str = ""
    sent: str = ""

    def add(self, name: str, content: bytes) -> None:
        """Keep a file under a name."""
        self.files[name] = b64encode(content).decode("ascii")

    def content(self, name: str) -> bytes:
        """Return a file."""
        return b64decode(self.files[name])

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(len(text) * 3 // 4 for text in self.files.values())


def begin(version: FormVersion, enumerator: Enumerator | None, begun: Begun) -> str:
    """Keep what begins and return its key."""
    key = token_urlsafe(24)
    Draft.objects.create(digest=digest(key), version=version, enumerator=enumerator, state=_sealed(key, begun))
    return key


def known(key: str) -> tuple[Draft, Begun] | None:
    """Return the draft of a key; None where there is none (any more)."""
    found = Draft.objects.select_related("version__form__organisation", "enumerator").filter(digest=digest(key)).first()
    return (found, _opened(key, found.state)) if found else None


def save(draft: Draft, key: str, begun: Begun) -> None:
    """Keep what was answered; a draft that was sent meanwhile stays away."""
    with transaction.atomic():
        found = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
        if found is not None:
            found.state = _sealed(key, begun)
            found.save(update_fields=["state", "changed"])


def finish(draft: Draft, key: str, xml: str) -> Begun:
    """Keep the submission that a draft became; where somebody pressed twice, the first one stays. Return the draft.

    It is written down before it is received, so that the same bytes are sent again if anything breaks off in between.
    """
    with transaction.atomic():
        found = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        begun = _opened(key, found.state)
        if not begun.finished and not begun.sent:
            begun.finished = xml
            found.state = _sealed(key, begun)
            found.save(update_fields=["state", "changed"])
    return begun


def _cipher(key: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(sha256(b"datashift.draft:" + key.encode()).digest())


def _sealed(key: str, begun: Begun) -> str:
    once = token_bytes(_NONCE)
    told = json.dumps(asdict(begun), ensure_ascii=False, separators=(",", ":")).encode()
    return b64encode(once + _cipher(key).encrypt(once, told, None)).decode("ascii")


def _opened(key: str, state: str) -> Begun:
    made = b64decode(state)
    try:
        return Begun(**json.loads(_cipher(key).decrypt(made[:_NONCE], made[_NONCE:], None)))
    except InvalidTag:  # the digest fits and the text does not: the database was changed by hand
        raise ValueError("a draft that its key does not open") from None
