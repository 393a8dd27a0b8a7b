"""What is read out of people's own words. Reckoned from noon on Wednesday 18 November 2026."""

import json
import time
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.entities.message import _BLANK
from bot.entities.nearly import ordinary_words
from bot.entities.reader import EntityReader

READER = EntityReader.load()
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=timezone.utc)
HERE = Path(__file__).parent


def messages(file: str) -> list[tuple[str, Counter[tuple[str, str]]]]:
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [
        (line["text"], Counter((kind, value) for kind, value in line["entities"])) for line in map(json.loads, lines)
    ]


def read(text: str, now: datetime = WEDNESDAY) -> list[tuple[str, str]]:
    return [(entity.entity, entity.value) for entity in READER.read(text, now)]


def only(kind: str, text: str, now: datetime = WEDNESDAY) -> list[str]:
    return [value for found, value in read(text, now) if found == kind]


@pytest.mark.parametrize(("text", "expected"), [*messages("written_with.jsonl"), *messages("fresh.jsonl")])
def test_what_a_message_mentions(text: str, expected: Counter[tuple[str, str]]) -> None:
    assert Counter(read(text)) == expected


@pytest.mark.parametrize(("text", "expected"), messages("days_and_people.jsonl"))
def test_which_days_and_which_people_a_message_mentions(text: str, expected: Counter[tuple[str, str]]) -> None:
    assert Counter(entity for entity in read(text) if entity[0] in ("date", "person")) == expected


def test_there_are_enough_messages_of_all_kinds() -> None:
    written = [*messages("written_with.jsonl"), *messages("fresh.jsonl")]
    kinds = Counter(kind for _, expected in written for kind, _ in expected.elements())

    assert len(written) >= 250
    assert set(kinds) == {
        "substance", "place", "prison", "person", "date", "duration", "amount", "phone", "service_type", "release",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "entity", "words"),
    [
        ("my son gets out of HMP Kilmarnock on Friday", "person", "son"),
        ("my son gets out of HMP Kilmarnock on Friday", "prison", "Kilmarnock"),
        ("my son gets out of HMP Kilmarnock on Friday", "date", "Friday"),
        ("My son’s in “Bar-L” 😀 till the 3rd", "person", "son"),
        ("My son’s in “Bar-L” 😀 till the 3rd", "prison", "Bar-L"),
        ("İstanbul then Glasgow", "place", "Glasgow"),
    ],
)
def test_an_entity_stands_where_its_words_stand(text: str, entity: str, words: str) -> None:
    found = next(found for found in READER.read(text, WEDNESDAY) if found.entity == entity)

    assert text[found.start : found.end] == words == found.text


@pytest.mark.parametrize(
    ("near", "kind"),
    [
        ("what a life", "place"),
        ("giving birth", "place"),
        ("his tolerance is low", "place"),
        ("the cause was lethal", "place"),
        ("alcoholic", "place"),
        ("the killing of time", "place"),
        ("my hero", "substance"),
        ("so much change", "substance"),
        ("he shouts a lot", "prison"),
        ("stirring the pot", "prison"),
    ],
)
def test_an_ordinary_word_near_a_name_is_not_that_name(near: str, kind: str) -> None:
    assert only(kind, near) == []


def test_words_kept_apart_from_names_are_not_names_themselves() -> None:
    assert not [word for word in ordinary_words() if only("place", f"in {word}") or only("substance", f"took {word}")]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("he gets out next Friday", "2026-11-27"),
        ("he gets out this Friday", "2026-11-20"),
        ("he gets out on Friday", "2026-11-20"),
        ("he got out on Friday", "2026-11-13"),
        ("he gets out on Wednesday", "2026-11-25"),
        ("a fortnight on Friday he gets out", "2026-12-04"),
        ("a week past Friday", "2026-11-06"),
        ("libbed yesterday", "2026-11-17"),
        ("in six weeks time", "2026-12-30"),
        ("in a month", "2026-12-18"),
        ("29 feb 2028", "2028-02-29"),
    ],
)
def test_a_day_is_reckoned_as_people_in_scotland_mean_it(text: str, date: str) -> None:
    assert only("date", text) == [date]


@pytest.mark.parametrize(
    "text", ["29 feb 2027", "the 32nd", "45/13/2026", "next week", "some day soon", "in 0 seconds"]
)
def test_what_is_no_day_is_not_made_into_one(text: str) -> None:
    assert only("date", text) == []


def test_today_is_today_in_scotland_and_not_in_greenwich() -> None:
    just_past_midnight_in_summer = datetime(2026, 7, 1, 23, 30, tzinfo=timezone.utc)

    assert only("date", "he gets out today", just_past_midnight_in_summer) == ["2026-07-02"]


def test_an_hour_ago_may_be_yesterday() -> None:
    assert only("date", "an hour ago", datetime(2026, 11, 18, 0, 20, tzinfo=timezone.utc)) == ["2026-11-17"]


def test_the_prison_is_named_and_the_town_is_not() -> None:
    assert read("my son gets out of Perth on Friday and we live in Perth") == [
        ("person", "son"),
        ("release", "future"),
        ("prison", "perth"),
        ("date", "2026-11-20"),
        ("place", "perth and kinross"),
    ]


def test_meth_is_methadone() -> None:
    assert only("substance", "he's on meth") == ["methadone"]
    assert only("substance", "crystal meth") == ["methamphetamine"]


def test_a_word_that_may_be_a_drug_is_one_only_where_the_words_say_so() -> None:
    assert only("substance", "I like green") == []
    assert only("substance", "he's smoking green") == ["cannabis"] or only("substance", "he's on the green")


def test_a_misspelt_name_is_less_sure() -> None:
    found = READER.read("he takes diazepamm", WEDNESDAY)[-1]

    assert (found.value, found.confidence) == ("benzodiazepine", 0.8)


def test_no_word_of_a_message_stays_behind_in_spacy() -> None:
    READER.read("my son Xanthippe is in Perth, ring 07700 900123", WEDNESDAY)

    assert "xanthippe" not in _BLANK.vocab.strings
    assert "900123" not in _BLANK.vocab.strings
    assert "perth" in _BLANK.vocab.strings


def test_a_long_message_is_read_in_bounded_time() -> None:
    begun = time.process_time()
    READER.read("my son took 20 vallies in Perth on Friday " * 250, WEDNESDAY)

    assert time.process_time() - begun < 1.0


def test_a_message_is_read_in_under_three_milliseconds() -> None:
    texts = [text for text, _ in messages("written_with.jsonl")]
    for text in texts:
        READER.read(text, WEDNESDAY)
    begun = time.process_time()
    for text in texts:
        READER.read(text, WEDNESDAY)

    assert (time.process_time() - begun) / len(texts) < 0.003


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120) | st.text(alphabet="aio 0123456789/.-th'&£wkdayfrinext", max_size=60))
def test_any_text_is_read_without_an_error_and_offsets_fit(text: str) -> None:
    for entity in READER.read(text, WEDNESDAY):
        assert text[entity.start : entity.end] == entity.text
        assert entity.text
