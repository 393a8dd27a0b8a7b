"""A wipe reaches everything: here, at the assistant's, at Twilio's, on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from api.audit.models import AuditEntry
from api.conversations import repository as conversations
from api.conversations.models import Channel, Conversation, Message
from api.database.base import new_id
from api.delivery.models import OutboxItem
from api.handoffs.models import Handoff, HandoffNote
from api.privacy.erasure import Because
from api.privacy.models import Forgetting, ProviderCopy, ProviderSweep
from api.reception.arrivals import Arrival, TextSender, WebSender
from api.reception.spooling import note_of
from api.referrals.models import Referral
from tests.api.delivering import deliver_due
from tests.api.house import House
from tests.api.people import hire

NUMBER = "+447700900321"


async def _rows(house: House, table: type[Any]) -> Sequence[Any]:
    async with house.parts.database.read() as session:
        return (await session.execute(select(table))).scalars().all()


async def _deliver(house: House) -> None:
    while await deliver_due(house.parts.database, house.parts.senders, house.clock):
        pass


async def _texts_and_wipes(house: House) -> None:
    await house.texts(NUMBER, "hello", sid="SM" + "a" * 32)
    await _deliver(house)
    await house.texts(NUMBER, "delete my data", sid="SM" + "b" * 32)
    await _deliver(house)
    received = await house.texts(NUMBER, "delete", sid="SM" + "c" * 32)
    assert received.wiped


def _texts_at_twilio(house: House) -> list[str]:
    return [message.body for message in house.twilio.messages if NUMBER in (message.to, message.sender)]


async def test_what_stays_of_a_wipe_is_that_there_was_one(house: House) -> None:
    chat = await house.chat()
    await house.writes(chat, "hello")
    await house.writes(chat, "delete my data")
    await house.writes(chat, "delete")
    (entry,) = [one for one in await _rows(house, AuditEntry) if one.action == "conversation.erased"]
    assert (entry.actor, entry.subject) == ("person", str(chat.id))
    assert entry.detail == {"because": "asked", "channel": "web", "alert_stays": False}


async def test_copies_at_twilio_are_deleted_those_that_came_in_and_those_that_went_out(house: House) -> None:
    house.twilio.messages.extend([])
    await _texts_and_wipes(house)
    assert len(_texts_at_twilio(house)) == 2
    assert await house.parts.owed.delete_copies() > 0
    assert _texts_at_twilio(house) == []
    assert list(await _rows(house, ProviderCopy)) == []


async def test_what_twilio_refuses_to_delete_is_asked_for_again_until_it_is_gone(house: House) -> None:
    await _texts_and_wipes(house)
    deleting = house.twilio.app
    token, house.twilio.auth_token = house.twilio.auth_token, "changed meanwhile"
    assert await house.parts.owed.delete_copies() == 0
    assert len(_texts_at_twilio(house)) == 2
    house.twilio.auth_token = token
    assert deleting is house.twilio.app
    house.clock.forward(minutes=10)
    assert await house.parts.owed.delete_copies() > 0
    assert _texts_at_twilio(house) == []


async def test_a_text_that_left_while_its_conversation_was_wiped_is_found_by_its_number(house: House) -> None:
    await house.texts(NUMBER, "hello")
    await _deliver(house)
    conversation = await _texting(house)
    async with house.parts.database.write() as session:
        locked = await conversations.conversation_for_change(session, conversation.id)
        assert locked is not None
        await house.parts.eraser.erase(session, locked)
    # It was in a worker's hands: nobody here learns what Twilio calls it.
    house.twilio.take({"To": NUMBER, "Body": "late", "MessagingServiceSid": "MG" + "1" * 32})
    house.twilio.take({"To": NUMBER, "Body": "another service's", "MessagingServiceSid": "MG" + "9" * 32})
    assert await house.parts.owed.sweep_numbers() == 0
    assert len(await _rows(house, ProviderSweep)) == 1
    house.clock.forward(minutes=4)
    assert await house.parts.owed.sweep_numbers() == 1
    await house.parts.owed.delete_copies()
    assert _texts_at_twilio(house) == ["another service's"]
    assert list(await _rows(house, ProviderSweep)) == []


async def test_whoever_writes_again_right_after_a_wipe_keeps_the_new_texts(house: House) -> None:
    await _texts_and_wipes(house)
    await house.texts(NUMBER, "hello again")
    await _deliver(house)
    house.clock.forward(minutes=4)
    await house.parts.owed.one_round()
    assert _texts_at_twilio(house) == ["You said: hello again"]


async def test_without_twilio_what_it_owes_waits(house: House) -> None:
    await _texts_and_wipes(house)
    house.parts.owed._provider = None
    assert (await house.parts.owed.sweep_numbers(), await house.parts.owed.delete_copies()) == (0, 0)
    assert len(await _rows(house, ProviderCopy)) > 0


async def test_messages_that_wait_on_the_disk_go_with_their_person_and_nobody_elses(house: House) -> None:
    await house.texts(NUMBER, "hello")
    chat = await house.chat()
    other = WebSender(new_id(), "hash")
    spool, numbers = house.parts.spool, house.parts.numbers
    for sender in (
        TextSender(numbers.fingerprint(NUMBER), numbers.seal(NUMBER)), WebSender(chat.id, "hash"), other,
    ):  # fmt: skip
        spool.put(note_of(Arrival(sender, uuid4().hex, "waiting")))
    for conversation_id in (chat.id, (await _texting(house)).id):
        async with house.parts.database.write() as session:
            conversation = await conversations.conversation_for_change(session, conversation_id)
            assert conversation is not None
            await house.parts.eraser.erase(session, conversation)
    assert [note["conversation_id"] for _, note in spool.waiting()] == [str(other.conversation_id)]


async def test_what_a_referral_noted_under_the_same_number_goes_too(house: House) -> None:
    await house.texts(NUMBER, "hello")
    fingerprint = house.parts.numbers.fingerprint(NUMBER)
    referral_id = await _referred(house, fingerprint)
    texting = await _texting(house)
    async with house.parts.database.write() as session:
        locked = await conversations.conversation_for_change(session, texting.id)
        assert locked is not None
        await house.parts.eraser.erase(session, locked)
    assert list(await _rows(house, Conversation)) == []
    (referral,) = await _rows(house, Referral)
    assert (referral.id, referral.service_code) == (referral_id, "police-d")
    assert [referral.number_fingerprint, referral.request_print, referral.code_hash, referral.conversation_id] == [
        None, None, None, None,
    ]  # fmt: skip
    assert referral.request_key != "the request"


async def test_staff_wipe_all_of_a_number_also_where_only_a_referral_knows_it(house: House) -> None:
    lead = await hire(house.parts.database, house.clock)
    fingerprint = house.parts.numbers.fingerprint(NUMBER)
    await _referred(house, fingerprint)
    async with house.parts.database.write() as session:
        found = await house.parts.eraser.erase_number(session, fingerprint, actor=lead.id)
        again = await house.parts.eraser.erase_number(session, fingerprint, actor=lead.id)
    assert (found, again) == ((1, False), (0, False))
    assert list(await _rows(house, Conversation)) == []
    (entry,) = [one for one in await _rows(house, AuditEntry) if one.action == "conversation.erased"]
    assert (entry.actor, entry.detail["because"]) == (str(lead.id), "staff")


async def test_time_wipes_without_a_line_for_each_and_the_assistant_needs_one_asking(house: House) -> None:
    chat = await house.chat()
    async with house.parts.database.write() as session:
        locked = await conversations.conversation_for_change(session, chat.id)
        assert locked is not None
        await house.parts.eraser.erase(session, locked, because=Because.TIME, actor="system")
    assert [one.action for one in await _rows(house, AuditEntry)] == []
    assert await house.parts.owed.forget_all() == 1
    assert list(await _rows(house, Forgetting)) == []


async def test_the_words_are_gone_from_the_file_and_from_its_log_once_the_wipe_is_over(house: House) -> None:
    if not house.parts.database.is_sqlite:
        # PostgreSQL's own files are the operator's to keep: docs/privacy.md says how.
        tables = (Conversation, Message, OutboxItem, Handoff, HandoffNote)
        await _texts_and_wipes(house)
        assert [len(await _rows(house, table)) for table in tables] == [0] * len(tables)
        return
    chat = await house.chat()
    for number in range(40):
        await house.writes(chat, f"zyxomma {number} " * 40)
    assert b"zyxomma" in _files_of(house)
    await house.writes(chat, "delete my data")
    await house.writes(chat, "delete")
    house.clock.forward(minutes=2)
    assert await house.parts.owed.forget_all() == 1
    assert b"zyxomma" not in _files_of(house)


def _files_of(house: House) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(house.parts.settings.home.rglob("*")) if file.is_file())


async def _texting(house: House) -> Conversation:
    async with house.parts.database.read() as session:
        found = await conversations.conversation_by_number(session, house.parts.numbers.fingerprint(NUMBER))
    assert found is not None
    return found


async def _referred(house: House, fingerprint: str) -> Any:
    async with house.parts.database.write() as session:
        noted = Conversation(channel=Channel.PHONE.value, created_at=house.clock.now())
        session.add(noted)
        await session.flush()
        referral = Referral(
            service_code="police-d", came_by="page", about="worried", level="none", request_key="the request",
            request_print="print", code_hash="hash", number_fingerprint=fingerprint, conversation_id=noted.id,
            created_at=house.clock.now(), call_by=house.clock.now(),
        )  # fmt: skip
        session.add(referral)
        await session.flush()
        return referral.id
