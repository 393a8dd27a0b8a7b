"""The keys of this installation: made on first start, owner-only, never in the repository."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from api.settings import Settings


@dataclass(frozen=True)
class Keys:
    """What this installation keeps secret."""

    encryption: bytes
    lookup: bytes
    service_token: str


def load_keys(settings: Settings) -> Keys:
    """Read the keys in `<home>/keys`, making those that are missing with owner-only rights."""
    folder = settings.home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    chosen = settings.service_token.get_secret_value() if settings.service_token else None
    return Keys(
        encryption=_read_or_make(folder / "encryption_key", Fernet.generate_key().decode()).encode(),
        lookup=_read_or_make(folder / "lookup_key", secrets.token_hex(32)).encode(),
        service_token=chosen or _read_or_make(folder / "service_token", secrets.token_urlsafe(32)),
    )


def _read_or_make(path: Path, fresh: str) -> str:
    """Two processes that start together end with one key: whoever creates the file first decides."""
    pending = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(fresh)
    try:
        os.link(pending, path)
    except FileExistsError:
        return path.read_text().strip()
    else:
        return fresh
    finally:
        pending.unlink()
