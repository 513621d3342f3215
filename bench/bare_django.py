"""A bare Django application with the writes of one submit in one transaction: what the frame alone costs.

It runs under the same server with as many processes and threads as ours, knows people by the digest of a
token, takes turns on SQLite as ours does, and keeps an answer, its pay and the next lease; it has no rights,
no audit trail, no checks and no workers. `python -m bench.bare_django` is not a benchmark by itself.
"""

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, nullcontext, suppress
from urllib.parse import urlsplit

import django
from bench.measuring import Place
from bench.serving import Load, cpu_of, quantile
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from tests.support.serving import Server

TABLES = """
CREATE TABLE person (id BIGINT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, position BIGINT NOT NULL);
CREATE TABLE task (id BIGINT PRIMARY KEY, item BIGINT NOT NULL, said TEXT NOT NULL, is_open BOOLEAN NOT NULL);
CREATE INDEX task_open ON task (id) WHERE is_open;
CREATE TABLE assignment ({number}, task BIGINT NOT NULL, person BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE answer ({number}, assignment BIGINT NOT NULL UNIQUE, value TEXT NOT NULL, at DOUBLE PRECISION NOT NULL);
CREATE TABLE entry ({number}, answer BIGINT NOT NULL, cents INTEGER NOT NULL);
"""
_TURN = threading.Lock()


def configure() -> None:
    """Start Django on the database that the environment names."""
    url = urlsplit(os.environ["BARE_URL"])
    database: dict[str, object] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url.path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }
    if url.scheme.startswith("postgres"):
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": url.username or "",
            "PASSWORD": url.password or "",
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": None,
        }
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, DATABASES={"default": database}
    )
    django.setup()


@csrf_exempt
def submit(request: HttpRequest) -> JsonResponse:
    """Keep an answer and its pay, and lease the next task, in one transaction."""
    digest = hashlib.sha256(request.headers["Authorization"].encode()).hexdigest()
    said = json.loads(request.body)
    postgres = connection.vendor == "postgresql"
    lock = " FOR UPDATE SKIP LOCKED" if postgres else ""
    with nullcontext() if postgres else _TURN, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, position FROM person WHERE digest = %s", [digest])
        person, position = cursor.fetchone()
        if said.get("assignment"):
            cursor.execute(
                "UPDATE assignment SET state = 'submitted' WHERE id = %s AND person = %s AND state = 'leased'",
                [said["assignment"], person],
            )
            cursor.execute(
                "INSERT INTO answer (assignment, value, at) VALUES (%s, %s, %s) RETURNING id",
                [said["assignment"], said["label"], time.time()],
            )
            cursor.execute("INSERT INTO entry (answer, cents) VALUES (%s, 4)", [cursor.fetchone()[0]])
        cursor.execute(
            "UPDATE task SET is_open = FALSE WHERE id = (SELECT id FROM task WHERE is_open AND id > %s"
            f" ORDER BY id LIMIT 1{lock}) RETURNING id, said",
            [position],
        )
        task = cursor.fetchone()
        if task is None:
            return JsonResponse({"next": None})
        cursor.execute("UPDATE person SET position = %s WHERE id = %s", [task[0], person])
        cursor.execute(
            "INSERT INTO assignment (task, person, state) VALUES (%s, %s, 'leased') RETURNING id",
            [task[0], person],
        )
        return JsonResponse({"next": {"assignment": cursor.fetchone()[0], "text": task[1]}})


urlpatterns = [path("submit", submit)]


def drive(at: Place, *, labellers: int, tasks: int, seconds: float) -> Load:
    """Run it on a place and let so many labellers work for so long."""
    url = at.url or f"sqlite://{at.home / 'bare.db'}"
    env = os.environ | {"BARE_URL": url}
    subprocess.run(
        [sys.executable, "-m", "bench.bare_django", str(labellers), str(tasks)], env=env, check=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"),
        *(
            "--port",
            str(port),
            "--workers",
            "2" if at.url else "1",
            "--blocking-threads",
            "4",
            "--backlog",
            "1024",
        ),
        *("--log-level", "warning", "bench.bare_django:application"),
    ]
    process = subprocess.Popen(command, env=env | {"BARE_SERVES": "1"}, start_new_session=True)
    try:
        _wait(port)
        crew = [_Labeller(port, f"token {number}") for number in range(labellers)]
        for one in crew:
            one.ask({})
        server = Server(process, port, at.url, at.home / "bare.log")
        before, start = cpu_of(server), time.monotonic()
        threads = [threading.Thread(target=one.work, args=(start + seconds,)) for one in crew]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall, spent = time.monotonic() - start, cpu_of(server) - before
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    times = sorted(one for labeller in crew for one in labeller.times)
    return Load(
        loops=len(times),
        seconds=wall,
        p50=1000 * quantile(times, 0.5),
        p95=1000 * quantile(times, 0.95),
        p99=1000 * quantile(times, 0.99),
        cpu_ms=1000 * spent / max(1, len(times)),
        errors=0,
    )


def _wait(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=5)):
            return
        time.sleep(0.05)


class _Labeller:
    def __init__(self, port: int, token: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.times: list[float] = []

    def ask(self, body: dict[str, object]) -> dict[str, int] | None:
        self.line.request("POST", "/submit", json.dumps(body), self.headers)
        found: dict[str, int] | None = json.loads(self.line.getresponse().read())["next"]
        return found

    def work(self, until: float) -> None:
        with closing(self.line):
            held = self.ask({})
            while held is not None and time.monotonic() < until:
                start = time.perf_counter()
                held = self.ask({"assignment": held["assignment"], "label": "cat"})
                self.times.append(time.perf_counter() - start)


def fill(labellers: int, tasks: int) -> None:
    """Make the tables with their rows."""
    number = (
        "id BIGSERIAL PRIMARY KEY"
        if connection.vendor == "postgresql"
        else "id INTEGER PRIMARY KEY AUTOINCREMENT"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in TABLES.format(number=number).split(";"):
            if statement.strip():
                cursor.execute(statement)
        cursor.executemany(
            "INSERT INTO person VALUES (%s, %s, 0)",
            [(one, hashlib.sha256(f"Bearer token {one}".encode()).hexdigest()) for one in range(labellers)],
        )
        cursor.executemany(
            "INSERT INTO task VALUES (%s, %s, %s, TRUE)",
            [(one + 1, one, f"A sentence that somebody reads, number {one}.") for one in range(tasks)],
        )


if __name__ == "__main__":
    configure()
    fill(int(sys.argv[1]), int(sys.argv[2]))
elif "BARE_SERVES" in os.environ:
    configure()
    application = get_wsgi_application()
