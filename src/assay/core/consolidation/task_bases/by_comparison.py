"""Everything that follows from being able to compare two answers: the base of a new task type.

A task type that derives from `ByComparison` says what it is called, which label value it produces, how
wrong one value is where another is right (`compare`), how simulated people err (`draw`), and shows a few
values (`examples`). One file is enough; `MEMBER` is what the registry looks for:

    class ImagePoints(ByComparison):
        name = "image_points"
        media = "image"
        manifest_type = "groundtruth/custom"
        produces = Points

        def compare(self, a, b, *, frame): ...
        def draw(self, value, *, schema, person, chance): ...
        def examples(self): ...

    MEMBER: Final = ImagePoints()

How it consolidates. Each distinct answer v to an item is a possible truth, and one more possibility is
that nobody said the truth. With loss d = `compare`, person p of skill s_p (mean 1 - loss) who said x_p,
and W different answers that somebody who guesses would choose from:

    w_p = log(s_p (W - 1) / (1 - s_p))
    P(v) ~ exp(sum over p of w_p (1 - d(x_p, v))),    P(none of them) ~ W - number of distinct answers
    value = the v with the least expected loss,       right = its expected 1 - loss

Where answers are right or wrong this is the one-coin model of Dawid and Skene (1979); where they can be
right in part it is a weighted medoid. A person's skill is what their answers have in common with the value
of everybody else (or with the known label), against what that value itself may be trusted with.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.stored_models import grow, pack, unpack
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.labels.loss_rules import Frame, LossParameter, LossRule
from assay.core.ports.answers import AnswerTable, Consensus, Consolidator, Floats, Ints
from assay.core.ports.task_type import Ability, Rows

MOST_WAYS: Final = 50
"""Beyond so many possible answers two people who guess never meet; `TaskType.ways` stops here."""

POOL: Final = (0.8, 10.0)
"""The skill expected of everybody together, and the pseudo-answers that draw their pooled skill to it."""

SHRINK: Final = 5.0
"""Pseudo-answers that draw a person's skill to the pooled one."""

ROUNDS: Final = 6
"""Skill and consensus depend on each other; they are settled to a hundredth after so many rounds."""

_WORST, _BEST = 0.05, 0.98
_CELLS: Final = 2_000_000


class Comparing(Protocol):
    """What the model needs of a task type."""

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return the loss in [0, 1] of saying `a` where `b` is right."""


class ByComparison(ABC):
    """A task type that has only `compare`, `draw` and `examples`; all else of `TaskType` is here.

    Whatever a task type can do better it overrides. `loss_name` is its own name where it says none; it counts
    `loss_version` up and adds to `older_losses` when `compare` comes to compute something else.
    """

    name: str
    media: str | None
    manifest_type: str
    produces: type[LabelValue]
    compared: str = "a label can be right in part; it counts by what two labels have in common"
    loss_name: str = ""
    loss_version: int = 1
    parameters: tuple[LossParameter, ...] = ()
    older_losses: tuple[LossRule, ...] = ()
    rows: Rows = Rows.NONE
    labels: tuple[str, ...] = ()
    fewest_labels: int = 1
    learns_from_known: bool = False
    has_questions: bool = False

    @abstractmethod
    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return the loss in [0, 1] of saying `a` where `b` is right: symmetric, 0 for equals."""

    @abstractmethod
    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person of that ability answers where `value` is true."""

    @abstractmethod
    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents; labels `a`, `b`, `c` exist."""

    @property
    def loss(self) -> LossRule:
        """`compare` by its name."""
        return LossRule(self.loss_name or self.name, self.loss_version, self.compare, self.parameters)

    def ways(self, schema: LabelSchema) -> int:  # noqa: ARG002 - other task types count their labels
        """Return from how many different answers somebody who guesses would choose, 50 at most."""
        return MOST_WAYS

    def parse(self, text: str, *, schema: LabelSchema) -> LabelValue:
        """Read an answer; raises `InvalidLabel`."""
        return read_label(text, self.produces, schema=schema)

    def text(self, value: LabelValue) -> str:
        """Write an answer so that `parse` reads it back; equal values have equal texts."""
        return write_label(value)

    def row(self, value: LabelValue, *, schema: LabelSchema) -> Floats:  # noqa: ARG002 - nothing to say
        """Return zeros: labels alone do not say what an answer is."""
        return np.zeros(len(schema.names))

    def fit(
        self,
        table: AnswerTable,
        *,
        schema: LabelSchema,
        known: Sequence[str | None],
        prior: Floats | None = None,  # noqa: ARG002 - a model that knows labels only cannot say an answer
    ) -> Consolidator:
        """Learn people from all answers; `known[i]` is the known label of a control item or None."""
        return fit_skills(table, task=self, schema=schema, known=known, ways=self.ways(schema))

    def load(self, data: bytes, *, schema: LabelSchema) -> Consolidator:
        """Read back what `ComparisonModel.to_bytes` wrote; raises `DamagedModel`."""
        found = unpack(data, shapes={"skills": (None,), "pool": ()}, fits="a model of comparisons")
        return ComparisonModel(self, schema, self.ways(schema), found["skills"], float(found["pool"]))


