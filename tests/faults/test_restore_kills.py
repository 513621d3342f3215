"""`kill -9` of a restore before any of its steps: what is there says that it is not finished, and the same command finishes it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.data import ROOT
from tests.support.faults import sampled
from tests.support.places import Place
from tests.support.serving import free_port
from tests.support.webpages import NOW

from assay.service.requests.start_draft import start_draft
from assay.service.trail.seal_events import checkpoint
from assay.service.unfinished_restore import RestoreUnfinished, backup_being_restored
from assay.service.upkeep.back_up import back_up
from assay.store import db

pytestmark = pytest.mark.one_database
ASSAY = Path(sys.executable).with_name("assay")
DEFAULT_POINTS = 8
SLOW_POINTS = 400


@pytest.fixture
def backup(web, place, tmp_path):
    """A backup with rows, keys, a checkpoint and files."""
    web.member("rita")
    start_draft(web.installation, web.actor("rita"), now=NOW)
    checkpoint(home=place.home, folder=place.home / "checkpoints", now=NOW)
    for name in ("uploads/1/1/items.csv", "shown/1/ab/abc", "blobs/media/1/contents/cd/cde"):
        path = place.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 500)
    file = tmp_path / "backup.tar"
    back_up(web.actor("adam"), home=place.home, target=file, now=NOW)
    return file


def test_a_restore_that_is_killed_anywhere_is_never_taken_for_a_restored_installation(
    place, backup, templates, tmp_path
):
    check_points(place, backup, templates, tmp_path, wanted=DEFAULT_POINTS)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_restore_that_is_killed_at_every_step(place, backup, templates, tmp_path, scale):
    check_points(place, backup, templates, tmp_path, wanted=max(DEFAULT_POINTS, round(SLOW_POINTS * scale)))


def check_points(place, backup, templates, tmp_path, *, wanted):
    expected = files_below(place.home)
    lives = killed(fresh(templates, tmp_path / "whole"), backup, at=10_000)
    assert lives.returncode == 0, lives.stderr
    steps = lives.stdout.rpartition("steps: ")[2].split()
    commit = steps.index("before-commit", steps.index("unpack"))
    points = {*sampled(len(steps), wanted=wanted), commit, commit + 1, steps.index("replace", commit) + 1}
    seen = set()
    for point in sorted(points):
        home = fresh(templates, tmp_path / f"at-{point}")
        assert killed(home, backup, at=point).returncode == -signal.SIGKILL
        seen.add(state_of(home, expected))
        if backup_being_restored(home.home):
            done = assay(home, "restore", backup)
            assert done.returncode == 0, f"step {point}, {steps[point]}: {done.stderr}"
        elif state_of(home, expected) == "untouched":
            assert assay(home, "restore", backup).returncode == 0
        assert state_of(home, expected) == "restored"
        assert [path.name for path in home.home.glob(".restor*")] == []
    assert {"untouched", "unfinished"} <= seen


def state_of(home, expected):
    """Return what is there: nothing of the backup, all of it, or what nobody can open."""
    home.enter()
    rows = [table for table in ("draft", "event", "member") if db.rows(f"SELECT 1 FROM {table} LIMIT 1")]
    files = files_below(home.home)
    try:
        home.open()
    except RestoreUnfinished:
        return "unfinished"
    if rows:
        assert len(rows) == 3
        assert files == expected
        return "restored"
    assert files == {}
    return "untouched"


def files_below(home):
    return {
        str(path.relative_to(home)): path.read_bytes()
        for name in ("keys", "checkpoints", "uploads", "shown", "blobs", "deliveries")
        for path in (home / name).rglob("*")
        if path.is_file()
    }


def test_until_a_restore_is_finished_nothing_else_can_be_done(place, backup, templates, tmp_path):
    home = fresh(templates, tmp_path / "second")
    steps = (
        killed(fresh(templates, tmp_path / "whole"), backup, at=10_000)
        .stdout.rpartition("steps: ")[2]
        .split()
    )
    after = steps.index("after-commit", steps.index("unpack"))
    assert killed(home, backup, at=after).returncode == -signal.SIGKILL
    serve = ["serve", "--bind", f"127.0.0.1:{free_port()}"]
    for words in (["doctor"], serve, ["work"], ["status"], ["backup", tmp_path / "b.tar"]):
        done = assay(home, *words)
        assert done.returncode == 4, (words, done.stderr)
        assert f"`assay restore {backup}` completes it" in done.stderr
    # Neither does another backup come in between.
    other = tmp_path / "other.tar"
    place.enter()
    back_up(place.open().owner("root", "tests"), home=place.home, target=other, now=NOW + 1)
    done = assay(home, "restore", other)
    assert done.returncode == 4
    assert f"The restore of {backup}" in done.stderr
    assert assay(home, "restore", backup).returncode == 0
    assert assay(home, "status").returncode == 0


def fresh(templates, folder):
    """Return a home with an empty database that this process has not entered."""
    made = templates.make(folder)
    assert made.url == ""
    return made


def killed(home: Place, backup: Path, *, at: int):
    """Restore in a process that dies before a step."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.killed_restore", str(at), str(backup)],
        cwd=ROOT,
        env=home.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def assay(home: Place, *words):
    return subprocess.run(
        [str(ASSAY), *map(str, words)],
        env=home.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
