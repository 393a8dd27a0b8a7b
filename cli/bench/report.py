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
    ("messages a second, 16 conversations", "messages_a_second", "/s", "throughput"),
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
    canvas = Console(file=io.StringIO(), width=96)
    canvas.print(drawn)
    return str(canvas.file.getvalue()) if isinstance(canvas.file, io.StringIO) else ""
