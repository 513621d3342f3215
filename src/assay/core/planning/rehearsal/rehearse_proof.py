"""The second half of a rehearsal: experts redo, labels are frozen, a sample is drawn and tested."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.core import chance
from assay.core.ids import digest_of_labels
from assay.core.planning.rehearsal.rehearsal_scene import Rehearsal
from assay.core.planning.rehearsal.rehearsed_answers import Book
from assay.core.ports.answers import Consensus, Floats, Ints
from assay.core.quality.audit_attempts import delta_of_attempt, next_round
from assay.core.quality.betting_martingale import Outcome, standing, upper_total
from assay.core.quality.sample_draw import draw_order, draw_seed
from assay.core.review.control_and_pilot_sizes import REVIEW_PARTS
from assay.core.review.expert_redo_depth import Audit, better_again, choose_for_experts

_MOST_ATTEMPTS = 4
"""The last attempt is a census: experts judge all but what the ledger allows."""

_LEAST_ROUND = 5


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Upper bounds on the error, before and after the errors found were corrected."""

    process: float
    delivered: float


def prove(book: Book, *, threshold: float) -> Rehearsal:
    """Let experts redo, freeze, draw, test and correct until the target is proven."""
    before = book.wrong_share(book.believe()[0].value)
    audited = 0
    bounds: _Bounds | None = None
    for attempt in range(1, _MOST_ATTEMPTS + 1):
        if attempt == _MOST_ATTEMPTS:
            _census(book)
        _review(book, attempt=attempt)
        consensus, right = _answer_the_rest(book)
        judged = int(book.judged.sum())
        bounds = _attempt(book, consensus, right, attempt=attempt)
        audited += int(book.judged.sum()) - judged
        if bounds is not None:
            break
    judgements = int(book.judged.sum())
    return Rehearsal(
        items=len(book.batch),
        answers=book.answers,
        judgements=judgements,
        audit=audited,
        control=int(book.control.sum()),
        right_before=1.0 - before,
        right=1.0 - float(book.losses(consensus.value)[book.batch].mean()),
        certified=bounds is not None,
        bound=1.0 if bounds is None else bounds.delivered,
        process_bound=1.0 if bounds is None else bounds.process,
        attempts=attempt,
        threshold=threshold,
        cost=book.answers + book.scene.expert_price * judgements,
        reason="" if bounds is not None else f"no attempt of {attempt} reached the proof",
    )


def _audit(book: Book, *, attempt: int) -> Audit:
    quality = book.scene.quality
    spread = book.lessons().spread if book.answers else 1.0
    return Audit(len(book.batch), quality.allowed, delta_of_attempt(quality.delta, attempt), spread)


def _review(book: Book, *, attempt: int) -> None:
    """Let experts redo the riskiest items, in parts, so that each part teaches the calibration."""
    for part in REVIEW_PARTS:
        _, right = book.believe()
        positions = choose_for_experts(
            right=right[book.batch], judged=book.judged[book.batch], audit=_audit(book, attempt=attempt)
        )
        book.judge(book.batch[positions[: int(np.ceil(part * len(positions)))]])


def _answer_the_rest(book: Book) -> tuple[Consensus, Floats]:
    """Ask once about what nobody has looked at and no model labels, so that nothing is delivered without a label."""
    consensus, right = book.believe()
    blank = np.flatnonzero(~book.judged & ~book.alone & (consensus.count == 0))
    if not len(blank):
        return consensus, right
    book.ask_once(blank)
    consensus, right = book.believe()
    book.judge(
        np.flatnonzero(~book.judged & ~book.alone & (consensus.count == 0))
    )  # no answer is left: an expert looks
    return consensus, right


def _census(book: Book) -> None:
    _, right = book.believe()
    open_items = book.batch[~book.judged[book.batch]]
    riskiest = open_items[np.argsort(right[open_items], kind="stable")]
    book.judge(riskiest[: max(0, len(riskiest) - _audit(book, attempt=1).exempt)])


def _attempt(book: Book, consensus: Consensus, right: Floats, *, attempt: int) -> _Bounds | None:
    """Freeze and audit once; return the bounds, None if it failed."""
    audit, N = _audit(book, attempt=attempt), len(book.batch)
    open_items = int((~book.judged[book.batch]).sum())
    if open_items <= audit.exempt:  # a census: everything else is an expert's
        return _Bounds(open_items / N, open_items / N)
    order = _draw(book, consensus.value, attempt=attempt)
    drawn = book.losses(consensus.value)[order].tolist()
    seen = _walk(book, drawn, right, audit=audit, attempt=attempt)
    book.judge(order[:seen][~book.judged[order[:seen]]], by_chance=True)
    if not standing(drawn[:seen], items=N, allowed=audit.allowed, delta=audit.delta).certified:
        return None
    total = upper_total(drawn[:seen], items=N, delta=audit.delta, whole=True)
    return _Bounds(process=total / N, delivered=(total - sum(drawn[:seen])) / N)


def _draw(book: Book, values: Sequence[str], *, attempt: int) -> Ints:
    """Return the batch's positions in the order of the draw."""
    scene = book.scene
    keys = [scene.keys[item] for item in book.batch.tolist()]
    nonce = chance.digest(scene.seed, "nonce", str(attempt))
    labels = digest_of_labels(zip(keys, book.frozen(values), strict=True))
    place = {key: position for position, key in enumerate(keys)}
    order = [place[key] for key in draw_order(keys, seed=draw_seed(nonce=nonce, labels_digest=labels))]
    return book.batch[np.array(order, dtype=np.int64)]


def _walk(book: Book, drawn: Sequence[float], right: Floats, *, audit: Audit, attempt: int) -> int:
    """Return after how many draws the audit ends, with or without a certificate."""
    seen = 0
    next_delta = delta_of_attempt(book.scene.quality.delta, attempt + 1)
    while True:
        test = standing(drawn[:seen], items=audit.items, allowed=audit.allowed, delta=audit.delta)
        again = test.outcome is not Outcome.OPEN or better_again(
            test,
            right=right[book.batch],
            judged=book.judged[book.batch],
            audit=audit,
            next_delta=next_delta,
        )
        if again:
            return seen
        seen += next_round(
            test, items=audit.items, allowed=audit.allowed, delta=audit.delta, least=_LEAST_ROUND
        )
