"""The privacy page tells of every table and every setting, and of none that is not there."""

from __future__ import annotations

import re

from api.privacy.holdings import HOLDINGS
from api.settings import Settings
from api.tables import metadata
from reference.paths import project_root

PAGE = (project_root() / "docs/privacy.md").read_text("utf-8")


def _first_cells(page: str, *, begins: str) -> list[list[str]]:
    """The cells of every line of a table whose first cell is a name in backticks that begins so."""
    lines = re.findall(rf"^\| `({begins}\w*)` \|(.+)\|$", page, re.MULTILINE)
    return [[name, *(cell.strip() for cell in rest.split("|"))] for name, rest in lines]


def test_the_data_map_lists_every_table_once_and_no_other() -> None:
    told = [cells[0] for cells in _first_cells(PAGE, begins="[a-z]")]
    assert sorted(told) == sorted(metadata.tables)
    assert set(told) == set(HOLDINGS)


def test_every_line_of_the_data_map_says_what_why_and_who() -> None:
    assert all(len(cells) == 4 and all(cells) for cells in _first_cells(PAGE, begins="[a-z]"))


def test_every_time_of_keeping_is_told_with_its_default() -> None:
    told = {name: days for name, days, *_ in _first_cells(PAGE, begins="GATESIDE_KEEP_")}
    settings = {
        f"GATESIDE_{name.upper()}": str(field.default)
        for name, field in Settings.model_fields.items()
        if name.startswith("keep_")
    }
    assert told == settings
