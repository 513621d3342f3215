import json
from collections import Counter
from pathlib import Path

import pytest
from tests.support.data import shared_data

from assay.core.errors import BadValue, NotReadable
from assay.core.labels.attributes import details
from assay.core.labels.label_values import Box, Boxes, LabelledItem, Point, Points, schema_of
from assay.core.ports.file_format import BadRow, Columns, Naming, RawItem
from assay.formats.coco import MEMBER

CATEGORIES = [{"id": 7, "name": "cat"}, {"id": 3, "name": "dog"}]
IMAGES = [
    {"id": 50, "file_name": "a.jpg", "width": 640, "height": 480, "license": 2},
    {"id": 9, "file_name": "b.jpg", "width": 640, "height": 480},
]


WRITTEN = Path(__file__).parent / "written_by_tools"


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
    assert rows[0].value.boxes[0].details == details({"occluded": True})
    assert left_out == {
        "outlines": 1,
        "crowd regions": 1,
        "boxes without an area": 1,
        "annotations without a box": 1,
    }


def test_an_annotation_that_cannot_be_read_spoils_its_image_only(tmp_path):
    annotations = [box(50, 99), box(9), box(9, bbox=(1, 2, "x", 4)), box("none")]
    images = [*IMAGES, {"id": 1, "file_name": "c.jpg"}, {"id": 2}, {"id": 1, "file_name": "d.jpg"}]
    rows, _ = read(document(tmp_path, annotations=annotations, images=images))
    reasons = [row.reason for row in rows if isinstance(row, BadRow)]
    assert [row.media for row in rows if isinstance(row, LabelledItem)] == ["c.jpg"]
    assert reasons == [
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
    assert left_out == {"boxes": 1, "names of categories": 1}
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


NUT = [{"id": 1, "name": "nut"}]


def raw(tmp_path, *annotations, categories=NUT):
    """Write a document whose annotations are JSON as it stands, which need not be good."""
    path = tmp_path / "labels.json"
    path.write_text(
        f'{{"images": {json.dumps(IMAGES)}, "annotations": [{", ".join(annotations)}], '
        f'"categories": {json.dumps(categories)}}}'
    )
    return path


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "null", '"none"'])
def test_an_area_that_is_no_number_costs_no_box(tmp_path, number):
    path = raw(
        tmp_path,
        f'{{"image_id": 50, "category_id": 1, "bbox": [4, 5, 10, 12], "area": {number}, "note": "NaN, \\"NaN"}}',
        '{"image_id": 50, "category_id": 1, "bbox": [20, 20, 5, 5], "area": 25}',
    )
    rows, left_out = read(path)
    assert rows[0].value == Boxes((Box("nut", 4, 5, 10, 12), Box("nut", 20, 20, 5, 5)))
    assert left_out == {"attributes": 1}


def test_a_box_with_a_number_that_is_none_spoils_its_image(tmp_path):
    path = raw(tmp_path, '{"image_id": 9, "category_id": 1, "bbox": [4, NaN, 10, 12]}')
    rows, _ = read(path)
    assert rows[0].value == Boxes(())
    assert rows[1] == BadRow(2, "annotation 1 has a box that is not four numbers")


def test_not_a_number_elsewhere_is_null(tmp_path):
    categories = [{"id": 1, "name": "nut", "weight": float("nan")}]
    images = [{"id": 1, "file_name": "a.jpg", "height": float("nan"), "width": 4, "exposure": float("inf")}]
    rows, _ = read(document(tmp_path, images=images, categories=categories, annotations=[box(1, 1)]))
    assert rows[0].value == Boxes((Box("nut", 1, 2, 3, 4),))
    assert rows[0].value.size is None
    assert rows[0].extra == {"exposure": None}


@pytest.mark.parametrize("image", [1, 1.0, "1", "1.0"])
@pytest.mark.parametrize("named", [1, 1.0, "1"])
def test_ids_are_one_however_they_are_spelt(tmp_path, image, named):
    images, categories = [{"id": image, "file_name": "a.jpg"}], [{"id": image, "name": "nut"}]
    path = document(tmp_path, images=images, categories=categories, annotations=[box(named, named)])
    rows, left_out = read(path)
    assert [row.value for row in rows] == [Boxes((Box("nut", 1, 2, 3, 4),))]
    assert left_out == Counter()


