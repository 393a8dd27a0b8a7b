"""One turn of a conversation: words in, words out, remembered only when there was an answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answer import Answer, answer_to, last_answer, understood
from bot.audience import AUDIENCE_SHOWN, audience_shown, shown_by
from bot.follow_ups import in_context
from bot.what_is_known import facts_to_speak_of
from reference.clock import SystemClock

_RELEASE = "release"
_CHANNEL = "gateside"
_FRACTION_SLASH = "\u2044"
_MACHINE_CLOCK = SystemClock()
"""Rasa stamps what it hears by the machine's own clock, whatever day the service is told that it is."""


class NothingToSayError(RuntimeError):
    """A turn ended with no words: something behind it failed, and nothing of it was remembered."""


class UnknownIntentError(ValueError):
    """A trigger names an intent that the assistant was not trained with."""


@dataclass(frozen=True)
class Heard:
    """A message that somebody sent."""

    conversation_id: str
    message_id: str
    text: str
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Triggered:
    """Something that happened of itself, such as a check-in falling due."""

    conversation_id: str
    message_id: str
    intent: str
    slots: dict[str, Any]
    metadata: dict[str, Any]


class TurnTaker:
    """Takes turns, one at a time a conversation.

    It walks Rasa's own steps (read, extract slots, predict and act until it listens) and saves the tracker last, so
    that a turn which failed left no trace and may be sent again.
    """

    def __init__(self, processor: MessageProcessor) -> None:
        self._processor = processor
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def hear(self, heard: Heard) -> Answer:
        """Answer a message. The same message again gets the same answer. Raises `NothingToSayError`."""
        async with self._locks[heard.conversation_id]:
            tracker = await self._tracker(heard.conversation_id)
            already = answer_to(tracker, heard.message_id)
            if already is not None:
                return already
            _close_question_if_cleared(tracker, heard.metadata)
            _let_go_of_earlier_release(tracker)
            return await self._answer(tracker, await self._read(heard, tracker))

    async def happen(self, triggered: Triggered) -> Answer:
        """Say what an event leads to. The same message id again gets the same words.

        Raises `UnknownIntentError` and `NothingToSayError`.
        """
        if triggered.intent not in self._processor.domain.intents:
            raise UnknownIntentError("'intent' is none of the assistant's")
        async with self._locks[triggered.conversation_id]:
            tracker = await self._tracker(triggered.conversation_id)
            already = answer_to(tracker, triggered.message_id)
            if already is not None:
                return already
            external = UserUttered.create_external(triggered.intent, [], _CHANNEL)
            external.message_id = external.parse_data["message_id"] = triggered.message_id
            external.metadata.update(triggered.metadata)
            if tracker.active_loop is not None:
                # What comes of itself comes after a silence: nobody answers a question of then any more.
                tracker.update_with_events([ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)], self._processor.domain)
            tracker.update_with_events(
                [SlotSet(name, value) for name, value in triggered.slots.items()], self._processor.domain
            )
            return await self._answer(tracker, external)

    async def understand(self, text: str) -> dict[str, Any]:
        """What a message tells, without answering it: no conversation is looked at, and nothing is kept."""
        parse = await self._parse(text)
        return {"understood": understood(parse), "audience": shown_by(parse)}

    async def forget(self, conversation_id: str) -> None:
        """Leave nothing of the conversation."""
        async with self._locks[conversation_id]:
            await self._processor.tracker_store.forget(conversation_id)
        self._locks.pop(conversation_id, None)

    async def _tracker(self, conversation_id: str) -> DialogueStateTracker:
        return await self._processor.fetch_tracker_and_update_session(conversation_id, CollectingOutputChannel())

    async def _read(self, heard: Heard, tracker: DialogueStateTracker) -> UserUttered:
        parse = await self._parse(heard.text, tracker)
        parse = in_context(parse, tracker, heard.metadata.get("audience"))
        shown = audience_shown(parse, tracker)
        # What the service knows is newer than what an earlier turn showed: it hears messages that get no turn.
        audience = shown_by(parse) or heard.metadata.get("audience") or shown
        metadata = {
            **heard.metadata,
            "message_id": heard.message_id,
            "audience": audience,
            AUDIENCE_SHOWN: shown,
            "facts": facts_to_speak_of(
                heard.metadata.get("facts") or {},
                parse,
                tracker,
                channel=heard.metadata.get("channel") or "web",
                now=_MACHINE_CLOCK.now().timestamp(),
            ),
        }
        return UserUttered(
            parse["text"],
            parse["intent"],
            parse["entities"],
            parse,
            input_channel=_CHANNEL,
            message_id=heard.message_id,
            metadata=metadata,
        )

    async def _parse(self, text: str, tracker: DialogueStateTracker | None = None) -> dict[str, Any]:
        harmless = not_a_command(text)
        return at_its_place(harmless, await self._processor.parse_message(UserMessage(harmless), tracker))

    async def _answer(self, tracker: DialogueStateTracker, event: UserUttered) -> Answer:
        output = CollectingOutputChannel()
        tracker.update(event, self._processor.domain)
        tracker = await self._processor.run_action_extract_slots(output, tracker)
        await self._processor._run_prediction_loop(output, tracker)
        answer = answer_to(tracker, str(event.message_id))
        if answer is None or not answer.replies:
            raise NothingToSayError
        await self._processor.save_tracker(tracker)
        return answer


def not_a_command(text: str) -> str:
    """The text, with a leading slash made harmless: Rasa takes "/intent" for that intent with full confidence.

    One character stands for one, so that places in the text stay true.
    """
    spoken = text.lstrip()
    if not spoken.startswith("/"):
        return text
    lead = len(text) - len(spoken)
    return text[:lead] + _FRACTION_SLASH + spoken[1:]


def at_its_place(text: str, parse: dict[str, Any]) -> dict[str, Any]:
    """The reading of `text`, whose entities were counted in the text without the space around it."""
    lead = len(text) - len(text.lstrip())
    for entity in parse.get("entities", []):
        entity["start"] += lead
        entity["end"] += lead
    return {**parse, "text": text}


def _let_go_of_earlier_release(tracker: DialogueStateTracker) -> None:
    """Words of a release hold for the message they stand in: what is said of somebody else later is not about it."""
    if tracker.get_slot(_RELEASE) is not None:
        tracker.update(SlotSet(_RELEASE, None))


def _close_question_if_cleared(tracker: DialogueStateTracker, metadata: dict[str, Any]) -> None:
    """Whoever keeps the conversation says that the question we asked is no longer open: stop waiting for its answer."""
    if "open_question" not in metadata or metadata["open_question"] is not None:
        return
    before = last_answer(tracker)
    if before is not None and before.open_question is not None:
        tracker.update(ActiveLoop(None))
        tracker.update(SlotSet(REQUESTED_SLOT, None))
