"""Six weeks after a release, by text: five people, each on a path of their own, in one house with one clock.

Real processes from end to end: Twilio's stand-in, the api with its worker, Rasa and its actions. The clock of all of
them is moved on; whatever comes is waited for at the stand-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.delivery.unprompted import gives_away
from tests.journeys.conftest import ON_CALL
from tests.journeys.weeks import Person, Weeks, at, weeks_in
from voice.segments import measure

WEEKLY = (7, 14, 21, 28, 35, 42)
FROM_THE_DAY_ON = (0, 2, *WEEKLY)
ASKED_AT = {-1: at(-1, "14:01"), 0: at(0, "16:01"), 2: at(2, "14:00")} | {day: at(day, "14:01") for day in WEEKLY}


class Walk:
    """Five people, and the weeks that they have walked."""

    def __init__(self, weeks: Weeks) -> None:
        self.weeks = weeks
        numbers = [f"+4477009003{last:02}" for last in range(5)]
        self.steady, self.silent, self.crisis, self.stopper, self.stranger = map(weeks.somebody, numbers)
        self.after_the_first_week: list[dict[str, Any]] = []
        self.paged = 0

    def agree(self) -> None:
        self.weeks.house.hire("Morag Bain", "morag@example.org", role="lead")
        for person in self.weeks.people:
            person.agrees_to_check_ins()

    def the_day_before(self) -> None:
        self.weeks.until(at(-1, "14:01"), asks=self.weeks.people)
        for person in (self.steady, self.crisis, self.stopper, self.stranger):
            person.texts("A", hears="noted")

    def the_day(self) -> None:
        """Nobody is asked before four; then one stops it, one is somebody else, one says nothing."""
        self.weeks.until(at(0, "16:01"), asks=self.weeks.people)
        self.steady.texts("A", hears="good to hear")
        self.crisis.texts("aye got a bed at my sisters", hears="")
        self.stopper.phone.text("STOP")
        self.stranger.texts("wrong number pal", hears="sorry for the trouble")
        self.weeks.until(at(0, "20:10"), asks=[self.silent])
        self.weeks.until(at(1, "09:00"))

    def the_second_day(self) -> None:
        """Sunday, a minute before the question: danger. An officer has him when the question's time comes."""
        self.weeks.until(at(2, "13:59"))
        first = self.crisis.texts("my pal took too much he's blue and not breathing", hears="999")
        assert first.startswith("CALL 999 NOW")
        self.paged = len(self.weeks.twilio.stand_in.texts_to(ON_CALL))
        with self.officer() as morag:
            helping = self.took(morag, self.crisis, emergency=True)
            self.weeks.until(at(2, "14:00"), asks=[self.steady, self.silent])
            self.ends(morag, helping, "emergency_services_called")
        self.steady.texts("A", hears="good to hear")
        self.weeks.until(at(2, "18:10"), asks=[self.silent, self.crisis])
        self.crisis.texts("A", hears="good to hear")

    def a_week(self, day: int) -> None:
        """Asked at two; whoever says nothing is asked once more the next day, and is on the list the day after."""
        self.weeks.until(at(day, "14:01"), asks=[self.steady, self.crisis, self.silent])
        self.steady.texts("A", hears="once a month" if day == WEEKLY[-1] else "good to hear")
        if day == 14:
            self.crisis.texts("no great, naewhere tae stay", hears="person from our team")
            with self.officer() as morag:
                self.ends(morag, self.took(morag, self.crisis, emergency=False), "referred")
        else:
            self.crisis.texts("A", hears="")
        self.weeks.until(at(day + 1, "14:10"), asks=[self.silent])
        if day == WEEKLY[0]:
            self.weeks.until(at(day + 2, "14:20"))
            self.after_the_first_week = self.listed_now()
            self.closes(self.after_the_first_week[0])

    # ---- officers

    def officer(self) -> httpx.Client:
        return self.weeks.house.staff_client("morag@example.org")

    def took(self, officer: httpx.Client, person: Person, *, emergency: bool) -> dict[str, Any]:
        """The one who waits is taken, and hears the officer."""
        waiting = officer.get("/api/v1/handoffs", params={"state": "waiting"}).json()["items"]
        assert [one["emergency"] for one in waiting] == [emergency]
        taken: dict[str, Any] = officer.post("/api/v1/handoffs/next").json()
        before = len(person.phone.received)
        said = {"text": "Hi, Morag here. I am with you."}
        assert officer.post(f"/api/v1/handoffs/{taken['id']}/messages", json=said).is_success
        person.phone.wait_for("Morag here", after=before)
        return taken

    def ends(self, officer: httpx.Client, taken: dict[str, Any], outcome: str) -> None:
        ending = {"outcome": outcome, "note": "We spoke"}
        ended = officer.post(f"/api/v1/handoffs/{taken['id']}/wrap-up", json=ending)
        assert ended.is_success, ended.text
        self.weeks.settled()

    def listed_now(self) -> list[dict[str, Any]]:
        """Who did not answer, as officers see it."""
        with self.officer() as morag:
            items: list[dict[str, Any]] = morag.get("/api/v1/release-plans/non-response").json()["items"]
        return items

    def closes(self, row: dict[str, Any]) -> None:
        what = {"outcome": "not_reached", "note": "Rang twice, no answer"}
        with self.officer() as morag:
            assert morag.post(f"/api/v1/release-plans/non-response/{row['id']}/outcome", json=what).status_code == 204


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with weeks_in(tmp_path_factory.mktemp("weeks") / "home") as weeks:
        walk = Walk(weeks)
        walk.agree()
        yield walk


