"""What lies below the home is its owner's alone, whatever umask a process was started with; what lies elsewhere is not touched."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from tests.support.places import forget
from tests.support.projects import submit, write_pictures, write_project
from tests.support.serving import free_port, key_for, serving

from assay.core.project import lifecycle
from assay.service.private_home import hand_over, make_private, wider_than_private

pytestmark = pytest.mark.one_database

ASSAY = Path(sys.executable).with_name("assay")
PATIENCE = 240.0


@contextmanager
def umask(mode):
    before = os.umask(mode)
    try:
        yield
    finally:
        os.umask(before)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def shell(home, *words, mask=0o022, **settings):
    """Run a command with a umask."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ASSAY_")}
    return subprocess.run(
        [str(ASSAY), *map(str, words)],
        env=kept | {"ASSAY_HOME": str(home), "DATABASE_URL": ""} | settings,
        capture_output=True,
        text=True,
        check=False,
        umask=mask,
    )


@pytest.mark.one_database
@pytest.mark.parametrize("mask", [0o022, 0o002])
def test_a_command_keeps_the_home_private_and_what_it_delivers_elsewhere_is_as_usual(tmp_path, mask):
    intake = write_project(tmp_path / "pets", items=20)
    home, out, chain = tmp_path / "homes" / "one", tmp_path / "shared" / "out", tmp_path / "chain"
    words = ("run", intake, "--out", out, "--seed", "3")
    done = shell(home, *words, mask=mask, ASSAY_CHECKPOINT_DIR=str(chain))
    assert done.returncode == 0, done.stderr
    assert wider_than_private(home) == []
    names = {path.name for path in home.iterdir()}
    assert {"assay.db", "keys"} <= names
    delivered = [out.parent, out, *out.rglob("*"), chain, *chain.iterdir()]
    assert len(delivered) > 8
    for path in delivered:
        assert mode_of(path) == (0o777 if path.is_dir() else 0o666) & ~mask, path


@pytest.mark.one_database
def test_what_is_delivered_below_the_home_is_private(tmp_path):
    intake = write_project(tmp_path / "pets", items=20)
    home = tmp_path / "home"
    assert shell(home, "run", intake, "--out", home / "deliveries", mask=0).returncode == 0
    assert len(list((home / "deliveries").rglob("*"))) > 5
    assert wider_than_private(home) == []


def test_server_and_worker_keep_the_home_private(place, installation, tmp_path):
    """A whole job over HTTP: uploads, shown copies, a delivery; and beside it one that was filed from a shell."""
    requester = key_for(installation, "rita@tests.invalid", role="requester")
    (tmp_path / "key").write_text(requester)
    intake = write_pictures(tmp_path / "photos", items=20, accept="if_certified")
    for path in (tmp_path / "photos" / "photos").iterdir():
        with Image.open(path) as picture:  # copies are made of pictures that lie on their side
            lying = picture.getexif()
            lying[0x0112] = 6
            picture.save(path, exif=lying)
    filed = submit(installation, write_project(tmp_path / "pets", items=20, name="filed"))
    forget()
    with umask(0o027), serving(place.home, place.url) as server:
        here = f"http://127.0.0.1:{server.port}"
        run = ("run", intake, "--server", here, "--key-file", tmp_path / "key", "--out", tmp_path / "out")
        done = shell(tmp_path / "nobody", *run)
        assert done.returncode == 0, done.stdout + done.stderr
        until = time.monotonic() + PATIENCE
        place.enter()
        while filed.batch.status != lifecycle.DATA_DELIVERED and time.monotonic() < until:
            time.sleep(0.2)
    for name in ("uploads", "blobs", "deliveries", "keys"):
        assert [path for path in (place.home / name).rglob("*") if path.is_file()], name
    assert wider_than_private(place.home) == []
    outside = place.home.parent / "pets" / "out"
    found = [path for path in outside.rglob("*") if path.is_file()]
    assert found
    for path in found:
        assert mode_of(path) == 0o640, path
    assert not (tmp_path / "nobody").exists()


@pytest.mark.one_database
def test_doctor_names_what_others_may_read_and_serve_mends_it_in_one_line(tmp_path):
    home = tmp_path / "home"
    assert shell(home, "status").returncode == 0
    assert checks(home)["private"]["ok"]
    shown = home / "shown" / "1"
    shown.mkdir(parents=True)
    for number in range(5):
        (shown / str(number)).write_bytes(b"")
        (shown / str(number)).chmod(0o640)
    (shown / "link").symlink_to("/etc/passwd")
    shown.chmod(0o755)
    shown.parent.chmod(0o700)
    found = checks(home)["private"]
    assert not found["ok"]
    assert "6 files and folders: " in found["sentence"]
    assert found["sentence"].count(str(shown)) == 3
    assert shell(home, "doctor").returncode == 3
    with subprocess.Popen(
        [str(ASSAY), "serve", "--bind", f"127.0.0.1:{free_port()}", "--no-workers", "--home", str(home)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert lines[-1] == f"Others could look into {home}: 6 files and folders are private now.\n"
    assert wider_than_private(home) == []
    assert checks(home)["private"]["ok"]


def checks(home):
    return {one["name"]: one for one in json.loads(shell(home, "doctor", "--json").stdout)}


def test_a_link_is_left_alone_and_so_is_where_it_leads(tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"")
    outside.chmod(0o644)
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    (home / "link").symlink_to(outside)
    assert wider_than_private(home) == [home]
    assert make_private(home) == 1
    assert mode_of(outside) == 0o644
    assert wider_than_private(home) == []


def test_what_lies_below_the_home_is_not_handed_over(tmp_path):
    inside = tmp_path / "home" / "deliveries" / "file"
    inside.parent.mkdir(parents=True)
    inside.touch(0o600)
    hand_over(inside.parent, home=tmp_path / "home")
    assert mode_of(inside) == 0o600
