"""The way in: token, bodies, repeated turns, triggers, forgetting, and silence in the logs."""

from __future__ import annotations

import sqlite3
import uuid

import pytest


def _turn(text="hello", **about):
    return {
        "conversation_id": uuid.uuid4().hex,
        "message_id": uuid.uuid4().hex,
        "text": text,
        "metadata": {"channel": "web", "audience": None, "facts": {}, "open_question": None},
        **about,
    }


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_the_service_token_nobody_is_heard(assistant, token):
    for path in ("turn", "trigger", "understand", "forget"):
        status, problem = assistant.post(path, _turn(), token=token)
        assert (status, problem["status"]) == (401, 401)


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        [],
        {},
        {"conversation_id": "c"},
        _turn(text=None),
        _turn(text=7),
        _turn(message_id=""),
        _turn(metadata=[]),
        _turn(metadata={"channel": "fax"}),
        _turn(metadata={"audience": "enemy"}),
        _turn(metadata={"facts": "many"}),
        _turn(conversation_id="x" * 300),
    ],
)
def test_a_body_that_is_no_turn_is_refused_with_a_reason(assistant, body):
    status, problem = assistant.post("turn", body)
    assert status == 422
    assert problem["title"]


def test_the_same_message_again_gets_the_same_answer_and_changes_nothing(assistant, talk):
    her = talk()
    first = her.say("my son gets out of HMP Kilmarnock on Friday", message_id="once")
    calls = len(assistant.front_door.calls)
    again = her.say("my son gets out of HMP Kilmarnock on Friday", message_id="once")
    assert again.body == first.body
    assert len(assistant.front_door.calls) == calls
    assert her.say("yes").ids == ["needs/ask_safe"]


@pytest.mark.parametrize("text", ["/restart", "/talk_to_human", "  /goodbye{}", "//greet"])
def test_a_leading_slash_commands_nothing(assistant, talk, text):
    person = talk()
    person.say("hello")
    answer = person.say(text)
    assert answer.body["understood"]["confidence"] < 1
    assert person.say("thanks").ids == ["smalltalk/thanks"]


@pytest.mark.parametrize("text", ["", " ", "😢😢", "a" * 10_000, "\x00\x07", "?", "é" * 300])
def test_strange_texts_get_some_answer(assistant, talk, text):
    assert talk().say(text).ids


def test_entities_carry_their_place_in_the_text(talk):
    text = "  my son is in Barlinnie"
    found = talk().say(text).body["understood"]["entities"]
    assert {entity["text"]: text[entity["start"] : entity["end"]] for entity in found}["Barlinnie"] == "Barlinnie"


def test_the_language_reading_names_real_intents_and_three_guesses(talk):
    understood = talk().say("qwrt plmn zzz").body["understood"]
    assert len(understood["ranking"]) == 3
    assert understood["intent"] == understood["ranking"][0]["intent"]
    assert "nlu_fallback" not in {guess["intent"] for guess in understood["ranking"]}


def test_a_trigger_says_what_its_intent_leads_to(assistant):
    body = {
        "conversation_id": uuid.uuid4().hex,
        "message_id": "t1",
        "intent": "start_screening",
        "slots": {},
        "metadata": {"channel": "sms", "facts": {}},
    }
    status, answer = assistant.post("trigger", body)
    assert (status, answer["open_question"]) == (200, "needs/ask_safe")
    assert assistant.post("trigger", body) == (status, answer)


def test_words_that_need_no_answer_are_understood_as_in_a_turn(assistant, talk):
    text = "  got libbed fae barlinnie yesterday, nae script and im rattlin for a hit"
    status, heard = assistant.post("understand", {"text": text})
    assert status == 200
    assert heard == {"understood": talk().say(text).body["understood"], "audience": "self"}
    found = {entity["entity"]: entity["value"] for entity in heard["understood"]["entities"]}
    assert (found["prison"], found["date"], found["release"]) == ("barlinnie", "2026-11-21", "past")


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("I got out this morning", "self"),
        ("my son got out of HMP Kilmarnock", "family"),
        ("i'm a prison officer at barlinnie", "worker"),
        ("naw", None),
    ],
)
def test_who_speaks_is_told_with_what_was_understood(assistant, text, audience):
    assert assistant.post("understand", {"text": text})[1]["audience"] == audience


def test_understanding_keeps_nothing(assistant, talk):
    secret = "gooseberry" + uuid.uuid4().hex
    person = talk()
    person.say("hello")
    kept = _kept(assistant)
    assert assistant.post("understand", {"text": f"my son {secret}"})[0] == 200
    assert _kept(assistant) == kept
    assert not _on_disk(assistant.home, secret.encode())


@pytest.mark.parametrize("text", ["", " ", "😢😢", "a" * 10_000, "\x00\x07", "/restart", "é" * 300])
def test_strange_words_are_understood_as_nothing_much(assistant, text):
    status, heard = assistant.post("understand", {"text": text})
    assert status == 200
    assert heard["audience"] is None


@pytest.mark.parametrize("body", [b"not json", [], {}, {"text": None}, {"text": 7}])
def test_what_holds_no_words_is_refused_with_a_reason(assistant, body):
    status, problem = assistant.post("understand", body)
    assert status == 422
    assert problem["title"]


def test_an_unknown_trigger_is_refused(assistant):
    body = {"conversation_id": "u1", "message_id": "t1", "intent": "no_such_thing", "slots": {}, "metadata": {}}
    status, problem = assistant.post("trigger", body)
    assert status == 422
    assert "no_such_thing" not in str(problem)


def test_forgetting_leaves_nothing_of_a_conversation_on_disk(assistant, talk):
    person = talk()
    secret = "marmalade" + uuid.uuid4().hex
    person.say(f"hello {secret}")
    assert _on_disk(assistant.home, secret.encode())
    assert assistant.post("forget", {"conversation_id": person.id}) == (200, {"forgotten": True})
    assert not _on_disk(assistant.home, secret.encode())
    assert _kept(assistant, person.id) == 0
    assert talk(id=person.id).say("hello").ids == ["smalltalk/hello"]


def test_nobody_s_words_are_in_the_logs(assistant, talk):
    person = talk()
    word = "rhubarb" + uuid.uuid4().hex
    person.say(f"my number is 07700 900123 {word}")
    assistant.front_door.answers = False
    person.say(f"get me a person {word}")
    assistant.post("understand", {"text": f"my number is 07700 900123 {word}"})
    assistant.post("understand", {"text": [word]})
    assistant.post("turn", _turn(text=word, metadata={"channel": word}))
    logs = "".join(log.read_text(errors="replace") for log in assistant.logs)
    assert word not in logs
    assert "900123" not in logs


def _on_disk(home, words):
    return any(words in file.read_bytes() for file in home.glob("tracker.db*"))


def _kept(assistant, sender="%"):
    with sqlite3.connect(assistant.home / "tracker.db") as database:
        return database.execute("SELECT count(*) FROM tracker_events WHERE sender_id LIKE ?", (sender,)).fetchone()[0]
