from collections import Counter

import pytest
from PIL import Image

from assay.core.errors import NotReadable
from assay.core.labels.label_values import Box, Boxes, LabelledItem, schema_of
from assay.core.ports.file_format import BadRow, Columns, Naming
from assay.formats.pascal_voc import MEMBER
from assay.formats.pascal_voc.reading import LABEL_MAP_HEAD

SIZE = (640, 480)
VALUE = Boxes((Box("cat", 10, 20, 30, 40), Box("dog", 0.01, 0.02, 639.99, 1.5)), SIZE)
OBJECT = "<object><name>{name}</name>{more}<bndbox><xmin>{x}</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8.5</ymax></bndbox></object>"


def item(media, value=VALUE, **more):
    return LabelledItem(media, media, None, {}, value, more.pop("confidence", 1.0), True, "", **more)


def written(tmp_path, *items, names=("cat", "dog")):
    path, left_out = tmp_path / "set", Counter()
    naming = Naming("boxes", "job", "groundtruth/object-detection", schema_of(names))
    assert MEMBER.write(iter(items), path, naming=naming, left_out=left_out) == len(items)
    return path, left_out


def read(path):
    left_out = Counter()
    return list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=left_out)), left_out


def folder(tmp_path, *objects, name="a", head=""):
    (tmp_path / "Annotations").mkdir(exist_ok=True)
    text = f"{head}<annotation><filename>{name}.png</filename>{''.join(objects)}</annotation>"
    (tmp_path / "Annotations" / f"{name}.xml").write_text(text)
    return tmp_path


def thing(name="cat", more="", x="1"):
    return OBJECT.format(name=name, more=more, x=x)


def test_edges_are_counted_from_zero_and_keep_their_fractions(tmp_path):
    path, left_out = written(tmp_path, item("shop/a.jpg", Boxes((Box("dog", 0, 0.25, 10.5, 20),), SIZE)))
    text = (path / "Annotations" / "shop" / "a.xml").read_text()
    assert "<xmin>0</xmin><ymin>0.25</ymin><xmax>10.5</xmax><ymax>20.25</ymax>" in text
    assert "<filename>shop/a.jpg</filename>" in text
    assert "<width>640</width><height>480</height><depth>3</depth>" in text
    assert (path / "ImageSets" / "Main" / "default.txt").read_text() == "shop/a\n"
    assert (path / "labelmap.txt").read_text() == f"{LABEL_MAP_HEAD}\ncat:::\ndog:::\n"
    assert left_out == Counter()
    assert MEMBER.guess(path)
    assert not MEMBER.guess(tmp_path)


def test_the_order_of_the_items_and_clashing_names_survive(tmp_path):
    medias = [
        "z.jpg",
        "a.jpg",
        "a.png",
        "A.jpg",
        "../../a.jpg",
        "s3://b/x y.jpg",
        "/etc/x",
        ".jpg",
        "x\r\n\x01.jpg",
        "no ending",
    ]
    items = [item(media, Boxes((Box("cat", n, n, 1 + n, 1),), SIZE)) for n, media in enumerate(medias)]
    path, _ = written(tmp_path, *items)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["set"]
    rows, _ = read(path)
    assert [(row.media, row.value) for row in rows] == [(one.media, one.value) for one in items]
    assert [row.media for row in MEMBER.read_items(path, columns=Columns())] == medias


def test_names_that_xml_or_the_label_map_cannot_hold_come_back(tmp_path):
    names = ("a:b", "#c", " d ", "\x01\ufffe", "<e> & 'f'", "tab\there", "é🍎")
    value = Boxes(tuple(Box(name, n, 0, 1, 1) for n, name in enumerate(names)), SIZE)
    path, _ = written(tmp_path, item("a.jpg", value), names=names)
    assert read(path)[0][0].value == value
    assert set(MEMBER.look(path).schema.names) == set(names)


def test_confidences_of_boxes_come_back(tmp_path):
    path, left_out = written(tmp_path, item("a.jpg", parts=(0.5, 0.7), confidence=0.6))
    (row,), more = read(path)
    assert row.parts == (0.5, 0.7)
    assert left_out == more == Counter()
    lossy = LabelledItem("k", "k.jpg", None, {"a": 1}, VALUE, 0.5, True, "", adjusted=False)
    (tmp_path / "again").mkdir()
    _, left_out = written(tmp_path / "again", lossy)
    assert left_out == {"confidences": 1, "further columns": 1, "adjustments": 1}


