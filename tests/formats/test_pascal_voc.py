from collections import Counter

import pytest

from assay.core.errors import NotReadable
from assay.core.labels import Box, Boxes, LabelledItem, schema_of
from assay.core.ports import BadRow, Columns, Naming
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
    assert [row.media for row in rows] == ["d.png", "c.png", "a b.png", "b.png"]


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
