"""Files on their way to a model: claimed, read, encoded, written down; or refused."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from chat import figures, receipts
from chat.models import Conversation, File, Message, Turn, User, blobs
from chat.orders import Refusal
from chat.uploads import accept
from tests.script import Head, Send, chunk, ending, stream
from tests.turns.stage import TurnCase
from tests.uploads import files


class AttachmentCase(TurnCase):
    async def file(self, data: bytes, name: str, user: User | None = None) -> File:
        from chat import database

        return await database.run(accept(data, name).keep, user or self.alice)

    async def refused(self, text: str | None = "Look", **fields: Any) -> Refusal:
        before = await self.count()
        with pytest.raises(Refusal) as caught:
            await self.ask(text, **fields)
        assert await self.count() == before, "a refusal left rows behind"
        return caught.value

    async def count(self) -> tuple[int, int, int, int]:
        return (
            await Conversation.with_deleted.acount(),
            await Message.objects.acount(),
            await Turn.objects.acount(),
            await File.objects.filter(conversation=None).acount(),
        )


class SendingTests(AttachmentCase):
    async def test_they_go_in_their_order_before_the_words(self) -> None:
        picture, sound = files.picture(), files.wav()
        ids = [(await self.file(picture, "a.png")).pk, (await self.file(sound, "b.wav")).pk]
        async with self.stage() as provider:
            turn = await self.ask_and_wait("What is this?", attachments=ids)

        image, audio, words = provider.requests[-1].json["messages"][0]["content"]
        kept = blobs.read(ids[0]) or b""
        assert image["image_url"]["url"] == f"data:image/png;base64,{_base64(kept)}"
        assert audio["input_audio"] == {"data": _base64(sound), "format": "wav"}
        assert words == {"type": "text", "text": "What is this?"}
        assert [part.get("file") for part in turn.prompt.parts] == [*map(str, ids), None]
        assert {file.conversation_id async for file in File.objects.all()} == {turn.conversation_id}

    async def test_a_text_file_is_text_in_a_fence_that_it_cannot_close(self) -> None:
        file = await self.file(b"one\n```\ntwo\n", "notes.md")
        async with self.stage() as provider:
            await self.ask_and_wait("Sum up.", attachments=[file.pk])

        content = provider.requests[-1].json["messages"][0]["content"]
        assert content == "notes.md\n````\none\n```\ntwo\n````\n\nSum up."

    async def test_words_are_not_needed_beside_a_file(self) -> None:
        file = await self.file(files.picture(), "heron.png")
        async with self.stage():
            turn = await self.ask_and_wait("", attachments=[file.pk])

        assert [part["type"] for part in turn.prompt.parts] == ["media"]
        assert turn.conversation.title == "heron.png"

    async def test_regenerating_and_editing_keep_them(self) -> None:
        file = await self.file(files.picture(), "a.png")
        async with self.stage() as provider:
            first = await self.ask_and_wait("What?", attachments=[file.pk])
            place = {"conversation": first.conversation_id}
            await self.ask_and_wait(None, message=first.prompt_id, **place)
            edited = await self.ask_and_wait("Which?", attachments=[file.pk], **place)

        contents = [request.json["messages"][0]["content"] for request in provider.requests]
        assert contents[0] == contents[1]
        assert contents[2][0] == contents[0][0]
        assert edited.prompt.parts[0]["file"] == str(file.pk)

    async def test_the_receipt_names_and_hashes_them_and_holds_no_bytes(self) -> None:
        file = await self.file(files.picture(), "a.png")
        async with self.stage():
            turn = await self.ask_and_wait(attachments=[file.pk])

        from chat import database

        data = blobs.read(file.pk) or b""
        whole = await database.run(receipts.as_json, turn)
        (listed,) = whole["sent"]["messages"]["files"]
        assert listed["name"] == "a.png"
        assert listed["sha256"] == hashlib.sha256(data).hexdigest() == file.sha256
        assert whole["sent"]["messages"]["is_unchanged"] is True
        assert _base64(data)[:40] not in str(whole)
        rows = [row for section in figures.sections(turn) for row in section.rows]
        (row,) = [row for row in rows if row.name == "File"]
        assert (row.value, row.note) == ("a.png", f"image/png, SHA-256 {file.sha256[:12]}…")

    async def test_a_receipt_tells_of_bytes_that_changed(self) -> None:
        file = await self.file(files.picture(), "a.png")
        async with self.stage():
            turn = await self.ask_and_wait(attachments=[file.pk])
        blobs.write(file.pk, files.picture(colour="red"))

        from chat import database

        whole = await database.run(receipts.as_json, turn)
        assert whole["sent"]["messages"]["is_unchanged"] is False


class RefusalTests(AttachmentCase):
    async def test_a_model_that_takes_no_images_says_so_and_what_to_do(self) -> None:
        file = await self.file(files.picture(), "heron.png")
        async with self.stage():
            with text_only():
                refusal = await self.refused(attachments=[file.pk])

        assert refusal.field == "attachments"
        assert refusal.message == (
            "“heron.png”: GPT-3.5-turbo takes no images. Pick another model, or remove it."
        )

    async def test_a_pdf_can_go_as_text(self) -> None:
        from chat import database
        from chat.uploads import text_of

        paper = await self.file(files.pdf("The heron waits."), "paper.pdf")
        async with self.stage() as provider:
            with text_only():
                refusal = await self.refused(attachments=[paper.pk])
                text = text_of(paper, blobs.read(paper.pk) or b"")
                words = await database.run(text.keep, self.alice)
                await self.ask_and_wait("Sum up.", attachments=[words.pk])

        assert refusal.message.endswith("Pick another model, or send its text instead.")
        assert "The heron waits." in provider.requests[-1].json["messages"][0]["content"]

    async def test_an_earlier_file_is_not_dropped_in_silence(self) -> None:
        file = await self.file(files.picture(), "heron.png")
        async with self.stage():
            turn = await self.ask_and_wait(attachments=[file.pk])
            with text_only():
                refusal = await self.refused(
                    "And?", conversation=turn.conversation_id, parent=turn.answer_id
                )

        assert refusal.message.endswith("or edit the message that has it.")

    async def test_bytes_that_are_gone_are_told(self) -> None:
        file = await self.file(files.picture(), "a.png")
        blobs.remove(file.pk)
        async with self.stage():
            refusal = await self.refused(attachments=[file.pk])

        assert refusal.message == "“a.png” is not stored here any more: remove it."

    async def test_there_are_limits_of_number_and_size(self) -> None:
        file = await self.file(files.picture(), "a.png")
        async with self.stage():
            many = await self.refused(attachments=[uuid.uuid4() for _ in range(21)])
            with override_settings(LIMITS=replace(settings.LIMITS, request_media=10)):
                large = await self.refused(attachments=[file.pk])

        assert many.message == "A message may have 20 files."
        assert "can be sent at once" in large.message

    async def test_it_hides_from_strangers(self) -> None:
        mine = await self.file(files.picture(), "a.png")
        theirs = await self.file(files.picture(), "b.png", self.charlie)
        async with self.stage():
            elsewhere = await self.ask_and_wait(attachments=[mine.pk])
            refusals = [
                await self.refused(attachments=[theirs.pk]),
                await self.refused(attachments=[uuid.uuid4()]),
                await self.refused(attachments=[mine.pk]),
                await self.refused(attachments=[mine.pk], user=self.charlie),
            ]

        assert {refusal.message for refusal in refusals} == {
            "A file is not there any more. Remove it, and attach it again."
        }
        assert elsewhere.state == "completed"


class AnswerTests(AttachmentCase):
    async def test_an_image_in_an_answer_is_kept_as_a_file(self) -> None:
        data = files.photo()
        async with self.stage() as provider:
            provider.play(Head(), Send(image(data)), Send(ending()))
            turn = await self.ask_and_wait("Draw a heron.")

        (part,) = turn.answer.parts
        file = await File.objects.aget(pk=part["file"])
        assert file.conversation_id == turn.conversation_id
        assert (part["media_type"], part["name"]) == ("image/jpeg", "image.jpg")
        assert b"Exif" not in (blobs.read(file.pk) or b"Exif")

    async def test_what_is_no_image_is_said_and_the_answer_stays(self) -> None:
        async with self.stage() as provider:
            provider.play(
                Head(), *(Send(d) for d in (image(b"<svg>" + files.SCRIPT), *words("Here.")))
            )
            turn = await self.ask_and_wait("Draw a heron.")

        picture, text = turn.answer.parts
        assert turn.state == "completed"
        assert "file" not in picture
        assert picture["refused"] == "The model announced an image and sent something else."
        assert text["text"] == "Here."


def image(data: bytes) -> bytes:
    url = f"data:image/png;base64,{_base64(data)}"
    delta = {"images": [{"type": "image_url", "image_url": {"url": url}}]}
    return chunk(choices=[{"index": 0, "delta": delta, "finish_reason": None}])


def words(text: str) -> list[bytes]:
    return [step.data for step in stream(text) if isinstance(step, Send)]


def text_only() -> Any:
    """The double's model, as if the catalogue knew it as one that only reads."""
    from unittest import mock

    from chat import orders
    from chat.catalog.matching import match

    find = orders.endpoints.find

    def known(key: str, user: User) -> Any:
        model = find(key, user)
        return model and replace(model, catalog=match("openai", "gpt-3.5-turbo"))

    return mock.patch.object(orders.endpoints, "find", known)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
