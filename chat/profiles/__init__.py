"""What the page of a model says, once, for its three forms: HTML, Markdown and JSON.

The one rule: a fact stands in the profile, with its source and date where it has them, and the
forms only write it down. So no form can say another price than the next.
"""

from chat.profiles.api import addresses, claude_code
from chat.profiles.markdown import as_markdown
from chat.profiles.plain import as_json
from chat.profiles.prices import PriceRow
from chat.profiles.profile import Fact, Profile, Route, profile

__all__ = [
    "Fact",
    "PriceRow",
    "Profile",
    "Route",
    "addresses",
    "as_json",
    "as_markdown",
    "claude_code",
    "profile",
]
