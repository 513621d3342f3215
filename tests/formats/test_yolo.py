from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assay.core.errors import InputError, NotReadable
from assay.core.labels import Box, Boxes, LabelledItem, schema_of
from assay.core.ports import BadRow, Columns, Naming
from assay.formats.yolo import MEMBER

SIZE = (640, 480)
VALUE = Boxes((Box("cat", 10, 20, 30, 40), Box("two words", 0.01, 0.02, 639.99, 1.5)), SIZE)


def naming(*names):
    return Naming("boxes", "job", "groundtruth/object-detection", schema_of(names or ("cat", "two words")))


def item(media, value=VALUE, **more):
    return LabelledItem(media, media, None, {}, value, 1.0, True, "", **more)


def written(tmp_path, *items, names=()):
    path, left_out = tmp_path / "set", Counter()
    assert MEMBER.write(iter(items), path, naming=naming(*names), left_out=left_out) == len(items)
    return path, left_out


def read(path):
    left_out = Counter()
    return list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=left_out)), left_out


def folder(tmp_path, labels, description="train: images\nnames: [cat, dog]\n", size=(100, 50)):
    """A folder as somebody else made it: one picture with its file of labels."""
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    Image.new("L", size).save(tmp_path / "images" / "a.png")
    if labels is not None:
        (tmp_path / "labels" / "a.txt").write_text(labels)
    (tmp_path / "data.yaml").write_text(description)
    return tmp_path


def test_the_layout_is_that_of_ultralytics(tmp_path):
    path, left_out = written(tmp_path, item("shop/a.jpg", Boxes((Box("two words", 64, 48, 128, 96),), SIZE)))
    assert (path / "data.yaml").read_text() == (
        'path: .\ntrain: train.txt\nval: train.txt\nnames:\n  0: "cat"\n  1: "two words"\n'
    )
    assert (path / "train.txt").read_text() == "./images/shop/a.jpg\n"
    assert (path / "labels" / "shop" / "a.txt").read_text() == "1 0.2 0.2 0.2 0.2\n"
    assert (
        path / "sizes.csv"
    ).read_text() == "file,width,height,media\nimages/shop/a.jpg,640,480,shop/a.jpg\n"
    assert left_out == Counter()
    assert MEMBER.guess(path)
    assert not MEMBER.guess(tmp_path)


def test_media_that_would_share_their_labels_or_leave_the_folder_lose_nothing(tmp_path):
    medias = [
        "a/x.jpg",
        "a/x.png",
        "b/x.jpg",
        "A/X.jpg",
        "../../x.jpg",
        "s3://b/x.jpg",
        "/etc/x",
        "x\n.jpg",
        "images/x",
    ]
    items = [item(media, Boxes((Box("cat", n, n, 1 + n, 1),), SIZE)) for n, media in enumerate(medias)]
    path, _ = written(tmp_path, *items)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["set"]
    rows, _ = read(path)
    assert [(row.media, row.value) for row in rows] == [(one.media, one.value) for one in items]
    assert [row.media for row in MEMBER.read_items(path, columns=Columns())] == medias


def test_a_box_in_a_picture_of_unknown_size_is_refused_by_name(tmp_path):
    with pytest.raises(InputError, match=r"picture of item 'a\.jpg' is not known"):
        written(tmp_path, item("a.jpg", Boxes((Box("cat", 1, 1, 1, 1),))))


def test_a_picture_of_unknown_size_without_boxes_is_written(tmp_path):
    path, _ = written(tmp_path, item("a.jpg", Boxes(())))
    assert read(path)[0][0].value == Boxes(())


def test_what_a_label_file_cannot_hold_is_counted(tmp_path):
    lossy = LabelledItem(
        "k", "k.jpg", None, {"a": 1, "b": 2}, VALUE, 0.5, True, "", parts=(0.5, 0.5), adjusted=True
    )
    _, left_out = written(tmp_path, lossy)
    assert left_out == {"confidences": 2, "further columns": 2, "adjustments": 1}


