from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assay.core.errors import InputError, NotReadable
from assay.core.labels.label_values import Box, Boxes, LabelledItem, schema_of
from assay.core.ports.file_format import BadRow, Columns, Naming
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
    assert left_out == {"confidences": 1}


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
    assert read(path)[0][0].value == MEMBER.carried(value)


def test_boxes_are_cut_at_the_edges_of_their_picture_and_counted(tmp_path):
    boxes = (
        Box("cat", 196, 10, 20, 20),
        Box("cat", 10, 10, 20, 20),
        Box("two words", -5, -5, 10, 10),
        Box("two words", 0, 90, 10, 10.5),
        Box("two words", 200, 10, 5, 5),
    )
    value = Boxes(boxes, (200, 100))
    path, left_out = written(tmp_path, item("a.jpg", value))
    cut = (
        Box("two words", 0, 0, 5, 5),
        Box("two words", 0, 90, 10, 10),
        Box("cat", 10, 10, 20, 20),
        Box("cat", 196, 10, 4, 20),
    )
    assert read(path)[0][0].value.boxes == cut
    assert MEMBER.carried(value).boxes == cut
    assert left_out == {"parts of boxes beyond their picture": 3, "boxes outside of their picture": 1}
    shares = [
        float(word) for line in (path / "labels/a.txt").read_text().splitlines() for word in line.split()[1:]
    ]
    assert 0 <= min(shares) <= max(shares) <= 1


@pytest.mark.parametrize(
    ("media", "labels"),
    [
        ("./sub/b.png", "labels/sub/b.txt"),
        ("sub\\c.png", "labels/sub/c.txt"),
        (".\\sub\\..\\d.png", "labels/d.txt"),
        ("C:\\data\\e.png", "labels/data/e.txt"),
        ("a//./f.png", "labels/a/f.txt"),
    ],
)
def test_labels_stand_where_readers_look_for_them_however_a_path_is_written(tmp_path, media, labels):
    path, _ = written(tmp_path, item(media))
    assert (path / labels).is_file()
    picture = labels.replace("labels", "./images", 1).replace(".txt", ".png")
    assert (path / "train.txt").read_text() == f"{picture}\n"
    assert read(path)[0][0].media == media


ROW = "0 0.5 0.5 0.25 0.25\n"
NUT = Boxes((Box("nut", 24, 18, 16, 12),))


def set_of(root, *files, classes=None):
    """Write a folder of labels and pictures by their names; `classes` says where `classes.txt` stands."""
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".txt"):
            (root / name).write_text(ROW)
        else:
            Image.new("RGB", (64, 48)).save(root / name)
    if classes:
        (root / classes).write_text("nut\nbolt\n")
    return root


@pytest.mark.parametrize(
    ("picture", "labels", "classes"),
    [
        ("images/a.png", "labels/a.txt", "classes.txt"),
        ("images/a.png", "labels/a.txt", "labels/classes.txt"),
        ("train/images/a.png", "train/labels/a.txt", "classes.txt"),
        ("a.png", "a.txt", "classes.txt"),
    ],
)
def test_a_folder_with_the_names_of_classes_alone_is_read(tmp_path, picture, labels, classes):
    path = set_of(tmp_path, picture, labels, classes=classes)
    assert MEMBER.guess(path)
    rows, left_out = read(path)
    assert [(row.media, row.value) for row in rows] == [(picture, NUT)]
    assert rows[0].value.size == (64, 48)
    assert MEMBER.look(path / classes).schema.names == ("nut", "bolt")
    assert left_out == Counter()


def test_labels_whose_picture_is_not_there_are_said(tmp_path):
    path = set_of(tmp_path, "images/a.png", "labels/a.txt", "labels/sub/b.txt", classes="classes.txt")
    rows, _ = read(path)
    assert rows[0].value == NUT
    assert rows[1:] == [BadRow(2, "the picture of 'labels/sub/b.txt' is not there")]


def test_a_folder_of_pictures_with_some_texts_is_no_label_file(tmp_path):
    assert not MEMBER.guess(set_of(tmp_path, "a.png", "notes.txt", classes="classes.txt"))


@pytest.mark.parametrize(
    "source",
    [
        "/home/me/ds/train/images",
        "C:\\Users\\me\\ds\\train\\images",
        "ds/train/images",
        "../elsewhere/train/images",
        "/home/me/ds/train/images/a.png",
        "[/home/me/ds/train/images, /home/me/ds/val/images]",
    ],
)
def test_the_end_of_a_path_that_is_there_is_taken(tmp_path, source):
    path = set_of(tmp_path, "train/images/a.png", "train/labels/a.txt")
    (path / "data.yaml").write_text(f"train: {source}\nnames: [nut, bolt]\n")
    rows, _ = read(path)
    assert [(row.media, row.value) for row in rows] == [("train/images/a.png", NUT)]


@pytest.mark.parametrize("number", ["1", "1.", "1.0", "1.000000", "1.000000000000000000e+00", "01"])
def test_whole_numbers_of_classes_may_be_written_as_fractions(tmp_path, number):
    rows, _ = read(folder(tmp_path, f"0.0 0.5 0.5 0.2 0.4\n{number} 0.5 0.5 0.4 0.4\n"))
    assert rows[0].value == Boxes((Box("cat", 40, 15, 20, 20), Box("dog", 30, 15, 40, 20)))


