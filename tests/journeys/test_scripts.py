"""What people write and what they must get back, conversation by conversation, through the real server and actions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.train import rasa_python
from reference.paths import project_root
from tests.bot.assistant import Assistant, running_assistant
from tests.journeys.player import Player, Script, problems, scripts, transcript

SCRIPTS = scripts()
CONVERSATIONS = project_root() / "docs" / "conversations"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with running_assistant(tmp_path_factory.mktemp("scripts"), str(rasa_python())) as running:
        yield running


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_a_conversation_goes_as_its_script_says(assistant: Assistant, script: Script) -> None:
    player = Player(assistant, script)
    exchanges = []
    wrong = []
    for turn in script.turns:
        answer = player.say(turn.say)
        exchanges.append((turn.say, answer))
        wrong += [f"> {turn.say}\n  {one}\n  {answer.ids}" for one in problems(script, turn, answer, player.facts)]
    assert not wrong, "\n".join(wrong)
    if script.transcript:
        written = (CONVERSATIONS / f"{script.name}.md").read_text("utf-8")
        assert transcript(script, exchanges) == written, "it drifted: scripts/write_conversations writes it anew"


def test_there_are_sixty_conversations_and_ten_to_read_on_both_channels() -> None:
    assert len(SCRIPTS) >= 60
    assert len({script.name for script in SCRIPTS}) == len(SCRIPTS)
    read = [script for script in SCRIPTS if script.transcript]
    assert {script.channel for script in read} == {"web", "sms"}
    assert sorted(file.stem for file in CONVERSATIONS.glob("*.md")) == sorted(script.name for script in read)
    assert len(read) >= 10
