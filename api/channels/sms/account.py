"""The account at Twilio: where its messages stand, and an HTTP client that is signed in to it."""

from __future__ import annotations

import httpx

from api.settings import Settings


def messages_path(settings: Settings) -> str:
    """The path under which the account's messages stand, without an ending."""
    return f"/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages"


def signed_in(
    settings: Settings, *, patience_seconds: float, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """A client for the account. `settings` must be connected to Twilio."""
    assert settings.twilio_account_sid
    assert settings.twilio_auth_token
    return httpx.AsyncClient(
        base_url=str(settings.twilio_api_base_url),
        auth=(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()),
        timeout=patience_seconds,
        transport=transport,
    )