@dataclass(frozen=True, slots=True)
class ComparisonModel:
    """How good people are, for answers that can be compared; implements `Consolidator`.

    Attributes:
        task: reads and compares answers.
        schema: the project's labels.
        ways: W, from how many answers somebody who guesses would choose.
        skills: shape (people,), each person's expected 1 - loss.
        pool: the same for everybody together; newcomers start with it.
    """

    task: Comparing
    schema: LabelSchema
    ways: int
    skills: Floats
    pool: float

    def consensus(
        self,
        table: AnswerTable,
        *,
        prior: Floats | None = None,  # noqa: ARG002
        known: Sequence[str | None] | None = None,  # noqa: ARG002 - learnt without known items
    ) -> Consensus:
        """Return the answer with the least expected loss per item; of equals the first in text order."""
        value, right, agreement = [""] * table.items, np.zeros(table.items), np.zeros(table.items)
        people = ~np.isin(table.person, sorted(table.models))
        for group in _groups(table, task=self.task, schema=self.schema):
            support = _support(group, weights=_weight(self.skills, ways=self.ways)[group.person])
            rest = np.maximum(self.ways - group.first.sum(axis=1), 0)
            belief = _shares(support, possible=group.first, rest=rest)
            expected = np.einsum("mv,mvu->mu", belief, 1.0 - group.loss)
            best = _first_best(expected, allowed=group.first)
            at = np.arange(len(best))
            right[group.item] = np.clip(expected[at, best], 0.0, 1.0)
            counted = people[group.row]
            alike = np.where(counted, 1.0 - group.loss[at, best], 0.0)
            agreement[group.item] = alike.sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
            for item, row in zip(group.item.tolist(), group.row[at, best].tolist(), strict=True):
                value[item] = table.value[row]
        count = np.bincount(table.item[people], minlength=table.items)
        return Consensus(value=value, right=right, agreement=agreement, count=count)

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> None:
        """Return None: labels alone do not say what an answer is."""

    def skill(self) -> Floats:
        """Return each person's expected 1 - loss, shape (people,)."""
        return self.skills

    def grown(self, people: int) -> "ComparisonModel":
        """Return the same model with room for more people, who start as the pooled person."""
        return replace(self, skills=grow(self.skills, people, newcomer=self.pool))

    def to_bytes(self) -> bytes:
        """Return the model as a NumPy archive without pickled objects."""
        return pack({"skills": self.skills, "pool": np.array(self.pool)})


def fit_skills(
    table: AnswerTable, *, task: Comparing, schema: LabelSchema, known: Sequence[str | None], ways: int
) -> ComparisonModel:
    """Learn how good people are from answers that can be compared.

    Args:
        table: the answers.
        task: reads and compares them.
        schema: the project's labels.
        known: length items, the known label of a control item or None.
        ways: W, from how many answers somebody who guesses would choose.

    Raises:
        InvalidLabel: if an answer or a known label is not one of this project.
    """
    groups = list(_groups(table, task=task, schema=schema))
    told = _told(table, task=task, schema=schema, known=known)
    skills, pool = np.full(table.people, POOL[0]), POOL[0]
    for _ in range(ROUNDS):
        gained, trusted = np.zeros(table.people), np.zeros(table.people)
        for group in groups:
            gain, trust = _measured(group, weights=_weight(skills, ways=ways), ways=ways, told=told)
            gained += np.bincount(group.person.ravel(), weights=gain.ravel(), minlength=table.people)
            trusted += np.bincount(group.person.ravel(), weights=trust.ravel(), minlength=table.people)
        rate = (gained.sum() + POOL[0] * POOL[1]) / (trusted.sum() + POOL[1])
        # Half a step: what a value may be trusted with grows with the skills that it is to correct,
        # and a whole step would overshoot for ever.
        pool = float(np.clip((pool + rate) / 2, _WORST, _BEST))
        skills = np.clip((skills + (gained + SHRINK * pool) / (trusted + SHRINK)) / 2, _WORST, _BEST)
    return ComparisonModel(task, schema, ways, skills, pool)


@dataclass(frozen=True, slots=True)
class _Group:
    """The items that have n answers, each item's answers in text order.

    Attributes:
        item: shape (m,).
        row: shape (m, n), rows of the table.
        person: shape (m, n).
        loss: shape (m, n, n), between the answers of an item.
        first: shape (m, n), whether an answer is the first of its text.
        same: shape (m, n), how many answers of the item have the same text.
    """

    item: Ints
    row: Ints
    person: Ints
    loss: Floats
    first: NDArray[np.bool_]
    same: Ints


