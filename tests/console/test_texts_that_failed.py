"""An officer reads why a text did not arrive, whoever said it, and that the next would not, before they write it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from sqlalchemy import update

from api.console.views import message_views
from api.console.words import ConsoleWords
from api.conversations.models import Author, Conversation, Message, Status
from api.database.base import new_id
from tests.console.house import House, Officer
from tests.console.test_lead import Browser
from voice import Voice


def test_why_a_text_did_not_arrive_stands_beside_it() -> None:
    words = ConsoleWords(Voice.load())
    reached = _text(Author.OFFICER, Status.DELIVERED)
    lost = [_text(author, Status.FAILED, "texts/failed_not_a_mobile") for author in (Author.OFFICER, Author.SERVICE)]
    shown = message_views([reached, *lost, _text(Author.SERVICE, Status.SENT)], staff_first_name="Morag", words=words)
    assert shown[0].status_words == words("console/status_delivered")
    assert {view.status_words for view in shown[1:3]} == {words("texts/failed_not_a_mobile")}
    assert [view.failed for view in shown] == [False, True, True, False]
    assert shown[3].status_words is None


@pytest.mark.browser
def test_an_officer_is_told_that_a_phone_is_shut_before_they_write_there(house: House, calum: Officer) -> None:
    person = house.taken_by(calum, "hello", sms=True)
    house.replies(person, calum, "Hello, this is Calum.")
    desk = Browser(house, calum)
    address = f"/console/people/{person.handoff_id}"
    assert 'id="out-of-reach"' not in desk.reads(address)

    mine = (Message.conversation_id == person.conversation_id, Message.author == Author.OFFICER.value)
    lost = update(Message).where(*mine).values(status="failed", failure="texts/failed_unknown_number")
    house.write(lambda session: session.execute(lost))
    assert "The last text did not reach them. Not delivered. This number is not in use now." in desk.reads(address)
    house.writes(person, "new sim, same number")
    assert 'id="out-of-reach"' not in desk.reads(address)

    stopped = (
        update(Conversation).where(Conversation.id == person.conversation_id).values(opted_out_at=house.clock.now())
    )
    house.write(lambda session: session.execute(stopped))
    assert "They stopped our texts, so nothing you write here reaches them." in desk.reads(address)


def _text(author: Author, status: Status, failure: str | None = None) -> Message:
    return Message(
        id=new_id(),
        seq=1,
        author=author.value,
        name=None,
        text="Hello",
        quick_replies=[],
        safety=None,
        status=status.value,
        failure=failure,
        sent_at=datetime(2026, 11, 22, 21, 0, tzinfo=timezone.utc),
    )
