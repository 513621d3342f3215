"""Certify: experts redo what is riskiest, labels are frozen, a sample is drawn and tested.

One attempt is: freeze (digest), draw (seed bound to digest and committed nonce), judge the drawn items
in order, test after each round. Errors found are corrected in what is delivered. An attempt that fails, or
is given up, leaves judged items that teach the calibration, and goes deeper next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.ids import canonical, digest_of_labels
from assay.core.project import lifecycle
from assay.core.quality.audit import delta_of_attempt, give_up
from assay.core.quality.betting import Outcome, Standing, standing
from assay.core.quality.certificate import AuditVerdict
from assay.core.quality.draw import draw_order, draw_seed
from assay.core.review.depth import choose_for_experts, costs_by_depth
from assay.service import label_loop
from assay.service.evidence import audit_of, evidence_to_json
from assay.service.stages import consolidate
from assay.service.stages.consolidate import change_of
from assay.service.stages.review import EXPERT_CHANCE
from assay.service.work import Work
from assay.store import batches, items, people, queue

REVIEW_PARTS: Final = (0.4, 0.7, 1.0)
"""Experts redo the riskiest items in parts, so that each part teaches the calibration."""
TWICE: Final = 0.1
"""Share of the audit that a second expert judges too (quality.md: 10-20 %)."""
MARGIN: Final = 20.0
"""Judgements by which another attempt must look cheaper before an open test is given up."""


def due(work: Work) -> bool:
    """Whether everything is settled and the target not yet proven."""
    batch = work.batch
    if batch.status not in (lifecycle.IN_PROGRESS, lifecycle.SENT_FOR_REWORK):
        return False
    if batch.pilot != "done" or batch.certificate or items.has_unsettled(batch.id):
        return False
    if not batch.frozen_digest and items.has_dirty(batch.id, states=(lifecycle.SETTLED,)):
        return False
    return not queue.has_open_task(batch.id) and not queue.has_lease(batch.id)


def step(work: Work) -> None:
    """Go one move further: redo the riskiest, freeze and draw, or test what was judged."""
    if work.batch.frozen_digest:
        test_sample(work)
    elif work.batch.answers > work.batch.refitted:
        consolidate.refit(work)
    elif work.batch.review_rounds < len(REVIEW_PARTS):
        redo_riskiest(work)
    else:
        freeze(work)


# --- before the freeze ---------------------------------------------------------------------------


def redo_riskiest(work: Work) -> None:
    """Send to experts what makes review and audit together cheapest."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    chosen = choose_for_experts(
        right=_right(rows),
        judged=_judged(rows),
        allowed=work.intake.quality.allowed,
        delta=delta_of_attempt(work.intake.quality.delta, work.batch.attempt + 1),
        spread=_spread(work),
    ).tolist()
    part = REVIEW_PARTS[work.batch.review_rounds]
    sent = [rows[position] for position in chosen[: int(np.ceil(part * len(chosen)))]]
    changes = [
        replace(change_of(row, now=work.now), state=lifecycle.move("item", row.state, "ask an expert"))
        for row in sent
    ]

    with work.saving():
        items.save_changes(changes)
        queue.open_tasks(work.batch.id, queue=label_loop.EXPERT, items=[row.id for row in sent])
        # After this round people are learnt anew: what experts found re-states the calibration.
        rounds = work.batch.review_rounds + 1 if sent else len(REVIEW_PARTS)
        batches.set_batch(
            work.scope, work.batch.id, review_rounds=rounds, refitted=-1 if sent else work.batch.refitted
        )
        work.record(
            "send the riskiest to experts", rule="review and audit together cheapest", items=len(sent)
        )


