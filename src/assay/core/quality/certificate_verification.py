"""Derive a certificate again from what was delivered, and name everything that differs."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.core.errors import InvalidLabel
from assay.core.ids import digest_of_labels
from assay.core.labels.label_text import shown
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.quality.certificate import MOST_WEALTH, SampleLine, audit_figures, delivered_labels
from assay.core.quality.certificate_statement import Claims, Finding, read_claims
from assay.core.quality.label_loss import Loss
from assay.core.quality.sample_draw import commitment, draw_order, draw_seed

_NAMED = 20
"""So many differing items of one kind are named; the rest is counted."""


def verify_statement(
    *,
    statement: Mapping[str, Any],
    frozen: Mapping[str, str],
    delivered: Mapping[str, Mapping[str, str]],
    loss: Loss,
) -> list[Finding]:
    """Return everything in which the statement differs from what follows from the delivery.

    Args:
        statement: as read from the certificate; nothing about it is taken for granted.
        frozen: the frozen label of each item.
        delivered: for each delivered file, the label of each key (control items included).
        loss: the task type's `compare` over text; `InvalidLabel` or ValueError means that one is no label.
    """
    claims = read_claims(statement)
    if isinstance(claims, list):
        return claims
    findings = [*_batch(claims, frozen), *_risk(claims), *_draw(claims, frozen)]
    judged = list(_verdicts(claims, frozen, loss))
    findings += judged
    # Figures follow from losses; where a label cannot be compared, there are none to derive.
    if not any(finding.about == "label" for finding in judged):
        findings += _figures(claims, loss)
    expected = delivered_labels(frozen, claims.sample)
    if digest_of_labels(expected.items()) != claims.delivered_digest:
        findings.append(
            Finding("labels", "the frozen labels with their corrections do not have the stated digest")
        )
    for name, labels in delivered.items():
        findings += compare_delivered(name, labels, expected, claims)
    return findings


def compare_delivered(
    name: str, labels: Mapping[str, str], expected: Mapping[str, str], claims: Claims
) -> Iterator[Finding]:
    """Yield everything in which the labels of a delivered file differ from those that were to be delivered."""
    sampled = {line.item: line for line in claims.sample}
    missing = [key for key in expected if key not in labels]
    yield from _some(missing, f"{name}: item '{{}}' is missing", name)
    changed = [key for key, label in expected.items() if key in labels and labels[key] != label]
    for key in changed[:_NAMED]:
        yield Finding("labels", _changed(name, key, labels[key], expected[key], sampled.get(key)))
    if len(changed) > _NAMED:
        yield Finding("labels", f"{name}: {len(changed) - _NAMED:,} more labels differ")
    beside = [key for key in labels if key not in expected]
    if len(beside) != claims.control_items:
        yield Finding(
            "items",
            f"{name} holds {len(beside):,} items beside the batch,"
            f" but {claims.control_items:,} control items are stated",
        )
        yield from _some(beside, f"{name}: item '{{}}' is not of the batch", name)


def _batch(claims: Claims, frozen: Mapping[str, str]) -> Iterator[Finding]:
    if claims.items != len(frozen):
        yield Finding(
            "items", f"N is stated as {claims.items:,}, but there are {len(frozen):,} frozen labels"
        )
    if digest_of_labels(frozen.items()) != claims.labels_digest:
        yield Finding("labels", "the frozen labels do not have the stated digest: one of them was changed")
    if claims.demonstration != (claims.workforce != "people"):
        yield Finding(
            "workforce", f"the workforce is '{claims.workforce}', which 'demonstration' contradicts"
        )


def _risk(claims: Claims) -> Iterator[Finding]:
    due = delta_of_attempt(round(1.0 - claims.confidence, 12), claims.attempt)
    if not _same(claims.delta_spent, due):
        yield Finding(
            "attempt",
            f"attempt {claims.attempt} at confidence {claims.confidence} may spend a risk of {due:.6g},"
            f" but {claims.delta_spent:.6g} is stated",
        )
    if not _same(claims.allowed, 1.0 - claims.right):
        yield Finding(
            "target", f"{claims.right} right allows {1.0 - claims.right:.6g} errors, not {claims.allowed:.6g}"
        )


def _draw(claims: Claims, frozen: Mapping[str, str]) -> Iterator[Finding]:
    try:
        nonce = bytes.fromhex(claims.nonce)
    except ValueError:
        yield Finding("nonce", "the nonce is not hexadecimal")
        return
    if commitment(nonce) != claims.nonce_commitment:
        yield Finding("nonce", "the nonce is not the one that was committed to")
    seed = draw_seed(nonce=nonce, labels_digest=claims.labels_digest)
    if seed != claims.seed:
        yield Finding("seed", f"the seed is stated as {claims.seed}, but nonce and labels give {seed}")
    drawn = draw_order(list(frozen), seed=seed)
    for place, line in enumerate(claims.sample):
        if line.position != place:
            yield Finding(
                "sample",
                f"sample line {place} states position {line.position}: a judgement was left out or moved",
            )
            return
        if place >= len(drawn) or line.item != drawn[place]:
            due = f"'{drawn[place]}' was drawn" if place < len(drawn) else "nothing was drawn"
            yield Finding(
                "sample",
                f"position {place} of the sample is item '{line.item}', but {due} there:"
                " a judgement was left out, added or moved",
            )
            return


def _verdicts(claims: Claims, frozen: Mapping[str, str], loss: Loss) -> Iterator[Finding]:
    for line in claims.sample:
        where = f"item '{line.item}' (position {line.position})"
        if line.item in frozen and frozen[line.item] != line.frozen:
            yield Finding(
                "sample",
                f"{where}: the sample says the frozen label was '{shown(line.frozen)}',"
                f" the frozen labels say '{shown(frozen[line.item])}'",
            )
        try:
            due = loss(line.frozen, line.verdict)
            for other in (line.correction, line.second):
                if other is not None:
                    loss(other, line.verdict)
        except (ValueError, InvalidLabel) as error:
            yield Finding("label", f"{where}: a label cannot be compared: {error}")
            continue
        if not _same(due, line.loss):
            yield Finding(
                "verdict",
                f"{where}: frozen '{shown(line.frozen)}' against verdict '{shown(line.verdict)}' is a loss of {due:g},"
                f" but {line.loss:g} is stated",
            )


def _figures(claims: Claims, loss: Loss) -> Iterator[Finding]:
    found = audit_figures(
        claims.sample, items=claims.items, allowed=claims.allowed, delta=claims.delta_spent, loss=loss
    )
    test = found.standing
    numbers: tuple[tuple[str, str, float, float], ...] = (
        ("errors", "the number of errors found", claims.errors_found, found.errors_found),
        ("errors", "the loss found", claims.loss_found, test.loss),
        ("bound", "the bound before correction", claims.process_error_bound, found.process_error_bound),
        ("bound", "the certified bound", claims.certified_bound, found.certified_bound),
        ("wealth", "the wealth", claims.wealth, min(test.wealth, MOST_WEALTH)),
        ("agreement", "the number of items judged twice", claims.twice_judged, found.twice_judged),
        ("agreement", "the number of items judged alike", claims.agreed, found.agreed),
        ("sample", "the number of judgements used again", claims.judgements_reused, found.reused),
    )
    for about, noun, stated, due in numbers:
        if not _same(stated, due):
            yield Finding(about, f"{noun} is stated as {stated:.10g}, but the sample gives {due:.10g}")
    if claims.outcome != test.outcome.value:
        yield Finding(
            "outcome", f"the outcome is stated as '{claims.outcome}', but it is '{test.outcome.value}'"
        )
    if claims.certified != test.certified:
        yield Finding("outcome", f"the batch is {'not ' if claims.certified else ''}certified by its sample")


def _changed(name: str, key: str, found: str, due: str, line: SampleLine | None) -> str:
    if line is not None and line.correction is not None:
        return f"{name}: item '{key}' is '{shown(found)}', but the audit corrected it to '{shown(due)}'"
    return f"{name}: item '{key}' is '{shown(found)}', but '{shown(due)}' was frozen and no correction explains the change"


def _some(keys: Sequence[str], sentence: str, name: str) -> Iterator[Finding]:
    for key in keys[:_NAMED]:
        yield Finding("items", sentence.format(key))
    if len(keys) > _NAMED:
        yield Finding("items", f"{name}: and {len(keys) - _NAMED:,} more")


def _same(a: float, b: float) -> bool:
    """Compare figures that other processors may have rounded differently in the last digits."""
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
