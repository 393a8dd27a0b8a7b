"""A system that is measured: started on free ports, waited for, stopped again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from reference.paths import home_folder

READY_SECONDS = 240.0
_AN_OPERATORS = {"GATESIDE_DATABASE_URL", "GATESIDE_REDIS_URL", "GATESIDE_TWILIO_ACCOUNT_SID"}
"""Never taken over: what is measured must not write into a running service's stores, nor text anybody."""


@dataclass(frozen=True)
class Gateside:
    """A running Gateside with a home of its own; `ready_seconds` is how long it took to open."""

    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]
    address: str
    ready_seconds: float


@contextmanager
def running_gateside(**settings: str) -> Iterator[Gateside]:
    """All of Gateside with today's model, nobody in it, and these settings, until the block ends."""
    with TemporaryDirectory(prefix="gateside-bench-") as home:
        (Path(home) / "models").symlink_to(home_folder() / "models")
        names = ("GATESIDE_PORT", "GATESIDE_BOT_PORT", "GATESIDE_ACTIONS_PORT", "GATESIDE_TWILIO_STAND_IN_PORT")
        ports = {name: str(free_port()) for name in names}
        address = f"http://127.0.0.1:{ports['GATESIDE_PORT']}"
        own = {**ports, "GATESIDE_HOME": home, "GATESIDE_PUBLIC_URL": address, **settings}
        environment = {**{name: os.environ[name] for name in os.environ.keys() - _AN_OPERATORS}, **own}
        bot = f"http://127.0.0.1:{ports['GATESIDE_BOT_PORT']}/webhooks/gateside/health"
        with running([sys.executable, "-m", "cli", "up"], environment, None) as (process, begun):
            wait_until_ready(process, [f"{address}/health/ready", bot])
            yield Gateside(process, environment, address, time.monotonic() - begun)


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path | None
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The command as a process, with when it was started; it is ended when the block ends."""
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own commands
        list(command),
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, begun
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], addresses: Sequence[str]) -> None:
    """Until each address answers with 200. Raises SystemExit when the process ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    for address in addresses:
        while True:
            if process.poll() is not None:
                raise SystemExit(f"A system to be measured ended while starting: {process.args!r}")
            try:
                if httpx.get(address, timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise SystemExit(f"{address} did not answer in {READY_SECONDS:.0f} s")
            time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
