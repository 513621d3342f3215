"""The sixteen recorded sets of choices: their answers, their truth, and draws of control items."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.support.data import CROWD_SETS

from assay.core.labels.label_values import LabelSchema, schema_of
from assay.core.ports.answers import AnswerTable, Floats
from assay.service.intake.answer_files import read_answers, read_truth

ROOT = Path(__file__).parents[2]
MOST_CONTROLS, CONTROL_SHARE = 60, 0.1


@dataclass(frozen=True)
class CrowdSet:
    """A recorded set.

    Attributes:
        name: the folder's.
        table: every answer, in the order of the file.
        truth: length items, the label, or None where nobody knows it.
        schema: the labels that occur in answers or truth.
    """

    name: str
    table: AnswerTable
    truth: tuple[str | None, ...]
    schema: LabelSchema

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which items have a truth, shape (items,)."""
        return np.array([label is not None for label in self.truth])

    def controls(self, seed: int) -> NDArray[np.bool_]:
        """Draw control items: min(60, a tenth of the items with truth), shape (items,)."""
        known = np.flatnonzero(self.scored)
        count = min(MOST_CONTROLS, int(CONTROL_SHARE * len(known)))
        drawn = np.zeros(len(self.truth), dtype=np.bool_)
        drawn[np.random.default_rng(seed).choice(known, size=count, replace=False)] = True
        return drawn

    def known(self, controls: NDArray[np.bool_]) -> list[str | None]:
        """Return the labels of the control items, None elsewhere."""
        return [label if drawn else None for label, drawn in zip(self.truth, controls.tolist(), strict=True)]

    def right(self, labels: "list[str] | tuple[str, ...]") -> NDArray[np.bool_]:
        """Say which labels are right, shape (items,); False where there is no truth."""
        return np.array([a == b for a, b in zip(labels, self.truth, strict=True)])

    def majority(self) -> Floats:
        """Return the probability that a vote with ties broken by chance is right, shape (items,)."""
        place = {name: position for position, name in enumerate(self.schema.names)}
        votes = np.zeros((self.table.items, len(place)))
        np.add.at(votes, (self.table.item, [place[value] for value in self.table.value]), 1.0)
        truth = np.array([-1 if label is None else place[label] for label in self.truth])
        first = votes == votes.max(axis=1, keepdims=True)
        won: Floats = first[np.arange(len(truth)), truth] / first.sum(axis=1)
        return np.where(truth >= 0, won, 0.0)

    def margin(self) -> Floats:
        """Return by how many votes the first label leads the second, shape (items,)."""
        place = {name: position for position, name in enumerate(self.schema.names)}
        votes = np.zeros((self.table.items, max(len(place), 2)))
        np.add.at(votes, (self.table.item, [place[value] for value in self.table.value]), 1.0)
        ordered = np.sort(votes, axis=1)
        lead: Floats = ordered[:, -1] - ordered[:, -2]
        return lead


def folder() -> Path | None:
    """Return where the recorded sets lie, or None."""
    found = Path(os.environ.get("ASSAY_SHARED_DATA") or ROOT.parent / "shared" / "data") / "crowd"
    return found if found.exists() else None


def recorded_sets() -> list[CrowdSet]:
    """Return every set; none, said in a sentence, where they are not."""
    place = folder()
    if place is None:
        print("the recorded sets are not here: nothing is measured on them")
        return []
    return list(crowd_sets(place))


def crowd_sets(place: Path) -> Iterator[CrowdSet]:
    """Yield every set, one after another."""
    for name in CROWD_SETS:
        answers, truth = (next(place.joinpath(name).glob(f"{part}.csv*")) for part in ("answers", "truth"))
        recorded, known = read_answers(answers), read_truth(truth)
        labels = tuple(known.get(item) for item in recorded.items)
        names = sorted({*recorded.value, *(label for label in labels if label is not None)})
        table = AnswerTable(
            np.asarray(recorded.item, dtype=np.int64),
            np.asarray(recorded.person, dtype=np.int64),
            list(recorded.value),
            len(recorded.items),
            int(np.max(recorded.person)) + 1,
        )
        yield CrowdSet(name, table, labels, schema_of(names))
