"""What a worker takes to bring: in order, the urgent first, replies joined, and nothing that must not go any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import Author, Conversation, Message
from api.delivery import repository
from api.delivery.failures import DAILY_CAP, OPTED_OUT, text_rules
from api.delivery.joining import how_many_join
from api.delivery.models import OutboxItem, OutboxState
from api.delivery.outcomes import dropped, given_up, is_last_word
from api.delivery.pace import Pace
from api.delivery.sender import Parcel, Trace
from reference.clock import Clock, midnight, today_in_scotland

_JOINED_AUTHORS = (Author.ASSISTANT.value, Author.SERVICE.value)


@dataclass(frozen=True)
class Taken:
    """A parcel that this worker holds.

    `trace` is given if an earlier attempt may have gone: then it looks first, and where it finds nothing it sends only
    from `doubt_over_at` on. `stopped`: the person has stopped the texts since, so that it looks and sends nothing.
    """

    parcel: Parcel
    begin_before: datetime
    """From this instant on no attempt is begun: another worker may soon take the parcel for forsaken."""
    trace: Trace | None
    doubt_over_at: datetime | None = None
    stopped: bool = False


@dataclass(frozen=True)
class Claim:
    """What was taken, and how many were settled without being brought (their followers may be due now)."""

    taken: Sequence[Taken]
    settled: int

    def __bool__(self) -> bool:
        """Whether it is worth looking again."""
        return bool(self.taken) or self.settled > 0


async def claim(session: AsyncSession, *, clock: Clock, pace: Pace, limit: int, daily_cap: int) -> Claim:
    """Take what is due, at most one of each person and `limit` in all.

    `daily_cap` is how many texts a day somebody gets who is not in a talk with the service.
    """
    now = clock.now()
    due = await repository.due_for_change(session, now=now, limit=limit)
    if not due:
        return Claim([], 0)
    people = await repository.conversations_of(session, due)
    going: list[OutboxItem] = []
    looked_for: dict[UUID, float] = {}
    for item in due:
        person = people.get(item.conversation_id) if item.conversation_id else None
        if await _must_not_go(session, item, person, clock, daily_cap):
            continue
        if item.state == OutboxState.SENDING.value and item.claimed_until is not None:
            # Whoever held it before may have sent it, in the first half of their time. That stays in doubt until it was
            # looked for, also if that fails now.
            item.doubted_at = item.claimed_until - pace.taken_for / 2
        if item.doubted_at is not None:
            looked_for[item.id] = (now - (item.first_tried_at or item.created_at)).total_seconds()
        if item.attempts == 0:
            await _join(session, item)
        item.state, item.claimed_until = OutboxState.SENDING.value, now + pace.taken_for
        item.first_tried_at, item.attempts = item.first_tried_at or now, item.attempts + 1
        going.append(item)
    await session.flush()
    texts = await _texts(session, going)
    known = await repository.known_texts(session, [item for item in going if item.id in looked_for])
    taken = [
        Taken(
            parcel=_parcel(item, texts[item.id], people.get(item.conversation_id) if item.conversation_id else None),
            begin_before=now + pace.taken_for / 2,
            trace=Trace(known[item.conversation_id], looked_for[item.id]) if item.id in looked_for else None,
            doubt_over_at=item.doubted_at and pace.doubt_over_at(item.doubted_at, urgent=item.urgent),
            stopped=_has_stopped_since(people.get(item.conversation_id) if item.conversation_id else None, item),
        )
        for item in going
    ]
    return Claim(taken, len(due) - len(taken))


async def _must_not_go(
    session: AsyncSession, item: OutboxItem, person: Conversation | None, clock: Clock, daily_cap: int
) -> bool:
    """Whether a parcel is settled without an attempt. One that may have gone already is always followed up."""
    if person is None or item.doubted_at is not None or item.state == OutboxState.SENDING.value:
        return False
    if _has_stopped_since(person, item):
        await dropped(session, item, OPTED_OUT)
        return True
    if item.resends > 0 and not await is_last_word(session, item):
        await given_up(session, item, item.error_code, clock)
        return True
    if item.unprompted and item.attempts == 0:
        today = await repository.unprompted_since(session, person.id, midnight(today_in_scotland(clock)))
        if today >= daily_cap:
            await given_up(session, item, DAILY_CAP, clock)
            return True
    return False


def _has_stopped_since(person: Conversation | None, item: OutboxItem) -> bool:
    return person is not None and person.opted_out_at is not None and item.created_at < person.opted_out_at


async def _join(session: AsyncSession, item: OutboxItem) -> None:
    """Have the other replies to the same message travel in this item, as many as fit."""
    first = await session.get(Message, item.message_id) if item.message_id and not item.urgent else None
    if first is None or not _may_join(first, first):
        return
    replies = [(item, first)]
    for follower, message in await repository.followers_for_change(session, item):
        if follower.urgent or follower.attempts or not _may_join(first, message):
            break
        replies.append((follower, message))
    count = how_many_join([message.text for _, message in replies], text_rules().joining)
    for follower, _ in replies[1:count]:
        follower.state, follower.carried_by = OutboxState.JOINED.value, item.id


def _may_join(first: Message, message: Message) -> bool:
    return message.reply_to is not None and message.reply_to == first.reply_to and message.author in _JOINED_AUTHORS


async def _texts(session: AsyncSession, items: Sequence[OutboxItem]) -> dict[UUID, str]:
    """What each item says, with what was joined to it: the same at every attempt."""
    pieces: dict[UUID, list[str]] = {item.id: [] for item in items}
    for item, message in await repository.what_travels_in(session, list(pieces)):
        pieces[item.carried_by or item.id].append(message.text if message else item.text or "")
    between = text_rules().joining.between
    return {item_id: between.join(texts) for item_id, texts in pieces.items()}


def _parcel(item: OutboxItem, text: str, person: Conversation | None) -> Parcel:
    return Parcel(
        id=item.id,
        channel=item.channel,
        text=text,
        destination_sealed=item.destination_sealed or (person.number_sealed if person else None),
        conversation_id=item.conversation_id,
        message_id=item.message_id,
        attempt=item.attempts,
    )
