"""What a batch's quality rests on: calibration, who said what, and the proof, at every stage of a batch."""

import numpy as np
import pytest
from tests.support.projects import LABELS, NOW, submit, write_boxes, write_project

from assay.core.errors import NotFound, NotPermitted
from assay.core.planning.plan import Range
from assay.core.project import lifecycle
from assay.core.quality.betting_martingale import wealth_path
from assay.service.batches import batch_quality as reading
from assay.service.batches.batch_quality import batch_quality
from assay.service.projects.project_page import project_page
from assay.service.quality.proven_quality import proven
from assay.service.working_set import label_queues
from assay.store import db
from assay.store.labelling import answers_and_pay_ledger

pytestmark = pytest.mark.one_database


def ready_pets(installation, folder):
    """Bring a batch of 120 items up to its review."""
    project = submit(installation, write_project(folder, items=120, accept="by_hand"))
    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    return project


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(ready_pets) if "ready" in request.fixturenames else None


@pytest.fixture
def pets(installation, tmp_path):
    return submit(installation, write_project(tmp_path / "pets", items=120, accept="by_hand"))


@pytest.fixture
def ready(begun, installation, tmp_path):
    """The same batch, ready for review."""
    return begun.project(installation, tmp_path)


def test_before_anything_is_settled_there_is_nothing_to_show(cast, pets):
    found = batch_quality(cast.rita, batch="pets-1", now=NOW)
    assert (found.calibrated, found.said, found.proof) == (None, None, None)


def test_a_certified_batch_shows_how_its_proof_grew(cast, ready):
    found = batch_quality(cast.rita, batch="pets-1", now=NOW).proof
    certificate = proven(ready.row, ready.batch)
    assert (found.state, found.items, found.attempt) == ("proven", certificate.items, certificate.attempt)
    assert found.losses == [line.loss for line in certificate.sample]
    assert found.path == wealth_path(found.losses, items=found.items, allowed=0.1)
    assert found.goal == pytest.approx(10.0)
    assert found.by_exhaustion == (max(found.path) < found.goal)


def test_the_proof_is_told_while_it_is_in_work(cast, pets):
    pets.run_until(lambda project: project.batch.drawn > 0)
    before = batch_quality(cast.rita, batch="pets-1", now=NOW).proof
    assert before.state == "in work"
    assert before.drawn == pets.batch.drawn
    assert len(before.losses) < before.drawn  # nobody has judged all of them yet
    assert before.expected >= len(before.path)
    pets.run()
    after = batch_quality(cast.rita, batch="pets-1", now=NOW).proof
    if pets.batch.attempt == before.attempt:  # the same draw: what was seen is the beginning of what came
        assert list(after.losses[: len(before.losses)]) == list(before.losses)


def test_the_checks_that_would_prove_it_are_those_after_which_it_is_proven(cast, pets):
    pets.run_until(lambda project: batch_quality(cast.rita, batch="pets-1", now=NOW).proof is not None)
    found = batch_quality(cast.rita, batch="pets-1", now=NOW).proof
    assert len(found.further) == 4
    known = [checks for checks in found.further if checks is not None]
    assert known == sorted(known)
    pets.run_until(lambda project: project.batch.certificate != "")
    done = batch_quality(cast.rita, batch="pets-1", now=NOW).proof
    assert done.further == ()
    if not sum(done.losses) and (done.attempt, done.items) == (found.attempt, found.items):
        assert len(done.losses) >= found.further[0]


def test_before_the_audit_its_length_is_expected(cast, pets):
    pets.run_until(lambda project: project.batch.answers > 0 and not project.batch.frozen_digest)
    pets.run_until(lambda project: batch_quality(cast.rita, batch="pets-1", now=NOW).proof is not None)
    found = batch_quality(cast.rita, batch="pets-1", now=NOW).proof
    assert (found.state, found.attempt, found.path) == ("to come", 1, [])
    assert 0 < found.expected <= found.items


def test_answers_are_counted_by_what_was_decided(cast, ready):
    found = batch_quality(cast.rita, batch="pets-1", now=NOW).said
    counts = np.array(found.counts)
    assert tuple(found.labels) == LABELS
    answers = answers_and_pay_ledger.count_answers(ready.batch.id)
    assert 0 < counts.sum() <= answers[label_queues.LABEL] + answers.get(label_queues.PEER, 0)
    assert np.trace(counts) > 0.6 * counts.sum()
    assert found.people >= 5
    assert found.all_counted


def test_nothing_that_an_excluded_person_said_is_counted(cast, ready):
    before = batch_quality(cast.rita, batch="pets-1", now=NOW).said
    (loud,) = db.row(
        "SELECT person_id FROM answer WHERE queue = 'label' GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1"
    )
    db.execute("UPDATE person SET state = 'excluded' WHERE id = %s", [loud])
    after = batch_quality(cast.rita, batch="pets-1", now=NOW).said
    assert after.people == before.people - 1
    assert np.sum(after.counts) < np.sum(before.counts)


def test_figures_of_few_people_are_not_shown(installation, cast, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", people=4, accept="by_hand"))
    project.run()
    assert batch_quality(cast.rita, batch="pets-1", now=NOW).said is None


def test_of_many_labels_and_of_boxes_no_table_is_made(installation, cast, ready, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_LABELS", 2)
    assert batch_quality(cast.rita, batch="pets-1", now=NOW).said is None
    boxes = submit(installation, write_boxes(tmp_path / "boxes"))
    boxes.run()
    found = batch_quality(cast.rita, batch=boxes.batch.name, now=NOW)
    assert found.said is None
    assert found.proof is not None


def test_calibration_looks_at_control_items_and_at_the_audit(cast, ready):
    found = batch_quality(cast.rita, batch="pets-1", now=NOW).calibrated
    assert found.controls > 0
    counted = sum(one.count for one in found.bins)
    assert counted in (0, found.controls + found.audited)
    if counted:
        assert found.error == pytest.approx(
            sum(one.count * abs(one.believed - one.right) for one in found.bins) / counted
        )


def test_people_of_one_kind_are_calibrated_well(installation, cast, tmp_path, monkeypatch):
    """Simulated people err independently: what is believed of a few dozen known items is nearly what is true."""
    monkeypatch.setattr(reading, "LEAST_KNOWN", 5)
    project = submit(installation, write_project(tmp_path / "pets", items=300, accept="by_hand"))
    project.run()
    found = batch_quality(cast.rita, batch="pets-1", now=NOW).calibrated
    assert found.bins
    assert found.error < 0.2
    inside = sum(one.count for one in found.bins if one.low - 0.05 <= one.believed <= one.high + 0.05)
    assert inside >= 0.7 * sum(one.count for one in found.bins)


def test_the_quality_of_others_is_not_there(cast, strangers, pets):
    with pytest.raises(NotFound):
        batch_quality(strangers.rita, batch="pets-1", now=NOW)
    with pytest.raises(NotPermitted):
        batch_quality(cast.lena, batch="pets-1", now=NOW)


def test_the_project_says_what_is_still_to_be_paid(cast, pets):
    pets.run_until(lambda project: project.batch.answers > 0)
    page = project_page(cast.rita, project="pets", now=NOW)
    assert page.to_come == Range(
        *(
            max(0.0, whole - page.spent)
            for whole in (page.plan.price.low, page.plan.price.mid, page.plan.price.high)
        )
    )
    pets.run()
    assert pets.batch.status == lifecycle.READY_FOR_REVIEW
    assert project_page(cast.rita, project="pets", now=NOW).to_come is None
