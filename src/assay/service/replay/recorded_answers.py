"""What a replay reads: recorded answers to items whose truth is known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assay.core.errors import InputError
from assay.core.labels.label_values import schema_of
from assay.core.planning.baselines_of_a_replay import Recorded
from assay.core.planning.rehearsal.rehearsal_scene import Scene
from assay.core.planning.rehearsal.simulated_answers import RecordedSource
from assay.core.ports.answers import Ints
from assay.core.ports.file_format import BadRow
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.service.intake.answer_files import read_answers, read_truth
from assay.tasktypes import TASK_TYPES


@dataclass(eq=False, kw_only=True)
class NothingToReplay(InputError):
    """{answers} and {truth} have no item in common: there is nothing to replay."""

    answers: str
    truth: str


@dataclass(eq=False, kw_only=True)
class TooFewLabels(InputError):
    """{answers} and {truth} know one label only, '{label}': there is nothing to choose from."""

    answers: str
    truth: str
    label: str


@dataclass(frozen=True, slots=True)
class Replayable:
    """Recorded answers in columns; those to items without a truth are left out: they would deliver nothing.

    Attributes:
        items: the ids of all items with a truth, N in all.
        truth: what an expert says, per item.
        names: the labels of answers and truth, sorted.
        item: shape (answers,), positions in `items`.
        person: shape (answers,), positions of people.
        value: the answers as text.
        people: how many people there are.
        bad: how many rows of answers were left out because they cannot be used.
        shown: the first of these.
    """

    items: tuple[str, ...]
    truth: tuple[str, ...]
    names: tuple[str, ...]
    item: Ints
    person: Ints
    value: tuple[str, ...]
    people: int
    bad: int
    shown: tuple[BadRow, ...]

    def scene(
        self, *, quality: Quality, limits: Limits, expert_price: float, seed: int, controls: int, pilot: int
    ) -> Scene:
        """Return what is rehearsed."""
        return Scene(
            keys=self.items,
            truth=self.truth,
            task=TASK_TYPES.get("classification"),
            schema=schema_of(self.names),
            quality=quality,
            limits=limits,
            expert_price=expert_price,
            seed=seed,
            controls=controls,
            pilot=pilot,
        )

    def source(self, *, seed: int, crew: bool = True) -> RecordedSource:
        """Return where the answers come from; `crew` as there."""
        return RecordedSource(
            item=self.item, person=self.person, value=self.value, people=self.people, seed=seed, crew=crew
        )

    def recorded(self) -> Recorded:
        """Return the answers with labels by their positions."""
        place = {name: position for position, name in enumerate(self.names)}
        return Recorded(
            item=self.item,
            label=np.array([place[value] for value in self.value], dtype=np.int64),
            truth=np.array([place[label] for label in self.truth], dtype=np.int64),
            labels=len(self.names),
        )


def read_replayable(answers: Path, truth: Path) -> Replayable:
    """Read recorded answers and truth.

    Raises:
        NotReadable, BadLine: if a file cannot be used.
        NothingToReplay: if no answered item has a truth.
        TooFewLabels: if all answers and truths are the same label.
    """
    recorded, known = read_answers(answers), read_truth(truth)
    if known.keys().isdisjoint(recorded.items):
        raise NothingToReplay(answers=str(answers), truth=str(truth))
    names = tuple(sorted({*recorded.value, *known.values()}))
    if len(names) < 2:
        raise TooFewLabels(answers=str(answers), truth=str(truth), label=names[0])
    place = {item: position for position, item in enumerate(known)}
    moved = np.array([place.get(item, -1) for item in recorded.items], dtype=np.int64)[recorded.item]
    rows = np.flatnonzero(moved >= 0)
    return Replayable(
        items=tuple(known),
        truth=tuple(known.values()),
        names=names,
        item=moved[rows],
        person=recorded.person[rows],
        value=tuple(recorded.value[row] for row in rows.tolist()),
        people=len(recorded.people),
        bad=recorded.bad,
        shown=recorded.shown,
    )
