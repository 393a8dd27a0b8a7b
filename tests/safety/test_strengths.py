"""What the rules are sure of, and what they take to be likely: that is asked about when there is a second reader."""

from __future__ import annotations

import pytest

from safety.levels import Level
from safety.reading import SafetyReader

SURE = [
    "he's not breathing and his lips are blue",
    "my mum has taken all her pills",
    "Two years ago my brother died of this. Now my son won't wake up and he's blue",
    "we did the naloxone training last week. please help he's on the floor and he isn't breathing",
    "the dog's going mental and he's not breathing, help",
]
LIKELY = [
    "The girl on the course laid the doll on the carpet. Right, he's not breathing, what do you do? It was a good day.",
    "his lips are blue in this film, is that what it looks like",
    "My brother died four years ago. His lips are blue. Do you have a group?",
    "freezing, lips blue after a sea swim haha",
    "gale's battering the windows",
]
NO_ALARM = ("in full none", "in full check")


def strengths(reader: SafetyReader, text: str) -> list[str]:
    return reader.states(text)[-2:]


@pytest.mark.parametrize("text", SURE)
def test_what_is_plainly_there_now_is_sure(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text) == ["in full emergency", "surely emergency"]


@pytest.mark.parametrize("text", LIKELY)
def test_what_may_be_a_story_is_only_likely(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[1] == "surely none"


def test_where_the_second_reader_is_missing_what_is_likely_counts_in_full(reader: SafetyReader) -> None:
    text = (
        "My brother died four years ago. My son is lying here, cold as stone. His lips are blue. Do you have a group?"
    )
    assert strengths(reader, text) == ["in full emergency", "surely none"]
    assert reader.read(text).level is Level.EMERGENCY


def test_with_a_second_reader_what_is_likely_is_asked_about_or_more() -> None:
    both = SafetyReader.load()
    for text in LIKELY:
        reading = both.read(text)
        if strengths(both, text)[0] != "in full none":
            assert reading.check or reading.level is not Level.NONE, text


@pytest.mark.parametrize(
    "text",
    [
        "I've wrote the letters. got it all ready. tell my wee lassie her da loved her",
        "he's left his wedding ring and his keys and he's on the bridge",
        "slid off the couch and her breathing is all bubbles",
        "the wee one has been at the ashtray, there's a bit of foil in her mouth",
        "two of them kicking the door, I'm in the cupboard",
    ],
)
def test_two_signs_that_say_little_alone_are_likely_danger_together(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[0] == "in full emergency"


@pytest.mark.parametrize(
    "text",
    [
        "I've wrote the letters",
        "the house is clean and tidy",
        "the bridge is shut again, back at six",
        "foil for the oven",
    ],
)
def test_one_of_such_signs_is_nothing(reader: SafetyReader, text: str) -> None:
    assert reader.read(text).level is Level.NONE


def test_one_sign_in_a_message_that_ends_with_a_question_is_a_strength_weaker(reader: SafetyReader) -> None:
    assert strengths(reader, "his lips are blue")[1] == "surely emergency"
    assert strengths(reader, "his lips are blue, is it the light?")[1] == "surely none"
    assert strengths(reader, "please help his lips are blue, what do I do?")[1] == "surely emergency"


@pytest.mark.parametrize(
    "text",
    [
        "got out this morning and can't get hold of him",
        "my son got released on Friday and his phone just goes to voicemail",
    ],
)
def test_somebody_just_out_who_cannot_be_reached_is_asked_about(reader: SafetyReader, text: str) -> None:
    reading = reader.read(text)
    assert reading.check
    assert reading.level is Level.NONE


def test_a_story_goes_on_until_a_word_turns_back_to_now(reader: SafetyReader) -> None:
    told = "Two years ago my brother was using. We came home. He was on the floor and his lips were blue."
    assert reader.read(told).level is Level.NONE
    assert reader.read(f"{told} Now my son won't wake up.").level is Level.EMERGENCY


def test_a_sign_told_in_a_sentence_of_its_own_is_heard_though_the_message_ends_with_a_question(
    reader: SafetyReader,
) -> None:
    text = "My brother died four years ago. My son is lying here. His lips are blue. Do you have a group?"
    assert reader.read(text).level is Level.EMERGENCY
    assert reader.read("My brother died four years ago. Do you have a group?").level is Level.NONE


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("he's on the bridge to Fife, back at six", Level.NONE),
        ("stuck in traffic on the Erskine bridge, I'll be late", Level.NONE),
        ("he's fixing slates on the roof, first job since he got out", Level.NONE),
        ("he's on the bridge and he says goodbye", Level.EMERGENCY),
        ("my boy is on the roof and says he'll jump", Level.EMERGENCY),
    ],
)
def test_a_place_is_danger_only_for_what_is_done_there(reader: SafetyReader, text: str, level: Level) -> None:
    assert reader.read(text).level is level


