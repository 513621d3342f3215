# packages: datumaro==1.13.12
"""Datumaro, whose layouts are those that CVAT exports too."""

from pathlib import Path

import numpy as np
from datumaro.components.annotation import (
    AnnotationType,
    Bbox,
    Label,
    LabelCategories,
    Mask,
    Points,
    PointsCategories,
    Polygon,
)
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from keeping import keep, row
from made import BOXES, NAMES, SIZES, boxed_rows, pictures

LICENCE = "MIT"
home = pictures("pictures")


def item(name, annotations, subset="default"):
    return DatasetItem(
        id=name.removesuffix(".png"),
        subset=subset,
        media=Image.from_file(path=str(home / name)),
        annotations=annotations,
    )


def boxes_of(name, **more):
    return [
        Bbox(*place, label=NAMES.index(label), id=i, group=i, **more)
        for i, (label, *place) in enumerate(BOXES[name], start=1)
    ]


def data_set(items, names=NAMES):
    return Dataset.from_iterable(items, categories=names, media_type=Image)


def export(into, found, form, **more):
    out = Path("out") / into
    found.export(str(out), form, **({"save_media": True} | more))
    return out


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


# --- COCO, as CVAT's "COCO 1.0" too ------------------------------------------------------------------
plain = data_set([item(name, boxes_of(name)) for name in SIZES])
flagged = data_set(
    [item(name, boxes_of(name, attributes={"occluded": False, "rotation": 0.0})) for name in SIZES]
)
out = export("coco", plain, "coco_instances")
kept(
    out / "annotations/instances_default.json",
    "coco_instances.json",
    "3 items by their file names; the sizes from the file",
    labels=NAMES,
    rows=boxed_rows(),
)
out = export("coco_flags", flagged, "coco_instances")
kept(
    out / "annotations/instances_default.json",
    "coco_flags.json",
    "as before; the attributes that CVAT gives every box are counted",
    labels=NAMES,
    left_out={"attributes": 3},
    rows=boxed_rows(),
)
scored = data_set([item("a.png", boxes_of("a.png", attributes={"score": 0.5}))])
out = export("coco_scores", scored, "coco_instances")
kept(
    out / "annotations/instances_default.json",
    "coco_scores.json",
    "the scores are confidences, nothing is left out",
    labels=NAMES,
    rows=boxed_rows(of=("a.png",)),
)
leaf = Polygon([16, 12, 32, 12, 24, 36], label=0, id=1, group=1)
hole = np.zeros((48, 64), bool)
hole[12:36, 16:32] = True
hole[18:30, 20:28] = False
HULL = {"boxes": [["nut", 16, 12, 16, 24]]}
shapes = {"outline": [leaf], "mask": [Mask(hole, label=0, id=1, group=1)]}
for name, shape in shapes.items():
    out = export(f"coco_{name}", data_set([item("a.png", shape)]), "coco_instances")
    kept(
        out / "annotations/instances_default.json",
        f"coco_{name}.json",
        "the box around it, and the outline counted"
        if name == "outline"
        else "the box around it; it is a crowd region",
        labels=NAMES,
        note=""
        if name == "outline"
        else "every mask comes as a crowd region, also one of a single object, and has no box",
        left_out={"outlines": 1} if name == "outline" else {"crowd regions": 1},
        rows=[row("a.png", HULL if name == "outline" else {"boxes": []}, media="a.png", size=SIZES["a.png"])],
    )
