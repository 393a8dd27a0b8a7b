"""Whether somebody writes from outside Scotland, whose services this directory does not hold."""

from __future__ import annotations

from functools import lru_cache

import yaml

from actions.heard import Heard
from actions.language import plain
from reference.paths import data_folder


def country_of(heard: Heard) -> str | None:
    """`england`, `wales`, `northern_ireland`, `abroad`: what the message says, otherwise what was known; or None."""
    if heard.first("place") is not None:
        return None
    said = f" {plain(heard.text)} "
    for country, words in _elsewhere().items():
        if any(f" {word} " in said for word in words):
            return country
    return heard.facts.get("country")


@lru_cache(maxsize=1)
def _elsewhere() -> dict[str, tuple[str, ...]]:
    with (data_folder() / "language" / "elsewhere.yml").open(encoding="utf-8") as file:
        written = yaml.safe_load(file)["elsewhere"]
    return {str(country): tuple(map(plain, words)) for country, words in written.items()}
