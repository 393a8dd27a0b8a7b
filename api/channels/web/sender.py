"""Brings words to a webchat. They lie ready to be read, and were told live, the moment they were stored."""

from __future__ import annotations

from api.conversations.models import Status
from api.delivery.sender import Parcel, SendResult


class WebSender:
    """There is nothing left to carry: the window reads what it has not heard."""

    async def send(self, parcel: Parcel) -> SendResult:
        """The words are where the window fetches them."""
        return SendResult(status=Status.SENT)

    async def find(self, parcel: Parcel) -> SendResult | None:
        """They always went."""
        return SendResult(status=Status.SENT)

    async def close(self) -> None:
        """Nothing is held."""
