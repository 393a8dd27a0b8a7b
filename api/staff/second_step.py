"""The second step of signing in: a code from the owner's phone (RFC 6238), or a recovery code that opens once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service as audit
from api.problems import Forbidden, Unprocessable
from api.staff import repository
from api.staff.models import RecoveryCode, SecondStep, Staff
from api.staff.permissions import needs_second_step
from api.staff.service import hash_secret
from reference.clock import Clock

ISSUER = "Gateside"
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter that is taken for another when it is copied from paper."""
_SECONDS = 30
_CLOCKS_APART = 1
"""Half minutes by which a telephone's clock may be wrong (RFC 6238, 5.2)."""


@dataclass(frozen=True)
class NewSecondStep:
    """What a telephone needs, once: the `secret` to type, and the `address` that a picture of it carries."""

    secret: str
    address: str


class SecondSteps:
    """The rules of the second step. Secrets are kept sealed with the installation's key."""

    def __init__(self, *, encryption_key: bytes, clock: Clock, asked_of_everybody: bool) -> None:
        """`asked_of_everybody`: officers need it too, not leads and admins alone."""
        self._fernet = Fernet(encryption_key)
        self._clock = clock
        self._asked_of_everybody = asked_of_everybody

    def required(self, staff: Staff) -> bool:
        """Whether this account may not go without."""
        return self._asked_of_everybody or needs_second_step(staff.role)

    async def stands(self, session: AsyncSession, staff_id: UUID) -> bool:
        """Whether the account has a second step that was proven to work."""
        step = await repository.second_step_of(session, staff_id)
        return step is not None and step.confirmed_at is not None

    async def begin(self, session: AsyncSession, staff: Staff) -> NewSecondStep:
        """What to show the owner. Until proven the same secret is shown again, so a page loaded anew spoils nothing.

        Raises Forbidden when one stands already: it is taken away first, with one of its codes.
        """
        step = await repository.second_step_of(session, staff.id)
        if step is not None and step.confirmed_at is not None:
            raise Forbidden("This account has a second step already.")
        if step is None:
            sealed = self._fernet.encrypt(pyotp.random_base32().encode()).decode()
            step = SecondStep(staff_id=staff.id, secret_sealed=sealed)
            session.add(step)
            await session.flush()
        secret = self._secret(step)
        return NewSecondStep(secret, pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name=ISSUER))

    async def confirm(self, session: AsyncSession, staff_id: UUID, code: str) -> Sequence[str]:
        """The telephone shows the right code: from now on it is asked for. Returns the recovery codes, told once.

        Raises Unprocessable for a wrong code.
        """
        step = await repository.second_step_of(session, staff_id)
        counter = self._counter_of(step, code) if step is not None and step.confirmed_at is None else None
        if step is None or counter is None:
            raise Unprocessable("That is not the code that the telephone shows now.")
        step.confirmed_at, step.last_counter = self._clock.now(), counter
        await audit.record(session, self._clock, actor=staff_id, action="staff.second_step_set_up", subject=staff_id)
        return await self.new_recovery_codes(session, staff_id)

    async def opens(self, session: AsyncSession, staff_id: UUID, code: str) -> bool:
        """Whether this code, or this recovery code, opens the account now. What opened once never opens again."""
        step = await repository.second_step_of(session, staff_id)
        if step is None or step.confirmed_at is None:
            return False
        counter = self._counter_of(step, code)
        if counter is not None:
            return await repository.use_counter(session, staff_id, counter)
        used = await repository.use_recovery_code(session, staff_id, hash_secret(_plain(code)), self._clock.now())
        if used:
            await audit.record(
                session, self._clock, actor=staff_id, action="staff.recovery_code_used", subject=staff_id
            )
        return used

    async def new_recovery_codes(self, session: AsyncSession, staff_id: UUID) -> Sequence[str]:
        """Ten fresh codes, told once; those before them open nothing any more."""
        codes = ["-".join(_word() for _ in range(3)) for _ in range(RECOVERY_CODES)]
        await repository.forget_recovery_codes(session, staff_id)
        session.add_all(RecoveryCode(staff_id=staff_id, code_hash=hash_secret(_plain(code))) for code in codes)
        await audit.record(session, self._clock, actor=staff_id, action="staff.recovery_codes_made", subject=staff_id)
        return codes

    def _secret(self, step: SecondStep) -> str:
        return self._fernet.decrypt(step.secret_sealed.encode()).decode()

    def _counter_of(self, step: SecondStep, code: str) -> int | None:
        """The half minute whose code this is; None when it is of none that may still be used."""
        digits = "".join(code.split())
        if not (digits.isdecimal() and len(digits) == 6):
            return None
        now = int(self._clock.now().timestamp()) // _SECONDS
        made = pyotp.TOTP(self._secret(step))
        for counter in range(now - _CLOCKS_APART, now + _CLOCKS_APART + 1):
            if counter > step.last_counter and secrets.compare_digest(made.generate_otp(counter), digits):
                return counter
        return None


async def take_away(session: AsyncSession, clock: Clock, staff_id: UUID, *, actor: UUID | str) -> None:
    """Forget the telephone and its recovery codes: the password alone opens, where the role allows that."""
    await repository.forget_second_step(session, staff_id)
    await audit.record(session, clock, actor=actor, action="staff.second_step_taken_away", subject=staff_id)


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())
