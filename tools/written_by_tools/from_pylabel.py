# packages: pylabel==0.1.55 pandas==2.1.4 numpy==1.26.4
"""PyLabel's exporters."""

import json
from pathlib import Path

from keeping import keep
from made import BOXES, NAMES, SIZES, boxed_rows, pictures
from pylabel import importer

LICENCE = "MIT"
pictures("pictures")
made = {
    "images": [],
    "annotations": [],
    "categories": [{"id": i, "name": n, "supercategory": ""} for i, n in enumerate(NAMES)],
}
for i, (name, size) in enumerate(SIZES.items()):
    made["images"].append({"id": i, "file_name": name, "width": size[0], "height": size[1]})
    for label, *box in BOXES[name]:
        made["annotations"].append(
            {
                "id": len(made["annotations"]),
                "image_id": i,
                "category_id": NAMES.index(label),
                "bbox": box,
                "area": box[2] * box[3],
                "iscrowd": 0,
                "segmentation": [],
            }
        )
Path("in.json").write_text(json.dumps(made))
found = importer.ImportCoco("in.json", path_to_images="pictures", name="made")


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


Path("out").mkdir()
found.export.ExportToCoco("out/coco.json", cat_id_index=1)
twice = {"boxes": [*BOXES["b.png"], *BOXES["b.png"]]}
kept(
    "out/coco.json",
    "coco.json",
    "3 items, c.png without boxes",
    note="the box of b.png stands in the file twice with one id: the row of c.png, which has none, repeats the one before",
    labels=NAMES,
    left_out={},
    rows=[one if one["id"] != "b.png" else {**one, "label": twice} for one in boxed_rows()],
)
found.export.ExportToVoc("out/voc/labels")
kept(
    "out/voc",
    "voc",
    "3 pictures with whole pixels, cut; the pictures are not there",
    note="was refused: the folder is called labels, and there is no folder data",
    labels=NAMES,
    rows=boxed_rows(whole=True),
)
found.export.ExportToYoloV5("out/yolo/labels", yaml_file="dataset.yaml", copy_images=True)
kept(
    "out/yolo",
    "yolo",
    "3 pictures by dataset.yaml, whose path leads out of the folder; the end that is there is taken",
    labels=NAMES,
    rows=boxed_rows("images/"),
)
