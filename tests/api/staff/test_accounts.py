"""People are invited, choose their own password, sign in, and are present while their console is open."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from api.database.engine import Database
from api.problems import Conflict, NotFound, TooMany, Unprocessable
from api.staff import repository, service
from api.staff.models import Role, Staff, StaffSession
from api.staff.service import hash_secret
from api.staff.sign_in import Attempts, SignedIn, SignInRefused, sign_in, sign_out
from tests.api.clocks import FixedClock
from tests.api.people import hire, second_steps

EMAIL = "karen@example.org"
PASSWORD = "porridge lantern ferry"


async def _invite(database: Database, clock: FixedClock) -> str:
    async with database.write() as session:
        invited = await service.invite(session, clock, name="Karen Muir", email=EMAIL, role=Role.OFFICER, actor="cli")
    return invited.token


async def _accept(database: Database, clock: FixedClock, token: str, password: str = PASSWORD) -> Staff:
    async with database.write() as session:
        return await service.accept_invitation(session, clock, token=token, password=password)


@pytest.fixture
async def karen(database: Database, clock: FixedClock) -> Staff:
    return await _accept(database, clock, await _invite(database, clock))


@pytest.fixture
def attempts() -> Attempts:
    return Attempts()


async def _sign_in(
    database: Database, clock: FixedClock, attempts: Attempts, email: str = EMAIL, password: str = PASSWORD
) -> SignedIn:
    return await sign_in(
        database, clock, attempts, second_steps(clock), email=email, password=password, address="192.0.2.1", hours=12
    )


async def test_who_was_invited_sets_a_password_once_and_signs_in_with_it(
    database: Database, clock: FixedClock, attempts: Attempts
) -> None:
    token = await _invite(database, clock)
    await _accept(database, clock, token)
    assert (await _sign_in(database, clock, attempts, email="Karen@Example.org ")).staff.name == "Karen Muir"
    with pytest.raises(NotFound):
        await _accept(database, clock, token, "another long password")


async def test_an_old_invitation_opens_nothing(database: Database, clock: FixedClock) -> None:
    token = await _invite(database, clock)
    clock.forward(days=service.INVITATION_DAYS)
    with pytest.raises(NotFound):
        await _accept(database, clock, token)


async def test_a_short_password_is_refused_and_the_link_still_stands(database: Database, clock: FixedClock) -> None:
    token = await _invite(database, clock)
    with pytest.raises(Unprocessable):
        await _accept(database, clock, token, "short")
    async with database.read() as session:
        assert await service.invitation_stands(session, clock, token)


async def test_the_same_email_is_one_account(database: Database, clock: FixedClock) -> None:
    await _invite(database, clock)
    with pytest.raises(Conflict):
        await _invite(database, clock)


async def test_nothing_that_opens_anything_stands_in_the_tables(
    database: Database, clock: FixedClock, karen: Staff, attempts: Attempts
) -> None:
    signed_in = await _sign_in(database, clock, attempts)
    async with database.read() as session:
        kept = (await session.execute(select(StaffSession))).scalar_one()
        account = (await session.execute(select(Staff))).scalar_one()
    assert signed_in.token not in vars(kept).values()
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD)])
async def test_a_wrong_guess_is_refused_in_the_same_words(
    database: Database, clock: FixedClock, karen: Staff, attempts: Attempts, email: str, password: str
) -> None:
    with pytest.raises(SignInRefused, match="do not go together"):
        await _sign_in(database, clock, attempts, email, password)


async def test_an_account_that_was_closed_opens_nothing(
    database: Database, clock: FixedClock, karen: Staff, attempts: Attempts
) -> None:
    async with database.write() as session:
        await session.execute(update(Staff).values(active=False))
    with pytest.raises(SignInRefused):
        await _sign_in(database, clock, attempts)


async def test_guessing_at_an_account_is_stopped_after_five_tries(
    database: Database, clock: FixedClock, attempts: Attempts
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await _sign_in(database, clock, attempts, "nobody@example.org")
    with pytest.raises(TooMany) as refused:
        await _sign_in(database, clock, attempts, "Nobody@example.org")
    assert 0 < int(refused.value.headers["Retry-After"]) <= 301


async def test_signing_out_ends_the_session_itself(
    database: Database, clock: FixedClock, karen: Staff, attempts: Attempts
) -> None:
    signed_in = await _sign_in(database, clock, attempts)
    async with database.write() as session:
        await sign_out(session, signed_in.token)
    async with database.read() as session:
        assert await repository.session_by_token_hash(session, hash_secret(signed_in.token)) is None


async def test_who_has_an_open_console_is_on_shift_and_who_left_it_is_not(
    database: Database, clock: FixedClock
) -> None:
    here = await hire(database, clock, "Karen Muir", present=True)
    await hire(database, clock, "Script Only")
    await hire(database, clock, "Ad Min", role=Role.ADMIN, present=True)

    async def on_shift() -> list[str]:
        async with database.read() as session:
            return [one.name for one in await service.on_shift(session, clock.now(), presence_seconds=45)]

    assert await on_shift() == ["Karen Muir"]
    clock.forward(seconds=46)
    assert await on_shift() == []
    assert here.session_id is not None
    async with database.write() as session:
        await service.touch(session, clock, here.session_id)
    assert await on_shift() == ["Karen Muir"]
    async with database.write() as session:
        await service.gone(session, here.session_id)
    assert await on_shift() == []
