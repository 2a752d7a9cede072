"""What others entrusted to us, encrypted at rest: the keys of providers.

The one rule: a ciphertext is bound to its place. It is encrypted with a key derived from the master
key and the name of that place, so that a copy of it anywhere else is noise.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """Encrypted with a master key that we do not have, or for another place, or damaged."""


def seal(text: str, *, place: str) -> str:
    """The ciphertext, under the first of the master keys."""
    return _fernet(place).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, place: str) -> str:
    """Raise `Unreadable`."""
    try:
        return _fernet(place).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def reseal(sealed: str, *, place: str) -> str:
    """The same secret under the first of the master keys. Raise `Unreadable`."""
    try:
        return _fernet(place).rotate(sealed.encode()).decode("ascii")
    except InvalidToken:
        raise Unreadable from None


def _fernet(place: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, place)) for key in settings.MASTER_KEYS])


def _derived(master_key: str, place: str) -> bytes:
    """RFC 5869. The master key is random by itself, so that it needs no salt."""
    info = f"playground secret: {place}".encode()
    derived = HKDF(SHA256(), length=32, salt=None, info=info).derive(master_key.encode())
    return urlsafe_b64encode(derived)
