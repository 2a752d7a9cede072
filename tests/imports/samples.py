"""Small exports of others, shaped as theirs are. The words are ours."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image


def png(colour: str = "navy") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (6, 4), colour).save(data, "PNG")
    return data.getvalue()


def node(key: str, parent: str | None, role: str, content: dict[str, Any], **fields: Any) -> Any:
    message = {
        "id": key,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": 1_700_000_000.5,
        "content": content,
        "status": "finished_successfully",
        "recipient": "all",
        "metadata": {},
    }
    return {"id": key, "parent": parent, "children": [], "message": message | fields}


def words(text: str) -> dict[str, Any]:
    return {"content_type": "text", "parts": [text]}


PICTURE = {
    "content_type": "image_asset_pointer",
    "asset_pointer": "sediment://file_00000000aa",
    "size_bytes": 100,
    "width": 6,
    "height": 4,
}
HIDDEN = {"is_visually_hidden_from_conversation": True}
ABOUT = {"content_type": "user_editable_context", "user_profile": "I draw birds."}
THOUGHTS = {"content_type": "thoughts", "thoughts": [{"summary": "Beaks", "content": "Long beak."}]}
SEARCH = {"content_type": "code", "language": "unknown", "text": "search('heron')"}
FOUND = {"content_type": "execution_output", "text": "1 result"}

CHATGPT: dict[str, Any] = {
    "title": "Birds",
    "create_time": 1_700_000_000.0,
    "update_time": 1_700_000_400.0,
    "conversation_id": "6b0f0d9c-0000-4000-8000-000000000001",
    "current_node": "a2",
    "default_model_slug": "gpt-4o",
    "mapping": {
        "root": {"id": "root", "message": None, "parent": None, "children": ["about"]},
        "about": node("about", "root", "user", ABOUT, metadata=HIDDEN),
        "q": node(
            *("q", "about", "user"),
            {"content_type": "multimodal_text", "parts": [PICTURE, "Which bird?"]},
        ),
        "t1": node("t1", "q", "assistant", THOUGHTS),
        "c1": node("c1", "t1", "assistant", SEARCH, recipient="web.run"),
        "r1": node("r1", "c1", "tool", FOUND),
        "a1": node("a1", "r1", "assistant", words("A heron."), metadata={"model_slug": "o4-mini"}),
        "a2": node("a2", "q", "assistant", words("A stork.")),
    },
}

CLAUDE: dict[str, Any] = {
    "uuid": "0d6d5c1c-0000-4000-8000-6d6f2f0c3b11",
    "name": "Fish",
    "model": "claude-sonnet-4-5-20250929",
    "created_at": "2026-01-02T03:04:05.678Z",
    "account": {"uuid": "somebody else"},
    "chat_messages": [
        {
            "uuid": "1",
            "sender": "human",
            "text": "Which?",
            "content": [{"type": "text", "text": "Which?"}],
            "created_at": "2026-01-02T03:04:05Z",
            "attachments": [
                {"file_name": "list.txt", "file_type": "txt", "extracted_content": "trout, carp"}
            ],
            "files": [{"file_name": "pond.jpg"}],
            "parent_message_uuid": "00000000-0000-4000-8000-000000000000",
        },
        {
            "uuid": "2",
            "sender": "assistant",
            "parent_message_uuid": "1",
            "content": [
                {"type": "thinking", "thinking": "It has spots."},
                {"type": "tool_use", "name": "look", "input": {"at": "pond"}},
                {"type": "tool_result", "content": [{"type": "text", "text": "spots"}]},
                {"type": "text", "text": "A trout."},
            ],
        },
        {
            "uuid": "3",
            "sender": "assistant",
            "parent_message_uuid": "1",
            "content": [{"type": "text", "text": "A carp."}],
        },
    ],
}

THOUGHT = (
    '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>'
    "\n&gt; 15 &lt; 17\n</details>\n255"
)
CALLED = (
    '<details type="tool_calls" done="true" id="c" name="weather" '
    'arguments="{&quot;city&quot;: &quot;Oslo&quot;}" result="&quot;rain&quot;">\n'
    "<summary>Tool Executed</summary>\n</details>\nIt rains."
)

OPEN_WEBUI: dict[str, Any] = {
    "id": "c0ffee00-0000-4000-8000-000000000001",
    "user_id": "somebody else",
    "title": "Sums",
    "chat": {
        "title": "Sums",
        "models": ["deepseek-r1:8b", "gpt-4o"],
        "params": {"system": "Be exact."},
        "history": {
            "currentId": "a3",
            "messages": {
                "q1": {
                    "id": "q1",
                    "parentId": None,
                    "childrenIds": ["a1", "a2"],
                    "role": "user",
                    "content": "What is 15 * 17?",
                    "timestamp": 1_700_000_000,
                    "models": ["deepseek-r1:8b", "gpt-4o"],
                    "files": [
                        {
                            "type": "image",
                            "url": "data:image/png;base64," + base64.b64encode(png()).decode(),
                        },
                        {"type": "file", "name": "sums.pdf", "file": {"filename": "sums.pdf"}},
                    ],
                },
                "a1": {
                    "id": "a1",
                    "parentId": "q1",
                    "childrenIds": [],
                    "role": "assistant",
                    "content": THOUGHT,
                    "model": "deepseek-r1:8b",
                    "timestamp": 1_700_000_010,
                    "done": True,
                },
                "a2": {
                    "id": "a2",
                    "parentId": "q1",
                    "childrenIds": ["q2"],
                    "role": "assistant",
                    "content": "<think>\nEasy.\n</think>\n\n255",
                    "model": "gpt-4o",
                    "timestamp": 1_700_000_011,
                },
                "q2": {
                    "id": "q2",
                    "parentId": "a2",
                    "childrenIds": ["a3"],
                    "role": "user",
                    "content": "And the weather?",
                    "timestamp": 1_700_000_020,
                },
                "a3": {
                    "id": "a3",
                    "parentId": "q2",
                    "childrenIds": [],
                    "role": "assistant",
                    "content": CALLED,
                    "model": "gpt-4o",
                    "timestamp": 1_700_000_030,
                    "sources": [
                        {
                            "source": {"name": "Weather"},
                            "metadata": [{"source": "https://weather.example/oslo"}],
                        }
                    ],
                },
            },
        },
    },
    "created_at": 1_700_000_000,
    "updated_at": 1_700_000_030,
    "archived": False,
    "pinned": True,
    "meta": {"tags": ["maths"]},
    "folder_id": None,
}

NO_PARENT = "00000000-0000-0000-0000-000000000000"


def said(key: str, parent: str, text: str, **fields: Any) -> dict[str, Any]:
    return {
        "messageId": key,
        "parentMessageId": parent,
        "conversationId": "27b593be-0000-4000-8000-050cab8f5033",
        "text": text,
        "sender": "User",
        "isCreatedByUser": True,
        "createdAt": f"2024-05-28T18:0{len(key)}:00.000Z",
    } | fields


ANSWER = {"isCreatedByUser": False, "sender": "GPT-4", "model": "gpt-4o", "endpoint": "openAI"}
LIBRECHAT: dict[str, Any] = {
    "conversationId": "27b593be-0000-4000-8000-050cab8f5033",
    "endpoint": "openAI",
    "title": "Stories",
    "exportAt": "08:12:16 GMT-0400 (Eastern Daylight Time)",
    "branches": True,
    "recursive": False,
    "options": {"model": "gpt-4o", "promptPrefix": "You tell stories.", "temperature": 1},
    "messages": [
        said("q", NO_PARENT, "A story"),
        said("a1", "q", "Once upon a time", unfinished=True, **ANSWER),
        said(
            *("a2", "q", ""),
            content=[
                {"type": "think", "think": "A fox?"},
                {"type": "text", "text": "There was a fox."},
            ],
            **ANSWER,
        ),
        said("q22", "a2", "And then?", files=[{"filename": "fox.png", "type": "image/png"}]),
        said("a222", "q22", "It slept.", **ANSWER),
    ],
}


def recursive(depth: int) -> dict[str, Any]:
    """The same conversation, `depth` messages one in another."""
    inner: list[Any] = []
    for number in reversed(range(depth)):
        fields = {} if number % 2 == 0 else ANSWER
        row = said(f"m{number}", "", f"Message {number}", createdAt=None, **fields)
        inner = [row | {"children": inner}]
    return LIBRECHAT | {"recursive": True, "messages": inner}
