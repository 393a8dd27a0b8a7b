"""The stand-in as a process: `python -m twilio_stand_in`, set by the same variables as the service."""

from __future__ import annotations

import asyncio
import os

import httpx
import uvicorn

from reference.clock import clock_from_environment
from twilio_stand_in.services import MessagingService
from twilio_stand_in.stand_in import TwilioStandIn
from twilio_stand_in.webhooks import PATIENCE_SECONDS


async def run() -> None:
    """Serve on loopback until ended."""
    public_url = os.environ["GATESIDE_PUBLIC_URL"].rstrip("/")
    stand_in = TwilioStandIn(
        account_sid=os.environ["GATESIDE_TWILIO_ACCOUNT_SID"],
        auth_token=os.environ["GATESIDE_TWILIO_AUTH_TOKEN"],
        clock=clock_from_environment(),
        service=MessagingService(public_url, sid=os.environ["GATESIDE_TWILIO_MESSAGING_SERVICE_SID"]),
        opt_out="advanced",
    )
    async with httpx.AsyncClient(base_url=os.environ["GATESIDE_API_URL"], timeout=PATIENCE_SECONDS) as http:
        stand_in.connect(http, public_url)
        port = int(os.environ["GATESIDE_TWILIO_STAND_IN_PORT"])
        await uvicorn.Server(uvicorn.Config(stand_in.app, port=port, access_log=False, log_level="warning")).serve()


if __name__ == "__main__":
    asyncio.run(run())
