"""`gateside sms check` says in plain words what is wrong with the messaging service, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from api.settings import Settings
from cli import sms
from cli.sms import Finding, NotAnswered, Twilio, look, missing_settings
from tests.api.house import settings_for
from tests.serving import serving
from twilio_stand_in import TwilioStandIn
from twilio_stand_in.services import MessagingService, ServiceNumber

PUBLIC = "https://gateside.example.org"


@pytest.fixture
def stand_in() -> TwilioStandIn:
    return TwilioStandIn(service=MessagingService(PUBLIC))


@pytest.fixture
def settings(stand_in: TwilioStandIn, tmp_path: Path) -> Iterator[Settings]:
    with serving(stand_in.app) as address:
        yield settings_for(tmp_path, "sqlite://", twilio_api_base_url=address)


def _wrong(settings: Settings) -> list[Finding]:
    return [finding for finding in look(settings, Twilio(settings)) if finding.wrong]


def test_a_service_as_it_should_be_has_nothing_to_mend(settings: Settings) -> None:
    assert _wrong(settings) == []
    unseen = [finding for finding in look(settings, Twilio(settings)) if not finding.certain]
    assert "Advanced Opt-Out" in str(unseen[0].mend)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"inbound_request_url": f"{PUBLIC}/elsewhere"}, f"Request URL to {PUBLIC}/webhooks/twilio/messages"),
        ({"fallback_url": f"{PUBLIC}/webhooks/twilio/messages"}, f"Fallback URL to {PUBLIC}/webhooks/twilio/fallback"),
        ({"inbound_method": "GET"}, "HTTP POST"),
        ({"status_callback": "https://old.example.org/status"}, "Status Callback URL empty"),
        ({"use_inbound_webhook_on_number": True}, "Send a webhook"),
        ({"validity_period": 36000}, "validity period"),
        ({"sticky_sender": False}, "Sticky Sender"),
        ({"numbers": []}, "Sender Pool"),
        ({"numbers": [ServiceNumber(capabilities=("Voice",))]}, "can't text"),
        ({"numbers": [ServiceNumber(number="+14155550123", country="US")]}, "texting it must not cost"),
    ],
)
def test_each_thing_that_is_wrong_is_told_with_its_remedy(
    settings: Settings, stand_in: TwilioStandIn, changed: dict[str, object], told: str
) -> None:
    for name, value in changed.items():
        setattr(stand_in.service, name, value)
    (finding,) = _wrong(settings)
    assert told in str(finding.mend)


def test_a_number_on_the_pages_that_nobody_answers_is_found(settings: Settings) -> None:
    (finding,) = _wrong(settings.model_copy(update={"sms_number": "+447700900998"}))
    assert "GATESIDE_SMS_NUMBER" in str(finding.mend)


def test_an_address_without_https_and_a_service_that_is_not_there_are_found(settings: Settings) -> None:
    (finding,) = _wrong(settings.model_copy(update={"twilio_messaging_service_sid": "MG" + "9" * 32}))
    assert "GATESIDE_TWILIO_MESSAGING_SERVICE_SID" in str(finding.mend)
    at_home = settings.model_copy(update={"public_url": None})
    assert any("GATESIDE_PUBLIC_URL" in str(finding.mend) for finding in _wrong(at_home))


def test_a_wrong_token_and_an_unreachable_twilio_are_told_apart(settings: Settings) -> None:
    there = str(settings.twilio_api_base_url)
    stranger = settings_for(settings.home, "sqlite://", twilio_auth_token="guess", twilio_api_base_url=there)
    with pytest.raises(NotAnswered, match="GATESIDE_TWILIO_AUTH_TOKEN"):
        _wrong(stranger)
    with pytest.raises(NotAnswered, match="could not be reached"):
        _wrong(settings_for(settings.home, "sqlite://", twilio_api_base_url="http://127.0.0.1:1"))


@pytest.mark.parametrize(("spoilt", "code"), [(None, 0), ("numbers", 1), ("account", 2), ("token", 3)])
def test_the_exit_code_says_what_kind_of_trouble_it_is(
    settings: Settings,
    stand_in: TwilioStandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    spoilt: str | None,
    code: int,
) -> None:
    if spoilt == "numbers":
        stand_in.service.numbers.clear()
    if spoilt == "token":
        stand_in.auth_token = "another"
    changed = {"twilio_account_sid": None} if spoilt == "account" else {}
    monkeypatch.setattr(sms, "read_settings", lambda: settings.model_copy(update=changed))
    with pytest.raises(typer.Exit) as ended:
        sms.check()
    assert ended.value.exit_code == code
    said = capsys.readouterr().out
    assert "test-token" not in said
    assert ("All is well." in said) is (code == 0)


def test_what_is_missing_is_named() -> None:
    bare = Settings(twilio_account_sid=None, twilio_auth_token=None, twilio_messaging_service_sid=None)
    assert len(list(missing_settings(bare))) == 3
