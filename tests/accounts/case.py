"""Ada lets people in; Alice and Bob have accounts; whoever is not signed in is a stranger."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client, TestCase

from chat.models import Attempt, Link, User

PASSWORD = "heron in tall reeds"
OTHER_PASSWORD = "a kingfisher, quickly"


class AccountsCase(TestCase):
    ada: User
    alice: User
    bob: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ada = User.objects.create_user("ada", password=PASSWORD, name="Ada Lind", is_staff=True)
        cls.alice = User.objects.create_user("alice", password=PASSWORD, name="Alice Aster")
        cls.bob = User.objects.create_user("bob", password=PASSWORD)

    def visitor(self, user: User | None = None) -> Client:
        """A browser of its own, signed in by the form if somebody is named."""
        client = Client()
        if user:
            response = self.sign_in(client, user.username)
            self.assertEqual(response.status_code, 302)
            Attempt.objects.all().delete()
        return client

    def sign_in(
        self, client: Client, username: str, password: str = PASSWORD, **extra: str
    ) -> HttpResponse:
        fields = {"username": username, "password": password}
        return client.post("/sign-in/", fields, **extra)

    def is_signed_in(self, client: Client) -> bool:
        return client.get("/account/").status_code == 200

    def setup_token(self) -> str:
        return Link.make(Link.Purpose.SETUP, seconds=60, makes_administrator=True)[1]

    def invitation_token(self, *, makes_administrator: bool = False) -> str:
        return Link.invite(self.ada, note="", makes_administrator=makes_administrator)[1]
