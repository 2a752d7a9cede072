"""One message of a conversation: a role and parts, with one parent. Never edited: an edit is a
sibling, so that a receipt can name a message and mean its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils import timezone

from chat.llm import types as llm
from chat.models.parts import part_to_json, parts_from_json

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from chat.models.turn import Turn


class Message(models.Model):
    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"
        TOOL = "tool"

    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=120, blank=True, default="", db_default="")
    """What its writer calls the branch that begins here."""
    starred_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        children: RelatedManager[Message]
        turn: Turn | None

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["conversation", "parent"]),
            models.Index(
                fields=["starred_at"],
                condition=models.Q(starred_at__isnull=False),
                name="message_starred",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:60]}"

    @property
    def text(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "text")

    @property
    def file_names(self) -> str:
        return ", ".join(part.get("name") or part["media_type"] for part in self.files)

    @property
    def files(self) -> list[dict[str, Any]]:
        """The stored parts that are files."""
        return [part for part in self.parts if part["type"] == "media"]

    @property
    def reasoning(self) -> str:
        return "".join(part["text"] for part in self.parts if part["type"] == "reasoning")

    def mark(self, *, name: str | None = None, is_starred: bool | None = None) -> None:
        """None leaves it as it is; an empty name takes it away."""
        if name is not None:
            self.name = " ".join(name.split())[:120]
        if is_starred is not None:
            self.starred_at = timezone.now() if is_starred else None
        self.save(update_fields=["name", "starred_at"])

    def to_llm(self) -> llm.Message:
        return llm.Message(role=llm_role(self.role), parts=parts_from_json(self.parts))

    def set_parts(self, parts: tuple[llm.Part, ...]) -> None:
        self.parts = [part_to_json(part) for part in parts]

    def path(self) -> list[Message]:
        """From the first message of the conversation down to this one, in two queries."""
        ids = path_ids(self.pk)
        found = Message.objects.filter(pk__in=ids).select_related("turn").defer("turn__timeline")
        rows = {row.pk: row for row in found}
        return [rows[pk] for pk in ids]

    def latest_leaf(self) -> Message:
        """The leaf under this message that was written last: where a branch was left."""
        table = self._meta.db_table
        sql = f"""
            WITH RECURSIVE below(id) AS (
                SELECT CAST(%s AS BIGINT) UNION ALL
                SELECT m.id FROM {table} m JOIN below ON m.parent_id = below.id
            ) SELECT MAX(id) FROM below
        """  # noqa: S608  # the table name is ours
        with connection.cursor() as cursor:
            cursor.execute(sql, [self.pk])
            (pk,) = cursor.fetchone()
        return self if pk == self.pk else Message.objects.get(pk=pk)


def path_ids(leaf: int | None) -> list[int]:
    """The messages from the first one of the conversation down to `leaf`, without reading them."""
    if leaf is None:
        return []
    table = Message._meta.db_table
    sql = f"""
        WITH RECURSIVE above(id, parent_id, distance) AS (
            SELECT id, parent_id, 0 FROM {table} WHERE id = %s UNION ALL
            SELECT m.id, m.parent_id, distance + 1
            FROM {table} m JOIN above ON m.id = above.parent_id
        ) SELECT id FROM above ORDER BY distance DESC
    """  # noqa: S608  # the table name is ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [leaf])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [pk for (pk,) in rows]


def llm_role(role: str) -> llm.Role:
    match role:
        case "user" | "assistant" | "tool":
            return role
    raise ValueError(f"no such role: {role}")
