"""The data sheet of a delivery, in Markdown (after Gebru et al., "Datasheets for Datasets", 2021)."""

from assay.core.labels.label_values import LabelSchema
from assay.core.quality.certificate import Certificate
from assay.service import figures_in_words
from assay.service.delivery.documents.certificate_page import sentence
from assay.service.delivery.documents.document_facts import SheetFacts
from assay.service.delivery.documents.render_document import in_markdown, plain
from assay.service.intake.asked_questions import asked_questions


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
            "independent": certificate.independent,
            "elsewhere": certificate.made_elsewhere,
            "workforce": in_markdown(certificate.workforce),
            "purpose": in_markdown(facts.purpose) or "The requester gave no purpose.",
            "media": in_markdown(facts.media),
            "source": in_markdown(facts.source),
            "data_class": in_markdown(facts.data_class),
            "items": f"{certificate.items:,}",
            "control_items": f"{certificate.control_items:,}",
            "set_aside": figures_in_words.many(certificate.set_aside, "row"),
            "counts": [
                (in_markdown(label), f"{count:,}", figures_in_words.share(count / total))
                for label, count in facts.counts
            ],
            "counted": facts.counted,
            "questions": [
                (
                    in_markdown(one.ask),
                    in_markdown(one.name),
                    in_markdown(one.asked_when) or "always",
                    f"{one.weight:g}",
                )
                for one in asked_questions(LabelSchema((), questions=certificate.questions))
            ],
            "compared": in_markdown(facts.compared),
            "instructions": in_markdown(facts.instructions) or "none",
            "people": figures_in_words.many(facts.people, "person", "people"),
            "answers": figures_in_words.many(facts.answers, "answer"),
            "automatic": figures_in_words.many(facts.automatic, "item") if facts.automatic else "",
            "experts": figures_in_words.many(facts.experts, "expert"),
            "sample": figures_in_words.many(len(certificate.sample), "item"),
            "errors": figures_in_words.many(figures.errors_found, "error"),
            "corrected": f"{sum(line.correction is not None for line in certificate.sample):,}",
            "bound": figures_in_words.at_most(figures.certified_bound),
            "confidence": figures_in_words.share(certificate.target_confidence),
            "says_not": certificate.says_not,
            "files": facts.files,
            "version": certificate.version,
            "issued": figures_in_words.moment(certificate.issued_at),
        },
    )
