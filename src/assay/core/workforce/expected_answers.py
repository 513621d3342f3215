"""How probable each answer was, given what everybody else said about its item.

Two questions about people are asked of the same numbers: do somebody's answers follow the items or their own habit
(`careless_habits.py`), and do two people agree more than the items explain (`copied_or_one_person_twice.py`). Both need the probability with which
an ordinary person would have given an answer, given all other answers to the item. Real items differ: on hard ones
honest people say the same wrong thing. So it has two parts,

    q_i(l) = (n_il + s * sum_k T_ik pool_kl) / (n_i + s),

the item's own other answers n_il (whatever people are drawn to here counts as usual), and what the crowd's confusion
matrix says given the belief T_ik of the others (Dawid and Skene 1979, here without the answer itself). This is the
Dirichlet-multinomial prediction; s is the value under which the crowd's own answers are most probable. A person's own
confusion rows tilt it: q_pi(l) is proportional to q_i(l) * sum_k T_ik theta_pkl / pool_kl, as in the generalized
binomial test for copied exam answers (van der Linden and Sotaridona, J. Educ. Behav. Stat. 2006), where a response
model plays this part.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assay.core.consolidation.methods.dawid_skene import DEFAULTS, Choices, fit_people
from assay.core.ports.answers import AnswerTable, Floats, Ints

CLOSED: Final = 64
"""Up to so many different answers they are taken as labels; beyond, as whatever people may draw or write."""
STRENGTHS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 1e6)
ROUNDS: Final = 2
"""EM stops early: run on, it takes what two people share for skill, and what they both say for the truth."""
_CHUNK: Final = 100_000
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Foretold:
    """What everybody else's answers say of each answer, all of shape (answers,).

    Attributes:
        coded: the answers in columns of numbers; labels are positions among the different answers.
        ordinary: the probability with which an ordinary person would have given it.
        own: the same with the person's own confusion rows.
        hit: the others' belief that it is right.
        usual: what that belief is on average for this person's answers to such an item.
        against: whether another answer was more probable for an ordinary person.
        others: how many other answers the item has.
        closed: whether answers are labels, or drawn and written freely.
    """

    coded: Choices
    ordinary: Floats
    own: Floats
    hit: Floats
    usual: Floats
    against: Ints
    others: Ints
    closed: bool


def foretell(table: AnswerTable, *, known: Ints | None = None) -> Foretold:
    """Return how probable each answer of a table was, given the others.

    Args:
        table: people's answers; proposals of models are left out by the caller.
        known: shape (items,), the position of an answer that is known to be right among `different(table)`,
            -1 elsewhere; None: nothing is known.
    """
    names = different(table)
    place = {name: position for position, name in enumerate(names)}
    label = np.fromiter((place[value] for value in table.value), np.int64, len(table.value))
    coded = Choices(table.item, table.person, label, table.items, table.people, max(len(names), 1))
    nothing = np.full(table.items, -1, dtype=np.int64)
    if len(label) == 0 or len(names) > CLOSED:
        return _foretell_open(coded)
    return _foretell_closed(coded, known=nothing if known is None else known)


def different(table: AnswerTable) -> list[str]:
    """Return the different answers of a table in a fixed order."""
    return sorted(set(table.value))


def votes_of(coded: Choices) -> Floats:
    """Return how often each item got each label, shape (items, labels)."""
    cell = coded.item * coded.classes + coded.label
    found = np.bincount(cell, minlength=coded.items * coded.classes).astype(np.float64)
    return found.reshape(coded.items, coded.classes)


def _foretell_closed(coded: Choices, *, known: Ints) -> Foretold:
    people = fit_people(coded, known=known, prior=None, settings=replace(DEFAULTS, iterations=ROUNDS))
    logs = DEFAULTS.temper * np.log(people.rows + _LEAST)
    # What each item's answers say together, from which every answer takes itself out again.
    total = np.tile(np.log(people.shares + _LEAST), (coded.items, 1))
    for k in range(coded.classes):
        own = logs[coded.person, k, coded.label]
        total[:, k] += np.bincount(coded.item, weights=own, minlength=coded.items)
    votes, tilt = votes_of(coded), people.rows / people.pool
    count = len(coded.item)
    others = np.bincount(coded.item, minlength=coded.items)[coded.item] - 1

    def of_others(part: slice) -> tuple[Floats, Floats]:
        """Return the others' votes and belief for some answers, shape (answers, labels) both."""
        item, person, label = coded.item[part], coded.person[part], coded.label[part]
        rest = total[item] - logs[person, :, label]
        belief = np.exp(rest - rest.max(axis=1, keepdims=True))
        belief /= belief.sum(axis=1, keepdims=True)
        sure = known[item] >= 0
        belief[sure] = np.eye(coded.classes)[known[item[sure]]]
        left = votes[item]
        left[np.arange(len(item)), label] -= 1.0
        return left, belief

    first = slice(0, min(count, _CHUNK))
    left, belief = of_others(first)
    place = np.arange(len(left)), coded.label[first]
    strength = _strength(left[place], (belief @ people.pool)[place], others[first])

    ordinary, own_way, hit, usual = (np.empty(count) for _ in range(4))
    against = np.empty(count, dtype=np.int64)
    for start in range(0, count, _CHUNK):
        part = slice(start, min(start + _CHUNK, count))
        left, belief = of_others(part)
        label = coded.label[part]
        row = np.arange(len(label))
        q = (left + strength * (belief @ people.pool)) / (others[part] + strength)[:, None]
        mine = q * np.einsum("nk,nkl->nl", belief, tilt[coded.person[part]])
        mine /= np.maximum(mine.sum(axis=1, keepdims=True), _LEAST)
        ordinary[part], own_way[part], hit[part] = q[row, label], mine[row, label], belief[row, label]
        usual[part] = (mine * belief).sum(axis=1)
        against[part] = q.argmax(axis=1) != label
    return Foretold(
        coded=coded,
        ordinary=np.clip(ordinary, _LEAST, 1.0),
        own=np.clip(own_way, _LEAST, 1.0),
        hit=hit,
        usual=usual,
        against=against,
        others=others,
        closed=True,
    )


def _foretell_open(coded: Choices) -> Foretold:
    """Foretell answers that are drawn or written: the very same one comes from the item's others, or from anywhere."""
    count = len(coded.item)
    cell = coded.item * coded.classes + coded.label
    _, place, times = np.unique(cell, return_inverse=True, return_counts=True)
    said = times[place].astype(np.float64) - 1.0
    others = np.bincount(coded.item, minlength=coded.items)[coded.item] - 1
    anywhere = np.bincount(coded.label, minlength=coded.classes)[coded.label]
    base = anywhere / max(count, 1)
    strength = _strength(said, base, others)
    q = np.clip((said + strength * base) / (others + strength), _LEAST, 1.0)
    shared = said / np.maximum(others, 1)
    return Foretold(
        coded=coded,
        ordinary=q,
        own=q,
        hit=shared,
        usual=shared,
        against=(said == 0).astype(np.int64),
        others=others,
        closed=False,
    )


def _strength(said: Floats, base: Floats, others: Ints) -> float:
    """Return the s under which the answers are most probable."""
    if len(said) == 0:
        return STRENGTHS[-1]
    fits = [float(np.log(np.maximum((said + s * base) / (others + s), _LEAST)).mean()) for s in STRENGTHS]
    return STRENGTHS[int(np.argmax(fits))]