def test_one_sign_among_many_calm_words_is_likely_and_with_an_alarm_it_is_sure(reader: SafetyReader) -> None:
    calm = "my pals status said goodbye cruel world and it was her last day at the bakers in Largs"
    assert strengths(reader, calm) == ["in full emergency", "surely none"]
    assert strengths(reader, calm + " please help")[1] == "surely emergency"
    assert strengths(reader, "now " + calm)[1] == "surely emergency"


def test_a_year_makes_a_lively_story_likely_only(reader: SafetyReader) -> None:
    text = "So she's lying there with the empty packets round her and I'm ringing everyone."
    assert strengths(reader, text)[1] == "surely emergency"
    assert strengths(reader, text + " That's 2011. She lived.")[1] == "surely none"


@pytest.mark.parametrize(
    "told",
    [
        "I'm on my knees and he's not breathing and I'm screaming for my mum.",
        "She's lying in the hall, her lips are blue, I can't wake her.",
    ],
)
@pytest.mark.parametrize(
    "end",
    ["That was two summers back.", "That was the Millennium, and I'm a gran now.", "That was years ago, she lived."],
)
def test_danger_that_is_dated_at_the_end_is_over_whatever_its_tense(reader: SafetyReader, told: str, end: str) -> None:
    assert strengths(reader, told)[0] == "in full emergency"
    assert strengths(reader, f"{told} {end}")[0] in NO_ALARM
    assert strengths(reader, f"{told} {end} Now my son won't wake up and he's blue.")[0] == "in full emergency"


def test_a_body_that_answers_after_the_fright_is_no_danger_and_one_that_slips_away_again_is(
    reader: SafetyReader,
) -> None:
    text = "He wasn't moving, I couldn't wake him, and he sat up and asked what I was playing at"
    assert strengths(reader, text)[0] in NO_ALARM
    assert strengths(reader, text + ". Now he won't wake up again")[0] == "in full emergency"
    assert strengths(reader, "He was fine at ten. I can't wake him")[0] == "in full emergency"
    assert strengths(reader, "He took all his tablets and he's sitting up watching telly")[0] == "in full emergency"