def test_sizes_come_from_the_pictures_where_no_file_says_them(tmp_path):
    rows, left_out = read(folder(tmp_path, "1 0.5 0.5 0.2 0.4\n\n0 .1 .1 .1 .1 0.75\r\n"))
    assert rows[0].value == Boxes((Box("dog", 40, 15, 20, 20), Box("cat", 5, 2.5, 10, 5)))
    assert rows[0].value.size == (100, 50)
    assert rows[0].parts == ()
    assert left_out == Counter()


def test_predictions_have_a_confidence_at_the_end(tmp_path):
    rows, _ = read(folder(tmp_path, "1 0.5 0.5 0.2 0.4 0.25\n0 .1 .1 .1 .1 0.75\n"))
    assert rows[0].parts == (0.75, 0.25)
    assert rows[0].confidence == 0.5


def test_an_outline_becomes_the_box_around_it(tmp_path):
    rows, left_out = read(folder(tmp_path, "0 0.1 0.2 0.5 0.2 0.5 0.8\n"))
    assert rows[0].value == Boxes((Box("cat", 10, 10, 40, 30),))
    assert left_out == {"outlines": 1}


def test_key_points_behind_a_box_are_counted(tmp_path):
    about = "train: images\nnames: [cat, dog]\nkpt_shape: [2, 3]\n"
    rows, left_out = read(folder(tmp_path, "0 .5 .5 .2 .4 .1 .1 2 .2 .2 1\n", about))
    assert rows[0].value == Boxes((Box("cat", 40, 15, 20, 20),))
    assert left_out == {"key points": 1}


def test_a_picture_without_a_file_of_labels_has_no_boxes(tmp_path):
    rows, _ = read(folder(tmp_path, None))
    assert rows[0].value == Boxes(())


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("7 .5 .5 .1 .1\n", "line 1: '7' is none of the 2 classes"),
        ("-1 .5 .5 .1 .1\n", "'-1' is none of the 2 classes"),
        ("0 .5 .5 .1 .1\n0 .5 x .1 .1\n", "line 2: a coordinate is not a number"),
        ("0 nan .5 .1 .1\n", "no share of the picture"),
        ("0 .5 .5 .1\n", "4 numbers are neither a box nor an outline"),
        ("0 .5 .5 .1\n0 .5 .5 .1 .1 .9\n", "neither a box nor an outline"),
    ],
)
def test_a_bad_line_is_said_with_its_place(tmp_path, labels, reason):
    (row,), _ = read(folder(tmp_path, labels))
    assert isinstance(row, BadRow)
    assert reason in row.reason


def test_rows_of_another_tools_json_are_no_boxes(tmp_path):
    path = folder(tmp_path, "0 .5 .5 .1 .1\n")
    next(path.rglob("labels/*.txt")).write_text("0,0.5,0.5,0.1,0.1],[0,0.5,0.5,0.1,0.1\n")
    rows, _ = read(path)
    assert isinstance(rows[0], BadRow)


def test_boxes_come_in_order_and_those_without_an_area_are_counted(tmp_path):
    rows, left_out = read(folder(tmp_path, "1 0.5 0.5 0.25 0.5\n0 0.25 0.5 0.5 0.5\n0 0.5 0.5 0 0.5\n"))
    assert rows[0].value.boxes == (Box("cat", 0.0, 12.5, 50.0, 25.0), Box("dog", 37.5, 12.5, 25.0, 25.0))
    assert left_out == {"boxes without an area": 1}


def test_a_picture_that_is_not_there_and_whose_size_nobody_says_is_a_bad_row(tmp_path):
    path = folder(tmp_path, "0 .5 .5 .1 .1\n", "train: list.txt\nnames: {0: cat}\n")
    (path / "list.txt").write_text(
        "images/a.jpg\n./images/a.png\nimages/none.png\n../../etc/passwd\nimages/a.png\n"
    )
    rows, _ = read(path)
    assert "the size of 'images/a.jpg' is not known" in rows[0].reason
    assert rows[1].value == Boxes((Box("cat", 45, 22.5, 10, 5),))
    assert "neither the picture 'images/none.png' nor its labels are there" in rows[2].reason
    assert isinstance(rows[3], BadRow)
    assert len(rows) == 4


