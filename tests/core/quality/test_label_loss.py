import pytest

from assay.core.consolidation.task_bases.single_choice import SingleChoice
from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import schema_of
from assay.core.quality.label_loss import loss_of


class Counting(SingleChoice):
    """Counts how often it is asked to read a label."""

    read = 0

    def parse(self, text, *, schema):
        Counting.read += 1
        return super().parse(text, schema=schema)


def test_labels_are_compared_as_text_and_read_once():
    Counting.read = 0
    loss = loss_of(Counting(name="x", media=None, manifest_type=""), schema_of(["a", "b"]))
    assert [loss("a", "b"), loss("b", "a"), loss("a", "a")] == [1.0, 1.0, 0.0]
    assert Counting.read == 2


def test_no_label_has_the_whole_loss_and_a_strange_one_is_refused():
    loss = loss_of(SingleChoice(name="x", media=None, manifest_type=""), schema_of(["a", "b"]))
    assert loss("", "a") == loss("a", "") == 1.0
    with pytest.raises(InvalidLabel):
        loss("a", "z")
