"""Threads of a server process are set aside for the people who label: nothing else takes all of them (REL-9).

Of requests for work some run at once and all others wait for them, in whatever threads are free. Of requests for
anything else as many run at once as the settings say, a few more wait, and what comes then is told to come again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

FOR_WORK: Final = 4
"""Threads that only requests for work use: so many of them run at once, since more would wait for each other anyway."""
WAITING: Final = 4
"""Threads in which other requests wait for their turn."""
PATIENCE: Final = 20.0
"""Seconds that they wait at most."""
WORK: Final = ("/api/v1/work/", "/work/", "/media/", "/review/", "/api/v1/reviews", "/static/")
"""Where the addresses begin that people at work ask for; files of the pages are sent without any work."""
_LATER: Final = b"Too much is asked for at this moment; nothing was done. Come again in a few seconds.\n"


def threads_of(others: int) -> int:
    """Return how many threads a server process needs to handle so many other requests at once."""
    return others + WAITING + FOR_WORK


class WorkGoesFirst:
    """Lets the application handle so many requests at once that are not for work; the rest waits or is refused."""

    def __init__(self, app: App, *, others: int) -> None:
        self.app = app
        self._working = threading.BoundedSemaphore(FOR_WORK)
        self._running = threading.BoundedSemaphore(others)
        self._admitted = threading.BoundedSemaphore(others + WAITING)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if f"{environ.get('PATH_INFO', '')}/".startswith(WORK):
            with self._working:  # sending a picture to somebody far away keeps nobody from working
                return self.app(environ, start_response)
        if not self._admitted.acquire(blocking=False):
            return _later(start_response)
        if not self._running.acquire(timeout=PATIENCE):
            self._admitted.release()
            return _later(start_response)
        parts: Iterable[bytes] | None = None
        try:
            parts = self.app(environ, start_response)
        finally:
            if parts is None:
                self._end()
        return _Reply(parts, self._end)

    def _end(self) -> None:
        self._running.release()
        self._admitted.release()


class _Reply:
    """A reply whose request runs until the last of it is sent, or given up."""

    def __init__(self, parts: Iterable[bytes], end: Callable[[], None]) -> None:
        self._parts = parts
        self._end = [end]

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        finally:
            self._done()

    def close(self) -> None:
        """Close the reply, whether or not it was sent."""
        try:
            ending = getattr(self._parts, "close", None)
            if ending is not None:
                ending()
        finally:
            self._done()

    def __del__(self) -> None:
        """Count a reply as over that was dropped unsent: whoever asked is gone."""
        self._done()

    def _done(self) -> None:
        if self._end:
            self._end.pop()()


def _later(start_response: Callable[..., Any]) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "2")]
    start_response("503 Service Unavailable", headers)
    return [_LATER]
