"""`assay serve` as somebody at a shell sees it: an address that it tells answers."""

import os
import signal
import socket
import subprocess
import sys

from tests.support.serving import free_port


def test_an_address_that_is_told_answers(tmp_path):
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    env |= {"ASSAY_HOME": str(tmp_path), "DATABASE_URL": "", "ASSAY_WORKERS": "0"}
    command = [sys.executable, "-m", "assay.entry.cli.main", "serve", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as serving:
        try:
            told = serving.stdout.readline()
            assert told == f"Assay serves http://localhost:{port}\n"
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.communicate(timeout=30)
    assert serving.returncode == 0
