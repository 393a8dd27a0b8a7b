"""The assistant's words: every response is a content block, rendered in process for the channel and the audience."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.questions import asked_by
from voice import Voice

CONTENT_ID = "content_id"
QUICK_REPLIES = "choices"
ASKS = "asks"
"""Keys of a bot utterance's metadata, read back by `bot/answer.py`."""


class LibraryWords(NaturalLanguageGenerator):
    """Renders `utter_<topic>__<name>` from the content library."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        self._voice = Voice.load()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """The block's text for this person. `choices` among the values replaces the block's own quick replies."""
        about = _metadata(tracker)
        block = self._voice.library.blocks[asked_by(utter_action)]
        choices = kwargs.pop(QUICK_REPLIES, None)
        channel = about.get("channel") or "web"
        said = self._voice.say(
            block.id, channel=channel, audience=about.get("audience"), values={**about.get("facts", {}), **kwargs}
        )
        offered = [] if channel == "sms" else list(choices or said.quick_replies)
        return {
            "text": said.text,
            CONTENT_ID: block.id,
            QUICK_REPLIES: offered,
            ASKS: block.asks,
        }


def _metadata(tracker: DialogueStateTracker) -> dict[str, Any]:
    return (tracker.latest_message.metadata if tracker.latest_message else None) or {}
