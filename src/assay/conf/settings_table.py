"""Settings are data: what can be set, what it defaults to, and what it means."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assay.conf.work_goes_first import threads_of
from assay.core.errors import AssayError, NotReadable


@dataclass(eq=False, kw_only=True)
class BadSetting(AssayError):
    """The setting {name} is '{found}', but must be {expected}; nothing was changed."""

    exit_code = 2
    name: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `secret` values may also come from the file named by NAME_FILE."""

    name: str
    default: str
    sentence: str
    secret: bool = False


SETTINGS = (
    Setting("ASSAY_HOME", "~/.assay", "The folder for the embedded database, keys and checkpoints."),
    Setting(
        "DATABASE_URL",
        "",
        "A PostgreSQL address, postgresql://user:password@host:port/name; empty: SQLite in the home folder.",
        secret=True,
    ),
    Setting("ASSAY_TENANT", "main", "The tenant that the command line works for."),
    Setting("ASSAY_LEASE_SECONDS", "30", "How long a worker may hold a batch without a sign of life."),
    Setting(
        "ASSAY_TASK_SECONDS",
        "1800",
        "How long a person holds an item before it may go to another; renewed while they work on it, up to eight times as long.",
    ),
    Setting(
        "ASSAY_STANDSTILL_SECONDS",
        "900",
        "How long nobody must have answered before items go on without those who are away.",
    ),
    Setting(
        "ASSAY_EXPOSURE",
        "0.25",
        "The share of a batch's answers that one person gives at most, where so many others are at work that they can do it together.",
    ),
    Setting("ASSAY_STEP_ANSWERS", "60", "How many events of simulated people one transaction holds."),
    Setting(
        "ASSAY_OUTBOUND_ALLOW",
        "",
        "Hosts and networks, separated by commas, that models may be reached at although they are not public.",
    ),
    Setting(
        "ASSAY_CHECKPOINT_DIR",
        "",
        "A folder that the server cannot rewrite, to which signed checkpoints are copied; empty: the home.",
    ),
    Setting(
        "ASSAY_SECRET_KEY",
        "",
        "Signs sessions and media links, 32 characters or more; the same on every server of a database;"
        " empty: made in the home folder at the first start.",
        secret=True,
    ),
    Setting(
        "ASSAY_FACTOR_KEY",
        "",
        "Encrypts the stored secrets of second factors, 32 characters or more; the same on every server of a database;"
        " several, with blanks between them: the first encrypts, all open; empty: keys/factors.key, made in the home"
        " folder at its first use.",
        secret=True,
    ),
    Setting(
        "ASSAY_URL",
        "",
        "How people reach the server, for example https://assay.example.org; empty: this machine only.",
    ),
    Setting("ASSAY_BIND", "127.0.0.1:8700", "Address and port that the server listens on."),
    Setting("ASSAY_SERVERS", "0", "Server processes; 0: one on SQLite, two on PostgreSQL."),
    Setting("ASSAY_WORKERS", "1", "Worker processes that `assay serve` starts beside the server."),
    Setting(
        "ASSAY_THREADS",
        "4",
        "Requests that one server process handles at once, beside those of people at work, which have threads of their own.",
    ),
    Setting(
        "ASSAY_BEHIND_PROXY",
        "no",
        "yes: a proxy in front sets X-Forwarded-For and X-Forwarded-Proto, and they are believed.",
    ),
    Setting(
        "ASSAY_SESSION_HOURS", "12", "How long a session lasts at most; idle ones end after a third of it."
    ),
    Setting(
        "ASSAY_STAFF_SECOND_FACTOR",
        "yes",
        "Whether everybody but labellers and reviewers must have a second factor: yes or no.",
    ),
    Setting(
        "ASSAY_SIGN_UP", "no", "Whether anybody may register as a labeller without an invitation: yes or no."
    ),
    Setting(
        "ASSAY_IDENTITY_PROVIDERS",
        "",
        "OpenID Connect providers as a JSON list of {provider_id, name, client_id, secret, server_url}.",
        secret=True,
    ),
    Setting("ASSAY_MAIL_HOST", "", "The mail server for forgotten passwords; empty: none is sent."),
    Setting("ASSAY_MAIL_FROM", "assay@localhost", "The sender of those mails."),
    Setting(
        "ASSAY_BACKUP_PASSPHRASE",
        "",
        "What `assay backup` encrypts its file with and `assay restore` opens it with, 12 characters or more; empty: not encrypted.",
        secret=True,
    ),
    Setting("ASSAY_REQUESTS_PER_MINUTE", "6000", "Requests that one person may make in a minute."),
    Setting(
        "ASSAY_STRANGER_REQUESTS_PER_MINUTE",
        "600",
        "Requests a minute from one address (or IPv6 network of 64 bits) by people who are not signed in.",
    ),
    Setting("ASSAY_UPLOAD_MIB", "256", "Largest uploaded file, in MiB."),
    Setting("ASSAY_UPLOADS_GIB", "20", "Most that one person's drafts may hold together, in GiB."),
)