@pytest.mark.parametrize("number", ["0.5", "1e1", "-0.0", "2.0", "nan", "1_0", "\u0661"])
def test_what_is_no_class_is_said(tmp_path, number):
    rows, _ = read(folder(tmp_path, f"{number} 0.5 0.5 0.2 0.4\n"))
    assert f"line 1: '{number}' is none of the 2 classes" in rows[0].reason


def test_two_classes_of_one_name_are_told(tmp_path):
    about = "train: images\nnames: [car, bus, car]\n"
    rows, left_out = read(folder(tmp_path, "0 .5 .5 .2 .4\n2 .5 .5 .4 .4\n", about))
    assert rows[0].value == Boxes((Box("car", 40, 15, 20, 20), Box("car", 30, 15, 40, 20)))
    assert left_out == {"classes with another's name": 1}


def test_shares_are_of_the_picture_as_it_is_shown(tmp_path):
    path = folder(tmp_path, "0 0.25 0.4 0.3 0.4\n")
    exif = Image.Exif()
    exif[274] = 6
    (path / "images" / "a.png").unlink()
    Image.new("RGB", (200, 100)).save(path / "images" / "a.jpg", exif=exif)
    (row,) = MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=Counter())
    assert row.value.size == (100, 200)
    assert row.value.boxes == (Box("cat", 10, 40, 30, 80),)


@pytest.mark.parametrize(
    ("name", "said", "home"),
    [("data.yaml", "names: [cat, dog]\n", "images"), ("obj.names", "cat\ndog\n", "data")],
)
def test_a_description_that_names_no_pictures_has_them_beside_its_labels_or_in_a_list(
    tmp_path, name, said, home
):
    (tmp_path / name).write_text(said, encoding="utf-8")
    labels = "labels" if home == "images" else home
    for folder in {home, labels}:
        (tmp_path / folder).mkdir()
    Image.new("L", (100, 50)).save(tmp_path / home / "a.png")
    (tmp_path / labels / "a.txt").write_text("1 0.5 0.5 0.2 0.4\n", encoding="utf-8")
    (tmp_path / "images.txt").write_text("data/a.png\n", encoding="utf-8")
    rows, _ = read(tmp_path)
    assert [(row.media, row.value.boxes) for row in rows] == [
        (f"{home}/a.png", (Box("dog", 40, 15, 20, 20),))
    ]


def test_lists_of_darknet_are_understood_where_only_the_labels_are_there(tmp_path):
    (tmp_path / "obj.data").write_text("names = data/obj.names\ntrain = data/train.txt\n", encoding="utf-8")
    (tmp_path / "obj.names").write_text("cat\n", encoding="utf-8")
    (tmp_path / "train.txt").write_text("data/obj_train_data/a.png\n", encoding="utf-8")
    (tmp_path / "obj_train_data").mkdir()
    (tmp_path / "obj_train_data" / "a.txt").write_text("0 0.5 0.5 0.2 0.4\n", encoding="utf-8")
    rows, _ = read(tmp_path)
    assert rows[0].reason.startswith("the size of 'obj_train_data/a.png' is not known")


def test_labels_whose_picture_is_not_there_are_named(tmp_path):
    path = folder(tmp_path, "0 0.5 0.5 0.2 0.2\n")
    for name in ("b.txt", "c.txt", "classes.txt", "._a.txt"):
        (path / "labels" / name).write_text("0 0.5 0.5 0.2 0.2\n")
    (path / "images" / "c.heic").write_bytes(b"")
    (path / "images" / "._a.png").write_bytes(b"")
    found, _ = read(path)
    assert [row.media for row in found if isinstance(row, LabelledItem)] == ["images/a.png"]
    assert [row.reason for row in found if isinstance(row, BadRow)] == [
        "the picture of 'labels/b.txt' is not there",
        "'images/c.heic' is in a format that is not read: save it as JPEG or PNG",
    ]


def test_a_box_with_key_points_that_nothing_announces_is_no_outline(tmp_path):
    path = folder(tmp_path, "0 0.5 0.5 0.2 0.2 0.4 0.4 2 0.6 0.6 1\n")
    (row,), _ = read(path)
    assert "it looks like a box with key points" in row.reason
    (path / "labels" / "a.txt").write_text("0 0.1 0.1 0.5 0.1 0.5 1 0.4 0 1 1\n")
    assert read(path)[1] == {"outlines": 1}


def test_a_confidence_that_is_no_share_is_counted_and_a_side_below_nothing_is_told(tmp_path):
    path = folder(tmp_path, "0 0.5 0.5 0.2 0.2 95\n")
    (row,), left_out = read(path)
    assert (row.confidence, left_out) == (1.0, {"confidences": 1})
    (path / "labels" / "a.txt").write_text("0 0.5 0.5 -0.2 0.2\n")
    (row,), _ = read(path)
    assert row.reason.endswith("line 1: a box of -0.2 by 0.2 has no area")


@pytest.mark.parametrize(
    ("names", "second"),
    [("nc: 2", "class_1"), ("names: {0.0: cat, 1.0: dog}", "dog"), ("names: [cat, ' dog ']", "dog")],
)
def test_classes_are_counted_and_spelt_as_tools_do(tmp_path, names, second):
    (row,), _ = read(folder(tmp_path, "1 0.5 0.5 0.2 0.2\n", f"train: images\n{names}\n"))
    assert [one.label for one in row.value.boxes] == [second]
