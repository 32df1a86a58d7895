"""Finds a phone number or an e-mail address in a message and says whether it can be one. No network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email

Way = Literal["phone", "email"]
#: Digits from which something is a try at a phone number; fewer are a time, an age or a crisis line such as 988.
PHONE_DIGITS = 5
#: From the beginning of a run of signs on, so that a text of any length is read once.
_MAIL = re.compile(r"(?<!\S)[^\s@]*@\S*")
#: A number is looked for in so many characters: finding one takes long in a text of digits.
SEARCHED_CHARS = 2_000
_PAID = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)


@dataclass(frozen=True)
class Contact:
    """A way to reach a person. ``value`` is the number in international format or the address, empty when it is not
    valid; ``rest`` is the message without it."""

    way: Way
    value: str
    rest: str


def contact_in(text: str, country: str | None) -> Contact | None:
    """The phone number or address in ``text``, valid or not; None when there is no try at one.

    A number without country code is read as one of ``country`` (ISO code).
    """
    if found := _MAIL.search(text):
        address = found.group().strip(".,;:!?()<>[]\"'").removeprefix("mailto:")
        return Contact("email", _address(address), text.replace(found.group(), " ").strip())
    region = country if country in phonenumbers.SUPPORTED_REGIONS else None
    for match in phonenumbers.PhoneNumberMatcher(text[:SEARCHED_CHARS], region, leniency=phonenumbers.Leniency.VALID):
        if phonenumbers.number_type(match.number) not in _PAID:
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            return Contact("phone", number, f"{text[: match.start]} {text[match.end :]}".strip())
    digits = sum(char.isdigit() for char in text)
    return Contact("phone", "", text) if digits >= PHONE_DIGITS else None


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return ""
