"""A crash before or after any commit: the run goes on by itself and delivers the very same bytes (REL-4)."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.faults import Crash, crashing, give_keys, make_keys, sampled
from tests.support.invariants import check_invariants
from tests.support.places import forget
from tests.support.projects import NOW, contents, submit, write_boxes, write_pictures, write_project

from assay.core.project import lifecycle

LEASE = 30_000_000
DEFAULT_POINTS = 8
STEP_ANSWERS = 25


@dataclass(frozen=True)
class Undisturbed:
    """A run without faults, to compare with."""

    intake: Path
    keys: Path
    delivered: dict[str, str]
    sides: int


def undisturbed(templates, folder, intake, django_db_blocker) -> Undisturbed:
    keys = make_keys(folder / "keyring")
    with django_db_blocker.unblock(), templates.place(folder / "home") as place, crashing(at=None) as crashes:
        give_keys(keys, place.home)
        project = submit(place.open(step_answers=STEP_ANSWERS), intake)
        before = crashes.seen
        project.run()
        assert project.batch.status == lifecycle.DATA_DELIVERED
        check_invariants(project)
        return Undisturbed(intake, keys, contents(project.delivery), crashes.seen - before)


@pytest.fixture(scope="module")
def plain(templates, tmp_path_factory, django_db_blocker):
    """Items without media."""
    folder = tmp_path_factory.mktemp("plain")
    intake = write_project(folder / "project", items=24, right=0.8)
    return undisturbed(templates, folder, intake, django_db_blocker)


@pytest.fixture(scope="module")
def pictures(templates, tmp_path_factory, django_db_blocker):
    """Pictures, with a model that learns."""
    folder = tmp_path_factory.mktemp("pictures")
    intake = write_pictures(folder / "project", items=40, right=0.8)
    return undisturbed(templates, folder, intake, django_db_blocker)


@pytest.fixture(scope="module")
def boxes(templates, tmp_path_factory, django_db_blocker):
    """Boxes in pictures, with earlier labels to look at again, delivered in files and in a folder."""
    folder = tmp_path_factory.mktemp("boxes")
    return undisturbed(templates, folder, write_boxes(folder / "project"), django_db_blocker)


def crash_and_go_on(templates, folder, reference, *, at):
    """Run to the crash, then again as a new process would; the lease of the dead one has run out."""
    with templates.place(folder) as place:
        give_keys(reference.keys, place.home)
        project = submit(place.open(step_answers=STEP_ANSWERS), reference.intake)
        project = type(project)(
            project.installation, project.id, project.batch_id, project.folder, folder / "delivered"
        )
        with pytest.raises(Crash), crashing(at=at):
            project.run()
        forget()
        project.run(clock=lambda: NOW + LEASE)
        assert project.batch.status == lifecycle.DATA_DELIVERED, f"after a crash at {at}"
        assert contents(project.delivery) == reference.delivered, f"after a crash at {at}"
        check_invariants(project)
        assert [path.name for path in project.out.iterdir()] == [project.batch.name]


def check_points(templates, tmp_path, reference, points, django_db_blocker):
    with django_db_blocker.unblock():
        for at in points:
            crash_and_go_on(templates, tmp_path / str(at), reference, at=at)


def test_a_crash_at_a_sample_of_commits_changes_nothing(templates, tmp_path, plain, django_db_blocker):
    points = sampled(plain.sides, wanted=DEFAULT_POINTS)
    assert len(points) == DEFAULT_POINTS
    check_points(templates, tmp_path, plain, points, django_db_blocker)


def test_a_crash_at_the_delivery_of_pictures_changes_nothing(
    templates, tmp_path, pictures, django_db_blocker
):
    points = range(pictures.sides - 6, pictures.sides - 2)
    assert pictures.sides > 60
    check_points(templates, tmp_path, pictures, points, django_db_blocker)


def test_a_crash_while_suggestions_are_read_and_folders_delivered_changes_nothing(
    templates, tmp_path, boxes, django_db_blocker
):
    points = [*range(8, 20, 3), *range(boxes.sides - 6, boxes.sides - 2, 2)]
    check_points(templates, tmp_path, boxes, points, django_db_blocker)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", ["plain", "pictures", "boxes"])
def test_a_crash_at_every_commit_changes_nothing(
    templates, tmp_path, kind, request, scale, django_db_blocker, capsys
):
    reference = request.getfixturevalue(kind)
    points = sampled(reference.sides, wanted=max(DEFAULT_POINTS, round(reference.sides * scale)))
    assert points
    check_points(templates, tmp_path, reference, points, django_db_blocker)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{kind}: {len(points)} of {reference.sides} crash points, each with the same deliverable\n"
        )
