"""What the benchmarks of the service share: a filled place, a running server, labellers over HTTP.

The load generator speaks HTTP/1.1 over kept-alive sockets by itself, so that it costs little of the two
cores that it shares with the server.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.filling import CHUNK, LABELS
from bench.measuring import Place

from assay.core.project import lifecycle
from assay.service import label_loop
from assay.service.actions.make_key import make_key_for
from assay.service.actions.submit_intake import submit_intake
from assay.service.intake_file import parse_intake
from assay.store import batches, db, items, members, queue
from assay.store.items import NewItem

TICKS = os.sysconf("SC_CLK_TCK")
INTAKE = """assay: 1
name: {name}
task: {task}
data: {{path: items.csv, format: csv, id: id, text: text}}
labels: [{labels}]
workforce: {{kind: people}}
redundancy: {{min: 1, max: 7}}
"""


@dataclass(frozen=True)
class Filled:
    """A batch with open tasks, and a key for each labeller."""

    batch: str
    keys: tuple[str, ...]


def fill(
    at: Place, *, tasks: int, redundancy: int, labellers: int, name: str = "load", task: str = "text_classification"
) -> Filled:
    """Put a batch at work straight into the store: items, wanted answers, labellers with keys."""
    installation = at.open()
    now = time.time_ns() // 1_000
    owner = installation.owner("bench", "bench")
    text = INTAKE.format(name=name, task=task, labels=", ".join(LABELS))
    received = parse_intake(text, source="bench", folder=at.home)
    _, batch = submit_intake(owner, received=received, seed=1, home=at.home, now=now)
    for start in range(0, tasks, CHUNK):
        with db.transaction():
            items.insert_items(
                batch,
                [
                    NewItem(
                        ord=number,
                        key=f"item-{number}",
                        fingerprint=f"{number:064x}",
                        media=None,
                        text=f"A sentence that somebody reads, number {number}, and has an opinion about.",
                        extra="{}",
                        near=None,
                    )
                    for number in range(start, min(start + CHUNK, tasks))
                ],
                state=lifecycle.LABELLING,
            )
    ids = range(batch.first_item, batch.first_item + tasks)
    for _ in range(redundancy):
        for start in range(0, tasks, CHUNK):
            with db.transaction():
                queue.open_tasks(batch.id, queue=label_loop.LABEL, items=ids[start : start + CHUNK])
    with db.transaction():
        for verb in ("receive", "finish receiving", "start"):
            batches.move_batch(installation.scope, batches.batch_by_id(installation.scope, batch.id), verb)
        # No pilot and no plan: the pipeline finds nothing to do, and only the label loop is measured.
        batches.set_batch(
            installation.scope, batch.id, accepted=tasks, received=tasks, near_done=True, deidentified=True
        )
        db.execute("UPDATE project SET status = %s", [lifecycle.PAUSED])
    keys = []
    for number in range(labellers):
        email = f"{name}-{number}@bench.invalid"
        with db.transaction():
            user = members.add_user(email=email, password=None)
            members.add_member(
                installation.scope, user=user, name=email, email=email, roles=["labeller"], now=now
            )
        made = make_key_for(owner, email=email, name="bench", days=1, scopes=None, now=now)
        assert made is not None
        keys.append(made.key)
    if db.is_postgres():
        db.execute("ANALYZE")
    return Filled(batch=batch.name, keys=tuple(keys))


@dataclass
class Server:
    """A running `assay serve`; `pids` are all its processes."""

    process: subprocess.Popen[bytes]
    host: str
    port: int
    postgres: str

    def cpu(self) -> float:
        """CPU seconds of the tree so far, the database's processes included."""
        return sum(_cpu_of(pid) for pid in [*_tree(self.process.pid), *_postgres_pids(self.postgres)])

    def resident(self) -> float:
        """MiB that the tree holds."""
        return sum(_resident_of(pid) for pid in _tree(self.process.pid))


