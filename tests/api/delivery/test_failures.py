"""A text that does not arrive: what follows from its error code, and what staff see."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.conversations.models import Author, Status
from api.database.engine import Database
from api.delivery.failures import DAILY_CAP, OPTED_OUT, TextRules, Then, text_rules
from api.delivery.sender import Permanent, Temporary, Unknown
from api.delivery.service import drop_waiting
from api.live import InProcessLive
from tests.api.callers import conversation, phone, write
from tests.api.clocks import FixedClock
from tests.api.delivery.pigeon import Pigeon, deliver, endanger, failures, lying_there, report, say, statuses
from voice import Library


def test_every_code_has_words_for_staff_and_one_meaning() -> None:
    rules = text_rules()
    library = Library.load()
    assert {failure.says for failure in rules.failures.values()} <= {block.id for block in library}
    assert {block.id for block in library if block.topic == "texts"} == {f.says for f in rules.failures.values()}
    for code, failure in rules.failures.items():
        assert not (failure.again and failure.resend_after), code
        assert not (failure.then is Then.OPTED_OUT and (failure.again or failure.resend_after)), code


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("21610", "opted_out"),
        ("21211", "not_a_number"),
        ("21614", "not_a_mobile"),
        ("30006", "not_a_mobile"),
        ("30003", "phone_off"),
        ("30005", "unknown_number"),
        ("30007", "filtered"),
        ("30008", "network"),
        ("20429", "network"),
        ("21408", "country"),
        ("99999", "not_delivered"),
        (None, "not_delivered"),
    ],
)
async def test_staff_see_why_in_plain_words(
    database: Database, clock: FixedClock, pigeon: Pigeon, live: InProcessLive, code: str | None, says: str
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon)
    await say(database, clock, chat, "two", author=Author.OFFICER)
    async with live.subscribe(f"conversation:{chat}") as events:
        await report(database, clock, "SM1", Status.FAILED, code)
        _, event = await anext(events)
    assert (event["status"], event["failure"]) == ("failed", f"texts/failed_{says}")
    assert (await failures(database, chat))[0] == f"texts/failed_{says}"


def test_rules_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "texts.yml"
    beginning = 'joining: {parts: 2, between: " "}\nresends: 2\nfailures:\n'
    for wrong, told in (
        ("  '1': {says: network}\n", "otherwise"),
        ("  otherwise: {again: true}\n", "says"),
        ("  otherwise: {says: network, agian: true}\n", "agian"),
        ("  otherwise: {says: network, then: explode}\n", "explode"),
    ):
        file.write_text(beginning + wrong)
        with pytest.raises(ValueError, match=told):
            TextRules.load(file)


async def test_after_stop_nothing_waits_and_nothing_new_is_tried_but_an_answer_to_them(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one", "two", "three")
    pigeon.moods = [Permanent(OPTED_OUT)]
    await deliver(database, clock, pigeon, times=3)
    assert pigeon.brought == []
    assert [item.alert for item in await lying_there(database)] == ["stopped", None, None]
    assert (await conversation(database, chat)).opted_out_at == clock.now()
    await say(database, clock, chat, "four", author=Author.OFFICER)
    assert await statuses(database, chat) == ["failed"] * 4
    assert await failures(database, chat) == ["texts/failed_opted_out"] * 4
    heard = await write(database, clock, chat, "he's no breathin")
    await say(database, clock, chat, "five", reply_to=heard.id)
    await deliver(database, clock, pigeon)
    assert pigeon.brought == ["five"]


@pytest.mark.parametrize("went", [True, False])
async def test_a_text_in_doubt_at_a_stop_is_looked_for_and_not_sent_again(
    database: Database, clock: FixedClock, pigeon: Pigeon, went: bool
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    pigeon.moods = [Unknown()]
    await deliver(database, clock, pigeon)
    clock.forward(minutes=1)
    async with database.write() as session:
        kept = await session.merge(await conversation(database, chat))
        kept.opted_out_at = clock.now()
    if went:
        pigeon.went_after_all = {(await lying_there(database))[0].id}
    await deliver(database, clock, pigeon)
    assert (pigeon.brought, len(pigeon.asked_about)) == ([], 1)
    assert await statuses(database, chat) == (["sent"] if went else ["failed"])


async def test_a_stop_while_a_text_is_tried_keeps_it_from_being_tried_again(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    pigeon.moods = [Temporary()]
    await deliver(database, clock, pigeon)
    clock.forward(seconds=1)
    async with database.write() as session:
        item = (await lying_there(database))[0]
        assert item.conversation_id is not None
        await drop_waiting(session, item.conversation_id)
    clock.forward(hours=1)
    await deliver(database, clock, pigeon)
    assert (pigeon.brought, await statuses(database, chat)) == ([], ["failed"])
    assert [item.state for item in await lying_there(database)] == ["dropped"]


async def test_a_number_that_cannot_be_texted_gets_no_more_tries(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat, other = await phone(database, clock), await phone(database, clock)
    await say(database, clock, chat, "one", "two")
    await say(database, clock, other, "hello")
    pigeon.moods = [Permanent("21614")]
    await deliver(database, clock, pigeon, times=3)
    assert pigeon.brought == ["hello"]
    assert await failures(database, chat) == ["texts/failed_not_a_mobile"] * 2


async def test_a_number_gets_so_many_texts_a_day_and_what_was_too_much_is_shown(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chat, other = await phone(database, clock), await phone(database, clock)
    await say(database, clock, chat, "one", "two", "three")
    await say(database, clock, other, "hello")
    await deliver(database, clock, pigeon, times=5, daily_cap=2)
    assert sorted(pigeon.brought) == ["hello", "one", "two"]
    assert await failures(database, chat) == [None, None, text_rules().failure(DAILY_CAP).says]
    # The day ends at midnight in Scotland.
    clock.forward(hours=3)
    await say(database, clock, chat, "four")
    await deliver(database, clock, pigeon, daily_cap=2)
    assert pigeon.brought[-1] == "four"


async def test_answers_officers_and_danger_know_no_cap(database: Database, clock: FixedClock, pigeon: Pigeon) -> None:
    chat = await phone(database, clock)
    await say(database, clock, chat, "one")
    await deliver(database, clock, pigeon, daily_cap=1)
    await say(database, clock, chat, "from an officer", author=Author.OFFICER)
    heard = await write(database, clock, chat, "hello")
    await say(database, clock, chat, "an answer", reply_to=heard.id)
    await say(database, clock, chat, "while we talk")
    await deliver(database, clock, pigeon, times=4, daily_cap=1)
    assert pigeon.brought == ["one", "from an officer", "an answer", "while we talk"]
    clock.forward(days=1)
    await say(database, clock, chat, "two", "three")
    await deliver(database, clock, pigeon, times=3, daily_cap=1)
    assert pigeon.brought[4:] == ["two"]
    await endanger(database, chat)
    await say(database, clock, chat, "about danger", "and more")
    await deliver(database, clock, pigeon, times=3, daily_cap=1)
    assert pigeon.brought[5:] == ["about danger", "and more"]


async def test_what_is_about_danger_goes_first_and_does_not_wait_out_a_pause(
    database: Database, clock: FixedClock, pigeon: Pigeon
) -> None:
    chats = [await phone(database, clock) for _ in range(25)]
    for chat in chats:
        await say(database, clock, chat, "hello")
    worried = await phone(database, clock)
    await say(database, clock, worried, "before")
    pigeon.moods = [Temporary(retry_after=600)] * 26
    await deliver(database, clock, pigeon, times=2)
    await endanger(database, worried)
    await say(database, clock, worried, "CALL 999 NOW")
    await deliver(database, clock, pigeon, times=2)
    assert pigeon.brought == ["before", "CALL 999 NOW"]
