"""Messages as Twilio keeps them: the rules of `CreateMessage`, the resource, and what `ListMessage` finds.

By the published OpenAPI document `twilio_api_v2010`; the fields are those that Twilio's own generated client sends.
"""

from __future__ import annotations

import operator
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

from voice.segments import measure

VERSION = "2010-04-01"
FIELDS = frozenset(
    {
        "To", "From", "FallbackFrom", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "StatusCallback",
        "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod", "ForceDelivery",
        "ContentRetention", "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls",
        "ScheduleType", "SendAt", "SendAsMms", "ContentVariables", "MessageIntent", "RiskCheck",
    }
)  # fmt: skip
"""The form fields that `CreateMessage` knows."""

LONGEST_BODY = 1600
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_COMPARED: dict[str, Callable[[datetime, datetime], bool]] = {"DateSent<": operator.le, "DateSent>": operator.ge}


@dataclass
class Message:
    """One message, sent or received, as far as it has come."""

    sid: str
    to: str
    body: str
    sender: str | None
    direction: str
    created_at: datetime
    status: str
    messaging_service_sid: str | None = None
    status_callback: str | None = None
    error_code: int | None = None
    num_media: int = 0
    history: list[str] = field(default_factory=list)
    """The statuses that were told by callback, in the order in which they were."""

    def resource(self, account_sid: str) -> dict[str, Any]:
        """The message as Twilio's API shows it."""
        assigned = self.messaging_service_sid is None or self.status not in ("accepted", "queued")
        created = format_datetime(self.created_at.astimezone(timezone.utc))
        uri = f"/{VERSION}/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "api_version": VERSION,
            "body": self.body,
            "to": self.to,
            "from": self.sender,
            "messaging_service_sid": self.messaging_service_sid,
            "status": self.status,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "num_media": str(self.num_media),
            # Before a messaging service has chosen a sender, Twilio counts no segments.
            "num_segments": str(max(1, measure(self.body).segments)) if assigned else "0",
            "price": None,
            "price_unit": "USD",
            "date_created": created,
            "date_sent": created if self.direction == "inbound" or self.status != "accepted" else None,
            "date_updated": created,
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }


def new_sid(kind: str = "SM") -> str:
    """A fresh identifier: two letters and 32 hex digits."""
    return kind + secrets.token_hex(16)


def wrong_with(fields: Mapping[str, str]) -> tuple[int, str] | None:
    """Twilio's error code and words for what can't be sent; None when it can."""
    unknown = set(fields) - FIELDS
    if unknown:
        return 20001, f"Unknown parameters: {sorted(unknown)}"
    if not fields.get("To"):
        return 21604, "A 'To' phone number is required."
    if not _E164.fullmatch(fields["To"]):
        return 21211, "The 'To' number is not a valid phone number."
    if not fields.get("From") and not fields.get("MessagingServiceSid"):
        return 21603, "A 'From' phone number or a 'MessagingServiceSid' is required."
    if not any(fields.get(name) for name in ("Body", "MediaUrl", "ContentSid")):
        return 21602, "Message body is required."
    if len(fields.get("Body", "")) > LONGEST_BODY:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    return None


def matches(message: Message, wanted: Mapping[str, str]) -> bool:
    """Whether `ListMessage` with these query parameters finds it. Raises ValueError for a date that is none."""
    if wanted.get("To") not in (None, "", message.to) or wanted.get("From") not in (None, "", message.sender):
        return False
    if wanted.get("DateSent"):
        begins, ends = _span(wanted["DateSent"])
        return begins <= message.created_at < ends
    return all(
        compare(message.created_at, _span(wanted[name])[0]) for name, compare in _COMPARED.items() if wanted.get(name)
    )


def error(status: int, code: int, message: str) -> dict[str, Any]:
    """The body of an error."""
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _span(said: str) -> tuple[datetime, datetime]:
    """The day or the second that a date stands for, in GMT as Twilio reads it."""
    at = datetime.fromisoformat(said.replace("Z", "+00:00"))
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return at, at + (timedelta(days=1) if len(said) == len("2026-11-22") else timedelta(seconds=1))