@pytest.mark.parametrize("image", ["1.5", "null", "true", "[1]", "NaN"])
def test_no_image_is_good_where_an_annotation_may_be_any_ones(tmp_path, image):
    rows, _ = read(raw(tmp_path, f'{{"image_id": {image}, "category_id": 1, "bbox": [4, 5, 10, 12]}}'))
    assert rows == [
        BadRow(1, "annotation 1 names no image"),
        BadRow(1, "annotation 1 names no image, and may be this image's"),
        BadRow(2, "annotation 1 names no image, and may be this image's"),
    ]


def test_an_annotation_that_is_no_json_spoils_the_image_that_it_names(tmp_path):
    path = raw(tmp_path, '{"image_id": 9, "category_id": 1, "bbox": [4, 5, 10, +12]}')
    rows, _ = read(path)
    assert rows[0].media == "a.jpg"
    assert len(rows) == 2
    assert "annotation 1 is no JSON" in rows[1].reason


def test_two_categories_of_one_id_are_refused_and_of_one_name_are_told(tmp_path):
    same = [{"id": 1, "name": "car", "supercategory": "x"}, {"id": 2, "name": "car", "supercategory": "y"}]
    rows, left_out = read(
        document(tmp_path, categories=same, annotations=[box(9, 1), box(9, 2, (5, 5, 1, 1))])
    )
    assert rows[1].value == Boxes((Box("car", 1, 2, 3, 4), Box("car", 5, 5, 1, 1)))
    assert left_out == {"categories with another's name": 1}
    with pytest.raises(NotReadable, match="two of its categories have the id 1: 'car' and 'bus'"):
        read(document(tmp_path, categories=[{"id": 1, "name": "car"}, {"id": 1.0, "name": "bus"}]))


@pytest.mark.parametrize(
    "outline",
    [
        [[4, 5, 14, 5, 14, 17, 4, 17]],
        [4, 5, 14, 5, 14, 17, 4, 17],
        [[4, 5, 14, 5, 14, 7], [5, 6, 6, 17, 9, 8.5]],
        {"size": [48, 64], "counts": [4 * 48 + 5, 12] + [36, 12] * 9},
        {"size": [48, 64], "counts": "U6<T100000000000000000kZ2"},
    ],
)
def test_an_outline_without_a_box_has_the_box_around_it(tmp_path, outline):
    annotation = {"id": 1, "image_id": 50, "category_id": 7, "segmentation": outline}
    rows, left_out = read(document(tmp_path, annotations=[annotation]))
    assert rows[0].value == Boxes((Box("cat", 4, 5, 10, 12),))
    assert left_out == {"outlines": 1}


@pytest.mark.parametrize(
    "outline",
    [
        [[4, 5, 14, 5, 14]],
        [["a", 5, 14, 5, 14, 17]],
        [4, 5, 14],
        {"counts": [1, 2]},
        {"size": [2, 2], "counts": [1, 9]},
        {"size": [2, 2], "counts": "\u20ac"},
        7,
    ],
)
def test_an_outline_without_a_box_that_cannot_be_read_spoils_its_image(tmp_path, outline):
    annotation = {"id": 1, "image_id": 50, "category_id": 7, "segmentation": outline}
    rows, _ = read(document(tmp_path, annotations=[annotation]))
    assert rows[0].reason == "annotation 1 has no box, and an outline that cannot be read"
    assert rows[1].media == "b.jpg"


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ({"image_id": 50, "segments_info": [{"id": 1, "category_id": 7, "bbox": [0, 0, 5, 5]}]}, "panoptic"),
        ({"image_id": 50, "id": 1, "caption": "A cat."}, "its annotations are captions"),
        ({"image_id": 50, "id": 1, "category_id": 7}, "none of its annotations has a box"),
    ],
)
def test_coco_of_another_kind_is_refused_by_its_name(tmp_path, annotation, reason):
    with pytest.raises(NotReadable, match=reason):
        MEMBER.look(document(tmp_path, annotations=[annotation]))
    good = MEMBER.look(document(tmp_path))
    path = document(tmp_path, annotations=[annotation])
    with pytest.raises(NotReadable, match=reason):
        list(MEMBER.read_labels(path, contents=good, left_out=Counter()))


def test_a_list_of_results_is_refused_by_its_name(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps([box(50, score=0.5)]))
    with pytest.raises(NotReadable, match="a list, as files of results are"):
        MEMBER.look(path)


