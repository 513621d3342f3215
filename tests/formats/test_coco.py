import json
from collections import Counter

import pytest
from tests.support.data import shared_data

from assay.core.errors import BadValue, NotReadable
from assay.core.labels import Box, Boxes, LabelledItem, Point, Points, schema_of
from assay.core.ports import BadRow, Columns, Naming, RawItem
from assay.formats.coco import MEMBER

CATEGORIES = [{"id": 7, "name": "cat"}, {"id": 3, "name": "dog"}]
IMAGES = [
    {"id": 50, "file_name": "a.jpg", "width": 640, "height": 480, "license": 2},
    {"id": 9, "file_name": "b.jpg", "width": 640, "height": 480},
]


def naming(*names):
    return Naming("boxes", "job", "groundtruth/object-detection", schema_of(names))


def document(tmp_path, **parts):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({"images": IMAGES, "annotations": [], "categories": CATEGORIES} | parts))
    return path


def box(image, category=7, bbox=(1, 2, 3, 4), **more):
    return {"id": 1, "image_id": image, "category_id": category, "bbox": list(bbox), **more}


def read(path, *, attribute=None):
    left_out = Counter()
    contents = MEMBER.look(path, attribute=attribute)
    return list(MEMBER.read_labels(path, contents=contents, left_out=left_out)), left_out


def test_category_ids_may_have_holes_and_images_without_annotations_stay(tmp_path):
    path = document(tmp_path, annotations=[box(9, 3), box(9, 7, (0.5, 0, 2.25, 1))])
    rows, left_out = read(path)
    assert [row.media for row in rows] == ["a.jpg", "b.jpg"]
    assert rows[0].value == Boxes(())
    assert rows[0].extra == {"license": 2}
    assert rows[0].value.size == (640, 480)
    assert rows[1].value == Boxes((Box("dog", 1, 2, 3, 4), Box("cat", 0.5, 0, 2.25, 1)))
    assert left_out == Counter()
    assert MEMBER.look(path).schema.names == ("cat", "dog")


@pytest.mark.parametrize(
    "order", [("annotations", "images", "categories"), ("categories", "annotations", "images")]
)
def test_the_parts_of_a_document_may_stand_in_any_order(tmp_path, order):
    parts = {"images": IMAGES, "annotations": [box(50)], "categories": CATEGORIES}
    path = tmp_path / "labels.json"
    path.write_text(
        json.dumps({"info": {"a": ["}]"]}} | {name: parts[name] for name in order} | {"x": "]}"}, indent=3)
    )
    rows, _ = read(path)
    assert [len(row.value.boxes) for row in rows] == [1, 0]


def test_what_boxes_cannot_say_is_counted(tmp_path):
    annotations = [
        box(50, segmentation=[[1, 2, 3, 4, 5, 6]], attributes={"occluded": True}),
        box(50, bbox=(5, 5, 2, 2), segmentation={"counts": 'a]}"\\', "size": [1, 2]}, iscrowd=1),
        box(9, bbox=(5, 5, 0, 2)),
        box(9, bbox=()),
    ]
    rows, left_out = read(document(tmp_path, annotations=annotations))
    assert [len(row.value.boxes) for row in rows] == [1, 0]
    assert left_out == {
        "outlines": 1,
        "attributes": 1,
        "crowd regions": 1,
        "boxes without an area": 1,
        "annotations without a box": 1,
    }


def test_an_annotation_that_cannot_be_read_spoils_its_image_only(tmp_path):
    annotations = [box(50, 99), box(9), box(9, bbox=(1, 2, "x", 4)), box("none"), {"id": 5}, 7]
    images = [*IMAGES, {"id": 1, "file_name": "c.jpg"}, {"id": 2}, {"id": 1, "file_name": "d.jpg"}]
    rows, _ = read(document(tmp_path, annotations=annotations, images=images))
    reasons = [row.reason for row in rows if isinstance(row, BadRow)]
    assert [row.media for row in rows if isinstance(row, LabelledItem)] == ["c.jpg"]
    assert reasons == [
        "annotation 5 names no image",
        "annotation 6 names no image",
        "annotations name the image none, which is not there",
        "annotation 1 names a category that the file does not have",
        "annotation 3 has a box that is not four numbers",
        "the image has no 'file_name'",
        "the image's id 1 is that of an earlier image",
    ]


