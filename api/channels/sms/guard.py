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
        if not _signed(request, settings, _Signed(fields)):
            raise Forbidden("The signature is missing or wrong.")
        told = dict(fields)
        if told.get("AccountSid", settings.twilio_account_sid) != settings.twilio_account_sid:
            raise Forbidden("This is another account's.")
        return told


class _Signed(dict[str, str]):
    """Fields as Twilio's validator reads them; a field that comes twice counts twice."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__(fields)
        self._fields = fields

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self._fields if key == name]


def _signed(request: Request, settings: Settings, fields: _Signed) -> bool:
    """Whether a token of ours signed this, over the address that people reach; a proxy may have asked by another."""
    query = f"?{request.url.query}" if request.url.query else ""
    address = f"{settings.base_url}{request.url.path}{query}"
    signature = request.headers.get(SIGNATURE, "")
    # While the account's token is being changed, either of the two may have signed.
    tokens = [one for one in (settings.twilio_auth_token, settings.twilio_auth_token_before) if one is not None]
    return any(RequestValidator(token.get_secret_value()).validate(address, fields, signature) for token in tokens)
