"""Writes the transcripts of `docs/conversations`: `scripts/write_conversations`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from cli.train import rasa_python
from reference.paths import project_root
from tests.bot.assistant import running_assistant
from tests.journeys.player import Player, scripts, transcript


def main() -> None:
    """Play every script that is to be read, and write it down."""
    folder = project_root() / "docs" / "conversations"
    folder.mkdir(exist_ok=True)
    wanted = [script for script in scripts() if script.transcript]
    with tempfile.TemporaryDirectory() as home, running_assistant(Path(home), str(rasa_python())) as assistant:
        for script in wanted:
            player = Player(assistant, script)
            exchanges = [(turn.say, player.say(turn.say)) for turn in script.turns]
            (folder / f"{script.name}.md").write_text(transcript(script, exchanges), "utf-8")
    for file in folder.glob("*.md"):
        if file.stem not in {script.name for script in wanted}:
            file.unlink()
    sys.stdout.write(f"{len(wanted)} conversations written.\n")


if __name__ == "__main__":
    main()
