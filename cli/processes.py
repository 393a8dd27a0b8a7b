"""Child processes of `gateside up`: started, waited for, watched, and ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOG_LIMIT_BYTES = 5_000_000


@dataclass
class Part:
    """One process of the service: how it is started, where it answers, where it writes its log."""

    name: str
    command: Sequence[str]
    ready_url: str
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start the process; what it writes goes to its log, whose predecessor is kept once."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                list(self.command),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
            )
        self.started_at = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None

    @property
    def answers(self) -> bool:
        """Whether it answers at its address now."""
        try:
            with urllib.request.urlopen(self.ready_url, timeout=2) as response:  # noqa: S310 - loopback
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, for whoever has to find out what happened."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-lines:])


class PartFailed(RuntimeError):
    """A process ended, or did not answer in time, while the service was starting."""


def wait_until_all_answer(
    parts: Sequence[Part], *, seconds: float, say: Callable[[str], None], stopping: Callable[[], bool]
) -> None:
    """Wait until every part answers. Raises PartFailed when one ends or the time is up."""
    begun = time.monotonic()
    waiting = list(parts)
    while waiting and not stopping():
        for part in list(waiting):
            if not part.running:
                raise PartFailed(f"{part.name} ended while starting. The end of {part.log}:\n{part.last_words()}")
            if part.answers:
                say(f"- {part.name} answers ({time.monotonic() - begun:.0f} s)")
                waiting.remove(part)
        if time.monotonic() - begun > seconds:
            names = ", ".join(part.name for part in waiting)
            raise PartFailed(f"{names} did not answer within {seconds:.0f} s. See {waiting[0].log}")
        time.sleep(0.2)


def restart_fallen(parts: Sequence[Part], say: Callable[[str], None]) -> None:
    """Start again whatever has ended, waiting longer each time it falls within ten minutes (at most 30 s)."""
    now = time.monotonic()
    for part in parts:
        if part.running:
            continue
        if not part.falls or part.falls[-1] < part.started_at:
            part.falls = [fall for fall in part.falls if now - fall < 600] + [now]
            pause = min(30, 2 ** (len(part.falls) - 1))
            say(f"{part.name} ended; starting it again in {pause} s. The end of {part.log}:\n{part.last_words(6)}")
        if now - part.falls[-1] >= min(30, 2 ** (len(part.falls) - 1)):
            part.start()


def end_all(parts: Sequence[Part], *, seconds: float = 10) -> None:
    """End every process, kindly first."""
    for part in parts:
        if part.running and part.process is not None:
            part.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for part in parts:
        if part.process is None:
            continue
        try:
            part.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.process.kill()
            part.process.wait()
