"""Calls to the outside: resolved once, checked, and connected to the very address that was checked.

Addresses that are not public are refused unless an operator allows them, so that nobody who files an
intake can make this machine talk to its neighbours. Redirects are not followed: whoever is asked answers
by itself. Bytes and time are bounded, and a fault that may pass is tried again with a growing pause.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from assay.core.limits import OUTBOUND_BYTES
from assay.core.ports.outbound import OutboundFailed

SECONDS: Final = 20.0
MOST_BYTES: Final = OUTBOUND_BYTES.most
TRIES: Final = 3
FIRST_PAUSE: Final = 0.2
PASSING: Final = (408, 425, 429, 500, 502, 503, 504)
"""Statuses that may be different the next time."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundClient:
    """Posts bytes to an address of http or https; implements `core.ports.outbound.Outbound`.

    Args:
        allowed: host names, addresses and networks that may be reached although they are not public.
        seconds: how long one try may take.
    """

    def __init__(self, *, allowed: Sequence[str] = (), seconds: float = SECONDS) -> None:
        """Remember what is allowed; names are kept as they are, networks are parsed."""
        self._names = {one.lower() for one in allowed if not _is_network(one)}
        self._networks = [ipaddress.ip_network(one, strict=False) for one in allowed if _is_network(one)]
        self._seconds = seconds

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> bytes:
        """Post a body and return what came back.

        Raises:
            OutboundFailed: if the address is refused, nobody answers in time, the answer is too long, or
                the status is not 2xx.
        """
        parts = _parts(url)
        for again in range(TRIES):
            status, said = self._once(url, parts, body, headers)
            if 200 <= status < 300:
                return said
            if status not in PASSING or again == TRIES - 1:
                break
            time.sleep(FIRST_PAUSE * 2**again)
        raise OutboundFailed(url=url, reason=f"it answered with status {status}")

    def ask(
        self, method: str, url: str, body: bytes | None, *, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Ask once with any method, and return (status, what came back) whatever the status is.

        Raises:
            OutboundFailed: as above, but for the status.
        """
        return self._once(url, _parts(url), body, headers, method=method)

    def _once(
        self,
        url: str,
        parts: SplitResult,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        method: str = "POST",
    ) -> tuple[int, bytes]:
        address, port = self._resolve(url, parts)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection = _connected(parts, address, port, seconds=self._seconds)
        except (OSError, ssl.SSLError) as problem:
            raise OutboundFailed(url=url, reason=_why(problem)) from None
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            said = answer.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as problem:
            raise OutboundFailed(url=url, reason=_why(problem)) from None
        finally:
            connection.close()
        if len(said) > MOST_BYTES:
            raise OutboundFailed(url=url, reason=f"its answer is longer than {MOST_BYTES:,} bytes")
        return answer.status, said

    def _resolve(self, url: str, parts: SplitResult) -> tuple[str, int]:
        """Return the address to connect to: the first one found, if every one found may be reached."""
        host = parts.hostname or ""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            raise OutboundFailed(url=url, reason="its host has no address") from None
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        for address in addresses:
            if not self._may(host, address):
                raise OutboundFailed(
                    url=url,
                    reason="it lies in a private network; an operator can allow it in ASSAY_OUTBOUND_ALLOW",
                )
        return str(addresses[0]), port

    def _may(self, host: str, address: _Address) -> bool:
        plain = getattr(address, "ipv4_mapped", None) or address
        if plain.is_global and not plain.is_multicast:
            return True
        return host.lower() in self._names or any(plain in network for network in self._networks)


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise OutboundFailed(url=url, reason="it is no plain http or https address")
    return parts


def _connected(parts: SplitResult, address: str, port: int, *, seconds: float) -> http.client.HTTPConnection:
    """Connect to the checked address, while certificate and Host header are those of the name."""
    host = parts.hostname or ""
    line = socket.create_connection((address, port), timeout=seconds)
    if parts.scheme == "https":
        line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.sock = line
    return connection


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _why(problem: BaseException) -> str:
    if isinstance(problem, TimeoutError):
        return "it did not answer in time"
    if isinstance(problem, ssl.SSLError):
        return "its certificate cannot be trusted"
    if isinstance(problem, ConnectionRefusedError):
        return "nobody listens there"
    return "the connection broke off"
