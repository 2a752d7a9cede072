"""What people type about themselves, checked.

The one rule: what leaves a form can be stored, shown and hashed, on every database.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator

from chat.models import User
from chat.models.user import Titles

# Controls, overrides of the writing direction (a name could mirror the text beside it) and lone
# surrogates, which no database takes and no hash.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNHASHABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
# Scripts whose letters pass for one another: "аlice" with a Cyrillic а is nobody's honest name.
_CONFUSABLE = {"LATIN", "CYRILLIC", "GREEK"}

RULES_FOR_PASSWORDS = (
    "At least 10 characters. Not one of the passwords everybody uses, and not close to your name. "
    "Spaces, accents and emoji are welcome."
)
RULES_FOR_USER_NAMES = (
    "What you sign in with: letters, digits and . _ - + @. Capitals make no difference."
)


def refuse_mixed_scripts(text: str) -> None:
    scripts = {
        unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()
    }
    if len(scripts & _CONFUSABLE) > 1:
        raise ValidationError("Please use letters of one alphabet.", code="mixed_scripts")


class LineField(forms.CharField):
    """One line of text for people to read."""

    def __init__(self, label: str, *, autocomplete: str = "off", **kwargs: Any) -> None:
        super().__init__(label=label, **kwargs)
        self.widget.attrs |= {"class": "input", "autocomplete": autocomplete}
        self.validators.append(
            RegexValidator(
                _UNPRINTABLE,
                "Some characters in there cannot be shown. Please type it again.",
                inverse_match=True,
            )
        )

    def to_python(self, value: Any) -> str:
        text = _SPACES.sub(" ", super().to_python(value) or "")
        is_blank = all(unicodedata.category(character)[0] in "CZ" for character in text[:1000])
        # Invisible characters only: as good as nothing. Controls are left for the validators.
        return "" if is_blank and not _UNPRINTABLE.search(text) else text


class UserNameField(LineField):
    """As it is stored, whatever way it was typed."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__("User name", max_length=max_length, autocomplete="username", **kwargs)
        self.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        # What is too long is refused as it is: normalising many combining marks takes a while.
        is_long = self.max_length is not None and len(text) > self.max_length
        return text if is_long else User.normalize_username(text)


class PasswordField(forms.CharField):
    def __init__(self, label: str = "Password", *, is_new: bool = False) -> None:
        super().__init__(
            label=label,
            # Not max_length: the browser would cut a long one short without a word.
            validators=[
                MaxLengthValidator(
                    settings.LIMITS.password_characters,
                    "That is more than %(limit_value)d characters.",
                ),
                RegexValidator(
                    _UNHASHABLE, "Some characters in there cannot be used.", inverse_match=True
                ),
            ],
            strip=False,
            help_text=RULES_FOR_PASSWORDS if is_new else "",
            widget=forms.PasswordInput(
                attrs={
                    "class": "input",
                    "autocomplete": "new-password" if is_new else "current-password",
                }
            ),
        )


class SignInForm(forms.Form):
    """Refuses only what cannot be looked up or hashed: the rules for new names are not its own."""

    username = UserNameField(max_length=150)
    password = PasswordField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = "password" if self.initial.get("username") else "username"
        self.fields[first].widget.attrs["autofocus"] = True


class WelcomeForm(forms.Form):
    name = LineField(
        "Name",
        max_length=settings.LIMITS.name_characters,
        required=False,
        help_text="How others see you. You can leave it out.",
        autocomplete="name",
    )
    username = UserNameField(
        max_length=settings.LIMITS.user_name_characters,
        help_text=RULES_FOR_USER_NAMES,
        validators=[UnicodeUsernameValidator(message=RULES_FOR_USER_NAMES), refuse_mixed_scripts],
    )
    password = PasswordField(is_new=True)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise _name_taken()
        return username

    def clean(self) -> None:
        super().clean()
        if password := self.cleaned_data.get("password"):
            _check_password(self, password, user=self._user())

    def refuse_name(self) -> None:
        """Somebody else was quicker than the check."""
        self.add_error("username", _name_taken())

    def make_user(self) -> User:
        """Not saved yet, and hashed by now: that is too slow to do while a table is locked."""
        user = self._user()
        user.set_password(self.cleaned_data["password"])
        return user

    def _user(self) -> User:
        return User(
            username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", "")
        )


class NewPasswordForm(forms.Form):
    password = PasswordField("New password", is_new=True)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> None:
        super().clean()
        if password := self.cleaned_data.get("password"):
            _check_password(self, password, user=self.user)


class PasswordChangeForm(NewPasswordForm):
    current = PasswordField("Current password")
    field_order = ("current", "password")

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError("That is not your current password.", code="wrong")
        return current


class AccountForm(forms.Form):
    name = LineField(
        "Name",
        max_length=settings.LIMITS.name_characters,
        required=False,
        help_text="How others see you. Without one they see your user name.",
        autocomplete="name",
    )
    titles = forms.ChoiceField(
        label="Titles written by the model in use",
        choices=Titles.choices,
        required=False,
        help_text="After its first answer it is asked for a few words that name the conversation. "
        "That is a request of its own, and shows in your usage. A title that you write stays. "
        "The small model that comes with the installation is not asked: it cannot.",
    )


class InvitationForm(forms.Form):
    note = LineField(
        "For whom",
        max_length=settings.LIMITS.name_characters,
        required=False,
        help_text="A note for this list. The person who is invited does not see it.",
    )
    makes_administrator = forms.BooleanField(label="As an administrator", required=False)


def _name_taken() -> ValidationError:
    return ValidationError("That user name is taken.", code="taken")


def _check_password(form: forms.Form, password: str, *, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        form.add_error("password", error)
