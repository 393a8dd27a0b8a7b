"""The rules of a referral: one request counts once, one family is one place in the queue, a number is left in peace.

Nobody learns anything by referring: the answer is the same whether or not the number is known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.conversations import repository as conversations
from api.conversations.models import Channel, Conversation
from api.conversations.service import store_person_message
from api.database.base import new_id
from api.handoffs import repository as handoffs
from api.handoffs.callbacks import CONSENT, Callbacks
from api.handoffs.models import Handoff
from api.handoffs.service import Queue
from api.problems import Conflict
from api.referrals import repository
from api.referrals.models import Referral
from api.referrals.promises import ContactPromises
from api.referrals.schemas import About, ReferralIn, is_mobile
from api.referrals.signposting import SignpostingService
from reference.places import Places

REASON: Final = "referral"
"""Why the family stands in the queue."""

FACT: Final = "referral"
"""What the officer is told of the referral: codes, and the area as it was written where it is no council area."""

ReadDanger = Callable[[str], dict[str, Any]]
"""The safety reading of a text, as it is kept with a message."""

Count = Callable[[bool], Awaitable[None]]
"""Counts a new referral, told whether it reads like danger; raises for one too many."""

_NEEDS: Final = {
    About.WORRIED: "family_support",
    About.COMING_HOME: "family_support",
    About.BEREAVED: "bereavement",
}
"""What is wanted, as a need (needs.yml) that is a skill (skills.yml) as well."""

_LETTERS: Final = "23456789BCDFGHJKMNPQRTVWX"
_HALF = 4
_AT_ONCE = 100


@dataclass(frozen=True)
class Referrer:
    """Who refers: by the page or the wire, for which service, if a known one; `key` makes request keys their own."""

    came_by: str
    service: SignpostingService | None = None
    key: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the referrer is told. `call_from` is None where the next free officer rings. `level` as the worry reads."""

    id: UUID
    call_from: datetime | None
    call_by: datetime
    level: str
    code: str | None


