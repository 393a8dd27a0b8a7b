"""The encoder as it comes with Gateside: all-MiniLM-L6-v2, tuned to how frightened people write. See `tuned/`."""

from __future__ import annotations

import hashlib
from pathlib import Path

TUNED = Path(__file__).resolve().parent / "tuned"
"""The finished model, its vocabulary, and the recipe with its scores."""

BUILD_RECORD = "built_from.json"
"""In a folder with an encoder: of which weights it was made, by which recipe."""

LAYERS_FOR_INTENT = 3
"""What is wanted was taught to the first three of the encoder's six layers, danger to all of them."""

_ONE_IN = 6


def kept_back(text: str) -> bool:
    """Whether `text` was kept from the encoder while it was tuned: the same one in six, everywhere and always.

    Whoever sets a limit, a temperature or a gate on top of the vectors does so on these, or would take what the
    encoder knows by heart for what it understands.
    """
    digest = hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return int.from_bytes(digest[:4], "big") % _ONE_IN == 0
