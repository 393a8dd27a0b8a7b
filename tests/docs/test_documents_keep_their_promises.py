"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from api.settings import Settings
from reference.paths import project_root

ROOT = project_root()
HAZARDS = yaml.safe_load((ROOT / "docs/hazards.yml").read_text("utf-8"))["hazards"]


def names_of_all_tests() -> Iterator[str]:
    for file in (ROOT / "tests").rglob("test_*.py"):
        for name in re.findall(r"def (test_\w+)", file.read_text("utf-8")):
            yield f"{file.relative_to(ROOT)}::{name}"


def test_every_setting_is_documented_where_an_operator_looks() -> None:
    page = (ROOT / "docs/running.md").read_text("utf-8")
    missing = [name for name in Settings.model_fields if f"`GATESIDE_{name.upper()}`" not in page]
    assert not missing


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["id"])
def test_every_hazard_has_mitigations_and_names_of_all_tests(hazard: dict[str, list[str]]) -> None:
    known = set(names_of_all_tests())
    assert hazard["mitigations"]
    assert hazard["shown_by"]
    assert [shown for shown in hazard["shown_by"] if shown not in known] == []


def test_hazard_ids_are_used_once() -> None:
    ids = [hazard["id"] for hazard in HAZARDS]
    assert len(ids) == len(set(ids))


def test_decision_records_are_numbered_without_gaps() -> None:
    numbers = sorted(int(file.name[:4]) for file in (ROOT / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
