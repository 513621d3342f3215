"""Consolidation of texts that people wrote down: what they heard or read.

1. The answer nearest to all others of its item (the medoid of edit distance) is the first skeleton. All answers
   are aligned to it: slots, each with one word of every answer, or none (`word_votes.py`, `word_alignment.py`).
2. EM learns how often each answer, and each person, has the right word. A vote of an answer that is right at rate
   a counts log(a (W - 1) / (1 - a)). It also counts for other words of the slot, by exp(-`LIKENESS` d) where d is
   the share of letters that differ. A word that is in no answer to another item is misspelt more often than
   others, and loses a little.
3. The path of words through the slots with the most support is the text. Pairs and triples of words that stand
   side by side in answers have the support of these answers once more, times `TOGETHER` (`word_order.py`).
4. That text is the next skeleton, and 2 and 3 are done once more.

The confidence of a word is its share of exp(support) in its slot, tempered so that votes are as likely as can be
under the other votes of their slot, times the probability that anybody said the right word. After Fiscus 1997 ("A post-processing system to yield reduced word error rates:
ROVER"), with the rates of Dawid and Skene 1979.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.consolidation.consolidation_outcome import Outcome
from assay.core.consolidation.methods.weighted_votes import voice
from assay.core.consolidation.methods.word_errors import edits, spelling_distance, words
from assay.core.consolidation.methods.word_order import best_path, neighbours
from assay.core.consolidation.methods.word_votes import Spoken, Votes, medoids, read_spoken, votes_of
from assay.core.geometry.shape_overlap import ragged_pairs
from assay.core.ports.answers import AnswerTable, Consensus, Floats, Ints

WAYS: Final = 6
"""W: from so many words somebody who mishears would choose."""

LIKENESS: Final = 5.0
"""How fast a vote for a word counts less for one that is spelt otherwise."""

UNHEARD: Final = 0.5
"""What a word loses that is in no answer to another item, where all other words are."""

TOGETHER: Final = (0.4, 0.4)
"""The weight of pairs and of triples of words."""

EXPECTED: Final = (0.8, 50.0)
"""The rate of right words expected of everybody together, and the pseudo-words that draw to it."""

PERSON: Final = 15.0
"""Pseudo-words that draw a person to everybody."""

ANSWER: Final = 10.0
"""Pseudo-words that draw an answer to its person."""

PASSES, ROUNDS = 2, 6

TEMPERS: Final = (1.0, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
_SLOTS: Final = 50_000


def consolidate_texts(table: AnswerTable, *, known: Sequence[str | None] | None = None) -> Outcome:
    """Return the text of each item, its expected 1 - `text_loss`, and the confidence of each word (`parts`).

    Skills are people's rates of right words. A person may answer an item more than once.

    Args:
        table: the answers, plain text.
        known: length items, the known text of a control item or None: it teaches how good people are.
    """
    spoken = read_spoken(table)
    told = _told(spoken, known=known or [None] * table.items)
    skeletons = medoids(spoken)
    for _ in range(PASSES):
        votes = votes_of(spoken, skeletons=skeletons)
        learnt = _learn(votes, spoken=spoken, table=table, told=told)
        chosen = _choose(votes, learnt=learnt, spoken=spoken)
        skeletons = _texts(votes, chosen, items=table.items)
    return Outcome(_consensus(votes, chosen, learnt=learnt, spoken=spoken, table=table), learnt.person)


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What is believed.

    Attributes:
        rate: shape (answers,), the rate of right words of each answer.
        person: shape (people,).
        support: shape (candidates,).
        share: shape (candidates,), the tempered probability in its slot.
    """

    rate: Floats
    person: Floats
    support: Floats
    share: Floats


def _told(spoken: Spoken, *, known: Sequence[str | None]) -> Floats:
    """Return right words and words of each answer to a control item, shape (answers, 2), NaN for others."""
    told = np.full((len(spoken.said), 2), np.nan)
    for item, text in enumerate(known):
        if text is not None:
            true = words(text)
            for answer in range(spoken.start[item], spoken.start[item + 1]):
                said = [spoken.vocabulary[word] for word in spoken.said[answer].tolist()]
                longer = max(len(said), len(true))
                told[answer] = longer - edits(said, true), longer
    return told


