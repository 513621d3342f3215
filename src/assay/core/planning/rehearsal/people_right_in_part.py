"""What a pilot tells about people whose labels are right in part: sets of labels, boxes, spans, whatever compares.

Where exactly one label is right, `Crowd` counts who said which. Here nearly every answer is another value, and what
can be counted is what answers have in common with what may be right: a person's mean 1 - loss, and by how much an
item moves everybody's. A fresh answer is drawn as the task type says people err (`TaskType.draw`), with the ability at which such
answers have just so much in common with the truth; that ability is looked up on the pilot's own labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.labels.loss_rules import Frame
from assay.core.planning.pilot_findings import Pilot, unmet
from assay.core.planning.rehearsal.rehearsal_scene import Given
from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints
from assay.core.ports.task_type import Ability, TaskType

_ABILITIES: Final = np.array([0.0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.87, 0.93, 0.97, 1.0])
_TRIED: Final = 150
"""Answers drawn at each ability, of as many of the pilot's labels."""

_CONFUSION: Final = 0.3
_LEAST_WEIGHT, _MOST_WEIGHT = 0.5, 1000.0
_EDGE: Final = 0.005


def possible_labels(
    table: AnswerTable,
    consensus: Consensus,
    *,
    known: Sequence[str | None],
    task: TaskType,
    schema: LabelSchema,
) -> tuple[tuple[tuple[str, ...], ...], Floats]:
    """Return which labels may be right of each item, and how likely each is.

    A known label is right. Else it is the consensus or one of the answers that differ from it, alike each, with the
    chances that make the consensus lose what it is expected to lose.

    Args:
        table: the answers.
        consensus: what they say together.
        known: length items, the label that an expert gave, or None.
        task: compares labels.
        schema: the labels.

    Returns:
        Per item the labels, the known one or the consensus first; and shape (items, most of them), 0 beyond.
    """
    said: list[dict[str, None]] = [{} for _ in range(table.items)]
    for item, value in zip(table.item.tolist(), table.value, strict=True):
        if value:
            said[item][value] = None
    labels: list[tuple[str, ...]] = []
    chances: list[list[float]] = []
    frame = Frame(schema)
    for item, (label, first) in enumerate(zip(known, consensus.value, strict=True)):
        others = [] if label is not None else [value for value in said[item] if value != first]
        labels.append((first if label is None else label, *others))
        agreed = task.parse(labels[-1][0], schema=schema)
        away = [task.compare(agreed, task.parse(value, schema=schema), frame=frame) for value in others]
        expected = 1.0 - float(consensus.right[item])
        off = min(1.0, expected / max(float(np.mean(away)), 1e-9)) if away else 0.0
        chances.append([1.0 - off, *[off / max(len(others), 1)] * len(others)])
    found = np.zeros((table.items, max(map(len, chances), default=1)))
    for item, row in enumerate(chances):
        found[item, : len(row)] = row
    return tuple(labels), found


