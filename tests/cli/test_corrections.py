"""`gateside understand corrections` lists what people chose, for a maintainer to review."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.audit.models import AuditEntry
from api.conversations.models import Author
from api.conversations.service import open_webchat
from api.corrections.models import Correction
from api.database.engine import Database
from api.database.migrate import migrate
from api.delivery.service import speak
from api.settings import read_settings
from cli.main import app
from reference.clock import SystemClock


@pytest.fixture(autouse=True)
def _a_new_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATESIDE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GATESIDE_DATABASE_URL", raising=False)


async def _remember(text: str, chosen: str | None, day: date) -> None:
    database = Database(read_settings().database)
    await migrate(database)
    async with database.write() as session:
        conversation, _ = await open_webchat(session, clock=SystemClock())
        message = await speak(
            session, conversation, author=Author.PERSON, text=text, clock=SystemClock(), epoch=conversation.owner_epoch
        )
        assert message is not None
        session.add(
            Correction(
                message_id=message.id,
                conversation_id=conversation.id,
                guessed=[{"intent": "ask_money", "confidence": 0.2}],
                offered=["ask_money", "ask_housing"],
                chosen=chosen,
                model="60bff616ffd9e048",
                offered_on=day,
            )
        )
    await database.close()


async def _audited() -> list[tuple[str, dict[str, object]]]:
    database = Database(read_settings().database)
    async with database.read() as session:
        entries = (await session.execute(select(AuditEntry))).scalars().all()
    await database.close()
    return [(entry.action, entry.detail) for entry in entries]


def _lines(*options: str) -> list[dict[str, object]]:
    answer = CliRunner().invoke(app, ["understand", "corrections", *options])
    assert answer.exit_code == 0
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_a_choice_is_listed_with_the_words_it_was_about_and_reading_it_is_audited() -> None:
    asyncio.run(_remember("whaur dae a go noo", "ask_housing", date(2026, 11, 20)))
    asyncio.run(_remember("still waiting", None, date(2026, 11, 21)))

    assert _lines() == [
        {
            "text": "whaur dae a go noo",
            "intent": "ask_housing",
            "offered": ["ask_money", "ask_housing"],
            "guessed": [{"intent": "ask_money", "confidence": 0.2}],
            "model": "60bff616ffd9e048",
            "on": "2026-11-20",
        }
    ]
    assert asyncio.run(_audited()) == [("corrections_read", {"messages": 1})]


def test_older_ones_are_left_out_when_a_day_is_named() -> None:
    asyncio.run(_remember("whaur dae a go noo", "ask_housing", date(2026, 11, 20)))

    assert len(_lines("--since", "2026-11-20")) == 1
    assert _lines("--since", "2026-11-21") == []


def test_nothing_to_correct_is_nothing_said() -> None:
    assert _lines() == []
