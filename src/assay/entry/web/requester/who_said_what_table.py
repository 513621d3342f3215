"""Who said what: what people said against what was decided, the confusion of labels as a table in shades."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.service import figures_in_words
from assay.service.batches.batch_quality import WhoSaidWhat

_SHADES: Final = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table of who said what: the count, and how dark it is (0 to 5); `right` is the diagonal."""

    count: str
    share: str
    shade: int
    right: bool


@dataclass(frozen=True, slots=True)
class ConfusionTable:
    """Who said what: heading, sentence, labels, and (label, cells, answers in all) of each row."""

    title: str
    said: str
    labels: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell], str]]


def confusion_table(found: WhoSaidWhat) -> ConfusionTable:
    """Return the table of who said what, each row shaded by its own shares."""
    total = sum(map(sum, found.counts))
    agreed = sum(row[place] for place, row in enumerate(found.counts))
    worst = max(
        (
            (count, found.labels[decided], found.labels[said])
            for decided, row in enumerate(found.counts)
            for said, count in enumerate(row)
            if said != decided
        ),
        default=(0, "", ""),
    )
    often = f" Most often '{worst[1]}' was called '{worst[2]}'." if worst[0] else ""
    some = "" if found.all_counted else " The first items alone are counted."
    rows = [
        (
            label,
            [
                Cell(
                    count=f"{count:,}",
                    share=figures_in_words.share(count / sum(row)) if sum(row) else "",
                    shade=math.ceil(_SHADES * count / sum(row)) if count else 0,
                    right=said == decided,
                )
                for said, count in enumerate(row)
            ],
            f"{sum(row):,}",
        )
        for decided, (label, row) in enumerate(zip(found.labels, found.counts, strict=True))
    ]
    return ConfusionTable(
        title=f"Who said what: {figures_in_words.share(agreed / total) if total else 'nothing'} as it was decided",
        said=f"{figures_in_words.many(total, 'answer')} of {found.people:,} people.{often}{some}",
        labels=found.labels,
        rows=rows,
    )
