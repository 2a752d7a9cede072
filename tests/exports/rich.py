"""A conversation that has everything a conversation can have."""

from __future__ import annotations

import io
from datetime import timedelta

from django.utils import timezone
from PIL import Image

from chat.models import Conversation, File, Folder, Lane, Message, Tag, User
from chat.uploads import accept
from tests.cast import answer_again, conversation_of, exchange


def rich(user: User) -> Conversation:
    """Branches, two lanes, receipts, files, tool calls, thinking, stars, names, tags, a folder."""
    conversation = conversation_of(user, "Birds & co", pinned_at=timezone.now())
    conversation.folder = Folder.make(user, "Field notes", colour="green")
    conversation.save()
    conversation.tags.add(Tag.make(user, "birds", colour="red"), Tag.make(user, "work"))
    first = exchange(conversation, "Which?", "A heron. 鷺 🪶", cost="0.001234500", input_tokens=12)
    lane = conversation.lanes.get()
    second = answer_again(first.prompt, "A duck.", lane=lane, timeline=[[340, 2], [400, 5]])
    third = exchange(conversation, "Look at these", "They quack.", parent=second.answer)
    pictures = [photo(user, conversation, form) for form in ("PNG", "JPEG", "WEBP", "GIF")]
    notes = accept("Seen at dawn: äöü\n".encode(), "notes.txt").keep(user, conversation)
    third.prompt.parts += [file.to_part() for file in (*pictures, notes)]
    third.prompt.name = "With pictures"
    third.prompt.save()
    third.answer.starred_at = timezone.now() - timedelta(days=1)
    third.answer.parts = [
        {"type": "reasoning", "text": "Webbed feet.", "signature": "c2ln"},
        {"type": "text", "text": "They quack.\n\n```python\nprint(1)\n```"},
        {"type": "tool_call", "name": "count", "arguments": "{}", "id": "call_1"},
        {"type": "media", "media_type": "image/png", "refused": "It was no image."},
        {"type": "citations", "items": [{"url": "https://birds.example/duck", "title": None}]},
    ]
    third.answer.save()
    result = {"type": "tool_result", "content": "2", "is_error": False, "call_id": "call_1"}
    tool = conversation.messages.create(parent=third.answer, role="tool", parts=[result])
    failed = {"code": "overloaded", "message": "Busy.", "is_retryable": True}
    fourth = answer_again(tool, "", lane=lane, status="failed", error=failed)
    Lane.objects.create(
        conversation=conversation,
        position=1,
        leaf=first.answer,
        model="double/starling",
        system="Be *brief*.",
        parameters={"temperature": 0.5, "stop": ["."]},
    )
    lane.refresh_from_db()
    assert isinstance(fourth.answer, Message)
    return conversation


def photo(user: User, conversation: Conversation, form: str) -> File:
    """As an upload keeps it: looked into, drawn anew."""
    colours = Image.linear_gradient("L").resize((40, 30)).convert("RGB")
    data = io.BytesIO()
    colours.save(data, form)
    return accept(data.getvalue(), f"photo.{form.lower()}").keep(user, conversation)
