"""Words arrive once, in order, and the person sees how far they have come."""

from __future__ import annotations

import re

import pytest

from tests.web_widget.wire import Wire, reply

pytestmark = pytest.mark.browser


def test_a_message_is_answered_and_shown_as_sent(visitor) -> None:
    me = visitor().open()
    me.send("my son gets out on Friday")
    me.says("You said: my son gets out on Friday").wait_for()
    assert me.texts("person") == ["my son gets out on Friday"]
    assert me.says("Sent").is_visible()


def test_a_message_whose_answer_was_lost_is_sent_again_and_stays_one(visitor, wire: Wire) -> None:
    wire.lose_answers = 2
    me = visitor().open()
    me.send("he took something")
    me.says("You said: he took something").wait_for()
    me.until(lambda: '"unsent":[]' in me.kept())

    posts = [path for method, path in wire.calls if method == "POST" and path.endswith("/messages")]
    assert len(posts) == 3
    assert wire.talk.said() == ["he took something"]
    assert me.texts("person") == ["he took something"]
    assert me.texts("assistant") == ["You said: he took something"]


def test_what_is_written_offline_waits_and_goes_out_in_order_when_the_network_is_back(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    me.context.set_offline(True)
    me.send("first")
    me.send("second")
    me.says("You are offline").wait_for()
    me.says("Not sent yet. We will keep trying.").wait_for()
    assert wire.talk.said() == ["hello"]

    me.context.set_offline(False)
    me.says("You said: second").wait_for()
    assert wire.talk.said() == ["hello", "first", "second"]
    me.until(lambda: me.texts("person") == ["hello", "first", "second"], seconds=10)
    assert not me.says("You are offline").is_visible()


def test_a_second_message_does_not_wait_for_the_answer_to_the_first(visitor, wire: Wire) -> None:
    wire.settles_in = 4
    me = visitor().open()
    me.send("hello")
    me.send("he's not breathing")
    me.until(lambda: wire.talk.said() == ["hello", "he's not breathing"], seconds=3.5)
    assert me.texts("person") == ["hello", "he's not breathing"]


def test_the_persons_words_stay_one_bubble_from_writing_to_sent(visitor, wire: Wire) -> None:
    wire.settles_in = 0.3
    me = visitor().open()
    me.send("hello")
    me.page.locator(".by-person").evaluate("bubble => (bubble.mark = 'the same')")
    me.says("You said: hello").wait_for()
    assert me.page.locator(".by-person").evaluate("bubble => bubble.mark") == "the same"


def test_the_same_words_twice_are_two_messages(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello?")
    me.says("You said: hello?").wait_for()
    me.send("hello?")
    me.says("You said: hello?").nth(1).wait_for()
    assert wire.talk.said() == ["hello?", "hello?"]
    assert me.texts("person") == ["hello?", "hello?"]


def test_while_the_assistant_works_its_turn_is_said_in_words(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    wire.wait_for_socket()
    wire.settles_in = 1.0
    me.send("what is naloxone")
    me.says("The assistant is writing").wait_for()
    me.says("You said: what is naloxone").wait_for()
    me.says("The assistant is writing").wait_for(state="detached")


def test_a_turn_that_is_not_answered_in_time_says_that_the_words_have_arrived(visitor, wire: Wire) -> None:
    wire.answer = lambda text: []
    me = visitor().open()
    me.send("hello")
    me.says("Your message is here. An answer is on its way.").wait_for()
    wire.wait_for_socket()
    wire.say("assistant", "Here I am.")
    me.says("Here I am.").wait_for()
    me.says("Your message is here").wait_for(state="detached")


def test_quick_replies_are_buttons_that_send_their_words_and_go_once_answered(visitor, wire: Wire) -> None:
    wire.answer = lambda text: [reply("Is he home now?", quick_replies=("Yes", "No", "Skip"))] if text == "hi" else []
    me = visitor().open()
    me.send("hi")
    me.button("Skip").wait_for()
    me.button("No").click()
    me.button("Skip").wait_for(state="detached")
    assert me.texts("person") == ["hi", "No"]
    assert me.box.evaluate("box => box === box.getRootNode().activeElement")


def test_the_first_choices_send_themselves(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.button("I'm worried about someone").click()
    me.says("You said: I'm worried about someone").wait_for()
    assert wire.talk.said() == ["I'm worried about someone"]


def test_a_reload_goes_on_where_it_was_with_the_words_not_yet_sent(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    wire.refusals = [(503, {})] * 3
    me.send("not through yet")
    me.says("Not sent yet").wait_for()
    me.box.type("half a th")
    me.page.reload()

    me.says("You said: not through yet").wait_for()
    assert me.texts("person") == ["hello", "not through yet"]
    assert wire.talk.said() == ["hello", "not through yet"]
    assert me.box.input_value() == "half a th"


def test_a_service_whose_store_has_failed_still_gets_its_danger_words_to_the_person(visitor, wire: Wire) -> None:
    words = {"status": 503, "replies": [{"text": "CALL 999 NOW. Put the phone on speaker."}]}
    wire.refusals = [(503, words), (503, words)]
    me = visitor().open()
    me.send("he's blue")
    me.says("CALL 999 NOW. Put the phone on speaker.").wait_for()
    me.says("You said: he's blue").wait_for()
    assert me.texts("service") == ["CALL 999 NOW. Put the phone on speaker."]


def test_a_refused_message_is_said_to_be_refused_and_goes_back_into_the_box(visitor, wire: Wire) -> None:
    wire.refusals = [(413, {"status": 413, "detail": "That is very long. Send it in two parts."})]
    me = visitor().open()
    me.send("a long story")
    me.says("This was not sent. That is very long. Send it in two parts.").wait_for()
    me.box.fill("more")
    me.button("Try again").click()
    assert me.bubbles.count() == 0
    assert me.box.input_value() == "a long story\nmore"
    me.button("Send").click()
    me.says("You said: a long story").wait_for()
    assert len(wire.talk.said()) == 1


def test_too_many_messages_are_held_and_sent_later(visitor, wire: Wire) -> None:
    wire.refusals = [(429, {"status": 429, "detail": "slow down"})]
    me = visitor().open()
    me.send("hello")
    me.says("That was a lot in a short time").wait_for()
    me.says("You said: hello").wait_for()


def test_a_conversation_that_is_gone_is_said_so_and_its_words_can_start_a_new_one(visitor, wire: Wire) -> None:
    me = visitor().open()
    # The window asks once where things stand: an answer still on its way would find the chat gone before they write.
    with me.page.expect_response(lambda answer: re.search(r"/conversations/[\w-]+$", answer.url) is not None):
        me.send("hello")
    me.says("You said: hello").wait_for()
    wire.talks.clear()
    me.send("are you there")
    me.says("This chat is no longer here").wait_for()
    assert me.box.input_value() == "are you there"
    me.button("Send").click()
    me.says("You said: are you there").wait_for()
    assert wire.talk.said() == ["are you there"]


def test_deleting_the_chat_asks_once_and_wipes_both_sides(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("hello")
    me.says("You said: hello").wait_for()
    me.button("More choices").click()
    me.button("Delete this chat").click()
    me.button("No, keep it").click()
    assert wire.talk.said() == ["hello"]
    me.button("Delete this chat").click()
    me.button("Yes, delete it").click()
    me.says("This chat is deleted.").wait_for()
    assert wire.talks == {}
    assert me.kept() is None
    assert me.bubbles.count() == 0


def test_enter_sends_and_shift_enter_starts_a_line(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.box.type("one")
    me.box.press("Shift+Enter")
    me.box.type("two")
    me.box.press("Enter")
    me.says("You said: one").wait_for()
    assert wire.talk.said() == ["one\ntwo"]
    me.box.press("Enter")
    assert len(wire.talk.said()) == 1


def test_what_somebody_writes_never_becomes_part_of_the_page(visitor, wire: Wire) -> None:
    me = visitor().open()
    me.send("<img src=x onerror=\"document.title='owned'\"><b>bold</b>")
    me.bubbles.nth(1).wait_for()
    assert me.page.locator(".said img, .said b").count() == 0
    assert me.page.title() != "owned"


def test_numbers_and_addresses_in_answers_can_be_tapped(visitor, wire: Wire) -> None:
    wire.answer = lambda text: [
        reply("Call 08080 10 10 11 or see https://www.sfad.org.uk. Write to helpline@sfad.org.uk")
    ]
    me = visitor().open()
    me.send("who can I call")
    me.bubbles.nth(1).wait_for()
    links = me.page.locator(".by-assistant a").evaluate_all("found => found.map((a) => a.getAttribute('href'))")
    assert links == ["tel:08080101011", "https://www.sfad.org.uk", "mailto:helpline@sfad.org.uk"]
