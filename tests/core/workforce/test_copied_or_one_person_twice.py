import numpy as np
import pytest
from bench.quality.simulated_crowds import crowd

from assay.core.consolidation.methods.dawid_skene import Choices
from assay.core.ports.answers import AnswerTable
from assay.core.workforce import copied_or_one_person_twice as module
from assay.core.workforce.copied_or_one_person_twice import ALIKE, COPIED, Copying, Pair, copying
from assay.core.workforce.expected_answers import Foretold, foretell


def foretold(labels, own, *, people=2):
    """Answers of all people to each item, item by item, with their probabilities."""
    labels, own = np.array(labels).ravel(), np.array(own, dtype=float).ravel()
    items = len(labels) // people
    coded = Choices(
        np.repeat(np.arange(items), people),
        np.tile(np.arange(people), items),
        labels,
        items,
        people,
        int(labels.max()) + 1,
    )
    nothing = np.zeros(len(labels))
    return Foretold(coded, own, own, nothing, nothing, (own < 0.5).astype(int), np.full(len(own), 4), True)


def pair(one, other):
    return Pair(one, other, 30, 30, 30, 0, 9.0)


def test_the_evidence_of_a_pair_is_the_mean_over_shares_and_directions():
    labels = [[0, 0]] * 19 + [[0, 1]]
    own = [[0.2, 0.4]] * 20
    expected = []
    for q in (0.2, 0.4):
        e = [((c + (1 - c) * q) / (ALIKE + (1 - ALIKE) * q)) ** 19 * (1 - c) / (1 - ALIKE) for c in COPIED]
        expected.append(np.mean(e))
    (found,) = copying(foretold(labels, own), rate=0.5).pairs
    assert found.evidence == pytest.approx(np.log(np.mean(expected)))
    assert (found.one, found.other, found.common, found.same, found.unexpected, found.apart) == (
        0,
        1,
        20,
        19,
        19,
        2,
    )


def test_expected_answers_alike_say_nothing_and_rare_ones_alike_do():
    good = copying(foretold([[0, 0]] * 200, [[0.995, 0.995]] * 200), rate=0.05)
    same_errors = copying(foretold([[0, 0]] * 40, [[0.05, 0.05]] * 40), rate=0.05)
    assert (len(good.pairs), good.looked_at) == (0, 1)
    assert len(same_errors.pairs) == 1


def test_pairs_with_few_items_in_common_are_not_looked_at():
    assert copying(foretold([[0, 0]] * 19, [[0.01, 0.01]] * 19), rate=0.05).looked_at == 0
    nobody = copying(foretell(crowd(1, items=1, people=1, answers=1, classes=2).table), rate=0.05)
    assert (nobody.pairs, nobody.looked_at) == ((), 0)


def test_groups_are_what_pairs_connect():
    found = Copying([pair(3, 7), pair(1, 2), pair(7, 9), pair(0, 9)], 10)
    assert found.groups() == [(0, 3, 7, 9), (1, 2)]
    assert Copying([], 0).groups() == []


@pytest.mark.parametrize("classes", [2, 4])
def test_who_copies_is_found_in_a_crowd_that_hard_items_draw_to_one_wrong_label(classes):
    one = crowd(3, items=2400, people=20, answers=5, classes=classes, bad=1, copied=0.95)
    found = copying(foretell(one.table), rate=0.05)
    assert found.groups() == [(0, 19)]
    honest = crowd(3, items=2400, people=20, answers=5, classes=classes)
    assert copying(foretell(honest.table), rate=0.05).groups() == []


def test_pairs_of_answers_are_the_same_in_parts_and_thinned_where_they_are_too_many(monkeypatch):
    one = foretell(crowd(2, items=300, people=8, answers=4, classes=3, bad=1, copied=1.0).table)
    whole = module.copying(one, rate=0.05)
    monkeypatch.setattr(module, "_PART", 50)
    parts = module.copying(one, rate=0.05)
    assert [p.common for p in parts.pairs] == [p.common for p in whole.pairs]
    assert [p.evidence for p in parts.pairs] == pytest.approx([p.evidence for p in whole.pairs])
    monkeypatch.setattr(module, "MOST_PAIRS", 900)
    thinned = module.copying(one, rate=0.05)
    assert [0 < p.common < 40 for p in thinned.pairs] == [True]


def test_the_mean_of_the_ratio_is_one_at_most_for_honest_people():
    for q in (0.1, 0.5, 0.9):
        for alike in (0.0, 0.1, ALIKE):
            for c in COPIED:
                same = alike + (1 - alike) * q
                ratio_same = (c + (1 - c) * q) / (ALIKE + (1 - ALIKE) * q)
                mean = same * ratio_same + (1 - same) * (1 - c) / (1 - ALIKE)
                assert mean <= 1.0 + 1e-12


def test_people_who_are_nearly_always_right_are_not_alike_for_that():
    dice = np.random.default_rng(2)
    items, people, answers = 3_000, 8, 5
    true = dice.integers(3, size=items)
    item = np.repeat(np.arange(items), answers)
    person = np.concatenate([dice.permutation(people)[:answers] for _ in range(items)])
    level = np.array([1.0, 1.0, 1.0, 0.995, 0.99, 0.9, 0.8, 0.7])[person]
    said = np.where(dice.random(len(item)) < level, true[item], dice.integers(3, size=len(item)))
    table = AnswerTable(item, person, [str(one) for one in said.tolist()], items, people)
    found = copying(foretell(table), rate=0.05)
    assert found.looked_at == 28
    assert found.pairs == []


def test_pairs_whom_something_else_connects_are_found_with_less_evidence():
    labels = [[0, 0, 1, 1]] * 24
    own = [[0.7, 0.7, 0.97, 0.99]] * 24
    one = foretold(labels, own, people=4)
    alone = copying(one, rate=0.05)
    suspected = copying(one, rate=0.05, suspected=[(0, 1)])
    assert (alone.looked_at, alone.pairs) == (6, [])
    assert [(p.one, p.other) for p in suspected.pairs] == [(0, 1)]
