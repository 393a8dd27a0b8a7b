"""Staff for tests."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cryptography.fernet import Fernet

from api.database.engine import Database
from api.staff import service
from api.staff.models import Role, Staff, StaffSession
from api.staff.second_step import SecondSteps
from reference.clock import Clock


@dataclass(frozen=True)
class Colleague:
    """A member of staff, with an open console when `session_id` is set, and a script's token."""

    staff: Staff
    token: str
    session_id: UUID | None

    @property
    def id(self) -> UUID:
        return self.staff.id

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def hire(
    database: Database, clock: Clock, name: str = "Karen Muir", *, role: Role = Role.OFFICER, present: bool = False
) -> Colleague:
    """An account with a token; `present` opens a console, seen now."""
    email = f"{name.replace(' ', '.').lower()}@example.org"
    async with database.write() as session:
        staff = (await service.invite(session, clock, name=name, email=email, role=role, actor="cli")).staff
        token = await service.issue_token(session, clock, email=email, actor="cli")
        opened = None
        if present:
            opened = StaffSession(
                staff_id=staff.id,
                token_hash=service.hash_secret(f"cookie of {email}"),
                csrf_token="csrf",
                created_at=clock.now(),
                expires_at=clock.now().replace(year=clock.now().year + 1),
                last_seen_at=clock.now(),
            )
            session.add(opened)
            await session.flush()
    return Colleague(staff, token, opened.id if opened else None)


_KEY = Fernet.generate_key()


def second_steps(clock: Clock, *, asked_of_everybody: bool = False) -> SecondSteps:
    """The rules of the second step, with a key of the tests."""
    return SecondSteps(encryption_key=_KEY, clock=clock, asked_of_everybody=asked_of_everybody)
