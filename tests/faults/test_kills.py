"""`kill -9` of worker processes at random: the others, or the next ones, deliver the very same bytes (REL-4)."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support.data import ROOT
from tests.support.faults import give_keys, make_keys
from tests.support.invariants import check_invariants
from tests.support.places import forget
from tests.support.projects import contents, submit, write_pictures

from assay.core.project import lifecycle

DEFAULT_KILLS = 3
SLOW_KILLS = 100
WORKERS = 2
PATIENCE = 240.0
ITEMS = 60


class Workers:
    """Two workers on one batch; whoever is killed is started anew."""

    def __init__(self, place, project, out: Path) -> None:
        self.command = [sys.executable, "-m", "tests.support.worker", str(project.batch_id), str(out)]
        self.environment = place.environment()
        self.log = place.home / "workers.log"
        self.running: list[subprocess.Popen[bytes]] = []

    def __enter__(self):
        self.running = [self.start() for _ in range(WORKERS)]
        return self

    def __exit__(self, *_):
        for worker in self.running:
            worker.kill()
            worker.wait()

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def lives(self) -> int:
        """Return how many workers have begun to work so far."""
        return self.log.read_bytes().count(b"working")

    def kill_one(self, which: int) -> bool:
        """Kill a worker and start another; return whether it was still at work."""
        worker = self.running[which]
        was_alive = worker.poll() is None
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.running[which] = self.start()
        return was_alive

    def wait(self) -> None:
        """Wait until both have ended by themselves."""
        for worker in self.running:
            assert worker.wait(timeout=PATIENCE) == 0, self.log.read_text()[-2_000:]


def run_with_kills(templates, folder, *, intake, keys, seed, kills):
    """Kill workers at random moments until so many kills are done or the batch is; return kills and bytes."""
    dice = random.Random(seed)
    with templates.place(folder) as place:
        give_keys(keys, place.home)
        project = submit(place.open(), intake)
        out = folder / "delivered"
        done = 0
        with Workers(place, project, out) as workers:
            begun = time.monotonic()
            while done < kills and project.batch.status != lifecycle.DATA_DELIVERED:
                assert time.monotonic() - begun < PATIENCE * 4, workers.log.read_text()[-2_000:]
                lives = workers.lives()
                time.sleep(dice.uniform(0.02, 0.6))
                if lives:
                    done += workers.kill_one(dice.randrange(WORKERS))
            workers.wait()
        forget()
        assert project.batch.status == lifecycle.DATA_DELIVERED
        moved = type(project)(project.installation, project.id, project.batch_id, project.folder, out)
        check_invariants(moved)
        assert [path.name for path in out.iterdir()] == [moved.batch.name]
        return done, contents(moved.delivery)


@pytest.fixture(scope="module")
def reference(templates, tmp_path_factory, django_db_blocker):
    """The project, its keys, and what an undisturbed run in this process delivers."""
    folder = tmp_path_factory.mktemp("kills")
    keys = make_keys(folder / "keyring")
    intake = write_pictures(folder / "project", items=ITEMS, right=0.85)
    with django_db_blocker.unblock(), templates.place(folder / "home") as place:
        give_keys(keys, place.home)
        project = submit(place.open(step_answers=10), intake)
        project.run()
        return intake, keys, contents(project.delivery)


def test_killed_workers_change_nothing(templates, tmp_path, reference, django_db_blocker):
    intake, keys, expected = reference
    with django_db_blocker.unblock():
        done, delivered = run_with_kills(
            templates, tmp_path / "killed", intake=intake, keys=keys, seed=1, kills=DEFAULT_KILLS
        )
    assert delivered == expected
    assert done >= 1


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_killed_workers_change_nothing(templates, tmp_path, reference, scale, django_db_blocker, capsys):
    intake, keys, expected = reference
    wanted = max(DEFAULT_KILLS, round(SLOW_KILLS * scale))
    done = projects = 0
    with django_db_blocker.unblock():
        while done < wanted:
            projects += 1
            kills, delivered = run_with_kills(
                templates,
                tmp_path / str(projects),
                intake=intake,
                keys=keys,
                seed=projects,
                kills=wanted - done,
            )
            assert delivered == expected
            done += kills
    assert done >= wanted
    with capsys.disabled():
        sys.stdout.write(f"\n{done} workers killed in {projects} projects, each with the same deliverable\n")
