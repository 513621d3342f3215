"""Faults that tests put in: a crash at a commit, and a workforce that misbehaves more than people do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assay.core import chance
from assay.core.ports.workforce import GivenAnswer, Workforce
from assay.service.trail.seal_events import demonstration_key, installation_key
from assay.store import db


class Crash(BaseException):
    """The process is gone; nothing may catch this."""


@dataclass
class Crashes:
    """Counts the sides of commits, and is dead from the one it was told of on.

    A dead process commits nothing: every later commit fails too, as the lease's return in `finally`.
    """

    at: int | None = None
    seen: int = 0
    sides: list[str] = field(default_factory=list)

    def __call__(self, side: str) -> None:
        """Be told of one side of a commit."""
        self.sides.append(side)
        self.seen += 1
        if self.at is not None and self.seen > self.at:
            raise Crash


@contextmanager
def crashing(*, at: int | None) -> Iterator[Crashes]:
    """Crash at the commit's side with this number, counted from 0; None: only count."""
    crashes = Crashes(at)
    db.around_commit = crashes
    try:
        yield crashes
    finally:
        db.around_commit = None


def make_keys(folder: Path) -> Path:
    """Make an installation's keys once, so that signatures can be compared byte for byte."""
    installation_key(folder)
    demonstration_key(folder)
    return folder / "keys"


def give_keys(keys: Path, home: Path) -> None:
    """Put the keys into a home."""
    shutil.copytree(keys, home / "keys")


@dataclass(frozen=True)
class Unruly:
    """A workforce whose people skip, abandon and dawdle, each with a given probability per item.

    Attributes:
        dawdle_seconds: how long a dawdler takes: longer than a lease, so the answer comes too late.
    """

    inner: Workforce
    seed: int
    skips: float
    abandons: float
    dawdles: float
    dawdle_seconds: float

    def __getattr__(self, name: str) -> Any:
        """Be like them in all else."""
        return getattr(self.inner, name)

    def give(self, person: str, key: str, *, expert: bool) -> GivenAnswer:
        """Return what the person does, the same for the same question."""
        given = self.inner.give(person, key, expert=expert)
        fate = chance.uniform(self.seed, "unruly", f"{person}\x1f{key}")
        if expert:
            return given
        if fate < self.skips:
            return GivenAnswer(value=None, seconds=given.seconds, skip_reason="unruly")
        if fate < self.skips + self.abandons:
            return GivenAnswer(value=None, seconds=given.seconds, abandons=True)
        if fate < self.skips + self.abandons + self.dawdles:
            return replace(given, seconds=self.dawdle_seconds)
        return given


def sampled(points: int, *, wanted: int) -> list[int]:
    """Return about `wanted` of the numbers below `points`, evenly spread, the last ones always among them."""
    if wanted >= points:
        return list(range(points))
    spread = {round(number * (points - 1) / (wanted - 1)) for number in range(wanted)}
    return sorted(spread)
