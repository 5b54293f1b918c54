"""
Settings, read from the environment: small classes by concern, prefix ``DISPATCH119_``.

Nothing is read at import; a caller builds ``Settings()`` once and passes it on.
Every bound carries the sentence that justifies it.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "DISPATCH119_"


def default_data_dir() -> Path:
    """Return ``.data`` of a source checkout, or the platform's data folder outside one."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".data"
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "dispatch119"


class DatabaseSettings(BaseSettings):
    """Where the data is, and as whom we ask for it: another server, or the embedded cluster."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    database_url: str | None = Field(
        default=None, description="postgresql://… of another server; empty = embedded cluster"
    )
    database_app_url: str | None = Field(
        default=None,
        description="the same database as dispatch119_app; unset, by that name without a password",
    )
    database_accounts_url: str | None = Field(
        default=None,
        description="the same as dispatch119_accounts; unset, by that name without a password",
    )
    data_dir: Path = Field(default_factory=default_data_dir)


class WebSettings(BaseSettings):
    """The address we listen on and what a request may weigh."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8119, ge=0, le=65535)
    language: Literal["ro", "en"] = "ro"
    max_body_bytes: int = Field(
        default=1_000_000,
        ge=1_000,
        le=50_000_000,
        description="the largest real location report seen is 60 kB; a megabyte is generous",
    )
    cookie_secure: bool = Field(
        default=False, description="always Secure; by https the cookie is that anyway"
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="addresses by commas whose X-Forwarded-Proto and -For are believed",
    )
    watch_token: SecretStr | None = Field(
        default=None, description="reads /metrics and /openapi.json; unset, this machine alone does"
    )


class SessionSettings(BaseSettings):
    """How long a person stays signed in, and how password guessing is slowed."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    session_hours: float = Field(
        default=12.0, gt=0, le=24 * 30, description="one shift of a 24/7 post"
    )
    token_days: float = Field(
        default=90.0, gt=0, le=3660, description="the longest; a forgotten token dies in a season"
    )
    login_attempts: int = Field(
        default=10, ge=1, description="wrong passwords per username and window before a pause"
    )
    login_window_s: float = Field(default=300.0, gt=0)
    login_threads: int = Field(
        default=2, ge=1, le=8, description="a password costs 0.1 s of processor and 64 MB"
    )
    login_queue: int = Field(
        default=16, ge=0, le=1000, description="a shift of 18 people signs in within a second"
    )


class LiveSettings(BaseSettings):
    """The event stream: how often positions leave and how much a slow client may owe us."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    stream_tick_s: float = Field(
        default=0.25, gt=0, le=5, description="four frames a second look continuous on a map"
    )
    stream_queue: int = Field(
        default=256, ge=4, description="a client further behind gets one snapshot instead"
    )
    streams_per_account: int = Field(
        default=200, ge=1, description="the screens of a whole centre under one name, and no more"
    )
    session_check_s: float = Field(
        default=5.0, gt=0, description="a revoked session loses its stream within this time"
    )


class IntakeSettings(BaseSettings):
    """What reading a location report may need beside the message itself."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    aml_hmac_key: SecretStr | None = Field(
        default=None, description="key of signed AML forms; unset, they are read as unverified"
    )
    cell_table: Path | None = Field(
        default=None, description="where the cells are; unset, a bare cell identity has no place"
    )
    cell_columns: Literal["opencellid", "operator_ro"] = "opencellid"


class LocationServerSettings(BaseSettings):
    """Whom we may ask where a caller is: HELD for an address in a message, MLP for a number."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    held_hosts: str = Field(
        default="",
        description="hosts that may be asked, by commas, with :port where it is not the usual; "
        "empty, no address that a message brings is fetched",
    )
    held_clear_text: bool = Field(
        default=False, description="http:// too; only inside an operator's own network"
    )
    mlp_url: str | None = Field(
        default=None, pattern=r"^https?://", description="the operator's MLP server; unset, nobody"
    )
    mlp_client_id: str = ""
    mlp_password: SecretStr = SecretStr("")
    location_timeout_s: float = Field(
        default=8.0,
        gt=0,
        le=30,
        description="what emergency services allow a location server (RFC 5985, responseTime)",
    )


class LostSettings(BaseSettings):
    """The LoST server (RFC 5222) at ``POST /lost``: who it says it is, what it hands out."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    lost_enabled: bool = Field(
        default=True, description="reference data only; off answers every query with forbidden"
    )
    lost_source: str = Field(
        default="lost.dispatch119.example",
        pattern=r"^([A-Za-z0-9-]+\.)+[A-Za-z0-9]+$",
        description="our application unique string, in the form of a DNS name",
    )
    lost_uris: tuple[str, ...] = Field(
        default=("tel:119;phone-context=+40",),
        description="one per scheme; {code} becomes the county code in lower case",
    )
    lost_updated_at: datetime = Field(
        default=datetime(2026, 1, 1, tzinfo=UTC),
        description="when the mappings last changed: raise it whenever lost_uris change",
    )
    lost_lifetime_h: float = Field(
        default=24.0, gt=0, le=24 * 366, description="a wrong address is gone within a day"
    )
    lost_threads: int = Field(
        default=1, ge=1, le=8, description="a query takes milliseconds; strangers get no more"
    )
    lost_queue: int = Field(
        default=16, ge=0, le=1000, description="more who wait are told at once that it is full"
    )
    lost_parent: str | None = Field(
        default=None, description="the server to redirect to for other places and services"
    )


class HandoverSettings(BaseSettings):
    """Where hand-overs to 112 go: an address, or a folder that somebody collects from."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    handover_url: str | None = Field(
        default=None, description="https://… that takes an EIDO by POST; empty = the folder"
    )
    handover_token: SecretStr | None = Field(
        default=None, description="sent to the address as bearer token"
    )
    handover_pages: bool = Field(
        default=False, description="the address takes the printed page too, as application/pdf"
    )
    handover_folder: Path | None = Field(
        default=None, description="empty = `handover` in the data folder"
    )
    handover_element: str = Field(
        default="dispatch119.example",
        pattern=r"^([A-Za-z0-9-]+\.)+[A-Za-z0-9]+$",
        description="who issues the packages, in the form of a DNS name",
    )
    handover_timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=20,
        description="an attempt without a result counts as lost after 30 s",
    )
    handover_poll_s: float = Field(
        default=1.0, gt=0, le=10, description="a package waits no longer than this to leave"
    )


class Settings(BaseSettings):
    """All settings of one process."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    session: SessionSettings = Field(default_factory=SessionSettings)
    live: LiveSettings = Field(default_factory=LiveSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    location: LocationServerSettings = Field(default_factory=LocationServerSettings)
    lost: LostSettings = Field(default_factory=LostSettings)
    handover: HandoverSettings = Field(default_factory=HandoverSettings)
