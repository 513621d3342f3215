#!/usr/bin/env bash
# Two tasks whose pictures have one file name in two folders: one loses its labels in the YOLO and Pascal VOC exports.
#
# Version: label-studio-sdk 2.1.2 (its converter, which Label Studio's server exports with).
# Input: upload/1/a.png with a nut, upload/2/a.png with a bolt; two tasks, one rectangle each.
# Behaviour: YOLO and VOC name the file of labels by the picture's base name alone, so the second task overwrites the
# first without a word. The COCO export of the same tasks has both.
# Output seen: labels/a.txt "0 0.625 0.625 0.25 0.25" (the bolt) and no other; a.xml with the bolt alone; COCO 2 images.
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

tasks = [
    {"id": 1, "data": {"image": picture("1/a.png")}, "annotations": [annotation(rectangle("nut", 25, 25))]},
    {"id": 2, "data": {"image": picture("2/a.png")}, "annotations": [annotation(rectangle("bolt", 50, 50))]},
]
yolo = {path.name: path.read_text() for path in (export(tasks, "YOLO") / "labels").iterdir()}
voc = {path.name: path.read_text() for path in (export(tasks, "VOC") / "Annotations").iterdir()}
coco = json.loads((export(tasks, "COCO") / "result.json").read_text())
print(yolo, list(voc), len(coco["images"]), len(coco["annotations"]))
assert yolo == {"a.txt": "0 0.625 0.625 0.25 0.25\n"}
assert list(voc) == ["a.xml"] and "<name>bolt</name>" in voc["a.xml"] and "<name>nut</name>" not in voc["a.xml"]
assert (len(coco["images"]), len(coco["annotations"])) == (2, 2)
PY
