"""A project whose answers are paid by the objects in them: quote, ledger, gate and report agree on what that is."""

import json
from dataclasses import replace
from pathlib import Path

from tests.support.invariants import check_invariants
from tests.support.loops import make_loop
from tests.support.projects import NOW, submit, write_csv, write_project

from assay.core import chance
from assay.core.planning.plan import Range
from assay.core.project import price_of_work
from assay.core.project.intake import Money
from assay.core.project.price_of_work import AnswerPrice
from assay.service.batches.batch_summary import batch_summary
from assay.service.pipeline.stages import plan as stage
from assay.service.quality.plan_and_quote import load_plan
from assay.service.quality.price_of_answers import cents_unpaid
from assay.service.requests.draft_quote import contract_of
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.labelling import answers_and_pay_ledger

SAID = "{per: object, cents: 3, least: 4, most: 12}"
NAMES = ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")


def write_names(folder: Path, *, items: int = 60, budget: int = 1_000_000) -> Path:
    """Write a project of sentences with up to five names in each, which are to be marked."""
    rows, truth = [], {}
    for number in range(items):
        count = chance.pick(7, "names", str(number), below=6)
        words, spans, at = [], [], 0
        for place in range(count):
            word = NAMES[(number + place) % len(NAMES)]
            spans.append({"label": "cat", "start": at, "end": at + len(word)})
            words += [word, "met"]
            at += len(word) + len(" met ")
        key = f"item-{number:03}"
        rows.append((key, " ".join([*words, f"nobody else on day {number}"])))
        truth[key] = json.dumps({"spans": spans})
    data = "{path: texts.csv, format: csv, id: id, text: text}"
    intake = write_project(
        folder, task="text_spans", data=data, truth=truth, right=0.8, people=8, budget=budget
    )
    write_csv(folder / "texts.csv", ("id", "text"), rows)
    said = intake.read_text().replace("answer: 4", f"answer: {SAID}").replace("csv, jsonl]", "jsonl]")
    intake.write_text(said.replace("[augmented_manifest, ", "["))
    return intake


def recomputed(batch: int) -> dict[int, int]:
    """Return what each answer must have been paid, by nothing but its text."""
    found = db.rows("SELECT id, queue, value FROM answer WHERE batch_id = %s AND supersedes IS NULL", [batch])
    return {
        number: 20 if queue in ("expert", "audit") else min(12, max(4, 3 * len(json.loads(value)["spans"])))
        for number, queue, value in found
    }


def test_a_project_paid_by_the_object_pays_what_it_says_and_says_what_it_paid(installation, tmp_path, cast):
    project = submit(installation, write_names(tmp_path / "project"))
    project.run()
    assert project.batch.status == "Data delivered"
    due = recomputed(project.batch_id)
    assert dict(db.rows("SELECT answer_id, cents FROM ledger_entry")) == due
    assert len({cents for cents in due.values() if cents != 20}) > 2
    check_invariants(project)

    spent = answers_and_pay_ledger.spent(project.batch_id)
    plan, quote = load_plan(project.row.plan), load_plan(project.row.quote)
    assert quote.work is not None
    assert quote.work.answers > 0
    assert quote.work.units[0] <= quote.work.units[1] <= quote.work.units[2]
    assert quote.price.low < spent < quote.price.high
    assert (plan.price.low, plan.price.mid, plan.price.high) == (spent, spent, spent)
    contract = " ".join(contract_of(quote, intake_of(project.row)))
    assert "3 cents an object, at least 4, at most 12, about" in contract
    assert f"measured on {quote.work.answers} answers" in contract

    labellers = [cents for cents in due.values() if cents != 20]
    report = (project.delivery / "report.html").read_text(encoding="utf-8")
    assert f"{len(labellers):,} at 3 cents an object, at least 4, at most 12" in report
    assert f"EUR {sum(labellers) / 100:,.2f}" in report
    assert batch_summary(cast.rita, batch=project.batch.name, now=NOW).spent == spent


def test_a_batch_killed_at_any_step_pays_each_answer_once(installation, tmp_path):
    project = submit(installation, write_names(tmp_path / "project", items=30))
    while project.run(most_steps=1):
        pass
    assert dict(db.rows("SELECT answer_id, cents FROM ledger_entry")) == recomputed(project.batch_id)


def test_for_what_somebody_holds_the_most_is_set_aside_and_for_what_waits_the_expected(cast):
    loop = make_loop(cast.scope, items_wanted=6)
    money = Money("EUR", None, AnswerPrice("object", cents=3, least=4, most=60), expert=20)
    batch = loop.rules.batch
    assert cents_unpaid(batch, money=money, expected=10.5) == 63
    assert cents_unpaid(batch, money=money, expected=10.5, answers=2, judgements=1) == 84 + 20
    assert loop.take("lena") is not None
    assert cents_unpaid(batch, money=money, expected=10.5) == 53 + 60


LIMIT = 1400
"""Cents: enough for the pilot's answers at what they are expected to hold, not for what they do."""


def test_answers_that_hold_more_than_was_expected_meet_the_approved_price(
    installation, tmp_path, monkeypatch
):
    monkeypatch.setitem(price_of_work.ASSUMED, "object", (0.0, 0.0, 0.0))
    made = stage.compile_plan
    cheap = Range(low=1.0, mid=2.0, high=3.0)
    monkeypatch.setattr(
        stage, "compile_plan", lambda work, models: replace(made(work, models=models), price=cheap)
    )
    project = submit(installation, write_names(tmp_path / "project", items=150, budget=LIMIT))
    project.run()
    assert (project.row.status, project.batch.status) == ("Pilot in-progress", "Paused")
    assert 0.5 * LIMIT < answers_and_pay_ledger.spent(project.batch_id) <= LIMIT
    said = batch_summary(
        project.installation.owner("rita", "tests"), batch=project.batch.name, now=NOW
    ).waits_for
    assert said.startswith("what is open now would bring the cost to ")
