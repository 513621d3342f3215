"""`assay serve` as somebody at a shell sees it: an address that it tells answers."""

import os
import signal
import socket
import subprocess
import sys

from tests.support.serving import free_port


def command_and_env(home, port):
    env = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    env |= {"ASSAY_HOME": str(home), "DATABASE_URL": "", "ASSAY_WORKERS": "0"}
    return [
        sys.executable,
        *("-m", "assay.entry.cli.main", "serve", "--bind", f"127.0.0.1:{port}"),
    ], env


def test_a_busy_port_is_one_line_and_nothing_is_started(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command, env = command_and_env(tmp_path / "home", port)
        ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "address already in use" in line
    assert not (tmp_path / "home").exists()


def test_an_address_that_is_told_answers(tmp_path):
    port = free_port()
    command, env = command_and_env(tmp_path, port)
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as serving:
        try:
            told = serving.stdout.readline()
            assert told == f"Assay serves http://localhost:{port}\n"
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.communicate(timeout=30)
    assert serving.returncode == 0
