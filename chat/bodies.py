"""The request of a receipt as the JSON that went to the provider.

The one rule: what the receipt holds is taken from it; only the messages, which it counts and
hashes, are encoded again. No key is in a body, so none comes out.
"""

from __future__ import annotations

from typing import Any

from chat import endpoints, receipts
from chat.llm import types as llm
from chat.llm.dialects.registry import DIALECTS
from chat.models import Turn, User

MESSAGE_FIELDS = ("messages", "contents", "system", "systemInstruction")


def body(turn: Turn, user: User) -> dict[str, Any]:
    """As it was sent; a turn that never came so far gives the body without parameters."""
    sent = turn.receipt["sent"]
    messages = receipts.request_messages(turn)
    request = llm.Request(sent["model"], messages, is_prefilled=bool(turn.beginning))
    encoded = DIALECTS[sent["dialect"]].encode_request(_endpoint(sent, user), request)
    known = sent.get("body", encoded.body)
    said = {name: encoded.body[name] for name in MESSAGE_FIELDS if name in encoded.body}
    first = {name: value for name, value in known.items() if name == "model"}
    return first | said | dict(known)


def _endpoint(sent: dict[str, Any], user: User) -> llm.Endpoint:
    """For the habits of its provider, if it is still there."""
    for endpoint in endpoints.configured(user):
        if endpoint.name == sent["endpoint"] and endpoint.dialect == sent["dialect"]:
            return endpoint
    return llm.Endpoint("receipt", "", "", dialect=sent["dialect"])
