"""A plan for somebody else's number: one neutral text, and nothing more until that number says yes.

Contact must not become a weapon. So whoever gives a number learns nothing: not whether a text went, nor whether it was
answered; what they told stays out of the conversation until its holder agrees; and a number is asked once, ever.
"""

from __future__ import annotations

from datetime import date

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.holders import holder_of
from api.conversations.phone_numbers import NotAPhoneNumber, NumberSafe, parse_number
from api.conversations.service import open_text_conversation
from api.problems import Unprocessable
from api.release_plans import service
from api.release_plans.asking import INVITATION
from api.release_plans.models import CheckIn, ReleasePlan
from api.release_plans.transitions import PlanState, State
from reference.clock import Clock, today_in_scotland
from reference.throughcare import Schedule

_BRITISH_MOBILE = "+447"
"""Also where the table of ranges knows a number not, as one kept for films and tests."""
_TEXTED = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


async def invite(
    session: AsyncSession,
    *,
    number: str,
    release_date: date,
    prison: str | None,
    set_by: str,
    numbers: NumberSafe,
    clock: Clock,
) -> None:
    """Have this number asked whether it wants to be checked in with. Says nothing about what comes of it.

    `set_by`: the kind of whoever gave it, such as `family` or `prison`. Raises Unprocessable for what is no mobile
    number or no date; nobody can tell from that whether the number is known here.
    """
    if abs(release_date - today_in_scotland(clock)) > service.FURTHEST:
        raise Unprocessable("That release date is too far away to be right.")
    texted = _mobile(number)
    standing = await open_text_conversation(
        session, clock=clock, fingerprint=numbers.fingerprint(texted), sealed=numbers.seal(texted)
    )
    conversation = await conversations.conversation_for_change(session, standing.id)
    if conversation is None or conversation.opted_out_at is not None:
        return
    holder = await holder_of(session, conversation.id)
    if holder is not None and holder.doubted_at is not None:
        return
    if await service.plan_of(session, conversation.id) is not None:
        return
    now = clock.now()
    plan = ReleasePlan(
        conversation_id=conversation.id,
        release_date=release_date,
        prison=prison,
        state=PlanState.INVITED.value,
        set_by=set_by,
        hour=Schedule.load().hours["usual"],
        created_at=now,
        updated_at=now,
    )
    session.add(plan)
    await session.flush()
    session.add(
        CheckIn(
            conversation_id=conversation.id,
            kind=INVITATION,
            day=(today_in_scotland(clock) - release_date).days,
            due_at=now,
            act_at=now,
            state=State.PLANNED.value,
        )
    )
    await session.flush()


def _mobile(number: str) -> str:
    try:
        parsed = parse_number(number)
    except NotAPhoneNumber as error:
        raise Unprocessable("That is not a phone number.") from error
    read = phonenumbers.parse(parsed)
    if phonenumbers.number_type(read) not in _TEXTED and not parsed.startswith(_BRITISH_MOBILE):
        raise Unprocessable("That number can't be texted. Give a mobile number.")
    return parsed
