"""Texts out: what Twilio is asked, what its answers mean, and how a text of unknown fate is found again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timezone
from email.utils import format_datetime
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest

from api.channels.sms.sender import TwilioSender
from api.conversations.models import Status
from api.conversations.phone_numbers import NumberSafe
from api.delivery.sender import Parcel, Permanent, SendError, Temporary, Trace, Unknown
from api.settings import Settings
from tests.api.clocks import FixedClock
from twilio_stand_in import TwilioStandIn

NUMBER = "+447700900123"
NUMBERS = NumberSafe(encryption_key=b"x" * 43 + b"=", lookup_key=b"y" * 32)
NOTHING_KNOWN = Trace(known=frozenset(), age_seconds=0)


class Line(httpx.AsyncBaseTransport):
    """The line to the stand-in: dates its answers as servers do, and can break."""

    def __init__(self, twilio: TwilioStandIn) -> None:
        self.asked: list[httpx.Request] = []
        self.breaks: Callable[[httpx.Request], Exception] | None = None
        self.answers: list[httpx.Response] = []
        self._twilio, self._server = twilio, httpx.ASGITransport(twilio.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.breaks is not None:
            raise self.breaks(request)
        if self.answers:
            return self.answers.pop(0)
        response = await self._server.handle_async_request(request)
        response.headers["date"] = format_datetime(self._twilio.clock.now().astimezone(timezone.utc), usegmt=True)
        return response


@pytest.fixture
def twilio(clock: FixedClock) -> TwilioStandIn:
    return TwilioStandIn(clock=clock)


@pytest.fixture
def line(twilio: TwilioStandIn) -> Line:
    return Line(twilio)


def sender_over(line: Line, *, patience_seconds: float = 5, **settings: str | None) -> TwilioSender:
    wanted = {
        "public_url": "https://gateside.example.org/",
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": "test-token",
        "twilio_messaging_service_sid": "MG" + "1" * 32,
        "twilio_api_base_url": "https://twilio.example.org",
        **settings,
    }
    return TwilioSender(Settings.model_validate(wanted), NUMBERS, transport=line, patience_seconds=patience_seconds)


def parcel(text: str = "hello") -> Parcel:
    return Parcel(uuid4(), "sms", text, NUMBERS.seal(NUMBER), uuid4(), uuid4(), 1)


async def test_a_text_goes_through_the_messaging_service_and_is_reported_to_the_public_address(line: Line) -> None:
    going = parcel()
    result = await sender_over(line).send(going)
    asked = parse_qs(line.asked[0].content.decode())
    assert asked == {
        "To": [NUMBER],
        "MessagingServiceSid": ["MG" + "1" * 32],
        "Body": ["hello"],
        "StatusCallback": [f"https://gateside.example.org/webhooks/twilio/status?parcel={going.id}"],
    }
    assert (result.status, result.error_code) == (Status.SENT, None)


async def test_without_a_messaging_service_it_goes_from_the_number_that_people_text(line: Line) -> None:
    sender = sender_over(line, twilio_messaging_service_sid=None, sms_number="07700 900999")
    await sender.send(parcel())
    asked = parse_qs(line.asked[0].content.decode())
    assert asked["From"] == ["+447700900999"]
    assert "MessagingServiceSid" not in asked


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, 20429, Temporary),
        (400, 21611, Temporary),
        (401, 20003, Temporary),
        (404, 20404, Temporary),
        (400, 21704, Temporary),
        (500, 20500, Unknown),
        (502, 0, Unknown),
        (503, 20503, Unknown),
        (504, 0, Unknown),
        (408, 0, Unknown),
        (400, 21610, Permanent),
        (400, 21211, Permanent),
        (400, 21614, Permanent),
        (400, 21408, Permanent),
        (400, 99999, Permanent),
    ],
)
async def test_an_answer_means_again_never_or_nobody_knows(
    line: Line, status: int, code: int, kind: type[SendError]
) -> None:
    line.answers = [httpx.Response(status, json={"code": code}, headers={"Retry-After": "7"})]
    with pytest.raises(kind) as raised:
        await sender_over(line).send(parcel())
    assert NUMBER not in str(raised.value)
    if isinstance(raised.value, Temporary | Unknown):
        assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(201, json={}), httpx.Response(302)]
)
async def test_an_answer_that_twilio_would_not_give_leaves_the_fate_unknown(line: Line, answer: httpx.Response) -> None:
    line.answers = [answer]
    with pytest.raises(Unknown):
        await sender_over(line).send(parcel())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError, Temporary),
        (httpx.ConnectTimeout, Temporary),
        (httpx.PoolTimeout, Temporary),
        (httpx.ReadTimeout, Unknown),
        (httpx.WriteError, Unknown),
        (httpx.RemoteProtocolError, Unknown),
    ],
)
async def test_only_a_line_that_never_stood_is_known_to_have_carried_nothing(
    line: Line, error: type[httpx.TransportError], kind: type[SendError]
) -> None:
    line.breaks = lambda request: error("broken", request=request)
    with pytest.raises(kind):
        await sender_over(line).send(parcel())


async def test_an_answer_that_takes_too_long_leaves_the_fate_unknown(twilio: TwilioStandIn) -> None:
    class Slow(Line):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

    with pytest.raises(Unknown):
        await sender_over(Slow(twilio), patience_seconds=0.01).send(parcel())


async def test_a_text_that_went_is_found_by_its_words_and_one_that_did_not_is_not(
    twilio: TwilioStandIn, line: Line
) -> None:
    sender, going = sender_over(line), parcel("It’s  me – “Morag” ")
    assert await sender.find(going, NOTHING_KNOWN) is None
    twilio.lose_answers = 1
    with pytest.raises(Unknown):
        await sender.send(going)
    (taken,) = twilio.sent
    # Twilio may have put plain characters for curly ones, and cut blanks at the end.
    taken.body = 'It\'s  me - "Morag"'
    found = await sender.find(going, NOTHING_KNOWN)
    assert found is not None
    assert (found.provider_id, found.status) == (taken.sid, Status.SENT)
    assert await sender.find(parcel("It's me"), NOTHING_KNOWN) is None


async def test_an_older_text_with_the_same_words_is_another(
    twilio: TwilioStandIn, line: Line, clock: FixedClock
) -> None:
    sender, going = sender_over(line), parcel()
    earlier = await sender.send(parcel())
    assert await sender.find(going, Trace(frozenset({str(earlier.provider_id)}), 0)) is None
    clock.forward(minutes=10)
    # Wiped since, so that nobody here knows its id: it is too old to be this one.
    assert await sender.find(going, Trace(frozenset(), age_seconds=60)) is None
    assert await sender.find(going, Trace(frozenset(), age_seconds=600)) is not None


async def test_what_the_person_wrote_is_not_taken_for_what_was_sent(twilio: TwilioStandIn, line: Line) -> None:
    sender = sender_over(line)
    await sender.send(parcel())
    twilio.messages[0].direction = "inbound"
    assert await sender.find(parcel(), NOTHING_KNOWN) is None


async def test_a_text_that_came_back_meanwhile_is_found_as_such(twilio: TwilioStandIn, line: Line) -> None:
    sender = sender_over(line)
    await sender.send(parcel())
    twilio.sent[0].status, twilio.sent[0].error_code = "undelivered", 30003
    found = await sender.find(parcel(), NOTHING_KNOWN)
    assert found is not None
    assert (found.status, found.error_code) == (Status.FAILED, "30003")


async def test_many_texts_since_are_looked_through_page_by_page(twilio: TwilioStandIn, line: Line) -> None:
    sender = sender_over(line)
    await sender.send(parcel("the one"))
    for number in range(230):
        await sender.send(parcel(f"text {number}"))
    line.asked.clear()
    found = await sender.find(parcel("the one"), NOTHING_KNOWN)
    assert found is not None
    assert found.provider_id == twilio.sent[0].sid
    assert len(line.asked) == 3


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(429, headers={"Retry-After": "9"}), httpx.Response(200, text="no")]
)
async def test_when_it_cannot_be_looked_for_nothing_is_concluded(line: Line, answer: httpx.Response) -> None:
    line.answers = [answer]
    with pytest.raises(Temporary):
        await sender_over(line).find(parcel(), NOTHING_KNOWN)
    line.breaks = lambda request: httpx.ReadTimeout("slow", request=request)
    with pytest.raises(Temporary):
        await sender_over(line).find(parcel(), NOTHING_KNOWN)