def test_what_an_object_says_besides_is_counted(tmp_path):
    more = "<pose>Left</pose><truncated>1</truncated><difficult>0</difficult><part/><polygon/><actions/>"
    attributes = "<attributes><attribute><name>colour</name><value>red</value></attribute></attributes>"
    path = folder(tmp_path, "<segmented>1</segmented>", thing(more=more + attributes), thing(x="9"))
    (row,), left_out = read(path)
    assert row.value == Boxes((Box("cat", 1, 2, 8, 6.5),))
    assert left_out == {
        "attributes": 3,
        "parts of objects": 1,
        "outlines": 1,
        "actions": 1,
        "masks": 1,
        "boxes without an area": 1,
    }


def test_pictures_that_no_set_lists_come_behind_by_name(tmp_path):
    for name in ("c", "b", "a b", "d"):
        folder(tmp_path, name=name)
    sets = tmp_path / "ImageSets" / "Main"
    sets.mkdir(parents=True)
    (sets / "train.txt").write_text("d\r\nnone\n")
    (sets / "val.txt").write_text("c  1\na b\nd\n")
    rows, _ = read(tmp_path)
    assert rows.pop(1) == BadRow(
        2, "the set 'train' lists it, but neither its annotation nor its picture is there", "none"
    )
    assert [row.media for row in rows] == ["d.png", "c.png", "a b.png", "b.png"]


def picture(tmp_path, name, size=(200, 100)):
    file = tmp_path / "JPEGImages" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(file)


def listed(tmp_path, name, *stems):
    sets = tmp_path / "ImageSets" / "Main"
    sets.mkdir(parents=True, exist_ok=True)
    (sets / f"{name}.txt").write_text("".join(f"{stem}\n" for stem in stems))


def test_a_picture_that_a_set_lists_and_that_has_no_annotation_has_no_boxes(tmp_path):
    folder(tmp_path, thing())
    for name in ("a.png", "empty.jpg", "below/two words.png"):
        picture(tmp_path, name)
    listed(tmp_path, "train", "a", "empty", "below/two words")
    rows, left_out = read(tmp_path)
    assert [row.media for row in rows] == ["a.png", "empty.jpg", "below/two words.png"]
    assert [len(row.value.boxes) for row in rows] == [1, 0, 0]
    assert [row.value.size for row in rows[1:]] == [(200, 100)] * 2
    assert left_out == Counter()
    assert [row.media for row in MEMBER.read_items(tmp_path, columns=Columns())] == [
        row.media for row in rows
    ]


def test_a_picture_at_which_nobody_may_have_looked_is_a_bad_row_and_an_item(tmp_path):
    folder(tmp_path, thing())
    for name in ("a.png", "new.jpg", "other.jpg"):
        picture(tmp_path, name)
    listed(tmp_path, "train", "a")
    listed(tmp_path, "test", "other")
    rows, _ = read(tmp_path)
    assert rows[0].media == "a.png"
    assert rows[1:] == [
        BadRow(2, "it has no annotation, and neither has any other picture of the set 'test'", "other"),
        BadRow(
            3, "it has no annotation, and no set lists it: whether anybody looked at it is not known", "new"
        ),
    ]
    items = list(MEMBER.read_items(tmp_path, columns=Columns()))
    assert [one.media for one in items] == ["a.png", "other.jpg", "new.jpg"]


def test_a_picture_whose_annotation_has_another_name_comes_once(tmp_path):
    folder(tmp_path, thing()).joinpath("Annotations", "a.xml").rename(tmp_path / "Annotations" / "0001.xml")
    picture(tmp_path, "a.png")
    rows, _ = read(tmp_path)
    assert [row.media for row in rows] == ["a.png"]
    assert [row.media for row in MEMBER.read_items(tmp_path, columns=Columns())] == ["a.png"]


def test_confidences_that_only_some_boxes_have_are_counted(tmp_path):
    score = "<attributes><attribute><name>score</name><value>0.5</value></attribute></attributes>"
    (row,), left_out = read(folder(tmp_path, thing(more=score), thing(x="2")))
    assert row.parts == ()
    assert left_out == {"confidences": 1}


@pytest.mark.parametrize("media", ["./sub/b.png", "sub\\b.png", "sub/x/../b.png", "D:\\sub\\b.png"])
def test_annotations_stand_where_readers_look_for_them_however_a_path_is_written(tmp_path, media):
    path, _ = written(tmp_path, item(media))
    assert (path / "Annotations" / "sub" / "b.xml").is_file()
    assert (path / "ImageSets" / "Main" / "default.txt").read_text() == "sub/b\n"
    assert read(path)[0][0].media == media


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize(
    ("objects", "head", "reason"),
    [
        (["&c;"], BOMB, "document type"),
        ([], '<!DOCTYPE a SYSTEM "file:///etc/passwd">', "document type"),
        (["<object>"], "", "no XML"),
        (["<object/>"], "", "object 1 has no name"),
        ([thing(), "<object><name>cat</name></object>"], "", "object 2 has no box of four numbers"),
        ([thing(x="nan")], "", "no box of four numbers"),
        ([thing(x="1e30")], "", "no box of four numbers"),
    ],
)
def test_a_bad_annotation_is_said_and_the_others_come(tmp_path, objects, head, reason):
    folder(tmp_path, *objects, head=head)
    rows, _ = read(folder(tmp_path, thing(), name="b"))
    assert isinstance(rows[0], BadRow)
    assert reason in rows[0].reason
    assert rows[1].value == Boxes((Box("cat", 1, 2, 8, 6.5),))


