"""The certificate: what was proven about a batch, in values from which an outsider can prove it again.

The labels are frozen, the sample is a prefix of an order that nobody can choose (`draw`), the losses
are tested by one martingale (`betting`), and the errors found are corrected in what is delivered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError
from assay.core.ids import digest_of_labels
from assay.core.labels.attributes import Attribute, attribute_as_json
from assay.core.labels.label_values import LabelSchema, Question
from assay.core.labels.loss_rules import StatedLoss
from assay.core.labels.stated_label_ids import ids_as_json
from assay.core.quality.betting_martingale import Standing, standing, upper_total
from assay.core.quality.label_loss import Loss
from assay.core.quality.sample_draw import commitment, draw_order, draw_seed
from assay.core.quality.stated_questions import questions_as_json

LAYOUT: Final = 2
"""Layout 1, of 0.1.0, named no loss."""
METHOD: Final = (
    "risk-limiting audit: betting martingale on losses in [0, 1], drawn without replacement"
    " (Waudby-Smith and Ramdas 2024, section 5; ALPHA, Stark 2023)"
)
SAYS_NOT: Final = (
    "It says nothing about any single item.",
    "It says nothing about any single label, since no test per label was made.",
    "It says nothing about the next batch.",
    "It says nothing beyond the experts' own agreement: where they err, so does it.",
)
MOST_WEALTH: Final = 1e300
"""The wealth is printed up to here; JSON knows no infinity."""


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """An expert's judgement of one sampled item.

    Attributes:
        key: the item.
        verdict: the label that the expert gave, blind to the frozen one.
        correction: the label delivered instead of the frozen one, or None where that stays.
        fresh: False where an independent expert judgement from before was used again.
        second: what a second expert said of the same item, or None.
    """

    key: str
    verdict: str
    correction: str | None = None
    fresh: bool = True
    second: str | None = None


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One sampled item as the certificate prints it; `position` counts from 0 in the drawn order."""

    position: int
    item: str
    frozen: str
    verdict: str
    correction: str | None
    loss: float
    fresh: bool
    second: str | None


