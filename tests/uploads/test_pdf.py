"""PDFs are counted and read in the child; their bytes stay as they are."""

from __future__ import annotations

from django.test import SimpleTestCase

from chat.models import File
from chat.uploads import Accepted, Refused, accept, text_of
from tests.uploads import files


def text(data: bytes) -> Accepted:
    return text_of(File(name="paper.pdf", media_type="application/pdf"), data)


class PdfTests(SimpleTestCase):
    def test_it_counts_the_pages_and_keeps_the_bytes(self) -> None:
        data = files.pdf("one", "two", "three")

        accepted = accept(data, "paper.pdf")

        self.assertEqual((accepted.media_type, accepted.pages), ("application/pdf", 3))
        self.assertEqual(accepted.data, data)

    def test_500_pages_are_taken_and_501_are_not(self) -> None:
        self.assertEqual(accept(files.pdf(pages=500), "paper.pdf").pages, 500)
        with self.assertRaisesMessage(
            Refused, "“paper.pdf” has too many pages: a PDF may have 500."
        ):
            accept(files.pdf(pages=501), "paper.pdf")

    def test_what_only_begins_like_one_is_refused(self) -> None:
        for data in (b"%PDF-1.4\n<html>" + files.SCRIPT, b"%PDF-", files.pdf("one")[:80]):
            with self.assertRaisesRegex(Refused, "“paper.pdf” is damaged"):
                accept(data, "paper.pdf")

    def test_its_text_is_a_file_of_its_own(self) -> None:
        accepted = text(files.pdf("The heron waits.", "The kite turns."))

        self.assertEqual(accepted.name, "paper.pdf.txt")
        self.assertEqual(accepted.media_type, "text/plain")
        self.assertEqual(accepted.data, b"The heron waits.\n\nThe kite turns.")

    def test_pages_without_text_say_so(self) -> None:
        with self.assertRaisesRegex(Refused, "“paper.pdf” has no text in it"):
            text(files.pdf(pages=2))
