"""The brief: what is known of a person, put together from facts and their own words. No prose is generated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.models import Author, Conversation, Fact, Message
from api.handoffs import repository
from api.handoffs.models import Handoff
from api.handoffs.schemas import (
    AmbulanceOut,
    Brief,
    CallTried,
    Consent,
    Earlier,
    KnownFact,
    Release,
    RiskWords,
    SaidAlready,
)
from reference.clock import SCOTLAND

WORTH_ASKING: Final = (
    "audience",
    "relation",
    "first_name",
    "place",
    "prison",
    "release_date",
    "needs",
    "substances",
    "naloxone_at_home",
    "consent_to_share",
)
"""What an officer would want to know; what of it nobody said stands under `not_asked`."""

_NEVER_ASKED_IN_AN_EMERGENCY: Final = "consent_to_share"

_OPENING = 120


async def build_brief(session: AsyncSession, handoff: Handoff, now: datetime) -> Brief:
    """The brief as it stands now; for a wiped conversation only how grave it is."""
    conversation = None
    if handoff.conversation_id is not None:
        conversation = await conversations.conversation_by_id(session, handoff.conversation_id)
    if conversation is None:
        return Brief(
            level=handoff.level,
            emergency=handoff.emergency,
            callback_at=handoff.callback_at,
            ambulances=await _ambulances(session, handoff),
            calls=await _calls(session, handoff),
        )
    facts = await conversations.facts_of(session, conversation.id)
    known = {fact.name: fact.value for fact in facts}
    return Brief(
        first_name=known.get("first_name"),
        audience=known.get("audience"),
        relation=known.get("relation"),
        place=known.get("place"),
        prison=known.get("prison"),
        release=_release(known.get("release_date"), now),
        needs=_list(known.get("needs")),
        substances=_list(known.get("substances")),
        naloxone_at_home=known.get("naloxone_at_home"),
        level=handoff.level,
        emergency=handoff.emergency,
        risks=[_risk(message) for message in await _messages_with_risk(session, conversation)],
        location=known.get("location"),
        said=[_said(message) for message in await _messages_of_the_service(session, conversation)],
        consent=_consent(facts),
        channel=conversation.channel,
        opted_out=conversation.opted_out_at is not None,
        callback_at=handoff.callback_at,
        facts=[KnownFact.model_validate(fact, from_attributes=True) for fact in facts],
        not_asked=_not_asked(known, emergency=handoff.emergency),
        ambulances=await _ambulances(session, handoff),
        calls=await _calls(session, handoff),
        earlier=await _earlier(session, handoff),
    )


def _not_asked(known: dict[str, Any], *, emergency: bool) -> list[str]:
    wanted = (("location",) if emergency else ()) + WORTH_ASKING
    of_no_use = {_NEVER_ASKED_IN_AN_EMERGENCY} if emergency else set()
    if known.get("audience") == "self":
        of_no_use.add("relation")
    return [name for name in wanted if name not in known and name not in of_no_use]


def _release(said: Any, now: datetime) -> Release | None:
    try:
        day = date.fromisoformat(str(said))
    except ValueError:
        return None
    return Release(date=day, days_since=(now.astimezone(SCOTLAND).date() - day).days)


async def _ambulances(session: AsyncSession, handoff: Handoff) -> list[AmbulanceOut]:
    return [AmbulanceOut.model_validate(call) for call in await repository.ambulance_calls_of(session, handoff.id)]


async def _calls(session: AsyncSession, handoff: Handoff) -> list[CallTried]:
    tries = (await repository.calls_tried(session, [handoff.id])).get(handoff.id, [])
    return [CallTried(officer=officer, result=one.result, tried_at=one.tried_at) for one, officer in tries]


async def _earlier(session: AsyncSession, handoff: Handoff) -> list[Earlier]:
    return [
        Earlier(
            handoff_id=before.id,
            officer=staff.first_name if staff else None,
            ended_at=before.closed_at,
            state=before.state,
            outcome=before.outcome,
            note=before.outcome_note,
            agreed=before.agreed,
            follow_up_on=before.follow_up_on,
        )
        for before, staff in await repository.earlier_handoffs(session, handoff)
        if before.closed_at is not None
    ]


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _consent(facts: Sequence[Fact]) -> Consent | None:
    given = next((fact for fact in facts if fact.name == "consent_to_share"), None)
    if given is None:
        return None
    return Consent(to_share=given.value in (True, "true", "yes"), at=given.noted_at)


def _risk(message: Message) -> RiskWords:
    reading = message.safety or {}
    return RiskWords(
        message_id=message.id,
        seq=message.seq,
        level=reading.get("level", "none"),
        check=bool(reading.get("check")),
        kinds=list(reading.get("kinds", ())),
        text=message.text,
        spans=[(int(start), int(end)) for start, end in reading.get("spans", ())],
        sent_at=message.sent_at,
    )


def _said(message: Message) -> SaidAlready:
    return SaidAlready(
        message_id=message.id,
        seq=message.seq,
        content_id=message.content_id or "",
        opening=message.text.strip().splitlines()[0][:_OPENING],
        sent_at=message.sent_at,
    )


async def _messages_with_risk(session: AsyncSession, conversation: Conversation) -> list[Message]:
    said = await session.execute(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.author == Author.PERSON.value)
        .order_by(Message.seq)
    )
    return [one for one in said.scalars() if one.safety and _is_risk(one.safety)]


def _is_risk(reading: dict[str, Any]) -> bool:
    return reading.get("level", "none") != "none" or bool(reading.get("check"))


async def _messages_of_the_service(session: AsyncSession, conversation: Conversation) -> Sequence[Message]:
    said = await session.execute(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.content_id.is_not(None))
        .order_by(Message.seq)
    )
    return said.scalars().all()
