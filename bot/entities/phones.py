"""Telephone numbers, as E.164."""

from __future__ import annotations

import re

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

from bot.entities.entity import Entity

_COULD_BE_A_NUMBER = re.compile(r"(?:\+|0)(?:[\s().-]*\d){9,}")


def read_phones(text: str) -> list[Entity]:
    """The telephone numbers in this text that could be dialled from the United Kingdom, in order."""
    if not _COULD_BE_A_NUMBER.search(text):
        return []
    return [
        Entity("phone", format_number(match.number, PhoneNumberFormat.E164), match.raw_string, match.start, match.end)
        for match in PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE)
        if match.number.country_code != 44 or len(str(match.number.national_number)) in (9, 10)
    ]