@pytest.fixture(scope="module")
def first_days(walk: Walk) -> Walk:
    walk.the_day_before()
    walk.the_day()
    walk.the_second_day()
    return walk


@pytest.fixture(scope="module")
def six_weeks(first_days: Walk) -> Walk:
    for day in WEEKLY:
        first_days.a_week(day)
    return first_days


def test_whoever_agreed_has_a_question_planned_for_every_day_of_the_schedule(walk: Walk) -> None:
    for person in walk.weeks.people:
        assert person.plan() == ("active", None)
        assert set(FROM_THE_DAY_ON) < set(person.states())


def test_in_the_crisis_path_999_comes_first_and_the_clock_keeps_quiet_while_an_officer_has_him(
    first_days: Walk,
) -> None:
    assert first_days.crisis.unasked_on(at(2, "14:00")) == []
    # Afterwards he is asked all the same: nobody is lost because he was once in danger.
    assert first_days.crisis.asked_at[:3] == [at(-1, "14:01"), at(0, "16:01"), at(2, "18:10")]
    assert first_days.crisis.states()[2] == "answered"
    assert first_days.paged == 1


def test_the_steady_path_is_asked_each_time_once_in_words_that_tell_nobody_anything(six_weeks: Walk) -> None:
    assert six_weeks.steady.asked_at == [ASKED_AT[day] for day in (-1, *FROM_THE_DAY_ON)]
    assert {six_weeks.steady.states()[day] for day in FROM_THE_DAY_ON} == {"answered"}
    for _, text in six_weeks.steady.unasked:
        assert not gives_away(text), text
        assert measure(text).segments <= 2


def test_the_silent_path_is_asked_once_more_and_then_stands_on_the_officers_list_until_one_writes_what_came_of_it(
    six_weeks: Walk,
) -> None:
    assert six_weeks.silent.asked_at == [
        at(-1, "14:01"),
        at(0, "16:01"),
        at(0, "20:10"),
        at(2, "14:00"),
        at(2, "18:10"),
    ] + [moment for day in WEEKLY for moment in (at(day, "14:01"), at(day + 1, "14:10"))]
    assert [row["day"] for row in six_weeks.after_the_first_week] == [-1, 0, 2, 7]
    tried = [[one["what"] for one in row["tried"]] for row in six_weeks.after_the_first_week]
    assert tried == [["asked"], *[["asked", "asked_again"]] * 3]
    assert {row["heard_since"] for row in six_weeks.after_the_first_week} == {False}
    states = six_weeks.silent.states()
    assert {states[day] for day in (-1, 0, 2, 7)} == {"closed"}
    six_weeks.weeks.until(at(44, "14:20"))
    assert [row["day"] for row in six_weeks.listed_now()] == [14, 21, 28, 35, 42]


def test_the_crisis_path_goes_on_once_officers_have_helped(six_weeks: Walk) -> None:
    assert six_weeks.crisis.asked_at[3:] == [at(day, "14:01") for day in WEEKLY]
    assert {six_weeks.crisis.states()[day] for day in FROM_THE_DAY_ON} == {"answered"}


def test_the_path_of_one_word_is_left_in_peace(six_weeks: Walk) -> None:
    assert six_weeks.stopper.asked_at == [at(-1, "14:01"), at(0, "16:01")]
    assert {state for day, state in six_weeks.stopper.states().items() if day > 0} == {"cancelled"}
    assert six_weeks.stopper.plan() == ("ended", "stopped")


def test_the_path_of_a_wrong_number_ends_with_its_first_word(six_weeks: Walk) -> None:
    assert six_weeks.stranger.asked_at == [at(-1, "14:01"), at(0, "16:01")]
    assert six_weeks.stranger.plan() == ("paused", "another_holder")
