"""A messaging service and its numbers, as the messaging API (`twilio_messaging_v1`) shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OUR_NUMBER = "+447700900999"
_MADE = "2026-01-01T00:00:00Z"


@dataclass
class ServiceNumber:
    """A number in the sender pool."""

    number: str = OUR_NUMBER
    country: str = "GB"
    capabilities: tuple[str, ...] = ("SMS", "Voice")
    sms_url: str = ""
    """The webhook on the number itself, which counts only where the service says so."""
    sid: str = "PN" + "2" * 32

    def resource(self, account_sid: str, service_sid: str, base: str) -> dict[str, Any]:
        """The number as one of the service's."""
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "service_sid": service_sid,
            "phone_number": self.number,
            "country_code": self.country,
            "capabilities": list(self.capabilities),
            "date_created": _MADE,
            "date_updated": _MADE,
            "url": f"{base}/v1/Services/{service_sid}/PhoneNumbers/{self.sid}",
        }


@dataclass
class MessagingService:
    """What an operator sets in Twilio's console. `public_url` is where the webhooks are."""

    public_url: str
    sid: str = "MG" + "1" * 32
    friendly_name: str = "Gateside"
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    status_callback: str | None = None
    use_inbound_webhook_on_number: bool = False
    smart_encoding: bool = True
    sticky_sender: bool = True
    validity_period: int = 14400
    numbers: list[ServiceNumber] = field(default_factory=lambda: [ServiceNumber()])

    def __post_init__(self) -> None:
        hooks = self.public_url.rstrip("/") + "/webhooks/twilio"
        self.inbound_request_url = self.inbound_request_url or f"{hooks}/messages"
        self.fallback_url = self.fallback_url or f"{hooks}/fallback"

    @property
    def sender(self) -> str | None:
        """The number that texts go out from."""
        return self.numbers[0].number if self.numbers else None

    def resource(self, account_sid: str, base: str) -> dict[str, Any]:
        """The service as the API shows it."""
        url = f"{base}/v1/Services/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "friendly_name": self.friendly_name,
            "inbound_request_url": self.inbound_request_url,
            "inbound_method": self.inbound_method,
            "fallback_url": self.fallback_url,
            "fallback_method": self.fallback_method,
            "status_callback": self.status_callback,
            "sticky_sender": self.sticky_sender,
            "mms_converter": True,
            "smart_encoding": self.smart_encoding,
            "scan_message_content": "inherit",
            "fallback_to_long_code": False,
            "area_code_geomatch": True,
            "synchronous_validation": False,
            "validity_period": self.validity_period,
            "usecase": "discussion",
            "us_app_to_person_registered": False,
            "use_inbound_webhook_on_number": self.use_inbound_webhook_on_number,
            "date_created": _MADE,
            "date_updated": _MADE,
            "url": url,
            "links": {"phone_numbers": f"{url}/PhoneNumbers"},
        }
