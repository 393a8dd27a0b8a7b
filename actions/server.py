"""Starts the actions: `python -m actions.server`."""

from __future__ import annotations

import os

import rasa_sdk.endpoint

from bot.quiet_logs import keep_words_out_of_logs


def main() -> None:
    """Serve on 127.0.0.1 at `GATESIDE_ACTIONS_PORT` (5055) until stopped."""
    keep_words_out_of_logs()
    app = rasa_sdk.endpoint.create_app("actions", cors_origins=None)
    app.run(
        host="127.0.0.1",
        port=int(os.environ.get("GATESIDE_ACTIONS_PORT", "5055")),
        workers=1,
        motd=False,
        access_log=False,
    )


if __name__ == "__main__":
    main()