@dataclass(frozen=True, slots=True)
class Values:
    """The settings of this process, read once."""

    home: Path
    database_url: str
    tenant: str
    lease_seconds: float
    task_seconds: float
    standstill_seconds: float
    exposure: float
    step_answers: int
    checkpoint_dir: Path
    outbound_allowed: tuple[str, ...]
    secret_key: str
    factor_key: str
    url: str
    hosts: tuple[str, ...]
    bind: tuple[str, int]
    servers: int
    workers: int
    threads: int
    server_threads: int
    behind_proxy: bool
    session_hours: int
    staff_second_factor: bool
    sign_up: bool
    identity_providers: tuple[dict[str, object], ...]
    mail_host: str
    mail_from: str
    backup_passphrase: str
    requests_per_minute: int
    stranger_requests_per_minute: int
    upload_bytes: int
    uploads_bytes: int


def read_settings(environ: Mapping[str, str] = os.environ) -> Values:
    """Read every setting; raises `BadSetting` for the first that cannot be used."""
    found = {setting.name: _value(setting, environ) for setting in SETTINGS}
    home = Path(found["ASSAY_HOME"]).expanduser().resolve()
    url = found["DATABASE_URL"]
    if url and urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise BadSetting(
            name="DATABASE_URL",
            found=urlsplit(url).scheme + "://...",
            expected="a postgresql:// address, or empty for SQLite",
        )
    site = found["ASSAY_URL"]
    return Values(
        home=home,
        database_url=url,
        tenant=found["ASSAY_TENANT"],
        lease_seconds=_number("ASSAY_LEASE_SECONDS", found, low=0.1, high=3600),
        task_seconds=_number("ASSAY_TASK_SECONDS", found, low=1, high=30 * 86400),
        standstill_seconds=_number("ASSAY_STANDSTILL_SECONDS", found, low=1, high=30 * 86400),
        exposure=_number("ASSAY_EXPOSURE", found, low=0.01, high=1),
        step_answers=int(_number("ASSAY_STEP_ANSWERS", found, low=1, high=10_000)),
        checkpoint_dir=Path(found["ASSAY_CHECKPOINT_DIR"] or home / "checkpoints").expanduser(),
        outbound_allowed=tuple(
            one.strip() for one in found["ASSAY_OUTBOUND_ALLOW"].split(",") if one.strip()
        ),
        secret_key=_secret_key("ASSAY_SECRET_KEY", found["ASSAY_SECRET_KEY"]),
        factor_key=" ".join(
            _secret_key("ASSAY_FACTOR_KEY", one) for one in found["ASSAY_FACTOR_KEY"].split()
        ),
        url=site.rstrip("/"),
        hosts=_hosts(site),
        bind=_bind(found["ASSAY_BIND"]),
        servers=_whole("ASSAY_SERVERS", found, low=0, high=64) or (2 if url else 1),
        workers=_whole("ASSAY_WORKERS", found, low=0, high=64),
        threads=_whole("ASSAY_THREADS", found, low=1, high=64),
        server_threads=threads_of(_whole("ASSAY_THREADS", found, low=1, high=64)),
        behind_proxy=_yes("ASSAY_BEHIND_PROXY", found),
        session_hours=_whole("ASSAY_SESSION_HOURS", found, low=1, high=24 * 30),
        staff_second_factor=_yes("ASSAY_STAFF_SECOND_FACTOR", found),
        sign_up=_yes("ASSAY_SIGN_UP", found),
        identity_providers=_providers(found["ASSAY_IDENTITY_PROVIDERS"]),
        mail_host=found["ASSAY_MAIL_HOST"],
        mail_from=found["ASSAY_MAIL_FROM"],
        backup_passphrase=found["ASSAY_BACKUP_PASSPHRASE"],
        requests_per_minute=_whole("ASSAY_REQUESTS_PER_MINUTE", found, low=1, high=10_000_000),
        stranger_requests_per_minute=_whole(
            "ASSAY_STRANGER_REQUESTS_PER_MINUTE", found, low=1, high=10_000_000
        ),
        upload_bytes=_whole("ASSAY_UPLOAD_MIB", found, low=1, high=100_000) << 20,
        uploads_bytes=_whole("ASSAY_UPLOADS_GIB", found, low=1, high=100_000) << 30,
    )


