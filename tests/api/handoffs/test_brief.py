"""The brief tells an officer what was said, in the person's words, and what was not asked."""

from __future__ import annotations

from uuid import UUID

from api.conversations import repository as conversations
from api.conversations import service as conversation_rules
from api.conversations.models import Author
from api.database.engine import Database
from api.handoffs import repository
from api.handoffs.brief import build_brief
from api.handoffs.models import Handoff
from api.handoffs.schemas import Brief
from tests.api.callers import webchat
from tests.api.clocks import FixedClock
from tests.api.handoffs.conftest import Wait

WORDS = "my son gets out of HMP Kilmarnock on Friday and I'm scared he'll use"


async def _brief(database: Database, clock: FixedClock, handoff: Handoff) -> Brief:
    async with database.read() as session:
        found = await repository.handoff_by_id(session, handoff.id)
        assert found is not None
        return await build_brief(session, found, clock.now())


async def _mother(database: Database, clock: FixedClock) -> UUID:
    chat = await webchat(
        database,
        clock,
        audience="family",
        relation="son",
        prison="kilmarnock",
        release_date="2026-11-27",
        needs=["family_support", "naloxone"],
        substances=["heroin"],
        consent_to_share=True,
    )
    async with database.write() as session:
        person = await conversations.conversation_for_change(session, chat)
        assert person is not None
        reading = {
            "level": "urgent",
            "check": False,
            "kinds": ["overdose"],
            "spans": [[WORDS.index("I'm"), len(WORDS)]],
            "concepts": [],
        }
        await conversation_rules.store_person_message(
            session, person, text=WORDS, channel_id="1", safety=reading, clock=clock
        )
        await conversation_rules.say(
            session,
            person,
            author=Author.ASSISTANT,
            text="The first days are the riskiest.\nHave naloxone at home.",
            clock=clock,
            epoch=1,
            content_id="after_release/first_days",
        )
    return chat


async def test_what_was_said_once_is_there_for_the_officer(database: Database, clock: FixedClock, wait: Wait) -> None:
    handoff = await wait(conversation_id=await _mother(database, clock), level="urgent")
    brief = await _brief(database, clock, handoff)
    assert (brief.audience, brief.relation, brief.prison) == ("family", "son", "kilmarnock")
    assert brief.release is not None
    assert (brief.release.date.isoformat(), brief.release.days_since) == ("2026-11-27", -2)
    assert (brief.needs, brief.substances) == (["family_support", "naloxone"], ["heroin"])
    assert brief.consent is not None
    assert (brief.consent.to_share, brief.consent.at) == (True, clock.now())
    assert (brief.channel, brief.opted_out, brief.level) == ("web", False, "urgent")


async def test_risk_stands_in_the_persons_own_words_with_the_message_it_stands_in(
    database: Database, clock: FixedClock, wait: Wait
) -> None:
    handoff = await wait(conversation_id=await _mother(database, clock), level="urgent")
    (risk,) = (await _brief(database, clock, handoff)).risks
    (start, end) = risk.spans[0]
    assert (risk.level, risk.kinds, risk.text[start:end]) == ("urgent", ["overdose"], "I'm scared he'll use")
    assert risk.seq == 1


async def test_what_the_service_already_said_is_named_so_that_nobody_hears_it_twice(
    database: Database, clock: FixedClock, wait: Wait
) -> None:
    handoff = await wait(conversation_id=await _mother(database, clock))
    (said,) = (await _brief(database, clock, handoff)).said
    assert (said.content_id, said.opening, said.seq) == (
        "after_release/first_days",
        "The first days are the riskiest.",
        2,
    )


async def test_what_nobody_asked_is_named_and_in_an_emergency_where_they_are_comes_first(
    database: Database, clock: FixedClock, wait: Wait
) -> None:
    mother = await wait(conversation_id=await _mother(database, clock))
    assert (await _brief(database, clock, mother)).not_asked == ["first_name", "place", "naloxone_at_home"]
    stranger = await wait(level="emergency")
    assert (await _brief(database, clock, stranger)).not_asked[0] == "location"
    himself = await wait(audience="self")
    assert "relation" not in (await _brief(database, clock, himself)).not_asked


async def test_in_an_emergency_consent_is_nothing_left_to_ask(
    database: Database, clock: FixedClock, wait: Wait
) -> None:
    emergency = await _brief(database, clock, await wait(level="emergency"))
    assert emergency.consent is None
    assert "consent_to_share" not in emergency.not_asked
    assert "consent_to_share" in (await _brief(database, clock, await wait(level="urgent"))).not_asked


async def test_a_fact_carries_the_message_and_the_words_it_stands_in(
    database: Database, clock: FixedClock, wait: Wait
) -> None:
    chat = await _mother(database, clock)
    async with database.write() as session:
        (message, *_) = await conversations.messages_after(session, chat)
        await conversations.note_fact(
            session, chat, "place", "east ayrshire", now=clock.now(), message_id=message.id, words="Kilmarnock"
        )
    brief = await _brief(database, clock, await wait(conversation_id=chat))
    (place,) = (fact for fact in brief.facts if fact.name == "place")
    assert (place.value, place.words, place.message_id) == ("east ayrshire", "Kilmarnock", message.id)


async def test_of_a_wiped_conversation_only_how_grave_it_is_remains(
    database: Database, clock: FixedClock, wait: Wait
) -> None:
    handoff = await wait(level="emergency", location="12 Glebe Street")
    async with database.write() as session:
        found = await repository.handoff_by_id(session, handoff.id)
        assert found is not None
        found.conversation_id = None
    brief = await _brief(database, clock, handoff)
    assert (brief.level, brief.emergency, brief.location, brief.facts) == ("emergency", True, None, [])
