"""The words that Twilio hears before anybody else, and what it does with them.

By default it answers `STOP` and its kin, and sends nothing more until `START` (its error 21610). A messaging service
with advanced opt-out tells the webhook so besides, in `OptOutType`.
"""

from __future__ import annotations

from typing import Literal

OptOut = Literal["standard", "advanced", "off"]

STOPPED = 21610
_KINDS = {
    "STOP": {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"},
    "START": {"START", "YES", "UNSTOP"},
    "HELP": {"HELP", "INFO"},
}
_ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number."
    " Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
    " Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}

_HELP_AS_SET = "In danger call 999. Another text from us follows."
"""What docs/running.md asks the operator to set as the answer to HELP."""


def kind_of(body: str) -> str | None:
    """`STOP`, `START` or `HELP` for a text that is one of the words as a whole."""
    word = body.strip().upper()
    return next((kind for kind, words in _KINDS.items() if word in words), None)


class StoppedNumbers:
    """Who has stopped the texts at Twilio."""

    def __init__(self) -> None:
        self._stopped: set[str] = set()

    def __contains__(self, number: str) -> bool:
        return number in self._stopped

    def hear(self, number: str, body: str, opt_out: OptOut) -> tuple[str, str] | None:
        """The kind of word and Twilio's own answer to it; None for any other text."""
        if opt_out == "off":
            return None
        kind = kind_of(body)
        if kind is None or (kind == "START" and number not in self._stopped):
            return None
        if kind == "STOP":
            self._stopped.add(number)
        elif kind == "START":
            self._stopped.discard(number)
        return kind, _HELP_AS_SET if kind == "HELP" and opt_out == "advanced" else _ANSWERS[kind]
