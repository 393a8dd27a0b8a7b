"""Phone numbers: parsed at the edge, encrypted at rest, found again by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac

import phonenumbers
from cryptography.fernet import Fernet


class NotAPhoneNumber(ValueError):
    """The text is no number that could be texted or rung."""


class NumberSafe:
    """Seals and opens phone numbers with this installation's keys."""

    def __init__(self, *, encryption_key: bytes, lookup_key: bytes) -> None:
        self._fernet = Fernet(encryption_key)
        self._lookup_key = lookup_key

    def seal(self, number: str) -> str:
        """The number as it may stand in a table."""
        return self._fernet.encrypt(number.encode()).decode()

    def open(self, sealed: str) -> str:
        """The number itself, for the moment of sending."""
        return self._fernet.decrypt(sealed.encode()).decode()

    def fingerprint(self, number: str) -> str:
        """The same for the same number, useless without the key."""
        return hmac.new(self._lookup_key, number.encode(), hashlib.sha256).hexdigest()


def parse_number(text: str) -> str:
    """A number in E.164 form, read as British where no country is given. Raises NotAPhoneNumber."""
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber("not a phone number") from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhoneNumber("not a phone number that could exist")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
