"""Signing in and out."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from chat.models import User
from tests.accounts.case import OTHER_PASSWORD, PASSWORD, AccountsCase


class SignInTest(AccountsCase):
    def test_it_lets_in_whoever_knows_the_password(self) -> None:
        client = self.visitor()

        response = self.sign_in(client, "alice")

        self.assertRedirects(response, "/", fetch_redirect_response=False)
        self.assertTrue(self.is_signed_in(client))

    def test_it_takes_the_name_however_it_is_typed(self) -> None:
        for typed in ("Alice", "ALICE", " alice ", "ａｌｉｃｅ"):
            with self.subTest(typed=typed):
                response = self.sign_in(self.visitor(), typed)

                self.assertEqual(response.status_code, 302)

    def test_it_says_the_same_whatever_was_wrong(self) -> None:
        User.objects.create_user("gone", password=PASSWORD, is_active=False)
        tries = {
            "wrong password": ("alice", OTHER_PASSWORD),
            "unknown name": ("nobody", PASSWORD),
            "deactivated": ("gone", PASSWORD),
            "nothing": ("", ""),
            "null byte": ("ali\x00ce", PASSWORD),
            "null byte in the password": ("alice", PASSWORD + "\x00"),
            "long name": ("a" * 10_000, PASSWORD),
            "long password": ("alice", "x" * 10_000),
        }
        for case, (username, password) in tries.items():
            with self.subTest(case):
                client = self.visitor()

                response = self.sign_in(client, username, password)

                self.assertEqual(response.status_code, 200)
                self.assertContains(response, "User name and password do not go together")
                self.assertNotContains(response, "errorlist")
                self.assertFalse(self.is_signed_in(client))

    def test_it_hashes_for_an_unknown_name_as_well(self) -> None:
        """By work and not by the clock, which lies on a busy machine."""
        for username in ("alice", "nobody"):
            with self.subTest(username), CountedHashes() as hashes:
                self.sign_in(self.visitor(), username, OTHER_PASSWORD)

                self.assertEqual(hashes.count, 1)

    def test_it_takes_passwords_with_spaces_and_emoji(self) -> None:
        self.bob.set_password("  🦆 ünter the brücke  ")
        self.bob.save_password()

        right = self.sign_in(self.visitor(), "bob", "  🦆 ünter the brücke  ")
        stripped = self.sign_in(self.visitor(), "bob", "🦆 ünter the brücke")

        self.assertEqual(right.status_code, 302)
        self.assertEqual(stripped.status_code, 200)

    def test_it_never_shows_the_password_again(self) -> None:
        response = self.sign_in(self.visitor(), "alice", "wrong-but-close")

        self.assertNotContains(response, "wrong-but-close")

    def test_it_sends_on_whoever_is_signed_in_already(self) -> None:
        response = self.visitor(self.alice).get("/sign-in/?next=/account/")

        self.assertRedirects(response, "/account/", fetch_redirect_response=False)

    def test_it_points_to_the_printed_link_while_nobody_has_an_account(self) -> None:
        hint = "The server printed a link"

        self.assertNotContains(self.visitor().get("/sign-in/"), hint)
        User.objects.all().delete()
        self.assertContains(self.visitor().get("/sign-in/"), hint)

    def test_it_hides_from_strangers(self) -> None:
        for page in ("/account/", "/account/password/"):
            with self.subTest(page):
                response = self.visitor().get(page)

                self.assertRedirects(response, f"/sign-in/?next={page}")


class SignOutTest(AccountsCase):
    def test_it_ends_the_session(self) -> None:
        client = self.visitor(self.alice)
        cookie = client.cookies["playground_session"].value

        response = client.post("/sign-out/")

        self.assertRedirects(response, "/sign-in/")
        thief = Client()
        thief.cookies["playground_session"] = cookie
        self.assertFalse(self.is_signed_in(thief))

    def test_it_is_not_done_by_looking(self) -> None:
        client = self.visitor(self.alice)

        response = client.get("/sign-out/")

        self.assertEqual(response.status_code, 405)
        self.assertTrue(self.is_signed_in(client))


class NextTest(AccountsCase):
    def test_it_goes_where_one_was_going(self) -> None:
        for page in ("/account/", "/people/?a=b&c=d#e", "/%2f%2fhere"):
            with self.subTest(page):
                fields = {"username": "alice", "password": PASSWORD, "next": page}

                response = self.visitor().post("/sign-in/", fields)

                self.assertRedirects(response, page, fetch_redirect_response=False)

    def test_it_stays_on_this_site(self) -> None:
        evil = (
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "http:///evil.example",
            "javascript:alert(1)",
            "%2f%2fevil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/\x00/evil.example",
            "//evil.example@127.0.0.1",
            "account/",
            "/" + "a" * 10_000,
        )
        for page in evil:
            with self.subTest(page[:40]):
                by_query = self.visitor(self.alice).get("/sign-in/", {"next": page})
                fields = {"username": "alice", "password": PASSWORD, "next": page}
                by_form = self.visitor().post("/sign-in/", fields)

                self.assertEqual(by_query.headers["Location"], "/")
                self.assertEqual(by_form.headers["Location"], "/")

    def test_it_does_not_carry_a_foreign_address_into_the_form(self) -> None:
        response = self.visitor().get("/sign-in/", {"next": "//evil.example"})

        self.assertNotContains(response, "evil.example")

    def test_it_does_not_go_round_in_circles(self) -> None:
        response = self.visitor(self.alice).get(
            "/sign-in/?next=/sign-in/%3Fnext%3D//evil", follow=False
        )

        self.assertEqual(response.headers["Location"], "/sign-in/?next=//evil")
        onward = self.visitor(self.alice).get(response.headers["Location"])
        self.assertEqual(onward.headers["Location"], "/")


class CountedHashes:
    """Counts how often a password is hashed, by the hasher itself."""

    def __enter__(self) -> CountedHashes:
        from django.contrib.auth.hashers import get_hasher

        self.count = 0
        self.hasher = type(get_hasher())
        self.original = self.hasher.encode

        def counted(hasher: object, password: str, salt: str) -> str:
            self.count += 1
            return self.original(hasher, password, salt)

        self.hasher.encode = counted
        return self

    def __exit__(self, *error: object) -> None:
        self.hasher.encode = self.original


class UrlsTest(AccountsCase):
    def test_every_form_needs_its_token(self) -> None:
        """Signed in with the right session and sent from elsewhere, without the hidden field."""
        pages = {
            "sign_in": (),
            "sign_out": (),
            "account": (),
            "password": (),
            "welcome": (self.invitation_token(),),
            "reset": ("any",),
            "invitations": (),
            "invitation_revocation": (1,),
            "deactivation": (self.bob.pk,),
            "reactivation": (self.bob.pk,),
            "promotion": (self.bob.pk,),
            "demotion": (self.bob.pk,),
            "reset_links": (self.bob.pk,),
        }
        session = self.visitor(self.ada).cookies["playground_session"].value
        before = list(User.objects.order_by("pk").values())
        for name, arguments in pages.items():
            with self.subTest(name):
                client = Client(enforce_csrf_checks=True)
                client.cookies["playground_session"] = session

                response = client.post(reverse(name, args=arguments), {"name": "Mallory"})

                self.assertContains(response, "Please try that again", status_code=403)
        self.assertEqual(list(User.objects.order_by("pk").values()), before)

    def test_what_changes_something_is_not_done_by_looking(self) -> None:
        posts = {
            "sign_out": (),
            "invitations": (),
            "invitation_revocation": (1,),
            "deactivation": (self.bob.pk,),
            "reactivation": (self.bob.pk,),
            "promotion": (self.bob.pk,),
            "demotion": (self.bob.pk,),
            "reset_links": (self.bob.pk,),
        }
        client = self.visitor(self.ada)
        for name, arguments in posts.items():
            with self.subTest(name):
                self.assertEqual(client.get(reverse(name, args=arguments)).status_code, 405)
                self.assertEqual(client.head(reverse(name, args=arguments)).status_code, 405)


class CharsetTest(AccountsCase):
    def test_a_form_in_another_charset_is_refused(self) -> None:
        """In UTF-7, +2AA- is a lone surrogate: it could neither be looked up nor shown again."""
        body = (
            b'--B\r\nContent-Disposition: form-data; name="username"\r\n\r\nab+2AA-c\r\n'
            b'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n+2AA-\r\n--B--\r\n'
        )
        kind = "multipart/form-data; boundary=B"
        for charset, status in {"utf-7": 400, "UTF-16": 400, "utf-8": 200, "": 200}.items():
            with self.subTest(charset):
                content_type = f"{kind}; charset={charset}" if charset else kind

                response = self.visitor().generic("POST", "/sign-in/", body, content_type)

                self.assertEqual(response.status_code, status)
