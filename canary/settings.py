"""What the environment and ``CANARY_HOME/canary.env`` say, read once into a frozen value."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from canary.errors import BadInput


def default_home() -> Path:
    """Return ``CANARY_HOME`` or the platform's data directory."""
    named = os.environ.get("CANARY_HOME")
    return Path(named).expanduser() if named else user_data_path("canary-records", appauthor=False)


class Settings(BaseSettings):
    """Settings of one service; every name is the field's, upper-cased, behind ``CANARY_``."""

    model_config = SettingsConfigDict(env_prefix="CANARY_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home)
    """Data directory: embedded database and keys, mode 0600."""
    database_url: str = ""
    """`sqlite:///...` or `postgresql+psycopg://...`; SQLite in the home when empty."""
    public_url: str = "http://127.0.0.1:8000"
    """The URL carriers and people reach us at; carriers' signatures are checked over it."""
    url: str = ""
    """The service that the CLI speaks to; without it the CLI works on the embedded database."""
    api_key: SecretStr = SecretStr("")
    """The key that the CLI shows to the service."""
    master_key_file: Path | None = None
    """The master key; `CANARY_HOME/master.key` when not given."""
    twilio_account_sid: str = ""
    """Twilio's account."""
    twilio_auth_token: SecretStr = SecretStr("")
    """Twilio's secret; without it Twilio has no route."""
    twilio_webhook_url: str = ""
    """Only behind a proxy that rewrites paths: the URL, without its query, that Twilio calls."""
    allow_private_endpoints: bool = False
    """Development only: alerts may go to http and to loopback and private addresses."""
    email_domain: str = "clients.example"
    """Domains of the decoys' email addresses (a list), or `@FILE` with one mailbox a line."""
    cooling_days: int = Field(default=180, ge=0, le=3650)
    """How long a retired decoy's line listens before another decoy may hold it."""

    @field_validator("public_url", "url", "twilio_webhook_url")
    @classmethod
    def _http_url(cls, given: str) -> str:
        parts = urlsplit(given)
        if given and (parts.scheme.lower() not in {"http", "https"} or not parts.hostname):
            message = "must be an http or https URL, such as https://canary.example.com"
            raise ValueError(message)
        return given.rstrip("/")

    @property
    def database(self) -> str:
        """The database's URL, the embedded one when none was given."""
        return self.database_url or f"sqlite:///{self.home / 'canary.db'}"

    @property
    def key_file(self) -> Path:
        """Where the master key lies."""
        return self.master_key_file or self.home / "master.key"


def read_settings(home: Path | None = None) -> Settings:
    """Read the environment, then ``canary.env`` in the home for what the environment leaves out.

    Raises:
        BadInput: a setting has a value it cannot have, and the message names it; or the file is
            not text.
    """
    place = home or default_home()
    try:
        return Settings(home=place, _env_file=place / "canary.env")
    except UnicodeDecodeError:
        raise BadInput(
            says=f"{place / 'canary.env'} is not UTF-8 text.", fix="Save it again as UTF-8."
        ) from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = "CANARY_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(
            says=f"{name}: {first['msg']}", fix="Correct it in the environment or in canary.env."
        ) from None
