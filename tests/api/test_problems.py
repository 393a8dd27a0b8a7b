"""Every error is a problem document that tells what to do and nothing it should not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from api.problems import Conflict, TooMany, install_problem_details


class _Said(BaseModel):
    text: int


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problem_details(app, {422: "Write it anew.", 500: "In danger call 999."})

    @app.post("/say")
    async def say(said: _Said) -> None: ...

    @app.get("/conflict")
    async def conflict() -> None:
        raise Conflict("Karen has this person.", taken_by="Karen")

    @app.get("/many")
    async def many() -> None:
        raise TooMany("Too many tries.", retry_after=90)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("my son is called Jamie")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nowhere", 404, "Not Found"),
        ("DELETE", "/say", 405, "Method Not Allowed"),
        ("GET", "/conflict", 409, "Conflict"),
        ("GET", "/many", 429, "Too Many Requests"),
        ("GET", "/broken", 500, "Internal Server Error"),
    ],
)
async def test_an_error_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, status: int, title: str
) -> None:
    answer = await client.request(method, path)
    document: dict[str, Any] = answer.json()
    assert answer.status_code == document["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (document["title"], document["type"]) == (title, "about:blank")


async def test_a_problem_carries_what_the_caller_needs_to_go_on(client: httpx.AsyncClient) -> None:
    assert (await client.get("/conflict")).json()["taken_by"] == "Karen"
    assert (await client.get("/many")).headers["retry-after"] == "90"


async def test_nobodys_words_come_back_in_an_error_or_stand_in_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    refused = await client.post("/say", json={"text": "my son is called Jamie"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["at"] == "body.text"
    assert refused.json()["detail"] == "Write it anew."
    broken = await client.get("/broken")
    assert broken.json()["detail"] == "In danger call 999."
    for text in (refused.text, broken.text, *(record.getMessage() for record in caplog.records)):
        assert "Jamie" not in text
    assert "RuntimeError" in caplog.text


async def test_what_is_not_json_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/say", content=b'{"text": ', headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
