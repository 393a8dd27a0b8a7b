"""Draws the waiting times of simulated nights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pygal

from api.handoffs.service_levels import Priority
from cli.queue_lab import Log

_STEPS = (0.5, 0.75, 0.9, 0.95, 0.99)


def write_picture(file: Path, logs: Mapping[str, Log]) -> None:
    """For each priority and order a line: how long the given share of people waited at most."""
    chart = pygal.XY(
        title="Minutes that a share of people wait at most",
        x_title="share of people who were answered",
        y_title="minutes",
        show_dots=True,
        width=1000,
        height=600,
        js=(),
        disable_xml_declaration=True,
    )
    for priority in Priority:
        for name, log in logs.items():
            waits = log.waits(priority)
            if waits:
                points = [(step, waits[min(len(waits) - 1, int(step * len(waits)))]) for step in _STEPS]
                dashes = None if name == "queue" else "4, 6"
                chart.add(
                    f"{priority.value.replace('_', ' ')}, {name}", points, stroke_style={"dasharray": dashes or "0"}
                )
    file.write_text(chart.render(is_unicode=True), encoding="utf-8")
