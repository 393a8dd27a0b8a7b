"""The assistant in this process: the trained dialogue and the real actions, without servers, so that thousands of turns
can be walked. What a message means may be given instead of read."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import bot.lean_rasa  # must come before anything of Rasa

# isort: split

import bot.quick_rasa  # noqa: F401 - as it is served

# isort: split

from rasa.core.agent import load_agent
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

import actions.front_door
from actions.front_door import CheckInsStanding, Standing
from bot.answer import Answer
from bot.quiet_logs import keep_words_out_of_logs
from bot.turn import Heard, TurnTaker
from reference.services import ServiceDirectory


class FrontDoorAtHand:
    """A service that always answers, and keeps what it was told."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.requests: list[tuple[str, str]] = []
        self.officers_available = 1

    async def ask_for(self, heard: Any, kind: str, reason: str, skill: str | None = None) -> Standing | None:
        self.requests.append((kind, reason))
        return Standing(2, self.officers_available, 6)

    async def keep(self, heard: Any, facts: dict[str, Any]) -> bool:
        self.facts.update(facts)
        return True

    async def keep_release_date(self, heard: Any, day: Any, prison: str | None) -> bool:
        self.facts["release_date"] = day.isoformat()
        return True

    async def stop_release_plan(self, heard: Any) -> bool:
        return True

    async def check_ins(self, heard: Any) -> CheckInsStanding | None:
        known = self.facts.get("release_date")
        return CheckInsStanding("noted" if known else None, None, known)

    async def agree_to_check_ins(self, heard: Any, agreed: bool, hour: int | None) -> CheckInsStanding | None:
        return CheckInsStanding("active" if agreed else "ended", None, self.facts.get("release_date"))

    async def note_check_in(self, heard: Any, check_in_id: str, said: str) -> bool:
        return True

    async def end_check_ins(self, heard: Any, because: str) -> bool:
        return True

    async def offered(self, heard: Any, guessed: Any, topics: Any, model: str | None) -> bool:
        return True

    async def services(self, need: str | None, place: str | None) -> list[dict[str, Any]] | None:
        return [vars(service) for service in ServiceDirectory.load().search(need, place)]


class _ActionsAtHand(EndpointConfig):
    """The actions' server, without the server."""

    def __init__(self) -> None:
        super().__init__(url="http://in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *_: Any, json: dict[str, Any] | None = None, **__: Any) -> Any:
        return await self._executor.run(json)


class AssistantInProcess:
    """Takes turns like the real one."""

    def __init__(self, model: Path) -> None:
        # As it is served; what Rasa would write down costs more than the turn itself.
        keep_words_out_of_logs()
        self.loop = asyncio.new_event_loop()
        endpoints = AvailableEndpoints(action=_ActionsAtHand(), nlg=EndpointConfig(type="bot.nlg.LibraryWords"))
        self._agent = self.loop.run_until_complete(load_agent(model_path=str(model), endpoints=endpoints))
        assert self._agent.processor is not None
        self._reads = self._agent.processor.parse_message
        self.turns = TurnTaker(self._agent.processor)
        self.intents = sorted(set(self._agent.domain.intents) - {"back", "restart", "session_start"})
        self.door = FrontDoorAtHand()
        actions.front_door.front_door.cache_clear()

    def conversation(self, **about: Any) -> ConversationInProcess:
        self.door = FrontDoorAtHand()
        for module in _modules_with_a_door():
            module.front_door = lambda: self.door  # type: ignore[attr-defined]
        return ConversationInProcess(self, **about)

    def read_as(self, parse: dict[str, Any] | None) -> None:
        """What the next message means; None: it is read by the trained reading."""

        async def given(message: Any, *_: Any) -> dict[str, Any]:
            return {"text": message.text, **(parse or {})}

        self._agent.processor.parse_message = self._reads if parse is None else given


def _modules_with_a_door() -> list[Any]:
    import sys

    return [
        module for name, module in sys.modules.items() if name.startswith("actions.") and hasattr(module, "front_door")
    ]


class ConversationInProcess:
    """One person's conversation."""

    def __init__(self, assistant: AssistantInProcess, channel: str = "web", audience: str | None = None) -> None:
        self._assistant = assistant
        self.channel, self.audience = channel, audience
        self.id = uuid.uuid4().hex
        self.open_question: str | None = None

    def say(self, text: str, intent: str | None = None, entities: tuple[dict[str, Any], ...] = ()) -> Answer:
        parse = None
        if intent is not None:
            guess = {"name": intent, "confidence": 1.0}
            others = [{"name": name, "confidence": 0.0} for name in ("ask_naloxone", "ask_housing") if name != intent]
            parse = {"intent": guess, "intent_ranking": [guess, *others], "entities": list(entities)}
        self._assistant.read_as(parse)
        metadata = {
            "channel": self.channel,
            "audience": self._assistant.door.facts.get("audience", self.audience),
            "facts": dict(self._assistant.door.facts),
            "open_question": self.open_question,
        }
        answer = self._assistant.loop.run_until_complete(
            self._assistant.turns.hear(Heard(self.id, uuid.uuid4().hex, text, metadata))
        )
        self.open_question = answer.open_question
        return answer
