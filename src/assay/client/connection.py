"""The line to a server: keys, retries, and problems that become errors with the server's own sentence."""

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any, Final

import httpx

from assay.core.errors import AssayError

_UNFIT: Final = 422
_REQUEST: Final = "request, line "
TRIES: Final = 6
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 20.0
PASSING: Final = (429, 502, 503, 504)
"""Statuses that may be different the next time; nothing was done, so the same request comes again."""


@dataclass(eq=False, kw_only=True)
class Refused(AssayError):
    """The server refuses: {detail}.

    `problems` are the single sentences where several things are wrong with what was sent.
    """

    exit_code = 4
    status: int
    detail: str
    name: str = ""
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """What was sent is at fault where the server says so."""
        if self.status == _UNFIT:
            self.exit_code = 2

    def about(self, name: str) -> "Refused":
        """Return the same about a file, which the server knows as the request."""
        problems = tuple(one.replace(_REQUEST, f"{name}, line ") for one in self.problems)
        return replace(self, detail=self.detail.replace(_REQUEST, f"{name}, line "), problems=problems)


@dataclass(eq=False, kw_only=True)
class NoServer(AssayError):
    """The server at {url} cannot be reached: {reason}."""

    exit_code = 6
    url: str
    reason: str


class Connection:
    """One kept-alive line to a server.

    Requests that change something carry an idempotency key, so that a repeated one has one effect (REL-2).
    """

    def __init__(
        self, url: str, *, key: str, seconds: float = 60.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        self._line = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=seconds,
            transport=transport,
        )

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def get(self, path: str, **parameters: object) -> Any:
        """Return the JSON of an address."""
        wanted = {name: str(value) for name, value in parameters.items() if value is not None}
        return self._json("GET", path, params=wanted)

    def post(self, path: str, body: object = None, *, once: bool = True) -> Any:
        """Post JSON and return the reply."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if once else {}
        return self._json("POST", path, json={} if body is None else body, headers=headers)

    def put(self, path: str, body: object, *, version: int | None = None) -> Any:
        """Replace something; with a version, only where nobody changed it meanwhile."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self._json("PUT", path, json=body, headers=headers)

    def delete(self, path: str) -> None:
        """Remove something."""
        self._json("DELETE", path)

    def upload(self, path: str, files: Sequence[tuple[str, IO[bytes]]]) -> Any:
        """Post files with the names that they are to be known by."""
        for again in range(TRIES):
            for _, stream in files:
                stream.seek(0)
            parts: list[tuple[str, tuple[str | None, Any]]] = [
                ("files", (name.rpartition("/")[2] or "file", stream)) for name, stream in files
            ]
            parts += [("paths", (None, name)) for name, _ in files]
            answer = self._try("POST", path, files=parts)
            if answer.status_code not in PASSING or again == TRIES - 1:
                break
            time.sleep(_pause(answer, again))
        return _read(answer)

    @contextmanager
    def download(self, path: str) -> Iterator[tuple[int | None, Iterator[bytes]]]:
        """Yield (length where it is known, chunks) of a file."""
        try:
            with self._line.stream("GET", path) as answer:
                if answer.is_error:
                    answer.read()
                    _read(answer)
                length = answer.headers.get("Content-Length")
                yield (int(length) if length else None), answer.iter_bytes()
        except httpx.TransportError as problem:
            raise NoServer(url=self.url, reason=_why(problem)) from None

    def _json(self, method: str, path: str, **arguments: Any) -> Any:
        for again in range(TRIES):
            answer = self._try(method, path, again=again, **arguments)
            if answer.status_code not in PASSING or again == TRIES - 1:
                break
            time.sleep(_pause(answer, again))
        return _read(answer)

    def _try(self, method: str, path: str, *, again: int = TRIES, **arguments: Any) -> httpx.Response:
        """Ask once; where nobody answered, ask again: whatever changes something has one effect."""
        while True:
            try:
                return self._line.request(method, path, **arguments)
            except httpx.TransportError as problem:
                if again >= TRIES - 1:
                    raise NoServer(url=self.url, reason=_why(problem)) from None
                time.sleep(min(FIRST_PAUSE * 2**again, LONGEST_PAUSE))
                again += 1


def _read(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        found: Mapping[str, Any] = answer.json()
        detail, name = str(found.get("detail", "")), str(found.get("type", ""))
        errors = found.get("errors") or []
        problems = tuple(str(one["reason"]) for one in errors if isinstance(one, dict) and "reason" in one)
    except ValueError:
        detail, name, problems = "", "", ()
    raise Refused(
        status=answer.status_code,
        detail=detail.rstrip(".") or f"The server answered with status {answer.status_code}",
        name=name.rpartition(":")[2],
        problems=problems,
    )


def _pause(answer: httpx.Response, again: int) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked) if asked.isdigit() else FIRST_PAUSE * 2**again, LONGEST_PAUSE)


def _why(problem: httpx.TransportError) -> str:
    if isinstance(problem, httpx.ConnectError):
        return "nobody answers there"
    if isinstance(problem, httpx.TimeoutException):
        return "it did not answer in time"
    return "the connection broke off"
