"""Consolidation of label sets: for each label a two-class Dawid-Skene model, then the best set.

Each label is right or not by itself. People with few answers lend their habits from label to label: a
person's rates on a label are drawn to what everybody does on that label, shifted in log-odds by how this
person differs from everybody over all labels. The consensus is the set with the least expected loss
1 - Jaccard. With independent labels, T the true set, A the chosen one of size k, and Y the number of true
labels outside A (a Poisson-binomial count):

    E[Jaccard(A, T)] = (sum of p over A) E[1 / (k + Y)],      and P(T is empty) for the empty set

For any k the k most probable labels are best, so the best set is found exactly by trying every k.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.methods.dawid_skene import (
    DEFAULTS,
    Choices,
    People,
    clamp,
    posterior,
    vote_shares,
)
from assay.core.consolidation.methods.skill_shrinkage import drawn_together
from assay.core.consolidation.stored_models import grow, pack, unpack
from assay.core.consolidation.values.choices import model_speaks
from assay.core.ids import canonical
from assay.core.labels.label_text import read_label
from assay.core.labels.label_values import Choices as LabelSet
from assay.core.labels.label_values import LabelClass, LabelSchema, label_names
from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints

EXPECTED: Final = np.array([[0.9, 0.1], [0.2, 0.8]])
"""P(not said, said) where a label is not right and where it is: what is expected of everybody together."""

SKILL: Final = (0.75, 5.0)
"""The expected 1 - loss of a person of whom nothing is known, and the pseudo-answers that draw to it."""

_FOLLOWED: Final = 24
"""So many of the most probable labels are counted exactly; the others enter by their expected number."""


@dataclass(frozen=True, slots=True)
class LabelSetModel:
    """People's rates for each label; implements `Consolidator`.

    Attributes:
        names: the labels in the schema's order.
        rates: shape (people, labels, 2, 2): P(not said, said) where the label is not right, and where it is.
        pool: shape (labels, 2, 2), the same for everybody together.
        shares: shape (labels, 2), how often a label is not right, and is.
        skills: shape (people,), expected 1 - loss.
        pool_skill: the same for everybody together.
    """

    names: tuple[str, ...]
    rates: Floats
    pool: Floats
    shares: Floats
    skills: Floats
    pool_skill: float

    def consensus(
        self,
        table: AnswerTable,
        *,
        prior: Floats | None = None,
        known: Sequence[str | None] | None = None,  # noqa: ARG002 - learnt without known items
    ) -> Consensus:
        """Return the label set with the least expected loss per item: O(answers x labels)."""
        said = read_sets(table, names=self.names)
        belief = self._belief(table, said=said, prior=prior)
        chosen, right = best_sets(belief)
        people = ~np.isin(table.person, sorted(table.models))
        silent = (np.bincount(table.item, minlength=table.items) == 0) & ~model_speaks(prior, table.items)
        count = np.bincount(table.item[people], minlength=table.items)
        alike = _jaccard(said, chosen[table.item])
        total = np.bincount(table.item[people], weights=alike[people], minlength=table.items)
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        value, parts = [""] * table.items, [()] * table.items  # type: list[str], list[tuple[float, ...]]
        for item in np.flatnonzero(~silent).tolist():
            held = [k for k in order if chosen[item, k]]
            value[item] = canonical([self.names[k] for k in held]).decode()
            parts[item] = tuple(belief[item, held].tolist())
        return Consensus(
            value=value,
            right=np.where(silent, 0.0, right),
            agreement=total / np.maximum(count, 1),
            count=count,
            parts=parts,
        )

    def posteriors(self, table: AnswerTable, *, prior: Floats | None = None) -> Floats:
        """Return the probability of each label per item, shape (items, labels)."""
        return self._belief(table, said=read_sets(table, names=self.names), prior=prior)

    def skill(self) -> Floats:
        """Return each person's expected 1 - loss, shape (people,)."""
        return self.skills

    def grown(self, people: int) -> "LabelSetModel":
        """Return the same model with room for more people, who start as the pooled person."""
        return replace(
            self,
            rates=grow(self.rates, people, newcomer=self.pool),
            skills=grow(self.skills, people, newcomer=self.pool_skill),
        )

    def to_bytes(self) -> bytes:
        """Return the model as a NumPy archive without pickled objects."""
        return pack(
            {
                "rates": self.rates,
                "pool": self.pool,
                "shares": self.shares,
                "skills": self.skills,
                "pool_skill": np.array(self.pool_skill),
            }
        )

    def _belief(self, table: AnswerTable, *, said: NDArray[np.bool_], prior: Floats | None) -> Floats:
        belief = np.empty((table.items, len(self.names)))
        for k in range(len(self.names)):
            people = People(rows=self.rates[:, k], pool=self.pool[k], shares=self.shares[k])
            belief[:, k] = posterior(
                _label(table, said[:, k]), people=people, prior=_two(prior, k), temper=DEFAULTS.temper
            )[:, 1]
        return belief