@contextmanager
def serving(at: Place, *, workers: bool = True, **environment: str) -> Iterator[Server]:
    """Run `assay serve` on a place until the block ends."""
    port = free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    env = kept | {
        "ASSAY_HOME": str(at.home),
        "DATABASE_URL": at.url,
        "ASSAY_TENANT": "bench",
        "ASSAY_REQUESTS_PER_MINUTE": "10000000",
        **environment,
    }
    command = [sys.executable, "-m", "assay.entry.cli.main", "serve", "--bind", f"127.0.0.1:{port}"]
    if not workers:
        command.append("--no-workers")
    log = (at.home / "serve.log").open("wb")
    process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for("127.0.0.1", port, process)
        yield Server(process, "127.0.0.1", port, at.url)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        if process.poll() is None:
            process.kill()


def wait_for(host: str, port: int, process: "subprocess.Popen[bytes] | None" = None, *, seconds: float = 60) -> None:
    """Wait until the API answers anything."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            line = http.client.HTTPConnection(host, port, timeout=2)
            line.request("GET", "/api/v1/openapi.json")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Labeller:
    """One labeller's kept-alive connection, and the times of their submits in seconds."""

    host: str
    port: int
    batch: str
    key: str
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    answered: int = 0

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection(self.host, self.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def call(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Post JSON and return (status, reply)."""
        self.line.request("POST", f"/api/v1/work/{self.batch}/{path}", json.dumps(body), self.headers)
        answer = self.line.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data else None

    def work(self, until: float, *, think: Callable[[], float] | None = None, most: int | None = None) -> None:
        """Label until the time is over or nothing waits."""
        status, held = self.call("claim", {"ahead": 1})
        tasks = held["tasks"] if status == 200 else []
        task = tasks[0] if tasks else None
        while task is not None and time.monotonic() < until and (most is None or self.answered < most):
            if think is not None:
                time.sleep(think())
            body = {
                "assignment": task["assignment"],
                "client_id": f"{self.key[6:18]}-{task['assignment']}",
                "label": LABELS[self.answered % len(LABELS)],
                "seconds": 1.0,
                "next": True,
            }
            start = time.perf_counter()
            status, reply = self.call("submit", body)
            self.times.append(time.perf_counter() - start)
            if status != 200:
                self.errors.append(f"{status} {reply}")
                if len(self.errors) > 20:
                    return
                continue
            self.answered += 1
            task = reply["next"]


@dataclass(frozen=True)
class Load:
    """What a run of labellers came to: loops a second, percentiles in milliseconds, CPU per loop."""

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
    server: Server,
    filled: Filled,
    *,
    seconds: float,
    think: Callable[[], float] | None = None,
) -> Load:
    """Let all labellers work for so long."""
    crew = [Labeller(server.host, server.port, filled.batch, key) for key in filled.keys]
    for one in crew:
        one.call("claim", {"ahead": 1})  # connections, code and plans are warm
    before, start = server.cpu(), time.monotonic()
    threads = [
        threading.Thread(target=one.work, args=(start + seconds,), kwargs={"think": think}, daemon=True)
        for one in crew
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, wall = server.cpu() - before, time.monotonic() - start
    times = sorted(one for labeller in crew for one in labeller.times)
    loops = sum(one.answered for one in crew)
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


def _tree(pid: int) -> list[int]:
    """Return a process and everything below it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                waiting += [int(child) for child in task.read_text().split()]
    return found


def _postgres_pids(url: str) -> list[int]:
    """Return the server's processes where PostgreSQL runs on this machine."""
    if not url:
        return []
    name = urlsplit(url).path.lstrip("/")
    found = []
    for stat in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = stat.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if words.startswith("postgres:") and (name in words or "writer" in words or "checkpointer" in words):
                found.append(int(stat.parent.name))
    return found


def _cpu_of(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


def _resident_of(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
