"""`gateside staff` opens accounts in a new installation, without asking anything."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.staff import register

app = typer.Typer()
register(app)


@pytest.fixture(autouse=True)
def _a_new_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GATESIDE_PUBLIC_URL", "https://help.example.org")
    monkeypatch.delenv("GATESIDE_DATABASE_URL", raising=False)


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["staff", *arguments])
    return result.exit_code, result.output


def _add(*, email: str = "karen@example.org", role: str = "officer") -> tuple[int, str]:
    return _run("add", "Karen Muir", email, "--role", role)


def test_adding_somebody_prints_a_link_and_asks_nothing() -> None:
    code, output = _add()
    assert code == 0
    assert "https://help.example.org/console/welcome/" in output


def test_the_same_person_twice_is_refused_clearly() -> None:
    _add()
    assert _add() == (1, "There is an account with this email already.\n")


def test_a_role_that_does_not_exist_is_refused_clearly() -> None:
    code, output = _add(role="boss")
    assert code == 2
    assert "officer" in output


def test_a_token_is_one_line_that_a_script_can_take() -> None:
    _add()
    code, output = _run("token", "Karen@example.org")
    assert code == 0
    assert len(output.split()) == 1
    assert len(output.strip()) >= 43


@pytest.mark.parametrize("command", ["token", "link", "forget-second-step"])
def test_an_unknown_email_is_said_so(command: str) -> None:
    assert _run(command, "nobody@example.org") == (1, "There is no account with this email.\n")


def test_a_lost_link_is_replaced_by_a_new_one() -> None:
    _, first = _add()
    code, second = _run("link", "karen@example.org")
    assert code == 0
    assert second.strip() not in first


def test_whoever_lost_phone_and_codes_is_let_in_again_by_the_operator() -> None:
    _add(role="admin")
    code, output = _run("forget-second-step", "karen@example.org")
    assert code == 0
    assert "Karen Muir signs in with the password" in output