skeleton = PointsCategories.from_iterable([(0, ["left", "right"], [(0, 1)])])
eyes = [Points([16, 12, 32, 12], [2, 1], label=0, id=1, group=1), Bbox(10, 6, 30, 20, label=0, id=1, group=1)]
people = Dataset.from_iterable(
    [item("a.png", eyes)],
    categories={
        AnnotationType.label: LabelCategories.from_iterable(["person"]),
        AnnotationType.points: skeleton,
    },
    media_type=Image,
)
out = export("coco_points", people, "coco_person_keypoints")
kept(
    out / "annotations/person_keypoints_default.json",
    "coco_points.json",
    "2 points, one of them hidden; the box and the lines of the skeleton are counted",
    labels=["left", "right"],
    note="the name of the category was not thought of: it is counted too",
    left_out={"boxes": 1, "names of categories": 1, "skeletons": 1},
    rows=[
        row(
            "a.png",
            {"points": [["left", 16, 12, True], ["right", 32, 12, False]]},
            media="a.png",
            size=SIZES["a.png"],
        )
    ],
)
tagged = data_set([item("a.png", [Label(1, id=1, group=1)])])
out = export("coco_labels", tagged, "coco_labels")
kept(
    out / "annotations/labels_default.json",
    "coco_labels.json",
    "refused: Datumaro's own kind of COCO, whose annotations name a class and no place",
    refused="none of its annotations has a box, an outline or key points",
)
out = export("coco_panoptic", data_set([item("a.png", shapes["mask"])]), "coco_panoptic")
kept(
    out / "annotations/panoptic_default.json",
    "coco_panoptic.json",
    "refused as panoptic",
    refused="it is panoptic COCO",
)
out = export("coco_info", plain, "coco_image_info")
kept(
    out / "annotations/image_info_default.json",
    "coco_image_info.json",
    "refused: it lists pictures and nothing that anybody said of them",
    note="came as three pictures without boxes, as if people had said so",
    refused="it lists pictures alone",
)
# --- Pascal VOC, as CVAT's "PASCAL VOC 1.1" too ------------------------------------------------------
kept(
    export("voc", plain, "voc_detection"),
    "voc",
    "3 pictures with fractions of pixels; c.png has no annotation and no boxes, since its set lists it",
    labels=["background", *NAMES],
    rows=boxed_rows(),
)
other = data_set([item("a.png", boxes_of("a.png", attributes={"occluded": True, "colour": "red"}))])
kept(
    export("voc_attributes", other, "voc"),
    "voc_attributes",
    "the flag and the attribute of both boxes are counted",
    labels=["background", *NAMES],
    left_out={"attributes": 4},
    rows=boxed_rows(of=("a.png",)),
)
splits = zip(SIZES, ("train", "val", "val"), strict=True)
parted = data_set([item(name, boxes_of(name), subset) for name, subset in splits])
kept(
    export("voc_splits", parted, "voc"),
    "voc_splits",
    "pictures in the order of the sets",
    labels=["background", *NAMES],
    rows=boxed_rows(),
)
# --- YOLO, as CVAT's "YOLO 1.1" and "Ultralytics YOLO" too -------------------------------------------
kept(
    export("yolo", plain, "yolo"),
    "yolo",
    "3 pictures in darknet's layout, c.png with an empty file of labels",
    labels=NAMES,
    rows=boxed_rows("obj_train_data/"),
)
kept(
    export("yolo_splits", parted, "yolo"),
    "yolo_splits",
    "the same from two lists",
    labels=NAMES,
    rows=boxed_rows("obj_train_data/", of=("a.png",)) + boxed_rows("obj_val_data/", of=("b.png", "c.png")),
)
kept(
    export("yolo_bare", parted, "yolo", save_media=False),
    "yolo_without_pictures",
    "two bad rows for want of a size; c.png has no boxes, and its size is not known",
    note="the lists name data/obj_train_data, a folder that is not there; labels were looked for in it",
    labels=NAMES,
    rows=[row("obj_val_data/c.png", {"boxes": []}, media="obj_val_data/c.png")],
    bad=[
        [1, "the size of 'obj_train_data/a.png' is not known"],
        [2, "the size of 'obj_val_data/b.png' is not known"],
    ],
)
kept(
    export("ultralytics", parted, "yolo_ultralytics"),
    "yolo_ultralytics",
    "the same by data.yaml and lists",
    labels=NAMES,
    rows=boxed_rows("images/train/", of=("a.png",)) + boxed_rows("images/val/", of=("b.png", "c.png")),
)
# --- what is not read --------------------------------------------------------------------------------
kept(
    export("datumaro", plain, "datumaro") / "annotations/default.json",
    "datumaro.json",
    "refused: Datumaro's own JSON looks like COCO at first and has no images",
    note="the sentence was about categories that are no list, and did not name Datumaro",
    refused="Datumaro's own JSON has them so",
)
