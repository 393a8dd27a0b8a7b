"""The phone in the browser is there for a newcomer on this machine, and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from tests.api.clocks import FixedClock
from tests.api.house import build_house

HERE = "http://127.0.0.1:8080"
PLAYED = {"twilio_api_base_url": "http://127.0.0.1:1", "public_url": None}


@asynccontextmanager
async def _browser(
    home: Path, url: str, clock: FixedClock, *, host: str = "127.0.0.1", base: str = HERE, **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    house = build_house(home, url, clock, **{**PLAYED, **settings})
    transport = httpx.ASGITransport(create_app(house.parts.settings, parts=house.parts), client=(host, 5000))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client
    await house.parts.close()


async def test_on_this_machine_in_development_there_is_a_phone(
    tmp_path: Path, database_url: str, clock: FixedClock
) -> None:
    async with _browser(tmp_path, database_url, clock) as browser:
        page = await browser.get("/dev/phone")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
        assert "+447700900201" in page.text
        assert (await browser.get("/dev/phone.js")).headers["content-type"].startswith("text/javascript")
        assert (await browser.get("/dev/phone.css")).status_code == 200
        assert (await browser.get("/dev/phone.html")).status_code == 404
        assert (await browser.get("/dev/phone/texts/nobody")).status_code == 422
        assert (await browser.post("/dev/phone/texts/+447700900201", json={"body": "hello"})).status_code == 502


@pytest.mark.parametrize(
    "otherwise",
    [
        {"environment": "production"},
        {"twilio_api_base_url": "https://api.twilio.com"},
        {"twilio_account_sid": None},
        {"host": "10.0.0.7"},
        {"base": "http://gateside.example.org"},
    ],
)
async def test_everywhere_else_there_is_nothing(
    tmp_path: Path, database_url: str, clock: FixedClock, otherwise: dict[str, str]
) -> None:
    async with _browser(tmp_path, database_url, clock, **otherwise) as browser:  # type: ignore[arg-type]
        for path in ("/dev/phone", "/dev/phone.js", "/dev/phone/texts/+447700900201"):
            assert (await browser.get(path)).status_code == 404, path
        assert (await browser.post("/dev/phone/texts/+447700900201", json={"body": "hello"})).status_code == 404


async def test_whoever_comes_by_a_proxy_finds_nothing(tmp_path: Path, database_url: str, clock: FixedClock) -> None:
    async with _browser(tmp_path, database_url, clock) as browser:
        answer = await browser.get("/dev/phone", headers={"X-Forwarded-For": "203.0.113.7"})
        assert answer.status_code == 404
