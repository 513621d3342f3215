"""What the benchmarks of the service share: a filled place, the load of labellers, CPU and memory of a server.

The load generator speaks HTTP/1.1 over kept-alive sockets by itself, so that it costs little of the two
cores that it shares with the server.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.measuring import Place
from tests.support import serving as support
from tests.support.serving import Filled, Labeller, Server, tree

TICKS = os.sysconf("SC_CLK_TCK")


def fill(at: Place, tasks: int, redundancy: int, labellers: int) -> Filled:
    """Put a batch at work straight into the store; runs in a process of its own."""
    installation = at.open()
    filled = support.fill(installation, home=at.home, tasks=tasks, redundancy=redundancy, labellers=labellers)
    if at.url:
        support.db.execute("ANALYZE")
    return filled


@contextmanager
def serving(at: Place, **environment: str) -> Iterator[Server]:
    """Run `assay serve` on a place, workers included."""
    with support.serving(at.home, at.url, tenant="bench", **environment) as server:
        yield server


@dataclass(frozen=True)
class Load:
    """What a run of labellers came to: loops, seconds, percentiles in milliseconds, CPU per loop, errors."""

    loops: int
    seconds: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    errors: int

    @property
    def rate(self) -> float:
        return self.loops / self.seconds


def drive(
    server: Server, filled: Filled, *, seconds: float, think: Callable[[], float] | None = None
) -> Load:
    """Let all labellers work for so long."""
    crew = [Labeller(server.port, filled.batch, key) for key in filled.keys]
    for one in crew:
        one.call("claim", {"ahead": 1})  # connections, code and plans are warm
    before, start = cpu_of(server), time.monotonic()
    threads = [
        threading.Thread(target=one.work, args=(start + seconds,), kwargs={"think": think}, daemon=True)
        for one in crew
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, wall = cpu_of(server) - before, time.monotonic() - start
    times = sorted(one for labeller in crew for one in labeller.times)
    loops = sum(len(one.journal) for one in crew)
    for one in crew:
        for error in one.errors[:1]:
            print("   error:", error)
    return Load(
        loops=loops,
        seconds=wall,
        p50=1000 * quantile(times, 0.5),
        p95=1000 * quantile(times, 0.95),
        p99=1000 * quantile(times, 0.99),
        cpu_ms=1000 * spent / max(loops, 1),
        errors=sum(len(one.errors) for one in crew),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def cpu_of(server: Server) -> float:
    """Return the CPU seconds of the process tree so far, the database's processes included."""
    return sum(_cpu(pid) for pid in [*tree(server.process.pid), *_postgres_pids(server.url)])


def resident(server: Server) -> float:
    """Return the MiB that the process tree holds."""
    return sum(_resident(pid) for pid in tree(server.process.pid))


def _postgres_pids(url: str) -> list[int]:
    """Return the database's processes where PostgreSQL runs on this machine."""
    if not url:
        return []
    name = urlsplit(url).path.lstrip("/")
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = line.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if words.startswith("postgres:") and (
                name in words or "writer" in words or "checkpointer" in words
            ):
                found.append(int(line.parent.name))
    return found


def _cpu(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