def _learn(votes: Votes, *, spoken: Spoken, table: AnswerTable, told: Floats) -> _Learnt:
    by, answers = table.person[spoken.row], len(spoken.said)
    one, two = votes.pairs()
    like = np.exp(-LIKENESS * _distance(votes.word[one], votes.word[two], vocabulary=spoken.vocabulary))
    loses = _unheard(votes, spoken=spoken)
    many = np.where(np.isnan(told[:, 1]), np.bincount(votes.answer, minlength=answers), told[:, 1])
    taught = np.where(np.isnan(told), 0.0, told)
    # Control items come first: what two who err alike believe together is not to be learnt before them.
    person = _drawn(by, taught, pool=EXPECTED[0], people=table.people)
    rate, support = person[by], np.zeros(len(votes.slot))
    for _ in range(ROUNDS):
        own = votes.total(voice(rate, ways=WAYS)[votes.answer])
        near = np.bincount(one, weights=like * own[two], minlength=len(own))
        support = np.round(own + near - loses, 9)
        believed = _said(support, votes.slot) * _shares(support, votes.slot)
        right = np.bincount(votes.answer, weights=believed[votes.candidate], minlength=answers)
        right = np.where(np.isnan(told[:, 0]), right, told[:, 0])
        pool = (right.sum() + EXPECTED[0] * EXPECTED[1]) / (many.sum() + EXPECTED[1])
        person = _drawn(by, np.stack([right, many], axis=1), pool=pool, people=table.people)
        rate = (right + ANSWER * person[by]) / (many + ANSWER)
    temper = _temper(votes, support, rate=rate, like=(one, two, like))
    share = _said(support, votes.slot) * _shares(temper * support, votes.slot)
    return _Learnt(rate, person, support, share)


def _drawn(by: Ints, words: Floats, *, pool: float, people: int) -> Floats:
    """Return people's rates from right words and words of each answer, shape (answers, 2), drawn to the pooled one."""
    right, many = (np.bincount(by, weights=column, minlength=people) for column in words.T)
    rate: Floats = (right + PERSON * pool) / (many + PERSON)
    return rate


