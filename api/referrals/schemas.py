"""What of a referral crosses the wire. There is no field for the person who was hurt: nothing is asked of them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

import phonenumbers
from phonenumbers import PhoneNumberType
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.conversations.phone_numbers import NotAPhoneNumber, parse_number

_RUNG: frozenset[int] = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        # Numbers that are set aside for examples and tests.
        PhoneNumberType.UNKNOWN,
    }
)
"""Kinds of number that a family has. One that costs extra to ring, or belongs to a helpline, is none of them."""

_UNITED_KINGDOM = 44


class About(str, Enum):
    """What the family lives with."""

    WORRIED = "worried"
    BEREAVED = "bereaved"
    COMING_HOME = "coming_home"


class PartOfDay(str, Enum):
    """When it is safe to ring."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class IfOthersAnswer(str, Enum):
    """What may be said to whoever else picks up, or to a machine."""

    NOTHING = "nothing"
    FIRST_NAME = "first_name"
    HELPLINE = "helpline"


def family_number(said: str) -> str:
    """A United Kingdom number of a household or a mobile, in E.164 form. Raises ValueError for any other."""
    try:
        number = parse_number(said)
    except NotAPhoneNumber:
        raise ValueError("is not a phone number") from None
    read = phonenumbers.parse(number)
    if read.country_code != _UNITED_KINGDOM or phonenumbers.number_type(read) not in _RUNG:
        raise ValueError("is not a mobile or landline number of the United Kingdom")
    return number


def is_mobile(number: str) -> bool:
    """Whether a number in E.164 form can get texts."""
    return number.startswith("+447")


FirstName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
FamilyNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(family_number)]
Area = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Worry = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class ReferralIn(BaseModel):
    """A family member who agreed to be rung. Anything else that is sent is refused."""

    model_config = ConfigDict(extra="forbid")

    first_name: FirstName
    phone: FamilyNumber
    text_first: bool = Field(False, description="one neutral text may go to this mobile before the call")
    when: PartOfDay = PartOfDay.ANY
    if_others_answer: IfOthersAnswer = IfOthersAnswer.NOTHING
    area: Area = Field("", description="town or council area")
    about: About = About.WORRIED
    worry: Worry = Field("", description="the family's own worry in a few words; no names, nothing of the person hurt")
    consent: Literal[True] = Field(description="they are 16 or over, they heard what this is, and they said yes")
    tell_me: bool = Field(False, description="a code to look up whether the family was reached")


class ReferralOut(BaseModel):
    """What the referrer gets, and all they ever get but for the code's one answer."""

    id: UUID
    call_from: datetime | None = Field(description="null: the next free officer rings them")
    call_by: datetime
    code: str | None = Field(description="to look up whether the family was reached, where that was wanted")
    now: str | None = Field(description="what to do at once, where the worry reads like danger")


class Reached(BaseModel):
    """Whether the family was reached. Nothing else is ever told; a code that nobody was given is told the same."""

    reached: bool
