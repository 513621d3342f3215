"""Where a rehearsal gets answers and proposals: recorded people, simulated people, a simulated model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.labels.label_values import LabelSchema
from assay.core.planning.rehearsal.rehearsal_scene import Given
from assay.core.ports.answers import Floats, Ints
from assay.core.ports.task_type import Ability, TaskType

_SURE, _TORN = 0.98, 0.5


class RecordedSource:
    """Answers that people once gave; each is given once.

    Among the people with an unused answer for an item the one with the best skill is asked. Equals come in a keyed
    order of people, so that a pilot asks a few people often: they are known afterwards, and the good ones among
    them can be asked first. (Asking those who can answer most without a draw is worse: in one recorded crowd they guess.)
    Or, where a pilot stands for everybody, equals come by a draw for each answer.
    """

    def __init__(
        self, *, item: Ints, person: Ints, value: Sequence[str], people: int, seed: int, crew: bool = True
    ) -> None:
        """Sort answers by item; all columns have shape (answers,). `crew`: equals come in an order of people."""
        self.people = people
        self._person, self._item, self._value = person, item, value
        self._unused = np.ones(len(item), dtype=np.bool_)
        reach = np.bincount(person, minlength=people)
        self._place = _crew(reach, seed=seed) if crew else np.zeros(people, dtype=np.int64)
        self._tie = chance.generator(seed, "who is asked", "recorded").permutation(len(item))

    def more(self, items: Ints, *, skill: Floats) -> Given:
        """Return one more recorded answer for each of these items that has one left."""
        rows = self._next(items, skill)
        self._unused[rows] = False
        return Given(
            item=self._item[rows],
            person=self._person[rows],
            value=tuple(self._value[row] for row in rows.tolist()),
        )

    def prospect(self, items: Ints, *, skill: Floats) -> float:
        """Return the mean skill of those who would be asked next about these items (0 if nobody)."""
        rows = self._next(items, skill)
        return float(skill[self._person[rows]].mean()) if len(rows) else 0.0

    def _next(self, items: Ints, skill: Floats) -> Ints:
        wanted = np.zeros(int(max(self._item.max(initial=-1), items.max(initial=-1))) + 1, dtype=np.bool_)
        wanted[items] = True
        rows = np.flatnonzero(self._unused & wanted[self._item])
        # Rounded, so that differences in the last bits do not decide about a tie.
        best = np.round(-skill[self._person[rows]], 6)
        rows = rows[np.lexsort((self._tie[rows], self._place[self._person[rows]], best, self._item[rows]))]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = self._item[rows[1:]] != self._item[rows[:-1]]
        chosen: Ints = rows[first]
        return chosen


def _crew(reach: Ints, *, seed: int) -> Ints:
    """Return everybody's place in a keyed order in which those who can answer more tend to come first.

    Weighted sampling without replacement (Efraimidis and Spirakis, "Weighted random sampling with a reservoir",
    2006): the larger u^(1/reach) is the earlier one comes.
    """
    dice = chance.generator(seed, "who comes first", "recorded").random(len(reach))
    late = -np.log(np.maximum(dice, 1e-300)) / np.maximum(reach, 1e-9)
    place = np.empty(len(reach), dtype=np.int64)
    place[np.argsort(late, kind="stable")] = np.arange(len(reach))
    return place


class SimulatedSource:
    """People of given abilities, who answer by keyed chance; nobody is asked twice about one item."""

    def __init__(
        self,
        *,
        truth: Sequence[str],
        abilities: Sequence[Ability],
        task: TaskType,
        schema: LabelSchema,
        seed: int,
        said: dict[tuple[int, int], str] | None = None,
    ) -> None:
        """Remember the true answer of every item and everybody's ability.

        Rehearsals of the same people may share `said`, the answers drawn so far by (item, turn).
        """
        self.people = len(abilities)
        self._said = {} if said is None else said
        self._truth, self._abilities = truth, abilities
        self._task, self._schema, self._seed = task, schema, seed
        self._times = np.zeros(len(truth), dtype=np.int64)
        self._order: dict[int, Ints] = {}

    def more(self, items: Ints, *, skill: Floats) -> Given:  # noqa: ARG002 - whoever is free comes, as in life
        """Return one more answer per item, each from the next person of the item's own keyed order."""
        item, person, value = [], [], []
        for position in items.tolist():
            turn = int(self._times[position])
            if turn >= self.people:
                continue
            self._times[position] += 1
            item.append(position)
            who = self._who(position, turn)
            person.append(who)
            if (position, turn) not in self._said:
                self._said[position, turn] = self._answer(position, who)
            value.append(self._said[position, turn])
        return Given(
            item=np.array(item, dtype=np.int64), person=np.array(person, dtype=np.int64), value=tuple(value)
        )

    def prospect(self, items: Ints, *, skill: Floats) -> float:  # noqa: ARG002 - whoever is free comes
        """Return the mean skill of everybody."""
        return float(skill.mean()) if len(skill) else 0.0

    def _who(self, position: int, turn: int) -> int:
        if position not in self._order:
            dice = chance.generator(self._seed, "who comes", str(position))
            self._order[position] = dice.permutation(self.people)
        return int(self._order[position][turn])

    def _answer(self, position: int, who: int) -> str:
        dice = chance.generator(self._seed, "answer", f"{position}\x1f{who}")
        true = self._task.parse(self._truth[position], schema=self._schema)
        person = self._abilities[who]
        return self._task.text(self._task.draw(true, schema=self._schema, person=person, chance=dice))


class SimulatedModel:
    """A pre-labelling model that is right at a given rate, and knows when it is; implements `Proposer`.

    Of some items it is sure (0.98), of the others it is as often right as wrong (0.5).
    """

    def __init__(self, *, truth: Sequence[int], classes: int, right: float, seed: int) -> None:
        """Draw what it proposes; `truth` is the position of each item's class."""
        keys = [str(position) for position in range(len(truth))]
        sure = chance.uniforms(seed, "model is sure", keys) < (right - _TORN) / (_SURE - _TORN)
        level = np.where(sure, _SURE, _TORN)
        hit = chance.uniforms(seed, "model is right", keys) < level
        away = 1 + (chance.uniforms(seed, "model errs", keys) * (classes - 1)).astype(np.int64)
        says = np.where(hit, np.array(truth), (np.array(truth) + away) % classes)
        self._rows = np.repeat(((1.0 - level) / max(classes - 1, 1))[:, None], classes, axis=1)
        self._rows[np.arange(len(truth)), says] = level

    def propose(self, soft: Floats, *, answered: NDArray[np.bool_]) -> Floats:
        """Return the same proposals whatever was answered."""
        del soft, answered
        return self._rows
