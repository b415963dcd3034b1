"""Answers that only one key opens: sealed by whoever has the public part, opened by whoever keeps the private one.

A sealed text stands where the text stood: `sealed:v1:<where it belongs>:<bytes>`. Where it belongs (form, submission,
field) is readable and bound to it, so a text that was moved elsewhere is noticed. X25519 with a key of one use agrees
with the public key on a secret (RFC 7748), HKDF-SHA256 makes a key of it (RFC 5869), ChaCha20-Poly1305 encrypts
(RFC 8439). Texts are padded, so that a length tells little. Whoever has the public key can seal anything: a seal hides
an answer, it does not prove who gave it.
"""

from __future__ import annotations

import json
import re
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from datashift.errors import CannotUnseal
from datashift.language import _

BEGIN = "sealed:v1:"
FILE_BEGIN = b"datashift-sealed-file-1\n"
SEALED = re.compile(r"sealed:v1:([A-Za-z0-9_-]+):([A-Za-z0-9_-]+)")
LAST_SIGNS = 4
"""How many signs at the end of a key are typed back, before it is used."""

_KEY = 32
_NAME = 8
_ONCE = bytes(12)
"""The nonce may be constant: each text has a key of its own."""
_SMALLEST = 64


class Where(NamedTuple):
    """Where a sealed text belongs: the id of the form, the id of the submission, and the path of the field."""

    form: str
    instance: str
    path: str


class Keys(NamedTuple):
    """A new pair: `public` is kept by the site (base64url), `private` stands in a file and is kept by nobody else."""

    public: str
    private: str


# --- keys -----------------------------------------------------------------------------------------------------------


def new_keys() -> Keys:
    """Make a pair of keys. The private one is text in groups of four signs; its last group checks the others."""
    secret = X25519PrivateKey.generate()
    public = secret.public_key().public_bytes_raw()
    text = b32encode(secret.private_bytes_raw()).decode().rstrip("=") + _check(public)
    return Keys(_text(public), "-".join(text[at : at + 4] for at in range(0, len(text), 4)))


def last_signs(public: str) -> str:
    """Return the last signs of the private key that belongs to a public one: they follow from the public key, so
    nothing of the private one has to be kept to compare them.
    """
    return _check(_bytes(public))


def key_file(private: str, owner: str, made: str) -> str:
    """Return the text of the file that somebody must keep: the key, and what happens to who loses it."""
    said = (
        _("Key for sealed answers of {organisation}, made on {day}").format(organisation=owner, day=made),
        _("Whoever has this file can read every sealed answer. Show it to nobody who may not."),
        _("If this file is lost, the sealed answers are lost. Nobody can bring them back, and we neither."),
        _("Print it, or keep two copies in two places. Do not keep it where the answers are."),
        _("Open sealed answers with: {command}").format(command="datashift unseal FILE --key THIS-FILE"),
    )
    return "\n".join(["DATASHIFT SEAL KEY 1", "", *said, "", private, ""])


def read_key(text: str) -> X25519PrivateKey:
    """Return the private key in the text of a key file, or in the key alone, however it is parted.

    Raises CannotUnseal (unseal.no-key, unseal.key-slip) where there is none, or a sign of it is wrong.
    """
    found = None
    for line in text.splitlines():
        signs = re.sub(r"[\s-]", "", line.upper())
        if not re.fullmatch(r"[A-Z2-7]{56}", signs):
            continue
        found = X25519PrivateKey.from_private_bytes(b32decode(signs[:-LAST_SIGNS] + "===="))
        if _check(found.public_key().public_bytes_raw()) == signs[-LAST_SIGNS:]:
            return found
    raise CannotUnseal("unseal.key-slip" if found else "unseal.no-key")


def _check(public: bytes) -> str:
    return b32encode(sha256(b"datashift seal key" + public).digest()).decode()[:LAST_SIGNS]


# --- texts ----------------------------------------------------------------------------------------------------------


def seal(text: str, public: str, where: Where) -> str:
    """Return a text that only the private key of `public` opens; the same text is never sealed the same way twice."""
    about = _about(where)
    made = _encrypted(text.encode(), public, about, _SMALLEST)
    return f"{BEGIN}{_text(about)}:{_text(made)}"


def is_sealed(text: str) -> bool:
    """Say whether a text is a sealed one, as far as can be seen without the key."""
    return SEALED.fullmatch(text) is not None


def claims(sealed: str, where: Where) -> bool:
    """Say whether a sealed text says that it belongs there; only the key can tell whether that is so."""
    found = SEALED.fullmatch(sealed)
    return found is not None and found[1] == _text(_about(where))


