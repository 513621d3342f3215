# packages: pycocotools==2.0.11 numpy==2.4.6
"""pycocotools: results that it loads become annotations, and its masks become run lengths."""

import json
from pathlib import Path

import numpy as np
from keeping import keep, row
from made import BOXES, NAMES, SIZES, boxed_rows
from pycocotools import mask
from pycocotools.coco import COCO

LICENCE = "BSD-2-Clause"
out = Path("out")
out.mkdir()


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


images = [
    {"id": i, "file_name": n, "width": w, "height": h} for i, (n, (w, h)) in enumerate(SIZES.items(), start=1)
]
categories = [{"id": i, "name": name} for i, name in enumerate(NAMES, start=1)]
empty = out / "empty.json"
empty.write_text(json.dumps({"info": {}, "images": images, "annotations": [], "categories": categories}))
results = [
    {"image_id": i, "category_id": NAMES.index(label) + 1, "bbox": place, "score": 0.5}
    for i, name in enumerate(SIZES, start=1)
    for label, *place in BOXES[name]
]
(out / "results.json").write_text(json.dumps(results))
kept(
    out / "results.json",
    "results.json",
    "refused: a list of results, which names no pictures",
    read_as="coco",
    refused="it is a list, as files of results are",
)
loaded = COCO(str(empty)).loadRes(str(out / "results.json"))
(out / "loaded.json").write_text(json.dumps(loaded.dataset))
kept(
    out / "loaded.json",
    "loaded.json",
    "3 items with scores as confidences; the outlines, which loadRes makes of the boxes, are counted",
    labels=NAMES,
    left_out={"outlines": 3},
    rows=boxed_rows(),
)
shape = np.zeros((48, 64), np.uint8)
shape[12:36, 16:32] = 1
coded = mask.encode(np.asfortranarray(shape))
coded["counts"] = coded["counts"].decode()
(out / "masks.json").write_text(
    json.dumps([{"image_id": 1, "category_id": 1, "segmentation": coded, "score": 0.5}])
)
loaded = COCO(str(empty)).loadRes(str(out / "masks.json"))
plain = loaded.dataset | {
    "annotations": [
        {**one, "bbox": [float(edge) for edge in one["bbox"]], "area": int(one["area"])}
        for one in loaded.dataset["annotations"]
    ]
}
(out / "loaded_masks.json").write_text(json.dumps(plain))
kept(
    out / "loaded_masks.json",
    "loaded_masks.json",
    "the box around the mask with its score, the mask counted as an outline",
    labels=NAMES,
    left_out={"outlines": 1},
    rows=[
        row("a.png", {"boxes": [["nut", 16, 12, 16, 24]]}, media="a.png", size=SIZES["a.png"]),
        row("b.png", {"boxes": []}, media="b.png", size=SIZES["b.png"]),
        row("c.png", {"boxes": []}, media="c.png", size=SIZES["c.png"]),
    ],
)
