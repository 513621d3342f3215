"""Asking somebody outside for one answer, through the one guarded way out (SEC-20)."""

from collections.abc import Mapping

from assay.providers.outbound import OutboundClient
from assay.service.installation import Installation

SECONDS = 10.0


def ask_outside(
    installation: Installation, *, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Return (status, body) of one request; raises `OutboundFailed` where nobody may be or can be reached."""
    client = OutboundClient(allowed=installation.outbound_allowed, seconds=SECONDS)
    return client.ask(method, url, body, headers=headers)
