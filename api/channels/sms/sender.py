"""Sends texts through Twilio's REST API (operation `CreateMessage` of its published `twilio_api_v2010` document)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from api.channels.sms.account import messages_path, signed_in
from api.channels.sms.answers import document, refusal, result_of, retry_after
from api.conversations.phone_numbers import NumberSafe
from api.delivery.failures import NO_NUMBER
from api.delivery.sender import Parcel, Permanent, SendResult, Temporary, Trace, Unknown
from api.settings import Settings
from voice.segments import plainly

STATUS_PATH = "/webhooks/twilio/status"
PARCEL = "parcel"
"""Our mark on a text: the parcel's id in the address that Twilio reports back to."""

PATIENCE_SECONDS = 10.0
"""For one step of the talk with Twilio; for all of it half as much again."""
_A_PAGE = 100
_PAGES = 5
_SLACK_SECONDS = 60.0
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class TwilioSender:
    """Texts, through a messaging service or from one number, with a status callback."""

    def __init__(
        self,
        settings: Settings,
        numbers: NumberSafe,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """`settings` must be connected to Twilio; `numbers` opens a sealed number at the last moment."""
        service, number = settings.twilio_messaging_service_sid, settings.sms_number
        assert service or number
        self._from = {"MessagingServiceSid": service} if service else {"From": str(number)}
        self._numbers = numbers
        self._callback = settings.base_url + STATUS_PATH
        self._path = f"{messages_path(settings)}.json"
        self._patience = patience_seconds * 1.5
        self._http = signed_in(settings, patience_seconds=patience_seconds, transport=transport)

    async def send(self, parcel: Parcel) -> SendResult:
        """Hand the text to Twilio. Raises Temporary, Permanent, or Unknown when the answer was lost."""
        fields = {
            "To": self._number(parcel),
            **self._from,
            "Body": parcel.text,
            "StatusCallback": f"{self._callback}?{PARCEL}={parcel.id}",
        }
        try:
            async with asyncio.timeout(self._patience):
                response = await self._http.post(self._path, data=fields)
        except _NOT_REACHED:
            raise Temporary from None
        except (httpx.HTTPError, TimeoutError):
            raise Unknown from None
        taken = document(response) if response.status_code == HTTPStatus.CREATED else {}
        if taken.get("sid"):
            return result_of(taken)
        raise refusal(response)

    async def find(self, parcel: Parcel, trace: Trace) -> SendResult | None:
        """Look for the text among those that went to this number since the first attempt. Raises Temporary.

        The list is asked for by number and read by age here. Twilio can also pick by `DateSent`, but a text that still
        waits in its queue has no such date yet, and that is the very text to be found.
        """
        words = _as_compared(parcel.text)
        async for text, age_seconds in self._texts_to(self._number(parcel)):
            if age_seconds > trace.age_seconds + _SLACK_SECONDS:
                return None
            if text.get("direction") == "inbound" or str(text.get("sid")) in trace.known:
                continue
            if _as_compared(str(text.get("body"))) == words:
                return result_of(text)
        return None

    async def close(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()

    async def _texts_to(self, number: str) -> AsyncIterator[tuple[dict[str, Any], float]]:
        """The texts to a number, newest first, each with its age in seconds by Twilio's own clock."""
        address: str | None = self._path
        asked: dict[str, Any] | None = {"To": number, "PageSize": _A_PAGE}
        for _ in range(_PAGES):
            if not address:
                return
            response = await self._page(address, asked)
            page = document(response)
            now = _instant(response.headers.get("date"))
            for text in page.get("messages", ()):
                created = _instant(text.get("date_created"))
                yield text, (now - created).total_seconds() if now and created else 0.0
            # The next page's address holds the question already.
            address, asked = page.get("next_page_uri"), None

    async def _page(self, address: str, asked: dict[str, Any] | None) -> httpx.Response:
        try:
            async with asyncio.timeout(self._patience):
                response = await self._http.get(address, params=asked)
        except (httpx.HTTPError, TimeoutError):
            raise Temporary from None
        if response.status_code != HTTPStatus.OK or "messages" not in document(response):
            raise Temporary(retry_after(response), code=str(response.status_code))
        return response

    def _number(self, parcel: Parcel) -> str:
        if parcel.destination_sealed is None:
            raise Permanent(NO_NUMBER)
        return self._numbers.open(parcel.destination_sealed)


def _as_compared(text: str) -> str:
    """A text as it may come back: a messaging service may have written it plainly and cut blanks at its ends."""
    return " ".join(plainly(text).split())


def _instant(date: Any) -> datetime | None:
    try:
        return parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
