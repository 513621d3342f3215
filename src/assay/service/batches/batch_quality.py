"""What a batch's quality rests on: calibration on known items, who said what, and how far its proof has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.labels.label_values import Choice, Preference, label_names
from assay.core.ports.task_type import TaskType
from assay.core.project.intake import Intake
from assay.core.quality.audit_attempts import delta_of_attempt, expected_checks
from assay.core.quality.betting_martingale import checks_to_proof, wealth_path
from assay.core.quality.label_loss import loss_of
from assay.core.quality.reliability_diagram import Bin, reliability
from assay.core.quality.sample_draw import draw_order, draw_seed
from assay.core.review.known_item_lessons import told
from assay.service.access.note_reading import note_reading
from assay.service.access.permissions import Actor, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.intake.earlier_labels_and_models import sources
from assay.service.quality.audit_evidence import verdict_of
from assay.service.quality.calibrated_consensus import columns, judged_by, lessons_of, people_model, prior_of
from assay.service.quality.proven_quality import proven
from assay.service.working_set import label_queues, texts_as_now
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery, items
from assay.store.labelling.project_people import list_people
from assay.store.projects.batches import BatchRow, batch_by_name
from assay.store.projects.projects import ProjectRow, project_of_batch
from assay.store.scope import Scope

MOST_LABELS: Final = 12
"""Of more labels a table of who said what cannot be read."""
MOST_KNOWN: Final = 4_000
MOST_COUNTED: Final = 20_000
"""So many items are looked at: for who said what, and for the path of a proof that is in work."""
MOST_ERRORS: Final = 3
"""Errors in the checks to come up to which it is said how many checks would prove the target."""
LEAST_KNOWN: Final = 20
"""Fewer known items say nothing about calibration."""
FEWEST: Final = 5
"""Requesters see figures about people only as aggregates over no fewer (PRIV-4)."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Believed probabilities against the truth of known items.

    Attributes:
        controls: control items among them, which taught the calibration too.
        audited: items of the audit among them, drawn at random.
        bins: of equal width, lowest first; empty where too few items are known.
        error: the expected calibration error; mean distance of the bins, weighted by their size.
    """

    controls: int
    audited: int
    bins: Sequence[Bin]
    error: float


@dataclass(frozen=True, slots=True)
class WhoSaidWhat:
    """Answers by the label that was decided: `counts[decided][said]` in label order; `items` is whether all were counted."""

    labels: Sequence[str]
    counts: Sequence[Sequence[int]]
    people: int
    all_counted: bool


@dataclass(frozen=True, slots=True)
class ProofSoFar:
    """How far the proof of the target has come.

    Attributes:
        state: proven, in work, or to come.
        attempt: which one, counted from 1.
        items: N.
        allowed: the mean loss that may be.
        goal: the evidence that proves it, 1 / delta of this attempt.
        path: the evidence (the martingale's wealth) after each judged item, in the order of the draw; empty where
            that is not known.
        losses: of the judged items, as long as `path` or longer.
        drawn: items drawn so far.
        expected: judged items that it will take about in all, None where nothing can be expected.
        by_exhaustion: whether so many items are judged that the others cannot miss the target.
        further: how many more checks would prove it if none, one, two, three of them find an error; None where that
            many could not be made good in this attempt; empty where nothing is left to prove or the batch is too large.
    """

    state: str
    attempt: int
    items: int
    allowed: float
    goal: float
    path: Sequence[float]
    losses: Sequence[float]
    drawn: int
    expected: float | None
    by_exhaustion: bool = False
    further: Sequence[int | None] = ()


@dataclass(frozen=True, slots=True)
class BatchQuality:
    """What a batch's quality rests on; parts are None where there is nothing to show."""

    calibrated: Calibrated | None
    said: WhoSaidWhat | None
    proof: ProofSoFar | None


@dataclass(frozen=True, slots=True)
class _Read:
    """A batch as belief reads it; implements `calibrated_consensus.Learnt`."""

    scope: Scope
    project: ProjectRow
    batch: BatchRow
    intake: Intake
    task: TaskType


def batch_quality(actor: Actor, *, batch: str, now: int) -> BatchQuality:
    """Return what a batch's quality rests on; raises `NotFound` also for a batch outside the scope."""
    require(actor, "see projects", now=now)
    row = batch_by_name(actor.scope, batch)
    refuse_to_read_own_batch(actor, row, verb="see who said what", now=now)
    note_reading(actor, verb="see who said what", subject=f"batch {batch}", now=now)
    project = project_of_batch(actor.scope, row.id)
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    read = _Read(actor.scope, project, row, intake, task)
    return BatchQuality(calibrated=_calibrated(read), said=_who_said_what(read), proof=_proof(read))


# --- calibration -----------------------------------------------------------------------------------


def _calibrated(read: _Read) -> Calibrated | None:
    """Believe known items as all others are believed, and look at what is true of them."""
    batch = read.batch
    lessons = lessons_of(read)
    if lessons is None:
        return None
    known = {row.id: row for row in items.control_items(batch.id) if row.label}
    audited = item_gallery.audited_items(batch, queue=label_queues.AUDIT, most=MOST_KNOWN)
    known |= {row.id: row for row in items.items_by_id(audited)}
    verdicts = _verdicts(read, [row for row in known.values() if not row.is_control])
    answers = texts_as_now.answers_of(read, list(known), queues=label_queues.LABEL_QUEUES)
    heard = {answer.item for answer in answers}
    rows = [row for row in known.values() if row.id in heard and (row.is_control or row.id in verdicts)]
    truth = [row.label if row.is_control else verdicts[row.id] for row in rows]
    if not rows:
        return None
    certificate = proven(read.project, read.batch)
    fresh = {line.item for line in certificate.sample if line.fresh} if certificate else set()
    ids = [row.id for row in rows]
    people = list_people(read.scope, read.project.id)
    table = columns(
        read,
        [(answer.item, answer.person, answer.value) for answer in answers],
        suggested=texts_as_now.suggestions(read, ids) if sources(read.intake) else (),
        items_in_order=ids,
        people=people,
    )
    belief = judged_by(
        people_model(read, people=people),
        work=read,
        table=table,
        prior=prior_of(read, rows),
        lessons=lessons,
        learnt=told(
            [true if _was_told(row, fresh) else None for row, true in zip(rows, truth, strict=True)],
            task=read.task,
        ),
    )
    loss = loss_of(read.task, read.intake.schema)
    right = np.array(
        [1.0 - loss(said, true) for said, true in zip(belief.consensus.value, truth, strict=True)]
    )
    bins = reliability(belief.right, right) if len(rows) >= LEAST_KNOWN else ()
    controls = sum(row.is_control for row in rows)
    return Calibrated(
        controls=controls,
        audited=len(rows) - controls,
        bins=bins,
        error=sum(one.count * abs(one.believed - one.right) for one in bins) / len(rows),
    )


def _was_told(row: items.ItemRow, fresh: set[str]) -> bool:
    """Say whether people were learnt with an item's truth: not with what the attempt that stands found."""
    return row.is_control or (row.judged and row.key not in fresh)


def _verdicts(read: _Read, rows: Sequence[items.ItemRow]) -> dict[int, str]:
    """Return what the auditors said of these items, by item."""
    loss = loss_of(read.task, read.intake.schema)
    given: dict[int, list[str]] = {}
    for answer in texts_as_now.answers_of(read, [row.id for row in rows], queues=(label_queues.AUDIT,)):
        given.setdefault(answer.item, []).append(answer.value)
    return {item: verdict_of(said, loss=loss) for item, said in given.items()}


# --- who said what ---------------------------------------------------------------------------------


def _who_said_what(read: _Read) -> WhoSaidWhat | None:
    """Count answers by the decided label, where an answer is one of few labels and enough people gave them (PRIV-4)."""
    names = read.intake.schema.names
    if read.task.produces not in (Choice, Preference) or len(names) > MOST_LABELS:
        return None
    queues = label_queues.LABEL_QUEUES
    people = item_gallery.count_who_said(read.batch, queues=queues, most=MOST_COUNTED)
    if people < FEWEST:
        return None
    place = {name: position for position, name in enumerate(names)}
    counts = [[0] * len(names) for _ in names]
    now = texts_as_now.texts_as_now(read.task, read.intake.schema)
    for said, label, count in item_gallery.said_counts(read.batch, queues=queues, most=MOST_COUNTED):
        # What the present labels cannot read any more was said of none of them.
        spoken, decided = (_name(read, now(text) if text else "") for text in (said, label))
        if spoken in place and decided in place:
            counts[place[decided]][place[spoken]] += count
    return WhoSaidWhat(
        labels=names,
        counts=counts,
        people=people,
        all_counted=read.batch.accepted <= MOST_COUNTED,
    )


def _name(read: _Read, text: str | None) -> str:
    found = label_names(read.task.parse(text, schema=read.intake.schema)) if text else ()
    return found[0] if len(found) == 1 else ""


# --- the proof -------------------------------------------------------------------------------------


def _proof(read: _Read) -> ProofSoFar | None:
    quality = read.intake.quality
    certificate = proven(read.project, read.batch)
    if certificate is not None:
        losses = [line.loss for line in certificate.sample]
        return ProofSoFar(
            state="proven" if certificate.certified else "not proven",
            attempt=certificate.attempt,
            items=certificate.items,
            allowed=certificate.allowed,
            goal=1.0 / certificate.delta_spent,
            path=wealth_path(losses, items=certificate.items, allowed=certificate.allowed),
            losses=losses,
            drawn=len(losses),
            expected=None,
            by_exhaustion=certificate.figures.standing.wealth * certificate.delta_spent < 1.0,
        )
    settled = item_gallery.settled_figures(read.batch.id)
    size = settled.count + sum(item_gallery.unsettled_states(read.batch.id).values())
    if not settled.count:
        return None
    in_work = bool(read.batch.frozen_digest)
    attempt = read.batch.attempt if in_work else read.batch.attempt + 1
    delta = delta_of_attempt(quality.delta, attempt)
    losses = _losses_so_far(read) if in_work and size <= MOST_COUNTED else []
    path = wealth_path(losses, items=size, allowed=quality.allowed)
    # What the test has seen counts where it is known; before it, the whole way is expected.
    further = expected_checks(
        items=size,
        allowed=quality.allowed,
        delta=delta,
        rates=np.array([1.0 - settled.mean]),
        wealth=path[-1] if path else 1.0,
        checked=len(path),
        loss=sum(losses[: len(path)]),
    )
    return ProofSoFar(
        state="in work" if in_work else "to come",
        attempt=attempt,
        items=size,
        allowed=quality.allowed,
        goal=1.0 / delta,
        path=path,
        losses=losses,
        drawn=read.batch.drawn if in_work else 0,
        expected=len(path) + float(further[0]),
        further=[
            checks_to_proof(losses, items=size, allowed=quality.allowed, delta=delta, errors=errors)
            for errors in range(MOST_ERRORS + 1)
        ]
        if size <= MOST_COUNTED
        else (),
    )


def _losses_so_far(read: _Read) -> list[float]:
    """Return the losses of the drawn items in their order, up to the first that nobody has judged yet."""
    rows = {row.key: row for row in items.all_items(read.batch) if not row.is_control}
    seed = draw_seed(nonce=bytes.fromhex(read.batch.nonce), labels_digest=read.batch.frozen_digest)
    drawn = [rows[key] for key in draw_order(list(rows), seed=seed)[: read.batch.drawn]]
    verdicts = _verdicts(read, [row for row in drawn if not row.judged])
    loss = loss_of(read.task, read.intake.schema)
    losses: list[float] = []
    for row in drawn:
        if not row.judged and row.id not in verdicts:
            break
        losses.append(0.0 if row.judged else loss(row.frozen, verdicts[row.id]))
    return losses
