"""Answers messages in this process, in the assistant's Python, and tells how long each took.

`python -m cli.bench.rasa_worker gateside|recipe|stock MODEL`. Each line of standard input is a message as JSON, with
`conversation` and `text`; each line of standard output the milliseconds that its answer took. Rasa's own chatter is
kept from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import os
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.core.agent import Agent

OURS, RECIPE, STOCK = "gateside", "recipe", "stock"
"""Our assistant; its dialogue on the default recipe in Rasa as it comes; the smallest project on that recipe."""

Answer = Callable[[str, str], Awaitable[None]]
"""Answers a message of a conversation. Raises when there is no answer."""


def main(side: str, model: str) -> None:
    """Answer until standard input ends."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    with Path(os.devnull).open("w") as silence, contextlib.redirect_stdout(silence):
        os.dup2(silence.fileno(), 1)
        logging.disable(logging.WARNING)
        # The loop on which Rasa's own server runs, and ours.
        importlib.import_module("uvloop").install()
        asyncio.run(_answer_all(told, side, model))


async def _answer_all(told: IO[str], side: str, model: str) -> None:
    answer = await (_gateside(model) if side == OURS else _rasa_as_it_comes(model, our_dialogue=side == RECIPE))
    told.write("ready\n")
    for line in sys.stdin:
        said = json.loads(line)
        begun = time.perf_counter()
        await answer(said["conversation"], said["text"])
        told.write(f"{(time.perf_counter() - begun) * 1000}\n")


async def _gateside(model: str) -> Answer:
    """As `bot.server` serves: its patches, its store, its words, and the actions that run elsewhere."""
    # These two must come before anything of Rasa.
    importlib.import_module("bot.lean_rasa")
    importlib.import_module("bot.quick_rasa")
    importlib.import_module("bot.quiet_logs").keep_words_out_of_logs()
    turn = importlib.import_module("bot.turn")
    agent = await _loaded(model, our_endpoints=True)
    turns = turn.TurnTaker(agent.processor)
    asked: dict[str, str | None] = {}

    async def answer(conversation: str, text: str) -> None:
        metadata: dict[str, Any] = {
            "channel": "web",
            "audience": None,
            "facts": {},
            "open_question": asked.get(conversation),
        }
        given = await turns.hear(turn.Heard(conversation, uuid.uuid4().hex, text, metadata))
        asked[conversation] = given.open_question

    return answer


async def _rasa_as_it_comes(model: str, *, our_dialogue: bool) -> Answer:
    """As Rasa's REST channel answers, without HTTP.

    Our dialogue has our store, our words and our actions; the smallest project none, and its tracker in memory.
    """
    importlib.import_module("bot.quiet_logs").keep_words_out_of_logs()
    agent = await _loaded(model, our_endpoints=our_dialogue)

    async def answer(conversation: str, text: str) -> None:
        if await agent.handle_text(text, sender_id=conversation) is None:
            raise RuntimeError("Rasa was not ready")

    return answer


async def _loaded(model: str, *, our_endpoints: bool) -> Agent:
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    from reference.paths import project_root

    ours = project_root() / "bot" / "endpoints.yml"
    endpoints = AvailableEndpoints.read_endpoints(str(ours)) if our_endpoints else AvailableEndpoints()
    return await load_agent(model_path=model, endpoints=endpoints)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