def where_of(sealed: str) -> Where:
    """Return where a sealed text says that it belongs. Raises CannotUnseal (unseal.damaged)."""
    found = SEALED.fullmatch(sealed)
    if not found:
        raise CannotUnseal("unseal.damaged")
    return _read_about(_bytes(found[1]))


def unseal(sealed: str, private: X25519PrivateKey, where: Where | None = None) -> str:
    """Return the text of a sealed one; with `where`, only if it was sealed for there.

    Raises CannotUnseal: unseal.damaged, unseal.other-key, unseal.elsewhere.
    """
    found = SEALED.fullmatch(sealed)
    if not found:
        raise CannotUnseal("unseal.damaged")
    about = _bytes(found[1])
    text = _decrypted(_bytes(found[2]), private, about).decode()
    if where is not None and about != _about(where):
        raise CannotUnseal("unseal.elsewhere")
    return text


# --- files ----------------------------------------------------------------------------------------------------------


def seal_file(name: str, content: bytes, public: str, where: Where) -> bytes:
    """Return a file, with its name, as bytes that only the private key of `public` opens."""
    about = _about(where)
    told = json.dumps(name).encode() + b"\n" + content
    return FILE_BEGIN + _text(about).encode() + b"\n" + _encrypted(told, public, about, _SMALLEST)


def is_sealed_file(content: bytes) -> bool:
    """Say whether bytes are a sealed file, by how they begin."""
    return content.startswith(FILE_BEGIN)


def unseal_file(content: bytes, private: X25519PrivateKey) -> tuple[str, bytes]:
    """Return the name and the bytes of a sealed file. Raises CannotUnseal: unseal.damaged, unseal.other-key."""
    about, parted, made = content.removeprefix(FILE_BEGIN).partition(b"\n")
    if not is_sealed_file(content) or not parted:
        raise CannotUnseal("unseal.damaged")
    name, _line, told = _decrypted(made, private, _bytes(about.decode("ascii", "replace"))).partition(b"\n")
    return str(json.loads(name)), told


# --- bytes ----------------------------------------------------------------------------------------------------------


def _encrypted(told: bytes, public: str, about: bytes, least: int) -> bytes:
    """Return <name of the key><public part of the key of one use><encrypted, with the length first>."""
    theirs = _bytes(public)
    once = X25519PrivateKey.generate()
    begin = _key_name(theirs) + once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(theirs))
    whole = len(told).to_bytes(8, "big") + told
    whole += bytes(padded(len(whole), least) - len(whole))
    return begin + ChaCha20Poly1305(_derived(shared, begin, theirs)).encrypt(_ONCE, whole, begin + about)


def _decrypted(made: bytes, private: X25519PrivateKey, about: bytes) -> bytes:
    mine = private.public_key().public_bytes_raw()
    begin, rest = made[: _NAME + _KEY], made[_NAME + _KEY :]
    if len(begin) < _NAME + _KEY:
        raise CannotUnseal("unseal.damaged")
    if begin[:_NAME] != _key_name(mine):
        raise CannotUnseal("unseal.other-key")
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(begin[_NAME:]))
        whole = ChaCha20Poly1305(_derived(shared, begin, mine)).decrypt(_ONCE, rest, begin + about)
    except (InvalidTag, ValueError):
        raise CannotUnseal("unseal.damaged") from None
    return whole[8 : 8 + int.from_bytes(whole[:8], "big")]


def padded(length: int, least: int = _SMALLEST) -> int:
    """Return the length to which bytes are filled up: at least `least`, else with few leading digits.

    Padmé (Nikitin et al. 2019): never more than 12 per cent longer, and of all lengths up to a million few are left.
    """
    if length <= least:
        return least
    exponent = length.bit_length() - 1
    loose = exponent - exponent.bit_length()
    mask = (1 << loose) - 1
    return (length + mask) & ~mask


def _derived(shared: bytes, begin: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=begin + public, info=b"datashift sealed v1").derive(shared)


def _key_name(public: bytes) -> bytes:
    return sha256(b"datashift seal key name" + public).digest()[:_NAME]


def _about(where: Where) -> bytes:
    return json.dumps(list(where), ensure_ascii=False, separators=(",", ":")).encode()


def _read_about(about: bytes) -> Where:
    try:
        form, instance, path = json.loads(about)
        return Where(str(form), str(instance), str(path))
    except (ValueError, TypeError):
        raise CannotUnseal("unseal.damaged") from None


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise CannotUnseal("unseal.damaged") from None
    if _text(found) != text:  # the same bytes can be written in other signs, which would be a change nobody notices
        raise CannotUnseal("unseal.damaged")
    return found
