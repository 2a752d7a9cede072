"""What the mirror is made to say, the same for all three SDKs, and how it fails."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from chat.llm import errors
from chat.llm.events import Finish, ReasoningDelta, TextDelta, ToolCallDelta, Usage

WEATHER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CALLS = (
    TextDelta("Looking."),
    ToolCallDelta(0, id="call_paris", name="weather", arguments='{"city":'),
    ToolCallDelta(1, id="call_tokyo", name="weather", arguments='{"city":'),
    ToolCallDelta(0, arguments='"Paris"}'),
    ToolCallDelta(1, arguments='"Tokyo"}'),
    Finish("tool_calls"),
    Usage(40, 20),
)
"""Two calls at once, their arguments in pieces that interleave."""
CITIES = [("weather", {"city": "Paris"}), ("weather", {"city": "Tokyo"})]
THOUGHT = (
    ReasoningDelta("Two and two. "),
    ReasoningDelta("Four.", signature="c2lnbmVk"),
    TextDelta("It is 4."),
    Finish("stop"),
    Usage(9, 14, reasoning_tokens=8),
)


class Bird(BaseModel):
    name: str
    weight_grams: int


WREN = (
    TextDelta('{"name": "Wren", '),
    TextDelta('"weight_grams": 9}'),
    Finish("stop"),
    Usage(8, 9),
)

FAILURES: dict[int, errors.ModelError] = {
    400: errors.BadRequest("“temperature” must be a number.", parameter="temperature"),
    401: errors.AuthenticationFailed("This key is not known here."),
    404: errors.ModelNotFound("There is no model of that name."),
    413: errors.RequestTooLarge(),
    429: errors.RateLimited(),
}
