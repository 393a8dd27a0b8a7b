"""Lets in Twilio and nobody else: the signature over the public address and every field decides."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request
from twilio.request_validator import RequestValidator

from api.problems import Forbidden
from api.settings import Settings
from api.staff.access import Guard

SIGNATURE = "x-twilio-signature"
Fields = dict[str, str]


class TwilioSigned(Guard):
    """Checks `X-Twilio-Signature`; without Twilio's token in the settings nobody is let in."""

    access = "twilio"

    async def __call__(self, request: Request) -> Fields:
        """The form's fields. Raises Forbidden, before anything is stored."""
        settings: Settings = request.app.state.settings
        # Blank fields are part of what was signed.
        fields = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        if settings.twilio_auth_token is None or not _signed(request, settings, _Signed(fields)):
            raise Forbidden("The signature is missing or wrong.")
        return dict(fields)


class _Signed(dict[str, str]):
    """Fields as Twilio's validator reads them; a field that comes twice counts twice."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__(fields)
        self._fields = fields

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self._fields if key == name]


def _signed(request: Request, settings: Settings, fields: _Signed) -> bool:
    assert settings.twilio_auth_token is not None
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"{settings.base_url}{request.url.path}{query}"
    validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
    return bool(validator.validate(address, fields, request.headers.get(SIGNATURE, "")))