@pytest.mark.parametrize(
    "text",
    [
        "That podcast where the guy says he's not breathing. I had to stop the car.",
        "In the play I'm the mother who won't wake up. Tickets are a fiver.",
        "Scenario 3 says he's blue, he's gurgling, you can't wake him.",
    ],
)
def test_what_is_read_out_or_played_is_no_danger(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[0] in NO_ALARM


def test_a_year_or_a_time_ago_beside_danger_now_takes_none_of_it_away(reader: SafetyReader) -> None:
    for text in (
        "He's not breathing. He took an overdose in 2019 as well",
        "He's fitting. He had one before, two years ago.",
        "born 1985, male, unresponsive",
        "He's overdosed. DOB 2001",
        "She's not waking, I'm two years clean and I don't know what to do",
    ):
        assert strengths(reader, text)[0] == "in full emergency", text
    assert strengths(reader, "found her blue, 2011")[0] == "in full none"


@pytest.mark.parametrize(
    "text",
    [
        "he battered me at the darts again",
        "my hamster's dead and I'm fair cut up about it",
        "he overdosed on Netflix at the weekend",
        "jumped out my skin at the bangers",
        "feelin stabbed in the back by my sister, she told the social",
        "if he's late for his tea I'll kill him myself",
        "can't feel my toes in this flat with the heating off",
    ],
)
def test_ways_of_speaking_are_no_danger(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[0] == "in full none"


@pytest.mark.parametrize(
    "text",
    [
        "he'll kill me if he finds me",
        "my son jumped",
        "she's jumped off the balcony",
        "he's been stabbed in the back and there's blood",
        "he's got a knife from the kitchen",
        "she says she'll overdose on her tablets",
        "shook him and he just flops back",
    ],
)
def test_the_same_words_in_danger_are_heard(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[0] != "in full none"


def test_who_is_looked_after_already_is_no_danger_and_who_slips_away_again_is(reader: SafetyReader) -> None:
    text = "He wasn't breathing on the landing, two doses of naloxone given. They kept him in overnight and he is home"
    assert strengths(reader, text)[0] in NO_ALARM
    assert strengths(reader, text + ". Now he's not breathing again")[0] == "in full emergency"


@pytest.mark.parametrize(
    "text",
    [
        "My friend's nephew overdosed at the weekend and died. What do I write in the card?",
        "My dad used to hit my mum. He's dead now and I still miss him",
        "If I rang 999 for an overdose, would the police come too?",
        "Please send 20 naloxone posters for our window",
        "he wrote a goodbye letter to heroin for his group",
        "blood everywhere and it was only a nosebleed",
        "he collapsed into my arms at the gate and cried",
        "Resident was found unresponsive. Naloxone given. Handed over to day staff.",
        "going to jump in the shower",
        "she's on the platform, the train's delayed",
    ],
)
def test_what_is_told_of_others_or_as_a_way_of_speaking_is_no_danger(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[0] in NO_ALARM


@pytest.mark.parametrize(
    "text",
    [
        "My friend's nephew has overdosed, he's on the floor",
        "He used to drink a lot. He's dead now please help",
        "I rang 999 and he's still not breathing",
        "how many doses should I give him, he's still blue",
        "the wee boy swallowed a button and he's choking",
        "My wee one is choking, she was eating toast",
        "found his goodbye letter, he's not answering",
        "blood everywhere, coming out his nose and mouth",
        "he collapsed in the hall and won't wake",
        "Resident handed over to day staff, now unresponsive",
        "going to jump off the bridge",
        "she's on the platform and says she'll jump",
        "I've written letters to everyone, this is goodbye, thank you for everything",
        "is there any point in living",
        "He took them all. It's been dealt with, don't call",
        "he says he'd rather be dead than eat",
        "I've written letters to everyone I hurt",
        "He overdosed. It was his own antibiotics and 40 paracetamol",
        "his lips are blue and he's freezing",
        "I'm bleeding out, I'm bleeding out",
        "he's been snoring ten minutes and won't wake",
    ],
)
def test_the_same_words_of_a_danger_now_are_heard(reader: SafetyReader, text: str) -> None:
    assert strengths(reader, text)[0] != "in full none"


@pytest.mark.parametrize(
    "text",
    [
        "He's not breathing, watching telly he was fine",
        "we were watching telly and he's not breathing",
        "she's blue, we were watching a film",
        "after the match he took a fit and he is blue",
        "at the training and he's unconscious",
        "the dog is barking and he's not breathing",
        "the baby is blue",
    ],
)
def test_what_people_sit_at_takes_no_danger_away(reader: SafetyReader, text: str) -> None:
    assert reader.read(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text",
    ["watching a film where he overdoses and goes blue", "saw on the telly a boy not breathing", "my dog is dead"],
)
def test_what_a_film_tells_of_is_no_danger(reader: SafetyReader, text: str) -> None:
    assert reader.read(text).level is Level.NONE


def test_no_emergency_is_sure_among_so_many_words_that_they_may_tell_a_story(reader: SafetyReader) -> None:
    danger = "please help he's not breathing and his lips are blue"
    assert strengths(reader, danger)[1] == "surely emergency"
    among_others = (
        f"I was going to ask you about the visit on Thursday and the bus and what I should bring with me, and {danger}"
    )
    assert strengths(reader, among_others) == ["in full emergency", "surely none"]
    assert SafetyReader.load().read(among_others).level is Level.EMERGENCY


@pytest.mark.parametrize("text", ["suicide", "dying", "bleeding", "gun", "999"])
def test_one_word_of_danger_alone_is_at_least_asked_about(text: str) -> None:
    reading = SafetyReader.load().read(text)
    assert reading.check or reading.level is not Level.NONE