def _groups(table: AnswerTable, *, task: Comparing, schema: LabelSchema) -> Iterator[_Group]:
    code = {text: place for place, text in enumerate(sorted(set(table.value)))}
    values = [task.parse(text, schema=schema) for text in code]
    said = np.fromiter((code[text] for text in table.value), np.int64, len(table.value))
    order = np.lexsort((table.person, said, table.item))
    count = np.bincount(table.item, minlength=table.items)
    start = np.cumsum(count) - count
    for n in np.unique(count[count > 0]).tolist():
        every = np.flatnonzero(count == n)
        for at in range(0, len(every), max(1, _CELLS // n**3)):
            item = every[at : at + max(1, _CELLS // n**3)]
            row = order[start[item][:, None] + np.arange(n)]
            equal = said[row][:, :, None] == said[row][:, None, :]
            yield _Group(
                item=item,
                row=row,
                person=table.person[row],
                loss=_losses(said[row], values=values, task=task, frame=Frame(schema)),
                first=equal.argmax(axis=2) == np.arange(n),
                same=equal.sum(axis=2),
            )


def _losses(said: Ints, *, values: Sequence[LabelValue], task: Comparing, frame: Frame) -> Floats:
    m, n = said.shape
    loss = np.zeros((m, n, n))
    for i in range(n):
        for j in range(i + 1, n):
            for at in np.flatnonzero(said[:, i] != said[:, j]).tolist():
                a, b = values[said[at, i]], values[said[at, j]]
                loss[at, i, j] = loss[at, j, i] = task.compare(a, b, frame=frame)
    return loss


def _weight(skills: Floats, *, ways: int) -> Floats:
    """Return w_p; whoever is no better than a guess weighs nothing, and nobody weighs against."""
    capped = np.clip(skills, _WORST, _BEST)
    weights: Floats = np.maximum(np.log(capped * max(ways - 1, 1) / (1.0 - capped)), 0.0)
    return weights


def _support(group: _Group, *, weights: Floats) -> Floats:
    """Return what stands behind each answer as the truth, shape (m, n)."""
    support: Floats = np.einsum("mp,mpv->mv", weights, 1.0 - group.loss)
    return support


def _shares(support: Floats, *, possible: NDArray[np.bool_], rest: Ints) -> Floats:
    """Return exp(support) as shares along the last axis, `rest` more possibilities having no support."""
    top = np.maximum(np.where(possible, support, 0.0).max(axis=-1, keepdims=True), 0.0)
    power = np.where(possible, np.exp(support - top), 0.0)
    shares: Floats = power / (power.sum(axis=-1, keepdims=True) + rest[..., None] * np.exp(-top))
    return shares


def _first_best(expected: Floats, *, allowed: NDArray[np.bool_]) -> Ints:
    # Rounded first, so that equals are equal and a tie goes to the earlier text and not to float noise.
    best: Ints = np.where(allowed, np.round(expected, 9), -1.0).argmax(axis=-1)
    return best


def _measured(group: _Group, *, weights: Floats, ways: int, told: Floats) -> tuple[Floats, Floats]:
    """Return each answer's 1 - loss against everybody else's value, and what that value is trusted with.

    Both have shape (m, n). Against a known label the trust is 1; alone on an item both are 0.
    """
    m, n = group.person.shape
    gain, trust = np.zeros((m, n)), np.zeros((m, n))
    if n > 1:
        mine = weights[group.person]
        support = _support(group, weights=mine)
        # Axis 1 is the person left out, axis 2 the possible truth; what only they said is left out too.
        others = support[:, None, :] - mine[:, :, None] * (1.0 - group.loss)
        alone = (group.same[:, :, None] == 1) & np.eye(n, dtype=np.bool_)
        possible = group.first[:, None, :] & ~alone
        rest = np.maximum(ways - possible.sum(axis=2), 0)
        belief = _shares(others, possible=possible, rest=rest)
        expected = np.einsum("mpv,mvu->mpu", belief, 1.0 - group.loss)
        best = _first_best(expected, allowed=possible)
        at = np.arange(m)[:, None], np.arange(n)[None, :], best
        gain, trust = 1.0 - group.loss[at], expected[at]
    known = told[group.row]
    given = ~np.isnan(known)
    return np.where(given, 1.0 - known, gain), np.where(given, 1.0, trust)


def _told(table: AnswerTable, *, task: Comparing, schema: LabelSchema, known: Sequence[str | None]) -> Floats:
    """Return each answer's loss against the known label of its item, NaN where there is none."""
    truth = {item: task.parse(text, schema=schema) for item, text in enumerate(known) if text is not None}
    frame = Frame(schema)
    loss = np.full(len(table.value), np.nan)
    for row, item in enumerate(table.item.tolist()):
        if item in truth:
            loss[row] = task.compare(task.parse(table.value[row], schema=schema), truth[item], frame=frame)
    return loss
