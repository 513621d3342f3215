#!/usr/bin/env bash
# A task that nobody labelled cannot be told from one in which a person found nothing, in the YOLO and JSON-MIN exports.
#
# Version: label-studio-sdk 2.1.2 (its converter).
# Input: three tasks, as an export of all tasks holds them: one without any annotation, one whose annotation is empty
# (a person looked and found nothing), one skipped (was_cancelled).
# Behaviour: YOLO writes an empty file of labels for the first as for the second, and detectors train on it as a picture
# with nothing in it. The skipped one has none. In JSON-MIN both are records without the control's key; all that tells
# them apart is that annotation_id is null.
# Output seen: labels/a.txt and labels/b.txt, both empty; JSON-MIN: keys of both alike, annotation_id null and 1.
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

from made import annotation, export, picture

tasks = [
    {"id": 1, "data": {"image": picture("1/a.png")}, "annotations": []},
    {"id": 2, "data": {"image": picture("1/b.png")}, "annotations": [annotation()]},
    {"id": 3, "data": {"image": picture("1/c.png")}, "annotations": [annotation(was_cancelled=True)]},
]
labels = {path.name: path.read_text() for path in (export(tasks, "YOLO") / "labels").iterdir()}
records = json.loads((export(tasks, "JSON_MIN") / "result.json").read_text())
print(labels, [(sorted(one), one["annotation_id"]) for one in records])
assert labels == {"a.txt": "", "b.txt": ""}
assert [one["annotation_id"] for one in records] == [None, 1]
assert sorted(records[0]) == sorted(records[1]) and "box" not in records[0]
PY
