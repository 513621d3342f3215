"""Outlines and masks of several people become one."""

import csv
import gzip
import json

import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.support.data import shared_data

from assay.core.consolidation.values.masks import Outline, consolidate_outlines, mask_loss, mean_shape, staple
from assay.core.geometry.outline_pixels import filled, frame_of
from assay.core.ports.answers import AnswerTable

MASKS = arrays(np.bool_, st.tuples(st.integers(1, 5), st.just(4), st.just(5)))


def square(left, top, side, label=0):
    points = [(left, top), (left + side, top), (left + side, top + side), (left, top + side)]
    return Outline(label, np.array(points, float))


def table_of(pairs):
    item, person = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    return AnswerTable(item, person, [""] * len(pairs), int(item.max()) + 1, int(person.max()) + 1)


def test_the_loss_is_one_minus_dice():
    a, b = np.zeros((2, 4), bool), np.zeros((2, 4), bool)
    a[0, :3], b[0, 1:] = True, True
    assert mask_loss(a, b) == pytest.approx(1 - 2 * 2 / 6)
    assert mask_loss(a & ~a, b & ~b) == 0.0
    assert mask_loss(a, a & ~a) == 1.0


def test_the_mean_shape_of_three_is_their_majority_where_two_are_the_same():
    masks = np.zeros((3, 6, 6), bool)
    masks[0, 1:4, 1:4] = masks[1, 1:4, 1:4] = masks[2, 2:6, 2:6] = True
    assert (mean_shape(masks) == masks[0]).all()


def test_who_weighs_more_is_heard_more():
    masks = np.zeros((2, 6, 9), bool)
    masks[0, 1:4, 1:4] = masks[1, 1:4, 1:6] = True
    assert (mean_shape(masks, weight=np.array([2.0, 1.0])) == masks[0]).all()
    assert mean_shape(masks, weight=np.array([1.0, 2.0])).sum() == 12
    assert mean_shape(masks, weight=np.array([1.0, 4.0])).sum() == masks[1].sum() == 15


@given(arrays(np.bool_, (4, 5)), st.integers(1, 4))
def test_unanimity_wins(mask, raters):
    masks = np.stack([mask] * raters)
    assert (mean_shape(masks) == mask).all()
    if 0 < mask.sum() < mask.size:
        assert (staple(masks)[0].round().astype(bool) == mask).all()


@given(MASKS, st.randoms(use_true_random=False))
def test_the_order_of_raters_does_not_matter(masks, chance):
    order = list(range(len(masks)))
    chance.shuffle(order)
    assert (mean_shape(masks) == mean_shape(masks[order])).all()
    one, two = staple(masks), staple(masks[order])
    assert one[0] == pytest.approx(two[0], abs=1e-6)
    assert one[1][order] == pytest.approx(two[1], abs=1e-6)


def test_staple_hears_a_rater_who_marks_half_of_everything_less():
    dice = np.random.default_rng(3)
    true = np.zeros((20, 20), bool)
    true[5:15, 5:15] = True
    good = [true ^ (dice.random(true.shape) < 0.05) for _ in range(3)]
    coins = [dice.random(true.shape) < 0.5 for _ in range(4)]
    inside, sensitivity, specificity = staple(np.stack([*good, *coins]))
    assert mask_loss(inside > 0.5, true) < 0.02
    assert sensitivity[:3].min() > 0.9 > 0.7 > sensitivity[3:].max()
    assert specificity[:3].min() > 0.9 > 0.7 > specificity[3:].max()


def test_staple_is_that_of_simpleitk():
    dice = np.random.default_rng(1)
    true = np.zeros((12, 12), bool)
    true[3:9, 3:9] = True
    masks = np.stack([true ^ (dice.random(true.shape) < 0.1) for _ in range(5)])
    images = [SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.STAPLE(images, 1.0))
    assert ((staple(masks)[0] > 0.5) == (theirs > 0.5)).all()


def test_outlines_of_a_thing_become_one_and_a_lonely_one_is_doubted():
    answers = [[square(10, 10, 20)], [square(11, 10, 20), square(60, 60, 9)], [square(10, 11, 20)]]
    shapes, skill = consolidate_outlines(table_of([(0, 0), (0, 1), (0, 2)]), answers)
    first, second = shapes
    assert mask_loss(first.inside, filled(square(10, 10, 20).points, first.frame)) < 0.06
    assert first.there > 0.9 > 0.5 > second.there
    assert first.alike > 0.9
    assert first.confidence == pytest.approx(first.there * first.named * first.alike)
    assert (filled(first.outline(), first.frame) == first.inside).all()
    assert skill.shape == (3,)


def test_outlines_in_any_order_and_by_any_names_say_the_same():
    answers = [
        [square(10, 10, 20, 1), square(50, 10, 8)],
        [square(12, 10, 18, 1)],
        [square(50, 11, 9), square(9, 10, 20)],
    ]
    one, _ = consolidate_outlines(table_of([(0, 0), (0, 1), (0, 2)]), answers, labels=2)
    two, _ = consolidate_outlines(
        table_of([(0, 0), (0, 1), (0, 2)]), [answer[::-1] for answer in answers[::-1]], labels=2
    )
    assert [(s.label, s.frame) for s in one] == [(s.label, s.frame) for s in two]
    for a, b in zip(one, two, strict=True):
        assert (a.inside == b.inside).all()
        assert (a.there, a.named, a.alike) == pytest.approx((b.there, b.named, b.alike))


def test_a_good_person_has_a_higher_skill_and_decides_between_two():
    pairs, answers = [], []
    for item in range(20):
        at = 3 * item
        for who, shift in enumerate((0, 0, 0, 6)):
            pairs.append((item, who))
            answers.append([square(at + shift, at, 16)])
    pairs += [(20, 0), (20, 3)]
    answers += [[square(100, 100, 16)], [square(103, 100, 16)]]
    shapes, skill = consolidate_outlines(table_of(pairs), answers)
    assert skill[0] > 0.9 > 0.8 > skill[3]
    last = shapes[-1]
    good, other = (filled(square(left, 100, 16).points, last.frame) for left in (100, 103))
    assert mask_loss(last.inside, good) < mask_loss(last.inside, other)


def test_nothing_marked_is_no_thing():
    shapes, skill = consolidate_outlines(table_of([(0, 0), (0, 1)]), [[], []])
    assert shapes == []
    assert skill.tolist() == [0.85, 0.85]


@pytest.mark.shared_data
def test_radiologists_together_are_nearer_to_one_left_out_than_one_of_them():
    with gzip.open(shared_data("crowd", "lidc_polygons") / "answers.csv.gz", "rt") as lines:
        found = {}
        for row in csv.DictReader(lines):
            found.setdefault(row["item"], []).append(
                np.array(json.loads(row["label"])["polygon"], float) + 0.5
            )
    four = [outlines for outlines in found.values() if len(outlines) == 4][:150]
    alone, together = [], []
    for outlines in four:
        frame = frame_of(outlines, margin=2)
        masks = np.stack([filled(one, frame) for one in outlines])
        for left_out in range(4):
            others = np.delete(masks, left_out, axis=0)
            alone.append(np.mean([1 - mask_loss(one, masks[left_out]) for one in others]))
            together.append(1 - mask_loss(mean_shape(others), masks[left_out]))
    assert np.mean(together) > np.mean(alone) + 0.02
