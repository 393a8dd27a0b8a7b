"""What the coach does about a message."""

from __future__ import annotations

import pytest

from api.coach.decision import NOTHING, AskedAbout, Heard, Move, PassOn, decide
from api.coach.flows import FlowBook, Place
from api.reception.arrivals import as_kept
from safety.answers import read_answer
from safety.levels import Kind, Level
from safety.reading import Reading, SafetyReader, Span
from voice import Voice

BOOK = FlowBook.load()
READER = SafetyReader.load()
VOICE = Voice.load()


def _heard(text: str, place: Place | None = None, audience: str | None = None) -> Heard:
    plain = READER.read(text)
    question = BOOK.step(place).question if place else None
    return Heard(text, READER.read(text, question=question) if question else plain, plain, audience)


def _read(text: str) -> AskedAbout:
    return AskedAbout.of(text, as_kept(READER.read(text)))


def _moves(*texts: str, audience: str | None = None) -> list[Move | None]:
    place: Place | None = None
    asked = NOTHING
    moves = []
    for text in texts:
        move = decide(BOOK, place, _heard(text, place, audience), read_answer, asked)
        asked = _read(text)
        place = move.place if move else None
        moves.append(move)
    return moves


def _last(*texts: str, audience: str | None = None) -> Move:
    move = _moves(*texts, audience=audience)[-1]
    assert move is not None
    return move


def test_a_frightened_text_in_scots_starts_the_overdose_steps_and_raises_an_emergency() -> None:
    move = _last("he's took something and he'll no wake up")
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
    assert _last("he'll no wake up", answer).content_ids[0] == said


def test_the_whole_way_to_the_ambulance_by_aye_and_naw() -> None:
    moves = _moves(
        "he'll no wake up", "naw", "aye", "12 Glebe St, Kilmarnock", "naw", "aye he's breathing fine", "naw", "aye"
    )
    first_words = [move.content_ids[0] for move in moves if move]
    assert first_words == [
        "coach/call_999", "coach/cpr", "coach/give_naloxone", "coach/stay", "coach/second_dose", "coach/wears_off",
        "coach/keep_watching", "coach/tell_the_crew",
    ]  # fmt: skip
    assert moves[-1] is not None
    assert moves[-1].place is None


def test_where_they_are_is_kept_as_it_was_written() -> None:
    assert _last("he's no breathin", "naw", "12 Glebe St, Kilmarnock").location == "12 Glebe St, Kilmarnock"


@pytest.mark.parametrize(
    ("told", "said"), [("he's stopped breathing again", "coach/cpr"), ("he's gone blue again", "coach/look_at_chest")]
)
def test_somebody_who_goes_under_again_is_looked_at_again_and_raised_again(told: str, said: str) -> None:
    move = _last("he'll no wake up", "aye", "naw", told)
    assert move.content_ids[0] == said
    assert move.raises is Level.EMERGENCY
    assert move.location is None


NOT_BREATHING = ("coach/call_999", "coach/cpr", "coach/ask_naloxone")
BREATHING = ("coach/call_999", "coach/recovery_position", "coach/ask_naloxone")
CHILD_NOT_BREATHING = ("coach/child_999", "coach/child_not_breathing", "coach/ask_where")
ASKED_FIRST = ("coach/call_999", "coach/ask_breathing")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Said plainly: it is not asked again.
        ("he's no breathin", NOT_BREATHING),
        ("HE ISNT BREATHING HELP", NOT_BREATHING),
        ("brthn stopped", NOT_BREATHING),
        ("my pals not breathing he took blues 10 mins ago", NOT_BREATHING),
        ("not breathing i think he's od'd", NOT_BREATHING),
        ("come fast he's not breathing", NOT_BREATHING),
        ("no pulse", NOT_BREATHING),
        ("he's stopped breathing", NOT_BREATHING),
        ("he's blue and won't wake up", NOT_BREATHING),
        ("she's gone blue, cannae wake her", NOT_BREATHING),
        ("my mum's not breathing and the wean's here", NOT_BREATHING),
        ("he won't wake up but he's breathing", BREATHING),
        ("she's breathing, but unresponsive", BREATHING),
        ("he's asleep and breathing but I can't wake him", BREATHING),
        ("my toddler swallowed methadone and isn't breathing", CHILD_NOT_BREATHING),
        # Any doubt, and it is asked.
        ("he won't wake up", ASKED_FIRST),
        ("his lips are blue", ASKED_FIRST),
        ("i dont think he's breathing", ASKED_FIRST),
        ("I think he's not breathing", ASKED_FIRST),
        ("he's hardly breathing", ASKED_FIRST),
        ("he's not breathing right", ASKED_FIRST),
        ("he stopped breathing earlier", ASKED_FIRST),
        ("he stopped breathing for a minute then started", ASKED_FIRST),
        ("he wasn't breathing but now he's breathing and won't wake up", ASKED_FIRST),
        ("is he not breathing", ASKED_FIRST),
        ("she is breathing slowly and won't wake up", ASKED_FIRST),
        ("he's unconscious and his breathing is shallow", ASKED_FIRST),
        ("he's breathing but he's blue and won't wake up", ASKED_FIRST),
        ("she's breathing and snoring and I can't wake her", ASKED_FIRST),
        ("I'm 12 and my mum won't wake up", ASKED_FIRST),
    ],
)  # fmt: skip
def test_what_was_said_plainly_of_breathing_is_not_asked_again_and_what_is_in_doubt_is(
    text: str, said: tuple[str, ...]
) -> None:
    assert _last(text).content_ids == said


def test_what_two_messages_say_plainly_together_is_not_asked_a_second_time() -> None:
    assert _last("he's blue", "he'll no wake up").content_ids[0] == "coach/cpr"
    assert _last("he won't wake up", "ok i'm phoning").content_ids[0] == "coach/look_at_chest"


