"""An officer reads why a text did not arrive, whoever said it, and what they can do."""

from __future__ import annotations

from datetime import datetime, timezone

from api.console.views import message_views
from api.console.words import ConsoleWords
from api.conversations.models import Author, Message, Status
from api.database.base import new_id
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
