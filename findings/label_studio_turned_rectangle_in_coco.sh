#!/usr/bin/env bash
# A turned rectangle in a picture that is not square: the COCO export puts its box elsewhere than the YOLO_OBB export.
#
# Version: label-studio-sdk 2.1.2 (its converter).
# Input: a rectangle of 16 x 12 pixels at x = 32, y = 9.6 in a picture of 64 x 48, turned by 90 degrees about its top
# left corner. It covers x from 20 to 32 and y from 9.6 to 25.6.
# Behaviour: YOLO_OBB turns in pixels and is right. COCO turns in percent of two different sides, and its box is neither
# where the object is nor as large; YOLO and VOC leave the turn out, and their box does not touch the object at all.
# Output seen: OBB x 0.3125 to 0.5, y 0.2 to 0.5333; COCO bbox [16, 9.6, 16, 12]; YOLO 1 0.625 0.325 0.25 0.25.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check label-studio-sdk==2.1.2
cat > made.py <<'PY'
import json
import logging
from pathlib import Path

from label_studio_sdk.converter import Converter
from PIL import Image

logging.disable(logging.CRITICAL)
VIEW = """<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image">
<Label value="nut"/><Label value="bolt"/></RectangleLabels></View>"""


def picture(name):
    path = Path("upload", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (64, 48)).save(path)
    return f"/data/upload/{name}"


def rectangle(label, x, y, rotation=0):
    """A quarter of the picture's width and height, places in percent, as the labelling page writes it."""
    value = {"x": x, "y": y, "width": 25, "height": 25, "rotation": rotation, "rectanglelabels": [label]}
    return {
        "id": "r", "from_name": "box", "to_name": "image", "type": "rectanglelabels", "value": value,
        "original_width": 64, "original_height": 48, "image_rotation": 0,
    }


def annotation(*result, **more):
    made = {"id": 1, "completed_by": {"id": 1, "email": "a@example.org"}, "created_at": "2026-01-02T03:04:05Z"}
    return {**made, "was_cancelled": False, "result": list(result), **more}


def export(tasks, form, view=VIEW):
    Path("tasks.json").write_text(json.dumps(tasks))
    out = Path("out", form)
    Converter(view, project_dir=None, upload_dir="upload", download_resources=True).convert(
        "tasks.json", str(out), form, is_dir=False
    )
    return out
PY
venv/bin/python - <<'PY'
import json

from made import annotation, export, picture, rectangle

tasks = [{"id": 1, "data": {"image": picture("1/a.png")}, "annotations": [annotation(rectangle("nut", 50, 20, 90))]}]
corners = [float(one) for one in (export(tasks, "YOLO_OBB") / "labels/a.txt").read_text().split()[1:]]
xs, ys = [64 * x for x in corners[::2]], [48 * y for y in corners[1::2]]
turned = [round(one, 2) for one in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))]
coco = json.loads((export(tasks, "COCO") / "result.json").read_text())["annotations"][0]["bbox"]
plain = (export(tasks, "YOLO") / "labels/a.txt").read_text()
print(turned, coco, plain)
assert turned == [20, 9.6, 12, 16]
assert [round(one, 2) for one in coco] == [16, 9.6, 16, 12]
assert plain == "1 0.625 0.325 0.25 0.25\n"
PY
