"""What officers can be especially good for. Data: `data/operations/skills.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from reference.paths import data_folder


@dataclass(frozen=True)
class Skill:
    """A code, the words for it on the console, and the needs that it serves."""

    code: str
    words: str
    needs: tuple[str, ...]


@lru_cache(maxsize=1)
def skills() -> Sequence[Skill]:
    """Every skill that there is."""
    file = data_folder() / "operations" / "skills.yml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))["skills"]
    return tuple(Skill(one["code"], one["words"], tuple(one["needs"])) for one in told)


def is_skill(code: str) -> bool:
    """Whether there is such a skill."""
    return any(skill.code == code for skill in skills())


def skill_for(needs: Sequence[str]) -> str | None:
    """The skill that serves the first of these needs that any skill serves."""
    return next((skill.code for need in needs for skill in skills() if need in skill.needs), None)
