from __future__ import annotations

import json
import unittest
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import frames

ID = "7d444840-9dc0-41d1-b245-5ffdce74fad2"


def start(**fields: Any) -> str:
    return json.dumps({"type": "turn.start", "id": ID, "model": "m", "text": "hi", **fields})


class Parsing(unittest.TestCase):
    def refused(self, data: str) -> frames.BadFrame:
        with pytest.raises(frames.BadFrame) as caught:
            frames.parse(data)
        return caught.value

    def test_it_reads_a_start(self) -> None:
        frame = frames.parse(start(parameters={"temperature": 0.5}))

        assert isinstance(frame, frames.TurnStart)
        assert frame.id == uuid.UUID(ID)
        assert frame.parameters == {"temperature": 0.5}

    def test_it_refuses_what_is_no_frame(self) -> None:
        for data in ("", "nonsense", "[]", "null", "1", '{"type":"turn.delete"}', '{"no":"type"}'):
            assert self.refused(data).code == "bad_frame"

    def test_it_refuses_unknown_fields_and_names_the_frame(self) -> None:
        bad = self.refused(start(user_id=1))

        assert bad.id == ID
        assert "user_id" in bad.message

    def test_it_refuses_wrong_types(self) -> None:
        for fields in ({"id": 7}, {"text": 1}, {"parameters": []}, {"parent": -1}, {"lane": "x"}):
            assert self.refused(start(**fields)).code == "bad_frame"

    def test_it_refuses_depth_however_deep(self) -> None:
        for depth in (40, 5_000, 200_000):
            nested = '{"a":' * depth + "1" + "}" * depth
            data = f'{{"type":"turn.start","id":"{ID}","model":"m","parameters":{nested}}}'

            assert self.refused(data).code == "frame_too_deep"

    def test_only_a_message_may_be_large(self) -> None:
        big = "x" * (300 * 1024)
        compact = json.dumps(
            {"type": "turn.start", "id": ID, "model": "m", "text": big}, separators=(",", ":")
        )

        assert isinstance(frames.parse(compact), frames.TurnStart)
        assert self.refused(json.dumps({"type": "frame.ack", "x": big})).code == "frame_too_large"

    def test_half_a_surrogate_pair_comes_through(self) -> None:
        frame = frames.parse(start(text="a\ud800b"))

        assert isinstance(frame, frames.TurnStart)
        assert frame.text == "a\ud800b"

    @given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
    def test_nothing_but_a_bad_frame_is_raised(self, data: str) -> None:
        with pytest.raises(frames.BadFrame):
            frames.parse(data)


class Documentation(unittest.TestCase):
    def test_every_frame_has_its_entry(self) -> None:
        from pathlib import Path

        text = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
        source = (Path(__file__).parents[2] / "chat" / "frames.py").read_text()
        kinds = (*frames.Frame.__args__, *frames.GuestFrame.__args__)
        incoming = {msgspec.inspect.type_info(kind).tag for kind in kinds}
        made = {part.split('"')[0] for part in source.split('"type": "')[1:]}

        for name in incoming | made:
            assert f"`{name}`" in text, f"docs/protocol.md does not explain {name}"
