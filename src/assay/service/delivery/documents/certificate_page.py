"""The certificate as a page that one would frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.quality.certificate import METHOD, Certificate
from assay.service import figures_in_words
from assay.service.delivery.documents.audit_in_words import compared, losses_in_order, test_words
from assay.service.delivery.documents.render_document import page
from assay.service.trail.signatures import Signature


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its name and an explanation, as text."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """What a certificate says, in the words of its page."""

    headline: str
    sentence: str
    proof: Sequence[Figure]
    evidence: Sequence[Figure]
    digests: Sequence[Figure]
    test: Sequence[tuple[str, str]]
    losses: str
    method: str
    issued: str
    says_not: Sequence[str]


def render_certificate(certificate: Certificate, signature: Signature) -> bytes:
    """Return the page as HTML that stands alone."""
    words = words_of(certificate)
    return page(
        "certificate.html",
        {
            "certificate": certificate,
            "signature": signature,
            "headline": words.headline,
            "sentence": words.sentence,
            "proof": words.proof,
            "evidence": words.evidence,
            "digests": words.digests,
            "test": words.test,
            "losses": words.losses,
            "method": words.method,
            "issued": words.issued,
            "says_not": words.says_not,
        },
    )


def words_of(certificate: Certificate) -> CertificateWords:
    """Return what every page of the certificate says."""
    return CertificateWords(
        headline=headline(certificate),
        sentence=sentence(certificate),
        proof=_proof(certificate),
        evidence=_evidence(certificate),
        digests=_digests(certificate),
        test=test_words(certificate),
        losses=losses_in_order(certificate),
        method=METHOD,
        issued=figures_in_words.moment(certificate.issued_at),
        says_not=certificate.says_not,
    )


def headline(certificate: Certificate) -> str:
    """Return the result in a few words."""
    return "Certificate of quality" if certificate.certified else "Audit record: target not proven"


def sentence(certificate: Certificate) -> str:
    """Return the statement in one sentence; before it stands that nobody else looked, where that is so."""
    alone, elsewhere = _ALONE * (not certificate.independent), _ELSEWHERE * certificate.made_elsewhere
    return alone + _statement(certificate) + elsewhere


_ELSEWHERE: Final = " They were made elsewhere and judged here."
_ALONE: Final = "Labels and judgements are by the same person. "


def _statement(certificate: Certificate) -> str:
    confidence = figures_in_words.share(certificate.target_confidence)
    right = figures_in_words.at_least(1.0 - certificate.figures.certified_bound)
    target = figures_in_words.share(certificate.target_right)
    items = figures_in_words.many(certificate.items, "label")
    if certificate.certified and compared(certificate.task):
        return (
            f"The {items} of batch {certificate.batch}, project {certificate.project}, are at least {right} right on"
            f" average, with {confidence} confidence; {target} was asked for."
        )
    if certificate.certified:
        return (
            f"At least {right} of the {items} of batch {certificate.batch}, project {certificate.project},"
            f" are right, with {confidence} confidence; {target} was asked for."
        )
    return (
        f"It is not proven that {target} of the {items} of batch {certificate.batch},"
        f" project {certificate.project}, were right before the audit mended any; as delivered at least {right} are,"
        f" with {confidence} confidence."
    )


def _proof(certificate: Certificate) -> list[Figure]:
    found = certificate.figures
    return [
        Figure("Labels delivered (N)", f"{certificate.items:,}", _beside(certificate)),
        Figure(
            "Errors as delivered",
            f"at most {figures_in_words.at_most(found.certified_bound)}",
            f"target: at most {figures_in_words.share(certificate.allowed)}",
        ),
        Figure(
            "Errors before correction",
            f"at most {figures_in_words.at_most(found.process_error_bound)}",
            "what the process made, before the errors found were mended",
        ),
        Figure("Outcome", found.standing.outcome.value, f"wealth {min(found.standing.wealth, 1e300):,.4g}"),
    ]


def _evidence(certificate: Certificate) -> list[Figure]:
    found = certificate.figures
    checked, how = len(certificate.sample), compared(certificate.task)
    corrected = sum(line.correction is not None for line in certificate.sample)
    agreement = (
        f"{figures_in_words.share(found.agreed / found.twice_judged)} of {found.twice_judged:,} judged twice"
        if found.twice_judged
        else "no item was judged twice"
    )
    return [
        Figure(
            "Sample",
            figures_in_words.many(checked, "item"),
            "drawn at random from all N, in an order nobody could choose",
        ),
        Figure(
            "Errors found",
            f"{found.errors_found:,}",
            f"{corrected:,} corrected in what was delivered{f'; {how}' if how else ''}",
        ),
        Figure("Auditors", f"{certificate.auditors:,}", "each judged blind to the label"),
        Figure("Auditors' agreement", agreement, "the noise floor: no proof can be finer"),
        Figure(
            "Judgements used again",
            f"{found.reused:,}",
            "experts had judged these items before the draw",
        ),
        Figure("Attempt", f"{certificate.attempt}", f"risk spent {certificate.delta_spent:.4g}"),
    ]


def _digests(certificate: Certificate) -> list[Figure]:
    return [
        Figure("Frozen labels", certificate.labels_digest),
        Figure("Labels as delivered", certificate.delivered_digest),
        Figure("Committed nonce", certificate.nonce_commitment),
        Figure("Seed of the draw", certificate.seed),
    ]


def _beside(certificate: Certificate) -> str:
    return (
        f"beside them {figures_in_words.many(certificate.control_items, 'control item')}"
        f" and {certificate.set_aside:,} set aside"
    )