def fit_label_sets(
    table: AnswerTable,
    *,
    schema: LabelSchema,
    known: Sequence[str | None],
    prior: Floats | None = None,
) -> LabelSetModel:
    """Learn people from all answers.

    Args:
        table: the answers.
        schema: the project's labels.
        known: length items, the known label set of a control item, None elsewhere.
        prior: shape (items, labels), a model's probability of each label; NaN rows where it says nothing.

    Raises:
        InvalidLabel: if an answer or a known label holds a label that is none of the project's.
    """
    names = schema.names
    said = read_sets(table, names=names)
    clamped = _known_sets(known, names=names, items=table.items)
    # One answer alone says nothing about its giver: it would be held against itself.
    telling = np.bincount(table.item, minlength=table.items) > 1
    telling |= (clamped >= 0).any(axis=1) | model_speaks(prior, table.items)
    belief = np.empty((table.items, len(names)))
    for k in range(len(names)):
        start = vote_shares(_label(table, said[:, k]), prior=_two(prior, k))
        belief[:, k] = clamp(start, known=clamped[:, k])[:, 1]
    model = _learn(table, said=said, belief=belief, telling=telling, names=names)
    for _ in range(DEFAULTS.iterations):
        fresh = model._belief(table, said=said, prior=prior)  # noqa: SLF001 - one file
        fresh = np.where(clamped >= 0, clamped, fresh)
        moved = float(np.abs(fresh - belief)[telling].mean()) if telling.any() else 0.0
        belief = fresh
        model = _learn(table, said=said, belief=belief, telling=telling, names=names)
        if moved < DEFAULTS.change:
            break
    skills, pool_skill = _skills(table, said=said, belief=belief)
    return replace(model, skills=skills, pool_skill=pool_skill)


def load_label_sets(data: bytes, *, schema: LabelSchema) -> LabelSetModel:
    """Read back what `LabelSetModel.to_bytes` wrote.

    Raises:
        DamagedModel: if the bytes are no such archive, or belong to another number of labels.
    """
    K = len(schema.names)
    shapes = {
        "rates": (None, K, 2, 2),
        "pool": (K, 2, 2),
        "shares": (K, 2),
        "skills": (None,),
        "pool_skill": (),
    }
    found = unpack(data, shapes=shapes, fits=f"the project's {K} labels")
    return LabelSetModel(
        names=schema.names,
        rates=found["rates"],
        pool=found["pool"],
        shares=found["shares"],
        skills=found["skills"],
        pool_skill=float(found["pool_skill"]),
    )


