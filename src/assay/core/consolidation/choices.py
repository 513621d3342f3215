"""Consolidation of single-choice answers: a Dawid-Skene model of people behind the `Consolidator` port.

Ties go to the label that stands earlier in the project's schema.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.dawid_skene import DEFAULTS, Choices, People, fit_people, posterior
from assay.core.errors import AssayError, InvalidLabel
from assay.core.labels import LabelSchema
from assay.core.ports import AnswerTable, Consensus, Floats, Ints


@dataclass(eq=False, kw_only=True)
class DamagedModel(AssayError):
    """The stored model of people cannot be read: {reason}."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """People's confusion matrices over the project's labels.

    Attributes:
        names: the labels in the schema's order.
        people: what was learnt.
        temper: exponent on the evidence.
    """

    names: tuple[str, ...]
    people: People
    temper: float

    def consensus(self, table: AnswerTable, *, prior: Floats | None = None) -> Consensus:
        """Consolidate answers with the people's parameters held fixed: O(answers x classes)."""
        choices = to_choices(table, names=self.names)
        belief = posterior(choices, people=self.people, prior=prior, temper=self.temper)
        return consensus_of(belief, choices=choices, names=self.names, prior=prior)

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats:
        """Return the class probabilities behind the consensus, shape (items, classes)."""
        choices = to_choices(table, names=self.names)
        return posterior(choices, people=self.people, prior=prior, temper=self.temper)

    def skill(self) -> Floats:
        """Return each person's expected rate of right answers, shape (people,)."""
        diagonal = np.diagonal(self.people.rows, axis1=1, axis2=2)
        rates: Floats = diagonal @ self.people.shares
        return rates

    def grown(self, people: int) -> "ChoiceModel":
        """Return the same model with room for more people, who start as the pooled person."""
        more = max(0, people - len(self.people.rows))
        newcomers = np.repeat(self.people.pool[None], more, axis=0)
        return replace(self, people=replace(self.people, rows=np.concatenate([self.people.rows, newcomers])))

    def to_bytes(self) -> bytes:
        """Return the model as a NumPy archive without pickled objects."""
        out = io.BytesIO()
        np.savez(
            out,
            rows=self.people.rows,
            pool=self.people.pool,
            shares=self.people.shares,
            temper=np.array(self.temper),
        )
        return out.getvalue()


def fit_choices(
    table: AnswerTable,
    *,
    schema: LabelSchema,
    known: Sequence[str | None],
    prior: Floats | None = None,
) -> ChoiceModel:
    """Learn people from all answers.

    Args:
        table: the answers.
        schema: the project's labels.
        known: length items, the known label of a control item, None elsewhere.
        prior: shape (items, classes), a model's class probabilities; NaN rows where it says nothing.

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
    people = fit_people(choices, known=clamped, prior=prior)
    return ChoiceModel(names=names, people=people, temper=DEFAULTS.temper)


def load_choices(data: bytes, *, schema: LabelSchema) -> ChoiceModel:
    """Read back what `ChoiceModel.to_bytes` wrote.

    Raises:
        DamagedModel: if the bytes are no such archive, or belong to another number of labels.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            rows, pool, shares = archive["rows"], archive["pool"], archive["shares"]
            temper = float(archive["temper"])
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DamagedModel(reason=str(error)) from error
    classes = len(schema.names)
    if rows.shape[1:] != (classes, classes) or pool.shape != (classes, classes) or shares.shape != (classes,):
        raise DamagedModel(reason=f"it does not fit the project's {classes} labels")
    return ChoiceModel(names=schema.names, people=People(rows=rows, pool=pool, shares=shares), temper=temper)


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
    belief: Floats, *, choices: Choices, names: tuple[str, ...], prior: Floats | None
) -> Consensus:
    """Return the most probable label per item with its probability, agreement and number of answers."""
    # Rounding first makes equals equal, so that a tie goes to the earlier label and not to float noise.
    best: Ints = np.round(belief, 12).argmax(axis=1)
    count = np.bincount(choices.item, minlength=choices.items)
    agreeing = np.bincount(choices.item, weights=choices.label == best[choices.item], minlength=choices.items)
    silent = (count == 0) & ~_model_speaks(prior, choices.items)
    right = np.where(silent, 0.0, belief[np.arange(choices.items), best])
    return Consensus(
        value=["" if quiet else names[k] for k, quiet in zip(best.tolist(), silent.tolist(), strict=True)],
        right=right,
        agreement=agreeing / np.maximum(count, 1),
        count=count,
    )


def _model_speaks(prior: Floats | None, items: int) -> NDArray[np.bool_]:
    if prior is None:
        return np.zeros(items, dtype=np.bool_)
    speaks: NDArray[np.bool_] = np.isnan(prior).sum(axis=1) == 0
    return speaks


def _position(label: str, positions: dict[str, int]) -> int:
    if label not in positions:
        raise InvalidLabel(label=label, reason=f"known are {', '.join(positions)}")
    return positions[label]
