import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.values.marks_as_json import MARKS, consolidate_marks
from assay.core.errors import InvalidLabel
from assay.core.ports.answers import AnswerTable


def table_of(*answers):
    """Return answers given as (item, person, value); a value that is no text is written as JSON."""
    item, person, value = zip(*answers, strict=True)
    texts = [one if isinstance(one, str) else json.dumps(one) for one in value]
    return AnswerTable(np.array(item), np.array(person), texts, items=max(item) + 1, people=max(person) + 1)


@pytest.mark.parametrize("name", sorted(MARKS))
def test_marks_on_which_all_agree_are_written_as_they_were_given(name):
    kind = MARKS[name]
    table = table_of(*((item, person, kind.example) for item in range(3) for person in range(4)))
    found = consolidate_marks(table, kind=kind)
    assert [json.loads(value) for value in found.value] == [json.loads(kind.example)] * 3
    assert (found.right > 0.7).all()
    assert (found.right <= 1.0).all()


@pytest.mark.parametrize("name", sorted(MARKS))
def test_what_is_written_can_be_read_again(name):
    kind = MARKS[name]
    table = table_of(*((0, person, kind.example) for person in range(3)))
    (once,) = consolidate_marks(table, kind=kind).value
    (again,) = consolidate_marks(table_of(*((0, person, once) for person in range(3))), kind=kind).value
    assert again == once


@pytest.mark.parametrize("name", sorted(MARKS))
def test_a_thing_that_one_of_five_marks_is_left_out(name):
    kind = MARKS[name]
    nothing = {kind.key: []}
    crowd = [(item, person, kind.example) for item in range(1, 9) for person in range(5)]
    lone = [(0, 0, kind.example), *((0, person, nothing) for person in range(1, 5))]
    found = consolidate_marks(table_of(*lone, *crowd), kind=kind)
    assert json.loads(found.value[0]) == nothing
    assert json.loads(found.value[1]) == json.loads(kind.example)
    assert 0.5 < found.right[0] < 1.0


def test_nothing_marked_is_believed_the_more_the_more_people_say_so():
    kind = MARKS["outlines"]
    nothing = {"outlines": []}
    found = consolidate_marks(
        table_of((0, 0, nothing), (1, 0, nothing), (1, 1, nothing), (1, 2, nothing)), kind=kind
    )
    assert found.right.tolist() == pytest.approx([2 / 3, 4 / 5])


def test_an_item_without_answers_has_no_label():
    kind = MARKS["outlines"]
    table = AnswerTable(np.array([1]), np.array([0]), [kind.example], items=2, people=1)
    found = consolidate_marks(table, kind=kind)
    assert found.value[0] == ""
    assert found.right[0] == 0.0
    assert found.right[1] > 0.0


def test_an_outline_is_that_of_two_of_three():
    def square(shift):
        return {
            "outlines": [{"label": "a", "points": [[shift, 0], [shift + 8, 0], [shift + 8, 8], [shift, 8]]}]
        }

    found = consolidate_marks(
        table_of((0, 0, square(0)), (0, 1, square(0)), (0, 2, square(1))), kind=MARKS["outlines"]
    )
    (outline,) = json.loads(found.value[0])["outlines"]
    assert sorted(outline["points"]) == [[0, 0], [0, 8], [8, 0], [8, 8]]


def test_a_turned_box_is_the_median_and_its_angle_is_in_degrees():
    def box(angle, x):
        return {"boxes": [{"label": "ship", "x": x, "y": 20, "length": 20, "width": 6, "angle": angle}]}

    found = consolidate_marks(
        table_of((0, 0, box(28, 20)), (0, 1, box(30, 21)), (0, 2, box(212, 25))), kind=MARKS["turned_boxes"]
    )
    (one,) = json.loads(found.value[0])["boxes"]
    assert one["x"] == 21
    assert one["angle"] % 180 == pytest.approx(30, abs=0.5)  # half a turn is the same box


def test_the_label_that_most_say_is_taken():
    def relation(label):
        return {"relations": [{"label": label, "head": [0, 4], "tail": [9, 12]}]}

    found = consolidate_marks(
        table_of((0, 0, relation("knows")), (0, 1, relation("loves")), (0, 2, relation("loves"))),
        kind=MARKS["relations"],
    )
    assert json.loads(found.value[0])["relations"][0]["label"] == "loves"


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("outlines", {"label": "a", "points": [[0, 0], [1, 1]]}, "no three 'points'"),
        ("outlines", {"label": "a", "points": [[0, 0], [1, 1], [2]]}, r"is not \[x, y\]"),
        ("outlines", {"label": "a", "points": [[0, 0], [1, 1], [2, "b"]]}, "not a number"),
        ("outlines", {"points": [[0, 0], [4, 0], [4, 4]]}, "has no label"),
        ("key_points", {"label": "a", "x": 1}, "not a number"),
        ("turned_boxes", {"label": "a", "x": 1, "y": 1, "length": 0, "width": 2, "angle": 0}, "no area"),
        (
            "cuboids",
            {"label": "a", "x": 1, "y": 1, "length": 1, "width": 2, "angle": 0, "bottom": 0, "height": -1},
            "no volume",
        ),
        ("tracks", {"label": "a", "boxes": []}, "has no 'boxes'"),
        ("tracks", {"label": "a", "boxes": [{"frame": 0.5}]}, "'frame'"),
        (
            "tracks",
            {
                "label": "a",
                "boxes": [{"frame": f, "left": 0, "top": 0, "width": 1, "height": 1} for f in (3, 3)],
            },
            "ascend",
        ),
        (
            "tracks",
            {"label": "a", "boxes": [{"frame": 1, "left": 0, "top": 0, "width": 0, "height": 1}]},
            "no area",
        ),
        ("relations", {"label": "a", "head": [0, 4], "tail": [9]}, "'tail'"),
        ("relations", {"label": "a", "head": [4, 4], "tail": [5, 9]}, "before it ends"),
    ],
)
def test_an_answer_that_is_no_such_mark_is_named(name, row, reason):
    kind = MARKS[name]
    with pytest.raises(InvalidLabel, match=reason):
        consolidate_marks(table_of((0, 0, kind.example), (0, 1, {kind.key: [row]})), kind=kind)


@pytest.mark.parametrize("name", sorted(MARKS))
@pytest.mark.parametrize("text", ["nonsense", "3", '{"other": []}', "[1]"])
def test_text_that_is_no_list_of_objects_is_named(name, text):
    with pytest.raises(InvalidLabel, match="is not a list of"):
        consolidate_marks(table_of((0, 0, text)), kind=MARKS[name])


@given(st.permutations(range(9)), st.permutations(range(3)))
def test_the_order_of_answers_and_the_names_of_people_do_not_matter(order, names):
    def points(x):
        return {
            "points": [{"label": "eye", "x": x, "y": 5, "visible": True}, {"label": "ear", "x": 90, "y": x}]
        }

    rows = [(item, person, points(10 * item + person)) for item in range(3) for person in range(3)]
    first = consolidate_marks(table_of(*rows), kind=MARKS["key_points"])
    mixed = [(rows[at][0], names[rows[at][1]], rows[at][2]) for at in order]
    second = consolidate_marks(table_of(*mixed), kind=MARKS["key_points"])
    assert list(first.value) == list(second.value)
    assert first.right == pytest.approx(second.right)
