"""The assistant's words: every response is a content block, rendered in process for the channel and the audience."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.questions import asked_by, asks_for_a_slot
from reference.clock import Clock, clock_from_environment, today_in_scotland
from reference.places import Places
from reference.prisons import Prisons
from voice import Block, Utterance, Voice

CONTENT_ID = "content_id"
QUICK_REPLIES = "offered"
ASKS = "asks"
"""Keys of a bot utterance's metadata, read back by `bot/answer.py`."""

_CHOICES = "choices"
"""The value with which an action names other quick replies. Rasa writes an action's own values over what comes back
from here, so this is not the key under which they are kept."""
_AUDIENCE = "audience"
"""The value with which an action says for whom a text is, where it knows better."""
_INSTEAD_OF_A_THIRD_TIME = "smalltalk/said_before"


class LibraryWords(NaturalLanguageGenerator):
    """Renders `utter_<topic>__<name>` from the content library."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        self._voice = Voice.load()
        self._clock = clock_from_environment()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """The block's text for this person. `choices` among the values replaces the block's own quick replies.

        What was said in both of the last two answers is not said a third time running: something else is. A form's
        question is exempt (the form itself lets go of it), and so is whatever is said in an emergency.
        """
        about = dict(_metadata(tracker))
        about["audience"] = kwargs.pop(_AUDIENCE, None) or about.get("audience")
        block = self._voice.library.blocks[asked_by(utter_action)]
        choices = kwargs.pop(_CHOICES, None)
        said = self._say(block, about, kwargs)
        if not (block.emergency or asks_for_a_slot(utter_action)) and all(
            said.text in answer for answer in _last_two_answers(tracker)
        ):
            block, choices = self._voice.library.blocks[_INSTEAD_OF_A_THIRD_TIME], None
            said = self._say(block, about, {})
        offered = [] if about.get("channel") == "sms" else list(choices or said.quick_replies)
        return {
            "text": said.text,
            CONTENT_ID: block.id,
            QUICK_REPLIES: offered,
            ASKS: block.asks,
        }

    def _say(self, block: Block, about: dict[str, Any], values: dict[str, Any]) -> Utterance:
        facts = about.get("facts") or {}
        return self._voice.say(
            block.id,
            channel=about.get("channel") or "web",
            audience=about.get("audience"),
            values={**facts, **what_texts_may_name(facts, self._clock), **values},
        )


def what_texts_may_name(facts: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """What every text may speak of when it is known, and None for what is not.

    `relation`, `place_name`, `prison_name`, `release_date` (ISO), `days` from today to the release (negative: since).
    """
    prison = Prisons.load().named(str(facts["prison"])) if facts.get("prison") else None
    release = _day(facts.get("release_date"))
    return {
        "relation": facts.get("relation"),
        "place_name": Places.load().title(str(facts["place"])) if facts.get("place") else None,
        "prison_name": prison.title if prison else None,
        "release_date": release.isoformat() if release else None,
        "days": (release - today_in_scotland(clock)).days if release else None,
    }


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _last_two_answers(tracker: DialogueStateTracker) -> list[set[str]]:
    """The texts of the two answers before this one; an answer that is not there yet is empty."""
    answers: list[set[str]] = [set()]
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            answers[-1].add(event.text or "")
        elif isinstance(event, UserUttered):
            answers.append(set())
            if len(answers) > 3:
                break
    return [*answers[1:3], set(), set()][:2]


def _metadata(tracker: DialogueStateTracker) -> dict[str, Any]:
    return (tracker.latest_message.metadata if tracker.latest_message else None) or {}
