"""The queue as people and the clock see it: a place is opened, kept, told, given up, and never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Author, Channel, Conversation, Message, Owner
from api.conversations.phone_numbers import NumberSafe
from api.conversations.service import give_to, keep_place
from api.database.engine import announce
from api.delivery.service import page_on_call, speak_authored
from api.handoffs import repository
from api.handoffs.agreements import SAID, agreed_to_say
from api.handoffs.lease import AfterLoss, Lease, after_loss
from api.handoffs.models import Handoff
from api.handoffs.priority import Rank, rank
from api.handoffs.ranking import raise_level, rank_anew, release_date_of
from api.handoffs.safeguarding import Safeguarding
from api.handoffs.service_levels import ServiceLevels
from api.handoffs.standing import Standing, estimate_minutes, officers_with_room, position_of
from api.handoffs.transitions import HELD, State, let_go, move
from api.hours.opening import OpeningHours
from api.live import LiveEvent, conversation_topic
from api.live.events import QUEUE_TOPIC
from api.staff import presence
from api.staff import repository as staff_rows
from reference.clock import Clock
from voice import Voice

PAGED_WHEN_UNCLAIMED_FOR = timedelta(seconds=60)
REMINDED_EVERY = timedelta(minutes=5)
REMINDED_FOR = timedelta(minutes=30)
_TOLD_THEIR_POSITION = 50
_SETTLED_AT_ONCE = 200


class Queue:
    """The queue. Every method works in the caller's unit of work; conversations given to it were read for change."""

    def __init__(
        self,
        *,
        clock: Clock,
        voice: Voice,
        numbers: NumberSafe,
        on_call_number: str | None,
        lease_seconds: int,
        presence_seconds: int,
        safeguarding_number: str | None = None,
        hours: OpeningHours | None = None,
        levels: ServiceLevels | None = None,
    ) -> None:
        """The first number is paged when an emergency finds nobody, the other for a child; hours are those of data."""
        self.clock = clock
        self.voice = voice
        self.numbers = numbers
        self.lease = Lease(timedelta(seconds=lease_seconds))
        self.presence_seconds = presence_seconds
        self.hours = hours or OpeningHours.load()
        self.levels = levels or ServiceLevels.load(hours=self.hours)
        self.safeguarding = Safeguarding(clock, voice, numbers, safeguarding_number)
        self._on_call_sealed = numbers.seal(on_call_number) if on_call_number else None

    # ---- asking for a person

    async def open_handoff(
        self,
        session: AsyncSession,
        conversation: Conversation,
        *,
        reason: str,
        skill: str | None = None,
        level: str = "none",
    ) -> Handoff:
        """A place in the queue. Who has one keeps it at its age; asking again can only raise its level.

        The queue owns the conversation when an officer with room is on shift; otherwise the assistant stays, with
        the place held. An emergency that finds nobody on shift pages the on-call number at once.
        """
        standing = await repository.open_handoff_of(session, conversation.id)
        if standing is not None:
            await self._ask_again(session, standing, skill=skill, level=level)
        handoff = standing or await self._new(session, conversation, reason=reason, skill=skill, level=level)
        await self._rank_anew(session, handoff)
        await self.safeguarding.hear(session, handoff, reason)
        if handoff.state == State.WAITING.value:
            await self._seat(session, conversation)
            if handoff.emergency and handoff.paged_at is None and not await self.on_shift(session):
                await self.page(session, handoff, "oncall/page")
        self.changed(session, handoff, "ranked" if standing else "opened")
        await self.tell_positions(session)
        return handoff

    async def person_wrote(self, session: AsyncSession, conversation: Conversation, *, level: str = "none") -> None:
        """The person said something of this `level`: their place is ranked anew, their officer hears of it.

        Whoever agreed something with an officer, and was not told yet that it is written down, is told now.
        """
        for handoff in await repository.open_or_owed(session, conversation.id):
            if handoff.closed_at is None:
                raise_level(handoff, level, self.clock.now())
                await self._rank_anew(session, handoff)
                self.changed(session, handoff, "message")
            elif level == "none":
                await self.tell_agreed(session, handoff, conversation)

    async def learned(self, session: AsyncSession, conversation: Conversation) -> None:
        """More is known of the person: their place is ranked anew, and open desks show the brief as it is now."""
        handoff = await repository.open_handoff_of(session, conversation.id)
        if handoff is None:
            return
        stood = Rank(handoff.emergency, handoff.ranked_at)
        await self._rank_anew(session, handoff)
        self.changed(session, handoff, "ranked")
        if handoff.state == State.WAITING.value and stood != Rank(handoff.emergency, handoff.ranked_at):
            await self.tell_positions(session)

    async def leave(self, session: AsyncSession, conversation: Conversation) -> bool:
        """The person gives up their place. False where there is none, or an emergency, which only staff may close."""
        handoff = await repository.open_handoff_of(session, conversation.id)
        if handoff is None or handoff.claimed_by is not None or handoff.emergency:
            return False
        move(handoff, State.ABANDONED)
        handoff.closed_at = self.clock.now()
        keep_place(conversation, in_queue=False)
        await audit.record(session, self.clock, actor="person", action="handoff.left", subject=handoff.id)
        self.changed(session, handoff, "closed")
        self.tell_owner(session, conversation)
        await self.tell_positions(session)
        return True

    async def book_callback(
        self, session: AsyncSession, conversation: Conversation, *, reason: str, when: datetime | None = None
    ) -> Handoff:
        """The person would rather hear from somebody later. An emergency keeps its place in the queue all the same."""
        handoff = await repository.open_handoff_of(session, conversation.id)
        if handoff is None:
            handoff = await self._new(session, conversation, reason=reason, skill=None, level="none")
            await self._rank_anew(session, handoff)
        handoff.callback_asked_at, handoff.callback_at = self.clock.now(), when
        if handoff.state == State.WAITING.value and not handoff.emergency:
            move(handoff, State.CALLBACK_SCHEDULED)
            keep_place(conversation, in_queue=False)
        await session.flush()
        self.changed(session, handoff, "ranked")
        self.tell_owner(session, conversation)
        await self.tell_positions(session)
        return handoff

    # ---- knowing where one stands

    async def standing(self, session: AsyncSession, conversation: Conversation) -> Standing:
        """Where this person stands, or would stand if they asked now."""
        now = self.clock.now()
        handoff = await repository.open_handoff_of(session, conversation.id)
        if handoff is not None and handoff.state == State.WAITING.value:
            position = await position_of(session, handoff)
        else:
            release_date = await release_date_of(session, conversation.id)
            place = rank(opened_at=now, level="none", release_date=release_date, now=now)
            position = 1 + await repository.waiting_ahead_of(session, place)
        there = await presence.there_now(session, now, presence_seconds=self.presence_seconds)
        return Standing(
            position=position,
            officers_available=len(await self.with_room(session)),
            estimate_minutes=await estimate_minutes(
                session, position=position, room_in_all=sum(capacity for _, capacity in there), now=now
            ),
            opens_at=None if there or self.hours.is_open(now) else self.hours.opens_at(now),
        )

    async def position(self, session: AsyncSession, conversation_id: UUID) -> int | None:
        """Which one in the queue; None for who does not wait in it."""
        handoff = await repository.open_handoff_of(session, conversation_id)
        return await position_of(session, handoff) if handoff and handoff.state == State.WAITING.value else None

    async def on_shift(self, session: AsyncSession) -> Sequence[UUID]:
        """Who is at an open console now and on no break."""
        there = await presence.there_now(session, self.clock.now(), presence_seconds=self.presence_seconds)
        return [officer.id for officer, _ in there]

    async def with_room(self, session: AsyncSession) -> Sequence[UUID]:
        """Who is on shift and can take one more person."""
        officers = await officers_with_room(session, self.clock.now(), presence_seconds=self.presence_seconds)
        return [officer.id for officer in officers]

    async def tell_positions(self, session: AsyncSession) -> None:
        """Tell those who wait, live, where they stand now."""
        waiting = await repository.owners_of_waiting(session, limit=_TOLD_THEIR_POSITION)
        for number, (conversation_id, owner) in enumerate(waiting, start=1):
            if conversation_id is not None:
                event = {"type": "owner", "owner": owner, "officer": None, "position": number}
                announce(session, LiveEvent(conversation_topic(conversation_id), event))

    # ---- because time has passed

    async def settle_owners(self, session: AsyncSession) -> None:
        """Let the queue own those who wait while somebody has room, else the assistant; in a long queue bit by bit."""
        owner, other = Owner.QUEUE.value, Owner.ASSISTANT.value
        if not await self.with_room(session):
            owner, other = other, owner
        if await repository.set_owner_of_waiting(session, owner=owner, instead_of=other, limit=_SETTLED_AT_ONCE):
            await self.tell_positions(session)

    async def release_expired_leases(self, session: AsyncSession) -> Sequence[UUID]:
        """Put people whose officer was lost back where they stood, tell them so, and write it down.

        With a second officer there, the person stays with that one instead. Returns who went back to the queue.
        """
        released = []
        for handoff_id in await repository.with_lease_over(session, self.clock.now()):
            handoff, conversation = await repository.handoff_for_change(session, handoff_id)
            if handoff is None or handoff.state not in HELD:
                continue
            loss = after_loss(
                first=handoff.lease_until,
                second=handoff.second_lease_until,
                has_second=handoff.second_officer is not None,
                now=self.clock.now(),
            )
            if loss is AfterLoss.KEPT:
                continue
            lost_by = handoff.second_officer if loss is AfterLoss.SECOND_IS_LOST else handoff.claimed_by
            if loss is AfterLoss.SECOND_TAKES_OVER:
                await self.second_takes_over(session, handoff, conversation)
            elif loss is AfterLoss.SECOND_IS_LOST:
                handoff.second_officer = handoff.second_lease_until = None
            else:
                await self.back_to_waiting(session, handoff, conversation)
                released.append(handoff.id)
                if conversation is not None:
                    await self.tell(session, conversation, "handoff/lease_lost")
            detail = {"officer": str(lost_by), "then": loss.value}
            await audit.record(
                session, self.clock, actor=audit.SYSTEM, action="handoff.lease_lost", subject=handoff.id, detail=detail
            )
            self.changed(session, handoff, "released")
        if released:
            await self.tell_positions(session)
        return released

    async def take_from_officer(self, session: AsyncSession, conversation: Conversation) -> Handoff | None:
        """The person would rather go on with the assistant; None when no officer has them.

        That closes no emergency: it goes back to waiting, for staff to see to. Words are for the caller to say.
        """
        handoff = await repository.open_handoff_of(session, conversation.id)
        if handoff is None or handoff.state not in HELD:
            return None
        if handoff.emergency:
            await self.back_to_waiting(session, handoff, conversation)
        else:
            move(handoff, State.RETURNED_TO_ASSISTANT)
            handoff.closed_at = self.clock.now()
            let_go(handoff)
            give_to(conversation, Owner.ASSISTANT)
        await audit.record(session, self.clock, actor="person", action="handoff.returned", subject=handoff.id)
        self.changed(session, handoff, "released" if handoff.emergency else "closed")
        self.tell_owner(session, conversation)
        return handoff

    async def page_unclaimed_emergencies(self, session: AsyncSession) -> int:
        """Page for each emergency nobody took within a minute; again every five minutes for half an hour."""
        now = self.clock.now()
        paged = 0
        for handoff in await repository.emergencies_waiting_since(session, now - PAGED_WHEN_UNCLAIMED_FOR):
            if handoff.paged_at is None:
                paged += await self.page(session, handoff, "oncall/page")
            elif (
                handoff.emergency_at and handoff.paged_at + REMINDED_EVERY <= now < handoff.emergency_at + REMINDED_FOR
            ):
                paged += await self.page(session, handoff, "oncall/page_reminder")
        return paged

    # ---- shared with the officers' deeds

    async def wait_again(self, session: AsyncSession, handoff: Handoff, conversation: Conversation | None) -> None:
        """Who was to be rung later waits now, at the age they had."""
        move(handoff, State.WAITING)
        await self._rank_anew(session, handoff)
        if conversation is not None:
            await self._seat(session, conversation)

    async def back_to_waiting(self, session: AsyncSession, handoff: Handoff, conversation: Conversation | None) -> None:
        """Take the officer away and the person back to the place they had: their age counts from when they asked."""
        move(handoff, State.WAITING)
        let_go(handoff)
        handoff.claimed_by = handoff.claimed_at = None
        # Nobody has them again: whoever is on call is told anew, however long ago the danger was first heard.
        handoff.emergency_at, handoff.paged_at = (self.clock.now() if handoff.emergency else None), None
        await self._rank_anew(session, handoff)
        if conversation is not None:
            give_to(conversation, Owner.ASSISTANT)
            await self._seat(session, conversation)

    def give_back(self, session: AsyncSession, conversation: Conversation) -> None:
        """The officer is out of it and the assistant speaks again; what was being asked before them is over."""
        give_to(conversation, Owner.ASSISTANT)
        conversation.coach_flow = conversation.coach_step = conversation.open_question = None
        self.tell_owner(session, conversation)

    async def second_takes_over(
        self, session: AsyncSession, handoff: Handoff, conversation: Conversation | None
    ) -> None:
        """The first officer is out of it and the one who had joined answers for the person from here on."""
        officer = handoff.second_officer and await staff_rows.staff_by_id(session, handoff.second_officer)
        assert officer, "somebody had joined"
        handoff.claimed_by, handoff.lease_until = officer.id, handoff.second_lease_until
        handoff.second_officer = handoff.second_lease_until = None
        if conversation is not None:
            had_spoken = conversation.officer_has_spoken
            give_to(conversation, Owner.OFFICER, officer_id=officer.id, officer_first_name=officer.first_name)
            conversation.officer_has_spoken = had_spoken
            self.tell_owner(session, conversation)

    async def tell(
        self, session: AsyncSession, conversation: Conversation, content_id: str, **values: object
    ) -> Message | None:
        """Say something about the queue to the person, as the assistant, in the epoch that is now.

        To whoever is only rung nothing can be said.
        """
        if conversation.channel == Channel.PHONE.value:
            return None
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, conversation.id)}
        words = self.voice.say(content_id, channel=conversation.channel, audience=facts.get("audience"), values=values)
        return await speak_authored(session, conversation, words, clock=self.clock, author=Author.ASSISTANT)

    async def tell_agreed(self, session: AsyncSession, handoff: Handoff, conversation: Conversation) -> None:
        """Say what the person and their officer agreed, unless it was said, or now is not the time."""
        values = await agreed_to_say(session, handoff, conversation, self.clock.now())
        if values is not None:
            await self.tell(session, conversation, SAID, **values)

    def tell_owner(self, session: AsyncSession, conversation: Conversation, *, position: int | None = None) -> None:
        """Tell the person's window, live, who speaks now."""
        officer = {"first_name": conversation.officer_first_name} if conversation.officer_first_name else None
        event = {"type": "owner", "owner": conversation.owner, "officer": officer, "position": position}
        announce(session, LiveEvent(conversation_topic(conversation.id), event))

    def changed(self, session: AsyncSession, handoff: Handoff, change: str) -> None:
        """Tell every open console, live: `change` is a word such as opened, claimed, offered, warned or closed."""
        event = {"type": "queue", "handoff_id": str(handoff.id), "change": change, "emergency": handoff.emergency}
        announce(session, LiveEvent(QUEUE_TOPIC, event))

    async def _new(
        self, session: AsyncSession, conversation: Conversation, *, reason: str, skill: str | None, level: str
    ) -> Handoff:
        now = self.clock.now()
        handoff = Handoff(
            conversation_id=conversation.id,
            state=State.WAITING.value,
            reason=reason,
            skill=skill,
            level="none",
            emergency=False,
            opened_at=now,
            ranked_at=now,
        )
        raise_level(handoff, level, now)
        session.add(handoff)
        await session.flush()
        await audit.record(session, self.clock, actor="person", action="handoff.opened", subject=handoff.id)
        return handoff

    async def _ask_again(self, session: AsyncSession, handoff: Handoff, *, skill: str | None, level: str) -> None:
        raise_level(handoff, level, self.clock.now())
        handoff.skill = skill or handoff.skill
        if handoff.state in (State.CALLBACK_SCHEDULED.value, State.WRAP_UP.value):
            move(handoff, State.WAITING)
            handoff.claimed_by = handoff.claimed_at = None
            handoff.callback_asked_at = handoff.callback_at = handoff.callback_until = None

    async def _rank_anew(self, session: AsyncSession, handoff: Handoff) -> None:
        await rank_anew(session, handoff, self.levels, self.clock.now())

    async def _seat(self, session: AsyncSession, conversation: Conversation) -> None:
        keep_place(conversation, in_queue=bool(await self.with_room(session)))
        await session.flush()

    async def page(self, session: AsyncSession, handoff: Handoff, content_id: str) -> bool:
        """Send whoever is on call a text that says nothing about anybody; False where nobody is."""
        if self._on_call_sealed is None:
            return False
        words = self.voice.say(content_id, channel="sms")
        await page_on_call(session, sealed_number=self._on_call_sealed, text=words.text, clock=self.clock)
        handoff.paged_at = self.clock.now()
        await audit.record(session, self.clock, actor=audit.SYSTEM, action="handoff.paged", subject=handoff.id)
        self.changed(session, handoff, "paged")
        return True
