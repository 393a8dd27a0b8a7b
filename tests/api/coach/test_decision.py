"""What the coach does about a message."""

from __future__ import annotations

import pytest

from api.coach.decision import Checked, Heard, Move, PassOn, decide
from api.coach.flows import FlowBook, Place
from safety.answers import read_answer
from safety.levels import Kind, Level
from safety.reading import Reading, SafetyReader, Span

BOOK = FlowBook.load()
READER = SafetyReader.load()


def _heard(text: str, place: Place | None = None, audience: str | None = None) -> Heard:
    plain = READER.read(text)
    question = BOOK.step(place).question if place else None
    return Heard(text, READER.read(text, question=question) if question else plain, plain, audience)


def _moves(*texts: str, audience: str | None = None) -> list[Move | None]:
    place: Place | None = None
    checked = Checked()
    moves = []
    for text in texts:
        heard = _heard(text, place, audience)
        move = decide(BOOK, place, heard, read_answer, checked)
        checked = Checked(
            tuple(kind.value for kind in heard.reading.kinds),
            tuple(heard.reading.concepts),
            heard.reading.level is Level.URGENT,
        )
        place = move.place if move else None
        moves.append(move)
    return moves


def _last(*texts: str, audience: str | None = None) -> Move:
    move = _moves(*texts, audience=audience)[-1]
    assert move is not None
    return move


def test_a_frightened_text_in_scots_starts_the_overdose_steps_and_raises_an_emergency() -> None:
    move = _last("he's no breathin, he's gone blue")
    assert move.content_ids == ("coach/call_999", "coach/ask_breathing")
    assert move.raises is Level.EMERGENCY


@pytest.mark.parametrize("cry", ["no no no he's not breathing", "oh no she won't wake up", "OMG he's no breathin help"])
def test_a_cry_of_no_before_it_denies_nothing(cry: str) -> None:
    assert _last(cry).raises is Level.EMERGENCY


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("naw", "coach/cpr"),
        ("no", "coach/cpr"),
        ("n", "coach/cpr"),
        ("dunno", "coach/cpr"),
        ("aye", "coach/recovery_position"),
        ("aye he's breathin", "coach/recovery_position"),
        ("Y", "coach/recovery_position"),
        ("aye but his lips are blue", "coach/cpr"),
        ("ok", "coach/look_at_chest"),
        ("am phoning them noo", "coach/look_at_chest"),
        ("??", "coach/look_at_chest"),
    ],
)
def test_any_answer_about_breathing_leads_on_safely(answer: str, said: str) -> None:
    assert _last("he's no breathin, he's gone blue", answer).content_ids[0] == said


def test_the_whole_way_to_the_ambulance_by_aye_and_naw() -> None:
    moves = _moves(
        "he's no breathin", "naw", "aye", "12 Glebe St, Kilmarnock", "naw", "aye he's breathing fine", "naw", "aye"
    )
    first_words = [move.content_ids[0] for move in moves if move]
    assert first_words == [
        "coach/call_999", "coach/cpr", "coach/give_naloxone", "coach/stay", "coach/second_dose", "coach/wears_off",
        "coach/keep_watching", "coach/tell_the_crew",
    ]  # fmt: skip
    assert moves[-1] is not None
    assert moves[-1].place is None


def test_where_they_are_is_kept_as_it_was_written() -> None:
    assert _last("he's no breathin", "naw", "naw", "12 Glebe St, Kilmarnock").location == "12 Glebe St, Kilmarnock"


def test_somebody_who_stops_breathing_again_is_looked_at_again_and_raised_again() -> None:
    move = _last("he's no breathin", "aye", "naw", "he's stopped breathing again")
    assert move.content_ids[0] == "coach/look_at_chest"
    assert move.raises is Level.EMERGENCY
    assert move.location is None


def test_another_kind_of_danger_begins_its_own_steps() -> None:
    move = _last("he's got a knife, he's at the door", "he's stabbed my mum and she's not breathing")
    assert move.content_ids[0] == "coach/call_999"


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("I've took 40 tablets", "alone"),
        ("I've taken far too many vallies and I'm on my own", "alone"),
        ("she's taken far too many vallies", "overdose"),
        ("my da is having a fit, he stopped drinking two days ago", "withdrawal"),
        ("he's got a knife he's at the door", "violence"),
        ("goodbye everyone, I've the pills in my hand", "suicide"),
        ("my toddler swallowed methadone", "child"),
    ],
)
def test_each_danger_gets_its_own_steps(text: str, flow: str) -> None:
    move = _last(text)
    assert move.place is not None
    assert move.place.flow == flow


def test_a_worker_is_told_of_their_own_control() -> None:
    assert _last("male unresponsive not breathing", audience="worker").content_ids[0] == "coach/worker_999"


class TestACheck:
    """It may be danger; it is asked once."""

    def test_one_short_question_with_999_in_it(self) -> None:
        assert _last("she took something").content_ids == ("safety/check",)

    def test_no_lets_the_first_message_go_on_to_the_assistant(self) -> None:
        move = _last("she took something", "no")
        assert (move.content_ids, move.place, move.pass_on) == ((), None, PassOn.CHECKED)

    @pytest.mark.parametrize("answer", ["aye", "yes", "y", "don't know", "dunno", "yes hurry"])
    def test_yes_and_dont_know_are_an_emergency(self, answer: str) -> None:
        move = _last("she took something", answer)
        assert move.raises is Level.EMERGENCY
        assert "999" in move.content_ids[0]

    def test_danger_told_in_answer_gets_its_own_steps(self) -> None:
        assert _last("he's in a bad way", "he's not breathing").content_ids[0] == "coach/call_999"


