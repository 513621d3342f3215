import pytest

from assay.core.errors import NotReadable
from assay.core.labels.label_values import Choice, Choices
from assay.core.layouts.label_look import LabelLook
from assay.core.layouts.source_columns import settle_label_columns
from assay.core.ports.file_format import Columns, Taken


def looked_at(*labels, sniff=True):
    found = LabelLook(sniff=sniff)
    for label in labels:
        found.see(label)
    return found.contents(path="a.csv", taken=Taken(Columns(label="labels")))


@pytest.mark.parametrize("labels", [("[1 0]", "[0]", "[]"), ("[0.5, 1]", "[2]"), ([0, 1], [], [1])])
def test_lists_of_numbers_are_no_labels(labels):
    with pytest.raises(NotReadable, match="'labels' holds lists of numbers"):
        looked_at(*labels)


def test_a_list_of_numbers_among_names_is_not_one_of_them():
    contents = looked_at("good", "[1 0]", "bad")
    assert (contents.kind, contents.schema.names) == (Choice, ("good", "bad"))


def test_names_in_brackets_and_empty_lists_are_labels():
    assert looked_at("[PAD]", "[CLS 2]").schema.names == ("[PAD]", "[CLS 2]")
    assert looked_at("[]", "[]").kind is Choices


@pytest.mark.parametrize(
    "edges",
    [
        ("xmin", "ymin", "xmax", "ymax"),
        ("x_min", "y_min", "x_max", "y_max"),
        ("XMin", "XMax", "YMin", "YMax"),
    ],
)
def test_a_table_with_a_row_for_each_box_is_refused_unless_its_labels_are_named(edges):
    header = ["filename", "class", *edges]
    with pytest.raises(NotReadable, match="its rows are boxes"):
        settle_label_columns(Columns(), header, where="a.csv")
    assert settle_label_columns(Columns(label="class"), header, where="a.csv").label == "class"
