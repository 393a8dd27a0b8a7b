"""A block becomes words for one person, or a clear error; never half a sentence."""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timezone

import pytest

from reference.clock import StartedClock
from voice import CannotSayError, LibraryError, UnknownContentError, Voice

SUNDAY_MORNING = StartedClock(datetime(2026, 11, 22, 9, tzinfo=timezone.utc), running_since=time.time())


def speaking(folder) -> Voice:
    return Voice.load(folder, clock=SUNDAY_MORNING)


def test_a_number_comes_from_the_service_directory(write) -> None:
    voice = speaking(write("  - name: call\n    says: \"Ring {{ service('scottish_families').phone }}.\"\n"))
    assert voice.say("tea/call", channel="sms").text == "Ring 08080 10 10 11."


def test_a_date_is_said_as_people_say_it(write) -> None:
    voice = speaking(write('  - name: out\n    says: "On {{ day | spoken_date }}, {{ day | days_away }}."\n'))

    def said(day: str) -> str:
        return voice.say("tea/out", channel="web", values={"day": day}).text

    assert said("2026-11-27") == "On Friday 27 November, in 5 days."
    assert said("2026-11-22") == "On Sunday 22 November, today."
    assert said("2026-11-23") == "On Monday 23 November, tomorrow."
    assert said("2026-11-21") == "On Saturday 21 November, yesterday."
    assert said("2026-11-01") == "On Sunday 1 November, 21 days ago."
    assert said("2028-01-03") == "On Monday 3 January 2028, in 407 days."


def test_the_day_is_counted_by_the_calendar_in_scotland(write) -> None:
    summer_night = StartedClock(datetime(2026, 7, 1, 23, 30, tzinfo=timezone.utc), running_since=time.time())
    folder = write('  - name: out\n    says: "{{ day | days_away }}"\n')
    voice = Voice.load(folder, clock=summer_night)
    assert voice.say("tea/out", channel="web", values={"day": "2026-07-02"}).text == "today"


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "a minute"), (1, "a minute"), (45, "45 minutes"), (90, "2 hours"), (121, "3 hours")]
)
def test_a_wait_is_never_made_smaller_than_it_is(write, minutes: int, said: str) -> None:
    voice = speaking(write('  - name: wait\n    says: "{{ minutes | spoken_minutes }}"\n'))
    assert voice.say("tea/wait", channel="web", values={"minutes": minutes}).text == said


def test_a_relation_is_said_with_your_and_an_unknown_one_kindly(write) -> None:
    voice = speaking(write('  - name: who\n    says: "For {{ relation | your }}."\n'))
    assert voice.say("tea/who", channel="web", values={"relation": "son"}).text == "For your son."
    assert voice.say("tea/who", channel="web").text == "For the person you care about."


def test_quick_replies_are_for_taps_and_stay_off_text_messages(write) -> None:
    voice = speaking(write("  - name: milk\n    says: Milk, OK or NO\n    quick_replies: [Yes, No]\n"))
    assert voice.say("tea/milk", channel="web").quick_replies == ("Yes", "No")
    assert voice.say("tea/milk", channel="sms").quick_replies == ()


def test_a_curly_quote_in_a_value_does_not_make_a_text_message_dear(write) -> None:
    voice = speaking(write('  - name: name\n    says: "{{ who }} is here."\n'))
    assert voice.say("tea/name", channel="sms", values={"who": "D’Arcy"}).text == "D'Arcy is here."
    assert voice.say("tea/name", channel="web", values={"who": "D’Arcy"}).text == "D’Arcy is here."


def test_what_somebody_wrote_is_never_read_as_a_template(write) -> None:
    voice = speaking(write('  - name: name\n    says: "{{ who }} is here."\n'))
    assert voice.say("tea/name", channel="web", values={"who": "{{ 7 * 7 }} <b>"}).text == "{{ 7 * 7 }} <b> is here."


