import numpy as np

from assay.core.labels.label_values import Choice, LabelClass, LabelSchema
from assay.core.labels.loss_rules import Frame
from assay.core.ports.task_type import Ability
from assay.tasktypes.classification import MEMBER as ANY
from assay.tasktypes.image_classification import MEMBER as IMAGES

ABC = LabelSchema(tuple(LabelClass(name) for name in "abc"))


def drawn(*, confusion, true="c", skill=0.0):
    person = Ability(skill=skill, confusion=confusion, care=1.0, spam=False, seconds=1.0)
    dice = np.random.default_rng(1)
    return [IMAGES.draw(Choice(true), schema=ABC, person=person, chance=dice).name for _ in range(400)]


def test_the_two_differ_in_name_media_and_manifest_only():
    assert (ANY.media, IMAGES.media) == (None, "image")
    assert IMAGES.manifest_type == "groundtruth/image-classification"
    for task in (ANY, IMAGES):
        assert task.compare(Choice("a"), Choice("b"), frame=Frame(ABC)) == 1.0


def test_the_favourite_wrong_label_is_the_next_one_and_after_the_last_the_first():
    assert set(drawn(confusion=1.0)) == {"a"}
    assert set(drawn(confusion=1.0, true="a")) == {"b"}


def test_without_a_favourite_errors_spread_evenly():
    said = drawn(confusion=0.0)
    assert "c" not in said
    assert 150 < said.count("a") < 250
