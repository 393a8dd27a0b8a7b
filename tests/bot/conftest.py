"""The real assistant for the tests: trained once, its server and its actions on free ports."""

from __future__ import annotations

import pytest

from tests.bot.assistant import Assistant, running_assistant


@pytest.fixture(scope="session")
def assistant(tmp_path_factory):
    with running_assistant(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def talk(assistant: Assistant):
    assistant.front_door.reset()
    return assistant.conversation
