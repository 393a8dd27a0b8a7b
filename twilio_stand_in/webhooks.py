"""Calls the service's webhooks as Twilio does: form-encoded, signed over the public address."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

PATIENCE_SECONDS = 15.0
"""What Twilio waits for an answer."""

_log = logging.getLogger(__name__)


class Webhooks:
    """Signs with the account's token; reaches the public address through `http`, whose base may be another one."""

    def __init__(self, auth_token: str) -> None:
        self.auth_token = auth_token
        self._http: httpx.AsyncClient | None = None
        self._public_url = ""
        self._running: set[asyncio.Task[None]] = set()

    def connect(self, http: httpx.AsyncClient, public_url: str) -> None:
        """From now on callbacks are made by themselves, through this client."""
        self._http, self._public_url = http, public_url.rstrip("/")

    @property
    def connected(self) -> bool:
        """Whether callbacks are made."""
        return self._http is not None

    @property
    def public_url(self) -> str:
        """The address that is signed."""
        return self._public_url

    def signed(self, address: str, fields: dict[str, str]) -> dict[str, str]:
        """The headers that Twilio sends with these fields to this address."""
        signature = RequestValidator(self.auth_token).compute_signature(address, fields)
        return {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}

    async def call(self, http: httpx.AsyncClient, public_url: str, path: str, fields: dict[str, str]) -> httpx.Response:
        """Any webhook, signed for the public address."""
        headers = self.signed(public_url.rstrip("/") + path, fields)
        return await http.post(path, content=urlencode(fields), headers=headers)

    async def call_address(self, address: str, fields: dict[str, str]) -> httpx.Response | None:
        """A webhook by its whole address, through the connected client; None when nobody answered."""
        assert self._http is not None
        # Behind the public address stands the same server that the client reaches.
        target = address.removeprefix(self._public_url) or "/"
        try:
            return await self._http.post(target, content=urlencode(fields), headers=self.signed(address, fields))
        except httpx.HTTPError as error:
            _log.warning("a webhook was not answered: %s", type(error).__name__)
            return None

    def begin(self, task: asyncio.Task[None]) -> None:
        """Keep a task until it is over."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Wait until every callback has been made."""
        while self._running:
            await asyncio.gather(*self._running)
