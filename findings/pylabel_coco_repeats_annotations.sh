#!/usr/bin/env bash
# A picture without boxes makes PyLabel's COCO export repeat the annotation before it, with the same id.
#
# Version: pylabel 0.1.55 with pandas 2.1.4, numpy 1.26.4.
# Input: a COCO file of two pictures, the first with one box, the second with none; imported and exported again.
# Behaviour: the row of the picture without boxes is written with the annotation of the row before it. The first picture
# then has its box twice, under one id; a detector is scored against one object too many.
# Output seen: 2 annotations, both [1, 3, 8, 9] of the first picture with id 0, out of 1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pylabel==0.1.55 pandas==2.1.4 numpy==1.26.4
venv/bin/python - <<'PY'
import json
from pathlib import Path

from PIL import Image
from pylabel import importer

images = [{"id": n, "file_name": f"{n}.png", "width": 40, "height": 30} for n in range(2)]
for one in images:
    Image.new("L", (40, 30)).save(one["file_name"])
box = {"id": 0, "image_id": 0, "category_id": 1, "bbox": [1, 3, 8, 9], "area": 72, "iscrowd": 0, "segmentation": []}
document = {"images": images, "annotations": [box], "categories": [{"id": 1, "name": "nut", "supercategory": ""}]}
Path("in.json").write_text(json.dumps(document))
found = importer.ImportCoco("in.json", path_to_images=".", name="made")
found.export.ExportToCoco("out.json", cat_id_index=1)
said = [(one["id"], one["image_id"], one["bbox"]) for one in json.loads(Path("out.json").read_text())["annotations"]]
print(said)
assert said == [(0, 0, [1.0, 3.0, 8.0, 9.0])] * 2
PY
