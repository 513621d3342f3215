"""Buckets of tokens that all processes of this machine share: a table of fixed size in a file of the home.

A bucket holds a minute's worth and refills evenly. Callers are told apart by a digest of their name; where the table is
full, whoever has been quiet longest is forgotten. Nothing here goes to the database: it is asked with every request.
"""

import fcntl
import hashlib
import mmap
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

SLOTS: Final = 1 << 16
_NEAR: Final = 8
"""Slots in which one caller may be found."""
_STRIPES: Final = 64
"""Parts of the table that are locked apart."""
_NAME: Final = 80
_SLOT: Final = np.dtype(
    [("caller", "<u8"), ("left", "<f8"), ("at", "<f8"), ("refused", "<i8"), ("name", f"S{_NAME}")]
)
_OVERTAKEN: Final = 60.0
"""Seconds by which a request may be late behind one that looked at the clock after it."""
RESTED: Final = 0.5
"""A caller who was slowed is slowed no longer once so much of a minute's worth is there again."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: `wait` is 0 where it may go on, else the seconds until it may; and what that changed.

    Attributes:
        begins: the first refusal since the caller had rested.
        ends: how many requests were refused until the caller rested, which is seen now; 0: they were not slowed.
    """

    wait: float = 0.0
    begins: bool = False
    ends: int = 0


class SharedBuckets:
    """The buckets in a file, opened by one process; times in seconds of the clock that all processes of a machine share."""

    def __init__(self, path: Path, *, slots: int = SLOTS) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        size = slots * _SLOT.itemsize
        if os.fstat(self._file).st_size != size:
            os.ftruncate(self._file, size)
        self._table: Any = np.frombuffer(mmap.mmap(self._file, size), dtype=_SLOT)
        self._turn = threading.Lock()

    def take(self, name: str, *, per_minute: float, now: float, cost: float = 1.0) -> Taken:
        """Take one request's cost from the caller's bucket, or say how long to wait."""
        with self._slot(name) as slot:
            left, wait, ends = self._left(slot, per_minute=per_minute, now=now), 0.0, 0
            begins = left < cost and not slot["refused"]
            if left < cost:
                wait = (cost - left) * 60 / per_minute
                slot["refused"] += 1
            else:
                left -= cost
                if slot["refused"] and left >= RESTED * per_minute:
                    ends = int(slot["refused"])
                    slot["refused"] = 0
            slot["left"] = left
            slot["at"] = now if _is_anew(slot, now) else max(now, float(slot["at"]))
            return Taken(wait=wait, begins=begins, ends=ends)

    def is_empty(self, name: str, *, per_minute: float, now: float) -> bool:
        """Whether nothing is left in a caller's bucket."""
        with self._slot(name) as slot:
            return self._left(slot, per_minute=per_minute, now=now) < 1.0

    def rested(self, *, now: float, after: float) -> list[tuple[str, int]]:
        """Return whoever was slowed and has sent nothing for `after` seconds, with how many requests were refused."""
        found = []
        for place in np.flatnonzero((self._table["refused"] > 0) & (self._table["at"] < now - after)):
            name = bytes(self._table[place]["name"]).decode("utf-8", "replace")
            with self._locked(int(place) % _STRIPES):
                slot = self._table[place]
                if slot["refused"] and slot["at"] < now - after:
                    found.append((name, int(slot["refused"])))
                    slot["refused"] = 0
        return found

    @contextmanager
    def _slot(self, name: str) -> Iterator[Any]:
        digest = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") or 1
        stripe = digest % _STRIPES
        with self._locked(stripe):
            # All slots of one caller lie in one stripe: every so-manieth from where its digest says.
            places = [(digest + step * _STRIPES) % len(self._table) for step in range(_NEAR)]
            callers = [int(self._table[place]["caller"]) for place in places]
            if digest in callers:
                place = places[callers.index(digest)]
            else:
                place = min(places, key=lambda one: float(self._table[one]["at"]))
                self._table[place] = (digest, -1.0, 0.0, 0, name.encode()[:_NAME])
            yield self._table[place]

    @contextmanager
    def _locked(self, stripe: int) -> Iterator[None]:
        with self._turn:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, stripe)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, stripe)

    @staticmethod
    def _left(slot: Any, *, per_minute: float, now: float) -> float:
        """Return what is left; a fresh bucket, or one from before the machine was started anew, is full."""
        left = float(slot["left"])
        if left < 0.0 or _is_anew(slot, now):
            return float(per_minute)
        # Whoever looked at the clock first need not be here first.
        gone = max(0.0, now - float(slot["at"]))
        return min(float(per_minute), left + gone * per_minute / 60)


def _is_anew(slot: Any, now: float) -> bool:
    """Whether the clock began anew since a slot was written: it lies further ahead than threads overtake each other."""
    return float(slot["at"]) > now + _OVERTAKEN
