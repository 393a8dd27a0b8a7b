"""The stand-in speaks as Twilio does: Twilio's own client, which is made from the published document, talks to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageList

from tests.api.clocks import FixedClock
from tests.serving import serving
from twilio_stand_in import Faults, TwilioStandIn
from twilio_stand_in.messages import FIELDS

NUMBER = "+447700900123"
SERVICE = "MG" + "1" * 32
PUBLIC = "https://gateside.example.org"


class _Nearby(TwilioHttpClient):
    """Twilio's HTTP client, with every address of Twilio's on this machine."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def request(self, method: str, url: str, *args: object, **more: object) -> Response:  # type: ignore[override]
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self._address}{parts.path}{query}", *args, **more)  # type: ignore[arg-type]


@pytest.fixture
def stand_in(clock: FixedClock) -> TwilioStandIn:
    return TwilioStandIn(clock=clock)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def address(stand_in: TwilioStandIn) -> Iterator[str]:
    with serving(stand_in.app) as address:
        yield address


@pytest.fixture
def client(stand_in: TwilioStandIn, address: str) -> Client:
    return Client(stand_in.account_sid, stand_in.auth_token, http_client=_Nearby(address))


def test_it_knows_every_field_that_twilios_own_client_can_send() -> None:
    sent: dict[str, object] = {}

    class Line:
        def create_with_response_info(self, *, data: dict[str, object], **_more: object) -> tuple[object, int, object]:
            sent.update(data)
            return {}, 201, {}

    names = list(MessageList._create.__code__.co_varnames[1 : MessageList._create.__code__.co_argcount])
    values: dict[str, object] = dict.fromkeys(names, "x")
    values |= {"send_at": datetime(2026, 11, 25, tzinfo=timezone.utc), "media_url": ["x"], "persistent_action": ["x"]}
    MessageList(Line(), "AC1")._create(**values)
    assert set(sent) == FIELDS


def test_twilios_own_client_sends_reads_lists_and_deletes(
    client: Client, stand_in: TwilioStandIn, clock: FixedClock
) -> None:
    for words in ("one", "two", "three"):
        made = client.messages.create(to=NUMBER, messaging_service_sid=SERVICE, body=words, status_callback=PUBLIC)
        clock.forward(hours=10)
    client.messages.create(to="+447700900456", from_="+447700900999", body="somebody else")
    assert (made.status, made.num_segments, made.error_code, made.sid[:2]) == ("accepted", "0", None, "SM")
    assert client.messages(made.sid).fetch().body == "three"
    assert [one.body for one in client.messages.list(to=NUMBER, page_size=2)] == ["three", "two", "one"]
    wednesday = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
    after, before = wednesday + timedelta(hours=10), wednesday + timedelta(hours=20)
    found = client.messages.list(to=NUMBER, date_sent_after=after, date_sent_before=before)
    assert [one.body for one in found] == ["two"]
    assert [one.body for one in client.messages.list(to=NUMBER, date_sent="2026-11-25")] == ["one"]
    assert client.messages(made.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(made.sid).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "", "messaging_service_sid": SERVICE, "body": "x"}, 21604),
        ({"to": "07700900123", "messaging_service_sid": SERVICE, "body": "x"}, 21211),
        ({"to": NUMBER, "body": "x"}, 21603),
        ({"to": NUMBER, "messaging_service_sid": SERVICE}, 21602),
        ({"to": NUMBER, "messaging_service_sid": SERVICE, "body": "x" * 1601}, 21617),
    ],
)
def test_what_twilio_does_not_take_is_refused_with_its_code(client: Client, fields: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**fields)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert refused.value.uri


def test_a_wrong_token_opens_nothing(stand_in: TwilioStandIn, address: str) -> None:
    stranger = Client(stand_in.account_sid, "guess", http_client=_Nearby(address))
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to=NUMBER, messaging_service_sid=SERVICE, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert stand_in.messages == []


def test_the_messaging_service_is_shown_as_twilio_shows_it(client: Client) -> None:
    service = client.messaging.v1.services(SERVICE).fetch()
    assert service.inbound_request_url == f"{PUBLIC}/webhooks/twilio/messages"
    assert (service.inbound_method, service.use_inbound_webhook_on_number) == ("POST", False)
    (number,) = client.messaging.v1.services(SERVICE).phone_numbers.list()
    assert (number.phone_number, number.capabilities) == ("+447700900999", ["SMS", "Voice"])
    assert client.messaging.v1.services(SERVICE).short_codes.list() == []


def test_a_chosen_refusal_carries_retry_after_and_takes_nothing(stand_in: TwilioStandIn, address: str) -> None:
    stand_in.refuse(429, 20429, retry_after=3)
    path = f"{address}/2010-04-01/Accounts/{stand_in.account_sid}/Messages.json"
    fields = {"To": NUMBER, "MessagingServiceSid": SERVICE, "Body": "x"}
    refused = httpx.post(path, data=fields, auth=(stand_in.account_sid, stand_in.auth_token))
    assert (refused.status_code, refused.headers["retry-after"], refused.json()["code"]) == (429, "3", 20429)
    assert stand_in.messages == []


