"""Verify a delivery offline: draw again, compare again, compute the bound again, check every digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from assay.core.errors import AssayError
from assay.core.labels.label_values import LabelSchema
from assay.core.labels.loss_rules import LossRule, StatedLoss
from assay.core.quality.certificate import delivered_labels
from assay.core.quality.certificate_statement import Claims, Finding, read_claims
from assay.core.quality.certificate_verification import verify_statement
from assay.core.quality.label_loss import Loss, loss_of, rule_of
from assay.service.delivery.check_signature import check_signature
from assay.service.delivery.read_delivered_files import DeliveredFiles
from assay.service.delivery.supplements.verify_supplements import (
    CheckedSupplement,
    DeliveredLabels,
    verify_supplements,
)
from assay.service.delivery.write_delivery import AUDIT, SET_ASIDE, VOUCHED
from assay.service.trail import signatures
from assay.service.trail.nonce_commitment import commitment_problem
from assay.tasktypes import TASK_TYPES


class Result(Enum):
    """How a verification ended.

    `VERIFIED`: everything holds, signed by the trusted key. `UNKNOWN_KEY`: everything holds, but no key
    was named as trusted. `DEMONSTRATION`: everything holds, but no people stood behind it. `NOT_INDEPENDENT`:
    everything holds, but one person gave labels and judgements. `FAILED`: something does not hold, and the
    findings name it.
    """

    VERIFIED = "verified"
    UNKNOWN_KEY = "verified, but signed by an unknown key"
    DEMONSTRATION = "DEMONSTRATION"
    NOT_INDEPENDENT = "NOT INDEPENDENT"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found.

    Attributes:
        findings: everything that does not hold; empty where all does.
        signed_by: fingerprint of the key whose signature fits, or None.
        trusted: whether that is the key named as trusted.
        demonstration: whether the statement says that no people stood behind it.
        independent: whether it says that more than one person gave labels and judgements.
        certified: whether the statement says that the target is proven; only `ok` makes it true.
        supplements: further formats that lie beside the delivery; what does not hold of them is among the findings.
    """

    findings: tuple[Finding, ...]
    signed_by: str | None
    trusted: bool
    demonstration: bool
    certified: bool
    independent: bool = True
    supplements: tuple[CheckedSupplement, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything holds, whoever signed it."""
        return not self.findings

    @property
    def result(self) -> Result:
        """How it ended."""
        if not self.ok:
            return Result.FAILED
        if self.demonstration:
            return Result.DEMONSTRATION
        if not self.independent:
            return Result.NOT_INDEPENDENT
        return Result.VERIFIED if self.trusted else Result.UNKNOWN_KEY


def verify_certificate(folder: Path, *, trusted: str | None, loss: Loss | None = None) -> Verification:
    """Verify the delivery in a folder; whatever is wrong with it comes as findings, never as an error.

    Args:
        folder: what `write_delivery` wrote.
        trusted: fingerprint of the key that one trusts, or None.
        loss: how labels as text are compared; by default as the statement's task type does.
    """
    files = DeliveredFiles(folder)
    whole = files.certificate()
    if whole is None:
        return Verification(tuple(files.findings), None, trusted=False, demonstration=False, certified=False)
    statement: Mapping[str, Any] = whole["statement"]
    findings, signed_by = check_signature(statement, whole["signature"])
    holds_key = (
        signed_by is not None and trusted is not None and signatures.same_fingerprint(signed_by, trusted)
    )
    if signed_by is not None and trusted is not None and not holds_key:
        findings.append(
            Finding(
                "key", f"the certificate is signed by the key {signed_by}, not by the trusted key {trusted}"
            )
        )
    claims = read_claims(statement)
    if isinstance(claims, list):
        findings += claims
        return Verification(tuple(findings), signed_by, holds_key, demonstration=False, certified=False)
    uncommitted = commitment_problem(files.commitment(), statement=dict(statement), signed_by=signed_by)
    if uncommitted:
        findings.append(Finding("nonce", uncommitted))
    said = _content(files, statement, claims, loss)
    findings += said.findings
    further, problems = verify_supplements(folder, said.labels, statement=statement, signed_by=signed_by)
    return Verification(
        (*findings, *problems),
        signed_by,
        holds_key,
        demonstration=claims.demonstration,
        certified=claims.certified,
        independent=claims.independent,
        supplements=tuple(further),
    )


@dataclass(frozen=True, slots=True)
class _Content:
    """What the files hold against the statement, and the labels with which supplements are compared."""

    findings: list[Finding]
    labels: DeliveredLabels


def _content(
    files: DeliveredFiles, statement: Mapping[str, Any], claims: Claims, loss: Loss | None
) -> _Content:
    stated: Mapping[str, Any] = statement["files"]
    findings = [
        Finding("files", f"the certificate does not vouch for '{name}'")
        for name in VOUCHED
        if name not in stated
    ]
    files.digests(stated)
    frozen, keys = files.frozen(), files.keys()
    findings += _audit(files.audit(), statement["sample"])
    set_aside = files.set_aside()
    if set_aside not in (claims.set_aside, -1):
        findings.append(
            Finding(
                "items",
                f"{claims.set_aside:,} rows are stated as set aside, but '{SET_ASIDE}' has {set_aside:,}",
            )
        )
    stated_loss, schema = claims.loss, claims.schema
    expected = delivered_labels(frozen, claims.sample)
    task = None
    unknown = _unknown_questions(schema, stated_loss)
    try:
        task = TASK_TYPES.get(str(statement["task"]))
    except AssayError as error:
        unknown.append(Finding("task", f"the labels cannot be compared again: {error}"))
    task = None if unknown else task
    findings += unknown
    if task is not None:
        delivered = files.all_labels(stated, task=task, schema=schema, keys=keys, expected=expected)
        if not delivered:
            findings.append(Finding("files", "no label file of this delivery can be read"))
        rule = rule_of(task, stated_loss)
        findings += _unknown_loss(rule, stated_loss)
        if rule is not None:
            compare = loss or loss_of(task, schema, rule=rule)
            findings += verify_statement(
                statement=statement, frozen=frozen, delivered=delivered, loss=compare
            )
    return _Content(
        files.findings + findings,
        DeliveredLabels(claims=claims, task=task, schema=schema, keys=keys, expected=expected),
    )


def _unknown_loss(rule: LossRule | None, stated: StatedLoss | None) -> list[Finding]:
    """Return what keeps the stated loss from being computed again."""
    if stated is None:
        return []
    named = f"the labels are compared by '{stated.name}', version {stated.version}"
    if rule is None:
        return [
            Finding("loss", f"{named}, which this version of Assay does not know: verify with a later one")
        ]
    return [
        Finding("loss", f"{named}, with {name} = {value:g}, but that must be {expected}")
        for name, value in stated.parameters
        if (expected := rule.unfit(name, value))
    ]


def _unknown_questions(schema: LabelSchema, stated: StatedLoss | None) -> list[Finding]:
    """Return what keeps the answers to a question from being compared again."""
    found: list[Finding] = []
    losses = dict(stated.questions) if stated else {}
    for question in schema.questions:
        if question.task not in TASK_TYPES.names():
            found.append(
                Finding("task", f"question '{question.name}' has the unknown task '{question.task}'")
            )
        else:
            loss = losses[question.name]
            unfit = _unknown_loss(rule_of(TASK_TYPES.get(question.task), loss), loss)
            found += [Finding(one.about, f"question '{question.name}': {one.sentence}") for one in unfit]
    return found


def _audit(printed: list[Any], sample: list[Any]) -> list[Finding]:
    """Compare `audit.jsonl` with the sample in the statement."""
    findings = [
        Finding(
            "sample", f"'{AUDIT}' and the statement differ about item '{line.get('item')}' (position {place})"
        )
        for place, (line, other) in enumerate(zip(sample, printed, strict=False))
        if line != other
    ]
    if len(printed) != len(sample):
        findings.append(
            Finding("sample", f"'{AUDIT}' holds {len(printed):,} judgements, the statement {len(sample):,}")
        )
    return findings[:20]
