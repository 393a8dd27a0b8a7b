"""The secret that the service's own processes show one another."""

from __future__ import annotations

import os
import secrets

from reference.paths import home_folder


def service_token() -> str:
    """`GATESIDE_SERVICE_TOKEN`, otherwise the one in `<GATESIDE_HOME>/keys/service_token`, made on first use."""
    chosen = os.environ.get("GATESIDE_SERVICE_TOKEN", "").strip()
    if chosen:
        return chosen
    file = home_folder() / "keys" / "service_token"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii").strip()
