"""Read how this copy of the site is to run: from the environment, from instance/lintas.env, else sensible defaults.

Nothing has to be set to try the site on one machine. A site that is open to the public says ``SITE_URL=https://...``;
from then on cookies are secure and a weak secret key is refused.
"""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from planner.errors import Invalid

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
WELL_KNOWN_SECRETS = ("changeme", "change-me", "secret", "dev", "development", "default", "password", "lintas")


class UnsafeSettings(Invalid):
    """A public site may not start on these settings."""

    default_code = "unsafe_settings"


class Settings(BaseSettings):
    """What can be set; docs/operating.md explains each line for operators."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", extra="ignore", frozen=False)

    instance_folder: Path = Field(default=ROOT / "instance", alias="LINTAS_INSTANCE", description="Where files go")
    site_url: str = Field(default="", alias="SITE_URL", description="Public address; empty: http://localhost:PORT")
    proxies: int = Field(default=0, ge=0, le=4, alias="PROXIES", description="Reverse proxies in front whom we trust")
    database_url: str = Field(default="", alias="DATABASE_URL", description="Empty: SQLite in the instance folder")
    secret_key: SecretStr = Field(default=SecretStr(""), alias="SECRET_KEY", description="Empty: made on first start")
    account_key: SecretStr = Field(default=SecretStr(""), alias="ACCOUNT_KEY", description="Empty: made on first start")
    stripe_secret_key: SecretStr = Field(default=SecretStr(""), alias="STRIPE_SECRET_KEY")
    stripe_webhook_secret: SecretStr = Field(default=SecretStr(""), alias="STRIPE_WEBHOOK_SECRET")
    sandbox_url: str = Field(default="", alias="SANDBOX_URL", description="Set by `planner start`; unused with a key")
    local_address: str = Field(default="http://localhost:8000", alias="LOCAL_ADDRESS", description="Set by start")
    mail_url: str = Field(default="", alias="MAIL_URL", description="smtp://user:password@host:587; empty: into files")
    mail_from: str = Field(default="Lintas <trips@localhost>", alias="MAIL_FROM")
    supplier_allow: str = Field(
        default="", alias="SUPPLIER_ALLOW", description="host:port, host:port: suppliers' systems allowed on loopback"
    )
    limit_requests: bool = Field(default=True, alias="LIMIT_REQUESTS", description="Whether visitors are rate limited")
    limits_url: str = Field(default="", alias="LIMITS_URL", description="Empty: SQLite in the instance folder")
    log_level: str = Field(default="INFO", alias="LOG_LEVEL")
    log_format: str = Field(default="auto", alias="LOG_FORMAT", pattern="^(auto|json|text)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings

    @field_validator("site_url")
    @classmethod
    def _without_a_slash(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        """Accept the short forms that hosts hand out and name the driver that we install."""
        for short in ("postgres://", "postgresql://"):
            if url.startswith(short):
                return "postgresql+psycopg://" + url.removeprefix(short)
        return url

    @model_validator(mode="after")
    def _refuse_a_weak_secret(self) -> "Settings":
        for name, key in (("SECRET_KEY", self.secret_key), ("ACCOUNT_KEY", self.account_key)):
            given = key.get_secret_value()
            if self.is_https and given and (len(given) < SHORTEST_SECRET or given.lower() in WELL_KNOWN_SECRETS):
                raise ValueError(f"{name} of a public site needs at least {SHORTEST_SECRET} characters of chance")
        return self

    @property
    def is_https(self) -> bool:
        """Whether visitors reach the site over https, by its public address."""
        return self.site_url.startswith("https://")

    @property
    def trusted_hosts(self) -> list[str] | None:
        """Names by which visitors may call a public site; any name will do for one that is not public."""
        host = urlsplit(self.site_url).hostname
        return [host, "localhost", "127.0.0.1"] if host else None

    @property
    def payment_pages(self) -> tuple[str, ...]:
        """Where browsers are sent to pay: the only other sites that a form of ours may lead to."""
        if not self.is_demo:
            return ("https://checkout.stripe.com",)
        sandbox = urlsplit(self.sandbox_url)
        return (f"http://localhost:{sandbox.port}", f"http://127.0.0.1:{sandbox.port}") if sandbox.port else ()

    @property
    def mail(self) -> dict[str, Any]:
        """Flask-Mailman's configuration: a server where one is named, else files in the instance folder."""
        facts: dict[str, Any] = {"MAIL_DEFAULT_SENDER": self.mail_from, "MAIL_TIMEOUT": 10}
        if not self.mail_url:
            return facts | {"MAIL_BACKEND": "file", "MAIL_FILE_PATH": str(self.instance_folder / "mail")}
        url = urlsplit(self.mail_url)
        return facts | {
            "MAIL_BACKEND": "smtp",
            "MAIL_SERVER": url.hostname,
            "MAIL_PORT": url.port or 587,
            "MAIL_USERNAME": unquote(url.username) if url.username else None,
            "MAIL_PASSWORD": unquote(url.password) if url.password else None,
            "MAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
            "MAIL_USE_SSL": url.scheme == "smtps",
        }

    @property
    def is_demo(self) -> bool:
        """Whether nothing can be bought with real money, because no payment account is connected."""
        return not self.stripe_secret_key.get_secret_value()

    @property
    def supplier_exceptions(self) -> tuple[str, ...]:
        """Suppliers' systems that may be on this machine and speak plain http; for tests, as a rule."""
        return tuple(one.strip() for one in self.supplier_allow.split(",") if one.strip())

    @property
    def address(self) -> str:
        """The address that links in mails begin with: the public one, else this machine's."""
        return self.site_url or self.local_address

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        return self.database_url or f"sqlite:///{self.instance_folder / 'lintas.sqlite3'}"

    @property
    def limits_storage(self) -> str:
        """Where the counters of the rate limiter live: one place for all workers."""
        return self.limits_url or f"lintas-sqlite://{self.instance_folder / 'limits.sqlite3'}"

    @cached_property
    def secret(self) -> str:
        """The key that signs cookies: the given one, else one made by chance on the first start and kept."""
        return self.secret_key.get_secret_value() or _kept_secret(self.instance_folder / "secret_key")

    @cached_property
    def account_secret(self) -> str:
        """The key that keeps authenticators' secrets: apart from the other, which may be changed without harm."""
        return self.account_key.get_secret_value() or _kept_secret(self.instance_folder / "account_key")


def _kept_secret(path: Path) -> str:
    """Read the secret in ``path``, or make it; two workers that start together agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if len(kept) < SHORTEST_SECRET:
            raise UnsafeSettings(f"{path} is too short to be a secret; delete it and start again") from None
        return kept
    made = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made + "\n")
    return made


def read_settings() -> Settings:
    """Read the settings of this machine."""
    folder = Path(os.environ.get("LINTAS_INSTANCE") or ROOT / "instance")
    return Settings(_env_file=folder / "lintas.env")  # type: ignore[call-arg]
