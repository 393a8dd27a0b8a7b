"""The answer to one message through Rasa alone, ours and the default recipe's in turn: both meet the same machine.

The default recipe answers twice. Once with our own dialogue, where nothing but the recipe and our changes to Rasa
differ: the same domain, rules and forms, the same tracker store on disk, the same words, the same actions, whose server
in turn asks the front door. And once in the smallest project, which has no actions and its tracker in memory.

In the number: reading the message, the tracker, the policies, the words, the actions. Left out everywhere: HTTP to Rasa
itself, and the front door's own work on a message.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from cli.bench.rasa_worker import OURS
from cli.bench.stock import rasa_environment
from cli.bench.systems import Gateside
from cli.train import rasa_python
from reference.paths import home_folder, project_root

Ask = Callable[[str, str], float]
"""Says a message in a conversation; the milliseconds that the answer took."""


def measure_through_rasa(
    projects: Mapping[str, Path], gateside: Gateside, script: Sequence[str], *, rounds: int
) -> dict[str, float]:
    """The median of each side in milliseconds. The first conversation, which warms up, is not counted.

    `projects`: the folders of the other sides. The actions of `gateside`, which runs, answer those that have actions.
    """
    models = {OURS: home_folder() / "models" / "rasa", **{side: folder / "models" for side, folder in projects.items()}}
    times: dict[str, list[float]] = {side: [] for side in models}
    with ExitStack() as running:
        asks = {
            side: running.enter_context(_worker(side, folder, gateside.environment)) for side, folder in models.items()
        }
        for _ in range(1 + rounds):
            conversations = {side: _opened_at(gateside.address) for side in models}
            for text in script:
                for side, ask in asks.items():
                    times[side].append(ask(conversations[side], text))
    return {side: round(statistics.median(took[len(script) :]), 1) for side, took in times.items()}


def _opened_at(address: str) -> str:
    """A conversation that the front door knows, so that actions find it there."""
    opened = httpx.post(f"{address}/api/v1/conversations", json={}).raise_for_status().json()
    return str(opened["id"])


def _newest(models: Path) -> Path:
    return max(models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)


@contextmanager
def _worker(side: str, models: Path, environment: Mapping[str, str]) -> Iterator[Ask]:
    worker = subprocess.Popen(  # noqa: S603 - our own module
        [str(rasa_python()), "-W", "ignore", "-m", "cli.bench.rasa_worker", side, str(_newest(models))],
        cwd=project_root(),
        env={**rasa_environment(), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    sent, told = worker.stdin, worker.stdout

    def hears() -> str:
        line = told.readline()
        if not line:
            raise SystemExit(f"The worker that should answer through Rasa ({side}) failed.")
        return line

    def ask(conversation: str, text: str) -> float:
        sent.write(json.dumps({"conversation": conversation, "text": text}) + "\n")
        sent.flush()
        return float(hears())

    try:
        hears()
        yield ask
    finally:
        sent.close()
        worker.terminate()
        worker.wait()
