"""Starting and stopping, as a newcomer meets it: clear sentences, owner-only keys, nothing left running."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from reference.paths import project_root
from tests.journeys.house import PORTS, House, free_port

FAKE_UV = """#!/usr/bin/env bash
case "$*" in
  --version) echo "uv 1.0" ;;
  "python find --no-project 3.10") exit 2 ;;
  "venv --quiet --python 3.12 .venv") mkdir -p .venv/bin; ln -s "$(command -v true)" .venv/bin/python ;;
esac
"""


def start(home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`gateside up` with these settings, for starts that fail."""
    ports = {name: str(free_port()) for name in PORTS}
    return subprocess.run(
        [sys.executable, "-m", "cli", "up"],
        cwd=project_root(),
        env={**os.environ, **ports, "GATESIDE_HOME": str(home), **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("setting", PORTS)
def test_a_taken_port_is_said_with_the_setting_that_moves_it(tmp_path: Path, setting: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start(tmp_path, **{setting: port})
    assert done.returncode != 0
    assert f"Port {port} is taken ({setting})" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [("GATESIDE_PORT", "soon"), ("GATESIDE_ON_CALL_NUMBER", "the desk"), ("GATESIDE_DATABASE_URL", "mysql://x/y")],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path, setting: str, value: str) -> None:
    done = start(tmp_path, **{setting: value})
    assert done.returncode != 0
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_python_is_said_with_what_to_do(tmp_path: Path) -> None:
    for name in ("scripts", "requirements"):
        shutil.copytree(project_root() / name, tmp_path / name)
    shutil.copy(project_root() / "pyproject.toml", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text(FAKE_UV)
    (tools / "uv").chmod(0o755)
    done = subprocess.run(
        [str(tmp_path / "scripts" / "setup"), "run"],
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.10 is missing" in done.stderr
    assert "pyenv install 3.10" in done.stderr


def test_a_first_start_makes_keys_for_their_owner_alone_and_stopping_leaves_nothing_running(tmp_path: Path) -> None:
    house = House(tmp_path / "home", {}).start()
    said = house.said()
    assert f"{house.address}/console" in said
    assert "staff add" in said
    keys = list((house.home / "keys").iterdir())
    assert {key.name for key in keys} >= {"encryption_key", "lookup_key", "service_token"}
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert house.process is not None
    parts = psutil.Process(house.process.pid).children()
    assert len(parts) == 4
    # Without a Twilio account texts are played, and there is a phone to try them with.
    assert f"http://127.0.0.1:{house.ports['GATESIDE_PORT']}/dev/phone" in said
    texts = f"{house.address}/dev/phone/texts/+447700900201"
    assert httpx.post(texts, json={"body": "he's no breathin, he's gone blue"}, timeout=30).status_code == 201
    house.wait_for(lambda: "CALL 999" in httpx.get(texts, timeout=30).text, 60)
    assert house.stop() == 0
    assert [part for part in parts if part.is_running()] == []

    house.hire("Calum Reid", "calum@example.org")
    again = House(tmp_path / "home", {}).start()
    assert "The model is up to date." in again.said()
    assert "staff add" not in again.said()
    assert again.stop() == 0
