"""A stand-in for Twilio's servers: takes messages as the documented `CreateMessage` does, calls webhooks back signed.

Checked against Twilio's published OpenAPI document (`twilio_api_v2010`) by way of Twilio's own client, which is made
from it: form-encoded, basic authentication with account and token, `To` required, 201 with the message, errors as
`{code, message, more_info, status}`. Whatever is kept is kept in memory.
"""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from reference.clock import Clock, SystemClock
from twilio_stand_in.faults import Faults
from twilio_stand_in.messages import Message, error, matches, new_sid
from twilio_stand_in.opt_out import OptOut, StoppedNumbers
from twilio_stand_in.server import build_app
from twilio_stand_in.services import OUR_NUMBER, MessagingService
from twilio_stand_in.webhooks import Webhooks
from voice.segments import measure

STEPS = ("queued", "sent", "delivered")
"""The status callbacks of a text that arrives."""


@dataclass
class TwilioStandIn:
    """The server's memory and its faults. `app` is the ASGI application."""

    account_sid: str = "AC" + "0" * 32
    auth_token: str = "test-token"  # noqa: S105 - nobody's account
    clock: Clock = field(default_factory=SystemClock)
    faults: Faults = field(default_factory=Faults)
    service: MessagingService = field(default_factory=lambda: MessagingService("https://gateside.example.org"))
    opt_out: OptOut = "off"
    """Whether Twilio hears STOP, START and HELP of `phone_texts` before the service does."""
    refusals: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    """Status, body and headers of the next answers to `CreateMessage`; nothing is taken."""
    goes_on: asyncio.Event | None = None
    """Until it is set, `CreateMessage` is at work: it takes messages after that, also of who has hung up."""
    lose_answers: int = 0
    """So many messages are taken, and the answer is lost on its way back."""
    refused: dict[str, int] = field(default_factory=dict)
    """Numbers to which `CreateMessage` takes nothing, each with the error code that it gives."""
    unreachable: dict[str, int] = field(default_factory=dict)
    """Numbers at which no text arrives, each with the error code that is reported."""
    messages: list[Message] = field(default_factory=list)
    """Every message, sent and received, oldest first."""
    stopped: StoppedNumbers = field(default_factory=StoppedNumbers)

    def __post_init__(self) -> None:
        self.webhooks = Webhooks(self.auth_token)
        self.app = build_app(self)

    # ---- what was sent

    @property
    def sent(self) -> list[Message]:
        """What the service has sent, oldest first."""
        return [message for message in self.messages if message.direction != "inbound"]

    def texts_to(self, number: str) -> list[str]:
        """The bodies sent to a number, in order."""
        return [sent.body for sent in self.sent if sent.to == number]

    def message(self, sid: str) -> Message | None:
        """A message by its identifier."""
        return next((one for one in self.messages if one.sid == sid), None)

    def found(self, wanted: Mapping[str, str]) -> list[Message]:
        """What `ListMessage` finds, newest first. Raises ValueError for a date that is none."""
        return [one for one in reversed(self.messages) if matches(one, wanted)]

    # ---- what goes wrong

    def refuse(self, status: int, code: int, message: str = "refused", *, retry_after: int | None = None) -> None:
        """Refuse the next message."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.refusals.append((status, error(status, code, message), headers))

    # ---- calling back

    def connect(self, http: httpx.AsyncClient, public_url: str) -> None:
        """Report every text's statuses by itself from now on, through this client, signed for this address."""
        self.webhooks.connect(http, public_url)

    def signed(self, address: str, fields: dict[str, str]) -> dict[str, str]:
        """The headers that Twilio sends with these fields to this address."""
        return self.webhooks.signed(address, fields)

    async def text_in(
        self, http: httpx.AsyncClient, public_url: str, *, number: str, body: str, sid: str | None = None, **more: str
    ) -> httpx.Response:
        """Somebody texts the service: the webhook as Twilio calls it."""
        fields = self._arrived(number, body, sid=sid, **more)
        return await self.call(http, public_url, "/webhooks/twilio/messages", fields)

    async def status(
        self, http: httpx.AsyncClient, public_url: str, sid: str, status: str, **more: str
    ) -> httpx.Response:
        """A sent message has moved on: the status callback."""
        fields = {"MessageSid": sid, "MessageStatus": status, "AccountSid": self.account_sid, **more}
        return await self.call(http, public_url, "/webhooks/twilio/status", fields)

    async def call(self, http: httpx.AsyncClient, public_url: str, path: str, fields: dict[str, str]) -> httpx.Response:
        """Any webhook, signed for the public address."""
        return await self.webhooks.call(http, public_url, path, fields)

    async def phone_texts(self, number: str, body: str, **more: str) -> Message:
        """Somebody's phone texts the service, the whole way: Twilio's own words, the webhook, its fallback, TwiML.

        The webhooks must have been connected. Returns the text as it was taken in.
        """
        heard = self.stopped.hear(number, body, self.opt_out)
        if heard is not None and self.opt_out == "advanced":
            more = {**more, "OptOutType": heard[0]}
        fields = self._arrived(number, body, **more)
        if heard is not None:
            self._answer(number, heard[1], status="delivered")
        for _ in range(2 if self.faults.doubles() else 1):
            await self._hand_over(number, fields)
        taken = self.message(fields["MessageSid"])
        assert taken is not None
        return taken

    def take(self, fields: Mapping[str, str]) -> Message:
        """Take a message that `CreateMessage` may send, and report how far it comes."""
        taken = Message(
            new_sid(),
            fields["To"],
            fields.get("Body", ""),
            fields.get("From") or self.service.sender,
            "outbound-api",
            self.clock.now(),
            "accepted" if fields.get("MessagingServiceSid") else "queued",
            messaging_service_sid=fields.get("MessagingServiceSid"),
            status_callback=fields.get("StatusCallback") or self.service.status_callback,
        )
        self.messages.append(taken)
        if self.webhooks.connected:
            self.webhooks.begin(asyncio.create_task(self._report(taken)))
        return taken

    async def _report(self, message: Message) -> None:
        """Tell a message's way by status callbacks, with the faults that were asked for."""
        code = self.unreachable.get(message.to)
        steps = STEPS if code is None else (*STEPS[:2], "undelivered")
        for step in self.faults.order(steps):
            await asyncio.sleep(self.faults.pause())
            message.history.append(step)
            if message.status not in ("delivered", "undelivered"):
                message.status = step
            fields = {
                "MessageSid": message.sid,
                "SmsSid": message.sid,
                "MessageStatus": step,
                "SmsStatus": step,
                "AccountSid": self.account_sid,
                "To": message.to,
                "From": message.sender or "",
                "MessagingServiceSid": message.messaging_service_sid or "",
                "ApiVersion": "2010-04-01",
            }
            if step == "undelivered" and code is not None:
                message.error_code = code
                fields["ErrorCode"] = str(code)
            if message.status_callback:
                await self.webhooks.call_address(message.status_callback, fields)

    async def _hand_over(self, number: str, fields: dict[str, str]) -> None:
        answer = None
        for address in (self.service.inbound_request_url, self.service.fallback_url):
            if address is None:
                continue
            answer = await self.webhooks.call_address(address, fields)
            if answer is not None and answer.is_success:
                break
            fields = {**fields, "ErrorCode": "11200", "ErrorUrl": address}
        if answer is not None and answer.is_success:
            for said in ElementTree.fromstring(answer.text).iter("Message"):  # noqa: S314 - our own service's
                self._answer(number, said.text or "", status="delivered")

    def _answer(self, number: str, body: str, *, status: str) -> None:
        self.messages.append(
            Message(new_sid(), number, body, self.service.sender, "outbound-reply", self.clock.now(), status)
        )

    def _arrived(self, number: str, body: str, *, sid: str | None = None, **more: str) -> dict[str, str]:
        """Note a text that came in; the fields of its webhook."""
        sid = sid or new_sid()
        if self.message(sid) is None:
            media = int(more.get("NumMedia", "0") or 0)
            self.messages.append(
                Message(
                    sid, OUR_NUMBER, body, number, "inbound", self.clock.now(), "received", self.service.sid,
                    num_media=media,
                )
            )  # fmt: skip
        return {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "AccountSid": self.account_sid,
            "MessagingServiceSid": self.service.sid,
            "ApiVersion": "2010-04-01",
            "From": number,
            "To": self.service.sender or OUR_NUMBER,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": str(max(1, measure(body).segments)),
            "FromCity": "",
            "FromCountry": "GB",
            **more,
        }
