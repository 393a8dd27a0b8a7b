"""Texts without Twilio: a stand-in of our own beside the service, in development, so that a newcomer can try them."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from api.settings import Settings
from cli.processes import Part


def are_wanted(settings: Settings) -> bool:
    """Whether there is nothing else to carry texts, and this is no real service."""
    return settings.environment == "development" and not settings.twilio_account_sid


def settings_of_play(settings: Settings) -> dict[str, str]:
    """The account at the stand-in, for it and for the api; its token is made anew at each start."""
    return {
        "GATESIDE_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "GATESIDE_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "GATESIDE_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
        "GATESIDE_TWILIO_API_BASE_URL": f"http://127.0.0.1:{settings.twilio_stand_in_port}",
        "GATESIDE_TWILIO_STAND_IN_PORT": str(settings.twilio_stand_in_port),
        "GATESIDE_PUBLIC_URL": settings.base_url,
    }


def stand_in(settings: Settings, logs: Path, environment: Mapping[str, str]) -> Part:
    """The stand-in as a process. It listens on loopback only."""
    return Part(
        "stand-in for Twilio",
        [sys.executable, "-m", "twilio_stand_in"],
        f"http://127.0.0.1:{settings.twilio_stand_in_port}/stand-in/health",
        logs / "twilio_stand_in.log",
        environment,
    )
