"""The firm quote comes from the pilot's own items."""

import json

import numpy as np
import pytest
from tests.support.projects import LABELS, submit, write_boxes, write_project

from assay.core.planning.plan import ITEMS, MEASURED
from assay.service.quality.plan_and_quote import load_plan, quote_batch
from assay.service.quality.work_so_far_as_pilot import foretell
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.labelling import answers_and_pay_ledger

pytestmark = pytest.mark.one_database

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
    spent = answers_and_pay_ledger.spent(frozen.batch_id)
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


def test_labels_that_came_with_the_data_are_quoted_from_measured_rates(installation, tmp_path):
    project = submit(installation, write_boxes(tmp_path, items=80))
    project.run()
    assert load_plan(project.row.quote).basis == MEASURED
    assert foretell(work_of(project)) is None


def sets_of(items):
    """A set of labels for each item: none to all three of them."""
    dice = np.random.default_rng(1)
    return {
        f"item-{number:03}": json.dumps([name for name in LABELS if dice.random() < 0.4])
        for number in range(items)
    }


def spans_of(items):
    """One to three spans in each item's text, the name of its file."""
    dice = np.random.default_rng(1)
    found = {}
    for number in range(items):
        starts = [place for place in (0, 7, 14) if dice.random() < 0.6] or [0]
        spans = [
            {"label": LABELS[int(dice.integers(3))], "start": start, "end": start + int(dice.integers(2, 5))}
            for start in starts
        ]
        found[f"item-{number:03}"] = json.dumps({"spans": spans})
    return found


TEXT = "{path: items.csv, format: csv, id: id, text: file}"
WINNERS = ("first", "second", "tie")
IN_PART = {"text_classification_multi": sets_of, "text_spans": spans_of}


@pytest.fixture(params=IN_PART)
def in_part(request, installation, tmp_path):
    intake = write_project(
        tmp_path / "project",
        task=request.param,
        truth=IN_PART[request.param](200),
        people=12,
        right=0.85,
        data=TEXT,
    )
    project = submit(installation, intake)
    project.run()
    return project


def test_labels_that_are_right_in_part_are_foretold_from_the_pilots_own_items(in_part):
    quote, spent = load_plan(in_part.row.quote), answers_and_pay_ledger.spent(in_part.batch_id)
    assert quote.basis == ITEMS
    assert quote.right is not None
    assert quote.right.low <= quote.right.mid <= quote.right.high <= 1.0
    assert quote.price.low <= spent <= quote.price.high
    work = work_of(in_part)
    assert foretell(work) == foretell(work)
    assert quote_batch(work, models=()) == quote_batch(work, models=())


def test_choices_that_are_right_in_part_are_quoted_from_measured_rates(installation, tmp_path):
    dice = np.random.default_rng(1)
    truth = {
        f"item-{number:03}": json.dumps({"winner": WINNERS[int(dice.integers(3))]}) for number in range(100)
    }
    intake = write_project(
        tmp_path / "project", task="preference_pair", truth=truth, people=12, right=0.8, data=TEXT
    )
    intake.write_text(intake.read_text().replace(", ".join(LABELS), ", ".join(WINNERS)))
    project = submit(installation, intake)
    project.run_until(lambda one: bool(one.row.quote))
    assert load_plan(project.row.quote).basis == MEASURED
    assert foretell(work_of(project)) is None


def test_the_quote_knows_what_a_model_has_learnt_from_the_pilot(installation, tmp_path):
    intake = write_project(
        tmp_path / "project", task="text_classification_multi", truth=sets_of(120), people=12, data=TEXT
    )
    project = submit(installation, intake)
    project.run_until(lambda one: bool(one.row.quote))
    assert project.batch.prelabel_at > 0
    verbs = [verb for (verb,) in db.rows("SELECT verb FROM event ORDER BY id")]
    assert "pre-label items" in verbs[: verbs.index("quote (project)")]


def test_too_few_labels_that_are_right_in_part_are_quoted_from_measured_rates(installation, tmp_path):
    intake = write_project(tmp_path / "project", task="text_spans", truth=spans_of(30), data=TEXT)
    project = submit(installation, intake)
    project.run()
    assert load_plan(project.row.quote).basis == MEASURED
    assert foretell(work_of(project)) is None
