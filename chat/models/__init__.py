"""The rows and what they can do."""

from chat.models.attempt import Attempt, TooManyAttempts
from chat.models.conversation import Conversation, Lane
from chat.models.link import Link
from chat.models.message import Message
from chat.models.turn import Turn
from chat.models.user import LastAdministrator, User

__all__ = [
    "Attempt",
    "Conversation",
    "Lane",
    "LastAdministrator",
    "Link",
    "Message",
    "TooManyAttempts",
    "Turn",
    "User",
]
