"""A running `assay serve`, and labellers who speak to it over HTTP and keep a journal, as the bench does."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.core.project import lifecycle
from assay.service.installation import Installation
from assay.service.intake.intake_file import parse_intake
from assay.service.requests.submit_intake import submit_intake
from assay.service.sign_in.make_key import make_key_for
from assay.service.working_set import label_queues
from assay.store import db
from assay.store.accounts import account_members
from assay.store.items import items
from assay.store.items.items import NewItem
from assay.store.labelling import wanted_answers
from assay.store.projects import batches

LABELS = ("cat", "dog", "hen", "owl")
CHUNK = 20_000
RENEWED_EVERY, LATE_EVERY = 3, 40
"""Of so many answers one follows a renewal, and one comes after its hold, where labellers are told how long that is."""
INTAKE = """assay: 1
name: {name}
task: text_classification
data: {{path: items.csv, format: csv, id: id, text: text}}
labels: [{labels}]
workforce: {{kind: people}}
redundancy: {{min: 1, max: 7}}
"""


@dataclass(frozen=True)
class Filled:
    """A batch with open tasks, and a key for each labeller."""

    batch: str
    number: int
    keys: tuple[str, ...]


def fill(
    installation: Installation, *, home: Path, tasks: int, redundancy: int, labellers: int, name: str = "load"
) -> Filled:
    """Put a batch at work straight into the store: items, wanted answers, labellers with keys."""
    now = time.time_ns() // 1_000
    owner = installation.owner("filler", "tests")
    text = INTAKE.format(name=name, labels=", ".join(LABELS))
    received = parse_intake(text, source="tests", folder=home)
    project, batch = submit_intake(owner, received=received, seed=1, home=home, now=now)
    for start in range(0, tasks, CHUNK):
        with db.transaction():
            numbers = range(start, min(start + CHUNK, tasks))
            items.insert_items(batch, [_item(number) for number in numbers], state=lifecycle.LABELLING)
    ids = range(batch.first_item, batch.first_item + tasks)
    for _ in range(redundancy):
        for start in range(0, tasks, CHUNK):
            with db.transaction():
                wanted_answers.open_tasks(
                    batch.id, queue=label_queues.LABEL, items=ids[start : start + CHUNK]
                )
    with db.transaction():
        for verb in ("receive", "finish receiving", "start"):
            batches.move_batch(installation.scope, batches.batch_by_id(installation.scope, batch.id), verb)
        # No pilot and no plan: the pipeline finds nothing to do, and only the label loop is at work.
        batches.set_batch(
            installation.scope, batch.id, accepted=tasks, received=tasks, near_done=True, deidentified=True
        )
        db.execute("UPDATE project SET status = %s WHERE id = %s", [lifecycle.PAUSED, project.id])
    keys = tuple(key_for(installation, f"{name}-{number}@tests.invalid") for number in range(labellers))
    return Filled(batch=batch.name, number=batch.id, keys=keys)


def key_for(installation: Installation, email: str, *, role: str = "labeller") -> str:
    """Make a member with one role and return a key of theirs."""
    now = time.time_ns() // 1_000
    with db.transaction():
        user = account_members.add_user(email=email, password=None)
        account_members.add_member(
            installation.scope, user=user, name=email, email=email, roles=[role], now=now
        )
    owner = installation.owner("filler", "tests")
    made = make_key_for(owner, email=email, name="tests", days=1, scopes=None, now=now)
    assert made is not None
    return made.key


def _item(number: int) -> NewItem:
    return NewItem(
        ord=number,
        key=f"item-{number}",
        fingerprint=f"{number:064x}",
        media=None,
        text=f"A sentence that somebody reads, number {number}, and has an opinion about.",
        extra="{}",
        near=None,
    )


@dataclass
class Server:
    """A running `assay serve`."""

    process: "subprocess.Popen[bytes]"
    port: int
    url: str
    log: Path

    def below(self) -> list[int]:
        """Return the processes that the supervisor started, and those below them."""
        return tree(self.process.pid)[1:]


@contextmanager
def serving(
    home: Path, url: str = "", *, tenant: str = "main", workers: bool = True, **environment: str
) -> Iterator[Server]:
    """Run `assay serve` on a home until the block ends."""
    port = free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    env = kept | {
        "ASSAY_HOME": str(home),
        "DATABASE_URL": url,
        "ASSAY_TENANT": tenant,
        "ASSAY_REQUESTS_PER_MINUTE": "10000000",
        "ASSAY_STAFF_SECOND_FACTOR": "no",
        "DJANGO_SETTINGS_MODULE": "assay.conf.settings",
        **environment,
    }
    command = [sys.executable, "-m", "assay.entry.cli.main", "serve", "--bind", f"127.0.0.1:{port}"]
    if not workers:
        command.append("--no-workers")
    log = home / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out, start_new_session=True)
        try:
            wait_for(port, process)
            yield Server(process, port, url, log)
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
            if process.poll() is None:
                process.kill()
                process.wait()


def wait_for(port: int, process: "subprocess.Popen[bytes] | None" = None, *, seconds: float = 60) -> None:
    """Wait until the API answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with (
            suppress(OSError, http.client.HTTPException),
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line,
        ):
            line.request("GET", "/api/v1/openapi.json")
            if line.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def tree(pid: int) -> list[int]:
    """Return a process and everything below it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                waiting += [int(child) for child in task.read_text().split()]
    return found


@dataclass
class Labeller:
    """One labeller's kept-alive connection.

    Attributes:
        journal: client ids of the submits that were acknowledged, with their moment.
        times: seconds that each acknowledged submit took.
        errors: replies that no labeller should see.
        hold: how long an item is held, in seconds, where somebody renews it now and then, and now and then comes late.
        gone: answers that came late and were wanted no longer.
    """

    port: int
    batch: str
    key: str
    patient: bool = False
    journal: dict[str, float] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    hold: float = 0.0
    gone: int = 0

    def __post_init__(self) -> None:
        """Open the line."""
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def call(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Post JSON and return (status, reply)."""
        self.line.request("POST", f"/api/v1/work/{self.batch}/{path}", json.dumps(body), self.headers)
        answer = self.line.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data else None

    def insist(self, path: str, body: dict[str, Any], *, until: float) -> tuple[int, Any]:
        """Ask again and again while nobody answers or the server cannot, as the bench does."""
        while True:
            try:
                status, reply = self.call(path, body)
                if status < 500 and status != 429:
                    return status, reply
            except (OSError, http.client.HTTPException, ValueError):
                self.line.close()
            if time.monotonic() > until:
                return 0, None
            time.sleep(0.1)

    def work(
        self, until: float, *, think: Callable[[], float] | None = None, most: int | None = None
    ) -> None:
        """Label until the time is over, so many answers are given, or nothing waits; then hang up."""
        with closing(self.line):
            self._work(until, think=think, most=most)

    def _work(self, until: float, *, think: Callable[[], float] | None, most: int | None) -> None:
        ask = self._insist_until(until) if self.patient else self.call
        status, held = ask("claim", {"ahead": 1})
        task = held["tasks"][0] if status == 200 and held["tasks"] else None
        while task is not None and time.monotonic() < until and (most is None or len(self.journal) < most):
            if think is not None:
                time.sleep(think())
            if self.hold and len(self.journal) % RENEWED_EVERY == 0:
                ask("renew", {"assignment": task["assignment"]})
            if self.hold and len(self.journal) % LATE_EVERY == LATE_EVERY - 1:
                time.sleep(1.1 * self.hold)
            client_id = f"{self.key[6:18]}-{task['assignment']}"
            body = {
                "assignment": task["assignment"],
                "client_id": client_id,
                "label": LABELS[len(self.journal) % len(LABELS)],
                "seconds": 1.0,
                "next": True,
            }
            start = time.perf_counter()
            status, reply = ask("submit", body)
            if status == 200:
                self.times.append(time.perf_counter() - start)
                self.journal[client_id] = time.monotonic()
                task = reply["next"]
                if task is not None:
                    continue
            elif self.hold and status == 409:
                self.gone += 1
            elif status != 0:
                self.errors.append(f"{status} {reply}")
                if len(self.errors) > 20:
                    return
            status, held = ask("claim", {"ahead": 1})
            task = held["tasks"][0] if status == 200 and held["tasks"] else None

    def _insist_until(self, until: float) -> Callable[[str, dict[str, Any]], tuple[int, Any]]:
        return lambda path, body: self.insist(path, body, until=until + 60)
