"""The memory of a running process tree, looked at again and again while something happens."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.measuring import Place
from bench.serving import resident
from tests.support.serving import Server, key_for

EVERY = 0.05


@dataclass
class Watched:
    """MiB that the process tree held at first, and at most."""

    before: float
    most: float

    @property
    def growth(self) -> float:
        return max(0.0, self.most - self.before)


@contextmanager
def watched(server: Server) -> Iterator[Watched]:
    """Watch a server's memory until the block ends."""
    start = resident(server)
    found, ended = Watched(start, start), threading.Event()

    def look() -> None:
        while not ended.wait(EVERY):
            found.most = max(found.most, resident(server))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()


def key(at: Place, role: str) -> str:
    """Return a key of a new member with one role; runs in a process of its own."""
    return key_for(at.open(), f"{role}@tests.invalid", role=role)


def until(ready: Callable[[], Any], *, seconds: float = 600, pause: float = 0.05) -> None:
    """Ask again and again until it is so."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("it never came to that")
        time.sleep(pause)
