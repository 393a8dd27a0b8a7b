"""What must hold of the queue after every step, whatever the step was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation, Message, Owner
from api.handoffs.models import Handoff
from api.handoffs.transitions import HELD, OPEN, State


@dataclass(frozen=True)
class Place:
    """How one person stands, as far as it decides what can happen next."""

    owner: str
    officer: UUID | None
    has_spoken: bool
    state: str | None
    emergency: bool
    claimed_by: UUID | None
    second: UUID | None
    offered_to: UUID | None


async def places_of(session: AsyncSession, chats: Sequence[UUID]) -> tuple[Place, ...]:
    """Where these people stand now; raises AssertionError where a promise is broken."""
    found = await session.execute(
        select(Conversation, Handoff)
        .outerjoin(Handoff, and_(Handoff.conversation_id == Conversation.id, Handoff.closed_at.is_(None)))
        .where(Conversation.id.in_(chats))
        .execution_options(populate_existing=True)
    )
    standing = {conversation.id: (conversation, handoff) for conversation, handoff in found}
    assert set(standing) == set(chats), "nobody's conversation disappears"
    said: dict[UUID, list[tuple[int, str, int]]] = {chat: [] for chat in chats}
    for chat, *about in await session.execute(
        select(Message.conversation_id, Message.seq, Message.author, Message.owner_epoch)
        .where(Message.conversation_id.in_(chats))
        .order_by(Message.seq)
    ):
        said[chat].append(tuple(about))
    for conversation, handoff in standing.values():
        _one_speaks(conversation, handoff)
        if handoff is not None:
            _nobody_hangs(handoff)
        _nothing_is_lost_or_out_of_turn(conversation, said[conversation.id])
    return tuple(_place(*standing[chat]) for chat in chats)


def _place(conversation: Conversation, handoff: Handoff | None) -> Place:
    return Place(
        owner=conversation.owner,
        officer=conversation.officer_id,
        has_spoken=conversation.officer_has_spoken,
        state=handoff.state if handoff else None,
        emergency=bool(handoff and handoff.emergency),
        claimed_by=handoff.claimed_by if handoff else None,
        second=handoff.second_officer if handoff else None,
        offered_to=handoff.offered_to if handoff else None,
    )


def _one_speaks(conversation: Conversation, handoff: Handoff | None) -> None:
    held = handoff is not None and handoff.state in HELD
    assert (conversation.owner == Owner.OFFICER.value) == held, (conversation.owner, handoff and handoff.state)
    if held:
        assert handoff is not None
        assert conversation.officer_id == handoff.claimed_by
    else:
        assert conversation.officer_id is None


def _nobody_hangs(handoff: Handoff) -> None:
    assert handoff.state in OPEN
    if handoff.state in HELD:
        assert handoff.claimed_by is not None
        assert handoff.lease_until is not None
        assert handoff.second_officer != handoff.claimed_by
        assert (handoff.second_officer is None) == (handoff.second_lease_until is None)
    else:
        assert handoff.lease_until is handoff.second_officer is handoff.offered_to is handoff.offered_skill is None
    if handoff.state in (State.WAITING.value, State.CALLBACK_SCHEDULED.value):
        assert handoff.claimed_by is None
    assert handoff.ranked_at <= handoff.opened_at, "no lease, no transfer and no message ever lowers a rank"


def _nothing_is_lost_or_out_of_turn(conversation: Conversation, said: list[tuple[int, str, int]]) -> None:
    assert [seq for seq, _, _ in said] == list(range(1, conversation.last_seq + 1)), "numbered without a gap"
    officer_spoke_in: set[int] = set()
    for _, author, epoch in said:
        if author == Author.OFFICER.value:
            officer_spoke_in.add(epoch)
        if author == Author.ASSISTANT.value:
            assert epoch not in officer_spoke_in, "the assistant is silent after an officer's first words"