@pytest.mark.parametrize("source", ["../images", "/somewhere/else/images/a.png", "[images, images]"])
def test_paths_of_other_machines_and_tools_are_found(tmp_path, source):
    path = folder(tmp_path, "0 .5 .5 .1 .1\n", f"path: ../datasets/x\nval: {source}\nnames:\n- cat\n")
    rows, _ = read(path)
    assert [row.media for row in rows] == ["images/a.png"]


def test_the_layout_of_darknet_is_read(tmp_path):
    home = tmp_path / "obj_train_data"
    home.mkdir()
    Image.new("L", (100, 50)).save(home / "a.png")
    (home / "a.txt").write_text("1 0.5 0.5 0.2 0.4\n")
    (tmp_path / "obj.data").write_text("classes = 2\ntrain = data/train.txt\nnames = data/obj.names\n")
    (tmp_path / "obj.names").write_text("cat\ntwo words\n")
    (tmp_path / "train.txt").write_text("data/obj_train_data/a.png\n")
    rows, _ = read(tmp_path)
    assert rows[0].value == Boxes((Box("two words", 40, 15, 20, 20),))
    assert MEMBER.look(tmp_path / "obj.data").schema.names == ("cat", "two words")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("names: [", "no YAML"),
        ("train: images", "names no classes"),
        ("names: {a: cat}", "'a' is no class id"),
        ("names: {99999999: cat}", "no class id"),
        ("a: &a [x, x]\nb: [*a, *a]\nnames: *a", "aliases"),
        ("date: 2001-99-99", "no YAML"),
        ("names: " + "[" * 60_000, "nested more than 50 levels"),
        ("- " * 60_000, "nested more than 50 levels"),
        ("? " * 60_000, "nested more than 50 levels"),
        ("".join(f"{' ' * n}a:\n" for n in range(500)), "nested more than 50 levels"),
    ],
)
def test_a_description_that_says_no_classes_is_refused(tmp_path, text, reason):
    with pytest.raises(NotReadable, match=reason):
        MEMBER.look(folder(tmp_path, "", text))


def test_lists_that_are_not_there_are_said(tmp_path):
    with pytest.raises(NotReadable, match=r"lists of pictures are not there \(gone.txt\)"):
        read(folder(tmp_path, "", "train: gone.txt\nnames: [cat]"))


def test_names_that_yaml_reads_as_something_else_come_back(tmp_path):
    names = ("no", "7", 'a "b" \\', "null", "\u0085\u2028\ufeff", "é🍎", "- x: y")
    value = Boxes(tuple(Box(name, n, 0, 1, 1) for n, name in enumerate(names)), SIZE)
    path, _ = written(tmp_path, item("a.jpg", value), names=names)
    assert MEMBER.look(path).schema.names == names
    assert read(path)[0][0].value == value
    foreign = tmp_path / "other"
    foreign.mkdir()
    assert MEMBER.look(folder(foreign, "", "train: images\nnames: [no, 7, cat]")).schema.names == (
        "no",
        "7",
        "cat",
    )


@settings(max_examples=80)
@given(
    sides=st.tuples(st.integers(1, 100_000), st.integers(1, 100_000)),
    places=st.lists(
        st.tuples(*[st.integers(-1_000, 9_000_000)] * 2, *[st.integers(1, 9_000_000)] * 2), max_size=3
    ),
)
def test_hundredths_of_a_pixel_come_back_in_pictures_of_any_size(sides, places, tmp_path_factory):
    wide, high = (100 * side for side in sides)
    found = (
        Box("cat", x % wide / 100, y % high / 100, w % wide / 100 + 0.01, h % high / 100 + 0.01)
        for x, y, w, h in places
    )
    value = Boxes(tuple(found), sides)
    path, _ = written(tmp_path_factory.mktemp("yolo"), item("a.jpg", value))
    assert read(path)[0][0].value == value
