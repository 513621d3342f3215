"""The peer of the service's benchmarks: Label Studio, installed once into a folder of its own and run for one benchmark.

It is started as its own documentation says (`label-studio start`), on SQLite or PostgreSQL, with sixteen users
who have tokens. Where it cannot be installed the benchmarks say so and report ours alone.
"""

import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.measuring import Place
from bench.serving import Load, cpu_of, quantile
from tests.support.serving import LABELS, Server, free_port

VERSION = "1.23.2"
PASSWORD = "a long password 1"
OWNER = "owner@example.org"
CONFIG = (
    '<View><{kind} name="data" value="${field}"/><Choices name="label" toName="data" showInLine="true">'
    + "".join(f'<Choice value="{label}"/>' for label in LABELS)
    + "</Choices></View>"
)
CREW = """
from users.models import User
from organizations.models import Organization
from rest_framework.authtoken.models import Token
first = Organization.objects.first()
for number, token in enumerate({tokens!r}):
    user = User.objects.create_user(email="user-%d@example.org" % number, password="a long password 1")
    first.add_user(user)
    user.active_organization = first
    user.save()
    Token.objects.filter(user=user).delete()
    Token.objects.create(user=user, key=token)

"""


class RefusedError(RuntimeError):
    """The peer did not do what was asked."""


@lru_cache(maxsize=1)
def installed() -> Path | None:
    """Return the folder with the peer's programs, installing it where it is not; None where that fails."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "assay-bench" / f"label-studio-{VERSION}"
    done = folder / ".installed"
    if not done.exists():
        print(f"  installing Label Studio {VERSION} into a folder of its own (about 1 GiB)", flush=True)
        try:
            if not (folder / "bin" / "label-studio").exists():
                shutil.rmtree(folder, ignore_errors=True)
                subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            pip = [folder / "bin" / "python", "-m", "pip", "install", "-qqq", f"label-studio=={VERSION}"]
            subprocess.run(pip, check=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            print(f"  Label Studio cannot be installed ({problem}): ours alone is reported")
            return None
        done.touch()
    return folder / "bin"


@dataclass
class Peer:
    """A running Label Studio."""

    process: "subprocess.Popen[bytes]"
    port: int
    url: str
    folder: Path
    owner: str
    tokens: Sequence[str] = ()

    @property
    def server(self) -> Server:
        """What the accounting of CPU and memory looks at."""
        return Server(self.process, self.port, self.url, self.folder / "label-studio.log")

    def call(self, method: str, path: str, body: object = None, *, token: str = "") -> Any:
        """Call its API and return the reply; raises `RefusedError`."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=3600)) as line:
            status, data = _asked(line, method, path, body, token=token or self.owner)
        if status >= 400:
            raise RefusedError(f"{method} {path}: {status} {data[:300]!r}")
        return json.loads(data) if data else None

    def project(self, redundancy: int, *, kind: str = "Text", field: str = "text") -> int:
        """Make a project for single choices and return its number."""
        made = self.call(
            "POST",
            "/api/projects/",
            {
                "title": f"bench {kind} {redundancy}",
                "label_config": CONFIG.format(kind=kind, field=field),
                "maximum_annotations": redundancy,
                "sampling": "Sequential sampling",
            },
        )
        return int(made["id"])

    def add(self, project: int, tasks: Sequence[dict[str, object]], *, most: int = 5_000) -> float:
        """Import tasks in requests of so many; return the seconds that it took."""
        start = time.perf_counter()
        for first in range(0, len(tasks), most):
            self.call(
                "POST", f"/api/projects/{project}/import?return_task_ids=false", tasks[first : first + most]
            )
        return time.perf_counter() - start

    def drive(self, project: int, *, seconds: float) -> Load:
        """Let all users work without think time for so long: submit an annotation, ask for the next task."""
        crew = [User(self, project, token) for token in self.tokens]
        for one in crew:
            one.next()
        before, start = cpu_of(self.server), time.monotonic()
        threads = [threading.Thread(target=one.work, args=(start + seconds,), daemon=True) for one in crew]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall, spent = time.monotonic() - start, cpu_of(self) - before  # type: ignore[arg-type]
        times = sorted(one for user in crew for one in user.times)
        for error in [error for user in crew for error in user.errors][:3]:
            print("   Label Studio:", error)
        return Load(
            loops=len(times),
            seconds=wall,
            p50=1000 * quantile(times, 0.5),
            p95=1000 * quantile(times, 0.95),
            p99=1000 * quantile(times, 0.99),
            cpu_ms=1000 * spent / max(1, len(times)),
            errors=sum(len(user.errors) for user in crew),
        )


