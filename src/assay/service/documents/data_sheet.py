"""The data sheet of a delivery, in Markdown (after Gebru et al., "Datasheets for Datasets", 2021)."""

from assay.core.quality.certificate import Certificate
from assay.service.documents import wording
from assay.service.documents.certificate_page import sentence
from assay.service.documents.facts import SheetFacts
from assay.service.documents.rendering import in_markdown, plain


def render_data_sheet(certificate: Certificate, facts: SheetFacts) -> bytes:
    """Return the data sheet; whatever people wrote stands in it as text."""
    total = sum(count for _, count in facts.counts) or 1
    figures = certificate.figures
    return plain(
        "datasheet.md",
        {
            "project": in_markdown(certificate.project),
            "batch": in_markdown(certificate.batch),
            "task": in_markdown(certificate.task),
            "sentence": in_markdown(sentence(certificate)),
            "demonstration": certificate.demonstration,
            "workforce": in_markdown(certificate.workforce),
            "purpose": in_markdown(facts.purpose) or "The requester gave no purpose.",
            "media": in_markdown(facts.media),
            "source": in_markdown(facts.source),
            "data_class": in_markdown(facts.data_class),
            "items": f"{certificate.items:,}",
            "control_items": f"{certificate.control_items:,}",
            "set_aside": wording.many(certificate.set_aside, "row"),
            "counts": [
                (in_markdown(label), f"{count:,}", wording.share(count / total))
                for label, count in facts.counts
            ],
            "counted": facts.counted,
            "compared": in_markdown(facts.compared),
            "instructions": in_markdown(facts.instructions) or "none",
            "people": wording.many(facts.people, "person", "people"),
            "answers": wording.many(facts.answers, "answer"),
            "automatic": wording.many(facts.automatic, "item") if facts.automatic else "",
            "experts": wording.many(facts.experts, "expert"),
            "sample": wording.many(len(certificate.sample), "item"),
            "errors": wording.many(figures.errors_found, "error"),
            "corrected": f"{sum(line.correction is not None for line in certificate.sample):,}",
            "bound": wording.at_most(figures.certified_bound),
            "confidence": wording.share(certificate.target_confidence),
            "says_not": certificate.says_not,
            "files": facts.files,
            "version": certificate.version,
            "issued": wording.moment(certificate.issued_at),
        },
    )