def freeze(work: Work) -> None:
    """Freeze the labels of all N items and start the next attempt."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    digest = digest_of_labels((row.key, row.label) for row in rows)

    with work.saving():
        items.freeze_labels(work.batch)
        attempt = work.batch.attempt + 1
        batches.set_batch(work.scope, work.batch.id, frozen_digest=digest, attempt=attempt, drawn=0)
        work.record(
            "freeze labels",
            rule="frozen before the sample is drawn",
            after=digest,
            attempt=attempt,
            items=len(rows),
        )


# --- the audit -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draw:
    """The drawn order of an attempt, and what is known about its first items."""

    order: tuple[items.ItemRow, ...]
    verdicts: tuple[AuditVerdict, ...]
    open_disputes: tuple[items.ItemRow, ...]


def test_sample(work: Work) -> None:
    """Test what was judged; then certify, give up, or have the next drawn items judged."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    draw = _load_draw(work, rows)
    if draw.open_disputes:
        _ask_auditors(work, draw.open_disputes, drawn=work.batch.drawn)
        return
    N, quality = len(rows), work.intake.quality
    delta = delta_of_attempt(quality.delta, work.batch.attempt)
    losses = [
        _loss(work, row.frozen, verdict.verdict)
        for row, verdict in zip(draw.order, draw.verdicts, strict=False)
    ]
    test = standing(losses, items=N, allowed=quality.allowed, delta=delta)

    if test.certified:
        _certify(work, draw, test)
    elif test.outcome is Outcome.IMPOSSIBLE or _hopeless(work, rows, test, delta=delta):
        _fail(work, draw, test)
    else:
        count = _next_round(work, test, items_in_all=N, delta=delta)
        fresh = draw.order[work.batch.drawn : work.batch.drawn + count]
        wanted = [row for row in fresh if not row.judged]
        _ask_auditors(work, wanted, drawn=work.batch.drawn + len(fresh))


def _load_draw(work: Work, rows: Sequence[items.ItemRow]) -> _Draw:
    seed = draw_seed(nonce=bytes.fromhex(work.batch.nonce), labels_digest=work.batch.frozen_digest)
    by_key = {row.key: row for row in rows}
    order = tuple(by_key[key] for key in draw_order(list(by_key), seed=seed))
    drawn = order[: work.batch.drawn]
    said: dict[int, list[str]] = {}
    for answer in queue.answers_of([row.id for row in drawn if not row.judged], queues=(label_loop.AUDIT,)):
        said.setdefault(answer.item, []).append(answer.value)
    experts = sum(person.is_expert for person in people.list_people(work.scope, work.project.id))
    verdicts: list[AuditVerdict] = []
    disputes: list[items.ItemRow] = []
    for row in drawn:
        given = said.get(row.id, [])
        if not given:  # an independent judgement of the frozen value exists, or no expert could say more
            verdicts.append(AuditVerdict(key=row.key, verdict=row.frozen, fresh=False))
            continue
        if len(given) == 2 and given[0] != given[1] and experts > 2 and not row.stuck:
            disputes.append(row)
        verdict = given[2] if len(given) > 2 and given[2] == given[1] else given[0]
        verdicts.append(
            AuditVerdict(
                key=row.key,
                verdict=verdict,
                correction=verdict if verdict != row.frozen else None,
                fresh=True,
                second=(given[1] if verdict == given[0] else given[0]) if len(given) > 1 else None,
            )
        )
    return _Draw(order=order, verdicts=tuple(verdicts), open_disputes=tuple(disputes))


def _next_round(work: Work, test: Standing, *, items_in_all: int, delta: float) -> int:
    """Return how many more items to draw: as many as the test needs at least, or one per expert."""
    experts = [p for p in people.list_people(work.scope, work.project.id) if p.is_expert]
    if test.checks:
        return max(len(experts), 5)
    clean = standing(
        [0.0] * items_in_all, items=items_in_all, allowed=work.intake.quality.allowed, delta=delta
    )
    return clean.checks


def _ask_auditors(work: Work, wanted: Sequence[items.ItemRow], *, drawn: int) -> None:
    """Open audit tasks; a keyed share is judged twice, and whoever disputes is joined by a third."""
    tasks = [row.id for row in wanted]
    experts = sum(person.is_expert for person in people.list_people(work.scope, work.project.id))
    if experts > 1 and drawn > work.batch.drawn:
        twice = f"twice in attempt {work.batch.attempt}"
        tasks += [row.id for row in wanted if chance.uniform(work.project.seed, twice, row.key) < TWICE]

    with work.saving():
        queue.open_tasks(work.batch.id, queue=label_loop.AUDIT, items=tasks)
        items.clear_dirty([row.id for row in wanted])
        batches.set_batch(work.scope, work.batch.id, drawn=drawn)
        work.record(
            "draw for the audit", rule="the next of the drawn order", drawn=drawn, judgements=len(tasks)
        )


