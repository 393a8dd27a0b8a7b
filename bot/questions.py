"""How a form's question is named: the slot `needs_place` is asked for by the block `needs/ask_place`.

Rasa looks for a response `utter_ask_<slot>`; this keeps it from being typed a second time.
"""

from __future__ import annotations

from functools import lru_cache

from voice import Library

_UTTER = "utter_"
_ASKING = "utter_ask_"
_NAME_OF_A_QUESTION = "ask_"


def asking_response(content_id: str) -> str:
    """`needs/ask_place` -> `utter_ask_needs_place`."""
    topic, name = content_id.split("/", 1)
    return f"{_ASKING}{topic}_{name.removeprefix(_NAME_OF_A_QUESTION)}"


def asked_by(response: str) -> str:
    """The content id behind either name: `utter_ask_needs_place` and `utter_needs__ask_place` are `needs/ask_place`."""
    if "__" in response:
        return response.removeprefix(_UTTER).replace("__", "/", 1)
    return _questions()[response]


@lru_cache(maxsize=1)
def _questions() -> dict[str, str]:
    """Looked up, since a topic's name may hold the sign that parts it from its question."""
    return {asking_response(block.id): block.id for block in Library.load() if block.asks}


def asks_for_a_slot(response: str) -> bool:
    """Whether a form says it, to fill a slot."""
    return response.startswith(_ASKING) and "__" not in response
