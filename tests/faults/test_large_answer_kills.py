"""`kill -9` between a large answer's blob and its row: the answer is there once and whole, or not at all."""

import signal
import subprocess
import sys
import time

import pytest
from tests.support.data import ROOT
from tests.support.labelling import SIMULATED, at_work, claim
from tests.support.projects import LABELS, NOW, write_boxes

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Box, Boxes
from assay.service.labelling.submit_answer import submit_answer
from assay.service.upkeep.sweep_home import DAY, sweep_home
from assay.store import db
from assay.store.labelling.answers_and_pay_ledger import answers_of
from assay.store.large_values import MARK

TOMORROW = time.time_ns() // 1_000 + DAY + 3_600_000_000


@pytest.fixture
def project(web, tmp_path):
    """Pictures in which people draw boxes."""
    intake = write_boxes(tmp_path / "boxes", items=24)
    text = intake.read_text().replace(SIMULATED, "workforce: {kind: people}")
    intake.write_text(text.replace("start: 2026-11-23T09:00:00Z\n", ""))
    return at_work(web, tmp_path / "boxes", crew=("lena", "eva"), intake=intake)


def crowd(seed):
    """Return the text of more boxes than a row holds, other ones for every seed."""
    return write_label(
        Boxes(tuple(Box(LABELS[0], float(n % 20), 10.0 + seed, 5.0 + n // 20, 6.0) for n in range(200)))
    )


def blobs(home):
    return [*(home / "blobs" / "values").rglob("contents/*/*")]


def test_an_answer_is_there_once_and_whole_or_not_at_all_wherever_its_process_is_killed(
    web, project, place, tmp_path
):
    home, member = web.installation.home, web.member("lena").id
    seen, step, done = set(), 0, None
    while done is None or done.returncode:
        (served,) = claim(web, project, "lena")
        file = tmp_path / "answer.json"
        file.write_text(crowd(step), encoding="utf-8")
        words = [str(step), project.batch.name, str(member), str(served.assignment), str(file)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.killed_submit", *words],
            cwd=ROOT, env=place.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        found = [answer.value for answer in answers_of([served.item], queues=("label",))]
        assert found in ([], [crowd(step)]), "what a row names is whole"
        seen.add((len(found), len(blobs(home)) - step))
        # The bench asks again with the same client id, as it does until it gets a reply.
        submit_answer(
            web.installation,
            web.actor("lena"),
            batch=project.batch.name,
            assignment=served.assignment,
            client_id=f"client-{served.assignment}",
            value=crowd(step),
            seconds=3.0,
            now=NOW,
            take_next=False,
        )
        assert [answer.value for answer in answers_of([served.item], queues=("label",))] == [crowd(step)]
        step += 1
    assert {(0, 0), (0, 1), (1, 1)} <= seen, "killed before the blob, between blob and row, and after both"
    assert "before-commit after-commit" in done.stdout
    values = [value for (value,) in db.rows("SELECT value FROM answer")]
    assert len(values) == step
    assert all(value.startswith(MARK) for value in values)
    sweep_home(web.installation, now=TOMORROW)
    assert len(blobs(home)) == step, "each answer's content is named, and stays"
    assert [*(home / "blobs").rglob("*.part")] == []


def test_a_blob_whose_row_never_came_is_swept(web, project, place, tmp_path):
    home = web.installation.home
    (served,) = claim(web, project, "lena")
    (tmp_path / "answer.json").write_text(crowd(0), encoding="utf-8")
    words = [project.batch.name, str(web.member("lena").id), str(served.assignment), tmp_path / "answer.json"]
    step = 0
    while not blobs(home):
        subprocess.run(
            [sys.executable, "-m", "tests.support.killed_submit", str(step), *map(str, words)],
            cwd=ROOT, env=place.environment(), capture_output=True, check=False,
        )  # fmt: skip
        step += 1
    assert db.rows("SELECT 1 FROM answer") == []
    assert sweep_home(web.installation, now=TOMORROW - DAY).blobs == 0, "its row might still come"
    assert sweep_home(web.installation, now=TOMORROW).blobs == 1
    assert blobs(home) == []
