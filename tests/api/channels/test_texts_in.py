"""Texts in: only what Twilio signed comes in, once; whoever texts from wherever is answered with sense."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app
from api.channels.sms.inward import ABROAD, LANDLINE, told_to
from api.conversations.models import Conversation, Message
from api.conversations.phone_numbers import NotAPhoneNumber
from tests.api.house import House
from twilio_stand_in import TwilioStandIn

NUMBER = "+447700900123"
PUBLIC = "https://gateside.example.org"
MESSAGES = "/webhooks/twilio/messages"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = {"MessageSid": "SM1", "From": NUMBER, "Body": "hello", "FromCity": "", "NumMedia": "0"}


async def _kept(house: House) -> int:
    async with house.parts.database.read() as session:
        counted = [
            (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (Conversation, Message)
        ]
    return sum(counted)


async def _said(house: House) -> list[str | None]:
    await house.settled()
    async with house.parts.database.read() as session:
        return list((await session.execute(select(Message.content_id).order_by(Message.seq))).scalars())


async def _posts(http: httpx.AsyncClient, fields: object, headers: dict[str, str], path: str = MESSAGES) -> int:
    content = urlencode(fields) if isinstance(fields, dict) else fields
    return (await http.post(path, content=content, headers={**FORM, **headers})).status_code  # type: ignore[arg-type]


async def test_what_is_malformed_or_another_accounts_is_refused_and_kept_nowhere(
    house: House, http: httpx.AsyncClient
) -> None:
    address = PUBLIC + MESSAGES
    anothers = TwilioStandIn(auth_token="anothers")
    cases: dict[str, tuple[object, dict[str, str], int]] = {
        "another account, our token": ({**TEXT, "AccountSid": "AC9"}, {}, 403),
        "another token": (TEXT, anothers.signed(address, TEXT), 403),
        "no MessageSid": ({"From": NUMBER, "Body": "x"}, {}, 422),
        "a MessageSid that is none": ({**TEXT, "MessageSid": "../../etc"}, {}, 422),
        "one that is endless": ({**TEXT, "MessageSid": "SM" + "a" * 500}, {}, 422),
    }
    for name, (fields, headers, status) in cases.items():
        signed = headers or house.twilio.signed(address, fields)  # type: ignore[arg-type]
        assert await _posts(http, fields, signed) == status, name
    good = house.twilio.signed(address, TEXT)
    for name, content in {
        "JSON": b'{"MessageSid": "SM1"}',
        "no UTF-8": b"MessageSid=SM1&Body=%ff\xfe&From=%2B447700900123",
        "nothing": b"",
        "a field twice": urlencode(TEXT) + "&Body=other",
    }.items():
        assert await _posts(http, content, good) == 403, name
    assert await _posts(http, b"Body=" + b"a" * 3_000_000, good) in (403, 413)
    assert await _kept(house) == 0


async def test_a_replayed_text_is_answered_and_kept_once(house: House, http: httpx.AsyncClient) -> None:
    signed = house.twilio.signed(PUBLIC + MESSAGES, TEXT)
    for _ in range(3):
        assert await _posts(http, TEXT, signed) == 200
        await house.settled()
    assert await _kept(house) == 3
    assert house.bot.texts == ["hello"]
    fallback = house.twilio.signed(f"{PUBLIC}/webhooks/twilio/fallback", TEXT)
    assert await _posts(http, TEXT, fallback, "/webhooks/twilio/fallback") == 200
    assert await _kept(house) == 3


async def test_behind_a_proxy_the_address_people_reach_is_what_counts(house: House, http: httpx.AsyncClient) -> None:
    inside = httpx.ASGITransport(create_app(house.parts.settings, parts=house.parts))
    async with httpx.AsyncClient(transport=inside, base_url="http://10.0.0.5:8080") as proxied:
        forwarded = {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "http"}
        signed = house.twilio.signed(PUBLIC + MESSAGES, TEXT)
        assert await _posts(proxied, TEXT, {**signed, **forwarded}) == 200
        forged = house.twilio.signed("http://10.0.0.5:8080" + MESSAGES, TEXT)
        assert await _posts(proxied, TEXT, forged) == 403


async def test_while_the_token_is_changed_either_may_have_signed(house: House, http: httpx.AsyncClient) -> None:
    assert house.app is not None
    before = TwilioStandIn(auth_token="the one before")
    signed = before.signed(PUBLIC + MESSAGES, TEXT)
    assert await _posts(http, TEXT, signed) == 403
    changed: dict[str, Any] = {**house.parts.settings.model_dump(), "twilio_auth_token_before": "the one before"}
    house.app.state.settings = type(house.parts.settings)(**changed)
    assert await _posts(http, TEXT, signed) == 200
    assert await _posts(http, TEXT, house.twilio.signed(PUBLIC + MESSAGES, TEXT)) == 200


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+447911123456", None),
        (NUMBER, None),
        ("+447781123456", None),
        ("+447624123456", None),
        ("+441412221234", LANDLINE),
        ("+353871234567", ABROAD),
        ("+14155550123", ABROAD),
    ],
)
def test_a_number_is_known_for_what_it_is(number: str, told: str | None) -> None:
    assert told_to(number) == told


@pytest.mark.parametrize("number", ["+4", "+44123", "+999123456789012"])
def test_what_can_be_nobodys_number_is_told(number: str) -> None:
    with pytest.raises(NotAPhoneNumber):
        told_to(number)


@pytest.mark.parametrize(("number", "told"), [("+441412221234", LANDLINE), ("+353871234567", ABROAD)])
async def test_a_landline_or_a_number_from_abroad_is_answered_and_told_what_it_has_to_know_once(
    house: House, http: httpx.AsyncClient, number: str, told: str
) -> None:
    await house.twilio.text_in(http, PUBLIC, number=number, body="he's no breathin, he's gone blue")
    said = await _said(house)
    assert said[1] == "coach/call_999"
    assert said[-1] == told
    await house.twilio.text_in(http, PUBLIC, number=number, body="what is naloxone")
    assert (await _said(house)).count(told) == 1


@pytest.mark.parametrize("sender", ["Amazon", "", "12", "88000", "whatsapp:+447700900123", "NHS-NoReply"])
async def test_names_and_short_codes_are_not_answered_and_not_kept(
    house: House, http: httpx.AsyncClient, sender: str
) -> None:
    answer = await house.twilio.text_in(http, PUBLIC, number=sender, body="he's no breathin")
    assert answer.status_code == 200
    assert "<Message" not in answer.text
    assert await _kept(house) == 0


async def test_a_picture_is_answered_kindly_and_its_address_stands_nowhere(
    house: House, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    where = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME1"
    media = {"NumMedia": "1", "MediaUrl0": where, "MediaContentType0": "image/jpeg"}
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="", sid="MM1", **media)
    assert (await _said(house))[1:] == ["sms/picture"]
    async with house.parts.database.read() as session:
        texts = " ".join((await session.execute(select(Message.text))).scalars())
    assert "Media" not in texts
    assert where not in caplog.text
    assert NUMBER not in caplog.text


async def test_stop_by_twilios_word_is_obeyed_and_left_to_twilio_to_confirm(
    house: House, http: httpx.AsyncClient
) -> None:
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="Arret", OptOutType="STOP")
    async with house.parts.database.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars().all()
    assert conversation.opted_out_at is not None
    assert await _said(house) == [None]
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="START", OptOutType="START")
    async with house.parts.database.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars().all()
    assert conversation.opted_out_at is None