def _hopeless(work: Work, rows: Sequence[items.ItemRow], test: Standing, *, delta: float) -> bool:
    """Whether another attempt, its review included, is expected to take fewer judgements than going on."""
    if not test.loss:
        return False
    risk, judged, N = 1.0 - _right(rows), _judged(rows), len(rows)
    rate = float(risk[~judged].sum() / N)
    factor = max(test.loss / test.checks / max(rate, 1e-6), 1.0)
    left = np.sort(np.minimum(risk[~judged] * factor, 1.0))[::-1]
    allowed = work.intake.quality.allowed
    _, costs = costs_by_depth(risk=left, items=N, allowed=allowed, delta=delta / 2, spread=0.3)
    return give_up(
        test, items=N, allowed=allowed, delta=delta, rate=rate, alternative=float(costs.min()) + MARGIN
    )


def _certify(work: Work, draw: _Draw, test: Standing) -> None:
    """Correct the errors found and keep the evidence; offer and delivery print the certificate from it."""
    evidence = audit_of(work, verdicts=draw.verdicts, issued_at=work.now)
    with work.saving():
        items.save_changes(_corrections(work, draw))
        batches.set_batch(
            work.scope, work.batch.id, certificate=canonical(evidence_to_json(evidence)).decode()
        )
        work.record(
            "certify",
            rule=f"attempt {work.batch.attempt}, {work.intake.quality.right:.4g} right"
            f" at {work.intake.quality.confidence:.4g} confidence",
            before=work.batch.frozen_digest,
            checks=len(draw.verdicts),
            loss=test.loss,
            outcome=test.outcome.value,
        )


def _fail(work: Work, draw: _Draw, test: Standing) -> None:
    """End an attempt: what was judged is corrected, and the next attempt reviews deeper."""
    with work.saving():
        items.save_changes(_corrections(work, draw))
        batches.set_batch(work.scope, work.batch.id, frozen_digest="", drawn=0, review_rounds=0, refitted=-1)
        work.record(
            "fail to certify",
            rule=f"attempt {work.batch.attempt}: more review where it pays most",
            before=work.batch.frozen_digest,
            checks=len(draw.verdicts),
            loss=test.loss,
        )


def _corrections(work: Work, draw: _Draw) -> list[items.ItemChange]:
    return [
        replace(
            change_of(row, now=work.now if verdict.correction else row.decided_at),
            label=verdict.verdict,
            chance=EXPERT_CHANCE,
            judged=True,
            decided_by="audit" if verdict.correction else row.decided_by,
        )
        for row, verdict in zip(draw.order, draw.verdicts, strict=False)
        if verdict.fresh
    ]


def _loss(work: Work, frozen: str, verdict: str) -> float:
    schema = work.intake.schema
    return work.task.compare(work.task.parse(frozen, schema=schema), work.task.parse(verdict, schema=schema))


def _right(rows: Sequence[items.ItemRow]) -> NDArray[np.float64]:
    return np.array([row.chance for row in rows], dtype=np.float64)


def _judged(rows: Sequence[items.ItemRow]) -> NDArray[np.bool_]:
    return np.array([row.judged for row in rows], dtype=np.bool_)


def _spread(work: Work) -> float:
    """Return how uncertain the calibrated error rate is: about 1 / sqrt(errors seen on known items)."""
    everybody = people.list_people(work.scope, work.project.id)
    wrong = sum(person.wrong for person in everybody)
    seen = wrong + sum(person.right for person in everybody)
    controls = len(items.control_items(work.batch.id))
    # Errors of the consensus on control items are not stored; people's own errors bound them from above.
    errors = controls * work.intake.quality.allowed * 0.5 if seen else 0.0
    return float(1.0 / np.sqrt(errors + 1.0))