def test_confidences_of_boxes_come_back_in_the_order_of_the_boxes(tmp_path):
    path = tmp_path / "labels.json"
    value = Boxes((Box("b", 5, 1, 2, 2), Box("a", 1, 1, 2, 2)), (9, 9))
    item = LabelledItem("k", None, None, {}, value, 0.6, True, "", parts=(0.5, 0.7))
    left_out = Counter()
    assert MEMBER.write([item], path, naming=naming("a", "b"), left_out=left_out) == 1
    assert left_out == Counter()
    first = json.loads(path.read_text())["annotations"][0]
    assert first == {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "bbox": [1, 1, 2, 2],
        "area": 4,
        "segmentation": [],
        "iscrowd": 0,
        "score": 0.5,
    }
    (row,), _ = read(path)
    assert row.parts == (0.5, 0.7)
    assert row.media == "k"
    assert row.confidence == pytest.approx(0.6)


def test_key_points_are_read_by_the_names_of_their_category(tmp_path):
    categories = [{"id": 1, "name": "person", "keypoints": ["nose", "ear", "eye"]}]
    annotations = [box(50, 1, keypoints=[4, 5, 2, 0, 0, 0, 7.5, 8, 1])]
    path = document(tmp_path, annotations=annotations, categories=categories)
    rows, left_out = read(path)
    assert rows[0].value == Points((Point("nose", 4, 5), Point("eye", 7.5, 8, visible=False)))
    assert left_out == {"boxes": 1}
    rows, left_out = read(path, attribute="boxes")
    assert rows[0].value == Boxes((Box("person", 1, 2, 3, 4),))
    assert left_out == {"key points": 1}
    with pytest.raises(BadValue, match="'outlines'"):
        MEMBER.look(path, attribute="outlines")


def test_several_points_of_one_name_come_back(tmp_path):
    value = Points((Point("a", 1, 2), Point("a", 3, 4), Point("b", 0, 0, visible=False)))
    item = LabelledItem("k", "k.jpg", None, {}, value, 1.0, True, "", parts=(1.0, 1.0, 1.0))
    path = tmp_path / "labels.json"
    MEMBER.write([item], path, naming=naming("a", "b"), left_out=Counter())
    (row,), left_out = read(path)
    assert row.value == value
    assert row.parts == (1.0, 1.0, 1.0)
    assert left_out == Counter()


def test_a_label_that_the_project_does_not_have_is_refused_when_writing(tmp_path):
    for value in (Boxes((Box("c", 1, 1, 1, 1),)), Points((Point("c", 1, 1),))):
        item = LabelledItem("k", None, None, {}, value, 1.0, True, "")
        with pytest.raises(ValueError, match="c"):
            MEMBER.write([item], tmp_path / type(value).__name__, naming=naming("a"), left_out=Counter())


def test_images_are_items(tmp_path):
    path = document(tmp_path)
    first = RawItem(1, None, "a.jpg", None, {"width": 640, "height": 480, "license": 2})
    assert next(MEMBER.read_items(path, columns=Columns())) == first
    assert [row.key for row in MEMBER.read_items(path, columns=Columns(id="id"), skip=1)] == ["9"]
    with pytest.raises(BadValue, match="'title'"):
        list(MEMBER.read_items(path, columns=Columns(media="title")))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "no JSON object"),
        ('{"a": 1}', "no JSON object with 'images'"),
        ('{"images": []}', "no 'annotations'"),
        ('{"annotations": [{]', "ends in the middle"),
        ('{"annotations": [], "categories": [{"id": 1}]}', "category 1 has no id or no name"),
        ('{"annotations" []}', "no JSON at byte"),
    ],
)
def test_what_is_no_coco_document_is_said(tmp_path, text, reason):
    path = tmp_path / "labels.json"
    path.write_text(text)
    with pytest.raises(NotReadable, match=reason):
        MEMBER.look(path)


def test_real_truth_is_read_whole():
    rows, left_out = read(shared_data("images", "coco_mini", "truth_coco.json"))
    assert len(rows) == 56
    assert sum(len(row.value.boxes) for row in rows) == 350
    assert left_out == {"outlines": 303}
    rows, left_out = read(shared_data("medical", "blood_cells", "truth_coco.json"))
    assert sum(len(row.value.boxes) for row in rows) == 1018
    assert left_out == Counter()


def test_pycocotools_finds_the_same_boxes_in_what_we_write(tmp_path, capsys):
    coco = pytest.importorskip("pycocotools.coco", reason="pycocotools is not installed")
    value = Boxes((Box("a", 1.25, 2, 3, 4), Box("b", 5, 6.75, 7, 8)), (640, 480))
    item = LabelledItem("k", "k.jpg", None, {}, value, 1.0, True, "")
    path = tmp_path / "labels.json"
    MEMBER.write([item], path, naming=naming("a", "b"), left_out=Counter())
    found = coco.COCO(str(path))
    capsys.readouterr()
    names = {one["id"]: one["name"] for one in found.loadCats(found.getCatIds())}
    rows = found.loadAnns(found.getAnnIds(found.getImgIds()))
    assert [(names[row["category_id"]], *row["bbox"]) for row in rows] == [tuple(one) for one in value.boxes]
