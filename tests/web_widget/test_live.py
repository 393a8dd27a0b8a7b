"""What happens on the other side is heard at once, and nothing is missed when the line breaks."""

from __future__ import annotations

import pytest

from tests.web_widget.wire import Wire, reply

pytestmark = pytest.mark.browser


@pytest.fixture
def talking(visitor, wire: Wire):
    """Somebody whose conversation is under way and listens live."""
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    wire.wait_for_socket()
    return me


def test_an_officer_is_named_where_it_says_who_you_are_talking_to(talking, wire: Wire) -> None:
    wire.give_to("queue", position=2)
    talking.says("You are number 2 in the queue. The assistant is still here.").wait_for()
    wire.give_to("officer", officer="Calum")
    talking.says("You are talking to Calum, a helpline officer").wait_for()
    wire.say("officer", "Hello, I'm Calum.", name="Calum")
    talking.says("Hello, I'm Calum.").wait_for()
    assert talking.says("Calum, helpline officer").is_visible()


def test_an_officer_who_writes_is_seen_writing_until_the_words_come(talking, wire: Wire) -> None:
    wire.give_to("officer", officer="Calum")
    wire.officer_types("Calum")
    talking.says("Calum is writing").wait_for()
    wire.say("officer", "There.", name="Calum")
    talking.says("Calum is writing").wait_for(state="detached")


def test_only_an_officer_is_told_that_the_person_is_writing(talking, wire: Wire) -> None:
    talking.box.type("abc")
    talking.page.wait_for_timeout(200)
    assert wire.talk.typed == 0
    wire.give_to("officer", officer="Calum")
    talking.says("You are talking to Calum").wait_for()
    talking.box.type("def")
    talking.until(lambda: wire.talk.typed == 1)


def test_words_said_while_the_line_was_broken_are_there_once_when_it_is_back(talking, wire: Wire) -> None:
    wire.sockets_allowed = False
    wire.drop_sockets()
    for number in range(1, 13):
        wire.talk.store("officer", f"word {number}", name="Calum")
    wire.sockets_allowed = True
    talking.says("word 12").wait_for()
    wire.wait_for_socket()
    wire.say("officer", "and live again", name="Calum")
    talking.says("and live again").wait_for()
    assert talking.texts("officer") == [*(f"word {number}" for number in range(1, 13)), "and live again"]


def test_words_said_while_the_socket_was_opening_are_not_missed(visitor, wire: Wire) -> None:
    wire.socket_takes = 1.0
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    wire.talk.store("officer", "said in between", name="Calum")
    wire.wait_for_socket()
    me.says("said in between").wait_for()


def test_where_sockets_are_blocked_the_conversation_goes_on_by_asking(visitor, wire: Wire) -> None:
    wire.sockets_allowed = False
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    wire.talk.store("officer", "I can see you", name="Calum")
    wire.talk.owner = {"owner": "officer", "officer": {"first_name": "Calum"}, "position": None}
    me.says("I can see you").wait_for()
    me.says("You are talking to Calum").wait_for()
    assert not me.says("We can't reach the service").is_visible()


def test_a_service_that_does_not_answer_is_said_so_with_the_numbers_to_call(talking, wire: Wire) -> None:
    wire.refusals = [(503, {})] * 2
    talking.send("hello?")
    talking.says("We can't reach the service.").wait_for()
    assert "08080 10 10 11" in talking.page.locator(".notice").inner_text()
    talking.says("You said: hello?").wait_for()


def test_a_lost_connection_is_said_in_words_and_so_is_its_return(talking) -> None:
    talking.context.set_offline(True)
    talking.says("You are offline").wait_for()
    talking.context.set_offline(False)
    talking.says("You are connected again.").wait_for()
    assert not talking.says("You are offline").is_visible()


def test_a_message_for_a_closed_window_shows_on_its_button(talking, wire: Wire) -> None:
    talking.button("Close").click()
    wire.say("officer", "Are you there?", name="Calum")
    talking.button("Talk to us: new message").click()
    assert talking.says("Are you there?").is_visible()
    talking.button("Close").click()
    assert talking.launcher.inner_text() == "Talk to us"


def test_a_conversation_wiped_elsewhere_is_gone_here(talking, wire: Wire) -> None:
    wire.wipe()
    talking.says("This chat is deleted.").wait_for()
    assert talking.kept() is None
    assert talking.bubbles.count() == 0


def test_the_person_can_leave_the_queue(talking, wire: Wire) -> None:
    wire.give_to("queue", position=1)
    talking.says("You are number 1 in the queue").wait_for()
    talking.button("More choices").click()
    talking.button("Leave the queue").click()
    talking.says("You are talking to an automated assistant").wait_for()


def test_somebody_reading_further_up_is_not_moved_but_by_danger(talking, wire: Wire) -> None:
    for number in range(15):
        wire.say("assistant", f"A longer answer, number {number}, that takes some room on a small screen.")
    talking.says("number 14").wait_for()
    talking.page.locator(".scroller").evaluate("log => (log.scrollTop = 0)")
    talking.page.wait_for_timeout(100)
    wire.say("assistant", "The newest one")
    talking.button("Go to the newest message").wait_for()
    assert talking.page.locator(".scroller").evaluate("log => log.scrollTop") == 0
    wire.say("service", "CALL 999 NOW.")
    talking.says("CALL 999 NOW.").wait_for()
    in_sight = """words => { const at = words.getBoundingClientRect();
      const around = words.closest(".scroller").getBoundingClientRect();
      return at.top >= around.top && at.bottom <= around.bottom; }"""
    assert talking.says("CALL 999 NOW.").evaluate(in_sight)


def test_a_long_answer_is_shown_from_its_beginning(talking, wire: Wire) -> None:
    wire.answer = lambda text: [reply("It begins here."), *[reply("And it goes on for a good while. " * 9)] * 5]
    talking.send("tell me")
    talking.says("And it goes on").nth(4).wait_for()
    top = "words => words.getBoundingClientRect().top - words.closest('.scroller').getBoundingClientRect().top"
    assert 0 <= talking.says("It begins here.").evaluate(top) < 200


def test_somebody_who_went_up_can_go_to_the_newest_in_one_tap(talking, wire: Wire) -> None:
    for number in range(15):
        wire.say("assistant", f"A longer answer, number {number}, that takes some room on a small screen.")
    talking.says("number 14").wait_for()
    talking.page.locator(".scroller").evaluate("log => (log.scrollTop = 0)")
    talking.page.wait_for_timeout(100)
    wire.say("assistant", "The newest one")
    talking.button("Go to the newest message").click()
    talking.button("Go to the newest message").wait_for(state="detached")