@dataclass(frozen=True, slots=True)
class PartCrowd:
    """What a pilot tells about items and people where labels are right in part.

    Attributes:
        skills: shape (people,), the expected 1 - loss; the last ones are people whom the pilot did not meet.
        share: shape (people,), share of the answers.
        gain: shape (items,), the mean 1 - loss of an item's answers.
        usual: shape (items,), what it would be if the item were like all others.
        count: shape (items,), how many answers these are.
        same: how many answers the usual one is worth: large where items hardly differ.
        curve: shape (abilities,), the mean 1 - loss of answers drawn at each of `_ABILITIES`.
    """

    skills: Floats
    share: Floats
    gain: Floats
    usual: Floats
    count: Floats
    same: float
    curve: Floats

    @staticmethod
    def learnt(pilot: Pilot, *, task: TaskType, schema: LabelSchema, seed: int) -> "PartCrowd":
        """Learn it from a pilot."""
        assert pilot.possible is not None
        assert pilot.skills is not None
        values = [[task.parse(text, schema=schema) for text in row] for row in pilot.possible]
        table = pilot.answers
        heard = np.array([bool(value) for value in table.value], dtype=np.bool_)
        gain = _gains(
            table, values=values, possible=pilot.possible, chances=pilot.chances, task=task, schema=schema
        )
        item, person, gain = table.item[heard], table.person[heard], gain[heard]
        count = np.bincount(item, minlength=table.items).astype(np.float64)
        mean = np.bincount(item, weights=gain, minlength=table.items) / np.maximum(count, 1.0)
        # People's own skills stay what their model says; what all answers gain says how high they are together.
        level = float(gain.mean()) - float(pilot.skills[person].mean())
        skills = np.clip(pilot.skills + level, _EDGE, 1.0 - _EDGE)
        usual = np.bincount(item, weights=skills[person], minlength=table.items) / np.maximum(count, 1.0)
        number = np.bincount(person, minlength=table.people).astype(np.float64)
        strangers, mass = unmet(number) if pilot.crew is None else (0, 0.0)
        if pilot.crew is not None:
            number = pilot.crew.astype(np.float64)
        pooled = float(skills[person].mean())
        return PartCrowd(
            skills=np.append(skills, np.full(strangers, pooled)),
            share=np.append(
                number / max(number.sum(), 1.0) * (1.0 - mass), np.full(strangers, mass / max(strangers, 1))
            ),
            gain=mean,
            usual=np.where(count > 0, usual, pooled),
            count=count,
            same=_same(gain - skills[person], item=item, count=count),
            curve=_curve(values, pilot.chances, task=task, schema=schema, seed=seed),
        )

    def abilities(self, gain: Floats) -> Floats:
        """Return the abilities at which answers gain so much on average."""
        able: Floats = np.interp(gain, self.curve, _ABILITIES)
        return able


def _gains(
    table: AnswerTable,
    *,
    values: Sequence[Sequence[LabelValue]],
    possible: Sequence[tuple[str, ...]],
    chances: Floats,
    task: TaskType,
    schema: LabelSchema,
) -> Floats:
    """Return the expected 1 - loss of each answer, shape (answers,); that it is right itself speaks for it nowhere."""
    found, frame = np.zeros(len(table.value)), Frame(schema)
    for row, (item, text) in enumerate(zip(table.item.tolist(), table.value, strict=True)):
        if not text:
            continue
        value = task.parse(text, schema=schema)
        # The label in the first place is known or agreed upon; the others are somebody's alone.
        weighed = [
            (float(chances[item, place]), task.compare(value, true, frame=frame))
            for place, (label, true) in enumerate(zip(possible[item], values[item], strict=True))
            if not place or label != text
        ]
        whole = sum(weight for weight, _ in weighed)
        found[row] = 1.0 - (
            sum(weight * loss for weight, loss in weighed) / whole if whole > 0 else weighed[0][1]
        )
    return found


def _same(off: Floats, *, item: Ints, count: Floats) -> float:
    """Return how many answers the usual gain is worth beside an item's own: the ratio of variances (Searle 1971).

    `off` is by how much each answer gained more than its person usually does.
    """
    several = count > 1
    mean = np.bincount(item, weights=off, minlength=len(count)) / np.maximum(count, 1.0)
    kept = several[item]
    free = float((count[several] - 1.0).sum())
    if free <= 0:
        return _MOST_WEIGHT
    within = float(((off[kept] - mean[item[kept]]) ** 2).sum()) / free
    between = float(mean[several].var()) - within * float((1.0 / count[several]).mean())
    return float(np.clip(within / max(between, 1e-9), _LEAST_WEIGHT, _MOST_WEIGHT))


