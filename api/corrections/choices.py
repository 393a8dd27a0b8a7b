"""A number in answer to offered topics stands for the topic. Data: `data/language/choices.yml`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import yaml

from reference.paths import data_folder

_PUNCTUATION = re.compile(r"[^\w\s]+")


def chosen_by_number(text: str, choices: Sequence[str]) -> str | None:
    """The choice that "2", "the second one" or "last" names, or None when the text is no such number."""
    at = _numbers().get(" ".join(_PUNCTUATION.sub(" ", text.casefold()).split()))
    if at is None or not choices:
        return None
    if at < 0:
        return choices[-1]
    return choices[at - 1] if at <= len(choices) else None


@lru_cache(maxsize=1)
def _numbers() -> dict[str, int]:
    with (data_folder() / "language" / "choices.yml").open(encoding="utf-8") as file:
        said = yaml.safe_load(file)["choices"]
    return {str(words): int(number) for number, ways in said.items() for words in ways}
