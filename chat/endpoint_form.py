"""What is typed about an endpoint, checked.

The one rule: a stored key goes nowhere but where it was entered for. Whoever changes the server has
to enter the key again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from chat.forms import LineField
from chat.llm import network
from chat.llm.errors import AddressForbidden
from chat.llm.providers import Provider
from chat.models import Endpoint, RefusedParameter, User

ADDRESS = "An address looks like https://api.example.org/v1."
BARE_ADDRESS = "Leave names, keys and passwords out of the address."
IN_THE_CLEAR = "Over http anybody on the way can read the key. Use https."
ENTER_AGAIN = "This is another server now: enter its key as well."
NO_SUCH_KEY = "Some characters in there are in no key. Please copy it again."


class EndpointForm(forms.Form):
    """`row` is the endpoint that is changed. An own one has no private address."""

    label = LineField("Name", max_length=80, help_text="What people read beside its models.")
    base_url = forms.CharField(
        label="Address",
        max_length=settings.LIMITS.endpoint_address_characters,
        help_text="Up to where its paths begin, mostly /v1.",
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    dialect = forms.ChoiceField(
        label="Dialect",
        choices=Endpoint.Dialect.choices,
        help_text="Whose format it speaks.",
    )
    key = forms.CharField(
        label="Key",
        required=False,
        max_length=settings.LIMITS.endpoint_key_characters,
        # `new-password` keeps a browser from offering the person's own password.
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
    )
    is_key_forgotten = forms.BooleanField(label="Forget the stored key", required=False)
    is_private_allowed = forms.BooleanField(
        label="It is on this machine or network: allow a private address", required=False
    )
    model_ids = forms.CharField(
        label="Models",
        required=False,
        help_text="Only for an endpoint that cannot list them itself: their ids, one a line.",
        widget=forms.Textarea(
            attrs={"class": "input", "rows": 2, "spellcheck": "false", "autocomplete": "off"}
        ),
    )

    def __init__(
        self,
        provider: Provider,
        data: Any = None,
        *,
        row: Endpoint | None = None,
        is_own: bool = False,
    ) -> None:
        super().__init__(data, initial=_initial(provider, row))
        self.provider = provider
        self.row = row
        if provider.name != "compatible":
            del self.fields["dialect"]
        if row is None or not row.sealed_key:
            del self.fields["is_key_forgotten"]
        else:
            self.fields["key"].help_text = f"{row.masked_key} is stored. Empty leaves it so."
        if is_own:
            del self.fields["is_private_allowed"]
            self.fields["key"].required = row is None
            if provider.base_url:
                del self.fields["base_url"]

    def clean_base_url(self) -> str:
        url: str = self.cleaned_data["base_url"]
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - raises where it is none
        except ValueError:
            raise ValidationError(ADDRESS) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in url:
            raise ValidationError(ADDRESS)
        names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        if "@" in parts.netloc or parts.fragment or names - {"api-version"}:
            raise ValidationError(BARE_ADDRESS)
        return url.rstrip("/")

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValidationError(NO_SUCH_KEY)
        return key

    def clean_model_ids(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["model_ids"].splitlines()]
        ids = list(dict.fromkeys(line for line in lines if line))
        if len(ids) > settings.LIMITS.endpoint_models:
            raise ValidationError(f"{settings.LIMITS.endpoint_models} ids at most.")
        if any(len(line) > 255 or not line.isprintable() for line in ids):
            raise ValidationError("A model's id is one line of at most 255 characters.")
        return ids

    def clean(self) -> None:
        super().clean()
        url = self._base_url()
        if url is None:
            return
        if not self.cleaned_data.get("is_private_allowed"):
            self._check_public(url)
        is_moved = self.row is not None and _origin(url) != _origin(self.row.base_url)
        if is_moved and self._keeps_key():
            self.add_error("key", ENTER_AGAIN)

    def save(self, user: User, *, is_own: bool = False) -> Endpoint:
        fields = {
            "label": self.cleaned_data["label"],
            "base_url": self._base_url(),
            "dialect": self.cleaned_data.get("dialect", self.provider.dialect),
            "is_private_allowed": self.cleaned_data.get("is_private_allowed", False),
            "model_ids": self.cleaned_data["model_ids"],
        }
        key = self.cleaned_data["key"]
        if self.row is None:
            owner = user if is_own else None
            return Endpoint.add(
                made_by=user, owner=owner, key=key, provider=self.provider.name, **fields
            )
        if _origin(self.row.base_url) != _origin(str(fields["base_url"])):
            RefusedParameter.forget_endpoint(self.row.name)
        self.row.change(key=None if self._keeps_key() else key, **fields)
        return self.row

    def _base_url(self) -> str | None:
        if "base_url" in self.fields:
            return self.cleaned_data.get("base_url")
        return self.row.base_url if self.row else self.provider.base_url

    def _keeps_key(self) -> bool:
        if self.row is None or not self.row.sealed_key:
            return False
        return not (self.cleaned_data.get("key") or self.cleaned_data.get("is_key_forgotten"))

    def _check_public(self, url: str) -> None:
        field = "base_url" if "base_url" in self.fields else None
        try:
            network.check_url(url)
        except AddressForbidden as error:
            self.add_error(field, error.message)
            return
        if url.startswith("http:"):
            self.add_error(field, IN_THE_CLEAR)


def _initial(provider: Provider, row: Endpoint | None) -> dict[str, Any]:
    if row is None:
        return {
            "label": provider.label,
            "base_url": provider.base_url,
            "dialect": provider.dialect,
            "is_private_allowed": provider.is_on_this_network,
        }
    return {
        "label": row.label,
        "base_url": row.base_url,
        "dialect": row.dialect,
        "is_private_allowed": row.is_private_allowed,
        "model_ids": "\n".join(row.model_ids),
    }


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
