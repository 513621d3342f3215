"""The firm quote comes from the pilot's own items where its answers are single labels."""

import json

import pytest
from tests.support.projects import submit, write_boxes, write_project

from assay.core.planning.plan import ITEMS, MEASURED
from assay.service.foretelling import foretell
from assay.service.quoting import load_plan, quote_batch
from assay.service.running import load_work
from assay.store import db, queue

NOW = 1_795_000_000_000_000


def work_of(project):
    return load_work(
        project.installation, batch=project.batch_id, out=project.out, hold=lambda: None, real_now=NOW
    )


def frozen_batch(installation, folder):
    """Bring a batch to its audit."""
    project = submit(installation, write_project(folder, items=240, people=8))
    project.run_until(lambda one: bool(one.batch.frozen_digest))
    return project


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(frozen_batch) if "frozen" in request.fixturenames else None


@pytest.fixture
def frozen(begun, installation, tmp_path):
    return begun.project(installation, tmp_path)


@pytest.fixture
def done(frozen):
    frozen.run()
    return frozen


def test_the_quote_is_foretold_from_the_pilots_own_items(done):
    quote = load_plan(done.row.quote)
    assert quote.basis == ITEMS
    assert quote.right is not None
    assert quote.right.low <= quote.right.mid <= quote.right.high <= 1.0
    assert quote.price.low < quote.price.mid < quote.price.high
    ((detail,),) = db.rows("SELECT detail FROM event WHERE verb = 'quote (project)'")
    assert json.loads(detail)["rule"] == f"foretold from {ITEMS}"


def test_a_quote_can_be_made_again_to_the_byte(done):
    work = work_of(done)
    assert foretell(work) is not None
    assert quote_batch(work, models=()) == quote_batch(work, models=())


def test_the_last_estimate_is_close_to_what_was_spent_and_ends_there(frozen):
    plan, quote = load_plan(frozen.row.plan), load_plan(frozen.row.quote)
    frozen.run()
    spent = queue.spent(frozen.batch_id)
    assert abs(plan.price.mid - spent) < 0.35 * spent
    assert 0.0 < plan.price.high - plan.price.low < quote.price.high - quote.price.low
    paid = load_plan(frozen.row.plan).price
    assert (paid.low, paid.mid, paid.high) == (spent, spent, spent)


def test_too_few_items_are_quoted_from_measured_rates(installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "project", items=30))
    project.run()
    quote = load_plan(project.row.quote)
    assert quote.basis == MEASURED
    assert quote.right is None


def test_boxes_are_quoted_from_measured_rates(installation, tmp_path):
    project = submit(installation, write_boxes(tmp_path))
    project.run()
    assert load_plan(project.row.quote).basis == MEASURED
    assert foretell(work_of(project)) is None
