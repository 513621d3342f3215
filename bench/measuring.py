"""What every benchmark needs: a place of its own, CPU and memory of a piece of work, and findings to print.

Times are CPU seconds: this process, its children, and the PostgreSQL backend that it speaks to. Memory is
the growth of the peak over the resident size at the start, each piece of work in a fresh process.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.db import connection

from assay.service.installation import Installation, open_installation

CLOCK = 1_795_000_000_000_000
"""Microseconds; the workers' clock where a benchmark needs one."""


@dataclass(frozen=True)
class Measured:
    """A piece of work: CPU and wall seconds, MiB by which the peak grew, and what it returned."""

    cpu: float
    wall: float
    growth: float
    result: Any


@dataclass(frozen=True)
class Finding:
    """One line of the results."""

    what: str
    target: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Place:
    """A home folder and a database that nobody else uses; `url` is empty for SQLite."""

    home: Path
    url: str

    @property
    def database(self) -> str:
        return "PostgreSQL" if self.url else "SQLite"

    def open(self, *, step_answers: int = 60) -> Installation:
        """Start Django on this place; once in a process."""
        os.environ |= {
            "ASSAY_HOME": str(self.home),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "assay.conf.settings",
        }
        django.setup()
        return open_installation(
            home=self.home,
            checkpoint_dir=self.home / "checkpoints",
            tenant="bench",
            lease_seconds=3600,
            task_seconds=1800,
            step_answers=step_answers,
        )


@contextmanager
def place() -> Iterator[Place]:
    """Hold a fresh place: SQLite, or a new database beside the one that DATABASE_URL names."""
    home = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    base = os.environ.get("DATABASE_URL", "")
    name = home.name.replace("-", "_").lower()
    url = urlunsplit(urlsplit(base)._replace(path=f"/{name}")) if base else ""
    try:
        if base:
            _administer(base, f"CREATE DATABASE {name}")
        yield Place(home, url)
    finally:
        if base:
            _administer(base, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(home, ignore_errors=True)


def apart(work: Callable[..., Any], *args: Any) -> Any:
    """Call a function of a module in a fresh process and return its result."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_told, work, *args).result()


def measure(work: Callable[[], Any]) -> Measured:
    """Do a piece of work and measure it."""
    before = _resident()
    _forget_peak()
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work()
    return Measured(cpu_seconds() - cpu, time.perf_counter() - wall, max(0.0, _peak() - before), result)


def cpu_seconds() -> float:
    """Return the CPU seconds of this process, its ended children and its database backend."""
    found = os.times()
    found = os.times()
    # Children are counted when they have ended; the clock of this process is the finer one.
    return time.process_time() + found.children_user + found.children_system + _backend()


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))


def options(description: str, *, scale: float = 1.0) -> argparse.Namespace:
    """Read the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("--scale", type=float, default=scale, help="share of the full counts (default 1)")
    parser.add_argument("--json", type=Path, help="append the findings to this file, one object a line")
    return parser.parse_args()


def report(given: argparse.Namespace, findings: Sequence[Finding]) -> None:
    """Print the findings, and keep them where `--json` says."""
    for found in findings:
        print(
            f"{'met   ' if found.met else 'MISSED'}  {found.what}: {found.measured} (target {found.target})"
        )
    if given.json is not None:
        with given.json.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(asdict(found)) + "\n" for found in findings)


def _told(work: Callable[..., Any], *args: Any) -> Any:
    try:
        return work(*args)
    except Exception as problem:  # noqa: BLE001 - named facts of errors do not travel between processes
        raise RuntimeError(f"{type(problem).__name__}: {problem}") from None


def _administer(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(sql)


def _backend() -> float:
    """Return the CPU seconds of our PostgreSQL backend where it runs on this machine, else 0."""
    if "DATABASE_URL" not in os.environ or not os.environ["DATABASE_URL"] or connection.connection is None:
        return 0.0
    try:
        words = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rsplit(")", 1)
    except OSError:
        return 0.0
    if "postgres" not in words[0]:
        return 0.0
    ticks = words[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _forget_peak() -> None:
    # Where that cannot be done the peak of the process so far counts, which can only make the growth larger.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Return the peak resident size in MiB."""
    try:
        return _status("VmHWM")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    try:
        return _status("VmRSS")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _status(name: str) -> float:
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith(name))
    return int(line.split()[1]) / 1024
