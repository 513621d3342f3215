"""What a labeller notices of others: a flood of requests by nobody, and six people who want a quote at once.

    python -m bench.service_bystanders [--scale 0.1]

Eight labellers think for a fifth of a second before each answer. Between quiet stretches 200 requests a second come
from one address that nobody signed in from, to every public address in turn; then six drafts are quoted anew, each
asked about every second as the form does. The 95th percentile of a submit is set against that of the quiet
stretches around it.
"""

import http.client
import itertools
import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from bench.measuring import Finding, Place, apart, options, place, report
from bench.serving import drive, fill, serving
from tests.support.serving import Filled, Server, key_for

LABELLERS, SECONDS, FLOOD, QUOTES, ROUNDS = 8, 20.0, 200.0, 6, 3
THINK, CALM = 0.2, 12.0
"""Seconds that labellers think; and those after which nothing of the noise goes on, a quote that nobody waits for either."""
MOST = 1.3
PUBLIC = (
    "/account/login/",
    "/account/join/",
    "/account/password/reset/",
    "/",
    "/projects/",
    "/nowhere/",
    "/media/1.2.3.4.x",
    "/api/v1/openapi.json",
    "/api/v1/me",
    "/api/v1/nowhere",
    "/static/mark.svg",
)
INTAKE = "assay: 1\nname: {name}\ntask: text_classification\nlabels: [good, bad, odd]\nmoney: {{budget: 1000000}}\n"


def main() -> None:
    given = options(__doc__)
    seconds = max(5.0, SECONDS * given.scale)
    rounds = ROUNDS if given.scale >= 1 else 1
    findings = []
    with place() as at:
        filled, key = apart(_filled, at)
        with serving(at) as server:
            for what, noise in (
                ("a flood of 200 requests a second by nobody", lambda: _flood(server)),
                (f"{QUOTES} quotes at once", lambda: _quotes(server, key)),
            ):
                ratios, told = [], ""
                for _ in range(rounds):
                    before = _p95(server, filled, seconds)
                    with noise() as counts:
                        during = _p95(server, filled, seconds)
                    time.sleep(CALM)
                    after = _p95(server, filled, seconds)
                    ratios.append(during / ((before + after) / 2))
                    told = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
                    print(f"  {what}: {before:.1f}, {during:.1f}, {after:.1f} ms; {told}", flush=True)
                ratio = median(ratios)
                findings.append(
                    Finding(
                        f"The slowest twentieth of submits beside {what} ({at.database})",
                        f"<= {MOST}x of quiet stretches around it",
                        f"{ratio:.2f}x ({', '.join(f'{one:.2f}' for one in ratios)}; the last time {told}); load"
                        f" {os.getloadavg()[0]:.1f}",
                        ratio <= MOST,
                    )
                )
    report(given, findings)


def _filled(at: Place) -> tuple[Filled, str]:
    filled = fill(at, 60_000, 1, LABELLERS)
    return filled, key_for(at.open(), "rita@tests.invalid", role="requester")


def _p95(server: Server, filled: Filled, seconds: float) -> float:
    dice = random.Random(1)
    return drive(server, filled, seconds=seconds, think=lambda: dice.uniform(0.5 * THINK, 1.5 * THINK)).p95


@contextmanager
def _while_it_lasts(
    work: Callable[[threading.Event, dict[str, int]], None], threads: int
) -> Iterator[dict[str, int]]:
    over, counts = threading.Event(), dict[str, int]()
    running = [threading.Thread(target=work, args=(over, counts), daemon=True) for _ in range(threads)]
    for one in running:
        one.start()
    try:
        yield counts
    finally:
        over.set()
        for one in running:
            one.join()


def _flood(server: Server) -> "Iterator[dict[str, int]]":
    paths, started = itertools.cycle(PUBLIC), time.monotonic()
    sent = itertools.count()

    def send(over: threading.Event, counts: dict[str, int]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while not over.is_set():
            due = started + next(sent) / FLOOD
            if over.wait(max(0.0, due - time.monotonic())):
                break
            try:
                line.request("GET", next(paths))
                reply = line.getresponse()
                reply.read()
                name = f"replies {reply.status}"
            except (OSError, http.client.HTTPException):
                line.close()
                name = "no reply"
            counts[name] = counts.get(name, 0) + 1

    return _while_it_lasts(send, 8)


def _quotes(server: Server, key: str) -> "Iterator[dict[str, int]]":
    names = itertools.count()

    def ask(over: threading.Event, counts: dict[str, int]) -> None:
        requester = _Requester(server, key)
        while not over.is_set():
            draft = requester.draft(f"quote-{next(names)}-{time.monotonic_ns()}")
            while not over.is_set():
                found = requester.call("GET", f"/drafts/{draft}/quote")
                if not found["waiting"]:
                    counts["quotes"] = counts.get("quotes", 0) + 1
                    break
                over.wait(1.0)

    return _while_it_lasts(ask, QUOTES)


class _Requester:
    def __init__(self, server: Server, key: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self.headers = {"Authorization": f"Bearer {key}"}

    def draft(self, name: str) -> int:
        made = self.call("POST", "/drafts", json.dumps({"intake": INTAKE.format(name=name[:60])}).encode())
        rows = "".join(f"{name}-{n},text number {n} of {name}\n" for n in range(2_000))
        edge = "edge-of-the-parts"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="items.csv"\r\n\r\n'
        body = f"{head}id,text\n{rows}\r\n--{edge}--\r\n".encode()
        self.call("POST", f"/drafts/{made['id']}/files", body, kind=f"multipart/form-data; boundary={edge}")
        return int(made["id"])

    def call(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> "dict[str, object]":
        self.line.request(method, f"/api/v1{path}", body, {**self.headers, "Content-Type": kind})
        reply = self.line.getresponse()
        found = reply.read()
        assert reply.status < 300, f"{reply.status} {found[:300]!r}"
        return dict(json.loads(found))


if __name__ == "__main__":
    main()
