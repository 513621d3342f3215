"""What only a request over HTTP can get wrong."""

from dataclasses import dataclass

from assay.core.errors import AssayError, InputError


@dataclass(eq=False, kw_only=True)
class WrongVersion(AssayError):
    """{what} was changed meanwhile: it is at version {found}, the request was about version {expected}."""

    exit_code = 4
    what: str
    found: str
    expected: str


@dataclass(eq=False, kw_only=True)
class KeyReused(InputError):
    """The idempotency key '{key}' came before with another request; nothing was done."""

    key: str


@dataclass(eq=False, kw_only=True)
class TooLarge(InputError):
    """{what} is too large: at most {limit} are taken."""

    what: str
    limit: str


@dataclass(eq=False, kw_only=True)
class UnknownCursor(InputError):
    """The cursor '{cursor}' is none that this list gave."""

    cursor: str


@dataclass(eq=False, kw_only=True)
class BadKey(InputError):
    """The idempotency key '{key}...' is none: it has 1 to 200 printable characters."""

    key: str


@dataclass(eq=False, kw_only=True)
class StillRunning(AssayError):
    """The request with the idempotency key '{key}' is being answered; ask again in a moment."""

    exit_code = 5
    key: str