PERSON = [{"id": 1, "name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}]


def test_the_key_points_of_two_people_never_mix(tmp_path):
    annotations = [
        box(50, 1, keypoints=[10, 10, 2, 0, 0, 0]),
        box(50, 1, keypoints=[50, 50, 2, 60, 60, 1]),
        box(9, 1, keypoints=[50, 50, 2, 60, 60, 1]),
        box(9, 1, keypoints=[0, 0, 0, 0, 0, 0]),
    ]
    rows, left_out = read(document(tmp_path, annotations=annotations, categories=PERSON))
    assert rows[0] == BadRow(1, "its key points belong to 2 annotations, and would no longer be told apart")
    assert rows[1].value == Points((Point("nose", 50, 50), Point("eye", 60, 60, visible=False)))
    assert left_out == {"boxes": 4, "names of categories": 1, "skeletons": 1}


def test_single_points_of_two_people_stay_apart_where_names_say_so(tmp_path):
    noses = [box(50, 1, keypoints=[n, n, 2, 0, 0, 0]) for n in (1, 2)]
    eye = box(9, 1, keypoints=[0, 0, 0, 3, 3, 2])
    nose = box(9, 1, keypoints=[8, 8, 2, 0, 0, 0])
    rows, _ = read(document(tmp_path, annotations=[*noses, eye, nose], categories=PERSON))
    assert rows[0].value == Points((Point("nose", 1, 1), Point("nose", 2, 2)))
    assert "belong to 2 annotations" in rows[1].reason


def test_points_of_which_names_stand_twice_are_written_one_by_one(tmp_path):
    value = Points((Point("a", 1, 2), Point("a", 3, 4), Point("b", 9, 9)))
    path = tmp_path / "labels.json"
    items = [LabelledItem("k", "k.jpg", None, {}, value, 1.0, True, "")]
    MEMBER.write(items, path, naming=naming("a", "b"), left_out=Counter())
    written = [one["keypoints"] for one in json.loads(path.read_text())["annotations"]]
    assert written == [[1, 2, 2, 0, 0, 0], [3, 4, 2, 0, 0, 0], [0, 0, 0, 9, 9, 2]]
    assert read(path)[0][0].value == value


def test_confidences_that_only_some_have_and_free_keys_are_counted(tmp_path):
    annotations = [
        box(50, score=0.25, color="red", group=None),
        box(50, bbox=(9, 9, 1, 1)),
        box(9, score=87),
        box(9, bbox=(8, 8, 1, 1), ignore=1, score="0.5"),
    ]
    rows, left_out = read(document(tmp_path, annotations=annotations))
    assert [len(row.value.boxes) for row in rows] == [2, 2]
    assert [row.parts for row in rows] == [(), ()]
    assert left_out == {"confidences": 3, "attributes": 2}


def test_confidences_that_only_some_key_points_have_are_counted(tmp_path):
    annotations = [
        box(50, 1, keypoints=[1, 1, 2, 2, 2, 2], keypoint_scores=[0.5, None], score=0.5),
        box(9, 1, keypoints=[1, 1, 2, 2, 2, 2], keypoint_scores=[0.5]),
    ]
    rows, left_out = read(document(tmp_path, annotations=annotations, categories=PERSON))
    assert [row.parts for row in rows] == [(), ()]
    assert left_out["confidences"] == 3


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
    assert [(names[row["category_id"]], *row["bbox"]) for row in rows] == [one[:5] for one in value.boxes]


def test_what_datumaro_says_of_each_object_is_carried(tmp_path):
    path = WRITTEN / "datumaro-1.13.12" / "coco_flags.json"
    annotations = json.loads(path.read_bytes())["annotations"]
    rows, left_out = read(path)
    said = [dict(one.details.attributes) for row in rows for one in row.value.boxes]
    assert sorted(map(str, said)) == sorted(
        str(dict(sorted(one["attributes"].items()))) for one in annotations
    )
    assert "attributes" not in left_out
    again = tmp_path / "again.json"
    MEMBER.write(rows, again, naming=naming("nut", "bolt"), left_out=Counter())
    assert [row.value for row in read(again)[0]] == [row.value for row in rows]


def test_attributes_that_are_no_mapping_are_counted_and_cost_no_box(tmp_path):
    rows, left_out = read(document(tmp_path, annotations=[box(50, attributes=["occluded"])]))
    assert [len(row.value.boxes) for row in rows] == [1, 0]
    assert left_out == {"attributes": 1}
