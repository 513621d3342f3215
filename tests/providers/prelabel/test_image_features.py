import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from tests.support.data import shared_data

from assay.core.ports.models import Prelabeller
from assay.providers.prelabel import PRELABELLERS
from assay.providers.prelabel.image_features.features import LENGTH
from assay.providers.prelabel.image_features.model import ImageFeatures
from assay.providers.prelabel.learning_model import MOST_CERTAIN
from assay.service.examples import find_example


def softened(labels: np.ndarray, classes: int, *, sure: float = 0.95) -> np.ndarray:
    soft = np.full((len(labels), classes), (1.0 - sure) / (classes - 1))
    soft[np.arange(len(labels)), labels] = sure
    return soft


@pytest.fixture(scope="module")
def digits(tmp_path_factory) -> tuple[np.ndarray, np.ndarray]:
    folder = tmp_path_factory.mktemp("digits")
    find_example("digits").write(folder)
    model = ImageFeatures()
    features = [model.features(path, None) for path in sorted((folder / "images").iterdir())]
    return np.stack(features), load_digits().target


def asked(labels: np.ndarray, answered: int, classes: int = 10) -> dict:
    draw = np.random.default_rng(0)
    chosen = np.zeros(len(labels), dtype=bool)
    chosen[draw.permutation(len(labels))[:answered]] = True
    return {
        "soft": softened(labels, classes),
        "answered": chosen,
        "fold": draw.integers(0, 5, len(labels)),
    }


def test_the_registry_finds_the_pre_labeller():
    model: Prelabeller = PRELABELLERS.get("image_features")
    assert (model.name, model.media) == ("image_features", "image")


def test_four_hundred_answered_digits_teach_the_others(digits):
    features, labels = digits
    rows = ImageFeatures().predict(features, **asked(labels, 400))
    assert np.mean(rows.argmax(axis=1) == labels) > 0.9
    assert np.allclose(rows.sum(axis=1), 1.0)
    assert rows.min() > 0.0
    assert rows.max() <= MOST_CERTAIN + 1e-12


def test_probabilities_are_calibrated_where_people_are_right(digits):
    features, labels = digits
    facts = asked(labels, 900) | {"soft": softened(labels, 10, sure=0.995)}
    rows = ImageFeatures().predict(features, **facts)
    surest, right = rows.max(axis=1), rows.argmax(axis=1) == labels
    assert abs(surest.mean() - right.mean()) < 0.05
    assert right[surest > 0.9].mean() > 0.97


def test_the_same_arguments_give_the_same_bytes(digits):
    features, labels = digits
    first, second = (ImageFeatures().predict(features, **asked(labels, 300)).tobytes() for _ in range(2))
    assert first == second


def test_an_items_row_does_not_depend_on_its_own_answers(digits):
    features, labels = digits
    facts = asked(labels, 600)
    item = int(np.flatnonzero(facts["answered"])[0])
    changed = facts["soft"].copy()
    changed[item] = np.roll(changed[item], 3)
    before = ImageFeatures().predict(features, **facts)[item]
    after = ImageFeatures().predict(features, **(facts | {"soft": changed}))[item]
    # Only the temperature and the classes' shares, two figures of the whole batch, may move a little.
    assert np.abs(before - after).max() < 0.01


def test_too_few_answers_or_a_single_class_give_uniform_rows(digits):
    features, labels = digits
    model = ImageFeatures()
    assert np.all(model.predict(features, **asked(labels, 0)) == 0.1)
    assert np.all(model.predict(features, **asked(labels, 9)) == 0.1)
    alike = asked(np.zeros_like(labels), 500)
    assert np.all(model.predict(features, **alike) == 0.1)


def test_an_unreadable_item_has_no_features_and_gets_a_uniform_row(digits, tmp_path):
    model = ImageFeatures()
    (tmp_path / "broken.png").write_bytes(b"no image at all")
    assert model.features(tmp_path / "broken.png", None) is None
    assert model.features(tmp_path / "missing.png", None) is None
    assert model.features(None, "a text") is None
    features, labels = digits
    holed = features.copy()
    holed[5] = np.nan
    rows = model.predict(holed, **asked(labels, 400))
    assert np.all(rows[5] == 0.1)
    assert np.mean(rows.argmax(axis=1) == labels) > 0.9


def test_two_classes_work_and_an_unseen_class_keeps_a_little(digits):
    features, labels = digits
    two = labels < 2
    facts = asked(labels[two], 100, classes=3)
    facts["soft"] = np.pad(softened(labels[two], 2), ((0, 0), (0, 1)))
    rows = ImageFeatures().predict(features[two], **facts)
    assert np.mean(rows.argmax(axis=1) == labels[two]) > 0.95
    assert 0.0 < rows[:, 2].min() < 0.05


@settings(max_examples=40, deadline=None)
@given(
    items=st.integers(1, 30),
    classes=st.integers(1, 5),
    folds=st.integers(1, 4),
    share=st.floats(0.0, 1.0),
    seed=st.integers(0, 1_000),
)
def test_rows_are_always_probabilities(items, classes, folds, share, seed):
    draw = np.random.default_rng(seed)
    rows = ImageFeatures().predict(
        draw.normal(size=(items, 12)).astype(np.float32),
        soft=draw.dirichlet(np.ones(classes), items),
        answered=draw.random(items) < share,
        fold=draw.integers(0, folds, items),
    )
    assert rows.shape == (items, classes)
    assert np.allclose(rows.sum(axis=1), 1.0)
    assert np.all(rows >= 0.0)


@pytest.mark.shared_data
def test_shop_photographs_are_told_apart_far_better_than_by_guessing():
    folder = Path(shared_data("images", "retail_grocery"))
    with (folder / "truth.csv").open() as file:
        listed = [(row["file"], row["label"]) for row in csv.DictReader(file)]
    names = sorted({label for _, label in listed})
    labels = np.array([names.index(label) for _, label in listed])
    found = [ImageFeatures().features(folder / file, None) for file, _ in listed]
    assert all(one is not None and one.shape == (LENGTH,) for one in found)
    rows = ImageFeatures().predict(np.stack(found), **asked(labels, len(labels), classes=len(names)))
    right = np.mean(rows.argmax(axis=1) == labels)
    assert right > 2 * np.bincount(labels).max() / len(labels) or right > 0.3
