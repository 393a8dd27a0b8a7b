"""The whole of Gateside, started as `make start` starts it, in a home of its own and on ports of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import psutil

from reference.paths import home_folder, project_root

READY_SECONDS = 240
PORTS = ("GATESIDE_PORT", "GATESIDE_BOT_PORT", "GATESIDE_ACTIONS_PORT", "GATESIDE_TWILIO_STAND_IN_PORT")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """A running installation: what it said, where it answers, and how its parts are stopped."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self.home = home
        self.home.mkdir(parents=True, exist_ok=True)
        models = self.home / "models"
        if not models.exists():
            models.symlink_to(home_folder() / "models")
        self.ports = {name: str(free_port()) for name in PORTS}
        self.environment = {**os.environ, **self.ports, "GATESIDE_HOME": str(home), **settings}
        self.address = f"http://127.0.0.1:{self.ports['GATESIDE_PORT']}"
        self.environment.setdefault("GATESIDE_PUBLIC_URL", self.address)
        self.spoken = self.home / "spoken.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> House:
        with self.spoken.open("wb") as spoken:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "up"],
                cwd=project_root(),
                env=self.environment,
                stdout=spoken,
                stderr=subprocess.STDOUT,
            )
        self.wait_for(lambda: "Gateside is open." in self.said(), READY_SECONDS)
        return self

    def said(self) -> str:
        return self.spoken.read_text("utf-8", errors="replace")

    def wait_for(self, condition: object, seconds: float = 20) -> None:
        """Wait until `condition()` holds; fails with what the house said when it never does."""
        assert callable(condition)
        deadline = time.monotonic() + seconds
        while not condition():
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"Gateside ended:\n{self.said()}\n{self.logs()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds} s in vain\n{self.said()}\n{self.logs()}")
            time.sleep(0.05)

    def logs(self) -> str:
        files = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"== {file.name}\n{file.read_text('utf-8', errors='replace')[-3000:]}" for file in files)

    def part(self, words: str) -> psutil.Process:
        """The child process whose command holds `words`, such as `bot.server`."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            if words in " ".join(child.cmdline()):
                return child
        raise AssertionError(f"no part {words} is running")

    def stop(self, number: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def command(self, *words: str, check: bool = True) -> str:
        """What `gateside WORDS` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            cwd=project_root(),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def hire(self, name: str, email: str, role: str = "officer") -> str:
        """Create a member of staff; the one-time link with which they set a password."""
        found = re.search(
            r"https?://\S+/console/welcome/\S+", self.command("staff", "add", name, email, "--role", role)
        )
        assert found is not None
        return found.group()

    def staff_client(self, email: str) -> httpx.Client:
        """A script of a member of staff, with their bearer token."""
        token = self.command("staff", "token", email).split()[-1]
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {token}"}, timeout=20)