def read_sets(table: AnswerTable, *, names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which labels each answer holds, shape (answers, labels); raises `InvalidLabel`."""
    seen: dict[str, list[int]] = {}
    place = {name: k for k, name in enumerate(names)}
    said = np.zeros((len(table.value), len(names)), dtype=np.bool_)
    for row, text in enumerate(table.value):
        if text not in seen:
            seen[text] = _places(text, place=place)
        said[row, seen[text]] = True
    return said


def best_sets(belief: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Return the set with the least expected loss per item, and its expected Jaccard.

    Args:
        belief: shape (items, labels), independent probabilities.

    Returns:
        Shapes (items, labels) and (items,). Of equally good sets the smallest is taken, of equally
        probable labels the one earlier in the schema.
    """
    items, K = belief.shape
    most = min(K, _FOLLOWED)
    order = np.argsort(-np.round(belief, 12), axis=1, kind="stable")
    ranked = np.take_along_axis(belief, order, axis=1)
    gained, beyond = np.cumsum(ranked, axis=1), ranked[:, most:].sum(axis=1, keepdims=True)
    score = np.empty((items, most + 1))
    score[:, 0] = np.prod(1.0 - belief, axis=1)
    count = np.zeros((items, most + 1))  # P(Y = y) over the followed labels ranked after the k-th
    count[:, 0] = 1.0
    for k in range(most, 0, -1):
        score[:, k] = gained[:, k - 1] * (count / (k + np.arange(most + 1) + beyond)).sum(axis=1)
        last = ranked[:, k - 1 : k]
        count[:, 1:] = count[:, 1:] * (1.0 - last) + count[:, :-1] * last
        count[:, :1] *= 1.0 - last
    size = np.round(score, 12).argmax(axis=1)
    chosen = np.zeros((items, K), dtype=np.bool_)
    np.put_along_axis(chosen, order, np.arange(K) < size[:, None], axis=1)
    return chosen, np.clip(score[np.arange(items), size], 0.0, 1.0)


def _learn(
    table: AnswerTable,
    *,
    said: NDArray[np.bool_],
    belief: Floats,
    telling: NDArray[np.bool_],
    names: tuple[str, ...],
) -> LabelSetModel:
    """Return everybody's rates where `belief` holds and answers are telling, drawn together over people and over labels."""
    K = len(names)
    heard = telling[table.item]
    counts = np.empty((table.people, K, 2, 2))
    for k in range(K):
        for true in (0, 1):
            weight = heard * (belief[table.item, k] if true else 1.0 - belief[table.item, k])
            whole = np.bincount(table.person, weights=weight, minlength=table.people)
            yes = np.bincount(table.person, weights=weight * said[:, k], minlength=table.people)
            counts[:, k, true] = np.stack([whole - yes, yes], axis=1)
    every = counts.sum(axis=(0, 1)) + DEFAULTS.pool_answers * EXPECTED
    every /= every.sum(axis=1, keepdims=True)
    pool = counts.sum(axis=0) + DEFAULTS.pool_answers * every
    pool /= pool.sum(axis=2, keepdims=True)
    own = counts.sum(axis=1) + DEFAULTS.shrink * every
    own /= own.sum(axis=2, keepdims=True)
    shifted = pool[None] * (own / every)[:, None]
    shifted /= shifted.sum(axis=3, keepdims=True)
    rates = counts + DEFAULTS.shrink * shifted
    share = (belief[telling].sum(axis=0) + DEFAULTS.flat * 0.5) / (telling.sum() + DEFAULTS.flat)
    return LabelSetModel(
        names=names,
        rates=rates / rates.sum(axis=3, keepdims=True),
        pool=pool,
        shares=np.stack([1.0 - share, share], axis=1),
        skills=np.full(table.people, SKILL[0]),
        pool_skill=SKILL[0],
    )


def _skills(table: AnswerTable, *, said: NDArray[np.bool_], belief: Floats) -> tuple[Floats, float]:
    """Return people's mean expected Jaccard with the truth, drawn to that of everybody together.

    The expectation of a ratio is taken as the ratio of expectations.
    """
    true = belief[table.item]
    both, size = (true * said).sum(axis=1), said.sum(axis=1)
    either = size + (true * ~said).sum(axis=1)
    gain = np.where(size == 0, np.prod(1.0 - true, axis=1), both / np.maximum(either, 1e-12))
    return drawn_together(table, gain=gain, expected=SKILL)


def _label(table: AnswerTable, said: NDArray[np.bool_]) -> Choices:
    """Return the answers to the question whether one label is right: 0 no, 1 yes."""
    return Choices(
        item=table.item,
        person=table.person,
        label=said.astype(np.int64),
        items=table.items,
        people=table.people,
        classes=2,
    )


def _two(prior: Floats | None, k: int) -> Floats | None:
    return None if prior is None else np.stack([1.0 - prior[:, k], prior[:, k]], axis=1)


def _jaccard(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Floats:
    both, either = (a & b).sum(axis=1), (a | b).sum(axis=1)
    alike: Floats = np.where(either == 0, 1.0, both / np.maximum(either, 1))
    return alike


def _known_sets(known: Sequence[str | None], *, names: tuple[str, ...], items: int) -> Ints:
    """Return 1 and 0 where a label set is known, -1 elsewhere; shape (items, labels)."""
    place = {name: k for k, name in enumerate(names)}
    clamped = np.full((items, len(names)), -1, dtype=np.int64)
    for item, text in enumerate(known):
        if text is not None:
            clamped[item] = 0
            clamped[item, _places(text, place=place)] = 1
    return clamped


def _places(text: str, *, place: dict[str, int]) -> list[int]:
    schema = LabelSchema(tuple(LabelClass(name) for name in place))
    return [place[name] for name in label_names(read_label(text, LabelSet, schema=schema))]
