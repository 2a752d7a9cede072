"""What is taken out of a text in the end is not to be seen while it is being written either."""

from __future__ import annotations

import re

from django.test import SimpleTestCase
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chat.sharing.redaction import Redaction
from chat.sharing.stream import Stream, unfinished

KEY = "sk-abcdEFGH12345678xyzw"
TOKEN = f"eyJ{'a' * 700}.{'B' * 800}.{'c' * 90}"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{'MIIE' * 30}\n\n{'x' * 40}\n-----END RSA PRIVATE KEY-----"
SECRETS = (
    KEY,
    TOKEN,
    PEM,
    "password: hunter22hunter",
    "password\n\nhunter22hunter",
    "https://jo:geheimnis@example.org/x",
    "jo.bloggs+birds@mail.example.org",
    "给我写信jo@example.org",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "+49 170 /1234567",
    "+49 (0) 170.123.45",
    "2001:db8:0:0:0:0:0:7",
    "10.20.30.40",
    "AKIAIOSFODNN7EXAMPLE",
    "Big Bird",
    "big birdABC",
    "straße 7",
)
WORDS = ("straße 7", "Big Bird")
plain = st.text("ab AB19 .:/-+\n@_(é鹭", max_size=12)
texts = st.lists(st.sampled_from(SECRETS) | plain, max_size=7).map("".join)
LONG = "Lorem ipsum dolor.\n\n" * 400


def pieces(text: str, sizes: list[int]) -> list[str]:
    """The text so far after each piece."""
    ends, position = [], 0
    while position < len(text):
        position += sizes[len(ends) % len(sizes)]
        ends.append(text[:position])
    return ends


class Redacting(SimpleTestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(texts, st.lists(st.integers(1, 9), min_size=1, max_size=5))
    @example(f"the {PEM} end", [7])
    @example(f"{LONG}password\n\nhunter22hunter {LONG}", [97])
    @example(f"{LONG}{PEM}\n\n{LONG}", [61])
    @example("the big birdABC and", [1])
    def test_nothing_shows_that_is_taken_out_in_the_end(self, text: str, sizes: list[int]) -> None:
        for clean in (Redaction(words=WORDS), Redaction(words=()), Redaction(False, words=WORDS)):
            stream, final = Stream(clean), clean(text)
            for so_far in pieces(text, sizes):
                self.assert_shows(stream.show(so_far), final, so_far)
                self.assert_shows(clean(unfinished(so_far, clean)), final, so_far)
            # Whatever follows, such as the end of the line, brings the rest.
            self.assertEqual(stream.show(f"{text}\n—\n"), clean(f"{text}\n—\n"))

    def assert_shows(self, shown: str, final: str, so_far: str) -> None:
        """Without its marks, what is shown is a beginning of what is shown in the end."""
        if final.startswith(shown):
            return
        # A number may be no number any more when it goes on; never may a mark turn into less.
        rest = final
        for piece in re.split(r"\[removed[^\]]*\]", shown):
            self.assertIn(piece, rest, f"{shown[-80:]!r} of {so_far[-80:]!r}")
            rest = rest[rest.index(piece) + len(piece) :]

    def test_what_is_not_redacted_comes_at_once(self) -> None:
        self.assertEqual(Stream(Redaction(is_on=False)).show(f"My {KEY[:9]}"), f"My {KEY[:9]}")

    def test_words_in_any_script_are_not_held_for_long(self) -> None:
        text = "鹭是一种鸟，" * 60

        self.assertGreater(len(Stream(Redaction()).show(text)), len(text) - 80)
