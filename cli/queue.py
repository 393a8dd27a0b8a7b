"""`gateside queue`: how the queue would do on a night that has not come yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.handoffs.service_levels import Priority, ServiceLevels
from cli.queue_lab import Log, Night, by_the_queue, first_come_first_served, many_nights, officers_needed
from cli.queue_picture import write_picture

commands = typer.Typer(no_args_is_help=True, help="The queue, tried out on nights that are made up.")


def register(app: typer.Typer) -> None:
    """Add `queue` to the `gateside` command."""
    app.add_typer(commands, name="queue")


@commands.callback()
def about() -> None:
    """Keep `simulate` a command of its own."""


@commands.command()
def simulate(
    officers: Annotated[int, typer.Option(min=1, help="how many are on shift")] = 4,
    surge: Annotated[float, typer.Option(min=0.1, help="times as many people as usual")] = 1.0,
    nights: Annotated[int, typer.Option(min=1, help="how many nights are run")] = 20,
    seed: Annotated[int, typer.Option(help="the same seed gives the same nights")] = 1,
    share: Annotated[float, typer.Option(min=0.5, max=1.0, help="share to be answered in time, in every group")] = 0.9,
    begins: Annotated[str, typer.Option(help="the day on whose evening the night begins")] = "2026-11-27",
    picture: Annotated[Path | None, typer.Option(help="write waiting times as a picture (SVG) to this file")] = None,
) -> None:
    """Waiting times by priority, beside first come first served, and how many officers such a night needs."""
    day, night, levels = date.fromisoformat(begins), Night.load(), ServiceLevels.load()
    logs = {
        name: many_nights(night, officers=officers, order=order, nights=nights, seed=seed, surge=surge, begins=day)
        for name, order in (("queue", by_the_queue), ("first come", first_come_first_served))
    }
    console = Console(width=100)
    came = len(logs["queue"].people) / nights
    console.print(
        f"{nights} nights that begin on {day:%A} {day:%-d %B %Y} at {night.starts}:00 and last {night.hours} hours, "
        f"{officers} officers, {came:.0f} people a night (seed {seed}, surge {surge:g})."
    )
    console.print(_table(logs, levels))
    needed, tried = officers_needed(night, levels, share=share, nights=nights, seed=seed, surge=surge, begins=day)
    for number, worst in enumerate(tried, start=1):
        console.print(f"  {number} officers: {worst:.0%} in time in the group that fares worst")
    if needed is None:
        console.print(f"No number of officers up to 40 answers {share:.0%} of every group in time.")
    else:
        console.print(f"Such a night needs {needed} officers to answer {share:.0%} of every group in time.")
    if picture is not None:
        write_picture(picture, logs)
        console.print(f"The picture is in {picture}.")


def _table(logs: dict[str, Log], levels: ServiceLevels) -> Table:
    table = Table(title="Minutes to an officer, by how grave it is")
    for heading in ("", "order", "people", "half wait", "1 in 10 waits", "longest", "in time", "gave up"):
        table.add_column(heading, justify="left" if heading in ("", "order") else "right", no_wrap=True)
    for priority in Priority:
        for name, log in logs.items():
            waits, within = log.waits(priority), log.within(levels, priority)
            table.add_row(
                priority.value.replace("_", " ") if name == "queue" else "",
                name,
                str(sum(one.who.priority is priority for one in log.people)),
                _minutes(waits, 0.5),
                _minutes(waits, 0.9),
                _minutes(waits, 1.0),
                "-" if within is None else f"{within:.0%}",
                str(log.gave_up(priority)),
            )
    return table


def _minutes(waits: Sequence[float], share: float) -> str:
    """The wait that this share does not exceed."""
    if not waits:
        return "-"
    return f"{waits[min(len(waits) - 1, int(share * len(waits)))]:.1f}"
