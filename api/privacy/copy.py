"""Everything that is kept of a conversation, put together for the person it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.holders import holder_of
from api.conversations.models import Conversation, Message
from api.conversations.phone_numbers import NumberSafe
from api.conversations.schemas import MessageOut
from api.corrections.models import Correction
from api.handoffs.models import AmbulanceCall, CallbackAttempt, Handoff
from api.handoffs.repository import notes_for_person
from api.privacy.schemas import (
    AmbulanceCopy,
    CallCopy,
    CheckInCopy,
    CopyOut,
    FactOut,
    HandoffCopy,
    NoteForPerson,
    NotUnderstood,
    PlanCopy,
    ReadingOut,
    ReferralCopy,
    TryCopy,
)
from api.referrals.models import Referral
from api.release_plans.models import CheckIn, CheckInTry, ReleasePlan

_NO_DANGER = "none"
_A_PAGE = 1000


async def copy_of(session: AsyncSession, conversation: Conversation, numbers: NumberSafe) -> CopyOut:
    """The whole copy; `numbers` opens the person's own number for them."""
    messages = await _messages(session, conversation.id)
    holder = await holder_of(session, conversation.id)
    return CopyOut.model_validate(
        {
            "id": conversation.id,
            "channel": conversation.channel,
            "began_at": conversation.created_at,
            "number": _opened(numbers, conversation.number_sealed),
            "texts_stopped_at": conversation.opted_out_at,
            "has_word": holder is not None and holder.word_hash is not None,
            "page": conversation.page,
            "messages": [MessageOut.of(message) for message in messages],
            "readings": [reading for message in messages if (reading := _reading(message)) is not None],
            "facts": [
                FactOut(name=fact.name, value=fact.value, words=fact.words, noted_at=fact.noted_at)
                for fact in await conversations.facts_of(session, conversation.id)
            ],
            "release_plan": await _plan(session, conversation.id),
            "handoffs": await _handoffs(session, conversation.id, numbers),
            "referrals": await _referrals(session, conversation),
            "not_understood": [
                NotUnderstood(offered_on=one.offered_on, offered=one.offered, chosen=one.chosen)
                for one in await _all(session, select(Correction).where(Correction.conversation_id == conversation.id))
            ],
            "notes": [
                NoteForPerson(text=note.text, written_at=note.written_at)
                for note in await notes_for_person(session, conversation.id)
            ],
        }
    )


async def copies_of_number(session: AsyncSession, fingerprint: str, numbers: NumberSafe) -> list[CopyOut]:
    """Of every conversation under a number: the texts, and what a referral noted, for staff to hand over."""
    texting = await conversations.conversation_by_number(session, fingerprint)
    referred = select(Referral.conversation_id).where(
        Referral.number_fingerprint == fingerprint, Referral.conversation_id.is_not(None)
    )
    ids = {one for one in (await session.execute(referred)).scalars().all() if one is not None}
    found = [await conversations.conversation_by_id(session, one) for one in sorted(ids, key=str)]
    return [await copy_of(session, one, numbers) for one in (texting, *found) if one is not None]


async def _messages(session: AsyncSession, conversation_id: UUID) -> list[Message]:
    found: list[Message] = []
    while True:
        after = found[-1].seq if found else 0
        some = await conversations.messages_after(session, conversation_id, after=after, limit=_A_PAGE)
        found.extend(some)
        if len(some) < _A_PAGE:
            return found


def _reading(message: Message) -> ReadingOut | None:
    safety = message.safety or {}
    level = str(safety.get("level", _NO_DANGER))
    if level == _NO_DANGER and not safety.get("check"):
        return None
    return ReadingOut(seq=message.seq, level=level, kinds=[str(kind) for kind in safety.get("kinds", ())])


async def _plan(session: AsyncSession, conversation_id: UUID) -> PlanCopy | None:
    plan = await session.get(ReleasePlan, conversation_id)
    if plan is None:
        return None
    wanted = select(CheckIn).where(CheckIn.conversation_id == conversation_id).order_by(CheckIn.due_at)
    check_ins = []
    for one in await _all(session, wanted):
        told = CheckInCopy.model_validate(one, from_attributes=True)
        tries = await _all(session, select(CheckInTry).where(CheckInTry.check_in_id == one.id))
        told.tries = [TryCopy(what=tried.what, tried_at=tried.tried_at) for tried in tries]
        check_ins.append(told)
    return PlanCopy(
        release_date=plan.release_date,
        prison=plan.prison,
        state=plan.state,
        set_by=plan.set_by,
        agreed_at=plan.agreed_at,
        hour=plan.hour,
        check_ins=check_ins,
    )


async def _handoffs(session: AsyncSession, conversation_id: UUID, numbers: NumberSafe) -> list[HandoffCopy]:
    wanted = select(Handoff).where(Handoff.conversation_id == conversation_id).order_by(Handoff.opened_at)
    handoffs = await _all(session, wanted)
    ids = [handoff.id for handoff in handoffs]
    calls = await _all(session, select(CallbackAttempt).where(CallbackAttempt.handoff_id.in_(ids)))
    ambulances = await _all(session, select(AmbulanceCall).where(AmbulanceCall.handoff_id.in_(ids)))
    return [
        HandoffCopy(
            asked_at=handoff.opened_at,
            reason=handoff.reason,
            level=handoff.level,
            emergency=handoff.emergency,
            state=handoff.state,
            answered_at=handoff.answered_at,
            closed_at=handoff.closed_at,
            outcome=handoff.outcome,
            agreed=handoff.agreed,
            needs_met=handoff.needs_met,
            needs_referred=handoff.needs_referred,
            naloxone=handoff.naloxone,
            follow_up_on=handoff.follow_up_on,
            callback_at=handoff.callback_at,
            callback_number=_opened(numbers, handoff.callback_number_sealed),
            calls=[
                CallCopy.model_validate(call, from_attributes=True) for call in calls if call.handoff_id == handoff.id
            ],
            ambulances=[
                AmbulanceCopy.model_validate(one, from_attributes=True)
                for one in ambulances
                if one.handoff_id == handoff.id
            ],
        )
        for handoff in handoffs
    ]


async def _referrals(session: AsyncSession, conversation: Conversation) -> list[ReferralCopy]:
    mine = Referral.conversation_id == conversation.id
    if conversation.number_fingerprint is not None:
        mine = or_(mine, Referral.number_fingerprint == conversation.number_fingerprint)
    found = await _all(session, select(Referral).where(mine).order_by(Referral.created_at))
    return [
        ReferralCopy(
            service=one.service_code, about=one.about, created_at=one.created_at, reached_at=one.reached_at
        )
        for one in found
    ]  # fmt: skip


async def _all(session: AsyncSession, wanted: Any) -> Sequence[Any]:
    return (await session.execute(wanted)).scalars().all()


def _opened(numbers: NumberSafe, sealed: str | None) -> str | None:
    return numbers.open(sealed) if sealed else None
