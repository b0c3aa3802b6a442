"""What the person who runs Zonula may set, read from the environment and checked once, with a cure for each mistake."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zonula.errors import UserError

KEY_CHARACTERS = 64  # a raw SQLCipher key: 32 bytes in hexadecimal
SECRET_BYTES = 50
LARGEST_UPLOAD_MB = 2000


class Setting(NamedTuple):
    """One environment variable: what it means and what holds when it is not set."""

    meaning: str
    default: str


# `zonula serve --help` and the operator's page print this table.
SETTINGS: dict[str, Setting] = {
    "ZONULA_DATA": Setting("folder of the database, the secret and the backups", "./zonula-data"),
    "ZONULA_DATABASE": Setting(
        "postgresql://user:password@host:port/name; empty: an embedded database in ZONULA_DATA", ""
    ),
    "ZONULA_KEY_FILE": Setting("file with 64 hexadecimal characters: encrypts the embedded database", ""),
    "ZONULA_HOSTS": Setting("host names the site answers to, separated by commas", "localhost,127.0.0.1,[::1]"),
    "ZONULA_HTTPS": Setting("1: the site is reached over https (cookies only travel there, HSTS is sent)", "0"),
    "ZONULA_PROXIES": Setting("how many reverse proxies of yours stand before the site", "0"),
    "ZONULA_TIME_ZONE": Setting("time zone of the clinic, e.g. Europe/Berlin", "UTC"),
    "ZONULA_MAIL": Setting("smtp://user:password@host:port; empty: links are shown to be handed over", ""),
    "ZONULA_MAIL_FROM": Setting("sender of e-mails", "zonula@localhost"),
    "ZONULA_UPLOAD_MB": Setting("largest upload, in MB (1 048 576 bytes)", "100"),
    "ZONULA_LOG": Setting("debug, info, warning or error", "info"),
}


class Configuration(NamedTuple):
    """The settings, checked. database: a Django DATABASES entry without its options."""

    data: Path
    database: dict[str, str | int]
    key: str
    hosts: tuple[str, ...]
    https: bool
    proxies: int
    time_zone: str
    mail: str
    mail_from: str
    upload_bytes: int
    log: str

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of ours."""
        return self.database["ENGINE"] == "zonula_web.sqlite"

    def __repr__(self) -> str:
        """Without passwords and keys, so that a traceback cannot print them."""
        return f"Configuration(data={str(self.data)!r}, engine={self.database['ENGINE']!r}, hosts={self.hosts!r})"


def read(environment: Mapping[str, str]) -> Configuration:
    """The configuration of this environment. Raises UserError naming the variable and the cure; unknown ZONULA_ names are refused."""
    ours = {
        name
        for name in environment
        if name.startswith("ZONULA_") and not name.startswith(("ZONULA_TEST_", "ZONULA_SCREENSHOTS", "ZONULA_CHROMIUM"))
    }
    strangers = sorted(ours - SETTINGS.keys())
    if strangers:
        raise UserError(f"{strangers[0]} is not a setting.", f"Settings: {', '.join(SETTINGS)}.")
    value = {name: environment.get(name, "").strip() or setting.default for name, setting in SETTINGS.items()}
    data = Path(value["ZONULA_DATA"]).expanduser().resolve()
    return Configuration(
        data=data,
        database=_database(value["ZONULA_DATABASE"], data),
        key=_key(value["ZONULA_KEY_FILE"], embedded=not value["ZONULA_DATABASE"]),
        hosts=_hosts(value["ZONULA_HOSTS"]),
        https=_one_of("ZONULA_HTTPS", value["ZONULA_HTTPS"], ("0", "1")) == "1",
        proxies=_number("ZONULA_PROXIES", value["ZONULA_PROXIES"], 0, 10),
        time_zone=_zone(value["ZONULA_TIME_ZONE"]),
        mail=_mail(value["ZONULA_MAIL"]),
        mail_from=value["ZONULA_MAIL_FROM"],
        upload_bytes=_number("ZONULA_UPLOAD_MB", value["ZONULA_UPLOAD_MB"], 1, LARGEST_UPLOAD_MB) << 20,
        log=_one_of("ZONULA_LOG", value["ZONULA_LOG"].lower(), ("debug", "info", "warning", "error")).upper(),
    )


def secret(data: Path) -> str:
    """The site's signing secret, made at the first start and readable by its owner only."""
    path = data / "secret"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(SECRET_BYTES))
        written = path.read_text(encoding="utf-8").strip()
    except FileExistsError:  # another worker was quicker
        written = path.read_text(encoding="utf-8").strip()
    except OSError as wrong:
        raise UserError(f"{path}: {wrong.strerror}.", "Set ZONULA_DATA to a folder that can be written.") from None
    if len(written) < SECRET_BYTES:
        raise UserError(
            f"{path} is too short to be a secret.", "Remove it; a new one is made and everyone signs in again."
        )
    return written


def _database(url: str, data: Path) -> dict[str, str | int]:
    if not url:
        return {"ENGINE": "zonula_web.sqlite", "NAME": str(data / "zonula.db")}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise UserError("ZONULA_DATABASE cannot be read.", "Write postgresql://user:password@host:5432/name.")
    try:
        port = parts.port or 5432
    except ValueError:
        raise UserError("ZONULA_DATABASE has a port that is not a number.") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "localhost"),
        "PORT": port,
    }


def _key(path: str, *, embedded: bool) -> str:
    if not path:
        return ""
    if not embedded:
        raise UserError("ZONULA_KEY_FILE encrypts the embedded database only.", "Encrypt PostgreSQL's disk instead.")
    try:
        key = Path(path).expanduser().read_text(encoding="ascii").strip().lower()
    except (OSError, UnicodeDecodeError):
        raise UserError("ZONULA_KEY_FILE cannot be read.", "Name a file with 64 hexadecimal characters.") from None
    if len(key) != KEY_CHARACTERS or set(key) - set("0123456789abcdef"):
        raise UserError(
            "ZONULA_KEY_FILE does not hold a key.",
            "It must hold 64 hexadecimal characters; `openssl rand -hex 32` makes one.",
        )
    return key


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if "*" in hosts or not hosts:
        raise UserError(
            "ZONULA_HOSTS must name the hosts.",
            "Any host would let others send your users to your site by a false name.",
        )
    return hosts


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(f"ZONULA_TIME_ZONE: {name!r} is not a time zone.", "Write one like Europe/Berlin.") from None
    return name


def _mail(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
        raise UserError("ZONULA_MAIL cannot be read.", "Write smtp://user:password@host:587, or smtps:// for port 465.")
    return url


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UserError(f"{name} is {value!r}.", f"Write one of {', '.join(allowed)}.")
    return value


def _number(name: str, value: str, least: int, most: int) -> int:
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise UserError(f"{name} is {value!r}.", f"Write a whole number from {least} to {most}.")
    return int(value)
