"""The base of all shapes, and the problem document of RFC 9457."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ninja import Schema
from pydantic import ConfigDict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shape(Schema):
    """A JSON object with named fields; a request with others is refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Problem(Shape):
    """Why a request was refused (RFC 9457): the error's own sentence is the detail."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


def moment(at: int) -> datetime | None:
    """Return microseconds as a moment, None for "never"."""
    return _EPOCH + timedelta(microseconds=at) if at else None
