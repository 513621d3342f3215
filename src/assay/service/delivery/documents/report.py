"""The report of a batch: one screen that says it all, then the detail."""

import base64
from dataclasses import dataclass
from typing import Final

from assay.core.quality.certificate import Certificate
from assay.service import figures_in_words
from assay.service.delivery.documents.certificate_page import Figure, sentence
from assay.service.delivery.documents.document_facts import (
    Confusion,
    GalleryItem,
    MoreData,
    ReportFacts,
    Spending,
)
from assay.service.delivery.documents.render_document import page

_PICTURES: Final = ("image/png", "image/jpeg", "image/webp")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar list: `width` is per cent of the longest, as text."""

    name: str
    value: str
    width: str
    note: str


@dataclass(frozen=True, slots=True)
class Card:
    """One item of the gallery as the page shows it."""

    key: str
    label: str
    before: str | None
    risk: str
    text: tuple[tuple[str, str], ...]
    picture: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the confusion table: (count, kind) cells, kind right, wrong or none."""

    label: str
    cells: tuple[tuple[str, str], ...]


def render_report(certificate: Certificate, facts: ReportFacts) -> bytes:
    """Return the report as HTML that stands alone."""
    return page(
        "report.html",
        {
            "certificate": certificate,
            "sentence": sentence(certificate),
            "tiles": _tiles(certificate, facts),
            "stages": _stages(facts),
            "costs": _costs(facts),
            "comparison": facts.comparison,
            "compared": _compared(certificate, facts),
            "confusion": facts.confusion,
            "rows": _rows(facts.confusion),
            "more_data": facts.more_data,
            "learnt": _learnt(facts.more_data),
            "cards": [_card(item) for item in _riskiest_first(facts.gallery)],
            "decisions": [
                (one.what, one.why, "" if one.items is None else figures_in_words.many(one.items, "item"))
                for one in facts.decisions
            ],
            "issued": figures_in_words.moment(certificate.issued_at),
        },
    )


def _tiles(certificate: Certificate, facts: ReportFacts) -> list[Figure]:
    figures = certificate.figures
    word = "proven" if certificate.certified else "not proven"
    spent = facts.spending
    within = (
        "no budget was set"
        if spent.budget is None
        else f"{'within' if spent.spent <= spent.budget else 'over'} the budget of {figures_in_words.money(spent.budget, spent.currency)}"
    )
    due = "no deadline was set"
    if facts.deadline is not None:
        held = facts.finished_at[:10] <= facts.deadline[:10]
        due = f"{'on time' if held else 'late'}; due {figures_in_words.day(facts.deadline)}"
    return [
        Figure(
            "Items",
            f"{certificate.items:,}",
            f"{facts.machine_labelled:,} by a model alone; {certificate.set_aside:,} set aside",
        ),
        Figure(
            "Quality",
            f"at least {figures_in_words.at_least(1.0 - figures.certified_bound)} right",
            f"{word}: {figures_in_words.share(certificate.target_right)} asked for",
        ),
        Figure("Cost", figures_in_words.money(spent.spent, spent.currency), within),
        Figure("Time", figures_in_words.span(facts.started_at, facts.finished_at), due),
    ]


def _stages(facts: ReportFacts) -> list[Bar]:
    most = max((stage.items for stage in facts.stages), default=0) or 1
    return [
        Bar(stage.name, f"{stage.items:,}", f"{100 * stage.items / most:.1f}", stage.note)
        for stage in facts.stages
    ]


def _costs(facts: ReportFacts) -> list[Figure]:
    spent = facts.spending
    return [
        _cost("Answers", spent.answers, spent.answer_price, spent)
        if not spent.paid_by
        else Figure(
            "Answers",
            figures_in_words.money(spent.answers_paid, spent.currency),
            f"{spent.answers:,} at {spent.paid_by}",
        ),
        _cost("Expert judgements", spent.expert_judgements, spent.expert_price, spent),
    ]


def _cost(name: str, count: int, price: int, spent: Spending) -> Figure:
    return Figure(
        name,
        figures_in_words.money(count * price, spent.currency),
        f"{count:,} at {figures_in_words.money(price, spent.currency)}",
    )


def _compared(certificate: Certificate, facts: ReportFacts) -> list[tuple[str, str, str]]:
    """Return (way, cost, quality) of this batch and of a fixed number of answers each."""
    other = facts.comparison
    if other is None:
        return []
    ours = f"at least {figures_in_words.at_least(1.0 - certificate.figures.certified_bound)} right"
    return [
        ("This batch", figures_in_words.money(facts.spending.spent, facts.spending.currency), ours),
        (
            f"{figures_in_words.many(other.answers_each, 'answer')} for every item, {other.way}",
            figures_in_words.money(other.cost, facts.spending.currency),
            "not known"
            if other.reached is None
            else f"{figures_in_words.share(other.reached)} right, unproven",
        ),
    ]


def _learnt(more: MoreData | None) -> list[tuple[str, str]]:
    """Return (labels, share right) of the learning curve."""
    return (
        []
        if more is None
        else [(f"{count:,}", figures_in_words.share(1.0 - wrong)) for count, wrong in more.points]
    )


def _rows(confusion: Confusion | None) -> list[Row]:
    if confusion is None:
        return []
    return [
        Row(
            label,
            tuple(
                (f"{count:,}", "none" if not count else "right" if column == place else "wrong")
                for column, count in enumerate(confusion.counts[place])
            ),
        )
        for place, label in enumerate(confusion.labels)
    ]


def _riskiest_first(gallery: tuple[GalleryItem, ...]) -> list[GalleryItem]:
    return sorted(gallery, key=lambda item: (item.before is None, -item.risk, item.key))


def _card(item: GalleryItem) -> Card:
    picture = ""
    if item.thumbnail is not None and item.thumbnail_type in _PICTURES:
        picture = f"data:{item.thumbnail_type};base64,{base64.b64encode(item.thumbnail).decode()}"
    return Card(
        item.key, item.label, item.before, figures_in_words.share(item.risk), item.text, picture, item.note
    )
