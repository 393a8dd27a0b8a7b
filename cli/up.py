"""`gateside up`: trains if anything changed, migrates, starts every process and watches over them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

import typer
from sqlalchemy import func, select

from api.database.engine import Database
from api.database.migrate import migrate
from api.keys import load_keys
from api.settings import Settings, read_settings
from api.staff.models import Staff
from cli import played_texts
from cli.processes import Part, PartFailed, end_all, restart_fallen, wait_until_all_answer
from cli.train import train_if_changed
from reference.paths import project_root

START_SECONDS = 180.0


def register(app: typer.Typer) -> None:
    """Add `gateside up`."""
    app.command("up")(up)


def up() -> None:
    """Run everything: bot, actions and api, in development a stand-in for Twilio too, until Ctrl-C."""
    settings = read_settings()
    refuse_taken_ports(settings)
    load_keys(settings)
    train_if_changed()
    nobody_works_here = asyncio.run(prepare_database(settings))
    stop = _StopSignal()
    parts = service_parts(settings)
    try:
        for part in parts:
            part.start()
        wait_until_all_answer(parts, seconds=START_SECONDS, say=_say, stopping=stop.asked)
        if not stop.asked():
            _say(welcome(settings, nobody_works_here=nobody_works_here))
        while not stop.asked():
            time.sleep(0.5)
            if not stop.asked():
                restart_fallen(parts, _say)
    except PartFailed as failure:
        raise SystemExit(str(failure)) from None
    finally:
        end_all(parts)
        _say("Gateside has stopped.")


def refuse_taken_ports(settings: Settings) -> None:
    """Raise SystemExit, naming the setting, for a port that something else listens on."""
    wanted = {
        "GATESIDE_PORT": (settings.host, settings.port),
        "GATESIDE_BOT_PORT": ("127.0.0.1", settings.bot_port),
        "GATESIDE_ACTIONS_PORT": ("127.0.0.1", settings.actions_port),
    }
    if played_texts.are_wanted(settings):
        wanted["GATESIDE_TWILIO_STAND_IN_PORT"] = ("127.0.0.1", settings.twilio_stand_in_port)
    for name, (host, port) in wanted.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise SystemExit(
                    f"Port {port} is taken ({name}). Stop what listens there, or set {name} to another port."
                ) from None


async def prepare_database(settings: Settings) -> bool:
    """Run the migrations that are missing; True when nobody can sign in yet."""
    database = Database(settings.database)
    try:
        await migrate(database)
        async with database.read() as session:
            return not (await session.execute(select(func.count()).select_from(Staff))).scalar_one()
    finally:
        await database.close()


def service_parts(settings: Settings) -> list[Part]:
    """The processes of an embedded installation, with one clock and one home among them."""
    root = project_root()
    logs = settings.home / "logs"
    rasa_python = str(root / ".venv-bot" / "bin" / "python")
    environment = {
        "GATESIDE_HOME": str(settings.home.resolve()),
        "GATESIDE_CLOCK_STARTED": os.environ.get("GATESIDE_CLOCK_STARTED") or repr(time.time()),
        "GATESIDE_API_URL": f"http://127.0.0.1:{settings.port}",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    if played_texts.are_wanted(settings):
        environment |= played_texts.settings_of_play(settings)
    api_command = [
        sys.executable, "-m", "uvicorn", "api.app:application", "--factory",
        "--host", settings.host, "--port", str(settings.port), "--no-access-log", "--no-server-header",
    ]  # fmt: skip
    parts = [
        Part(
            "actions",
            [rasa_python, "-m", "actions.server"],
            f"http://127.0.0.1:{settings.actions_port}/health",
            logs / "actions.log",
            environment,
        ),
        Part(
            "bot",
            [rasa_python, "-m", "bot.server"],
            f"{settings.bot_url}/webhooks/gateside/health",
            logs / "bot.log",
            environment,
        ),
        Part("api", api_command, f"http://127.0.0.1:{settings.port}/health/live", logs / "api.log", environment),
    ]
    if played_texts.are_wanted(settings):
        parts.append(played_texts.stand_in(settings, logs, environment))
    return parts


def welcome(settings: Settings, *, nobody_works_here: bool) -> str:
    """What a person at the terminal needs to know now."""
    lines = [
        "",
        "Gateside is open.",
        f"  the page with the chat  {settings.base_url}/",
        f"  the console for staff   {settings.base_url}/console",
        f"  logs                    {_shortened(settings.home / 'logs')}",
    ]
    if played_texts.are_wanted(settings):
        lines += [
            "",
            "No Twilio account is set, so texts are played by a stand-in on this machine: nobody's phone rings.",
            f"  a phone to try them     http://127.0.0.1:{settings.port}/dev/phone",
        ]
    if nobody_works_here:
        lines += [
            "",
            "Nobody can sign in yet. Create the first officer with:",
            '  .venv/bin/gateside staff add "Your Name" you@example.org --role lead',
        ]
    if settings.demonstration:
        lines += [
            "",
            "This is demonstration mode, and every page says so, until GATESIDE_RESCUE_POLICY,",
            "GATESIDE_SAFEGUARDING_LEAD and GATESIDE_ON_CALL_NUMBER are set (docs/running.md).",
        ]
    return "\n".join([*lines, "", "Ctrl-C stops everything."])


def _shortened(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _say(line: str) -> None:
    print(line, flush=True)


class _StopSignal:
    """Remembers that Ctrl-C or a stop signal came."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    def asked(self) -> bool:
        """Whether to stop."""
        return self._asked
