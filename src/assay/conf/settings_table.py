"""Settings are data: what can be set, what it defaults to, and what it means."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
    Setting("ASSAY_TASK_SECONDS", "1800", "How long a person may hold an item before it goes to another."),
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
)


@dataclass(frozen=True, slots=True)
class Values:
    """The settings of this process, read once."""

    home: Path
    database_url: str
    tenant: str
    lease_seconds: float
    task_seconds: float
    step_answers: int
    checkpoint_dir: Path
    outbound_allowed: tuple[str, ...]


def read_settings(environ: Mapping[str, str] = os.environ) -> Values:
    """Read every setting; raises `BadSetting` for the first that cannot be used."""
    found = {setting.name: _value(setting, environ) for setting in SETTINGS}
    home = Path(found["ASSAY_HOME"]).expanduser()
    url = found["DATABASE_URL"]
    if url and urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise BadSetting(
            name="DATABASE_URL",
            found=urlsplit(url).scheme + "://...",
            expected="a postgresql:// address, or empty for SQLite",
        )
    return Values(
        home=home,
        database_url=url,
        tenant=found["ASSAY_TENANT"],
        lease_seconds=_number("ASSAY_LEASE_SECONDS", found, low=0.1, high=3600),
        task_seconds=_number("ASSAY_TASK_SECONDS", found, low=1, high=30 * 86400),
        step_answers=int(_number("ASSAY_STEP_ANSWERS", found, low=1, high=10_000)),
        checkpoint_dir=Path(found["ASSAY_CHECKPOINT_DIR"] or home / "checkpoints").expanduser(),
        outbound_allowed=tuple(
            one.strip() for one in found["ASSAY_OUTBOUND_ALLOW"].split(",") if one.strip()
        ),
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
                " PRAGMA cache_size=-65536;",
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
