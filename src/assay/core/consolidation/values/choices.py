"""Consolidation of single-choice answers: a Dawid-Skene model of people behind the `Consolidator` port.

Ties go to the label that stands earlier in the project's schema.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.methods.committee import (
    COIN,
    MODEL,
    PEOPLE,
    USUAL,
    VOTE,
    discounted,
    learn_weights,
    logs_of,
    pooled,
)
from assay.core.consolidation.methods.dawid_skene import (
    DEFAULTS,
    Choices,
    People,
    Settings,
    apart,
    clamp,
    finest,
    fit_people,
    posterior,
    softmax,
    vote_shares,
)
from assay.core.consolidation.methods.kinds_of_items import KINDS, SHRINKS, fit_coin, fit_kinds
from assay.core.consolidation.stored_models import DamagedModel, grow, pack, unpack
from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints

_BLOCK: Final = 65_536


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """People's confusion matrices over the project's labels, and how much their word counts (`committee`).

    Attributes:
        names: the labels in the schema's order.
        people: what was learnt.
        temper: exponent on the evidence.
        loss: shape (labels, labels), the loss of saying the one where the other is right; None: 1 unless equal.
        soft: whether label probabilities are an answer's own (`Rows.ONE`): only then a prior is heard.
        finer: what was learnt with several kinds of items a class, where answers show them; their
            probabilities are averaged with the others.
        coin: people who are right at one rate each.
        weights: of the committee's members.
    """

    names: tuple[str, ...]
    people: People
    temper: float
    coin: People
    loss: Floats | None = None
    soft: bool = True
    finer: tuple[People, ...] = ()
    weights: tuple[float, ...] = USUAL

    def consensus(
        self, table: AnswerTable, *, prior: Floats | None = None, known: Sequence[str | None] | None = None
    ) -> Consensus:
        """Consolidate answers with the people's parameters held fixed: O(answers x classes)."""
        heard = prior if self.soft else None
        places = None if known is None else _places(known, names=self.names)
        found = [
            consensus_of(
                belief,
                choices=choices,
                names=self.names,
                prior=None if heard is None else heard[at],
                models=table.models,
                loss=self.loss,
            )
            for at, choices, belief in self._beliefs(table, prior=heard, known=places)
        ]
        return found[0] if len(found) == 1 else _joined(found)

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats | None:
        """Return the class probabilities that PEOPLE see, shape (items, classes), for a model to learn from.

        They are not discounted as a consensus is: a model wants to be told labels.
        """
        if not self.soft:
            return None
        found = np.empty((table.items, len(self.names)))
        for at, choices in _blocks(to_choices(table, names=self.names)):
            heard = None if prior is None else prior[at]
            seen, shares = _seen(self, choices, prior=heard, known=None)
            if heard is not None:
                says = model_speaks(heard, choices.items)
                seen[says] += logs_of(heard[says]) - shares
            found[at] = softmax(seen)
        return found

    def _beliefs(
        self, table: AnswerTable, *, prior: Floats | None, known: Ints | None
    ) -> Iterator[tuple[slice, Choices, Floats]]:
        """Yield blocks of items, their answers and class probabilities: a million items need no million rows."""
        for at, choices in _blocks(to_choices(table, names=self.names)):
            heard = None if prior is None else prior[at]
            members = _members(self, choices, prior=heard, known=None if known is None else known[at])
            total = pooled(members, weights=self.weights)
            if heard is not None:  # where nobody answered a model's own probabilities stand
                alone = model_speaks(heard, choices.items)
                alone &= np.bincount(choices.item, minlength=choices.items) == 0
                total[alone] = logs_of(heard[alone])
            yield at, choices, softmax(total)

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
        first, coin, *finer = (
            replace(
                one,
                rows=grow(one.rows, people, newcomer=one.pool),
                totals=grow(one.totals, people, newcomer=one.shrink),
            )
            for one in (self.people, self.coin, *self.finer)
        )
        return replace(self, people=first, coin=coin, finer=tuple(finer))

    def to_bytes(self) -> bytes:
        """Return the model as a NumPy archive without pickled objects."""
        arrays = {
            "temper": np.array(self.temper),
            "finer": np.array(float(len(self.finer))),
            "weights": np.array(self.weights),
        }
        for number, one in enumerate((self.people, self.coin, *self.finer)):
            parts = (one.rows, one.pool, one.shares, one.totals, np.array(one.shrink))
            arrays |= dict(zip(_array_names(number), parts, strict=True))
        return pack(arrays)


def _blocks(choices: Choices) -> Iterator[tuple[slice, Choices]]:
    """Yield the items in blocks, each with its answers, items counted from 0."""
    if choices.items <= _BLOCK:
        yield slice(0, choices.items), choices
        return
    item, person, label = choices.item, choices.person, choices.label
    if (np.diff(item) < 0).any():
        order = np.argsort(item, kind="stable")
        item, person, label = item[order], person[order], label[order]
    for start in range(0, choices.items, _BLOCK):
        stop = min(start + _BLOCK, choices.items)
        rows = slice(*np.searchsorted(item, [start, stop]).tolist())
        yield (
            slice(start, stop),
            replace(
                choices, item=item[rows] - start, person=person[rows], label=label[rows], items=stop - start
            ),
        )


