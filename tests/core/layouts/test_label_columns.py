"""Rows of named columns: which column holds the labels, of what kind they are, and what a row must say."""

from collections import Counter

import pytest

from assay.core.errors import BadValue, InvalidLabel, NotReadable
from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    Point,
    Points,
    Preference,
    Span,
    Spans,
    schema_of,
)
from assay.core.layouts.label_columns import (
    LabelRows,
    in_value_order,
    kind_of,
    sized_label,
    value_of,
)
from assay.core.layouts.label_look import LOOKED_AT, LabelLook
from assay.core.layouts.row_ids import RowIds
from assay.core.layouts.source_columns import guess_label, settle_label_columns
from assay.core.ports.file_format import BadRow, Columns, LabelContents, Taken

LABEL = Taken(Columns(label="label"))


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (["id", "text", "label"], "label"),
        (["file", "Category", "x", "y"], "Category"),
        (["image", "species"], "species"),
        (["text", "intent", "confidence"], "intent"),
        (["label"], "label"),
        (["species"], None),
        (["a", "b", "c"], None),
        ([], None),
    ],
)
def test_the_column_of_labels_is_guessed_by_its_name_or_by_being_left_over(header, label):
    assert guess_label(header) == label


def test_our_own_columns_are_never_taken_for_id_media_or_text():
    header = ["item", "media", "text", "label", "confidence", "human", "made_at", "extra"]
    assert settle_label_columns(Columns(), header, where="x") == Columns("item", "media", "text", "label")
    assert settle_label_columns(Columns(label="text"), ["text", "name"], where="x").text is None
    with pytest.raises(BadValue, match="'attribute' is 'z'"):
        settle_label_columns(Columns(label="z"), header, where="x")
    with pytest.raises(NotReadable, match="it has none"):
        settle_label_columns(Columns(), [], where="x")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("cat", Choice),
        (3, Choice),
        (True, Choice),
        (["a"], Choices),
        ({"labels": ["a"]}, Choices),
        ({"boxes": []}, Boxes),
        ({"annotations": [{"left": 1, "width": 2}]}, Boxes),
        ([{"x": 1, "y": 2}], Points),
        ({"labels": [{"start": 1, "end": 2}]}, Spans),
        ({"winner": "tie"}, Preference),
        ([], None),
        ([[1]], None),
        ([[1, 2, "a"]], Spans),
        ([[1, 2, 3]], None),
        ({"entities": [[1, 2, "a"]]}, Spans),
        ([{"start_offset": 1, "end_offset": 2}], Spans),
        ({"shop": 1}, None),
        (None, None),
    ],
)
def test_json_tells_its_kind_by_its_keys(label, kind):
    assert kind_of(label) is kind


def test_most_of_the_first_labels_decide_and_names_come_in_order_of_appearance():
    look = LabelLook(sniff=True)
    for label in ['["b"]', "stray", '["a", "b"]', "", '["c"]', "[broken"]:
        look.see(label)
    contents = look.contents(path="x", taken=LABEL)
    assert (contents.kind, contents.schema.names) == (Choices, ("b", "stray", "a", "c"))


def test_names_are_collected_beyond_the_labels_that_decide():
    look = LabelLook(sniff=False)
    for number in range(LOOKED_AT + 50):
        look.see(f"c{number % (LOOKED_AT + 20)}")
    assert len(look.contents(path="x", taken=LABEL).schema.names) == LOOKED_AT + 20


def test_texts_are_no_json_where_files_can_hold_json():
    look = LabelLook(sniff=False)
    look.see('{"winner":"tie"}')
    assert look.contents(path="x", taken=LABEL).kind is Choice


def test_empty_lists_alone_are_sets_of_labels_without_any():
    look = LabelLook(sniff=True)
    look.see("[]")
    assert look.contents(path="x", taken=LABEL).kind is Choices
    with pytest.raises(NotReadable, match="'label' holds no labels"):
        LabelLook(sniff=True).contents(path="x", taken=LABEL)


def test_preferences_always_have_their_three_labels():
    look = LabelLook(sniff=True)
    look.see('{"winner":"b"}')
    assert look.contents(path="x", taken=LABEL).schema.names == ("first", "second", "tie")


@pytest.mark.parametrize(
    ("label", "name"), [("a", "a"), (7, "7"), (2.0, "2"), (2.5, "2.5"), (True, "true"), (False, "false")]
)
def test_numbers_and_truth_values_can_be_names(label, name):
    assert value_of(label, Choice) == Choice(name)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        (None, Choice),
        (float("nan"), Choice),
        ("", Choice),
        ("[", Choices),
        ('["\\ud800"]', Choices),
        ('{"boxes":[{"label":"a","left":1e999,"top":1,"width":1,"height":1}]}', Boxes),
        ('{"boxes":[{"label":"a","left":' + "9" * 400 + ',"top":1,"width":1,"height":1}]}', Boxes),
        ('{"winner":"third"}', Preference),
    ],
)
def test_what_is_no_value_is_refused_with_a_sentence(label, kind):
    with pytest.raises(InvalidLabel, match=r"is not a label of this project: .+"):
        value_of(label, kind)


