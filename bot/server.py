"""Starts the assistant: `python -m bot.server`."""

from __future__ import annotations

import bot.lean_rasa  # must come before anything of Rasa

# isort: split

import bot.quick_rasa  # noqa: F401 - serves faster

# isort: split

import logging
import os
import sys
from asyncio import AbstractEventLoop
from pathlib import Path

from rasa.core.agent import Agent, load_agent
from rasa.core.run import close_resources, configure_app, create_http_input_channels
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from bot.quiet_logs import keep_words_out_of_logs
from reference.paths import home_folder, project_root

_log = logging.getLogger("gateside.bot")


def main() -> None:
    """Serve on 127.0.0.1 at `GATESIDE_BOT_PORT` (5005) until stopped. Exits with a sentence when there is no model."""
    os.environ.setdefault("GATESIDE_ACTIONS_PORT", "5055")
    model = newest_model()
    if model is None:
        sys.exit("There is no trained model. Train one with: gateside train")
    keep_words_out_of_logs()
    application(model).run(
        host="127.0.0.1",
        port=int(os.environ.get("GATESIDE_BOT_PORT", "5005")),
        workers=1,
        motd=False,
        access_log=False,
    )


def application(model: Path) -> Sanic:
    """Rasa's server with our channel, tracker store and words, and none of its own routes."""
    folder = project_root() / "bot"
    endpoints = AvailableEndpoints.read_endpoints(str(folder / "endpoints.yml"))
    channels = create_http_input_channels(None, str(folder / "credentials.yml"))
    app = configure_app(channels, enable_api=False, endpoints=endpoints)

    async def load(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.agent = _without_soft_landing(await load_agent(model_path=str(model), endpoints=endpoints, loop=loop))
        _log.info("the assistant is ready")

    app.register_listener(load, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    return app


def newest_model() -> Path | None:
    """The model trained last in `<GATESIDE_HOME>/models/rasa`."""
    return max(
        (home_folder() / "models" / "rasa").glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, default=None
    )


def _without_soft_landing(agent: Agent) -> Agent:
    """Take away the store's stand-in: it would go on in memory when the database fails, and lose what was said."""
    store = agent.tracker_store
    if isinstance(store, FailSafeTrackerStore):
        agent.tracker_store = store._tracker_store
        if agent.processor is not None:
            agent.processor.tracker_store = agent.tracker_store
    return agent


if __name__ == "__main__":
    main()
