"""Images are drawn anew in a child process; what cannot be is refused."""

from __future__ import annotations

from django.test import SimpleTestCase
from PIL import Image

from chat.uploads import Refused, accept
from tests.uploads import files


class ImageTests(SimpleTestCase):
    def refused(self, data: bytes, name: str = "photo.png") -> str:
        with self.assertRaises(Refused) as caught:
            accept(data, name)
        return caught.exception.message

    def test_every_kind_keeps_its_kind_and_gets_a_thumbnail(self) -> None:
        for form, name in (
            ("PNG", "a.png"),
            ("JPEG", "a.jpg"),
            ("WEBP", "a.webp"),
            ("GIF", "a.gif"),
        ):
            accepted = accept(files.picture(form, (1200, 800)), name)

            self.assertEqual(accepted.media_type, f"image/{form.lower()}")
            self.assertEqual(files.decoded(accepted.data).format, form)
            self.assertEqual((accepted.width, accepted.height), (1200, 800))
            assert accepted.thumbnail is not None
            self.assertEqual(files.decoded(accepted.thumbnail).size, (768, 512))

    def test_exif_goes_and_what_it_says_about_turning_is_done(self) -> None:
        accepted = accept(files.photo((60, 40), comment=files.SCRIPT), "photo.jpg")

        picture = files.decoded(accepted.data)
        self.assertEqual(dict(picture.getexif()), {})
        self.assertEqual(picture.size, (40, 60))
        for secret in (b"Camera of Alice", b"Exif", b"<script>"):
            self.assertNotIn(secret, accepted.data)

    def test_text_and_profiles_inside_go(self) -> None:
        from PIL import PngImagePlugin

        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", files.SCRIPT.decode())
        for form in ("PNG", "WEBP", "JPEG"):
            data = files.picture(form, pnginfo=info, icc_profile=files.SCRIPT, xmp=files.SCRIPT)
            self.assertIn(b"<script>", data)

            accepted = accept(data, "a")

            self.assertNotIn(b"<script>", accepted.data)

    def test_what_hangs_on_after_the_image_goes(self) -> None:
        for form in ("PNG", "JPEG", "GIF", "WEBP"):
            accepted = accept(files.picture(form) + files.SCRIPT, "a")

            self.assertNotIn(b"<script>", accepted.data)

    def test_a_script_that_begins_like_an_image_is_refused(self) -> None:
        message = self.refused(b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)//", "a.gif")

        self.assertIn("damaged", message)

    def test_transparency_and_movement_stay(self) -> None:
        still = accept(files.picture("PNG", colour=(1, 2, 3, 0), mode="RGBA"), "a.png")
        for form, name in (("GIF", "a.gif"), ("WEBP", "a.webp"), ("PNG", "a.png")):
            moving = files.decoded(accept(files.moving(form, 5), name).data)
            self.assertEqual(getattr(moving, "n_frames", 1), 5, form)

        self.assertEqual(files.decoded(still.data).convert("RGBA").getpixel((0, 0))[3], 0)

    def test_odd_colours_are_read(self) -> None:
        for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
            self.assertEqual(accept(files.picture("PNG", mode=mode, colour=1), "a.png").width, 60)
        cmyk = accept(files.picture("JPEG", mode="CMYK", colour=0), "a.jpg")
        self.assertEqual(files.decoded(cmyk.data).mode, "RGB")

    def test_a_bomb_is_refused_before_it_is_unpacked(self) -> None:
        packed = files.encoded(Image.new("1", (13_000, 13_000)), "PNG")
        for data in (packed, files.claiming(2**31 - 1, 2**31 - 1), files.claiming(6400, 6400)):
            self.assertEqual(
                self.refused(data),
                "“photo.png” has too many pixels: an image may have 40 million.",
            )
        self.assertLess(len(packed), 100_000)

    def test_a_hundred_frames_are_enough(self) -> None:
        self.assertEqual(
            self.refused(files.moving("GIF", 101), "a.gif"),
            "“a.gif” has too many frames: a moving image may have 100.",
        )

    def test_a_damaged_image_is_refused(self) -> None:
        whole = files.encoded(Image.effect_noise((200, 200), 90), "PNG")

        self.assertIn("damaged", self.refused(whole[: len(whole) // 2]))
        self.assertIn("damaged", self.refused(files.claiming(100, 100)))

    def test_more_than_20_mebibytes_are_not_looked_into(self) -> None:
        message = self.refused(files.picture("PNG") + bytes(20 * 2**20))

        self.assertEqual(message, "“photo.png” is too large (20.0 MiB): an image may have 20 MiB.")
