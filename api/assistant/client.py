"""Asks the Rasa server: one turn, one event, what words mean, or to forget somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
from pydantic import BaseModel, Field, ValidationError

_PATIENCE_SECONDS = 30.0
"""A turn that takes longer than this has failed. The person has had the holding answer long before."""


class AssistantFailed(Exception):
    """The assistant did not answer, or with something that is no answer. Carries no text of anybody's."""


class Reply(BaseModel):
    """One thing that the assistant says."""

    content_id: str | None = None
    text: str = Field(min_length=1)
    quick_replies: list[str] = []


class Entity(BaseModel):
    """Something that the person mentioned, and where in their text."""

    entity: str
    value: Any
    text: str = ""
    start: int = 0
    end: int = 0


class Understood(BaseModel):
    """The language reading of a message."""

    intent: str | None = None
    confidence: float = 0.0
    entities: list[Entity] = []


class Told(BaseModel):
    """What somebody's words tell: the reading, and who they showed themselves to be (None: they did not)."""

    understood: Understood = Understood()
    audience: str | None = None


class Answer(Told):
    """What a turn led to. `open_question` is the content id of the question that waits for an answer."""

    message_id: str
    replies: list[Reply] = Field(min_length=1)
    open_question: str | None = None


class Assistant:
    """The Rasa server behind our own channel. Every method raises AssistantFailed."""

    def __init__(self, base_url: str, service_token: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`transport` lets tests answer in place of a server."""
        self._http = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/webhooks/gateside",
            headers={"Authorization": f"Bearer {service_token}"},
            timeout=httpx.Timeout(_PATIENCE_SECONDS, connect=2.0),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            transport=transport,
            trust_env=False,
        )

    async def turn(self, *, conversation_id: UUID, message_id: UUID, text: str, metadata: Mapping[str, Any]) -> Answer:
        """The answer to a message; the same message again gets the same answer."""
        return await self._answer(
            "/turn",
            {
                "conversation_id": str(conversation_id),
                "message_id": str(message_id),
                "text": text,
                "metadata": dict(metadata),
            },
        )

    async def trigger(
        self,
        *,
        conversation_id: UUID,
        message_id: UUID,
        intent: str,
        slots: Mapping[str, Any],
        metadata: Mapping[str, Any],
    ) -> Answer:
        """What the assistant says when something has come about of itself, such as a check-in falling due."""
        return await self._answer(
            "/trigger",
            {
                "conversation_id": str(conversation_id),
                "message_id": str(message_id),
                "intent": intent,
                "slots": dict(slots),
                "metadata": dict(metadata),
            },
        )

    async def understand(self, text: str) -> Told:
        """What a message tells that somebody else answers; nothing of it is kept on the other side."""
        response = await self._post("/understand", {"text": text})
        try:
            return Told.model_validate_json(response.content)
        except ValidationError:
            raise AssistantFailed("what was understood is not in the agreed shape") from None

    async def forget(self, conversation_id: UUID) -> None:
        """Have nothing of this conversation left on the other side."""
        await self._post("/forget", {"conversation_id": str(conversation_id)})

    async def answers(self) -> bool:
        """Whether the assistant is there and has loaded its model."""
        try:
            return (await self._http.get("/health", timeout=2.0)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()

    async def _answer(self, path: str, body: Mapping[str, Any]) -> Answer:
        response = await self._post(path, body)
        try:
            return Answer.model_validate_json(response.content)
        except ValidationError:
            raise AssistantFailed("the answer is empty or not in the agreed shape") from None

    async def _post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        try:
            response = await self._http.post(path, json=body)
        except httpx.HTTPError as error:
            raise AssistantFailed(type(error).__name__) from None
        if response.status_code != httpx.codes.OK:
            raise AssistantFailed(f"answered {response.status_code}")
        return response
