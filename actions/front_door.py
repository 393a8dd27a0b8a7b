"""The service behind the assistant, asked over its internal routes."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

import aiohttp

from actions.heard import Heard
from bot.service_token import service_token

_log = logging.getLogger("gateside.actions")

_SECONDS = 1.5


@dataclass(frozen=True)
class Standing:
    """Where somebody stands who asked for a person; while officers are away, the day and the time they are back."""

    position: int
    officers_available: int
    estimate_minutes: int | None
    opens_on: str | None = None
    opens_at: str | None = None


@dataclass(frozen=True)
class CheckInsStanding:
    """How it stands with the check-ins: the plan's state, why it rests, and the ISO day of the first one to come."""

    state: str | None
    because: str | None
    first_due: str | None


class FrontDoor(Protocol):
    """What the assistant may ask of the service. None, False or an empty list: it did not answer."""

    async def ask_for(self, heard: Heard, kind: str, reason: str, skill: str | None = None) -> Standing | None:
        """Record the wish for a person (`handoff`) or a call (`callback`). The same message asks once."""

    async def keep(self, heard: Heard, facts: dict[str, Any]) -> bool:
        """Remember facts."""

    async def keep_release_date(self, heard: Heard, day: date, prison: str | None) -> bool:
        """Remember the release date as a plan."""

    async def stop_release_plan(self, heard: Heard) -> bool:
        """Take the plan away. True also where there was none."""

    async def check_ins(self, heard: Heard) -> CheckInsStanding | None:
        """How it stands with the check-ins."""

    async def agree_to_check_ins(self, heard: Heard, agreed: bool, hour: int | None) -> CheckInsStanding | None:
        """Remember whether they want to be asked how it goes, and at what hour."""

    async def note_check_in(self, heard: Heard, check_in_id: str, said: str) -> bool:
        """Remember what was said back to a check-in."""

    async def end_check_ins(self, heard: Heard, because: str) -> bool:
        """Have nothing more come by itself."""

    async def offered(self, heard: Heard, guessed: list[dict[str, Any]], topics: list[str], model: str | None) -> bool:
        """Remember what was guessed and which topics were offered instead, until the person chooses one."""

    async def services(self, need: str | None, place: str | None) -> list[dict[str, Any]] | None:
        """Services, nearest first."""


class HttpFrontDoor:
    """The front door over HTTP, at `GATESIDE_API_URL` or this machine's `GATESIDE_PORT`."""

    def __init__(self, base: str | None = None, token: str | None = None) -> None:
        self._base = (
            base or os.environ.get("GATESIDE_API_URL") or f"http://127.0.0.1:{os.environ.get('GATESIDE_PORT', '8080')}"
        ).rstrip("/")
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def ask_for(self, heard: Heard, kind: str, reason: str, skill: str | None = None) -> Standing | None:
        """Record the wish; tried twice, because it is the one thing that must not get lost."""
        body = {"message_id": heard.message_id, "kind": kind, "reason": reason, "skill": skill}
        path = f"/internal/v1/conversations/{heard.conversation_id}/requests"
        answer = await self._call("POST", path, json=body) or await self._call("POST", path, json=body)
        standing = (answer or {}).get("standing")
        if standing is None:
            return None
        return Standing(
            standing["position"],
            standing["officers_available"],
            standing.get("estimate_minutes"),
            standing.get("opens_on"),
            standing.get("opens_at"),
        )

    async def keep(self, heard: Heard, facts: dict[str, Any]) -> bool:
        """Remember facts."""
        body = {"message_id": heard.message_id, "facts": facts}
        return (
            await self._call("PUT", f"/internal/v1/conversations/{heard.conversation_id}/facts", json=body) is not None
        )

    async def keep_release_date(self, heard: Heard, day: date, prison: str | None) -> bool:
        """Remember the release date."""
        body = {"message_id": heard.message_id, "release_date": day.isoformat(), "prison": prison}
        path = f"/internal/v1/conversations/{heard.conversation_id}/release-plan"
        return await self._call("PUT", path, json=body) is not None

    async def offered(self, heard: Heard, guessed: list[dict[str, Any]], topics: list[str], model: str | None) -> bool:
        """Remember an offer of topics."""
        body = {"message_id": heard.message_id, "guessed": guessed, "topics": topics, "model": model}
        return (
            await self._call("PUT", f"/internal/v1/conversations/{heard.conversation_id}/offer", json=body) is not None
        )

    async def stop_release_plan(self, heard: Heard) -> bool:
        """Take the plan away."""
        return (
            await self._call("DELETE", f"/internal/v1/conversations/{heard.conversation_id}/release-plan") is not None
        )

    async def check_ins(self, heard: Heard) -> CheckInsStanding | None:
        """How it stands with the check-ins."""
        return _standing_of(await self._call("GET", f"/internal/v1/conversations/{heard.conversation_id}/check-ins"))

    async def agree_to_check_ins(self, heard: Heard, agreed: bool, hour: int | None) -> CheckInsStanding | None:
        """Remember a yes or a no."""
        body = {"message_id": heard.message_id, "agreed": agreed, "hour": hour}
        path = f"/internal/v1/conversations/{heard.conversation_id}/check-ins"
        return _standing_of(await self._call("PUT", path, json=body))

    async def note_check_in(self, heard: Heard, check_in_id: str, said: str) -> bool:
        """Remember an answer."""
        body = {"message_id": heard.message_id, "said": said}
        path = f"/internal/v1/conversations/{heard.conversation_id}/check-ins/{check_in_id}/answer"
        return await self._call("PUT", path, json=body) is not None

    async def end_check_ins(self, heard: Heard, because: str) -> bool:
        """Have nothing more come by itself."""
        body = {"message_id": heard.message_id, "because": because}
        path = f"/internal/v1/conversations/{heard.conversation_id}/check-ins/end"
        return await self._call("PUT", path, json=body) is not None

    async def services(self, need: str | None, place: str | None) -> list[dict[str, Any]] | None:
        """Services for the need and the place."""
        wanted = {name: value for name, value in (("need", need), ("place", place)) if value}
        answer = await self._call("GET", "/internal/v1/services", params=wanted)
        return None if answer is None else list(answer.get("items", []))

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any] | None:
        try:
            async with self._opened().request(method, self._base + path, **options) as response:
                if response.status >= 400:
                    _log.warning("%s to the service was answered %s", method, response.status)
                    return None
                return {} if response.status == 204 else await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            _log.warning("%s to the service failed: %s", method, type(error).__name__)
            return None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._token or service_token()}"},
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
            )
        return self._session


def _standing_of(answer: dict[str, Any] | None) -> CheckInsStanding | None:
    if answer is None:
        return None
    return CheckInsStanding(answer.get("state"), answer.get("because"), answer.get("first_due"))


@lru_cache(maxsize=1)
def front_door() -> FrontDoor:
    """The one door of this process."""
    return HttpFrontDoor()
