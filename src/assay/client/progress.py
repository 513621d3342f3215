"""A bar on standard error: what is done, of how much."""

import time
from types import TracebackType
from typing import Final, Self, TextIO

WIDTH: Final = 24
EVERY: Final = 0.1


class Bar:
    """A bar on one line; silent without an output, and gone when it is done."""

    def __init__(self, out: TextIO | None, what: str, total: int) -> None:
        self._out, self._what, self._total = out, what, total
        self._done = 0
        self._at = 0.0

    def __enter__(self) -> Self:
        """Return the bar."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line."""
        if self._out is not None and self._at:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def move(self, by: int) -> None:
        """Say that so much more is done."""
        self.show(self._done + by, self._total)

    def show(self, done: int, total: int, note: str = "") -> None:
        """Say how much is done, of how much (0: unknown)."""
        self._done, self._total = done, total
        now = time.monotonic()
        if self._out is None or now - self._at < EVERY:
            return
        self._at = now
        share = min(1.0, done / total) if total else 0.0
        full = round(share * WIDTH)
        counts = f"{done:,} of {total:,}" if total else f"{done:,}"
        self._out.write(f"\r\x1b[K{self._what} [{'=' * full}{' ' * (WIDTH - full)}] {counts} {note}")
        self._out.flush()