def database(values: Values) -> dict[str, object]:
    """Return Django's description of the database."""
    if not values.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(values.home / "assay.db"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                # synchronous=FULL: an acknowledged answer survives a loss of power (REL-1).
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                " PRAGMA cache_size=-16384;",
            },
        }
    parts = urlsplit(values.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _value(setting: Setting, environ: Mapping[str, str]) -> str:
    path = environ.get(f"{setting.name}_FILE") if setting.secret else None
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise NotReadable(
                path=path, reason=f"{setting.name}_FILE names it, but {problem.strerror}"
            ) from None
    return environ.get(setting.name, "") or setting.default


def _number(name: str, found: Mapping[str, str], *, low: float, high: float) -> float:
    try:
        number = float(found[name])
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise BadSetting(name=name, found=found[name], expected=f"a number from {low:g} to {high:g}")
    return number


def _whole(name: str, found: Mapping[str, str], *, low: int, high: int) -> int:
    number = _number(name, found, low=low, high=high)
    if number != int(number):
        raise BadSetting(name=name, found=found[name], expected=f"a whole number from {low} to {high}")
    return int(number)


def _yes(name: str, found: Mapping[str, str]) -> bool:
    word = found[name].strip().lower()
    if word not in ("yes", "no"):
        raise BadSetting(name=name, found=found[name], expected="yes or no")
    return word == "yes"


def _secret_key(name: str, text: str) -> str:
    if text and len(text) < 32:
        raise BadSetting(name=name, found="too short", expected="32 characters or more")
    return text


def _bind(text: str) -> tuple[str, int]:
    host, _, port = text.strip().rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadSetting(
            name="ASSAY_BIND", found=text, expected="an address and a port, as in 127.0.0.1:8700"
        )
    return host.strip("[]"), int(port)


def _hosts(site: str) -> tuple[str, ...]:
    """Return the host names that requests may name: this machine's, and the site's own."""
    own = ("127.0.0.1", "localhost", "[::1]")
    if not site:
        return own
    parts = urlsplit(site)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadSetting(
            name="ASSAY_URL", found=site, expected="http(s):// and a host, with nothing behind it"
        )
    return (*own, parts.hostname)


def _providers(text: str) -> tuple[dict[str, object], ...]:
    """Return OpenID Connect providers as the accounts library takes them."""
    if not text:
        return ()
    wanted = ("provider_id", "name", "client_id", "secret", "server_url")
    try:
        found = json.loads(text)
        each = [{key: str(one[key]) for key in wanted} for one in found]
    except (ValueError, TypeError, KeyError):
        raise BadSetting(
            name="ASSAY_IDENTITY_PROVIDERS",
            found="...",
            expected=f"a JSON list of objects with {', '.join(wanted)}",
        ) from None
    return tuple(
        {**{key: one[key] for key in wanted[:4]}, "settings": {"server_url": one["server_url"]}}
        for one in each
    )
