# packages: supervision==0.31.2
"""supervision: data sets of detections, and its sinks."""

from pathlib import Path

import numpy as np
import supervision as sv
from keeping import keep, row
from made import BOXES, NAMES, SIZES, boxed_rows, pictures

LICENCE = "MIT"
pictures("pictures")
Path("out").mkdir()


def detections(name):
    if not BOXES[name]:
        return sv.Detections.empty()
    edges = [[x, y, x + w, y + h] for _, x, y, w, h in BOXES[name]]
    return sv.Detections(
        xyxy=np.array(edges, np.float32),
        class_id=np.array([NAMES.index(label) for label, *_ in BOXES[name]]),
        confidence=np.full(len(edges), 0.5, np.float32),
    )


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


paths = [f"pictures/{name}" for name in SIZES]
whole = sv.DetectionDataset(NAMES, paths, {f"pictures/{name}": detections(name) for name in SIZES})
whole.as_coco(images_directory_path="out/coco/images", annotations_path="out/coco/annotations.json")
kept(
    "out/coco/annotations.json",
    "coco.json",
    "3 items; no scores, the exporter drops them",
    labels=NAMES,
    rows=boxed_rows(),
)
whole.as_yolo(
    images_directory_path="out/yolo/images",
    annotations_directory_path="out/yolo/labels",
    data_yaml_path="out/yolo/data.yaml",
)
kept(
    "out/yolo",
    "yolo",
    "3 pictures by data.yaml, which names classes and no lists of pictures",
    note="was refused for want of these lists",
    labels=NAMES,
    rows=boxed_rows("images/"),
)
whole.as_pascal_voc(images_directory_path="out/voc/images", annotations_directory_path="out/voc/annotations")
kept(
    "out/voc",
    "voc",
    "as they stand: the left top corner one pixel further right and down, since it counts from 1; whole pixels",
    note="was refused: its documents call the folder annotations, in small letters",
    labels=NAMES,
    rows=[
        row(
            "a.png",
            {"boxes": [["nut", 5, 7, 15, 11], ["bolt", 33, 26, 7, 5]]},
            media="a.png",
            size=SIZES["a.png"],
        ),
        row("b.png", {"boxes": [["bolt", 2, 4, 7, 8]]}, media="b.png", size=SIZES["b.png"]),
        row("c.png", {"boxes": []}, media="c.png", size=SIZES["c.png"]),
    ],
)
with sv.CSVSink("out/boxes.csv") as sink:
    for name in SIZES:
        sink.append(detections(name), custom_data={"file_name": name})
kept(
    "out/boxes.csv",
    "sink.csv",
    "refused: its rows are boxes",
    note="was refused with the names of the columns alone; with a column class it would have been read as choices",
    refused="its rows are boxes (x_min, y_min, x_max, y_max)",
)
with sv.JSONSink("out/boxes.json") as sink:
    for name in SIZES:
        sink.append(detections(name), custom_data={"file_name": name})
kept(
    "out/boxes.json",
    "sink.json",
    "refused: a list of boxes is no list of tasks",
    note="the sentence does not name the tool, for a list of objects may be anything",
    refused="it holds no annotations that a label can say",
)