def test_a_picture_is_as_large_in_the_text_as_it_was():
    boxes = Boxes((Box("a", 1, 2.5, 3, 4),), (64, 48))
    points = Points((Point("a", 1, 2, False),), (64, 48))
    assert sized_label(boxes).endswith(',"size":[64,48]}')
    for value in (boxes, points):
        found = value_of(sized_label(value), type(value))
        assert (found, found.size) == (value, (64, 48))
    assert sized_label(Boxes(())) == '{"boxes":[]}'


def test_confidences_follow_equal_objects_too():
    singles = [Boxes((Box(name, left, 0, 1, 1),)) for name, left in (("b", 5), ("a", 1), ("b", 5))]
    value = Boxes(tuple(single.boxes[0] for single in singles))
    assert in_value_order((0.1, 0.2, 0.3), singles, value) == (0.2, 0.1, 0.3)


def rows(kind=Choice):
    return LabelRows(
        Columns(None, "media", "text", "label"),
        LabelContents(kind, schema_of(("a", "b", " b"))),
        left_out=Counter(),
        ids=RowIds(),
    )


def test_a_row_becomes_an_item_and_unknown_columns_stay():
    found = {"text": "t", "shop": "n", "extra": {"n": 1}, "human": "no", "control": "yes", "adjusted": "no"}
    assert rows().item(line=3, key=None, label="a", found=found) == LabelledItem(
        key="3",
        media=None,
        text="t",
        extra={"shop": "n", "n": 1},
        value=Choice("a"),
        confidence=1.0,
        human=False,
        made_at="",
        control=True,
        adjusted=False,
    )


@pytest.mark.parametrize(
    ("label", "found", "reason"),
    [
        (None, {}, "there is no label"),
        (["c"], {}, "'c' is none of the labels of this file"),
        (["a"], {"confidences": [0.5, 0.5]}, "'confidences' is not a list of 1 numbers"),
        (["a"], {"confidences": "text"}, "'confidences' is not a list of 1 numbers"),
        (["a"], {"confidences": [2]}, "one of the confidences is '2', but must be a number from 0 to 1"),
        (["a"], {"confidence": True}, "the confidence is 'True', but must be a number from 0 to 1"),
        (["a"], {"confidence": "9" * 400}, "but must be a number from 0 to 1"),
        (["a"], {"human": {}}, "'human' is '{}', but must be yes or no"),
        (["a"], {"media": 7}, "'media' is not text"),
        ([{"label": "a"}], {}, "the label cannot be used: a label is not text"),
    ],
)
def test_a_row_that_is_no_item_says_why(label, found, reason):
    row = rows(Choices).item(line=9, key="k", label=label, found=found)
    assert isinstance(row, BadRow)
    assert (row.line, row.key) == (9, "k")
    assert reason in row.reason


def test_confidences_of_objects_in_another_spelling_follow_them():
    label = {
        "entities": [{"label": "b", "startOffset": 4, "endOffset": 5}, {"label": "a", "start": 0, "end": 1}]
    }
    row = rows(Spans).item(line=1, key="k", label=label, found={"confidences": [0.25, 0.75]})
    assert (row.value, row.parts) == (Spans((Span("a", 0, 1), Span("b", 4, 5))), (0.75, 0.25))


def test_names_are_taken_as_they_stand_where_a_project_has_them_so_and_else_without_white_space():
    label = [{"label": " b", "start": 4, "end": 5}, {"label": " a ", "start": 0, "end": 1}]
    row = rows(Spans).item(line=1, key="k", label=label, found={"confidences": [0.25, 0.75]})
    assert (row.value, row.parts) == (Spans((Span("a", 0, 1), Span(" b", 4, 5))), (0.75, 0.25))
    assert rows(Choices).item(line=1, key=1, label=["a ", " b"], found={}).value == Choices(("a", " b"))
    box = {"label": "a\t", "left": 1, "top": 2, "width": 3, "height": 4}
    found = rows(Boxes).item(line=1, key=1, label={"boxes": [box], "size": [64, 48]}, found={}).value
    assert (found, found.size) == (Boxes((Box("a", 1, 2, 3, 4),)), (64, 48))
    point = {"label": " a", "x": 1, "y": 2}
    assert rows(Points).item(line=1, key=1, label=[point], found={}).value == Points((Point("a", 1, 2),))