def _joined(found: Sequence[Consensus]) -> Consensus:
    return Consensus(
        value=[label for one in found for label in one.value],
        right=np.concatenate([one.right for one in found]),
        agreement=np.concatenate([one.agreement for one in found]),
        count=np.concatenate([one.count for one in found]),
    )


def _members(model: ChoiceModel, choices: Choices, *, prior: Floats | None, known: Ints | None) -> Floats:
    """Return the members' log probabilities, shape (members, items, classes)."""
    count = np.bincount(choices.item, minlength=choices.items)
    members = np.zeros((len(model.weights), choices.items, len(model.names)))
    seen, shares = _seen(model, choices, prior=prior, known=known)
    if prior is not None:
        says = model_speaks(prior, choices.items)
        seen[says] -= shares
        members[MODEL, says] = logs_of(prior[says])
    members[PEOPLE] = discounted(seen, count=count)
    members[VOTE] = logs_of(vote_shares(choices, prior=None))
    if model.weights[COIN]:
        coin = posterior(choices, people=model.coin, prior=None, temper=model.temper)
        members[COIN] = discounted(logs_of(coin), count=count)
    return members


def _seen(
    model: ChoiceModel, choices: Choices, *, prior: Floats | None, known: Ints | None
) -> tuple[Floats, Floats]:
    """Return PEOPLE's log probabilities, not yet discounted, shape (items, classes), and the class shares in them.

    Every item is looked at by people who have not learnt from it (`dawid_skene.apart`).
    """
    people, classes = (model.people, *model.finer), len(model.names)
    told = np.full(choices.items, -1, dtype=np.int64) if known is None else known
    seen, shares = np.zeros((choices.items, classes)), np.zeros(classes)
    for one in people:
        kinds = len(one.shares) // classes
        belief = finest(choices, people=one, prior=prior, temper=model.temper)
        belief = clamp(belief, known=told, kinds=kinds)
        seen += apart(choices, people=one, belief=belief, temper=model.temper)
        shares += one.shares.reshape(classes, kinds).sum(axis=1)
    return logs_of(seen / len(people)), logs_of(shares / len(people))


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
    clamped = _places(known, names=names)
    model = ChoiceModel(
        names=names,
        people=fit_people(choices, known=clamped, prior=prior, settings=settings),
        temper=settings.temper,
        coin=fit_coin(choices, known=clamped, prior=prior, settings=settings),
        finer=fit_kinds(choices, known=clamped, prior=prior, settings=settings),
        weights=(1.0,) * len(USUAL),
    )
    answered = np.bincount(choices.item, minlength=choices.items) > 0
    taught = np.flatnonzero((clamped >= 0) & answered)
    if not len(taught):
        return replace(model, weights=USUAL)
    place = np.full(choices.items, -1, dtype=np.int64)
    place[taught] = np.arange(len(taught))
    kept = _answers_to(choices, place=place, items=len(taught))
    heard = None if prior is None else prior[taught]
    members = _members(model, kept, prior=heard, known=clamped[taught])
    return replace(model, weights=learn_weights(members, truth=clamped[taught]))


def _answers_to(choices: Choices, *, place: Ints, items: int) -> Choices:
    """Return the answers to the items that have a place, counted anew."""
    keep = place[choices.item] >= 0
    return replace(
        choices,
        item=place[choices.item[keep]],
        person=choices.person[keep],
        label=choices.label[keep],
        items=items,
    )


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
    shapes: dict[str, tuple[int | None, ...]] = {"temper": (), "weights": (len(USUAL),)}
    for number in range(2 + further):
        finest_classes = classes * (KINDS if number > 1 else 1)
        rows, pool, shares, totals, shrink = _array_names(number)
        shapes |= {
            rows: (None, finest_classes, classes),
            pool: (finest_classes, classes),
            shares: (finest_classes,),
            totals: (None, finest_classes),
            shrink: (),
        }
    found = unpack(data, shapes=shapes, fits=fits)
    people, coin, *finer = (_people_from(found, number) for number in range(2 + further))
    return ChoiceModel(
        names=schema.names,
        people=people,
        temper=float(found["temper"]),
        coin=coin,
        finer=tuple(finer),
        weights=tuple(found["weights"].tolist()),
    )


def _people_from(found: Mapping[str, Floats], number: int) -> People:
    rows, pool, shares, totals, shrink = (found[name] for name in _array_names(number))
    return People(rows, pool, shares, totals, float(shrink))


def _array_names(number: int) -> tuple[str, ...]:
    """Return what the parts of a model of people are called in storage."""
    return tuple(f"{part}{number}" for part in ("rows", "pool", "shares", "totals", "shrink"))


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


def _places(known: Sequence[str | None], *, names: tuple[str, ...]) -> Ints:
    """Return the position of every known label, -1 where there is none; shape (items,)."""
    positions = {name: position for position, name in enumerate(names)}
    found = np.full(len(known), -1, dtype=np.int64)
    for item, label in enumerate(known):
        if label is not None:
            if label not in positions:
                raise InvalidLabel(label=label, reason=f"known are {', '.join(names)}")
            found[item] = positions[label]
    return found
