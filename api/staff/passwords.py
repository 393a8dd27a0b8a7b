"""Passwords: argon2id, with the same work whether or not the account exists."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
"""Letters a password needs (NCSC: length before rules of composition)."""

LONGEST = 200
"""Letters beyond which nobody's memory goes, but somebody's wish to keep the processor busy might."""

_hasher = PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """The argon2id hash, made beside the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is no hash."""
    return await asyncio.to_thread(_matches, password_hash, password)


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
