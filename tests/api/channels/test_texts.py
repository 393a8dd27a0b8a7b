"""Texts: Twilio's webhooks in, messages out."""

from __future__ import annotations

from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select

from api.conversations.models import Conversation, Message
from tests.api.delivering import deliver_due
from tests.api.house import ON_CALL, House

NUMBER = "+447700900123"
PUBLIC = "https://gateside.example.org"


async def _deliver(house: House) -> None:
    while await deliver_due(house.parts.database, house.parts.senders, house.clock, jitter=lambda: 0.0):
        pass


async def _count(house: House) -> int:
    async with house.parts.database.read() as session:
        return int((await session.execute(select(func.count()).select_from(Message))).scalar_one())


async def test_a_text_is_answered_by_texts_in_order(house: House, http: httpx.AsyncClient) -> None:
    answer = await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="he's took something and he'll no wake up")
    assert answer.status_code == 200
    assert "<Message" not in answer.text
    await _deliver(house)
    texts = house.twilio.texts_to(NUMBER)
    assert texts[0].startswith("CALL 999 NOW")
    assert texts[1] == "Are they breathing? Text Y or N."
    assert house.twilio.texts_to(ON_CALL) == [house.parts.voice.say("oncall/page", channel="sms").text]
    assert all(sent.messaging_service_sid and sent.status_callback for sent in house.twilio.sent)


@pytest.mark.parametrize("path", ["messages", "status", "fallback"])
async def test_what_is_not_signed_by_twilio_is_refused_and_stored_nowhere(
    house: House, http: httpx.AsyncClient, path: str
) -> None:
    fields = {"MessageSid": "SM1", "From": NUMBER, "Body": "hello", "FromCity": "", "MessageStatus": "sent"}
    address = f"{PUBLIC}/webhooks/twilio/{path}"
    good = house.twilio.signed(address, fields)
    wrong = {
        "no signature": (fields, {}),
        "an empty one": (fields, {"X-Twilio-Signature": ""}),
        "somebody's guess": (fields, {"X-Twilio-Signature": "Z3Vlc3M="}),
        "another body": ({**fields, "Body": "other"}, good),
        "a field more": ({**fields, "Extra": "1"}, good),
        "a blank field less": ({key: value for key, value in fields.items() if key != "FromCity"}, good),
        "another address": (fields, house.twilio.signed(address + "/x", fields)),
        "plain http": (fields, house.twilio.signed(address.replace("https", "http"), fields)),
    }
    for name, (sent, headers) in wrong.items():
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await http.post(f"/webhooks/twilio/{path}", content=urlencode(sent), headers={**headers, **kind})
        assert answer.status_code == 403, name
    assert await _count(house) == 0
    right = await http.post(f"/webhooks/twilio/{path}", content=urlencode(fields), headers=good)
    assert right.status_code == 200


async def test_the_number_is_kept_sealed_and_the_same_phone_is_the_same_conversation(
    house: House, http: httpx.AsyncClient
) -> None:
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="hello")
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="again")
    async with house.parts.database.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars().all()
    assert NUMBER not in str(vars(conversation))


async def test_statuses_move_forward_only_and_an_opt_out_in_one_is_believed(
    house: House, http: httpx.AsyncClient
) -> None:
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="what is naloxone")
    await house.settled()
    await _deliver(house)
    (sent,) = house.twilio.sent
    for status in ("delivered", "sent", "queued", "delivered"):
        assert (await house.twilio.status(http, PUBLIC, sent.sid, status)).status_code == 200
    async with house.parts.database.read() as session:
        (reply,) = (await session.execute(select(Message).where(Message.author == "assistant"))).scalars().all()
    assert reply.status == "delivered"
    await house.twilio.status(http, PUBLIC, sent.sid, "failed", ErrorCode="21610")
    async with house.parts.database.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars().all()
    assert conversation.opted_out_at is not None
    assert (await house.twilio.status(http, PUBLIC, "SMunknown", "delivered")).status_code == 200


async def test_a_text_whose_fate_is_unknown_is_looked_up_before_it_is_sent_again(
    house: House, http: httpx.AsyncClient
) -> None:
    house.twilio.lose_answers = 1
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="what is naloxone")
    await house.settled()
    await _deliver(house)
    house.clock.forward(minutes=5)
    await _deliver(house)
    assert len(house.twilio.texts_to(NUMBER)) == 1


@pytest.mark.parametrize(
    ("status", "code", "again"), [(429, 20429, True), (503, 20503, True), (401, 20003, True), (400, 21610, False)]
)
async def test_what_twilio_refuses_is_tried_again_only_where_that_can_help(
    house: House, http: httpx.AsyncClient, status: int, code: int, again: bool
) -> None:
    house.twilio.refuse(status, code)
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="what is naloxone")
    await house.settled()
    await _deliver(house)
    house.clock.forward(minutes=5)
    await _deliver(house)
    assert len(house.twilio.texts_to(NUMBER)) == (1 if again else 0)


async def test_wiping_by_text_says_goodbye_in_the_answer_itself(house: House, http: httpx.AsyncClient) -> None:
    await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="delete my data")
    answer = await house.twilio.text_in(http, PUBLIC, number=NUMBER, body="DELETE")
    assert "<Message>What you wrote is deleted here." in answer.text
    assert await _count(house) == 0


async def test_the_fallback_takes_the_text_or_says_the_words_that_need_nothing(
    house: House, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"MessageSid": "SM9", "From": NUMBER, "Body": "he's no breathin"}
    answer = await house.twilio.call(http, PUBLIC, "/webhooks/twilio/fallback", fields)
    assert "<Message" not in answer.text
    assert await _count(house) == 4

    async def broken(_arrival: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.parts.reception, "receive", broken)
    for body, words in (("he's no breathin", "CALL 999 NOW"), ("hello", "08080 10 10 11")):
        answer = await house.twilio.call(
            http, PUBLIC, "/webhooks/twilio/fallback", {"MessageSid": "SM10", "From": NUMBER, "Body": body}
        )
        assert words in answer.text
