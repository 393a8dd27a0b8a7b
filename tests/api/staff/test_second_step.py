"""A password alone opens no lead's account; a code opens once; a lost phone locks nobody out for ever."""

from __future__ import annotations

from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select

from api.audit.models import AuditEntry
from api.database.engine import Database
from api.problems import Forbidden, TooMany, Unprocessable
from api.staff import repository, service
from api.staff.models import RecoveryCode, Role, SecondStep, Staff, Stage
from api.staff.second_step import RECOVERY_CODES, SecondSteps, take_away
from api.staff.service import hash_secret
from api.staff.sign_in import SECOND_STEP_MINUTES, Attempts, SignedIn, SignInRefused, pass_second_step, sign_in
from tests.api.clocks import FixedClock
from tests.api.people import second_steps

PASSWORD = "porridge lantern ferry"


@pytest.fixture
def steps(clock: FixedClock) -> SecondSteps:
    return second_steps(clock)


@pytest.fixture
def attempts() -> Attempts:
    return Attempts()


class Account:
    """Somebody with a password, and their phone."""

    def __init__(self, database: Database, clock: FixedClock, steps: SecondSteps, attempts: Attempts, staff: Staff):
        self.database, self.clock, self.steps, self.attempts, self.staff = database, clock, steps, attempts, staff
        self.phone = pyotp.TOTP(pyotp.random_base32())

    async def sign_in(self) -> SignedIn:
        return await sign_in(
            self.database,
            self.clock,
            self.attempts,
            self.steps,
            email=self.staff.email,
            password=PASSWORD,
            address="192.0.2.1",
            hours=12,
            device="Firefox",
        )

    async def set_up(self) -> list[str]:
        async with self.database.write() as session:
            self.phone = pyotp.TOTP((await self.steps.begin(session, self.staff)).secret)
            return list(await self.steps.confirm(session, self.staff.id, self.code()))

    def code(self) -> str:
        return self.phone.at(self.clock.now())

    async def gives(self, code: str, signed_in: SignedIn | None = None) -> SignedIn:
        waiting = signed_in or await self.sign_in()
        return await pass_second_step(
            self.database,
            self.clock,
            self.attempts,
            self.steps,
            staff_id=self.staff.id,
            session_id=await self.session_of(waiting),
            code=code,
            hours=12,
        )

    async def session_of(self, signed_in: SignedIn) -> UUID:
        async with self.database.read() as session:
            found = await repository.session_by_token_hash(session, hash_secret(signed_in.token))
        assert found is not None
        return found[0].id


async def account(
    database: Database, clock: FixedClock, steps: SecondSteps, attempts: Attempts, role: Role = Role.LEAD
) -> Account:
    async with database.write() as session:
        invited = await service.invite(
            session, clock, name="Karen Muir", email="karen@example.org", role=role, actor="cli"
        )
        staff = await service.accept_invitation(session, clock, token=invited.token, password=PASSWORD)
    return Account(database, clock, steps, attempts, staff)


@pytest.fixture
async def lead(database: Database, clock: FixedClock, steps: SecondSteps, attempts: Attempts) -> Account:
    return await account(database, clock, steps, attempts)


@pytest.mark.parametrize(
    ("role", "asked_of_everybody", "stage"),
    [
        (Role.LEAD, False, Stage.SET_UP),
        (Role.ADMIN, False, Stage.SET_UP),
        (Role.OFFICER, False, Stage.OPEN),
        (Role.OFFICER, True, Stage.SET_UP),
    ],
)
async def test_whose_role_needs_it_is_led_to_set_it_up(
    database: Database, clock: FixedClock, attempts: Attempts, role: Role, asked_of_everybody: bool, stage: Stage
) -> None:
    somebody = await account(
        database, clock, second_steps(clock, asked_of_everybody=asked_of_everybody), attempts, role
    )
    assert (await somebody.sign_in()).stage is stage


