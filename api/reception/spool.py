"""Messages that could not be stored wait here, sealed, in files of their owner's only, until the database answers."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from api.conversations.phone_numbers import NumberSafe

_SUFFIX = ".sealed"


class Spool:
    """A folder of sealed notes, read back oldest first."""

    def __init__(self, folder: Path, safe: NumberSafe) -> None:
        """`safe` seals what is written, so that a copied disk tells nothing."""
        self._folder = folder
        self._safe = safe

    def put(self, note: dict[str, Any]) -> None:
        """Keep a note: on the disk, whole, when this returns. Raises OSError when even the disk fails."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Names order the notes by arrival; the clock of the machine is meant here, not the service's.
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        pending = self._folder / f".{name}"
        with os.fdopen(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self._safe.seal(json.dumps(note)))
            file.flush()
            os.fsync(file.fileno())
        pending.rename(self._folder / f"{name}{_SUFFIX}")

    def waiting(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Each note with the file it stands in, oldest first."""
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                sealed = file.read_text()
            except FileNotFoundError:  # another process has replayed it
                continue
            yield file, json.loads(self._safe.open(sealed))

    def done(self, file: Path) -> None:
        """Forget a note that has found its place."""
        file.unlink(missing_ok=True)

    def drop_older(self, than: timedelta, *, unfinished: timedelta) -> int:
        """Take away notes that were written longer ago, and what broke off while being written; returns how many."""
        now, dropped = time.time(), 0
        for file in self._folder.glob("*") if self._folder.is_dir() else ():
            limit = than if file.name.endswith(_SUFFIX) else unfinished
            with contextlib.suppress(FileNotFoundError):  # another process has replayed it
                if now - file.stat().st_mtime > limit.total_seconds():
                    file.unlink()
                    dropped += 1
        return dropped

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return self._folder.is_dir() and any(self._folder.glob(f"*{_SUFFIX}"))
