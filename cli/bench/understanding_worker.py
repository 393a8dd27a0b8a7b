"""Trains one pipeline, or reads messages with what was trained, in the assistant's Python.

`python -m cli.bench.understanding_worker train|read PIPELINE FOLDER`. What it finds goes to standard output as JSON
lines; Rasa's own chatter is kept from there.
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
from importlib import resources
from pathlib import Path
from typing import Any

OURS, STOCK = "gateside", "stock"


def main(deed: str, pipeline: str, folder: Path) -> None:
    """Do it, and say at the end the most memory (MB) that this process ever held."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    logging.disable(logging.WARNING)
    importlib.import_module("bot.quiet_logs").keep_words_out_of_logs()
    with Path(os.devnull).open("w") as silence, contextlib.redirect_stdout(silence):
        os.dup2(silence.fileno(), 1)
        if pipeline == OURS:
            # As the assistant is trained and served; must come before anything of Rasa.
            importlib.import_module("bot.lean_rasa")
            if deed == "read":
                importlib.import_module("bot.quick_rasa")
        if deed == "train":
            _tell(told, {"seconds": _train(pipeline, folder)})
        else:
            asyncio.run(_read(told, pipeline, folder))
    _tell(told, {"peak_mb": _peak()})


def _train(pipeline: str, folder: Path) -> float:
    import yaml
    from rasa.model_training import train_nlu

    wanted = json.loads((folder / "wanted.json").read_text("utf-8"))
    settings: dict[str, Any] = {"recipe": "default.v1", "assistant_id": "bench", "language": "en"}
    if pipeline == OURS:
        settings["pipeline"] = wanted["pipeline"]
    else:
        recipe = resources.files("rasa.engine.recipes").joinpath("config_files/default_config.yml")
        settings["pipeline"] = yaml.safe_load(recipe.read_text(encoding="utf-8"))["pipeline"]
        for component in settings["pipeline"]:
            if wanted["epochs"] and "epochs" in component:
                component["epochs"] = wanted["epochs"]
    config = folder / f"{pipeline}.yml"
    config.write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    begun = time.monotonic()
    train_nlu(str(config), str(folder / "nlu.yml"), str(folder / "models"), fixed_model_name=pipeline)
    return time.monotonic() - begun


async def _read(told: Any, pipeline: str, folder: Path) -> None:
    from rasa.core.agent import Agent

    texts = json.loads((folder / "texts.json").read_text("utf-8"))
    agent = Agent.load(str(folder / "models" / f"{pipeline}.tar.gz"))
    for text in texts[:10]:
        await agent.parse_message(text)
    for text in texts:
        begun = time.perf_counter()
        parse = await agent.parse_message(text)
        milliseconds = (time.perf_counter() - begun) * 1000
        guesses = [guess["name"] for guess in parse.get("intent_ranking", []) if guess["name"] != "nlu_fallback"]
        _tell(told, {"intent": guesses[0] if guesses else parse["intent"]["name"], "ms": milliseconds})


def _peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _tell(told: Any, found: dict[str, Any]) -> None:
    told.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
