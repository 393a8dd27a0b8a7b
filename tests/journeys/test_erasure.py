"""Distinctive words and a number go everywhere the service keeps anything; after the wipe they are nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from api.conversations.phone_numbers import NumberSafe
from api.database.engine import Database
from api.keys import load_keys
from api.reception.arrivals import Arrival, TextSender
from api.reception.spool import Spool
from api.reception.spooling import note_of
from api.settings import Settings
from tests.api.conftest import postgresql_address, postgresql_server  # noqa: F401 - fixtures, asked for by name
from tests.journeys.conftest import ON_CALL, TUESDAY_EVENING, Phone, Twilio
from tests.journeys.house import House

NUMBER, OTHER_NUMBER = "+447700900876", "+447700900865"
DIGITS, OTHER_DIGITS = "7700900876", "7700900865"
NAME, TOWN, SONG = "Quillfeather", "Brambleworth", "zyxomma"
"""Words that nothing else here says."""

WORDS = (
    *(NAME, TOWN, SONG),
    *(shape for digits in (DIGITS, OTHER_DIGITS) for shape in (digits, f"{digits[:4]} {digits[4:]}")),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def here(request: pytest.FixtureRequest, twilio: Twilio, tmp_path: Path) -> Iterator[House]:
    """A whole Gateside of this test's own, with real Rasa, over each database."""
    settings = {**twilio.settings, "GATESIDE_CLOCK": TUESDAY_EVENING, "GATESIDE_ON_CALL_NUMBER": ON_CALL}
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql_address")
        settings["GATESIDE_DATABASE_URL"] = address.replace("postgresql+asyncpg", "postgresql")
    house = House(tmp_path / "home", settings)
    try:
        yield house.start()
    finally:
        house.stop()


def test_after_a_wipe_by_a_person_on_either_channel_or_by_staff_the_words_and_the_numbers_are_nowhere(
    here: House, twilio: Twilio
) -> None:
    web = _Web(here)
    phone, other_phone = Phone(here, twilio, NUMBER), Phone(here, twilio, OTHER_NUMBER)
    here.hire("Morag Bain", "morag@example.org", role="lead")
    with here.staff_client("morag@example.org") as morag:
        web.write(f"my son {NAME} gets out of kilmarnock on 3 december, we stay in {TOWN}")
        web.write(f"{SONG} {SONG} blorp")
        web.put("release-plan", {"release_date": "2026-12-03", "prison": "kilmarnock"})
        _through_an_officer(here, morag, web, said=f"Hello, about {NAME}")
        phone.text(f"{NAME} wont wake from his {SONG} sleep but he breathes, im in {TOWN}. ring {NUMBER}")
        here.wait_for(lambda: phone.received, 60)
        phone.text(f"he is breathing, he is awake. its {NAME}")
        phone.text("person")
        _through_an_officer(here, morag, None, said=f"Is {NAME} with you in {TOWN}?")
        other_phone.text(f"im {NAME} fae {TOWN}, oot yesterday. can somebody ring {OTHER_NUMBER} about the {SONG}")
        other_phone.text("person")
        _through_an_officer(here, morag, None, said=f"We will ring {OTHER_NUMBER}, {NAME}.")
        _leave_on_the_disk(here)
        here.wait_for(lambda: not list((here.home / "spool").glob("*.sealed")), 60)

    before = asyncio.run(_everything(here))
    assert all(word.encode() in before for word in (NAME, TOWN, SONG)), "the test itself must be able to find them"
    assert {NUMBER, OTHER_NUMBER} <= {sent.to for sent in twilio.stand_in.messages}

    assert web.wipe() == 204
    phone.text("delete my data")
    assert "deleted" in phone.text("delete").text
    with here.staff_client("morag@example.org") as morag:
        wiped = morag.post("/api/v1/people/erase", json={"number": OTHER_NUMBER})
        assert wiped.json() == {"conversations": 1, "alert_stays": False}
    here.wait_for(lambda: asyncio.run(_owed(here)) == 0, 240)

    after = asyncio.run(_everything(here))
    assert [word for word in WORDS if word.encode() in after] == []
    theirs = {NUMBER, OTHER_NUMBER}
    assert [one.body for one in twilio.stand_in.messages if theirs & {one.to, one.sender}] == []
    assert asyncio.run(_left(here)) == {"conversations": 0, "messages": 0, "facts": 0, "tracker_events": 0}
    if _on_postgresql(here):
        # Dead rows and the write-ahead log are the operator's: this is what docs/privacy.md tells them to do.
        assert [word for word in WORDS if word.encode() in asyncio.run(_files_after_vacuum(here))] == []