def test_an_answer_can_be_lost_by_a_gateway_or_with_the_connection(stand_in: TwilioStandIn, address: str) -> None:
    path = f"{address}/2010-04-01/Accounts/{stand_in.account_sid}/Messages.json"
    fields = {"To": NUMBER, "MessagingServiceSid": SERVICE, "Body": "x"}
    who = (stand_in.account_sid, stand_in.auth_token)
    stand_in.faults = Faults(lose_share=1.0)
    assert httpx.post(path, data=fields, auth=who).status_code == 504
    stand_in.faults = Faults(lose_share=1.0, lost_answer="hang_up")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(path, data=fields, auth=who)
    assert len(stand_in.sent) == 2


def test_every_third_call_fails_and_the_same_seed_fails_the_same() -> None:
    assert [Faults(fail_every=3).refuses() for _ in range(1)] == [False]
    third = Faults(fail_every=3)
    assert [third.refuses() for _ in range(6)] == [False, False, True, False, False, True]
    shares = [[faults.refuses() for _ in range(200)] for faults in (Faults(fail_share=0.3), Faults(fail_share=0.3))]
    assert shares[0] == shares[1]
    assert 40 < sum(shares[0]) < 80


async def test_callbacks_are_signed_and_come_doubled_shuffled_or_not_at_all(clock: FixedClock) -> None:
    heard: list[dict[str, str]] = []

    async def service(request: httpx.Request) -> httpx.Response:
        fields = {name: values[0] for name, values in parse_qs(request.content.decode(), True).items()}
        address = f"{PUBLIC}{request.url.path}"
        assert RequestValidator("test-token").validate(address, fields, request.headers["X-Twilio-Signature"])
        heard.append(fields)
        return httpx.Response(200, text="<Response/>")

    stand_in = TwilioStandIn(clock=clock, unreachable={"+447700900003": 30003})
    fields = {"MessagingServiceSid": SERVICE, "Body": "x", "StatusCallback": f"{PUBLIC}/webhooks/twilio/status"}
    async with httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://127.0.0.1:1") as http:
        stand_in.connect(http, PUBLIC)
        stand_in.take({**fields, "To": NUMBER})
        await stand_in.webhooks.settled()
        assert [one["MessageStatus"] for one in heard] == ["queued", "sent", "delivered"]
        heard.clear()
        stand_in.faults = Faults(double_share=1.0, shuffle=True, seed=4)
        stand_in.take({**fields, "To": NUMBER})
        await stand_in.webhooks.settled()
        told = [one["MessageStatus"] for one in heard]
        assert sorted(told) == sorted(["queued", "sent", "delivered"] * 2)
        assert told != ["queued", "sent", "delivered"] * 2
        heard.clear()
        stand_in.faults = Faults(drop_share=1.0)
        stand_in.take({**fields, "To": NUMBER})
        await stand_in.webhooks.settled()
        assert heard == []
        stand_in.faults = Faults()
        stand_in.take({**fields, "To": "+447700900003"})
        await stand_in.webhooks.settled()
        assert (heard[-1]["MessageStatus"], heard[-1]["ErrorCode"]) == ("undelivered", "30003")


async def test_a_phone_texts_the_whole_way_with_twilios_own_stop_and_its_fallback(clock: FixedClock) -> None:
    heard: list[tuple[str, dict[str, str]]] = []

    async def service(request: httpx.Request) -> httpx.Response:
        fields = {name: values[0] for name, values in parse_qs(request.content.decode(), True).items()}
        heard.append((request.url.path, fields))
        if fields["Body"] == "broken" and request.url.path.endswith("messages"):
            return httpx.Response(500)
        return httpx.Response(200, text="<Response><Message>said &amp; done</Message></Response>")

    stand_in = TwilioStandIn(clock=clock, opt_out="advanced")
    async with httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://127.0.0.1:1") as http:
        stand_in.connect(http, PUBLIC)
        await stand_in.phone_texts(NUMBER, "broken")
        assert [path.rsplit("/", 1)[1] for path, _ in heard] == ["messages", "fallback"]
        assert stand_in.texts_to(NUMBER) == ["said & done"]
        await stand_in.phone_texts(NUMBER, "stop")
        assert heard[-1][1]["OptOutType"] == "STOP"
        assert NUMBER in stand_in.stopped
        stand_in.faults = Faults(double_share=1.0)
        before = len(heard)
        await stand_in.phone_texts(NUMBER, "start")
        assert [fields["MessageSid"] for _, fields in heard[before:]] == [heard[-1][1]["MessageSid"]] * 2
        assert NUMBER not in stand_in.stopped
    await asyncio.sleep(0)