def _curve(
    values: Sequence[Sequence[LabelValue]],
    chances: Floats,
    *,
    task: TaskType,
    schema: LabelSchema,
    seed: int,
) -> Floats:
    """Return the mean 1 - loss of answers drawn at each ability, rising."""
    dice = chance.generator(seed, "forecast", "abilities")
    chosen = dice.integers(len(values), size=_TRIED).tolist()
    truth = [values[item][int(chances[item].argmax())] for item in chosen]
    frame = Frame(schema)
    found = [
        np.mean(
            [
                1.0
                - task.compare(
                    task.draw(true, schema=schema, person=_person(skill), chance=dice), true, frame=frame
                )
                for true in truth
            ]
        )
        for skill in _ABILITIES.tolist()
    ]
    rising: Floats = np.maximum.accumulate(np.array(found)) + 1e-9 * np.arange(len(found))
    return rising


def _person(skill: float) -> Ability:
    return Ability(skill=skill, confusion=_CONFUSION, care=1.0, spam=False, seconds=1.0)


class PartSource:
    """Draws answers that are right in part when they are asked for; implements `AnswerSource`.

    People answer about an item at most once; those who answered in the pilot are not asked again.
    """

    def __init__(
        self,
        crowd: PartCrowd,
        *,
        asked: Ints,
        origin: Ints,
        truth: Sequence[str],
        given: tuple[Ints, Ints],
        task: TaskType,
        schema: LabelSchema,
        best_first: bool,
        dice: np.random.Generator,
    ) -> None:
        """Draw how each item moves its people.

        Args:
            crowd: what the pilot tells.
            asked: shape (items, depth), who can be asked about each item.
            origin: shape (items,), the pilot's item that each item is drawn from.
            truth: the right label of each item.
            given: items and people of answers that there are already.
            task: says how people err.
            schema: the labels.
            best_first: the most skilled are asked first, else people come as they come.
            dice: a generator.
        """
        self.people = len(crowd.skills)
        self._crowd, self._best_first, self._dice = crowd, best_first, dice
        self._task, self._schema, self._truth = task, schema, truth
        self._asked = dice.permuted(asked, axis=1)
        self._free = np.ones(self._asked.shape, dtype=np.bool_)
        for item, who in zip(given[0].tolist(), given[1].tolist(), strict=True):
            self._free[item] &= self._asked[item] != who
        usual, count = crowd.usual[origin], crowd.count[origin]
        own = np.clip(
            (count * crowd.gain[origin] + crowd.same * usual) / (count + crowd.same), _EDGE, 1.0 - _EDGE
        )
        level = np.clip(
            dice.beta(own * (count + crowd.same), (1.0 - own) * (count + crowd.same)), _EDGE, 1.0 - _EDGE
        )
        self._moved = level / (1.0 - level) / (usual / (1.0 - usual))

    def more(self, items: Ints, *, skill: Floats) -> Given:
        """Return one more answer for each of these items about which somebody can still be asked."""
        items = items[self._free[items].any(axis=1)]
        column = self._next(items, skill)
        self._free[items, column] = False
        who = self._asked[items, column]
        odds = self._crowd.skills[who] / (1.0 - self._crowd.skills[who]) * self._moved[items]
        able = self._crowd.abilities(odds / (1.0 + odds))
        value = tuple(self._say(item, one) for item, one in zip(items.tolist(), able.tolist(), strict=True))
        return Given(item=items, person=who, value=value)

    def prospect(self, items: Ints, *, skill: Floats) -> float:
        """Return the mean skill of those who would be asked next about these items (0: nobody is chosen)."""
        items = items[self._free[items].any(axis=1)]
        if not self._best_first or not len(items):
            return 0.0
        return float(skill[self._asked[items, self._next(items, skill)]].mean())

    def _next(self, items: Ints, skill: Floats) -> Ints:
        """Return the column of who is asked next about each item."""
        asked = self._asked[items]
        rank = np.round(skill[asked], 6) if self._best_first else np.zeros(asked.shape)
        chosen: Ints = np.where(self._free[items], rank, -np.inf).argmax(axis=1)
        return chosen

    def _say(self, item: int, ability: float) -> str:
        true = self._task.parse(self._truth[item], schema=self._schema)
        said = self._task.draw(true, schema=self._schema, person=_person(ability), chance=self._dice)
        return self._task.text(said)
