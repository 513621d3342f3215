"""The first start from nothing: from the command to the first page and the first answer of the API.

    python -m bench.service_start [--scale 0.1]

The folder is empty and the database new. Everything that a first start does is in it: reading the programs,
the database's tables, keys, the server and its workers. Label Studio starts the same way in the same run.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from bench import label_studio
from bench.measuring import Finding, Place, median, options, place, report
from bench.serving import cpu_of, resident
from tests.support.serving import Server, free_port

RUNS, MOST = 3, 3.0
PAGE, API = "/account/login/", "/api/v1/openapi.json"
PEER_PAGE, PEER_API = "/user/login/", "/api/version"


def main() -> None:
    given = options(__doc__)
    found = []
    for _ in range(max(1, round(RUNS * given.scale))):
        with place() as at:
            found.append(_ours(at))
            database = at.database
        print(f"  {found[-1][0]:.1f} s, {found[-1][1]:.1f} s CPU, {found[-1][2]:.0f} MiB", flush=True)
    theirs = "the peer did not run"
    programs = label_studio.installed()
    if programs is not None:
        with place() as at:
            wall, cpu, memory = _theirs(at, programs)
        theirs = f"Label Studio {wall:.1f} s, {cpu:.1f} s CPU and {memory:.0f} MiB"
    wall, cpu, memory = (median([one[part] for one in found]) for part in range(3))
    report(
        given,
        [
            Finding(
                f"First start from nothing to a page and an answer of the API ({database})",
                f"<= {MOST:.0f} s wall",
                f"{wall:.1f} s ({min(one[0] for one in found):.1f} to {max(one[0] for one in found):.1f}; {cpu:.1f} s"
                f" CPU and {memory:.0f} MiB; {theirs})",
                wall <= MOST,
            )
        ],
    )


def _ours(at: Place) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and MiB of the process tree."""
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    env |= {
        "ASSAY_HOME": str(at.home),
        "DATABASE_URL": at.url,
        "DJANGO_SETTINGS_MODULE": "assay.conf.settings",
    }
    log = at.home.with_suffix(".log")
    with log.open("wb") as out:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "assay.entry.cli.main", "serve", "--bind", f"127.0.0.1:{port}"],
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            _answers(port, process, PAGE, API)
            took = time.perf_counter() - start
            server = Server(process, port, at.url, log)
            return took, cpu_of(server), resident(server)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            log.unlink()


def _theirs(at: Place, programs: Path) -> tuple[float, float, float]:
    start = time.perf_counter()
    peer = label_studio.start(at, programs)
    try:
        _answers(peer.port, peer.process, PEER_PAGE, PEER_API)
        took = time.perf_counter() - start
        return took, cpu_of(peer.server), resident(peer.server)
    finally:
        label_studio.stop(peer)


def _answers(port: int, process: "subprocess.Popen[bytes]", *paths: str) -> None:
    """Wait until all these addresses have answered."""
    waiting = list(paths)
    until = time.monotonic() + 300
    while waiting:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{waiting[0]} was never answered")
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with suppress(OSError, http.client.HTTPException), closing(line):
            line.request("GET", waiting[0])
            if line.getresponse().status == 200:
                waiting.pop(0)
                continue
        time.sleep(0.02)


if __name__ == "__main__":
    main()
