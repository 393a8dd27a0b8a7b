"""What is said in the assistant's place when it is late or gone."""

from __future__ import annotations

HOLDING = "reception/holding"
HOLDING_URGENT = "reception/holding_urgent"


def holding_content(safety: str) -> str:
    """The holding answer for a conversation's safety level (`none`, `urgent`, `emergency`)."""
    return HOLDING if safety == "none" else HOLDING_URGENT