def test_a_label_that_is_not_the_projects_is_a_bad_row(tmp_path):
    path = folder(tmp_path, thing("hen"))
    contents = MEMBER.look(path)
    assert contents.schema.names == ("hen",)
    other = type(contents)(Boxes, schema_of(["cat"]))
    (row,) = MEMBER.read_labels(path, contents=other, left_out=Counter())
    assert row.reason == "object 1: 'hen' is not a label of this project"


def test_a_folder_without_annotations_is_said(tmp_path):
    with pytest.raises(NotReadable, match="no folder 'Annotations'"):
        MEMBER.look(tmp_path)


@pytest.mark.parametrize(
    ("annotations", "pictures"),
    [
        ("Annotations", "images"),
        ("annotations", "images"),
        ("labels", "data"),
        (".", "."),
        ("train", "train"),
    ],
)
def test_annotations_and_pictures_lie_where_other_tools_put_them(tmp_path, annotations, pictures):
    (tmp_path / annotations).mkdir(exist_ok=True)
    (tmp_path / pictures).mkdir(exist_ok=True)
    (tmp_path / annotations / "a.xml").write_text(
        f"<annotation><filename>a.png</filename>{thing()}</annotation>", encoding="utf-8"
    )
    for name, size in (("a", (60, 40)), ("b", (30, 20))):
        Image.new("L", size).save(tmp_path / pictures / f"{name}.png")
    assert MEMBER.guess(tmp_path)
    rows, _ = read(tmp_path)
    prefix = "train/" if annotations == "train" else ""
    assert (rows[0].media, rows[0].value.size, len(rows[0].value.boxes)) == (f"{prefix}a.png", (60, 40), 1)
    assert rows[1].reason.startswith("it has no annotation, and no set lists it")


def test_xml_that_is_no_annotation_of_a_picture_makes_no_folder_of_them(tmp_path):
    (tmp_path / "annotations.xml").write_text("<annotations><image/></annotations>", encoding="utf-8")
    assert not MEMBER.guess(tmp_path)
    with pytest.raises(NotReadable, match="it has no folder 'Annotations', nor another"):
        MEMBER.look(tmp_path)


@pytest.mark.parametrize("name", ["old.png", "C:\\\\pics\\\\a.png", "a", ""])
def test_a_picture_that_was_renamed_is_the_one_that_is_called_like_its_annotation(tmp_path, name):
    path = folder(tmp_path, thing())
    file = path / "Annotations" / "a.xml"
    file.write_text(file.read_text().replace("a.png", name))
    (path / "JPEGImages").mkdir()
    Image.new("L", (100, 50)).save(path / "JPEGImages" / "a.png")
    (row,), _ = read(path)
    assert (row.media, row.value.size) == ("a.png", (100, 50))


def test_percent_signs_in_the_name_of_a_picture_may_stand_for_blanks(tmp_path):
    path = folder(tmp_path, thing(), name="a%20b")
    (path / "JPEGImages").mkdir()
    Image.new("L", (100, 50)).save(path / "JPEGImages" / "a b.png")
    (row,), _ = read(path)
    assert row.media == "a b.png"


def test_what_systems_leave_behind_is_no_annotation(tmp_path):
    path = folder(tmp_path, thing())
    (path / "Annotations" / "a.xml").rename(path / "a.xml")
    (path / "Annotations").rmdir()
    Image.new("L", (100, 50)).save(path / "a.png")
    (path / "__MACOSX").mkdir()
    for name in ("._a.xml", "._a.png", "__MACOSX/a.xml"):
        (path / name).write_bytes(b"")
    assert MEMBER.guess(path)
    assert [row.media for row in read(path)[0]] == ["a.png"]


def test_a_box_that_ends_before_it_starts_makes_its_picture_a_bad_row(tmp_path):
    (row,), left_out = read(folder(tmp_path, thing(x="30")))
    assert (row.reason, left_out) == ("object 1 has a box that ends before it starts", {})
