"""Submit and take the next item over HTTP: 16 labellers without think time against a running server.

    python -m bench.service_loop [--scale 0.1]

Ours is one request a loop, `POST submit` with `next`. Label Studio's loop is two: an annotation is posted,
and the next task asked for. A bare Django application that does the same writes in one transaction, and
nothing else, shows what the frame alone costs. All on the same machine, one after the other; the load
generator takes its share of the cores.
"""

from collections.abc import Sequence

from bench import bare_django, label_studio
from bench.measuring import Finding, Place, apart, options, place, report
from bench.serving import Load, drive, fill, serving

LABELLERS, SECONDS, PEER_SECONDS = 16, 20.0, 25.0
SETS = ((10_000, 1), (10_000, 3), (100_000, 1), (100_000, 3))
SLOWEST_MS = 100.0
BARS = {"SQLite": (60.0, 3.0), "PostgreSQL": (30.0, 6.0)}
"""Loops against Label Studio's, and the most CPU milliseconds a loop."""


def main() -> None:
    given = options(__doc__)
    seconds = max(3.0, SECONDS * given.scale)
    sets = [(max(1_000, int(tasks * given.scale)), redundancy) for tasks, redundancy in SETS]
    with place() as at:
        database = at.database
        bare = bare_django.drive(at, labellers=LABELLERS, tasks=sets[0][0], seconds=seconds)
        print(f"  bare Django: {_told(bare)}", flush=True)
    ours = [_ours(tasks, redundancy, seconds) for tasks, redundancy in sets]
    theirs = _theirs(sets, max(5.0, PEER_SECONDS * given.scale))
    times, most_cpu = BARS[database]
    found = [
        _against(f"{tasks:,} tasks, {redundancy} answers each ({database})", load, peer, times)
        for (tasks, redundancy), load, peer in zip(sets, ours, theirs, strict=True)
    ]
    slowest, dearest = max(load.p99 for load in ours), max(load.cpu_ms for load in ours)
    errors = sum(load.errors for load in ours)
    found += [
        Finding(
            f"Submit and next over HTTP, the slowest hundredth ({database})",
            f"<= {SLOWEST_MS:.0f} ms wall",
            f"{slowest:.0f} ms ({', '.join(f'{load.p99:.0f}' for load in ours)}; half within"
            f" {max(load.p50 for load in ours):.0f} ms; {errors} errors)",
            slowest <= SLOWEST_MS and errors == 0,
        ),
        Finding(
            f"Submit and next over HTTP, server and database ({database})",
            f"<= {most_cpu:.0f} ms CPU",
            f"{dearest:.1f} ms ({', '.join(f'{load.cpu_ms:.1f}' for load in ours)}; a bare Django application with"
            f" the same writes {bare.cpu_ms:.1f} ms at {bare.rate:.0f} loops/s)",
            dearest <= most_cpu,
        ),
    ]
    report(given, found)


def _ours(tasks: int, redundancy: int, seconds: float) -> Load:
    with place() as at:
        filled = apart(fill, at, tasks, redundancy, LABELLERS)
        with serving(at) as server:
            load = drive(server, filled, seconds=seconds)
    print(f"  {tasks:,} tasks x {redundancy}: {_told(load)}", flush=True)
    return load


def _theirs(sets: Sequence[tuple[int, int]], seconds: float) -> list[Load | None]:
    """Measure Label Studio with the same sets, or with none where it is not to be had."""
    with place() as at, label_studio.running(at, users=LABELLERS) as peer:
        return [None if peer is None else _their(at, peer, *one, seconds) for one in sets]


def _their(at: Place, peer: label_studio.Peer, tasks: int, redundancy: int, seconds: float) -> Load:
    project = peer.project(redundancy)
    took = peer.add(project, label_studio.texts(tasks))
    load = peer.drive(project, seconds=seconds)
    print(
        f"  Label Studio ({at.database}), {tasks:,} tasks x {redundancy} (imported in {took:.0f} s): {_told(load)}",
        flush=True,
    )
    return load


def _against(what: str, load: Load, peer: Load | None, times: float) -> Finding:
    name = f"Submit and next over HTTP against Label Studio: {what}"
    if peer is None or not peer.loops:
        return Finding(name, f">= {times:.0f}x", f"{load.rate:.0f} loops/s; the peer did not run", False)
    ratio = load.rate / peer.rate
    return Finding(
        name,
        f">= {times:.0f}x",
        f"{ratio:.0f}x ({load.rate:.0f} loops/s against {peer.rate:.1f}; {load.cpu_ms:.1f} ms CPU a loop against"
        f" {peer.cpu_ms:.0f}; p99 {load.p99:.0f} ms against {peer.p99:,.0f}; {load.errors} errors against {peer.errors})",
        ratio >= times,
    )


def _told(load: Load) -> str:
    return (
        f"{load.rate:.1f} loops/s, {load.cpu_ms:.2f} ms CPU, p50 {load.p50:.0f}, p99 {load.p99:.0f} ms,"
        f" {load.errors} errors"
    )


if __name__ == "__main__":
    main()