def test_a_missing_value_is_an_error_and_not_a_gap(write) -> None:
    voice = speaking(write('  - name: name\n    says: "{{ who }} is here."\n'))
    with pytest.raises(CannotSayError, match=r"tea/name.*who"):
        voice.say("tea/name", channel="web")


def test_none_is_never_said(write) -> None:
    voice = speaking(write("  - name: call\n    says: \"Ring {{ service('upside').phone }}.\"\n"))
    with pytest.raises(CannotSayError, match="tea/call"):
        voice.say("tea/call", channel="web")


def test_a_text_that_comes_out_empty_is_an_error(write) -> None:
    voice = speaking(write('  - name: maybe\n    says: "{% if cold %}Tea.{% endif %}"\n'))
    with pytest.raises(CannotSayError, match="empty"):
        voice.say("tea/maybe", channel="web", values={"cold": False})


def test_an_unknown_service_is_an_error_that_names_the_text(write) -> None:
    voice = speaking(write("  - name: call\n    says: \"Ring {{ service('nobody').phone }}.\"\n"))
    with pytest.raises(CannotSayError, match=r"tea/call.*nobody"):
        voice.say("tea/call", channel="web")


def test_a_template_cannot_reach_into_the_machine(write) -> None:
    voice = speaking(write("  - name: peek\n    says: \"{{ ''.__class__.__mro__ }}\"\n"))
    with pytest.raises(CannotSayError):
        voice.say("tea/peek", channel="web")


def test_a_text_for_the_web_alone_never_goes_out_by_sms(write) -> None:
    voice = speaking(write("  - name: tap\n    says: Tap it.\n    only: web\n"))
    with pytest.raises(CannotSayError, match="never goes out on sms"):
        voice.say("tea/tap", channel="sms")


@pytest.mark.parametrize(("channel", "audience"), [("fax", None), ("web", "mother")])
def test_an_unknown_channel_or_audience_is_an_error(write, channel: str, audience: str | None) -> None:
    voice = speaking(write("  - name: cup\n    says: Tea.\n"))
    with pytest.raises(CannotSayError):
        voice.say("tea/cup", channel=channel, audience=audience)


def test_an_unknown_text_is_an_error(write) -> None:
    with pytest.raises(UnknownContentError, match="tea/saucer"):
        speaking(write("  - name: cup\n    says: Tea.\n")).say("tea/saucer", channel="web")


def test_a_template_that_can_not_be_read_stops_the_start_with_its_place(write) -> None:
    with pytest.raises(LibraryError, match=r"tea\.yml: cup"):
        speaking(write('  - name: cup\n    says: "{% if %}"\n'))


def test_paragraphs_stay_and_stray_spaces_go(write) -> None:
    folder = write(
        "  - name: long\n    says: |\n      One.   Two.\n\n\n\n      {% if true %}\n      Three.\n      {% endif %}\n"
    )
    assert speaking(folder).say("tea/long", channel="web").text == "One. Two.\n\nThree."


def test_saying_something_takes_well_under_a_millisecond() -> None:
    voice = Voice.load(clock=SUNDAY_MORNING)
    values = {"position": 3, "estimate_minutes": 20}
    taken = []
    for _ in range(200):
        began = time.perf_counter()
        voice.say("handoff/waiting_position", channel="sms", audience="family", values=values)
        taken.append(time.perf_counter() - began)
    assert statistics.median(taken) < 0.001


def test_nothing_works_behind_us_and_the_first_words_are_still_call_999() -> None:
    said = Voice.load(clock=SUNDAY_MORNING).say("reception/static_emergency", channel="sms").text
    assert said.startswith("CALL 999 NOW")


def test_the_whole_library_can_be_said_with_the_values_its_authors_gave() -> None:
    voice = Voice.load(clock=SUNDAY_MORNING)
    for block in voice.library:
        for channel in block.channels:
            for audience in (None, "family", "self", "worker"):
                assert voice.say(block.id, channel=channel, audience=audience, values=block.values).text
