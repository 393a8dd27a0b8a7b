"""Keys are made once, for the owner alone; a wrong setting stops the start by its name."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.keys import load_keys
from api.settings import Settings, read_settings


def test_keys_are_made_at_the_first_start_and_stay(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert load_keys(settings) == load_keys(settings)
    made = list((tmp_path / "keys").iterdir())
    assert {path.name for path in made} == {"encryption_key", "lookup_key", "service_token"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_processes_that_start_together_end_with_the_same_keys(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as together:
        assert len(set(together.map(lambda _: load_keys(settings), range(16)))) == 1


def test_a_chosen_service_token_wins(tmp_path: Path) -> None:
    assert load_keys(Settings(home=tmp_path, service_token="chosen")).service_token == "chosen"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATESIDE_PORT", "eighty"),
        ("GATESIDE_PORT", "70000"),
        ("GATESIDE_DATABASE_URL", "mysql://localhost/gateside"),
        ("GATESIDE_PUBLIC_URL", "help.example.org"),
        ("GATESIDE_ON_CALL_NUMBER", "07"),
        ("GATESIDE_CLOCK", "tomorrow"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=name):
        read_settings()


def test_without_a_rescue_policy_an_on_call_number_and_a_safeguarding_lead_it_is_a_demonstration() -> None:
    ready = {"on_call_number": "07700 900123", "rescue_policy": "policy 4", "safeguarding_lead": "the lead"}
    assert not Settings(**ready).demonstration
    for missing in ready:
        assert Settings(**{name: value for name, value in ready.items() if name != missing}).demonstration


def test_a_secret_does_not_show_in_what_is_printed() -> None:
    assert "hush" not in repr(Settings(service_token="hush", twilio_auth_token="hush"))