def test_whoever_was_asked_about_danger_first_is_not_asked_what_they_said_then() -> None:
    asked = AskedAbout("she'll no wake up, breathing fine", concepts=("unresponsive",), span_ends=(17,))
    place = Place("check", "ask")
    move = decide(BOOK, place, _heard("aye", place), read_answer, asked)
    assert move is not None
    assert (move.content_ids, move.said_for) == (BREATHING, "family")


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
    move = _last("male unresponsive", audience="worker")
    assert move.content_ids == ("coach/worker_999", "coach/ask_breathing")


@pytest.mark.parametrize(
    ("text", "is_worker"),
    [
        ("police here, male on floor not breathing", True),
        ("polis here male no breathin", True),
        ("Hi, PC 4411 here, female unconscious on the floor", True),
        ("SPS here, prisoner in cell not breathing", True),
        ("prison officer here, man not waking in cell 4", True),
        ("I work in a hostel, resident won't wake up", True),
        ("I'm a support worker, my client has taken a load of tablets and won't wake", True),
        ("we are fire crew, casualty not breathing", True),
        # Somebody's own family, whoever else is there.
        ("I'm a nurse and my son's not breathing", False),
        ("the police are here and he's not breathing", False),
        ("police here, my brother's not breathing", False),
        ("he's not breathing, my dad's a paramedic", False),
        ("I'm calling the police, he's not breathing", False),
        ("his support worker's here, he's not breathing", False),
        ("nurse here says wait but he's not breathing", False),
        ("officer here won't open the door, he's not breathing", False),
        ("help, police, he won't wake up", False),
    ],
)
def test_only_a_workers_own_very_first_words_get_a_workers_wording(text: str, is_worker: bool) -> None:
    move = _last(text)
    assert move.content_ids[0] == ("coach/worker_999" if is_worker else "coach/call_999")
    assert (move.said_for == "worker") is is_worker


def test_a_worker_gets_a_workers_wording_for_every_kind_of_danger() -> None:
    told = (
        "female on the bridge says she is going to jump",
        "he's cut his wrists and it won't stop bleeding",
        "a toddler has swallowed methadone",
        "he stopped drinking and is having a fit",
        "he's got a knife",
    )
    moves = [_last(f"police here, {one}") for one in told] + [_last("police here, he's in a bad way", "yes")]
    for move in moves:
        said = {VOICE.say(move.content_ids[0], channel=channel, audience="worker").text for channel in ("web", "sms")}
        assert move.said_for == "worker", said
        assert all("your own control" in one for one in said), said


class TestACheck:
    """It may be danger; it is asked once."""

    def test_one_short_question_with_999_in_it(self) -> None:
        assert _last("she took something").content_ids == ("safety/check",)

    def test_no_lets_the_first_message_go_on_to_the_assistant(self) -> None:
        move = _last("she took something", "no")
        assert (move.content_ids, move.place, move.pass_on) == ((), None, PassOn.CHECKED)

    @pytest.mark.parametrize(
        ("text", "flow", "said_for"),
        [
            ("she took something", "overdose", "family"),
            ("I took something", "alone", "self"),
            ("she's drowsy and gouching", "overdose", "family"),
            ("i can't do this any more", "suicide", "self"),
            ("my brother says he's done with life", "suicide_other", "family"),
            ("her man is dead controlling, he's raised his hands to her", "violence", "family"),
            ("the wean was at the methadone bottle", "child", "family"),
            ("he's stopped drinking suddenly and he's shaking", "withdrawal", "family"),
            ("I just stopped the valium cold turkey and I'm rattling", "withdrawal_self", "self"),
            # In doubt, the steps for any danger.
            ("took something", "danger", None),
            ("I can't cope with him any more", "danger", "family"),
            ("he's in a bad way", "danger", "family"),
            ("he's not answering his phone", "danger", "family"),
        ],
    )
    def test_yes_leads_to_the_steps_of_what_was_asked_about_in_words_for_whom_it_was_said(
        self, text: str, flow: str, said_for: str | None
    ) -> None:
        asked = AskedAbout.of(text, {**as_kept(READER.read(text)), "level": "none", "check": True})
        for answer in ("aye", "aye I think so", "dunno"):
            move = decide(BOOK, Place("check", "ask"), _heard(answer, Place("check", "ask")), read_answer, asked)
            assert move is not None
            assert move.place is not None
            assert (move.place.flow, move.said_for) == (flow, said_for), answer
            assert move.raises is Level.EMERGENCY
            assert "999" in VOICE.say(move.content_ids[0], channel="sms", audience=said_for).text

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
    ASKED_ABOUT = AskedAbout("by then i will be away", ("suicide",), ("second_reader",), (5,), urgent=True)

    def test_it_is_asked_whether_anyone_is_in_danger_right_now(self) -> None:
        move = decide(BOOK, None, Heard("by then i will be away", self.IN_DOUBT, self.IN_DOUBT), read_answer)
        assert move is not None
        assert (move.content_ids, move.place, move.raises) == (("safety/check",), self.ASKED, None)

    def test_no_is_not_the_end_of_it_it_is_still_urgent(self) -> None:
        move = decide(BOOK, self.ASKED, _heard("no", self.ASKED), read_answer, self.ASKED_ABOUT)
        assert move is not None
        assert move.content_ids == ("safety/urgent_suicide", "safety/offer_person")
        assert move.pass_on is PassOn.NOTHING

    @pytest.mark.parametrize("answer", ["yes", "dunno"])
    def test_yes_and_dont_know_are_an_emergency(self, answer: str) -> None:
        move = decide(BOOK, self.ASKED, _heard(answer, self.ASKED), read_answer, self.ASKED_ABOUT)
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
