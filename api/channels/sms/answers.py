"""What Twilio's answers and reports mean for a parcel."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from api.conversations.models import Status
from api.delivery.failures import text_rules
from api.delivery.sender import Permanent, SendError, SendResult, Temporary, Unknown

_STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}


def message_status(provider_status: str) -> Status | None:
    """How far a text has come by Twilio's word for it; None for words that tell nothing new (`queued`, `sending`)."""
    return _STATUSES.get(provider_status.lower())


def result_of(text: Mapping[str, Any]) -> SendResult:
    """What Twilio says of a text that it has: at least that it took it."""
    code = text.get("error_code")
    return SendResult(
        str(text["sid"]), message_status(str(text.get("status"))) or Status.SENT, str(code) if code else None
    )


def refusal(response: httpx.Response) -> SendError:
    """Twilio's refusal as one of delivery's errors. Its message may name the number and is not passed on.

    Whatever fails inside Twilio, or on the way, may have failed after the text was taken: it is looked for.
    """
    code = str(document(response).get("code") or response.status_code)
    if not response.is_client_error or response.status_code == HTTPStatus.REQUEST_TIMEOUT:
        return Unknown(retry_after(response), code=code)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or text_rules().failure(code).again:
        return Temporary(retry_after(response), code=code)
    return Permanent(code)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds after which Twilio wants to be asked again, if it says so."""
    told = response.headers.get("retry-after", "")
    return float(told) if told.isdigit() else None


def document(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; an empty one for anything else."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
