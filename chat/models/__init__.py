"""The rows and what they can do."""

from chat.models.conversation import Conversation, Lane
from chat.models.link import Link
from chat.models.message import Message
from chat.models.turn import Turn
from chat.models.user import User

__all__ = ["Conversation", "Lane", "Link", "Message", "Turn", "User"]
