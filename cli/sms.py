"""`gateside sms check`: what Twilio says of the account, and what is wrong with it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
import typer

from api.settings import Settings, read_settings

UNSET, WRONG, UNREACHED = 2, 1, 3
"""Exit codes: settings are missing; something is wrong at Twilio's; Twilio could not be asked."""

LONGEST_VALIDITY_SECONDS = 14400
"""A text that reaches somebody later than four hours after it was written may do harm."""

_TWILIO = "https://api.twilio.com"
_TWILIO_MESSAGING = "https://messaging.twilio.com"
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` says what to do when it is wrong."""

    what: str
    mend: str | None = None
    certain: bool = True
    """Whether Twilio told us; what its API doesn't show is only a reminder."""

    @property
    def wrong(self) -> bool:
        """Whether it has to be mended."""
        return self.mend is not None and self.certain


class NotAnswered(Exception):
    """Twilio could not be asked, or does not know us. The words are for the operator."""


class Twilio:
    """Twilio's API, read only."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        """`settings` must have the account and its token."""
        assert settings.twilio_auth_token
        self._account = settings.twilio_account_sid
        self._api = str(settings.twilio_api_base_url).rstrip("/")
        self._messaging = _TWILIO_MESSAGING if self._api == _TWILIO else self._api
        self._http = httpx.Client(
            auth=(str(self._account), settings.twilio_auth_token.get_secret_value()),
            timeout=_PATIENCE_SECONDS,
            transport=transport,
        )

    def account(self) -> dict[str, Any]:
        """The account. Raises NotAnswered."""
        return self._read(f"{self._api}/2010-04-01/Accounts/{self._account}.json") or {}

    def service(self, sid: str) -> dict[str, Any] | None:
        """A messaging service; None when there is none. Raises NotAnswered."""
        return self._read(f"{self._messaging}/v1/Services/{sid}")

    def pool(self, sid: str) -> list[dict[str, Any]]:
        """Every number that the service can text from. Raises NotAnswered."""
        found = self._read(f"{self._messaging}/v1/Services/{sid}/PhoneNumbers?PageSize=100") or {}
        return list(found.get("phone_numbers", ()))

    def _read(self, address: str) -> dict[str, Any] | None:
        try:
            answer = self._http.get(address)
        except httpx.HTTPError as error:
            raise NotAnswered(f"Twilio could not be reached ({type(error).__name__}).") from None
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise NotAnswered(
                "Twilio does not know this account with this token: "
                "GATESIDE_TWILIO_ACCOUNT_SID or GATESIDE_TWILIO_AUTH_TOKEN is wrong."
            )
        if answer.status_code != HTTPStatus.OK:
            raise NotAnswered(f"Twilio answered with status {answer.status_code}. Try again in a minute.")
        document: dict[str, Any] = answer.json()
        return document


def register(app: typer.Typer) -> None:
    """Add `gateside sms`."""
    sms = typer.Typer(no_args_is_help=True, help="Text messages.")
    sms.command("check")(check)
    app.add_typer(sms, name="sms")


def check() -> None:
    """Read the account and the messaging service at Twilio's, and say what is wrong.

    Ends with 0 when all is well, 1 when something is wrong, 2 when settings are missing, 3 when Twilio can't be asked.
    """
    settings = read_settings()
    missing = list(missing_settings(settings))
    if missing:
        print("These settings are missing: " + ", ".join(missing) + ".")
        print("docs/running.md says where to find them. Without them, in development, texts are played at /dev/phone.")
        raise typer.Exit(UNSET)
    try:
        findings = list(look(settings, Twilio(settings)))
    except NotAnswered as failure:
        print(failure)
        raise typer.Exit(UNREACHED) from None
    for finding in findings:
        print(_line(finding))
    wrong = sum(finding.wrong for finding in findings)
    print("\nAll is well." if not wrong else f"\n{wrong} to mend.")
    raise typer.Exit(WRONG if wrong else 0)


def missing_settings(settings: Settings) -> Iterator[str]:
    """The settings without which no text goes out or comes in."""
    wanted = {
        "GATESIDE_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "GATESIDE_TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "GATESIDE_TWILIO_MESSAGING_SERVICE_SID": settings.twilio_messaging_service_sid,
    }
    return (name for name, value in wanted.items() if not value)


def look(settings: Settings, twilio: Twilio) -> Iterator[Finding]:
    """Everything there is to say. Raises NotAnswered."""
    status = str(twilio.account().get("status"))
    yield Finding(
        f"the account is {status}", None if status == "active" else "Open Twilio's console: the account can't send."
    )
    address = settings.base_url
    yield Finding(
        f"people and Twilio reach Gateside at {address}",
        None if address.startswith("https://") else "Set GATESIDE_PUBLIC_URL to the https address for Twilio.",
    )
    sid = str(settings.twilio_messaging_service_sid)
    service = twilio.service(sid)
    if service is None:
        mend = "GATESIDE_TWILIO_MESSAGING_SERVICE_SID names none of this account's services."
        yield Finding(f"there is no messaging service {sid}", mend)
        return
    yield Finding(f"the messaging service is called {service.get('friendly_name')}")
    yield from _webhooks(service, f"{address}/webhooks/twilio")
    yield from _sending(service)
    yield from _numbers(twilio.pool(sid), settings.sms_number)
    yield Finding(
        "Twilio does not tell what it answers to STOP, START and HELP",
        "In the service, under Opt-Out Management, switch Advanced Opt-Out on. Take INFO out of the HELP words, and as "
        "the answer to HELP put: In danger call 999. Another text from us follows. Leave STOP and START as they are.",
        certain=False,
    )


def _webhooks(service: Mapping[str, Any], hooks: str) -> Iterator[Finding]:
    if service.get("use_inbound_webhook_on_number"):
        deferred = "In the service, under Integration, choose Send a webhook, not Defer to sender's webhook."
        yield Finding("incoming texts go where each number says, not where the service says", deferred)
    for called, key, path in (
        ("incoming texts", "inbound_request_url", "messages"),
        ("texts that fail there", "fallback_url", "fallback"),
    ):
        wanted, told = f"{hooks}/{path}", service.get(key)
        field = "Request URL" if path == "messages" else "Fallback URL"
        mend = None if told == wanted else f"In the service, under Integration, set the {field} to {wanted}"
        yield Finding(f"{called} go to {told or 'nowhere'}", mend)
    for key in ("inbound_method", "fallback_method"):
        if str(service.get(key)).upper() != "POST":
            yield Finding(f"{key} is {service.get(key)}", "Set it to HTTP POST: only that is signed whole.")
    callback = service.get("status_callback")
    right = callback in (None, "", f"{hooks}/status")
    yield Finding(
        f"reports about sent texts go to {callback or 'the address that each text carries'}",
        None if right else "Leave the service's Status Callback URL empty: each text carries its own.",
    )


def _sending(service: Mapping[str, Any]) -> Iterator[Finding]:
    seconds = int(service.get("validity_period") or 0)
    late = seconds > LONGEST_VALIDITY_SECONDS
    mend = f"In the service, under Sender settings, set the validity period to {LONGEST_VALIDITY_SECONDS} or less."
    yield Finding(f"a text that can't be sent is given up after {seconds // 60} minutes", mend if late else None)
    if not service.get("sticky_sender"):
        mend = "Switch Sticky Sender on: a person should always hear from the same number."
        yield Finding("people may be texted from different numbers", mend)


def _numbers(pool: list[dict[str, Any]], shown: str | None) -> Iterator[Finding]:
    if not pool:
        yield Finding("the sender pool is empty", "Add a number that can text to the service's Sender Pool.")
        return
    for number in pool:
        can = [str(one).upper() for one in number.get("capabilities") or ()]
        texts = "SMS" in can
        mend = None if texts else "This number can't text. Buy one with SMS and take this one out of the pool."
        yield Finding(f"{number.get('phone_number')} can do: {', '.join(can) or 'nothing'}", mend)
        if number.get("country_code") != "GB":
            yield Finding(
                f"{number.get('phone_number')} is not a British number",
                "Use one: texting it must not cost anybody more than a text at home.",
            )
    numbers = [number.get("phone_number") for number in pool]
    if shown is not None and shown not in numbers:
        yield Finding(f"pages show {shown}, which is not in the pool", "Set GATESIDE_SMS_NUMBER to one of the pool.")


def _line(finding: Finding) -> str:
    mark = "ok   " if finding.mend is None else ("WRONG" if finding.certain else "check")
    return f"{mark}  {finding.what}" + (f"\n       {finding.mend}" if finding.mend else "")
