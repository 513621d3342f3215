"""The port of the way out: one client that checks where it connects to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from assay.core.errors import AssayError


class Outbound(Protocol):
    """The way out to models and other services: one client that checks where it connects to."""

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> bytes:
        """Post a body and return what came back; raises `OutboundFailed`."""


@dataclass(eq=False, kw_only=True)
class OutboundFailed(AssayError):
    """{url} cannot be reached: {reason}."""

    url: str
    reason: str
