"""The rows and what they can do."""

from chat.models.api_call import ApiCall
from chat.models.api_key import ApiKey
from chat.models.api_task import ApiTask
from chat.models.attempt import Attempt, TooManyAttempts
from chat.models.conversation import Conversation, Lane
from chat.models.demo import Demo, Guest
from chat.models.endpoint import Endpoint
from chat.models.file import File
from chat.models.kept_reply import KeptReply
from chat.models.label import Folder, Tag
from chat.models.ledger import Account, Budget, Entry
from chat.models.link import Link
from chat.models.message import Message
from chat.models.model_override import ModelOverride
from chat.models.refused_parameter import RefusedParameter
from chat.models.search_index import IndexedMessage, IndexedTitle
from chat.models.share import Revision, Share, Visit
from chat.models.stage_script import StageScript
from chat.models.tally import Tally
from chat.models.team import Membership, Team, TeamInvitation
from chat.models.temporary import (
    TemporaryConversation,
    TemporaryLane,
    TemporaryMessage,
    TemporaryTurn,
)
from chat.models.turn import Turn
from chat.models.user import LastAdministrator, User

__all__ = [
    "Account",
    "ApiCall",
    "ApiKey",
    "ApiTask",
    "Attempt",
    "Budget",
    "Conversation",
    "Demo",
    "Endpoint",
    "Entry",
    "File",
    "Folder",
    "Guest",
    "IndexedMessage",
    "IndexedTitle",
    "KeptReply",
    "Lane",
    "LastAdministrator",
    "Link",
    "Membership",
    "Message",
    "ModelOverride",
    "RefusedParameter",
    "Revision",
    "Share",
    "StageScript",
    "Tag",
    "Tally",
    "Team",
    "TeamInvitation",
    "TemporaryConversation",
    "TemporaryLane",
    "TemporaryMessage",
    "TemporaryTurn",
    "TooManyAttempts",
    "Turn",
    "User",
    "Visit",
]
