# packages: globox==2.9.0
"""globox, which converts sets of boxes between formats."""

from pathlib import Path

from globox import Annotation, AnnotationSet, BoundingBox
from keeping import keep
from made import BOXES, NAMES, SIZES, boxed_rows, pictures

LICENCE = "MIT"
home = pictures("pictures")
out = Path("out")
out.mkdir()


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


def boxes_of(name):
    return [
        BoundingBox(label=label, xmin=x, ymin=y, xmax=x + w, ymax=y + h) for label, x, y, w, h in BOXES[name]
    ]


found = AnnotationSet([Annotation(name, SIZES[name], boxes_of(name)) for name in SIZES])
numbers = {label: number for number, label in enumerate(NAMES)}
found.save_coco(
    out / "coco.json", imageid_to_id={name: i for i, name in enumerate(SIZES)}, label_to_id=numbers
)
kept(
    out / "coco.json",
    "coco.json",
    "3 items",
    labels=NAMES,
    rows=boxed_rows(),
)
found.save_pascal_voc(out / "voc")
kept(
    out / "voc",
    "voc",
    "3 pictures with fractions, by XML without a folder around it; the pictures need not be there",
    note="was refused: there is no folder Annotations",
    labels=NAMES,
    rows=boxed_rows(),
)
found.save_openimage(out / "openimage.csv")
kept(
    out / "openimage.csv",
    "openimage.csv",
    "refused: its rows are boxes",
    refused="its rows are boxes (XMin, XMax",
)
found.save_yolo_v5(out / "yolo_v5", label_to_id=numbers)
kept(
    out / "yolo_v5",
    "yolo_v5",
    "refused: labels alone, and nothing says what class 0 is called",
    refused="no format takes it for its own",
    read_as=None,
)
