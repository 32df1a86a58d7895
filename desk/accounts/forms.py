"""Forms of the account pages. They tell a stranger nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, user_login_failed
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.accounts.models import Member
from desk.accounts.roles import ADMINISTRATOR, STAFF

#: The same words whatever was wrong.
NOT_IT = "That did not work. Check user name, password and code. After five tries, wait 15 minutes."
NAME_HELP = 'For example: Sam. The chat then says: "Sam of the clinic is reading this."'
_NAME = RegexValidator(r"^[a-zA-Z0-9._-]{2,40}\Z", "Letters, digits, dot, hyphen and underscore only.")


def confirmed_device(member: Member) -> TOTPDevice | None:
    """The member's second factor, None when it is not set up yet."""
    return TOTPDevice.objects.filter(user=member, confirmed=True).first()


class SignIn(forms.Form):
    """Name, password and code in one step, so that nobody learns which of them was wrong."""

    username = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput({"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="Password", max_length=200, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label="Six-digit code",
        required=False,
        max_length=6,
        help_text="Leave it empty when you sign in for the first time.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self.member: Member | None = None
        self.device: TOTPDevice | None = None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        name, password = given.get("username"), given.get("password")
        if not name or not password:
            raise forms.ValidationError(NOT_IT)
        member = authenticate(self._request, username=name, password=password)
        if member is None:
            raise forms.ValidationError(NOT_IT)
        device = confirmed_device(member)
        if device is not None and not device.verify_token(given.get("code", "").strip()):
            user_login_failed.send(
                sender=__name__, credentials={"username": name}, request=self._request
            )  # a wrong code counts like a wrong password
            raise forms.ValidationError(NOT_IT)
        self.member, self.device = member, device
        return given


class Code(forms.Form):
    """The first code from the phone."""

    code = forms.CharField(
        label="Six-digit code",
        max_length=6,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class NewPassword(forms.Form):
    """A password of one's own, twice."""

    password = forms.CharField(
        label="New password",
        max_length=200,
        help_text="At least 12 characters. A few words in a row are good.",
        widget=forms.PasswordInput({"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label="The same once more", max_length=200, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._member = member

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") != given.get("again"):
            raise forms.ValidationError("The two do not match.")
        if given.get("password"):
            validate_password(given["password"], self._member)
            if self._member.has_usable_password() and self._member.check_password(given["password"]):
                raise forms.ValidationError("Choose another password than before.")
        return given


class FirstSteps(NewPassword):
    """The first administrator's own password and name; the one-time account has none that people could read."""

    shown_name = forms.CharField(
        label="Your name as people in the chat read it",
        max_length=60,
        help_text=NAME_HELP,
    )


class Invite(forms.Form):
    """Whom to invite, and for what."""

    username = forms.CharField(label="User name", validators=[_NAME])
    shown_name = forms.CharField(
        label="Name that people in the chat read",
        max_length=60,
        help_text=NAME_HELP,
    )
    roles = forms.MultipleChoiceField(
        label="May",
        choices=[(STAFF, "see and answer cases (staff)"), (ADMINISTRATOR, "manage accounts (administrator)")],
        widget=forms.CheckboxSelectMultiple,
        initial=[STAFF],
    )

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"]).lower()
        if Member.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("That user name is taken.")
        return name
