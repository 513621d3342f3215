# packages: fiftyone==1.22.1
"""FiftyOne's exporters, one sample at a time: a whole data set needs its database, which is not installed."""

import os

os.environ["FIFTYONE_DO_NOT_TRACK"] = "true"

import fiftyone as fo
import fiftyone.utils.coco as fouc
import fiftyone.utils.data as foud
import fiftyone.utils.voc as fouv
import fiftyone.utils.yolo as fouy
from keeping import keep, row
from made import BOXES, NAMES, SIZES, boxed_rows, pictures

LICENCE = "Apache-2.0"
home = pictures("pictures")


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


def detections(name, **more):
    wide, high = SIZES[name]
    return fo.Detections(
        detections=[
            fo.Detection(label=label, bounding_box=[x / wide, y / high, w / wide, h / high], **more)
            for label, x, y, w, h in BOXES[name]
        ]
    )


def export(exporter, labels):
    with exporter:
        for name, label in labels.items():
            path = str(home / name)
            exporter.export_sample(path, label, metadata=fo.ImageMetadata.build_for(path))


boxed = {name: detections(name) for name in SIZES}
export(fouc.COCODetectionDatasetExporter(export_dir="out/coco", export_media=True), boxed)
kept(
    "out/coco/labels.json",
    "coco.json",
    "3 items by their file names; categories by the alphabet",
    labels=["bolt", "nut"],
    rows=boxed_rows(),
)
scored = {"a.png": detections("a.png", confidence=0.75, colour="red")}
export(fouc.COCODetectionDatasetExporter(export_dir="out/scored", export_media=True), scored)
kept(
    "out/scored/labels.json",
    "coco_scores.json",
    "the scores are confidences, and the attribute of both boxes is counted",
    labels=["bolt", "nut"],
    left_out={"attributes": 2},
    rows=boxed_rows(of=("a.png",)),
)
whole = fouv.VOCDetectionDatasetExporter(export_dir="out/voc", export_media=True, include_paths=False)
export(whole, {**boxed, "c.png": None})
kept(
    "out/voc",
    "voc",
    "2 pictures with whole pixels, cut; c.png, which nobody labelled, has no annotation and is set aside",
    note="was refused: its folders are called labels and data",
    labels=["nut", "bolt"],
    rows=boxed_rows(of=("a.png", "b.png"), whole=True),
    bad=[[3, "it has no annotation, and no set lists it"]],
)
export(
    fouy.YOLOv5DatasetExporter(export_dir="out/yolov5", export_media=True, classes=NAMES),
    {**boxed, "c.png": None},
)
kept(
    "out/yolov5",
    "yolov5",
    "2 pictures with boxes, and c.png without: for YOLO a picture without a file of labels has none",
    labels=NAMES,
    rows=boxed_rows("images/val/"),
)
export(fouy.YOLOv4DatasetExporter(export_dir="out/yolov4", export_media=True, classes=NAMES), boxed)
kept(
    "out/yolov4",
    "yolov4",
    "3 pictures by images.txt, labels beside them in data",
    note="was refused: there is an obj.names and no obj.data",
    labels=NAMES,
    rows=boxed_rows("data/"),
)
outline = fo.Polylines(
    polylines=[
        fo.Polyline(
            label="leaf", points=[[(0.25, 0.25), (0.5, 0.25), (0.375, 0.75)]], closed=True, filled=True
        )
    ]
)
shape = fouy.YOLOv5DatasetExporter(export_dir="out/shape", export_media=True, classes=["leaf"])
export(shape, {"a.png": outline})
kept(
    "out/shape",
    "yolov5_outline",
    "the box around the outline, the outline counted",
    labels=["leaf"],
    left_out={"outlines": 1},
    rows=[
        row(
            "images/val/a.png",
            {"boxes": [["leaf", 16, 12, 16, 24]]},
            media="images/val/a.png",
            size=SIZES["a.png"],
        )
    ],
)
named = {name: fo.Classification(label=label) for name, label in (("a.png", "nut"), ("b.png", "bolt"))}
export(foud.FiftyOneImageClassificationDatasetExporter(export_dir="out/classes", export_media=True), named)
kept(
    "out/classes/labels.json",
    "classification.json",
    "refused: FiftyOne's own JSON, an object of classes and labels",
    refused="no format takes it for its own",
)
