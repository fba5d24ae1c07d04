"""Every setting: its name, its default, its unit and what it is for.

`config.example.yaml`, `dusal settings show` and the documentation are tested against this module,
so a setting is explained here and nowhere else.
"""

import re
from datetime import time, timedelta
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from academy.facts import AcademyFacts, QuietHours

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@cache
def _zones() -> frozenset[str]:
    """Return the names of all time zones; finding them walks through a folder of 600 files."""
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f"no time zone is called {value!r}; write one like Asia/Ulaanbaatar")
    return value


def _quiet_hours(value: str) -> str:
    if _QUIET.fullmatch(value) is None:
        raise ValueError("quiet hours are written like 19:00-08:00")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    # Telegram allows 1-256 of these characters; fewer than 16 could be guessed.
    if value.get_secret_value() and _SECRET.fullmatch(value.get_secret_value()) is None:
        raise ValueError("a webhook secret has 16 to 256 letters, digits, _ or -")
    return value


def _address(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError("an address is written like 127.0.0.1:8080")
    return value


def _url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("a web address starts with https:// or http://")
    return value.rstrip("/")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AcademySettings(_Section):
    """Who teaches here."""

    name: str = Field(
        min_length=1, description="What learners see as the sender, such as the municipality's name."
    )
    languages: tuple[str, ...] = Field(
        ("en",),
        min_length=1,
        description="Languages the bot speaks, the main one first. There are en and mn.",
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="Time zone of groups that name none of their own."
    )
    country: str = Field(
        "",
        pattern="^([A-Z]{2})?$",
        description="Two letters, such as MN: which time zones are offered first.",
    )
    contact: str = Field(
        "", description="Whom people write to about their data: an address or a telephone number."
    )
    quiet_hours: Annotated[str, AfterValidator(_quiet_hours)] = Field(
        "19:00-08:00", description="When the bot starts nothing, by the learner's own clock."
    )
    environment: str = Field(
        "production",
        pattern="^[a-z0-9][a-z0-9-]{0,31}$",
        description="What the data are called from the first start on; by another name they are not served.",
    )
    keep_months: int = Field(
        12,
        ge=1,
        le=120,
        description="Months after the end of a course until what is known about a learner is erased.",
    )


class WebhookSettings(_Section):
    """Where Telegram delivers, in webhook mode."""

    url: Annotated[str, AfterValidator(_url)] = Field(
        "", description="Public https address that ends here; its path is served on web.address."
    )
    secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = Field(
        SecretStr(""), description="16 to 256 letters, digits, _ or -: Telegram shows it with each delivery."
    )


class TelegramSettings(_Section):
    """The bot."""

    token: SecretStr = Field(
        SecretStr(""), description="What BotFather gave you. Keep it out of shared files."
    )
    token_file: str = Field(
        "", description="A file that holds the token instead, for example a systemd credential."
    )
    api_url: Annotated[str, AfterValidator(_url)] = Field(
        "https://api.telegram.org", description="The Bot API server."
    )
    mode: Literal["polling", "webhook"] = Field(
        "polling", description="polling asks Telegram for news; webhook lets Telegram deliver it."
    )
    webhook: WebhookSettings = WebhookSettings()


class DatabaseSettings(_Section):
    """Where everything is kept."""

    url: str = Field(
        "",
        pattern=r"^(|sqlite:///.+|postgresql://.+)$",
        description="sqlite:///path/to/file.db or postgresql://…; empty means dusal.db in the data folder.",
    )
    lease_seconds: float = Field(
        15,
        ge=1,
        le=25,
        description="On PostgreSQL: seconds without a sign of life after which another process takes over.",
    )


class WebSettings(_Section):
    """The HTTP door: health, and webhooks in webhook mode."""

    address: Annotated[str, AfterValidator(_address)] = Field(
        "127.0.0.1:8080", description="Address and port to listen on."
    )
    public_url: Annotated[str, AfterValidator(_url)] = Field(
        "", description="How the outside reaches this address, if it does."
    )


class LimitSettings(_Section):
    """How much, how fast, how long."""

    messages_per_second: int = Field(
        30,
        ge=1,
        le=1000,
        description="Sends per second to all people together; Telegram's free limit is 30.",
    )
    seconds_per_chat: float = Field(
        1.2,
        ge=0,
        le=60,
        description="Seconds between two messages to one person, on average; four answers may come at once.",
    )
    sends_in_flight: int = Field(
        4,
        ge=1,
        le=256,
        description="On their way at once, as many may arrive twice after a crash: 4, or 128 at 1,000/s.",
    )
    quarantine_seconds: int = Field(
        60, ge=0, le=3600, description="Seconds an uncertain message waits before it is sent once more."
    )
    uncertain_announcements: Literal["send_again", "hold"] = Field(
        "send_again",
        description="Announcements that may have arrived: send_again once, or hold for a person to decide.",
    )
    undo_seconds: int = Field(20, ge=0, le=600, description="Seconds in which an announcement can be undone.")
    updates_per_minute: int = Field(
        30, ge=5, le=600, description="Taps and messages of one person that are answered in a minute."
    )
    group_capacity: int = Field(500, ge=1, le=100_000, description="People one group can hold.")

    @property
    def quarantine(self) -> timedelta:
        """How long an uncertain message waits."""
        return timedelta(seconds=self.quarantine_seconds)

    @property
    def held_kinds(self) -> frozenset[str]:
        """Kinds of messages that are held at once when they may have arrived; others are sent once more."""
        return frozenset({"announcement"} if self.uncertain_announcements == "hold" else ())


class LogSettings(_Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important line shown."
    )
    format: Literal["text", "json"] = Field("text", description="text for people, json for programs.")


class Settings(_Section):
    """All settings of one academy."""

    academy: AcademySettings
    telegram: TelegramSettings = TelegramSettings()
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    limits: LimitSettings = LimitSettings()
    log: LogSettings = LogSettings()

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be logged; only those that are set."""
        candidates = (
            self.telegram.token.get_secret_value(),
            self.telegram.webhook.secret.get_secret_value(),
        )
        return tuple(secret for secret in candidates if secret)


def facts(settings: Settings) -> AcademyFacts:
    """Return what the academy needs to know, as plain values."""
    written = settings.academy
    return AcademyFacts(
        name=written.name,
        languages=written.languages,
        zone=written.zone,
        country=written.country,
        contact=written.contact,
        quiet=quiet_hours(written.quiet_hours),
        keep_months=written.keep_months,
        undo=timedelta(seconds=settings.limits.undo_seconds),
    )


def quiet_hours(text: str) -> QuietHours:
    """Return "19:00-08:00" as hours; raises ValueError for anything else."""
    match = _QUIET.fullmatch(text)
    if match is None:
        raise ValueError(f"not quiet hours: {text!r}")
    hours = [int(part) for part in match.groups()]
    return QuietHours(start=time(hours[0], hours[1]), end=time(hours[2], hours[3]))
