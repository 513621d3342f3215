"""What the account library uses to ask identity providers: few calls, all through the guarded way out."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from assay.core.ports.outbound import OutboundFailed
from assay.service.installation import Installation
from assay.service.sign_in.ask_identity_provider import ask_outside


@dataclass(frozen=True, slots=True)
class Answer:
    """What an identity provider said."""

    url: str
    status_code: int
    content: bytes

    @property
    def text(self) -> str:
        """The answer as text."""
        return self.content.decode(errors="replace")

    @property
    def headers(self) -> dict[str, str]:
        """What the library looks at: providers of OpenID Connect answer in JSON."""
        return {"content-type": "application/json"}

    def json(self) -> Any:
        """Return the answer's JSON; raises `OutboundFailed` where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise OutboundFailed(url=self.url, reason="its answer is no JSON") from None

    def raise_for_status(self) -> None:
        """Raise `OutboundFailed` for a status that is not 2xx."""
        if not 200 <= self.status_code < 300:
            raise OutboundFailed(url=self.url, reason=f"it answered with status {self.status_code}")


class IdentitySession:
    """Has the calls of a session of `requests` that the library makes."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is kept open."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, **parts: Any) -> Answer:
        """Ask with GET."""
        return self.request("GET", url, headers=headers, **parts)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
    ) -> Answer:
        """Ask with a form as body, parameters in the address, and a name and password where they are given."""
        said = {"Accept": "application/json", **(headers or {})}
        if data is not None:
            said["Content-Type"] = "application/x-www-form-urlencoded"
        if auth is not None:
            word = base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()
            said["Authorization"] = f"Basic {word}"
        address = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url
        body = None if data is None else urlencode(data).encode()
        status, content = ask_outside(self._installation, method=method, url=address, body=body, headers=said)
        return Answer(url=url, status_code=status, content=content)