@dataclass
class User:
    """One user's kept-alive line; `times` are the seconds of whole loops, `errors` what no user should see."""

    peer: Peer
    project: int
    token: str
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.peer.port, timeout=120)

    def next(self) -> int | None:
        """Return the next task; None where it says that there is none."""
        status, data = self._ask("GET", f"/api/projects/{self.project}/next")
        if status == 200:
            return int(json.loads(data)["id"])
        if status != 404:
            self.errors.append(f"next: {status} {data[:200]!r}")
        return None

    def submit(self, task: int) -> bool:
        """Give an annotation to a task."""
        status, data = self._ask(
            "POST",
            f"/api/tasks/{task}/annotations?project={self.project}",
            {"result": said(LABELS[task % len(LABELS)]), "lead_time": 1.0},
        )
        if status != 201:
            self.errors.append(f"submit: {status} {data[:200]!r}")
        return status == 201

    def work(self, until: float) -> None:
        """Work until the time is over or nothing waits; a refusal is tried again."""
        with closing(self.line):
            task = self.next()
            while time.monotonic() < until and len(self.errors) < 200:
                if task is None:
                    if not self.errors or not self.errors[-1].startswith("next"):
                        return
                    task = self.next()
                    continue
                start = time.perf_counter()
                before = len(self.errors)
                sent = self.submit(task)
                task = self.next()
                if sent and len(self.errors) == before:
                    self.times.append(time.perf_counter() - start)

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        try:
            return _asked(self.line, method, path, body, token=self.token)
        except (OSError, http.client.HTTPException) as problem:
            self.line.close()
            return 599, repr(problem).encode()


def _asked(
    line: http.client.HTTPConnection, method: str, path: str, body: object, *, token: str
) -> tuple[int, bytes]:
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    line.request(method, path, None if body is None else json.dumps(body), headers)
    answer = line.getresponse()
    return answer.status, answer.read()


def start(at: Place, programs: Path) -> Peer:
    """Start it on a place, not yet waiting for its first answer."""
    port, token = free_port(), secrets.token_hex(20)
    command = [
        *(programs / "label-studio", "start", "--no-browser", "--internal-host", "127.0.0.1"),
        *("--port", str(port), "--username", OWNER, "--password", PASSWORD),
        *("--user-token", token, "--enable-legacy-api-token", "--log-level", "ERROR"),
    ]
    log = at.home / "label-studio.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=_environment(at), stdout=out, stderr=out, start_new_session=True, cwd=at.home
        )
    return Peer(process, port, at.url, at.home, token)


def wait(peer: Peer, *, seconds: float = 300) -> None:
    """Wait until it says that it is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and peer.process.poll() is None:
        with suppress(OSError, http.client.HTTPException, RefusedError):
            peer.call("GET", "/api/current-user/whoami")
            return
        time.sleep(0.1)
    raise RefusedError((peer.folder / "label-studio.log").read_text(errors="replace")[-2000:])


def stop(peer: Peer) -> None:
    """Stop it by its own process id."""
    peer.process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        peer.process.wait(timeout=15)
    if peer.process.poll() is None:
        peer.process.kill()
        peer.process.wait()


@contextmanager
def running(at: Place, *, users: int = 16) -> Iterator[Peer | None]:
    """Run it with so many users until the block ends; None where it is not to be had."""
    programs = installed()
    if programs is None:
        yield None
        return
    peer = start(at, programs)
    try:
        wait(peer)
        peer.tokens = tuple(secrets.token_hex(20) for _ in range(users))
        manage = next(programs.parent.glob("lib/*/site-packages/label_studio/manage.py"))
        subprocess.run(
            [programs / "python", manage, "shell"],
            input=CREW.format(tokens=peer.tokens).encode(),
            env=_environment(at),
            cwd=at.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        yield peer
    finally:
        stop(peer)


def said(label: str) -> list[dict[str, object]]:
    """Return a single choice as it wants it said."""
    return [{"from_name": "label", "to_name": "data", "type": "choices", "value": {"choices": [label]}}]


def texts(count: int) -> list[dict[str, object]]:
    """Return so many tasks with a sentence each, the same that our own batches hold."""
    return [
        {"text": f"A sentence that somebody reads, number {number}, and has an opinion about."}
        for number in range(count)
    ]


def _environment(at: Place) -> dict[str, str]:
    left_out = ("ASSAY_", "DJANGO_", "DATABASE_URL", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    kept |= {
        "LABEL_STUDIO_BASE_DATA_DIR": str(at.home),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LOCAL_FILES_SERVING_ENABLED": "true",
        "LOCAL_FILES_DOCUMENT_ROOT": str(at.home),
    }
    if at.url:
        parts = urlsplit(at.url)
        kept |= {
            "DJANGO_DB": "default",
            "POSTGRE_NAME": parts.path.lstrip("/"),
            "POSTGRE_USER": parts.username or "",
            "POSTGRE_PASSWORD": parts.password or "",
            "POSTGRE_HOST": parts.hostname or "127.0.0.1",
            "POSTGRE_PORT": str(parts.port or 5432),
        }
    else:
        kept["DJANGO_DB"] = "sqlite"
    return kept
