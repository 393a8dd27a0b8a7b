"""Reads what Twilio says of a text that came in."""

from __future__ import annotations

import re
from collections.abc import Mapping

import phonenumbers
from phonenumbers import PhoneNumberType

from api.conversations.phone_numbers import NotAPhoneNumber, NumberSafe
from api.problems import Unprocessable
from api.reception.arrivals import Arrival, TextSender
from api.reception.text import LONGEST, readable

LANDLINE = "sms/landline"
ABROAD = "sms/abroad"

_SID = re.compile(r"(?:SM|MM)\w{1,62}", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_BRITISH = frozenset({44})
"""The country code of the United Kingdom is Jersey's, Guernsey's and the Isle of Man's too: 999 works in all."""

_OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})
_MOST_PICTURES = 10


def arrival_of(fields: Mapping[str, str], numbers: NumberSafe) -> Arrival:
    """The text as it arrives at the door. Addresses of pictures are left where they are: nobody fetches them.

    Raises Unprocessable for what is no text of Twilio's, NotAPhoneNumber for a sender that is a name or a short code.
    """
    sid = fields.get("MessageSid", "")
    if not _SID.fullmatch(sid):
        raise Unprocessable("MessageSid is needed.")
    number = fields.get("From", "").strip()
    if not _E164.fullmatch(number):
        raise NotAPhoneNumber("a name or a short code")
    opt_out_type = fields.get("OptOutType", "").upper()
    return Arrival(
        TextSender(numbers.fingerprint(number), numbers.seal(number)),
        sid,
        readable(fields.get("Body", ""))[:LONGEST],
        carrier_word=opt_out_type if opt_out_type in _OPT_OUT_TYPES else None,
        pictures=_count(fields.get("NumMedia", "")),
        told_once=told_to(number),
    )


def told_to(number: str) -> str | None:
    """What whoever texts from a number of this kind has to know, beside the answer; None for a mobile here.

    Raises NotAPhoneNumber for a number that can't be one.
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber("not a phone number") from error
    if not phonenumbers.is_possible_number(parsed):
        raise NotAPhoneNumber("not a phone number that could exist")
    if parsed.country_code not in _BRITISH:
        return ABROAD
    return LANDLINE if phonenumbers.number_type(parsed) == PhoneNumberType.FIXED_LINE else None


def _count(said: str) -> int:
    return min(int(said), _MOST_PICTURES) if said.isascii() and said.isdigit() else 0
