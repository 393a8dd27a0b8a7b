"""Starts the real Rasa server and the real action server, beside a small stand-in for the service's own routes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from reference.paths import home_folder, project_root
from reference.services import ServiceDirectory

TOKEN = "a-token-for-tests"
CLOCK = "2026-11-22T12:00:00+00:00"
"""A Sunday; the Friday after it is 27 November."""


@dataclass
class FrontDoorStandIn:
    """Answers the internal routes and remembers what was asked."""

    port: int = 0
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    officers_available: int = 1
    answers: bool = True

    def reset(self) -> None:
        self.calls.clear()
        self.officers_available, self.answers = 1, True

    def asked(self, ending: str) -> list[dict[str, Any]]:
        return [body for _, path, body in self.calls if path.endswith(ending)]

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for body in self.asked("/facts") for name, value in body["facts"].items()}

    def _check_ins(self, agreed: dict[str, Any]) -> dict[str, Any]:
        """How it stands with the check-ins: a plan is noted, until somebody says yes or no."""
        agreed = agreed or next(iter(reversed([body for body in self.asked("/check-ins") if body])), {})
        plans = any(body for method, path, body in self.calls if path.endswith("/release-plan") and method == "PUT")
        state = ("active" if agreed["agreed"] else "ended") if agreed else "noted" if plans else None
        return {"state": state, "because": None, "first_due": "2026-11-24" if state in ("noted", "active") else None}

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not self.answers:
            return 503, {}
        self.calls.append((method, path.split("?")[0], body))
        if path.split("?")[0].endswith("/services"):
            query = dict(pair.split("=") for pair in path.partition("?")[2].split("&") if "=" in pair)
            found = ServiceDirectory.load().search(query.get("need"), query.get("place"))
            return 200, {"items": [_as_item(service) for service in found]}
        if path.endswith("/requests"):
            standing = {"position": 2, "officers_available": self.officers_available, "estimate_minutes": 6}
            return 202, {"standing": standing}
        if path.endswith("/release-plan") and method == "PUT":
            return 200, {"release_date": body["release_date"], "days_until": 5}
        if path.endswith("/check-ins"):
            return 200, self._check_ins(body)
        return 204, {}


def _as_item(service: Any) -> dict[str, Any]:
    return {name: getattr(service, name) for name in ("id", "name", "what", "phone", "web", "hours", "area")}


@dataclass
class Conversation:
    """One person's conversation, as the service would carry it on."""

    assistant: Assistant
    channel: str = "web"
    audience: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    open_question: str | None = None

    def say(self, text: str, message_id: str | None = None) -> Answer:
        body = {
            "conversation_id": self.id,
            "message_id": message_id or uuid.uuid4().hex,
            "text": text,
            "metadata": {
                "channel": self.channel,
                "audience": self.audience,
                "facts": self.facts,
                "open_question": self.open_question,
            },
        }
        status, answer = self.assistant.post("turn", body)
        assert status == 200, answer
        self.open_question = answer["open_question"]
        return Answer(answer)


@dataclass(frozen=True)
class Answer:
    """What came back of one turn."""

    body: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        return [reply["content_id"] for reply in self.body["replies"]]

    @property
    def text(self) -> str:
        return "\n".join(reply["text"] for reply in self.body["replies"])

    @property
    def open_question(self) -> str | None:
        return self.body["open_question"]

    @property
    def intent(self) -> str:
        return self.body["understood"]["intent"]


@dataclass
class Assistant:
    """The running processes, and how to reach them."""

    port: int
    home: Path
    front_door: FrontDoorStandIn
    logs: list[Path]

    def conversation(self, **about: Any) -> Conversation:
        return Conversation(self, **about)

    def post(self, path: str, body: Any, token: str | None = TOKEN) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/webhooks/gateside/{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@contextlib.contextmanager
def running_assistant(home: Path, python: str = sys.executable) -> Iterator[Assistant]:
    """Train if the data changed, start everything, wait until it answers, and end it all afterwards.

    `python` is the assistant's own, where the caller's is another.
    """
    subprocess.run([python, "-W", "ignore", "-m", "bot.train"], cwd=project_root(), check=True)
    (home / "models").mkdir()
    (home / "models" / "rasa").symlink_to(home_folder() / "models" / "rasa")
    door = FrontDoorStandIn()
    with _serving(door), contextlib.ExitStack() as stack:
        ports = {"GATESIDE_BOT_PORT": str(free_port()), "GATESIDE_ACTIONS_PORT": str(free_port())}
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GATESIDE_")},
            **ports,
            "GATESIDE_HOME": str(home),
            "GATESIDE_SERVICE_TOKEN": TOKEN,
            "GATESIDE_API_URL": f"http://127.0.0.1:{door.port}",
            "GATESIDE_CLOCK": CLOCK,
        }
        logs = [home / "bot.log", home / "actions.log"]
        for module, log in zip(("bot.server", "actions.server"), logs, strict=True):
            stack.enter_context(_process([python, "-W", "ignore", "-m", module], log, environment))
        running = Assistant(int(ports["GATESIDE_BOT_PORT"]), home, door, logs)
        _wait_for(f"http://127.0.0.1:{running.port}/webhooks/gateside/health", logs[0])
        _wait_for(f"http://127.0.0.1:{ports['GATESIDE_ACTIONS_PORT']}/health", logs[1])
        yield running


@contextlib.contextmanager
def _process(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=project_root(),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, log: Path, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as response:
            if response.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer:\n{log.read_text()[-3000:]}")


@contextlib.contextmanager
def _serving(door: FrontDoorStandIn) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            right = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            status, answer = door.answer(self.command, self.path, body) if right else (401, {})
            payload = b"" if status == 204 else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_PUT = do_POST = do_DELETE = _handle

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    door.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
