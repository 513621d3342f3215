"""Consolidation of single-choice answers: a Dawid-Skene model of people behind the `Consolidator` port.

Ties go to the label that stands earlier in the project's schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.dawid_skene import DEFAULTS, Choices, People, Settings, fit_people, posterior
from assay.core.consolidation.kinds import KINDS, SHRINKS, fit_kinds
from assay.core.consolidation.stored import DamagedModel, grow, pack, unpack
from assay.core.errors import InvalidLabel
from assay.core.labels import LabelSchema
from assay.core.ports import AnswerTable, Consensus, Floats, Ints


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """People's confusion matrices over the project's labels.

    Attributes:
        names: the labels in the schema's order.
        people: what was learnt.
        temper: exponent on the evidence.
        loss: shape (labels, labels), the loss of saying the one where the other is right; None: 1 unless equal.
        soft: whether label probabilities are an answer's own (`Rows.ONE`): only then a prior is heard.
        finer: what was learnt with several kinds of items a class, where answers show them; their
            probabilities are averaged with the others.
    """

    names: tuple[str, ...]
    people: People
    temper: float
    loss: Floats | None = None
    soft: bool = True
    finer: tuple[People, ...] = ()

    def consensus(self, table: AnswerTable, *, prior: Floats | None = None) -> Consensus:
        """Consolidate answers with the people's parameters held fixed: O(answers x classes)."""
        heard = prior if self.soft else None
        choices = to_choices(table, names=self.names)
        belief = self._belief(choices, prior=heard)
        return consensus_of(
            belief, choices=choices, names=self.names, prior=heard, models=table.models, loss=self.loss
        )

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats | None:
        """Return the class probabilities behind the consensus, shape (items, classes)."""
        if not self.soft:
            return None
        return self._belief(to_choices(table, names=self.names), prior=prior)

    def _belief(self, choices: Choices, *, prior: Floats | None) -> Floats:
        belief = posterior(choices, people=self.people, prior=prior, temper=self.temper)
        for people in self.finer:
            belief += posterior(choices, people=people, prior=prior, temper=self.temper)
        return belief / (1 + len(self.finer)) if self.finer else belief

    def skill(self) -> Floats:
        """Return each person's expected rate of right answers (or 1 - loss), shape (people,)."""
        gain = np.eye(len(self.names)) if self.loss is None else 1.0 - self.loss
        rates: Floats = np.einsum("pkl,kl,k->p", self.people.rows, gain, self.people.shares)
        return np.clip(rates, 0.0, 1.0)

    def rows_of_people(self) -> Floats:
        """Return P(answer | label) per person, shape (people, labels, labels)."""
        return self.people.rows

    def grown(self, people: int) -> "ChoiceModel":
        """Return the same model with room for more people, who start as the pooled person."""
        first, *finer = (
            replace(one, rows=grow(one.rows, people, newcomer=one.pool)) for one in (self.people, *self.finer)
        )
        return replace(self, people=first, finer=tuple(finer))

    def to_bytes(self) -> bytes:
        """Return the model as a NumPy archive without pickled objects."""
        arrays = {"temper": np.array(self.temper), "finer": np.array(float(len(self.finer)))}
        for number, one in enumerate((self.people, *self.finer)):
            arrays |= dict(zip(_array_names(number), (one.rows, one.pool, one.shares), strict=True))
        return pack(arrays)


def fit_choices(
    table: AnswerTable,
    *,
    schema: LabelSchema,
    known: Sequence[str | None],
    prior: Floats | None = None,
    settings: Settings = DEFAULTS,
) -> ChoiceModel:
    """Learn people from all answers.

    Args:
        table: the answers.
        schema: the project's labels.
        known: length items, the known label of a control item, None elsewhere.
        prior: shape (items, classes), a model's class probabilities; NaN rows where it says nothing.
        settings: shrinkage and stopping.

    Raises:
        InvalidLabel: if an answer or a known label is none of the project's.
    """
    names = schema.names
    choices = to_choices(table, names=names)
    positions = {name: position for position, name in enumerate(names)}
    clamped = np.full(table.items, -1, dtype=np.int64)
    for item, label in enumerate(known):
        if label is not None:
            clamped[item] = _position(label, positions)
    people = fit_people(choices, known=clamped, prior=prior, settings=settings)
    finer = fit_kinds(choices, known=clamped, prior=prior, settings=settings)
    return ChoiceModel(names=names, people=people, temper=settings.temper, finer=finer)


