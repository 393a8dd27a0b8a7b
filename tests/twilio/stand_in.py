"""A stand-in for Twilio's servers: takes messages as the documented `CreateMessage` does, calls webhooks back signed.

Checked against Twilio's published OpenAPI document (`twilio_api_v2010`, operation `CreateMessage`): form-encoded, basic
authentication with account and token, `To` required, one sender (`From` or `MessagingServiceSid`), something to say
(`Body` or `MediaUrl`), 201 with the message, errors as `{code, message, more_info, status}`.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from twilio.request_validator import RequestValidator

KNOWN_FIELDS = frozenset(
    {
        "To", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "StatusCallback", "ApplicationSid",
        "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention",
        "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType", "SendAt",
        "SendAsMms", "ContentVariables", "RiskCheck",
    }
)  # fmt: skip
LONGEST_BODY = 1600


@dataclass
class Sent:
    """A message that was taken."""

    sid: str
    to: str
    body: str
    messaging_service_sid: str | None
    status_callback: str | None


@dataclass
class TwilioStandIn:
    """The server's memory and its faults. `app` is the ASGI application."""

    account_sid: str = "AC" + "0" * 32
    auth_token: str = "test-token"
    sent: list[Sent] = field(default_factory=list)
    faults: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Status and body of the next answers; nothing is taken."""
    lose_answers: int = 0
    """So many messages are taken, and the answer is lost on its way back."""
    delay_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.app = FastAPI()
        path = "/2010-04-01/Accounts/{account_sid}/Messages.json"
        self.app.post(path)(self._create)
        self.app.get(path)(self._list)

    def refuse(self, status: int, code: int, message: str = "refused") -> None:
        """Refuse the next message."""
        self.faults.append((status, _error(status, code, message)))

    def texts_to(self, number: str) -> list[str]:
        """The bodies sent to a number, in order."""
        return [sent.body for sent in self.sent if sent.to == number]

    # ---- calling back

    def signed(self, address: str, fields: dict[str, str]) -> dict[str, str]:
        """The headers that Twilio sends with these fields to this address."""
        signature = RequestValidator(self.auth_token).compute_signature(address, fields)
        return {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}

    async def text_in(
        self, http: httpx.AsyncClient, public_url: str, *, number: str, body: str, sid: str | None = None, **more: str
    ) -> httpx.Response:
        """Somebody texts the service: the webhook as Twilio calls it."""
        fields = {
            "MessageSid": sid or "SM" + secrets.token_hex(16),
            "AccountSid": self.account_sid,
            "From": number,
            "To": "+447700900999",
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            "FromCity": "",
            **more,
        }
        return await self.call(http, public_url, "/webhooks/twilio/messages", fields)

    async def status(
        self, http: httpx.AsyncClient, public_url: str, sid: str, status: str, **more: str
    ) -> httpx.Response:
        """A sent message has moved on: the status callback."""
        fields = {"MessageSid": sid, "MessageStatus": status, "AccountSid": self.account_sid, **more}
        return await self.call(http, public_url, "/webhooks/twilio/status", fields)

    async def call(self, http: httpx.AsyncClient, public_url: str, path: str, fields: dict[str, str]) -> httpx.Response:
        """Any webhook, signed for the public address."""
        headers = self.signed(public_url.rstrip("/") + path, fields)
        return await http.post(path, content=urlencode(fields), headers=headers)

    # ---- the server

    async def _create(self, account_sid: str, request: Request) -> Response:
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        refused = self._refusal(account_sid, request)
        if refused is not None:
            return refused
        fields = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        wrong = _wrong_with(fields)
        if wrong is not None:
            return JSONResponse(_error(400, *wrong), 400)
        taken = Sent(
            "SM" + secrets.token_hex(16),
            fields["To"],
            fields.get("Body", ""),
            fields.get("MessagingServiceSid"),
            fields.get("StatusCallback"),
        )
        self.sent.append(taken)
        if self.lose_answers:
            self.lose_answers -= 1
            return Response(status_code=504)
        return JSONResponse(self._resource(taken), 201)

    async def _list(self, account_sid: str, request: Request, To: str | None = None) -> Response:
        refused = self._refusal(account_sid, request)
        if refused is not None:
            return refused
        found = [self._resource(one) for one in reversed(self.sent) if To in (None, one.to)]
        return JSONResponse({"messages": found, "page": 0, "page_size": 50, "next_page_uri": None})

    def _refusal(self, account_sid: str, request: Request) -> Response | None:
        wanted = httpx.BasicAuth(self.account_sid, self.auth_token)._auth_header
        if account_sid != self.account_sid or request.headers.get("authorization") != wanted:
            return JSONResponse(_error(401, 20003, "Authenticate"), 401)
        if self.faults:
            status, body = self.faults.pop(0)
            return JSONResponse(body, status)
        return None

    def _resource(self, sent: Sent) -> dict[str, Any]:
        now = format_datetime(datetime.now(timezone.utc))
        return {
            "sid": sent.sid,
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": sent.body,
            "to": sent.to,
            "from": None,
            "messaging_service_sid": sent.messaging_service_sid,
            "status": "accepted",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "num_media": "0",
            "num_segments": "0",
            "price": None,
            "price_unit": None,
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sent.sid}.json",
            "subresource_uris": {},
        }


def _wrong_with(fields: dict[str, str]) -> tuple[int, str] | None:
    unknown = set(fields) - KNOWN_FIELDS
    if unknown:
        return 20001, f"Unknown parameters: {sorted(unknown)}"
    if not fields.get("To"):
        return 21604, "A 'To' phone number is required."
    if bool(fields.get("From")) == bool(fields.get("MessagingServiceSid")):
        return 21603, "One of 'From' and 'MessagingServiceSid' is required."
    if not fields.get("Body") and not fields.get("MediaUrl"):
        return 21602, "Message body is required."
    if len(fields.get("Body", "")) > LONGEST_BODY:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    return None


def _error(status: int, code: int, message: str) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