async def test_a_code_from_the_phone_opens_a_new_session_and_ends_the_one_on_the_way(lead: Account) -> None:
    await lead.set_up()
    lead.clock.forward(seconds=30)
    waiting = await lead.sign_in()
    assert waiting.stage is Stage.CODE
    assert (waiting.expires_at - lead.clock.now()).total_seconds() == SECOND_STEP_MINUTES * 60
    opened = await lead.gives(lead.code(), waiting)
    assert opened.stage is Stage.OPEN
    assert opened.token != waiting.token
    async with lead.database.read() as session:
        assert await repository.session_by_token_hash(session, hash_secret(waiting.token)) is None
        (kept,) = await repository.sessions_of(session, lead.staff.id, lead.clock.now())
    assert kept.device == "Firefox"


async def test_a_code_opens_once(lead: Account) -> None:
    await lead.set_up()
    with pytest.raises(SignInRefused):
        await lead.gives(lead.code())
    lead.clock.forward(seconds=30)
    await lead.gives(lead.code())
    with pytest.raises(SignInRefused):
        await lead.gives(lead.code())


@pytest.mark.parametrize(("seconds_apart", "opens"), [(-30, True), (30, True), (-60, False), (60, False)])
async def test_a_phones_clock_may_be_half_a_minute_wrong(lead: Account, seconds_apart: int, opens: bool) -> None:
    await lead.set_up()
    lead.clock.forward(minutes=10)
    code = lead.phone.at(int(lead.clock.now().timestamp()) + seconds_apart)
    if opens:
        assert (await lead.gives(code)).stage is Stage.OPEN
    else:
        with pytest.raises(SignInRefused):
            await lead.gives(code)


async def test_a_recovery_code_opens_once_however_it_is_written(lead: Account) -> None:
    codes = await lead.set_up()
    assert len(set(codes)) == RECOVERY_CODES
    await lead.gives(codes[0].upper().replace("-", " "))
    with pytest.raises(SignInRefused):
        await lead.gives(codes[0])
    async with lead.database.read() as session:
        assert await repository.recovery_codes_left(session, lead.staff.id) == RECOVERY_CODES - 1
        deeds = (await session.execute(select(AuditEntry.action))).scalars().all()
    assert "staff.recovery_code_used" in deeds
    assert "staff.code_refused" in deeds


async def test_new_recovery_codes_end_the_old_ones(lead: Account) -> None:
    old = await lead.set_up()
    async with lead.database.write() as session:
        new = await lead.steps.new_recovery_codes(session, lead.staff.id)
    with pytest.raises(SignInRefused):
        await lead.gives(old[0])
    assert (await lead.gives(new[0])).stage is Stage.OPEN


async def test_guessing_at_codes_is_stopped_after_five_tries_though_the_password_was_right(lead: Account) -> None:
    await lead.set_up()
    lead.clock.forward(minutes=2)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await lead.gives("000000")
    with pytest.raises(TooMany):
        await lead.gives(lead.code())


async def test_until_it_is_proven_it_is_not_asked_for_and_stays_the_same(lead: Account) -> None:
    async with lead.database.write() as session:
        first = await lead.steps.begin(session, lead.staff)
    async with lead.database.write() as session:
        assert await lead.steps.begin(session, lead.staff) == first
        with pytest.raises(Unprocessable):
            await lead.steps.confirm(session, lead.staff.id, "000000")
    assert (await lead.sign_in()).stage is Stage.SET_UP


async def test_nobody_puts_their_own_phone_in_the_place_of_one_that_stands(lead: Account) -> None:
    await lead.set_up()
    async with lead.database.write() as session:
        with pytest.raises(Forbidden):
            await lead.steps.begin(session, lead.staff)
        with pytest.raises(Unprocessable):
            await lead.steps.confirm(session, lead.staff.id, lead.code())


async def test_taken_away_it_is_set_up_anew(lead: Account) -> None:
    codes = await lead.set_up()
    async with lead.database.write() as session:
        await take_away(session, lead.clock, lead.staff.id, actor="cli")
    assert (await lead.sign_in()).stage is Stage.SET_UP
    async with lead.database.write() as session:
        assert not await lead.steps.opens(session, lead.staff.id, codes[0])


async def test_what_stands_in_the_tables_makes_no_code(lead: Account) -> None:
    codes = await lead.set_up()
    async with lead.database.read() as session:
        step = (await session.execute(select(SecondStep))).scalar_one()
        kept = (await session.execute(select(RecoveryCode.code_hash))).scalars().all()
    assert lead.phone.secret not in step.secret_sealed
    assert not {code.replace("-", "") for code in codes} & set(kept)
