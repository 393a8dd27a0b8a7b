"""The result of the benchmark as a table that fits a terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.table import Table

ROWS = (
    ("time to ready", "ready_seconds", "s", "time_to_ready"),
    ("reply, median", "median_ms", "ms", "median_latency"),
    ("reply, p95", "p95_ms", "ms", "p95_latency"),
    ("through Rasa alone, our dialogue", "our_dialogue_ms", "ms", "our_dialogue"),
    ("through Rasa alone, one text an intent", "through_rasa_ms", "ms", "through_rasa"),
    ("messages a second, 16 conversations", "messages_a_second", "/s", "throughput"),
)
QUEUE_ROWS = (
    ('"human please" to the officer\'s screen', "person_to_officer", "p95 250 ms"),
    ("the officer's words to the person's screen", "officer_to_person", "p95 250 ms"),
    ("the desk opens", "queue_opens", "300 ms"),
)


def table(result: dict[str, Any]) -> str:
    """Gateside and stock Rasa side by side, with Gateside's figure as a multiple of stock's."""
    drawn = Table(title="Gateside (whole system) beside stock Rasa (REST channel)")
    for heading in ("", "Gateside", "stock Rasa", "ratio"):
        drawn.add_column(heading, justify="left" if not heading else "right")
    for label, key, unit, ratio in ROWS:
        drawn.add_row(
            label,
            f"{result['gateside'][key]} {unit}",
            f"{result['stock'][key]} {unit}",
            f"{result['ratios'][ratio]}",
        )
    for name, megabytes in result["gateside"]["peak_mb"].items():
        beside = f"{result['stock']['peak_mb']['rasa']:.0f} MB" if name == "bot" else ""
        share = f"{result['ratios']['bot_memory']}" if name == "bot" else ""
        drawn.add_row(f"peak memory, {name}", f"{megabytes:.0f} MB", beside, share)
    return _as_text(drawn)


def queue_table(result: dict[str, Any]) -> str:
    """What `gateside bench --queue` measured, beside what is aimed at."""
    drawn = Table(title=f"{result['conversations']} open conversations; a queue of {result['waiting']:,}")
    for heading in ("", "median", "p95", "aim", "samples"):
        drawn.add_column(heading, justify="left" if not heading else "right")
    for label, key, aim in QUEUE_ROWS:
        found = result[key]
        drawn.add_row(label, f"{found['median_ms']} ms", f"{found['p95_ms']} ms", aim, str(found["samples"]))
    return _as_text(drawn)


def _as_text(drawn: Table) -> str:
    text = io.StringIO()
    Console(file=text, width=96).print(drawn)
    return text.getvalue()