def load_choices(data: bytes, *, schema: LabelSchema) -> ChoiceModel:
    """Read back what `ChoiceModel.to_bytes` wrote.

    Raises:
        DamagedModel: if the bytes are no such archive, or belong to another number of labels.
    """
    classes = len(schema.names)
    fits = f"the project's {classes} labels"
    further = int(unpack(data, shapes={"finer": ()}, fits=fits)["finer"])
    if further not in (0, len(SHRINKS)):
        raise DamagedModel(reason=f"it does not fit {fits}")
    shapes: dict[str, tuple[int | None, ...]] = {"temper": ()}
    for number in range(1 + further):
        finest = classes * (KINDS if number else 1)
        rows, pool, shares = _array_names(number)
        shapes |= {rows: (None, finest, classes), pool: (finest, classes), shares: (finest,)}
    found = unpack(data, shapes=shapes, fits=fits)
    people, *finer = (
        People(*(found[name] for name in _array_names(number))) for number in range(1 + further)
    )
    return ChoiceModel(names=schema.names, people=people, temper=float(found["temper"]), finer=tuple(finer))


def _array_names(number: int) -> tuple[str, str, str]:
    """Return what rows, pool and shares of a model of people are called in storage."""
    return f"rows{number}", f"pool{number}", f"shares{number}"


def to_choices(table: AnswerTable, *, names: tuple[str, ...]) -> Choices:
    """Turn answers as text into numbers; raises `InvalidLabel` for one that is none of the names."""
    positions = {name: position for position, name in enumerate(names)}
    try:
        label = np.fromiter((positions[value] for value in table.value), np.int64, len(table.value))
    except KeyError as error:
        raise InvalidLabel(label=str(error.args[0]), reason=f"known are {', '.join(names)}") from error
    return Choices(
        item=table.item,
        person=table.person,
        label=label,
        items=table.items,
        people=table.people,
        classes=len(names),
    )


def consensus_of(
    belief: Floats,
    *,
    choices: Choices,
    names: tuple[str, ...],
    prior: Floats | None,
    models: frozenset[int] = frozenset(),
    loss: Floats | None = None,
) -> Consensus:
    """Return the label with the least expected loss per item, its expected 1 - loss, agreement and count.

    Args:
        belief: shape (items, labels), the probability of each label.
        choices: the answers.
        names: the labels as text.
        prior: what a model said: where it spoke, an item without answers has a consensus too.
        models: who of the "people" are models and are not counted.
        loss: shape (labels, labels); None: 1 unless equal, so that the most probable label is best.
    """
    gain = np.eye(len(names)) if loss is None else 1.0 - loss
    expected = belief if loss is None else belief @ gain
    # Rounding first makes equals equal, so that a tie goes to the earlier label and not to float noise.
    best: Ints = np.round(expected, 12).argmax(axis=1)
    silent = (np.bincount(choices.item, minlength=choices.items) == 0) & ~model_speaks(prior, choices.items)
    item, label = choices.item, choices.label
    if models:
        people = ~np.isin(choices.person, sorted(models))
        item, label = item[people], label[people]
    count = np.bincount(item, minlength=choices.items)
    alike = label == best[item] if loss is None else gain[label, best[item]]
    agreeing = np.bincount(item, weights=alike, minlength=choices.items)
    right = np.where(silent, 0.0, expected[np.arange(choices.items), best])
    return Consensus(
        value=["" if quiet else names[k] for k, quiet in zip(best.tolist(), silent.tolist(), strict=True)],
        right=right,
        agreement=agreeing / np.maximum(count, 1),
        count=count,
    )


def model_speaks(prior: Floats | None, items: int) -> NDArray[np.bool_]:
    """Return for which items a prior says something, shape (items,)."""
    if prior is None:
        return np.zeros(items, dtype=np.bool_)
    speaks: NDArray[np.bool_] = np.isnan(prior).sum(axis=1) == 0
    return speaks


def _position(label: str, positions: dict[str, int]) -> int:
    if label not in positions:
        raise InvalidLabel(label=label, reason=f"known are {', '.join(positions)}")
    return positions[label]
