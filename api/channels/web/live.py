"""The webchat live: messages, typing, who has it, where one stands in the queue."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect

from api.channels.web.dependencies import Door, door_of
from api.channels.web.guard import TellsTokenFirst, conversation_id_from, opens
from api.conversations import repository
from api.conversations.service import hash_token
from api.live import conversation_topic
from api.live.events import Event
from api.problems import NotFound

router = APIRouter(prefix="/api/v1/conversations", tags=["webchat"])

BAD_TOKEN = 4401
GONE = 4404
COME_AGAIN = 1012
_FIRST_FRAME_SECONDS = 10
_TYPING_EVERY_SECONDS = 1.0
_LONGEST_FRAME = 1000


@router.websocket("/{conversation_id}/live")
async def live(socket: WebSocket, conversation_id: str, _: None = Depends(TellsTokenFirst())) -> None:
    """The first frame is `{"token": …}`; then events come, and `{"type": "typing"}` may be sent.

    Closes with 4401 on a wrong token, 4404 once the conversation is gone, 1012 when events were lost: connect again
    and read what was said since.
    """
    await socket.accept()
    door = await door_of(socket)
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        topic = await _let_in(socket, door, conversation_id)
        if topic is None:
            return
        async with door.live.subscribe(topic) as events:
            await socket.send_json({"type": "ready"})
            await _both_ways(socket, door, topic, events)


async def _let_in(socket: WebSocket, door: Door, conversation_id: str) -> str | None:
    """The topic to listen to, or None when the socket has been closed."""
    try:
        async with asyncio.timeout(_FIRST_FRAME_SECONDS):
            token = (_frame(await socket.receive_text()) or {}).get("token")
        wanted = conversation_id_from(socket, conversation_id)
    except (TimeoutError, KeyError, NotFound):
        await socket.close(BAD_TOKEN)
        return None
    async with door.database.read() as session:
        conversation = await repository.conversation_by_id(session, wanted)
    if conversation is None:
        await socket.close(GONE)
        return None
    if not isinstance(token, str) or not opens(conversation, hash_token(token)):
        await socket.close(BAD_TOKEN)
        return None
    return conversation_topic(wanted)


async def _both_ways(socket: WebSocket, door: Door, topic: str, events: AsyncIterator[tuple[str, Event]]) -> None:
    ways = {asyncio.create_task(_tell(socket, events)), asyncio.create_task(_hear(socket, door, topic))}
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _tell(socket: WebSocket, events: AsyncIterator[tuple[str, Event]]) -> None:
    async for _topic, event in events:
        if event["type"] == "resync":
            await socket.close(COME_AGAIN)
            return
        if event["type"] == "typing" and event.get("author") == "person":
            continue
        await socket.send_json(event)
        if event["type"] == "wiped":
            await socket.close(GONE)
            return
    await socket.close(COME_AGAIN)


async def _hear(socket: WebSocket, door: Door, topic: str) -> None:
    told = 0.0
    while True:
        frame = _frame(await socket.receive_text())
        # Real time is meant: it spares the console, and nothing is decided by it.
        if frame and frame.get("type") == "typing" and time.monotonic() - told >= _TYPING_EVERY_SECONDS:
            told = time.monotonic()
            await door.live.publish(topic, {"type": "typing", "author": "person", "name": None})


def _frame(text: str) -> dict[str, Any] | None:
    """A client's frame, or None for what is none."""
    if len(text) > _LONGEST_FRAME:
        return None
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) else None