class _Web:
    """A webchat over plain HTTP."""

    def __init__(self, house: House) -> None:
        self._http = httpx.Client(base_url=house.address, timeout=90)
        opened = self._http.post("/api/v1/conversations").json()
        self._path = f"/api/v1/conversations/{opened['id']}"
        self._http.headers["Authorization"] = f"Bearer {opened['token']}"
        self._count = 0

    def write(self, said: str) -> None:
        self._count += 1
        message = {"client_id": str(self._count), "text": said}
        assert self._http.post(f"{self._path}/messages?wait=10", json=message).status_code == 202

    def put(self, what: str, body: dict[str, Any]) -> None:
        assert self._http.put(f"{self._path}/{what}", json=body).status_code == 200

    def wipe(self) -> int:
        return self._http.delete(self._path).status_code


def _through_an_officer(house: House, officer: httpx.Client, web: _Web | None, *, said: str) -> None:
    """Asked for, taken, spoken with, noted, and wrapped up, with the words in everything an officer writes."""
    if web is not None:
        web.write("person")
    waiting = "/api/v1/handoffs?state=waiting"
    house.wait_for(lambda: officer.get(waiting).json()["items"], 60)
    taken = officer.post("/api/v1/handoffs/next").json()
    path = f"/api/v1/handoffs/{taken['id']}"
    assert officer.post(f"{path}/messages", json={"text": said}).is_success
    for audience in ("staff", "person"):
        note = {"text": f"{NAME} of {TOWN} sings {SONG}", "audience": audience}
        assert officer.post(f"{path}/notes", json=note).is_success
    ending = {"outcome": "safe", "note": f"{NAME} is safe", "agreed": f"We ring {TOWN} on Friday"}
    assert officer.post(f"{path}/wrap-up", json=ending).is_success


def _leave_on_the_disk(house: House) -> None:
    """What the api does with a text that the database would not take."""
    keys = load_keys(Settings(home=house.home))
    numbers = NumberSafe(encryption_key=keys.encryption, lookup_key=keys.lookup)
    sender = TextSender(numbers.fingerprint(NUMBER), numbers.seal(NUMBER))
    Spool(house.home / "spool", numbers).put(note_of(Arrival(sender, "SM" + "7" * 32, f"{SONG} in {TOWN}")))


def _databases(house: House) -> list[Database]:
    """The service's, and the assistant's where it has one of its own."""
    if _on_postgresql(house):
        return [Database(Settings(database_url=house.environment["GATESIDE_DATABASE_URL"]).database)]
    return [Database(f"sqlite+aiosqlite:///{house.home / name}") for name in ("gateside.db", "tracker.db")]


async def _everything(house: House) -> bytes:
    """Every row of every table, and every byte of every file: databases with free pages and logs, spool, logs."""
    found: list[bytes] = []
    for database in _databases(house):
        async with database.read() as session:
            for table in await _tables(session):
                found.extend(
                    str(tuple(row)).encode() for row in await session.execute(text(f'SELECT * FROM "{table}"'))
                )
        await database.close()
    files = [file for file in house.home.rglob("*") if file.is_file() and "models" not in file.parts]
    assert any("logs" in file.parts for file in files)
    return b"\n".join([*found, *(file.read_bytes() for file in files)])


def _on_postgresql(house: House) -> bool:
    return "GATESIDE_DATABASE_URL" in house.environment


async def _files_after_vacuum(house: House) -> bytes:
    """Every byte of PostgreSQL's own files but its log of changes, once it has let go of dead rows."""
    address = house.environment["GATESIDE_DATABASE_URL"]
    connection = await asyncpg.connect(address)
    for statement in ("VACUUM FULL", "CHECKPOINT"):
        await connection.execute(statement)
    folder = Path(await connection.fetchval("SHOW data_directory"))
    await connection.close()
    files = [file for file in (folder / "base").rglob("*") if file.is_file()]
    assert files
    return b"\n".join(file.read_bytes() for file in files)


async def _tables(session: Any) -> list[str]:
    listed = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if session.get_bind().dialect.name == "postgresql":
        listed = "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    return [str(name) for name in (await session.execute(text(listed))).scalars()]


async def _owed(house: House) -> int:
    """How much has still to be done at the assistant's and at Twilio's."""
    return sum((await _counted(house, "forgettings", "provider_copies")).values())


async def _left(house: House) -> dict[str, int]:
    return await _counted(house, "conversations", "messages", "facts", "tracker_events")


async def _counted(house: House, *names: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for database in _databases(house):
        async with database.read() as session:
            for table in set(names) & set(await _tables(session)):
                counted[table] = (await session.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one()
        await database.close()
    return counted
