"""What one turn needs, put together in the transaction that claims it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.conversations.models import Conversation
from api.reception.models import Purpose, Turn, TurnState

CLAIM = timedelta(seconds=45)
"""Longer than the assistant's client waits: a claim that runs out belonged to a process that died."""


@dataclass(frozen=True)
class Job:
    """A claimed turn."""

    purpose: Purpose
    message_id: UUID
    conversation_id: UUID
    text: str
    metadata: dict[str, Any]
    held: bool
    seconds_left: float


def claimed(
    turn: Turn,
    conversation: Conversation,
    *,
    text: str,
    facts: Mapping[str, Any],
    now: datetime,
    deadline_seconds: float,
) -> Job:
    """Claim the turn and tell what it needs; the claim stands with the caller's commit.

    `text` is what the assistant gets to read.
    """
    held = turn.state == TurnState.HELD.value
    turn.state = turn.state if held else TurnState.RUNNING.value
    turn.claimed_until = now + CLAIM
    turn.attempts += 1
    return Job(
        purpose=Purpose(turn.purpose),
        message_id=turn.message_id,
        conversation_id=conversation.id,
        text=text,
        metadata={
            "channel": conversation.channel,
            "audience": facts.get("audience"),
            "facts": dict(facts),
            "open_question": conversation.open_question,
        },
        held=held,
        seconds_left=max(0.05, deadline_seconds - (now - turn.created_at).total_seconds()),
    )
