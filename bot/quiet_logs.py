"""Keeps what people write out of the logs: Rasa and its parts log messages, slots and whole requests."""

from __future__ import annotations

import logging

import structlog

_SPEAK_OF_MESSAGES = ("rasa", "rasa_sdk", "sanic.access", "sanic.error", "aiohttp", "asyncio", "apscheduler")


class _NoTrace(logging.Filter):
    """Drops tracebacks and arguments: an error's text may hold a person's words."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.exc_text = None
        return True


def keep_words_out_of_logs() -> None:
    """Only our own log lines and start-up notices remain."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_NoTrace())
    for name in _SPEAK_OF_MESSAGES:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger("gateside").setLevel(logging.INFO)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.ReturnLoggerFactory(),
    )
