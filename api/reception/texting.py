"""What is particular to a text message: a word of one's own, pictures, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.holders import holder_of, noted_holder_of
from api.conversations.models import Channel, Conversation
from api.reception import repository
from api.reception.arrivals import Arrival
from api.reception.text import has_words
from reference.clock import Clock
from reference.paths import data_folder
from voice import Voice

PICTURE = "sms/picture"
SHUT = "sms/shut"
HELP = "commands/help"
HELP_SHUT = "sms/help_shut"
_NOW_AND_THEN = frozenset({PICTURE, HELP, HELP_SHUT})
_AGAIN_AFTER = timedelta(minutes=10)
_HELP_WORDS = frozenset({"help", "info"})
_MARKS = re.compile(r"[^\w\s']+")


class Deed(str, Enum):
    """What a text does to the word of their own."""

    SET = "set"
    FORGET = "forget"
    STAY_OPEN = "stay_open"


@dataclass(frozen=True)
class Bearing:
    """How a text is to be taken. For whatever comes from the web: as it stands.

    `kept` is stored in the place of the text. `answer` is said instead of asking the assistant. `shut`: the word of
    their own was not said, so nothing personal may be. `also` are said besides, unless they were said before.
    `deed` is what becomes of the word of their own, and `word` the new one.
    """

    kept: str | None = None
    answer: str | None = None
    shut: bool = False
    also: tuple[str, ...] = ()
    deed: Deed | None = None
    word: str | None = field(default=None, repr=False)


AS_IT_STANDS = Bearing()


@dataclass(frozen=True)
class _Words:
    sets: tuple[str, ...]
    forgets: frozenset[str]
    shortest: int
    longest: int
    taken: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> _Words:
        told: Mapping[str, Any] = yaml.safe_load((folder / "own_word.yml").read_text(encoding="utf-8"))
        return cls(
            tuple(str(one) for one in told["sets"]),
            frozenset(str(one) for one in told["forgets"]),
            int(told["shortest"]),
            int(told["longest"]),
            frozenset(str(one) for one in told["taken"]),
        )

    def set_by(self, said: str) -> str | None:
        """The word that this text sets."""
        beginning = next((one for one in self.sets if said.startswith(one + " ")), None)
        return said.removeprefix(beginning).strip() if beginning else None

    def allows(self, word: str) -> bool:
        return self.shortest <= len(word) <= self.longest and word not in self.taken


class Texting:
    """Takes texts as what they are."""

    def __init__(self, voice: Voice, clock: Clock, folder: Path | None = None) -> None:
        """The words are those of `data/reception`."""
        self._voice = voice
        self._clock = clock
        self._words = _Words.load(folder or data_folder() / "reception")

    async def take(self, session: AsyncSession, conversation: Conversation, arrival: Arrival) -> Bearing:
        """How to take this message. Nothing is done yet: it may be one that came before."""
        if conversation.channel != Channel.SMS.value:
            return AS_IT_STANDS
        bearing = await self._by_word(session, conversation, arrival.text)
        told = (arrival.told_once,) if arrival.told_once else ()
        if _asks_for_help(arrival):
            # Where it may be a cry, the coach asks; who we are and whom to call is told all the same.
            told = (*told, HELP_SHUT if bearing.shut else HELP)
        bearing = replace(bearing, also=told)
        if not arrival.pictures or bearing.answer is not None:
            return bearing
        if has_words(arrival.text):
            return replace(bearing, also=(*told, PICTURE))
        return replace(bearing, kept=self._said("sms/a_picture"), answer=PICTURE)

    async def carry_out(self, session: AsyncSession, conversation: Conversation, bearing: Bearing) -> None:
        """Do to the word of their own what the text, which is a new one, does."""
        if bearing.deed is None:
            return
        holder, now = await noted_holder_of(session, conversation.id), self._clock.now()
        if bearing.deed is Deed.SET:
            holder.keep_word(bearing.word or "", now)
        elif bearing.deed is Deed.FORGET:
            holder.forget_word()
        else:
            holder.stay_open(now)

    async def besides(
        self, session: AsyncSession, conversation: Conversation, bearing: Bearing, *, in_danger: bool
    ) -> list[str]:
        """What there is to say of a picture, now and then, and, also in danger, of where the text comes from, once."""
        if conversation.opted_out_at is not None:
            return []
        wanted = [one for one in bearing.also if one not in _NOW_AND_THEN or not in_danger]
        return [one for one in wanted if await self._is_due(session, conversation, one)]

    async def _is_due(self, session: AsyncSession, conversation: Conversation, content_id: str) -> bool:
        since = self._clock.now() - _AGAIN_AFTER if content_id in _NOW_AND_THEN else conversation.created_at
        since -= timedelta(seconds=1)
        return not await repository.said_since(session, conversation.id, (content_id,), since)

    async def _by_word(self, session: AsyncSession, conversation: Conversation, text: str) -> Bearing:
        holder, now = await holder_of(session, conversation.id), self._clock.now()
        said = " ".join(_MARKS.sub(" ", text.lower()).split())
        has_word = holder is not None and holder.word_hash is not None
        if holder is not None and has_word and holder.opens(said):
            return Bearing(self._said("sms/a_word_said"), "sms/word_opened", deed=Deed.STAY_OPEN)
        if holder is not None and holder.is_shut(now):
            return Bearing(answer=SHUT, shut=True)
        if has_word and said in self._words.forgets:
            return Bearing(answer="sms/word_forgotten", deed=Deed.FORGET)
        word = self._words.set_by(said)
        if word is None:
            return Bearing(deed=Deed.STAY_OPEN if has_word else None)
        if not self._words.allows(word):
            return Bearing(answer="sms/word_not_taken")
        return Bearing(self._said("sms/a_word_set"), "sms/word_set", deed=Deed.SET, word=word)

    def _said(self, content_id: str) -> str:
        return self._voice.say(content_id, channel=Channel.SMS.value).text


def _asks_for_help(arrival: Arrival) -> bool:
    return arrival.carrier_word == "HELP" or _MARKS.sub(" ", arrival.text.lower()).strip() in _HELP_WORDS
