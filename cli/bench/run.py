"""Starts each of the two systems on free ports, measures it, stops it."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

from cli.bench.load import Ask, measure
from cli.bench.rasa_worker import OURS, RECIPE, STOCK
from cli.bench.stock import prepare_our_dialogue, prepare_stock_project, rasa_command, rasa_environment
from cli.bench.systems import free_port, running, running_gateside, wait_until_ready
from cli.bench.through_rasa import measure_through_rasa
from cli.train import train_if_changed

Say = Callable[[str], None]


def measure_both(folder: Path, *, rounds: int, examples: int, say: Say) -> dict[str, Any]:
    """Measure Gateside, then stock Rasa; the result also holds what one is as a share of the other."""
    script = (Path(__file__).with_name("script.txt")).read_text("utf-8").splitlines()
    projects = {STOCK: folder / "stock", RECIPE: folder / "recipe"}
    trained_in = prepare_stock_project(projects[STOCK], say, examples=examples)
    prepare_our_dialogue(projects[RECIPE], say, examples=examples)
    train_if_changed()
    say("- measuring Gateside, through its whole system")
    ours, alone = _measure_gateside(projects, script, rounds)
    say("- measuring stock Rasa, through its REST channel")
    stock = _measure_stock(projects[STOCK], script, rounds)
    return {
        "gateside": {**ours, "through_rasa_ms": alone[OURS], "our_dialogue_ms": alone[OURS]},
        "stock": {**stock, "through_rasa_ms": alone[STOCK], "our_dialogue_ms": alone[RECIPE]},
        "stock_training_seconds": trained_in,
        "stock_examples_an_intent": examples,
        "ratios": {
            "median_latency": round(ours["median_ms"] / stock["median_ms"], 2),
            "p95_latency": round(ours["p95_ms"] / stock["p95_ms"], 2),
            "our_dialogue": round(alone[OURS] / alone[RECIPE], 2),
            "through_rasa": round(alone[OURS] / alone[STOCK], 2),
            "throughput": round(ours["messages_a_second"] / stock["messages_a_second"], 2),
            "bot_memory": round(ours["peak_mb"]["bot"] / stock["peak_mb"]["rasa"], 2),
            "time_to_ready": round(ours["ready_seconds"] / stock["ready_seconds"], 2),
        },
    }


def _measure_gateside(
    projects: Mapping[str, Path], script: Sequence[str], rounds: int
) -> tuple[dict[str, Any], dict[str, float]]:
    """Through the whole system; and each side through Rasa alone, with the actions of the system that runs."""
    with running_gateside() as gateside:
        measured = asyncio.run(
            _measure_over_http(lambda client: _open_webchat(client, gateside.address), script, rounds)
        )
        ready = round(gateside.ready_seconds, 1)
        ours = {"ready_seconds": ready, **measured, "peak_mb": _peaks(gateside.process.pid)}
        return ours, measure_through_rasa(projects, gateside, script, rounds=rounds)


def _measure_stock(folder: Path, script: Sequence[str], rounds: int) -> dict[str, Any]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = rasa_command("run", "--enable-api", "--port", str(port), "-i", "127.0.0.1")
    with running(command, rasa_environment(), folder) as (process, begun):
        wait_until_ready(process, [f"{base}/status"])
        ready = time.monotonic() - begun
        measured = asyncio.run(_measure_over_http(lambda client: _open_rest(client, base), script, rounds))
        return {"ready_seconds": round(ready, 1), **measured, "peak_mb": {"rasa": _peak(process.pid)}}


async def _measure_over_http(open_with: Callable[[httpx.AsyncClient], Any], script: Sequence[str], rounds: int) -> Any:
    async with httpx.AsyncClient(timeout=60) as client:
        return await measure(lambda: open_with(client), script, rounds=rounds)


async def _open_webchat(client: httpx.AsyncClient, base: str) -> Ask:
    opened = (await client.post(f"{base}/api/v1/conversations", json={})).raise_for_status().json()
    address = f"{base}/api/v1/conversations/{opened['id']}/messages?wait=20"
    headers = {"Authorization": f"Bearer {opened['token']}"}

    async def ask(text: str) -> None:
        body = {"client_id": str(uuid.uuid4()), "text": text}
        answer = (await client.post(address, json=body, headers=headers)).raise_for_status().json()
        if not answer["replies"]:
            raise RuntimeError("Gateside gave no reply")

    return ask


async def _open_rest(client: httpx.AsyncClient, base: str) -> Ask:
    sender = str(uuid.uuid4())

    async def ask(text: str) -> None:
        answer = await client.post(f"{base}/webhooks/rest/webhook", json={"sender": sender, "message": text})
        answer.raise_for_status()

    return ask


def _peaks(parent: int) -> dict[str, float]:
    names = {"bot.server": "bot", "actions.server": "actions", "api.app:application": "api"}
    found: dict[str, float] = {}
    for child in psutil.Process(parent).children(recursive=True):
        words = " ".join(child.cmdline())
        for part, name in names.items():
            if part in words:
                found[name] = found.get(name, 0) + _peak(child.pid)
    return found


def _peak(pid: int) -> float:
    """The most memory the process ever held (VmHWM), in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 0)
    raise RuntimeError(f"no VmHWM for process {pid}: {json.dumps(psutil.Process(pid).cmdline())}")
