import csv
import pickle

import numpy as np
import pytest
from PIL import Image
from tests.support.data import shared_data

from assay.core.errors import NotInstalled
from assay.providers.prelabel import PRELABELLERS
from assay.providers.prelabel.image_embeddings import model as embeddings
from assay.providers.prelabel.image_embeddings import weights
from assay.providers.prelabel.image_embeddings.network import LENGTH
from assay.providers.prelabel.image_embeddings.weights import WrongWeights, read_weights

MODEL = PRELABELLERS.get("image_embeddings")
BANANA, ORANGE = 954, 950
"""Places of two classes of ImageNet among its 1,000."""


def groceries(*labels, most=12):
    with shared_data("images", "retail_grocery", "truth.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if not labels or row["label"] in labels][:most]
    return [(shared_data("images", "retail_grocery", row["file"]), row["label"]) for row in rows]


def test_the_weights_are_read_rightly_bananas_are_bananas():
    for path, label in groceries("Banana", "Orange", most=8):
        scores = embeddings._network().scores(MODEL.features(path, None))
        assert (BANANA if label == "Banana" else ORANGE) in scores.argsort()[-5:]


def test_embeddings_tell_groceries_apart_better_than_plain_features():
    found = groceries(most=90)
    names = sorted({label for _, label in found})
    truth = np.array([names.index(label) for _, label in found])
    fold = np.arange(len(found)) % 3
    rates = []
    for name in ("image_embeddings", "image_features"):
        learner = PRELABELLERS.get(name)
        features = np.stack([learner.features(path, None) for path, _ in found])
        rows = learner.predict(
            features, soft=np.eye(len(names))[truth], answered=np.ones(len(found), dtype=bool), fold=fold
        )
        rates.append((rows.argmax(axis=1) == truth).mean())
    assert rates[0] > rates[1] + 0.1


def test_an_embedding_is_the_same_every_time_and_none_for_what_is_no_picture(tmp_path):
    picture = tmp_path / "a.png"
    Image.effect_mandelbrot((300, 200), (-2, -1, 1, 1), 50).save(picture)
    one, two = MODEL.features(picture, None), MODEL.features(picture, None)
    assert one.shape == (LENGTH,)
    assert one.tobytes() == two.tobytes()
    (tmp_path / "b.png").write_bytes(picture.read_bytes()[:60])
    assert MODEL.features(tmp_path / "b.png", None) is None
    assert MODEL.features(None, "text") is None


def test_another_file_is_not_read(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"x")
    with pytest.raises(WrongWeights, match="another digest"):
        read_weights(path)


class Harmful:
    def __reduce__(self):
        return (print, ("this must not run",))


def test_a_pickle_that_names_code_is_refused(tmp_path, monkeypatch, capsys):
    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps(Harmful()))
    monkeypatch.setattr(weights, "SHA256", weights.hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(WrongWeights, match=r"it names builtins\.print"):
        read_weights(path)
    assert capsys.readouterr().out == ""


def test_without_the_package_a_sentence_names_the_extra(monkeypatch):
    monkeypatch.setattr(embeddings, "PACKAGE", "no_such_package_here")
    with pytest.raises(NotInstalled, match=r"install `assay\[images\]`"):
        MODEL.check_installed()
    assert not MODEL.auto
