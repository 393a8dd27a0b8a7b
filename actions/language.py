"""The words people use for answers, needs and drugs, as `data/language` has them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

from reference.paths import data_folder

_NOT_A_WORD = re.compile(r"[^\w' ]+")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """Lower case, single spaces, no punctuation."""
    return _SPACES.sub(" ", _NOT_A_WORD.sub(" ", text.lower().replace("’", "'"))).strip()


def short_answer(text: str) -> str | None:
    """`yes`, `no`, `unsure`, `skip`, `why` or `leave`, when the message is no more than that."""
    said = plain(text)
    answers = _read("answers.yml")
    for kind, words in answers["answers"].items():
        if said in map(plain, words):
            return str(kind)
    for kind, beginnings in answers["begins_with"].items():
        if any(said.startswith(f"{plain(beginning)} ") for beginning in beginnings):
            return str(kind)
    return None


def needs_in(text: str) -> list[str]:
    """The codes of the needs that the words name, in the order of the list."""
    said = f" {plain(text)} "
    return [
        code
        for code, need in _read("needs.yml")["needs"].items()
        if any(f" {plain(word)} " in said for word in need["words"])
    ]


def need_label(code: str) -> str:
    """What a need is called in a sentence."""
    return str(_read("needs.yml")["needs"][code]["label"])


def asks_to_stop(text: str) -> bool:
    """Whether the words ask for something to be stopped rather than shown or changed."""
    return _names_one_of(text, "asks_to_stop")


def asks_to_learn(text: str) -> bool:
    """Whether the words ask to be shown how."""
    return _names_one_of(text, "asks_to_learn")


def _names_one_of(text: str, words: str) -> bool:
    said = f" {plain(text)} "
    return any(f" {plain(word)} " in said for word in _read("answers.yml")[words])


def drug_families() -> dict[str, str]:
    """Substance -> the family whose words serve it."""
    return dict(_read("drug_families.yml")["drug_families"])


@lru_cache
def _read(file: str) -> dict[str, Any]:
    with (data_folder() / "language" / file).open(encoding="utf-8") as opened:
        return dict(yaml.safe_load(opened))
