"""A working day in small: 64 labellers who think a second on average, for ten minutes.

    python -m bench.service_soak [--scale 0.1]

Memory is that of the process tree, server and workers, over the last tenth of the time against the tenth
after the warm-up, which is the first fifth.
"""

import random
import threading
from collections.abc import Sequence

from bench.measuring import Finding, apart, median, options, place, report
from bench.serving import drive, fill, resident, serving
from tests.support.serving import Server

LABELLERS, SECONDS, TASKS_A_SECOND = 64, 600.0, 80
LEAST, SLOWEST_MS, GROWTH = 50.0, 300.0, 10.0
LOOK_EVERY = 0.5


def main() -> None:
    given = options(__doc__)
    seconds = max(20.0, SECONDS * given.scale)
    with place() as at:
        filled = apart(fill, at, int(seconds * TASKS_A_SECOND), 1, LABELLERS)
        with serving(at) as server:
            seen: list[float] = []
            ended = threading.Event()
            watcher = threading.Thread(target=_watch, args=(server, seen, ended), daemon=True)
            watcher.start()
            load = drive(server, filled, seconds=seconds, think=lambda: random.expovariate(1.0))
            ended.set()
            watcher.join()
        log = server.log.read_text(errors="replace")
    complaints = [line for line in log.splitlines() if "rror" in line or "started again" in line]
    for line in complaints[:5]:
        print("   log:", line)
    first, last = _part(seen, 0.2, 0.3), _part(seen, 0.9, 1.0)
    growth = 100 * (last - first) / first
    what = f"{LABELLERS} labellers who think a second, {seconds / 60:.1f} minutes"
    report(
        given,
        [
            Finding(
                f"{what}: answers ({at.database})",
                f">= {LEAST:.0f} a second",
                f"{load.rate:.1f} a second ({load.loops:,}; {load.cpu_ms:.1f} ms CPU each)",
                load.rate >= LEAST,
            ),
            Finding(
                f"{what}: submit and next, 95 of 100 ({at.database})",
                f"<= {SLOWEST_MS:.0f} ms wall",
                f"{load.p95:.0f} ms (half within {load.p50:.0f}, 99 of 100 within {load.p99:.0f})",
                load.p95 <= SLOWEST_MS,
            ),
            Finding(
                f"{what}: errors ({at.database})",
                "0",
                f"{load.errors}, and {len(complaints)} lines of complaint in the log",
                load.errors == 0 and not complaints,
            ),
            Finding(
                f"{what}: growth of memory after the warm-up ({at.database})",
                f"< {GROWTH:.0f} %",
                f"{growth:.1f} % ({first:.0f} to {last:.0f} MiB)",
                growth < GROWTH,
            ),
        ],
    )


def _watch(server: Server, seen: list[float], ended: threading.Event) -> None:
    while not ended.wait(LOOK_EVERY):
        seen.append(resident(server))


def _part(seen: Sequence[float], start: float, end: float) -> float:
    return median(seen[int(start * len(seen)) : max(int(start * len(seen)) + 1, int(end * len(seen)))])


if __name__ == "__main__":
    main()
