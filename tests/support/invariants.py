"""What must hold whatever happened to a project: security.md, section 8."""

import json
from typing import Any

from tests.support.cast import cast_of
from tests.support.projects import NOW, Project

from assay.core.labels.item_facts import NOTHING_MEASURED
from assay.core.project import lifecycle
from assay.core.project.price_of_work import PAGE, price_of_answer
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.trail.seal_events import demonstration_key
from assay.service.trail.verify_audit import verify_audit
from assay.service.working_set.label_queues import AUDIT, EXPERT, EXPERT_QUEUES, LABEL, PEER
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.items.items import body
from assay.store.labelling import answers_and_pay_ledger
from assay.store.large_values import Texts
from assay.tasktypes import TASK_TYPES


def check_invariants(project: Project) -> None:
    """Check everything that the database and the delivery must say, finished or not."""
    check_answers(project)
    check_redundancy(project)
    check_record(project)
    batch = project.batch
    assert batch.accepted + batch.rejected == batch.received
    if batch.status == lifecycle.DATA_DELIVERED:
        check_delivery(project)


def check_answers(project: Project) -> None:
    """One ledger entry and one event per answer, at its price; no answer on a lease that was not submitted.

    What mends an answer is of the same lease and pays nothing.
    """
    intake = intake_of(project.row)
    found = db.rows(
        "SELECT a.id, a.item_id, a.person_id, a.queue, s.state, s.item_id, s.person_id, l.cents, l.debit,"
        " l.credit, p.code, a.value, a.seconds FROM answer a JOIN assignment s ON s.id = a.assignment_id"
        " JOIN person p ON p.id = a.person_id LEFT JOIN ledger_entry l ON l.answer_id = a.id"
        " WHERE a.batch_id = %s AND a.supersedes IS NULL ORDER BY a.id",
        [project.batch_id],
    )
    answers = sum(answers_and_pay_ledger.count_answers(project.batch_id).values())
    assert len(found) == answers, "an answer has no assignment, no person or two ledger entries"
    paid, task = 0, TASK_TYPES.get(intake.task)
    for _, item, person, name, state, leased_item, leased_person, cents, debit, credit, code, *said in found:
        assert (item, person) == (leased_item, leased_person)
        assert state in ("submitted", "reopened")
        if name in EXPERT_QUEUES:
            assert cents == intake.money.expert
        else:
            value = task.parse(Texts().of_item(item, said[0]), schema=intake.schema)
            price = intake.money.answer
            # An item that left the batch has no body any more; nothing else asks for its pages.
            facts = body(item).facts if price.per == PAGE else NOTHING_MEASURED
            assert cents == price_of_answer(price, value=value, facts=facts, seconds=said[1])
        assert (debit, credit) == (f"project:{project.row.name}", f"person:{project.row.name}/{code}")
        paid += cents
    assert paid == answers_and_pay_ledger.spent(project.batch_id)
    told = db.rows(
        "SELECT detail FROM event WHERE verb = 'submit an answer' AND outcome = 'done' ORDER BY id"
    )
    ids = {row[0] for row in found}
    said = [json.loads(detail)["answer"] for (detail,) in told]
    assert sorted(number for number in said if number in ids) == sorted(ids)
    check_mended(project)


def check_mended(project: Project) -> None:
    """Each mended answer names one of its own lease, once, is told and unpaid; of every lease one answer counts."""
    mended = db.rows(
        "SELECT m.id, m.assignment_id, m.item_id, m.person_id, m.in_place, a.assignment_id, a.item_id, a.person_id,"
        " i.is_control, l.id FROM answer m JOIN item i ON i.id = m.item_id LEFT JOIN answer a ON a.id = m.supersedes"
        " LEFT JOIN ledger_entry l ON l.answer_id = m.id WHERE m.batch_id = %s AND m.supersedes IS NOT NULL",
        [project.batch_id],
    )
    for _, lease, item, person, in_place, *before, control, entry in mended:
        assert [lease, item, person] == before
        assert bool(in_place) != bool(control), "a control item was mended, or another item was not"
        assert entry is None, "a mended answer was paid again"
    told = db.rows("SELECT detail FROM event WHERE verb = 'mend an answer' AND outcome = 'done'")
    ids = {row[0] for row in mended}
    said = [json.loads(detail)["answer"] for (detail,) in told]
    assert sorted(number for number in said if number in ids) == sorted(ids)
    batch = project.batch
    counted = answers_and_pay_ledger.all_answers(
        batch.first_item, batch.last_item, queues=(LABEL, PEER, EXPERT, AUDIT)
    )
    assert len(counted) == sum(answers_and_pay_ledger.count_answers(project.batch_id).values())


