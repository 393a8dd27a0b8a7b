"""What a person sent, made fit to be read and kept."""

from __future__ import annotations

import unicodedata

LONGEST = 4000
"""Letters in one message; more is asked for in parts."""

_KEPT_CONTROLS = "\n\t"
_UNWANTED = ("Cc", "Cs", "Co", "Cn")


def readable(text: str) -> str:
    """The text without characters that are nobody's words (control characters, halves of pairs), trimmed."""
    signs = (sign for sign in text.replace("\r\n", "\n") if sign in _KEPT_CONTROLS or _is_wanted(sign))
    return "".join(signs).strip()


def _is_wanted(sign: str) -> bool:
    return unicodedata.category(sign) not in _UNWANTED


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it: a row of pictures or dots can't be answered."""
    return any(sign.isalnum() for sign in text)
