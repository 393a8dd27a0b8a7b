"""One message on its way through the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.coach.decision import Heard
from api.coach.flows import Place
from api.conversations.models import Conversation, Message
from api.reception.arrivals import Arrival
from api.reception.texting import AS_IT_STANDS, Bearing


@dataclass
class Work:
    """A message inside the one transaction that takes it in, and what has come of it so far.

    `facts` is what was known before it. `awaited` are the messages that the assistant is to answer; once it has
    `begun`, nobody has to look for them. `farewell` stands alone once everything was wiped.
    """

    session: AsyncSession
    conversation: Conversation
    message: Message
    heard: Heard
    place: Place | None
    arrival: Arrival
    facts: Mapping[str, Any]
    bearing: Bearing = AS_IT_STANDS
    replies: list[Message] = field(default_factory=list)
    awaited: list[UUID] = field(default_factory=list)
    begun: bool = False
    farewell: str | None = None
