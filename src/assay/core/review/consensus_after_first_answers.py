"""Known items as they looked after the first answer, the first two, and so on: they stand for items that stop early."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import AnswerTable, Consensus, Consolidator, Floats
from assay.core.review.words_of_models import only_rows, rank_of


@dataclass(frozen=True, slots=True)
class Prefix:
    """The consensus of the first `depth` answers; `reached` says which items have so many."""

    depth: int
    consensus: Consensus
    reached: NDArray[np.bool_]


def prefixes(
    table: AnswerTable,
    *,
    model: Consolidator,
    prior: Floats | None,
    known: Sequence[str | None],
    most: int,
) -> list[Prefix]:
    """Return the consensus of the first answer to each item, of the first two, and so on to `most`."""
    rank = rank_of(table)
    found = []
    for depth in range(1, most + 1):
        if not (rank == depth - 1).any():
            break
        consensus = model.consensus(only_rows(table, rank < depth), prior=prior, known=known)
        found.append(Prefix(depth, consensus, consensus.count == depth))
    return found
