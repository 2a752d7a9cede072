"""What comes in from people and models as bytes, looked into before it is kept.

The one rule: a file is what its first bytes say, and nothing decodes it outside of a child process
with limits.
"""

from __future__ import annotations

from chat.uploads.intake import Accepted, accept, accept_from_model, text_of
from chat.uploads.refused import Refused

__all__ = ["Accepted", "Refused", "accept", "accept_from_model", "text_of"]
