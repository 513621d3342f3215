import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.data import shared_data

from assay.core.ports.task_type import Rows
from assay.providers.prelabel import PRELABELLERS
from assay.providers.prelabel.text_features.features import PLACES, text_features

MODEL = PRELABELLERS.get("text_features")


@given(st.text(max_size=80))
def test_every_text_has_a_vector_of_length_one_or_none(text):
    found = text_features(text)
    assert found is None or (
        found.shape == (PLACES,) and np.linalg.norm(found) == pytest.approx(1.0, abs=1e-5)
    )


@pytest.mark.parametrize("text", ["สวัสดีครับ", "مرحبا بالعالم", "נקודה", "日本語の文章", "Straße 🎉"])
def test_scripts_of_all_kinds_have_features(text):
    assert text_features(text) is not None
    assert np.array_equal(text_features(text), text_features(text.upper()))


def test_texts_of_the_same_words_are_nearer_than_others():
    one, two, other = (text_features(t) for t in ("the battery died", "battery died again", "lovely colours"))
    assert one @ two > one @ other + 0.2


def test_there_is_nothing_to_see_in_a_text_of_signs():
    assert text_features(" -- ... ") is None
    assert MODEL.features(None, None) is None


def test_intents_are_learnt_from_a_few_labels_each():
    with shared_data("text", "intents_clinc", "truth.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = sorted({row["intent"] for row in rows})
    truth = np.array([names.index(row["intent"]) for row in rows])
    features = np.stack([text_features(row["text"]) for row in rows])
    dice = np.random.default_rng(1)
    answered = dice.random(len(rows)) < 0.5
    found = MODEL.predict(
        features, soft=np.eye(len(names))[truth], answered=answered, fold=dice.integers(0, 3, len(rows))
    )
    assert (found.argmax(axis=1) == truth)[~answered].mean() > 0.8
    assert found.sum(axis=1) == pytest.approx(np.ones(len(rows)))


def test_labels_that_are_right_by_themselves_are_learnt_by_themselves():
    dice = np.random.default_rng(2)
    has = dice.random((120, 2)) < 0.5
    words = [f"item {'red' if red else 'blue'} {'big' if big else 'small'} thing" for red, big in has]
    features = np.stack([text_features(text) for text in words])
    found = MODEL.predict(
        features,
        soft=has.astype(float),
        answered=np.arange(120) < 90,
        fold=np.arange(120) % 3,
        rows=Rows.ANY,
    )
    assert ((found > 0.5) == has).mean() > 0.95
    assert found.max() <= 0.98 + 1e-9
