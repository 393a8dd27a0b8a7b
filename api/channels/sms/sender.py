"""Sends texts through Twilio's REST API (operation `CreateMessage` of its published `twilio_api_v2010` document)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx

from api.conversations.models import Status
from api.conversations.phone_numbers import NumberSafe
from api.delivery.sender import Parcel, Permanent, SendResult, Temporary, Unknown
from api.settings import Settings

OPTED_OUT = "21610"
"""Twilio's code for somebody who has texted STOP."""

_PATIENCE_SECONDS = 10.0
_LOOKED_THROUGH = 50
_STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}


def message_status(provider_status: str) -> Status | None:
    """How far a text has come by Twilio's word for it; None for words that tell nothing new (`queued`, `sending`)."""
    return _STATUSES.get(provider_status.lower())


class TwilioSender:
    """Texts, through a messaging service, with a status callback."""

    def __init__(
        self, settings: Settings, numbers: NumberSafe, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`settings` must be connected to Twilio; `numbers` opens a sealed number at the last moment."""
        assert settings.twilio_account_sid
        assert settings.twilio_auth_token
        assert settings.twilio_messaging_service_sid
        self._numbers = numbers
        self._service = settings.twilio_messaging_service_sid
        self._callback = f"{settings.base_url}/webhooks/twilio/status"
        self._path = f"/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages.json"
        self._http = httpx.AsyncClient(
            base_url=str(settings.twilio_api_base_url),
            auth=(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()),
            timeout=_PATIENCE_SECONDS,
            transport=transport,
        )

    async def send(self, parcel: Parcel) -> SendResult:
        """Hand the text to Twilio. Raises Temporary, Permanent, or Unknown when the answer was lost."""
        fields = {
            "To": self._number(parcel),
            "MessagingServiceSid": self._service,
            "Body": parcel.text,
            "StatusCallback": self._callback,
        }
        try:
            response = await self._http.post(self._path, data=fields)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Temporary from None
        except httpx.HTTPError:
            raise Unknown("the line broke before Twilio answered") from None
        if response.status_code == HTTPStatus.CREATED:
            return SendResult(str(_document(response).get("sid") or ""), Status.SENT)
        raise _refusal(response)

    async def find(self, parcel: Parcel) -> SendResult | None:
        """Look for the text among those that went to this number lately. Raises Temporary."""
        try:
            response = await self._http.get(
                self._path, params={"To": self._number(parcel), "PageSize": _LOOKED_THROUGH}
            )
        except httpx.HTTPError:
            raise Temporary from None
        if response.status_code != HTTPStatus.OK:
            raise Temporary(code=str(response.status_code))
        outbound = [one for one in _document(response).get("messages", ()) if one.get("direction") != "inbound"]
        # Newest first. Words of a conversation go one after the other, so only the newest can be this parcel: an
        # older text with the same words is another message, and a doubled text is better than a lost one.
        if not outbound or outbound[0].get("body") != parcel.text:
            return None
        arrived = message_status(str(outbound[0].get("status"))) is Status.DELIVERED
        return SendResult(str(outbound[0].get("sid")), Status.DELIVERED if arrived else Status.SENT)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._http.aclose()

    def _number(self, parcel: Parcel) -> str:
        if parcel.destination_sealed is None:
            raise Permanent("no_number")
        return self._numbers.open(parcel.destination_sealed)


def _refusal(response: httpx.Response) -> Exception:
    """Twilio's refusal as one of delivery's errors. Its message may name the number and is not passed on."""
    code = str(_document(response).get("code") or response.status_code)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        after = response.headers.get("retry-after", "")
        return Temporary(float(after) if after.isdigit() else None, code=code)
    if response.status_code == HTTPStatus.GATEWAY_TIMEOUT:
        return Unknown("a gateway lost Twilio's answer")
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status_code == HTTPStatus.UNAUTHORIZED:
        # A wrong token is the operator's to mend, and the text must still go once it is.
        return Temporary(code=code)
    return Permanent(code)


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