def _distance(one: Ints, two: Ints, *, vocabulary: Sequence[str]) -> Floats:
    """Return the distance of letters of pairs of words, each pair looked up once."""
    size = len(vocabulary)
    pair, back = np.unique(np.minimum(one, two) * size + np.maximum(one, two), return_inverse=True)
    return spelling_distance(vocabulary, pair // size, pair % size)[back]


def _unheard(votes: Votes, *, spoken: Spoken) -> Floats:
    """Return what each candidate loses, shape (candidates,)."""
    size = len(spoken.vocabulary)
    said = np.concatenate([np.zeros(0, dtype=np.int64), *spoken.said])
    of = np.repeat(spoken.item, [len(one) for one in spoken.said])
    items = np.bincount(np.unique(of * size + said) % size, minlength=size)
    # Where hardly any word is heard twice, that one is not says nothing.
    usual = float((items[said] > 1).mean()) if len(said) else 0.0
    return np.where((votes.word > 0) & (items[votes.word] < 2), UNHEARD * usual, 0.0)


def _shares(support: Floats, slot: Ints) -> Floats:
    """Return exp(support) as shares of each slot."""
    slots = int(slot.max(initial=-1)) + 1
    top = np.full(slots, -np.inf)
    np.maximum.at(top, slot, support)
    power = np.exp(support - top[slot])
    shares: Floats = power / np.bincount(slot, weights=power, minlength=slots)[slot]
    return shares


def _said(support: Floats, slot: Ints) -> Floats:
    """Return the probability that somebody said the right word of a candidate's slot, shape (candidates,).

    The words that nobody said, W less those of the slot, have no support: exp(0) each.
    """
    many = np.bincount(slot)
    power = np.bincount(slot, weights=np.exp(np.minimum(support, 500.0)))
    said: Floats = (power / (power + np.maximum(WAYS - many, 0)))[slot]
    return said


def _temper(votes: Votes, support: Floats, *, rate: Floats, like: tuple[Ints, Ints, Floats]) -> float:
    """Return the temper under which votes are most likely, given the others of their slot.

    P(vote x | others) = P(x) a + (1 - P(x)) (1 - a) / (W - 1), with P the tempered shares of the others' support.
    """
    asked = np.flatnonzero(votes.slot[votes.candidate] % max(1, len(votes.item) // _SLOTS) == 0)
    if not len(asked):
        return TEMPERS[0]
    first = np.searchsorted(votes.slot, votes.slot, side="left")
    last = np.searchsorted(votes.slot, votes.slot, side="right")
    mine = votes.candidate[asked]
    vote, other = ragged_pairs(first[mine], last[mine])
    # Where the pair of each candidate and each other one of its slot stands in `like`.
    one, two, shares = like
    table = np.concatenate([shares, np.ones(len(votes.slot))])
    key = np.concatenate([one, np.arange(len(votes.slot))]) * len(votes.slot)
    key += np.concatenate([two, np.arange(len(votes.slot))])
    order = np.argsort(key)
    at = order[np.searchsorted(key[order], other * len(votes.slot) + mine[vote])]
    weight = voice(rate, ways=WAYS)[votes.answer[asked]]
    left = support[other] - weight[vote] * table[at]
    own = other == mine[vote]
    a = np.clip(rate[votes.answer[asked]], 0.02, 0.995)
    likely = []
    for temper in TEMPERS:
        believed = _shares(temper * left, vote)[own]
        likely.append(float(np.log(believed * a + (1.0 - believed) * (1.0 - a) / (WAYS - 1)).sum()))
    return TEMPERS[int(np.argmax(np.round(likely, 6)))]


def _choose(votes: Votes, *, learnt: _Learnt, spoken: Spoken) -> Ints:
    """Return the chosen candidate of each slot, shape (slots,)."""
    vote = voice(learnt.rate, ways=WAYS).tolist()
    start = np.searchsorted(votes.slot, np.arange(len(votes.item) + 1)).tolist()
    first = np.searchsorted(votes.item, np.arange(len(spoken.start))).tolist()
    candidates = list(zip(votes.word.tolist(), learnt.support.tolist(), strict=True))
    chosen: list[int] = []
    for item in range(len(spoken.start) - 1):
        answers = range(spoken.start[item], spoken.start[item + 1])
        twos, threes = neighbours([(spoken.said[a].tolist(), vote[a]) for a in answers], weight=TOGETHER)
        begins = start[first[item] : first[item + 1]]
        slots = [candidates[start[s] : start[s + 1]] for s in range(first[item], first[item + 1])]
        path = best_path(slots, twos=twos, threes=threes)
        chosen += [begin + place for begin, place in zip(begins, path, strict=True)]
    return np.array(chosen, dtype=np.int64)


def _texts(votes: Votes, chosen: Ints, *, items: int) -> list[Ints]:
    word = votes.word[chosen]
    said = word > 0
    ends = np.searchsorted(votes.item[said], np.arange(items + 1))
    return [word[said][a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def _consensus(
    votes: Votes, chosen: Ints, *, learnt: _Learnt, spoken: Spoken, table: AnswerTable
) -> Consensus:
    items, answers = table.items, len(spoken.said)
    said = votes.word[chosen] > 0
    length = np.bincount(votes.item, weights=said, minlength=items)
    doubt = np.bincount(votes.item, weights=1.0 - learnt.share[chosen], minlength=items)
    other = votes.candidate != chosen[votes.slot[votes.candidate]]
    errors = np.bincount(votes.answer, weights=other, minlength=answers)
    alike = np.clip(1.0 - errors / np.maximum(length[spoken.item], 1.0), 0.0, 1.0)
    people = ~np.isin(table.person[spoken.row], sorted(table.models))
    count = np.bincount(spoken.item[people], minlength=items)
    agreement = np.bincount(spoken.item[people], weights=alike[people], minlength=items)
    value, parts = _written(votes, chosen[said], learnt=learnt, spoken=spoken)
    answered = np.diff(spoken.start) > 0
    return Consensus(
        value=value,
        right=np.where(answered, np.clip(1.0 - doubt / np.maximum(length, 1.0), 0.0, 1.0), 0.0),
        agreement=agreement / np.maximum(count, 1),
        count=count,
        parts=parts,
    )


def _written(
    votes: Votes, chosen: Ints, *, learnt: _Learnt, spoken: Spoken
) -> tuple[list[str], list[tuple[float, ...]]]:
    """Return the texts, each word as most of the weight behind it wrote it, and the words' confidences."""
    weight = np.round(voice(learnt.rate, ways=WAYS) + 1e-6, 9).tolist()
    forms: dict[int, dict[str, float]] = {candidate: {} for candidate in chosen.tolist()}
    place = np.zeros(len(spoken.said), dtype=np.int64)
    for answer, candidate in zip(votes.answer.tolist(), votes.candidate.tolist(), strict=True):
        if votes.word[candidate]:
            if candidate in forms:
                form = spoken.written[answer][place[answer]]
                forms[candidate][form] = forms[candidate].get(form, 0.0) + weight[answer]
            place[answer] += 1
    value: list[list[str]] = [[] for _ in range(len(spoken.start) - 1)]
    parts: list[list[float]] = [[] for _ in value]
    for candidate in chosen.tolist():
        item = int(votes.item[votes.slot[candidate]])
        form, _ = min(forms[candidate].items(), key=lambda found: (-round(found[1], 6), found[0]))
        value[item].append(form)
        parts[item].append(float(learnt.share[candidate]))
    return [" ".join(one) for one in value], [tuple(one) for one in parts]
