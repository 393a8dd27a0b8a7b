"""Texts are played where there is no Twilio account, in development only, and it is said plainly."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from api.settings import Settings
from cli.played_texts import are_wanted, settings_of_play
from cli.processes import end_all, wait_until_all_answer
from cli.up import service_parts, welcome
from reference.paths import project_root
from tests.journeys.house import free_port

NO_ACCOUNT = {"twilio_account_sid": None, "twilio_auth_token": None, "twilio_messaging_service_sid": None}


def _settings(home: Path, **more: object) -> Settings:
    return Settings(**{"home": home, **NO_ACCOUNT, **more})  # type: ignore[arg-type]


def test_without_an_account_a_stand_in_runs_beside_and_the_api_texts_through_it(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    parts = {part.name: part for part in service_parts(settings)}
    assert list(parts) == ["actions", "bot", "api", "stand-in for Twilio"]
    given = parts["api"].environment
    assert given["GATESIDE_TWILIO_API_BASE_URL"] == f"http://127.0.0.1:{settings.twilio_stand_in_port}"
    assert given["GATESIDE_TWILIO_AUTH_TOKEN"] == parts["stand-in for Twilio"].environment["GATESIDE_TWILIO_AUTH_TOKEN"]
    assert settings_of_play(settings)["GATESIDE_TWILIO_AUTH_TOKEN"] != given["GATESIDE_TWILIO_AUTH_TOKEN"]
    said = welcome(settings, nobody_works_here=False)
    assert "nobody's phone rings" in said
    assert "/dev/phone" in said


@pytest.mark.parametrize("more", [{"environment": "production"}, {"twilio_account_sid": "AC1"}])
def test_a_real_service_or_a_real_account_gets_no_stand_in(tmp_path: Path, more: dict[str, str]) -> None:
    settings = _settings(tmp_path, **more)
    assert not are_wanted(settings)
    assert [part.name for part in service_parts(settings)] == ["actions", "bot", "api"]
    assert "/dev/phone" not in welcome(settings, nobody_works_here=False)


def test_the_stand_in_runs_as_a_process_and_ends_with_it(tmp_path: Path) -> None:
    port = free_port()
    settings = _settings(tmp_path, twilio_stand_in_port=port)
    environment = {**os.environ, **settings_of_play(settings), "GATESIDE_API_URL": "http://127.0.0.1:1"}
    process = subprocess.Popen([sys.executable, "-m", "twilio_stand_in"], cwd=project_root(), env=environment)
    try:
        deadline = time.monotonic() + 120
        while not _answers(f"http://127.0.0.1:{port}/stand-in/health"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        account = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{environment['GATESIDE_TWILIO_ACCOUNT_SID']}.json"
        assert httpx.get(account).status_code == 401
        faults = f"http://127.0.0.1:{port}/stand-in/faults"
        assert httpx.put(faults, json={"fail_share": 0.5}).status_code == 200
        assert httpx.put(faults, json={"nonsense": 1}).status_code == 422
    finally:
        process.terminate()
        process.wait(20)


def test_the_api_and_the_stand_in_that_are_started_together_answer_a_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _settings(tmp_path, port=free_port(), twilio_stand_in_port=free_port())
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID", "PUBLIC_URL"):
        monkeypatch.delenv(f"GATESIDE_{name}", raising=False)
    parts = [part for part in service_parts(settings) if part.name in ("api", "stand-in for Twilio")]
    texts = f"http://127.0.0.1:{settings.port}/dev/phone/texts/+447700900201"
    try:
        for part in parts:
            part.start()
        wait_until_all_answer(parts, seconds=240, say=lambda _line: None, stopping=lambda: False)
        assert httpx.post(texts, json={"body": "he's no breathin, he's gone blue"}, timeout=60).status_code == 201
        deadline = time.monotonic() + 120
        while "CALL 999" not in (shown := httpx.get(texts, timeout=60).text):
            assert time.monotonic() < deadline, shown
            time.sleep(0.2)
    finally:
        end_all(parts)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.HTTPError:
        return False
