"""Twilio's own copies of texts: found by number, and deleted (`DeleteMessage`; its media goes with a message)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httpx

from api.channels.sms.account import messages_path, signed_in
from api.channels.sms.answers import document
from api.conversations.phone_numbers import NumberSafe
from api.privacy.owed import NotYet
from api.settings import Settings

_PATIENCE_SECONDS = 10.0
_A_PAGE = 100
_PAGES = 50
_FOR_ALL = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


class TwilioCopies:
    """What Twilio keeps of the texts of this account."""

    def __init__(
        self, settings: Settings, numbers: NumberSafe, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`settings` must be connected to Twilio; `numbers` opens a sealed number for the one question."""
        self._numbers = numbers
        self._service, self._number = settings.twilio_messaging_service_sid, settings.sms_number
        self._path = messages_path(settings)
        self._http = signed_in(settings, patience_seconds=_PATIENCE_SECONDS, transport=transport)

    async def delete(self, provider_id: str) -> None:
        """Delete a text; one that Twilio does not have is gone. Raises NotYet, also for one still on its way."""
        if not provider_id.isalnum():
            # No name that Twilio gives: there is nothing to delete, and it must not become part of a path.
            return
        response = await self._asked("DELETE", f"{self._path}/{provider_id}.json")
        if response.status_code not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND):
            raise _not_yet(response)

    async def texts_with(self, number_sealed: str) -> Sequence[str]:
        """This service's texts to and from a number. Raises NotYet."""
        number = self._numbers.open(number_sealed)
        sent = [text async for text in self._listed({"To": number}) if self._is_ours(text, "from")]
        received = [text async for text in self._listed({"From": number}) if self._is_ours(text, "to")]
        return [str(text["sid"]) for text in (*sent, *received)]

    async def close(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()

    def _is_ours(self, text: dict[str, Any], our_end: str) -> bool:
        """Of this messaging service or this number: an account may serve others too.

        What a webhook's answer said has no service in Twilio's list; it goes by the number that texts came in at.
        """
        service = text.get("messaging_service_sid")
        if self._service and service == self._service:
            return True
        if self._number:
            return bool(text.get(our_end) == self._number)
        return service is None and text.get("direction") == "outbound-reply"

    async def _listed(self, wanted: dict[str, Any]) -> Any:
        address: str | None = f"{self._path}.json"
        asked: dict[str, Any] | None = {**wanted, "PageSize": _A_PAGE}
        for _ in range(_PAGES):
            if not address:
                return
            response = await self._asked("GET", address, params=asked)
            page = document(response)
            if response.status_code != HTTPStatus.OK or "messages" not in page:
                raise _not_yet(response)
            for text in page["messages"]:
                yield text
            # The next page's address holds the question already.
            address, asked = page.get("next_page_uri"), None

    async def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._http.request(method, path, **more)
        except (httpx.HTTPError, TimeoutError) as error:
            raise NotYet(type(error).__name__, for_all=True) from None


def _not_yet(response: httpx.Response) -> NotYet:
    for_all = response.is_server_error or response.status_code in _FOR_ALL
    return NotYet(str(document(response).get("code") or response.status_code), for_all=for_all)
