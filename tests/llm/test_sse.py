"""Server-sent events, byte by byte."""

from __future__ import annotations

from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from chat.llm import sse
from chat.llm.errors import Garbled, OutputTooLarge
from chat.llm.sse import ServerEvent


def decode(*chunks: bytes) -> list[ServerEvent]:
    decoder = sse.Decoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.close()


def data_of(*chunks: bytes) -> list[bytes]:
    return [event.data for event in decode(*chunks)]


class LineTests(TestCase):
    def test_it_ends_lines_with_lf_cr_or_crlf(self) -> None:
        for end in (b"\n", b"\r", b"\r\n"):
            with self.subTest(end=end):
                body = b"data: a" + end + end + b"data: b" + end + end
                self.assertEqual(data_of(body), [b"a", b"b"])

    def test_it_ends_lines_with_nothing_else(self) -> None:
        words = "a\u2028b\u2029c\x85d\x0be\x0cf".encode()
        self.assertEqual(data_of(b"data: " + words + b"\n\n"), [words])

    def test_it_takes_a_crlf_that_is_torn_in_two_for_one_end(self) -> None:
        self.assertEqual(data_of(b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"), [b"a\nb"])

    def test_it_forgets_a_byte_order_mark_even_in_pieces(self) -> None:
        self.assertEqual(data_of(b"\xef", b"\xbb", b"\xbfdata: a\n\n"), [b"a"])

    def test_it_keeps_what_only_began_like_a_byte_order_mark(self) -> None:
        decoder = sse.Decoder()
        decoder.feed(b"\xef\xbb")
        decoder.close()
        self.assertEqual(bytes(decoder.stray), b"\xef\xbb\n")


class FieldTests(TestCase):
    def test_it_joins_data_lines(self) -> None:
        self.assertEqual(data_of(b"data: a\ndata:b\ndata:  c\ndata\n\n"), [b"a\nb\n c\n"])

    def test_it_reads_name_and_id(self) -> None:
        (event,) = decode(b"event: error\nid: 7\nretry: 10\ndata: {}\n\n")
        self.assertEqual(event, ServerEvent(b"{}", "error", "7"))

    def test_it_forgets_a_name_after_its_event(self) -> None:
        first, second = decode(b"event: ping\ndata: 1\n\ndata: 2\n\n")
        self.assertEqual((first.name, second.name), ("ping", None))

    def test_it_gives_no_event_without_data(self) -> None:
        self.assertEqual(decode(b"event: ping\n\n\n\n: hello\n\n"), [])

    def test_it_counts_comments_and_events(self) -> None:
        decoder = sse.Decoder()
        decoder.feed(b": OPENROUTER PROCESSING\n\ndata: a\n\n:\n\ndata: b\n\n")
        self.assertEqual((decoder.events, decoder.comments), (2, 2))

    def test_it_gives_the_last_event_although_no_blank_line_follows(self) -> None:
        self.assertEqual(data_of(b"data: a\n\ndata: b"), [b"a", b"b"])

    def test_it_keeps_lines_that_are_no_field(self) -> None:
        decoder = sse.Decoder()
        decoder.feed(b'data: a\n\n{\n  "error": {}\n}\n')
        self.assertEqual(bytes(decoder.stray), b'{\n  "error": {}\n}\n')


class LimitTests(TestCase):
    def test_it_takes_a_line_of_text_up_to_the_limit(self) -> None:
        line = b"data: " + b"x" * (sse.LINE_LIMIT - 6)
        self.assertEqual(len(data_of(line + b"\n\n")[0]), sse.LINE_LIMIT - 6)

    def test_it_refuses_a_longer_one_even_before_it_ends(self) -> None:
        decoder = sse.Decoder()
        decoder.feed(b"data: ")
        with self.assertRaises(Garbled):
            for _ in range(17):
                decoder.feed(b"x" * 2**16)

    def test_it_takes_a_longer_one_that_carries_media(self) -> None:
        line = b'data: {"url":"data:image/png;base64,' + b"A" * (2 * sse.LINE_LIMIT) + b'"}\n\n'
        pieces = [line[start : start + 2**16] for start in range(0, len(line), 2**16)]
        self.assertEqual(data_of(*pieces), data_of(line))

    def test_it_refuses_more_media_than_we_keep(self) -> None:
        decoder = sse.Decoder()
        decoder.feed(b"data: ;base64,")
        with self.assertRaises(Garbled):
            for _ in range(sse.MEDIA_LINE_LIMIT // 2**20 + 1):
                decoder.feed(b"A" * 2**20)

    def test_it_refuses_an_event_of_endless_lines(self) -> None:
        decoder = sse.Decoder()
        line = b"data: " + b"x" * (2**20 - 7) + b"\n"
        with self.assertRaises(Garbled):
            for _ in range(sse.EVENT_LIMIT // 2**20 + 1):
                decoder.feed(line)

    def test_it_refuses_an_endless_stream(self) -> None:
        decoder = sse.Decoder()
        comment = b":" + b" " * (2**20 - 2) + b"\n"
        with self.assertRaises(OutputTooLarge):
            for _ in range(sse.TOTAL_LIMIT // len(comment) + 1):
                decoder.feed(comment)


class EncodingTests(TestCase):
    @given(st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
    def test_it_reads_what_it_writes(self, text: str) -> None:
        self.assertEqual(data_of(sse.encode(text, name="delta")), [text.encode()])

    def test_it_writes_one_line_for_each_line_of_data(self) -> None:
        self.assertEqual(sse.encode("a\r\nb\rc\n"), b"data: a\ndata: b\ndata: c\ndata: \n\n")

    def test_it_writes_comments_that_stay_comments(self) -> None:
        self.assertEqual(decode(sse.encode_comment("a\ndata: b\rdata: c")), [])

    @given(
        st.lists(
            st.sampled_from([b"data: a", b"event: e", b":c", b"", b"x", b"id: 1", b"\xf0\x9f"])
        ),
        st.lists(st.sampled_from([b"\n", b"\r", b"\r\n"])),
        st.integers(1, 9),
    )
    def test_it_reads_the_same_however_it_is_split(
        self, lines: list[bytes], ends: list[bytes], size: int
    ) -> None:
        body = b"".join(
            line + ends[number % len(ends)] if ends else line for number, line in enumerate(lines)
        )
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        self.assertEqual(decode(*pieces), decode(body))
