"""The answer to one message through Rasa alone, ours and stock's in turn, so that both meet the same machine.

In the number, on both sides: reading the message, the tracker, the policies, the words. On our side also the tracker
store on disk and the calls to the actions' server, which in turn asks the front door. Left out on both sides: HTTP to
Rasa itself, and on ours the front door's own work on a message. Stock Rasa has no actions and its tracker in memory.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from cli.bench.rasa_worker import OURS, STOCK
from cli.bench.stock import rasa_environment
from cli.bench.systems import Gateside
from cli.train import rasa_python
from reference.paths import home_folder, project_root

Ask = Callable[[str, str], float]
"""Says a message in a conversation; the milliseconds that the answer took."""


def measure_through_rasa(
    stock_folder: Path, gateside: Gateside, script: Sequence[str], *, rounds: int
) -> dict[str, float]:
    """The median of each side in milliseconds. The first conversation, which warms up, is not counted.

    The actions of `gateside`, which runs, answer ours.
    """
    times: dict[str, list[float]] = {OURS: [], STOCK: []}
    with ExitStack() as running:
        asks = {
            OURS: running.enter_context(_worker(OURS, home_folder() / "models" / "rasa", gateside.environment)),
            STOCK: running.enter_context(_worker(STOCK, stock_folder / "models", rasa_environment())),
        }
        for _ in range(1 + rounds):
            conversations = {OURS: _opened_at(gateside.address), STOCK: uuid.uuid4().hex}
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
