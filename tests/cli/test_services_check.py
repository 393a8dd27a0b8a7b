"""`gateside services check`, as a helpline worker sees it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.services import find_problems, register
from reference.places import Places
from reference.services import ServiceDirectory

APP = typer.Typer()
register(APP)
EVERY_NEED = (
    "family_support, own_use, recovery, housing, money, mental_health, physical_health, employment, legal_advocacy,"
    " bereavement, children, naloxone, release"
)


def directory(folder: Path, **fields: str) -> ServiceDirectory:
    """A directory of one service that serves everybody, but for what `fields` change."""
    entry = {
        "id": "line", "name": "Line", "what": "w", "who": "a", "area": "scotland", "phone": "'0808 800 4444'",
        "needs": f"[{EVERY_NEED}]", "source": "{title: t, address: 'https://example.org'}",
    } | fields  # fmt: skip
    lines = "".join(f"\n    {key}: {value}" for key, value in entry.items() if value)
    (folder / "one.yml").write_text(f"checked: 2026-11-22\nservices:\n  -{lines[4:]}\n")
    return ServiceDirectory.load(folder)


def problems(directory: ServiceDirectory, today: date = date(2026, 12, 1)) -> list[str]:
    return [str(finding) for finding in find_problems(directory, Places.load(), today)]


def test_the_directory_of_this_project_has_nothing_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESIDE_CLOCK", "2026-11-23T12:00:00+00:00")

    result = CliRunner().invoke(APP, ["services", "check"])

    assert result.exit_code == 0, result.output
    assert "nothing to mend" in result.output


def test_after_three_months_everything_is_to_be_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESIDE_CLOCK", "2027-02-23T12:00:00+00:00")

    result = CliRunner().invoke(APP, ["services", "check"])

    assert result.exit_code == 1
    assert "scottish_families: last looked at on 2026-11-22, more than three months ago" in result.output


def test_three_months_to_the_day_is_still_in_time(tmp_path: Path) -> None:
    assert problems(directory(tmp_path), date(2027, 2, 22)) == []


@pytest.mark.parametrize("number", ["'0808 800 444'", "'12345'", "'0800 FLOWERS 1'", "'07700 90012'"])
def test_a_number_that_cannot_be_dialled_is_found(tmp_path: Path, number: str) -> None:
    assert problems(directory(tmp_path, phone=number)) == [
        f"line: {number.strip(chr(39))} is not a number that can be dialled"
    ]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("web", "'http://example org'", "is not written as a site is"),
        ("email", "'nobody at example.org'", "is not an e-mail address"),
        ("phone", "", "says no way to reach it"),
        ("area", "[fife, atlantis]", "'atlantis' is not a council area"),
        ("checked", "2027-01-01", "which is still to come"),
    ],
)
def test_an_entry_that_would_fail_somebody_is_found(tmp_path: Path, field: str, value: str, problem: str) -> None:
    assert any(problem in found for found in problems(directory(tmp_path, **{field: value})))


def test_a_need_with_nothing_to_offer_in_an_area_is_a_dead_end(tmp_path: Path) -> None:
    found = problems(directory(tmp_path, area="[fife]", needs="[housing]"))

    assert "angus: nothing to offer for housing" in found
    assert "fife: nothing to offer for housing" not in found
    assert "fife: nothing to offer for naloxone" in found


def test_a_file_that_cannot_be_read_is_named_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(
        "checked: 2026-11-22\nservices:\n  - {id: x, name: X, what: w, who: a, area: uk, needs: [hugs],"
        " source: {title: t, address: 'https://example.org'}}\n"
    )

    result = CliRunner().invoke(APP, ["services", "check", "--folder", str(tmp_path)])

    assert result.exit_code == 1
    assert "one.yml: 'x' names unknown needs: hugs" in result.output
