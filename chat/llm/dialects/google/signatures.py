"""Signatures of thoughts, which are bytes in Google's format: its SDKs decode them, and encode them
anew when they send them back, in another alphabet.

The one rule: a signature of whatever provider comes back to us letter by letter. What is not base64
as Google writes it travels in an envelope.
"""

from __future__ import annotations

from chat.llm.media import decode_base64, encode_base64

FOREIGN_CALL = "skip_thought_signature_validator"
"""Google's word for a call that another model made."""

_SIGNED = b"playground:signed:"
_SEALED = b"playground:sealed:"


def written(signature: str) -> str:
    """A signature, for a caller of ours."""
    data = decode_base64(signature)
    if data is not None and encode_base64(data) == signature:
        return signature
    return encode_base64(_SIGNED + signature.encode("utf-8", "surrogatepass"))


def sealed(encrypted: str) -> str:
    """Thinking that a provider encrypted; there is no other place for it."""
    return encode_base64(_SEALED + encrypted.encode("utf-8", "surrogatepass"))


def read(value: str | None) -> tuple[str | None, str | None]:
    """The signature and the encrypted thinking in what a caller sends back."""
    data = decode_base64(value) if value and value != FOREIGN_CALL else None
    if data is None or data == FOREIGN_CALL.encode():
        return None, None
    if data.startswith(_SIGNED):
        return data.removeprefix(_SIGNED).decode("utf-8", "surrogatepass"), None
    if data.startswith(_SEALED):
        return None, data.removeprefix(_SEALED).decode("utf-8", "surrogatepass")
    return encode_base64(data), None