@dataclass(frozen=True, slots=True)
class AuditFigures:
    """What follows from a sample, and nothing else.

    Attributes:
        standing: how the test stands.
        errors_found: sampled items whose loss is above what is allowed on average.
        process_error_bound: upper bound on the mean loss before correction.
        certified_bound: upper bound on the mean loss as delivered.
        twice_judged: sampled items that two experts judged.
        agreed: how many of these both judged alike, up to what is allowed on average.
        reused: judgements that were used again.
    """

    standing: Standing
    errors_found: int
    process_error_bound: float
    certified_bound: float
    twice_judged: int
    agreed: int
    reused: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything that is signed. Shares are in [0, 1], digests and the nonce are hex.

    Attributes that do not speak for themselves:
        attributes: what was asked about each object, by label; labels without any are left out.
        loss: which loss is in force, with its parameters.
        questions: the questions about each item, where there are several.
        label_ids: the version and the ids of the labels as they are stated, where the project's labels changed.
        items: N, the delivered items without control items.
        delta_spent: the risk that this attempt may spend.
        allowed: the largest mean loss to be certified, 1 - target_right.
        files: (name, SHA-256) of every file of the delivery that it vouches for; empty until delivered.
        workforce: people, simulated or recorded.
        made_elsewhere: whether the labels came as a finished batch that was only certified here.
        independent: whether more than one person gave labels and judgements.
        issued_at: UTC, ISO 8601.
    """

    version: str
    project: str
    batch: str
    task: str
    labels: tuple[str, ...]
    attributes: tuple[tuple[str, tuple[Attribute, ...]], ...]
    loss: StatedLoss
    items: int
    control_items: int
    set_aside: int
    target_right: float
    target_confidence: float
    attempt: int
    delta_spent: float
    allowed: float
    nonce: str
    nonce_commitment: str
    labels_digest: str
    seed: str
    sample: tuple[SampleLine, ...]
    figures: AuditFigures
    auditors: int
    delivered_digest: str
    workforce: str
    issued_at: str
    independent: bool = True
    made_elsewhere: bool = False
    questions: tuple[Question, ...] = ()
    label_ids: dict[str, object] | None = None
    files: tuple[tuple[str, str], ...] = ()
    says_not: tuple[str, ...] = SAYS_NOT

    @property
    def certified(self) -> bool:
        """Whether the target is proven."""
        return self.figures.standing.certified

    @property
    def demonstration(self) -> bool:
        """Whether no people stood behind the labels."""
        return self.workforce != "people"

    def statement(self) -> dict[str, object]:
        """Return what is signed, as JSON values; `core.ids.canonical` gives its one spelling."""
        found, test = self.figures, self.figures.standing
        return {
            "layout": LAYOUT,
            "version": self.version,
            "project": self.project,
            "batch": self.batch,
            "task": self.task,
            "labels": list(self.labels),
            "attributes": {name: [attribute_as_json(one) for one in said] for name, said in self.attributes},
            "loss": self.loss.as_json(),
            **({"questions": questions_as_json(self.questions)} if self.questions else {}),
            **({"label_ids": self.label_ids} if self.label_ids else {}),
            "items": self.items,
            "control_items": self.control_items,
            "set_aside": self.set_aside,
            "target": {"right": self.target_right, "confidence": self.target_confidence},
            "attempt": self.attempt,
            "delta_spent": self.delta_spent,
            "method": METHOD,
            "allowed": self.allowed,
            "nonce": self.nonce,
            "nonce_commitment": self.nonce_commitment,
            "labels_digest": self.labels_digest,
            "seed": self.seed,
            "sample": [line_as_json(line) for line in self.sample],
            "errors_found": found.errors_found,
            "loss_found": test.loss,
            "process_error_bound": found.process_error_bound,
            "certified_bound": found.certified_bound,
            "outcome": test.outcome.value,
            "certified": self.certified,
            "wealth": min(test.wealth, MOST_WEALTH),
            "auditors": self.auditors,
            "audit_agreement": {
                "twice_judged": found.twice_judged,
                "agreed": found.agreed,
                "share": found.agreed / found.twice_judged if found.twice_judged else None,
            },
            "judgements_reused": found.reused,
            "delivered_digest": self.delivered_digest,
            "files": dict(self.files),
            "workforce": self.workforce,
            "demonstration": self.demonstration,
            "independent": self.independent,
            **({"made_elsewhere": True} if self.made_elsewhere else {}),
            "issued_at": self.issued_at,
            "says_not": list(self.says_not),
        }


@dataclass(eq=False, kw_only=True)
class SampleNotDrawn(AssayError):
    """The audit sample is not the drawn one: at position {position} stands '{found}', drawn was '{drawn}'."""

    position: int
    found: str
    drawn: str


@dataclass(eq=False, kw_only=True)
class NothingToCertify(AssayError):
    """The batch '{batch}' has no items to certify."""

    batch: str


def issue(
    *,
    version: str,
    project: str,
    batch: str,
    task: str,
    schema: LabelSchema,
    stated_loss: StatedLoss,
    frozen: Mapping[str, str],
    control_items: int,
    set_aside: int,
    right: float,
    confidence: float,
    attempt: int,
    delta_spent: float,
    nonce: bytes,
    verdicts: Sequence[AuditVerdict],
    loss: Loss,
    auditors: int,
    workforce: str,
    issued_at: str,
    independent: bool = True,
    made_elsewhere: bool = False,
) -> Certificate:
    """Compute a certificate from the frozen labels and the verdicts, in the order of the draw.

    `frozen` holds the frozen label of each of the N items as text, `verdicts` stand in the order of the
    draw from its first position on, `loss` is the loss that `stated_loss` names over text, and `delta_spent` is the risk
    that this attempt may spend (`audit_attempts.delta_of_attempt`). All else is printed as given.

    Raises:
        NothingToCertify: if there are no items.
        SampleNotDrawn: if the verdicts are not a prefix of the draw.
    """
    if not frozen:
        raise NothingToCertify(batch=batch)
    labels_digest = digest_of_labels(frozen.items())
    seed = draw_seed(nonce=nonce, labels_digest=labels_digest)
    sample = _sample(frozen, verdicts, drawn=draw_order(list(frozen), seed=seed), loss=loss)
    allowed = round(1.0 - right, 12)
    delivered = delivered_labels(frozen, sample)
    return Certificate(
        version=version,
        project=project,
        batch=batch,
        task=task,
        labels=schema.names,
        attributes=tuple((label.name, label.attributes) for label in schema.classes if label.attributes),
        loss=stated_loss,
        questions=schema.questions,
        label_ids=ids_as_json(schema),
        items=len(frozen),
        control_items=control_items,
        set_aside=set_aside,
        target_right=right,
        target_confidence=confidence,
        attempt=attempt,
        delta_spent=delta_spent,
        allowed=allowed,
        nonce=nonce.hex(),
        nonce_commitment=commitment(nonce),
        labels_digest=labels_digest,
        seed=seed,
        sample=sample,
        figures=audit_figures(sample, items=len(frozen), allowed=allowed, delta=delta_spent, loss=loss),
        auditors=auditors,
        delivered_digest=labels_digest if delivered == frozen else digest_of_labels(delivered.items()),
        workforce=workforce,
        issued_at=issued_at,
        independent=independent,
        made_elsewhere=made_elsewhere,
    )


def audit_figures(
    sample: Sequence[SampleLine], *, items: int, allowed: float, delta: float, loss: Loss
) -> AuditFigures:
    """Compute what follows from a sample.

    With D the largest total loss that the martingale does not reject, the bound before correction
    is D / N; corrections take away what they mend, so the bound as delivered is (D - mended) / N.
    """
    losses = [line.loss for line in sample]
    whole = all(one in (0.0, 1.0) for one in losses)
    largest = upper_total(losses, items=items, delta=delta, whole=whole)
    mended = sum(
        line.loss - loss(line.correction, line.verdict) for line in sample if line.correction is not None
    )
    twice = [line for line in sample if line.second is not None]
    return AuditFigures(
        standing=standing(losses, items=items, allowed=allowed, delta=delta),
        errors_found=sum(one > allowed for one in losses),
        process_error_bound=largest / items,
        certified_bound=max(largest - mended, 0.0) / items,
        twice_judged=len(twice),
        agreed=sum(loss(line.verdict, line.second or "") <= allowed for line in twice),
        reused=sum(not line.fresh for line in sample),
    )


def delivered_labels(frozen: Mapping[str, str], sample: Sequence[SampleLine]) -> dict[str, str]:
    """Return the labels as delivered: the frozen ones, with the corrections of the sample."""
    corrected = {line.item: line.correction for line in sample if line.correction is not None}
    return {**frozen, **corrected}


def line_as_json(line: SampleLine) -> dict[str, object]:
    """Return one sampled item as the certificate and `audit.jsonl` print it."""
    return {
        "position": line.position,
        "item": line.item,
        "frozen": line.frozen,
        "verdict": line.verdict,
        "correction": line.correction,
        "loss": line.loss,
        "fresh": line.fresh,
        "second": line.second,
    }


def _sample(
    frozen: Mapping[str, str], verdicts: Sequence[AuditVerdict], *, drawn: Sequence[str], loss: Loss
) -> tuple[SampleLine, ...]:
    lines: list[SampleLine] = []
    for position, given in enumerate(verdicts):
        due = drawn[position] if position < len(drawn) else "nothing"
        if given.key != due:
            raise SampleNotDrawn(position=position, found=given.key, drawn=due)
        label = frozen[given.key]
        lines.append(
            SampleLine(
                position=position,
                item=given.key,
                frozen=label,
                verdict=given.verdict,
                correction=given.correction if given.correction != label else None,
                loss=float(loss(label, given.verdict)),
                fresh=given.fresh,
                second=given.second,
            )
        )
    return tuple(lines)
