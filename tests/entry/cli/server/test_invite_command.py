"""`assay invite` tells a link that works: that of the server that runs, or of the setting that names it."""

import json
import os
import subprocess
import sys

import pytest
from tests.support.serving import serving

from assay.entry.cli.server.running_address import SERVING, address_of, running_address, telling


def invite(home, **environment):
    env = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    command = [sys.executable, "-m", "assay.entry.cli.main", "invite", "lena@example.org"]
    return subprocess.run(
        [*command, "--role", "labeller", "--home", str(home)],
        env=env | {"DATABASE_URL": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_an_invitations_link_leads_to_the_server_that_runs(tmp_path):
    with serving(tmp_path, workers=False) as server:
        said = invite(tmp_path)
        assert f"  http://localhost:{server.port}/account/join/#" in said.stdout
        assert "within 24 hours" in said.stdout
        assert said.stderr == ""
        told = invite(tmp_path, ASSAY_URL="https://assay.example.org")
        assert "  https://assay.example.org/account/join/#" in told.stdout
    assert not (tmp_path / SERVING).exists()
    alone = invite(tmp_path)
    assert "  http://localhost:8700/account/join/#" in alone.stdout
    assert "Set ASSAY_URL where people reach it elsewhere." in alone.stderr


def test_a_server_that_was_killed_is_not_taken_for_a_running_one(tmp_path):
    with telling(tmp_path, "http://localhost:1"):
        assert running_address(tmp_path) == "http://localhost:1"
        with subprocess.Popen([sys.executable, "-c", ""]) as ended:
            ended.wait()
        (tmp_path / SERVING).write_text(json.dumps({"address": "http://localhost:2", "process": ended.pid}))
        assert running_address(tmp_path) is None
    assert (tmp_path / SERVING).exists()  # another server's file is not this one's to remove


@pytest.mark.parametrize("text", ["", "{", "[]", '{"address": "x"}', '{"address": "x", "process": "y"}'])
def test_a_file_that_says_nothing_is_no_address(tmp_path, text):
    (tmp_path / SERVING).write_text(text)
    assert running_address(tmp_path) is None


def test_an_address_has_a_name_where_that_is_the_same_place():
    assert address_of("127.0.0.1", 8700) == "http://localhost:8700"
    assert address_of("192.0.2.1", 80) == "http://192.0.2.1:80"
    assert address_of("::1", 80) == "http://[::1]:80"