class TestSomethingUrgent:
    """Serious, and nobody is dying this minute."""

    def test_it_is_heard_with_the_right_line_and_a_person_is_offered(self) -> None:
        move = _last("I want to die")
        assert move.content_ids == ("safety/urgent_suicide", "safety/offer_person")
        assert move.raises is None

    def test_yes_brings_a_person_at_high_priority(self) -> None:
        move = _last("I want to die", "aye")
        assert (move.raises, move.place) == (Level.URGENT, None)

    def test_no_is_taken_kindly_and_closes_the_question(self) -> None:
        move = _last("I want to die", "naw")
        assert (move.content_ids, move.raises, move.place) == (("safety/no_person",), None, None)

    def test_another_question_goes_to_the_assistant(self) -> None:
        assert _last("I want to die", "can i get naloxone").pass_on is PassOn.THIS

    def test_saying_it_again_is_not_met_with_the_same_words(self) -> None:
        assert _last("I want to die", "I don't want to be here any more").content_ids[0] == "safety/still_here"

    def test_danger_now_takes_over(self) -> None:
        assert _last("I want to die", "I've taken all my tablets").raises is Level.EMERGENCY


class TestUrgentAndPerhapsMore:
    """Urgent as it stands, and so near to an emergency that it is asked about first."""

    IN_DOUBT = Reading(Level.URGENT, True, (Kind.SUICIDE,), (Span(0, 5),), ("second_reader",))
    ASKED = Place("check", "ask")
    CHECKED = Checked(("suicide",), ("second_reader",), urgent=True)

    def test_it_is_asked_whether_anyone_is_in_danger_right_now(self) -> None:
        move = decide(BOOK, None, Heard("by then i will be away", self.IN_DOUBT, self.IN_DOUBT), read_answer)
        assert move is not None
        assert (move.content_ids, move.place, move.raises) == (("safety/check",), self.ASKED, None)

    def test_no_is_not_the_end_of_it_it_is_still_urgent(self) -> None:
        move = decide(BOOK, self.ASKED, _heard("no", self.ASKED), read_answer, self.CHECKED)
        assert move is not None
        assert move.content_ids == ("safety/urgent_suicide", "safety/offer_person")
        assert move.pass_on is PassOn.NOTHING

    @pytest.mark.parametrize("answer", ["yes", "dunno"])
    def test_yes_and_dont_know_are_an_emergency(self, answer: str) -> None:
        move = decide(BOOK, self.ASKED, _heard(answer, self.ASKED), read_answer, self.CHECKED)
        assert move is not None
        assert move.raises is Level.EMERGENCY


@pytest.mark.parametrize("text", ["what is naloxone", "my son gets out on Friday", "thanks", "aye", "", "🙂"])
def test_what_is_no_danger_is_not_the_coachs(text: str) -> None:
    assert _moves(text) == [None]


@pytest.mark.parametrize(
    ("text", "audience", "said_for"),
    [
        ("my son says he doesn't want to live any more", None, "family"),
        ("my son says he doesn't want to live any more", "self", "family"),
        ("I don't want to live any more", "family", "self"),
        ("I don't want to live any more", None, "self"),
        ("he doesn't want to live any more and I don't want to live either", "family", None),
        ("a client told me she wants to end her life", "worker", "worker"),
    ],
)
def test_it_speaks_to_the_one_of_whom_the_words_are_said(text: str, audience: str | None, said_for: str | None) -> None:
    assert _last(text, audience=audience).said_for == said_for


def test_whoever_is_with_somebody_about_to_die_gets_the_steps_of_a_helper() -> None:
    move = _last("she is going to jump off the bridge right now")
    assert move.content_ids[0] == "coach/suicide_other_999"
    assert move.raises is Level.EMERGENCY
    assert _last("I am going to jump off the bridge right now").content_ids[0] == "coach/suicide_999"
    assert _last("I am going to jump off the bridge right now", audience="family").content_ids[0] == "coach/suicide_999"


ASKED = Place("asked", "ask")


def test_where_the_assistant_asked_for_danger_a_yes_or_a_doubt_is_danger() -> None:
    for answer in ("yes", "aye", "y", "not sure"):
        move = decide(BOOK, ASKED, _heard(answer, ASKED), read_answer)
        assert move is not None, answer
        assert move.content_ids[0] == "coach/danger_999"
        assert move.raises is Level.EMERGENCY


@pytest.mark.parametrize("answer", ["no", "naw", "skip", "why do you ask?", "how do I get naloxone?", "stop asking"])
def test_any_other_answer_to_it_is_the_assistants(answer: str) -> None:
    assert decide(BOOK, ASKED, _heard(answer, ASKED), read_answer) is None


def test_danger_told_instead_of_an_answer_is_led_as_danger() -> None:
    move = decide(BOOK, ASKED, _heard("he's not breathing", ASKED), read_answer)
    assert move is not None
    assert move.content_ids[0] == "coach/call_999"
    urgent = decide(BOOK, ASKED, _heard("no but I don't want to live any more", ASKED), read_answer)
    assert urgent is not None
    assert urgent.content_ids[0] in ("safety/urgent_suicide", "safety/check")
