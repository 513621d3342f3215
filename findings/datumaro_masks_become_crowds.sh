#!/usr/bin/env bash
# Every mask that Datumaro exports as COCO is a crowd, and so a perfect detector scores nothing against it.
#
# Version: datumaro 1.13.12, scored with pycocotools 2.0.11.
# Input: one object of 16 x 24 pixels in a picture of 64 x 48, once as a mask, once as an outline of the same pixels.
# Behaviour: a mask without the attribute is_crowd is written with iscrowd 1, as if it were a region of many objects.
# COCOeval leaves crowds out of the truth: the same perfect prediction has AP -1 (no truth at all) against the mask and
# AP 1 against the outline. Masks with is_crowd: False are written as outlines and count.
# Output seen: iscrowd 1 and AP -1 for the mask, iscrowd 0 and AP 1 for the outline.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check datumaro==1.13.12 pycocotools==2.0.11
venv/bin/python - <<'PY'
import contextlib
import io

import numpy as np
from datumaro.components.annotation import Mask, Polygon
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

pixels = np.zeros((48, 64), bool)
pixels[12:36, 16:32] = True
shapes = {
    "mask": Mask(pixels, label=0, id=1, group=1),
    "outline": Polygon([16, 12, 32, 12, 32, 36, 16, 36], label=0, id=1, group=1),
}
seen = {}
for name, shape in shapes.items():
    picture = Image.from_numpy(data=np.zeros((48, 64, 3), np.uint8))
    item = DatasetItem(id="a", subset="default", media=picture, annotations=[shape])
    Dataset.from_iterable([item], categories=["nut"], media_type=Image).export(name, "coco_instances")
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(f"{name}/annotations/instances_default.json")
        written = truth.dataset["annotations"][0]
        said = truth.annToRLE(written)
        said["counts"] = said["counts"].decode()
        result = {"image_id": 1, "category_id": 1, "segmentation": said, "score": 1.0}
        scored = COCOeval(truth, truth.loadRes([result]), "segm")
        scored.evaluate()
        scored.accumulate()
        scored.summarize()
    seen[name] = (written["iscrowd"], float(scored.stats[0]))
print(seen)
assert seen["mask"] == (1, -1.0)
assert seen["outline"][0] == 0 and seen["outline"][1] > 0.99
PY