def check_redundancy(project: Project) -> None:
    """Nobody twice on an item, never more answers than allowed, control items once per person."""
    most = intake_of(project.row).most
    experts = len(db.rows("SELECT 1 FROM person WHERE project_id = %s AND is_expert", [project.id]))
    twice = db.rows(
        "SELECT item_id, person_id, COUNT(*) FROM assignment WHERE batch_id = %s"
        " AND state IN ('leased', 'submitted', 'skipped') GROUP BY item_id, person_id HAVING COUNT(*) > 1",
        [project.batch_id],
    )
    assert twice == [], f"people had items twice: {twice[:3]}"
    served_controls = db.rows(
        "SELECT item_id, person_id, COUNT(*) FROM assignment WHERE batch_id = %s AND task_id IS NULL"
        " GROUP BY item_id, person_id HAVING COUNT(*) > 1",
        [project.batch_id],
    )
    assert served_controls == [], f"control items were shown twice: {served_controls[:3]}"
    limits = {LABEL: most, PEER: 1, EXPERT: experts, AUDIT: experts}
    counted = db.rows(
        "SELECT a.item_id, a.queue, COUNT(*) FROM answer a JOIN item i ON i.id = a.item_id"
        " JOIN assignment s ON s.id = a.assignment_id"  # what was reopened may be answered once more
        " WHERE a.batch_id = %s AND s.state <> 'reopened' AND NOT (i.is_control AND a.queue = 'label') AND a.supersedes IS NULL GROUP BY a.item_id, a.queue",
        [project.batch_id],
    )
    above = [line for line in counted if line[2] > limits[str(line[1])]]
    assert above == [], f"items got more answers than allowed: {above[:3]}"
    tasks = db.rows(
        "SELECT task_id FROM assignment WHERE batch_id = %s AND task_id IS NOT NULL"
        " GROUP BY task_id HAVING COUNT(*) > 1",
        [project.batch_id],
    )
    assert tasks == [], "a wanted answer was leased twice"


def check_record(project: Project) -> None:
    """The chain verifies, and statuses moved along their tables only."""
    actor = cast_of(project.installation.scope).ada
    found = verify_audit(actor, checkpoints=project.installation.checkpoint_dir, now=NOW)
    assert found.ok, found.first_bad
    moves: dict[str, set[tuple[str, str]]] = {
        noun: {(before, after) for (before, _), after in lifecycle.NOUNS[noun].items()}
        for noun in ("project", "batch")
    }
    known = {noun: set(lifecycle.states(noun)) for noun in moves}
    for before, after in db.rows("SELECT before, after FROM event WHERE before <> '' ORDER BY id"):
        if before in known["project"] | known["batch"] and after:
            assert (before, after) in moves["project"] | moves["batch"], f"moved from {before} to {after}"


def check_delivery(project: Project) -> None:
    """The certificate verifies as what it is, by the key of this home."""
    key = demonstration_key(project.installation.home)
    found = verify_certificate(project.delivery, trusted=key.fingerprint)
    assert found.ok, [str(finding) for finding in found.findings]
    assert (found.result, found.trusted, found.certified) == (Result.DEMONSTRATION, True, True)
    statement: dict[str, Any] = json.loads((project.delivery / "certificate.json").read_text())["statement"]
    rows = db.rows("SELECT COUNT(*) FROM item WHERE batch_id = %s AND NOT is_control", [project.batch_id])
    assert statement["items"] == rows[0][0], "N is the delivered items without control items"
