"""The operator gives keys to services' systems and takes them back."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESIDE_HOME", str(tmp_path))


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["referrals", *words])
    return done.exit_code, done.output


def test_a_key_is_shown_once_listed_without_itself_and_can_be_taken_back() -> None:
    ended, key = run("key", "police-d")
    assert (ended, key[:4]) == (0, "gsr_")

    _, listed = run("keys")
    assert key.strip() not in listed
    key_id, service, _, *state = listed.split()
    assert (service, " ".join(state)) == ("police-d", "in use")
    assert run("revoke", key_id)[0] == 0
    assert "taken back" in run("keys")[1]


def test_a_service_that_nobody_listed_gets_none_and_the_list_names_those_that_do() -> None:
    ended, said = run("key", "police-z")
    assert ended == 1
    assert "police-z is no code" in said
    codes = [line.split()[0] for line in run("services")[1].splitlines()]
    assert {"police-d", "ambulance", "fire", "hmp-barlinnie"} <= set(codes)
