"""Every setting of the service: read from `GATESIDE_*`, typed, documented, checked at the start."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Literal

import phonenumbers
from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from reference.paths import project_root


class Settings(BaseSettings):
    """What an operator can choose; every field is the variable `GATESIDE_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="GATESIDE_", env_ignore_empty=True, extra="ignore")

    home: Path = Field(default_factory=lambda: project_root() / "var", description="database, models and keys")
    host: str = Field("127.0.0.1", description="address the api listens on")
    port: int = Field(8080, ge=1, le=65535, description="port of the api: the only door that may face the internet")
    bot_port: int = Field(5005, ge=1, le=65535, description="port of the Rasa server, on loopback")
    actions_port: int = Field(5055, ge=1, le=65535, description="port of the action server, on loopback")
    database_url: str | None = Field(None, description="SQLAlchemy URL; default: SQLite in GATESIDE_HOME")
    redis_url: str | None = Field(None, description="Redis for fan-out between processes; default: in process")
    public_url: AnyHttpUrl | None = Field(None, description="the https address people reach; Twilio signs it")
    environment: Literal["development", "production"] = Field("development", description="production closes /dev")

    twilio_account_sid: str | None = Field(None, description="account that sends and receives texts")
    twilio_auth_token: SecretStr | None = Field(None, description="signs and checks webhooks")
    twilio_messaging_service_sid: str | None = Field(None, description="messaging service that sends the texts")
    twilio_api_base_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.twilio.com"), description="where Twilio's API is; the tests put a stand-in here"
    )
    sms_number: str | None = Field(
        None, description="the number people text, as shown on pages and cards; sends where there is no service"
    )
    twilio_stand_in_port: int = Field(
        5056, ge=1, le=65535, description="port of the stand-in for Twilio that runs in development"
    )
    twilio_auth_token_before: SecretStr | None = Field(
        None, description="the token that was valid before the present one; signs until Twilio has changed over"
    )
    twilio_answers_stop: bool = Field(
        True, description="Twilio confirms STOP by itself, as it does unless its support has switched that off"
    )
    quiet_from: time = Field(time(21, 0), description="from then on, in Scotland, nothing is texted to people first")
    quiet_until: time = Field(time(9, 0), description="until then nothing is texted to people first; answers always go")
    texts_a_day: int = Field(
        5, ge=1, description="most texts a day to a number that is not in a talk; danger and replies don't count"
    )

    on_call_number: str | None = Field(None, description="who is paged when an emergency finds nobody signed in")
    rescue_policy: str | None = Field(
        None, description="the operator's own rescue policy, by name or address: who rings 999 for whom, and when"
    )
    safeguarding_lead: str | None = Field(None, description="who is told when a child is in touch")
    safeguarding_number: str | None = Field(None, description="the safeguarding lead's phone, texted for a child")

    service_token: SecretStr | None = Field(None, description="between api, bot and actions; default: made at start")
    clock: datetime | None = Field(None, description="development only: the instant at which the clock starts")
    assistant_deadline_seconds: float = Field(4.0, gt=0, description="after this the holding answer is given")
    lease_seconds: int = Field(90, ge=5, description="how long an officer's silence keeps a claimed conversation")
    session_hours: int = Field(12, ge=1, description="how long a member of staff stays signed in")
    second_step_for: Literal["leads", "everybody"] = Field(
        "leads", description="who needs a code besides the password: leads and admins, or officers too"
    )
    keep_conversations_days: int = Field(90, ge=1, description="a conversation that no officer took part in")
    keep_helped_days: int = Field(365, ge=1, description="a conversation with an officer, from the day it was closed")
    keep_plans_days: int = Field(90, ge=1, description="a release plan's conversation, after its last check-in")
    keep_referrals_days: int = Field(365, ge=1, description="that a service referred a family, without who it was")
    keep_callback_numbers_days: int = Field(14, ge=1, description="the number of somebody who was to be rung")
    keep_deliveries_days: int = Field(30, ge=1, description="how each text got on its way")
    keep_texts_at_twilio_days: int = Field(7, ge=1, description="Twilio's own copies of texts")
    keep_corrections_days: int = Field(90, ge=1, description="which topic somebody meant who was not understood")
    keep_spooled_days: int = Field(30, ge=1, description="a message on the disk that no database would take")
    keep_staff_sessions_days: int = Field(30, ge=1, description="that somebody was signed in, after it is over")
    keep_audit_days: int = Field(1096, ge=366, description="what was done; the database itself keeps it for a year")
    presence_seconds: int = Field(45, ge=5, description="an officer unseen for longer is not on shift")
    worker: bool = Field(True, description="run the outbox and the clock inside the api process")

    @field_validator("on_call_number", "safeguarding_number", "sms_number")
    @classmethod
    def _is_a_phone_number(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            number = phonenumbers.parse(value, "GB")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValueError("is not a phone number; write it like +447700900123")
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, value: str | None) -> str | None:
        if value and not value.startswith(
            ("sqlite+aiosqlite://", "postgresql+asyncpg://", "postgresql://", "sqlite://")
        ):
            raise ValueError("must begin with sqlite:// or postgresql://")
        return value

    @property
    def database(self) -> str:
        """The database as an async SQLAlchemy URL."""
        url = self.database_url or f"sqlite:///{self.home / 'gateside.db'}"
        for plain, with_driver in (("sqlite://", "sqlite+aiosqlite://"), ("postgresql://", "postgresql+asyncpg://")):
            if url.startswith(plain):
                return with_driver + url.removeprefix(plain)
        return url

    @property
    def bot_url(self) -> str:
        """Where the Rasa server answers."""
        return f"http://127.0.0.1:{self.bot_port}"

    @property
    def base_url(self) -> str:
        """The address people reach, without a slash at its end."""
        return str(self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def demonstration(self) -> bool:
        """True until the operator has said who rescues whom, and whom to page (architecture, section 5)."""
        return not (self.on_call_number and self.rescue_policy and self.safeguarding_lead)

    @property
    def sms_connected(self) -> bool:
        """Whether texts can be sent and webhooks checked."""
        sends_from = self.twilio_messaging_service_sid or self.sms_number
        return bool(self.twilio_account_sid and self.twilio_auth_token and sends_from)


def read_settings() -> Settings:
    """The settings of this process. Raises SystemExit naming each wrong setting, one a line."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"GATESIDE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SystemExit("A setting is wrong:\n  " + "\n  ".join(lines)) from None
