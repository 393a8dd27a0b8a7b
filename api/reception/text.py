"""What a person sent, made fit to be read and kept."""

from __future__ import annotations

import unicodedata

LONGEST = 4000
"""Letters in one message; more is asked for in parts."""

_KEPT_CONTROLS = "\n\t"
_UNWANTED = ("Cc", "Cs", "Co", "Cn")


def readable(text: str) -> str:
    """The text without characters that are nobody's words (control characters, halves of pairs), trimmed."""
    return "".join(
        sign for sign in text.replace("\r\n", "\n") if sign in _KEPT_CONTROLS or unicodedata.category(sign) not in _UNWANTED
    ).strip()


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it: a row of pictures or dots can't be answered."""
    return any(sign.isalnum() for sign in text)
