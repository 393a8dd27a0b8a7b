"""`gateside services check`, as a helpline worker sees it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.services import find_calendar_problems, find_problems, register
from reference.drop_ins import DropIns
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
        f"line: {number.strip(chr(39))} is not a number that can be dialled; look it up again"
    ]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("web", "'http://example org'", "is not written as a site is"),
        ("email", "'nobody at example.org'", "is not an e-mail address"),
        ("phone", "", "says no way to reach it"),
        ("area", "[fife, atlantis]", "'atlantis' is not a council area"),
        ("checked", "2027-01-01", "which is still to come"),
        ("source", "{title: t, address: the library}", "is not the address of a page"),
        ("open_to_neighbours", "true", "already serves a whole country"),
    ],
)
def test_an_entry_that_would_fail_somebody_is_found(tmp_path: Path, field: str, value: str, problem: str) -> None:
    assert any(problem in found for found in problems(directory(tmp_path, **{field: value})))


def test_a_need_with_nothing_to_offer_in_an_area_is_a_dead_end(tmp_path: Path) -> None:
    found = problems(directory(tmp_path, area="[fife]", needs="[housing]"))

    housing = next(problem for problem in found if problem.startswith("housing: nothing to offer in "))
    assert "angus" in housing
    assert "fife" not in housing
    assert any(problem.startswith("naloxone: nothing to offer in any council area") for problem in found)


def test_a_number_written_out_twice_is_found_since_only_one_of_them_will_be_changed(tmp_path: Path) -> None:
    fields = (
        "what: w, who: a, area: scotland, phone: '0808 800 4444', source: {title: t, address: 'https://example.org'}"
    )
    (tmp_path / "two.yml").write_text(
        "checked: 2026-11-22\nservices:\n"
        f"  - {{id: one, name: One, needs: [{EVERY_NEED}], {fields}}}\n  - {{id: other, name: Other, {fields}}}\n"
    )

    assert problems(ServiceDirectory.load(tmp_path)) == [
        "other: has the number of one written out; write 'contact_of: one' instead"
    ]


def calendar_problems(folder: Path, times: str) -> list[str]:
    file = folder / "drop_ins.yml"
    file.write_text(
        f"drop_ins:\n  - {{id: links, name: L, where: w, service: sacro, opens: '10:00', closes: '12:00', {times}}}\n"
    )
    return [str(finding) for finding in find_calendar_problems(DropIns.load(file), date(2026, 12, 1))]


def test_a_drop_in_that_is_over_or_soon_will_be_is_found(tmp_path: Path) -> None:
    assert calendar_problems(tmp_path, "first: 2026-11-02") == [
        "links: has no date left; write new ones, or take it out"
    ]
    assert calendar_problems(tmp_path, "first: 2026-12-08") == [
        "links: has no date after the next four weeks (next on 2026-12-08); ask for new ones"
    ]
    assert calendar_problems(tmp_path, "first: 2026-11-02, rrule: FREQ=MONTHLY") == []


def test_what_cannot_be_mended_today_is_said_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESIDE_CLOCK", "2026-11-23T12:00:00+00:00")

    result = CliRunner().invoke(APP, ["services", "check"])

    assert "There is no number to ring for: own_use, money, employment." in result.output
    assert "1 of them with no dates known" in result.output


def test_a_file_that_cannot_be_read_is_named_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(
        "checked: 2026-11-22\nservices:\n  - {id: x, name: X, what: w, who: a, area: uk, needs: [hugs],"
        " source: {title: t, address: 'https://example.org'}}\n"
    )

    result = CliRunner().invoke(APP, ["services", "check", "--folder", str(tmp_path)])

    assert result.exit_code == 1
    assert "one.yml: 'x' names unknown needs: hugs" in result.output
