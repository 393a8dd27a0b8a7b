"""The page for authors tells what the library really does."""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone

import pytest

from reference.clock import StartedClock
from reference.paths import project_root
from voice import Library, Voice
from voice.library import VARIANTS
from voice.phrases import Phrases

PAGE = (project_root() / "docs" / "content.md").read_text(encoding="utf-8")
SUNDAY = StartedClock(datetime(2026, 11, 22, 9, tzinfo=timezone.utc), running_since=time.time())
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_first_example_is_a_file_that_can_be_loaded(write) -> None:
    library = Library.load(write("", topic="after_release", head=EXAMPLES[0]))
    assert "after_release/first_days" in library


def test_the_example_of_variants_can_be_said_on_both_channels(write) -> None:
    voice = Voice.load(write("  - name: offer\n" + EXAMPLES[1]))
    assert voice.say("tea/offer", channel="sms").text.endswith("Reply OK or NO.")
    assert voice.say("tea/offer", channel="web").quick_replies == ("Yes please", "Not now")


def test_every_filter_is_explained() -> None:
    filters = Phrases(Library.load().style["spoken"], SUNDAY).filters()
    explained = set(re.findall(r"\\\| (\w+) \}\}", PAGE))
    assert explained == set(filters)


@pytest.mark.parametrize("key", [variant for variant in VARIANTS if "." not in variant])
def test_every_channel_and_audience_is_named(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize(
    "key",
    ["says", "source", "reviewed", "review_every", "values", "facts", "quick_replies", "asks", "emergency", "only"],
)
def test_every_key_of_a_block_is_explained(key: str) -> None:
    assert f"{key}:" in PAGE


def test_every_topic_was_read_as_its_readers_would_meet_it() -> None:
    table = PAGE[PAGE.index("### Read as its readers would meet it") : PAGE.index("## What the check looks at")]
    read = set(re.findall(r"[a-z_]+", "\n".join(line for line in table.splitlines() if line.startswith("| 22 "))))
    assert {block.topic for block in Library.load()} - read == set()