class Referrals:
    """Takes referrals in, in the caller's unit of work."""

    def __init__(
        self,
        queue: Queue,
        read_danger: ReadDanger,
        *,
        promises: ContactPromises | None = None,
        callbacks: Callbacks | None = None,
        places: Places | None = None,
    ) -> None:
        """`promises`, `callbacks` and `places` are those of `data` unless given."""
        self._queue = queue
        self._read_danger = read_danger
        self._numbers = queue.numbers
        self._clock = queue.clock
        self.promises = promises or ContactPromises.load()
        self._callbacks = callbacks or Callbacks(queue)
        self._places = places or Places.load()

    async def refer(
        self, session: AsyncSession, wanted: ReferralIn, *, by: Referrer, idempotency_key: str, count: Count
    ) -> tuple[Receipt, bool]:
        """Take a referral in; the same key again is the same referral. Returns the receipt and whether it is new.

        A new one is counted first. Raises what `count` raises, and Conflict for a key that came with another referral.
        """
        request_key = _digest("request", by.key, idempotency_key)
        request_print = self._numbers.fingerprint(f"referral {wanted.model_dump_json()}")
        await handoffs.one_at_a_time(session, f"referral {request_key}")
        known = await repository.by_request(session, request_key)
        if known is not None:
            if known.request_print != request_print:
                raise Conflict("This Idempotency-Key came with another referral. Give each referral a key of its own.")
            return self._receipt(known), False
        reading = self._read_danger(wanted.worry)
        await count(_level(reading) != "none")
        fingerprint = self.fingerprint(wanted.phone)
        await handoffs.one_at_a_time(session, f"referred {fingerprint}")
        conversation = await self._conversation(session, fingerprint)
        handoff = await self._in_the_queue(session, conversation, wanted, level=_level(reading))
        await self._note(session, conversation, wanted, by, reading, channel_id=request_key)
        referral = await self._kept(session, conversation, handoff, wanted, by, reading, request_key, request_print)
        await self._queue.learned(session, conversation)
        return self._receipt(referral), True

    async def was_reached(self, session: AsyncSession, code: str) -> bool:
        """Whether an officer has spoken with the family. False as well for a code that nobody was given."""
        plain = "".join(letter for letter in code.upper() if letter.isalnum())
        referral = await repository.by_code(session, _digest("code", plain))
        return referral is not None and referral.reached_at is not None

    async def follow_up(self, session: AsyncSession) -> int:
        """Note which families were reached; returns how many."""
        reached = await repository.reached_since(session, limit=_AT_ONCE)
        for referral, at in reached:
            referral.reached_at = referral.reached_at or at
        await session.flush()
        return len(reached)

    def fingerprint(self, number: str) -> str:
        """The keyed hash of a number in E.164 form: the same as that of its text conversation."""
        return self._numbers.fingerprint(number)

    # ---- what officers see

    async def _conversation(self, session: AsyncSession, fingerprint: str) -> Conversation:
        """The conversation in which officers keep what they know of this family: one a number, apart from its texts.

        What somebody else says of a family never mixes with what the family itself wrote.
        """
        known = await repository.conversation_of_number(session, fingerprint)
        standing = known and await conversations.conversation_for_change(session, known)
        if standing:
            return standing
        conversation = Conversation(channel=Channel.PHONE.value, created_at=self._clock.now())
        session.add(conversation)
        await session.flush()
        return conversation

    async def _in_the_queue(
        self, session: AsyncSession, conversation: Conversation, wanted: ReferralIn, *, level: str
    ) -> Handoff:
        """A call at a safe time; the next free officer for what reads like danger, and where no time is free."""
        skill = _NEEDS[wanted.about]
        standing = await handoffs.open_handoff_of(session, conversation.id)
        if standing is not None and level == "none":
            return standing
        slot = None
        if standing is None and level == "none":
            slot = self.promises.slot(await self._callbacks.slots(session), wanted.when)
        if slot is None:
            handoff = await self._queue.open_handoff(session, conversation, reason=REASON, skill=skill, level=level)
            handoff.callback_number_sealed = self._numbers.seal(wanted.phone)
            await conversations.note_fact(session, conversation.id, CONSENT, True, now=self._clock.now())
        else:
            handoff = await self._callbacks.book(
                session, conversation, start=slot.start, number=wanted.phone, consent=True, reason=REASON
            )
            handoff.skill = skill
        if level == "none":
            # The queue counts in minutes; whoever is to be rung was promised a time of their own.
            handoff.answer_by = handoff.callback_until or self.promises.call_by(wanted.about, self._clock.now())
            handoff.warn_at = max(
                handoff.answer_by - self.promises.warn_before, handoff.callback_at or handoff.opened_at
            )
        await session.flush()
        return handoff

    async def _note(
        self,
        session: AsyncSession,
        conversation: Conversation,
        wanted: ReferralIn,
        by: Referrer,
        reading: dict[str, Any],
        *,
        channel_id: str,
    ) -> None:
        areas = self._places.areas_for(wanted.area) if wanted.area else ()
        facts: dict[str, Any] = {
            "audience": "family",
            "first_name": wanted.first_name,
            "consent_to_share": True,
            "needs": [_NEEDS[wanted.about]],
            FACT: {
                "service": by.service.title if by.service else None,
                "about": wanted.about.value,
                "when": wanted.when.value,
                "if_others_answer": wanted.if_others_answer.value,
                "area": wanted.area if len(areas) != 1 else None,
            },
        }
        if len(areas) == 1:
            facts["place"] = areas[0]
        for name, value in facts.items():
            await conversations.note_fact(session, conversation.id, name, value, now=self._clock.now())
        if wanted.worry:
            stored = await store_person_message(
                session, conversation, text=wanted.worry, channel_id=channel_id, safety=reading, clock=self._clock
            )
            # Somebody else's words about the family: officers have to see whose.
            somebody = self._queue.voice.say("referral_console/somebody", channel="web").text
            stored.message.name = by.service.title if by.service else somebody

    # ---- what is kept of it

    async def _kept(
        self,
        session: AsyncSession,
        conversation: Conversation,
        handoff: Handoff,
        wanted: ReferralIn,
        by: Referrer,
        reading: dict[str, Any],
        request_key: str,
        request_print: str,
    ) -> Referral:
        now = self._clock.now()
        level = _level(reading)
        referral = Referral(
            id=new_id(),
            service_code=by.service.code if by.service else None,
            came_by=by.came_by,
            about=wanted.about.value,
            level=level,
            request_key=request_key,
            request_print=request_print,
            number_fingerprint=self.fingerprint(wanted.phone),
            conversation_id=conversation.id,
            created_at=now,
            call_from=handoff.callback_at if level == "none" else None,
            call_by=_still_to_come(handoff.answer_by, now) or self.promises.call_by(wanted.about, now),
        )
        if wanted.text_first and is_mobile(wanted.phone):
            referral.text_due_at = now
        if wanted.tell_me:
            referral.code_hash = _digest("code", self._code(referral.id))
        session.add(referral)
        await session.flush()
        detail = {"service": referral.service_code, "by": by.came_by}
        await audit.record(
            session, self._clock, actor="referrer", action="referral.taken", subject=referral.id, detail=detail
        )
        return referral

    def _receipt(self, referral: Referral) -> Receipt:
        code = self._code(referral.id) if referral.code_hash else None
        return Receipt(
            id=referral.id,
            call_from=referral.call_from,
            call_by=referral.call_by,
            level=referral.level,
            code=f"{code[:_HALF]}-{code[_HALF:]}" if code else None,
        )

    def _code(self, referral_id: UUID) -> str:
        """Made of the id with this installation's key, so that it can be told again and never has to be kept."""
        number = int(self._numbers.fingerprint(f"referral code {referral_id}"), 16)
        letters = ""
        for _ in range(2 * _HALF):
            number, place = divmod(number, len(_LETTERS))
            letters += _LETTERS[place]
        return letters


def _level(reading: dict[str, Any]) -> str:
    """How grave the worry is. What only may be danger is looked at as soon as what is urgent: nobody can be asked."""
    level = str(reading["level"])
    return "urgent" if level == "none" and reading["check"] else level


def _still_to_come(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at > now else None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
