#!/usr/bin/env bash
# A control that is called as a column of the data is: JSON-MIN loses the column, CSV keeps it.
#
# Version: label-studio-sdk 2.1.2 (its converter).
# Input: a task with data {"text": "fine day"} and a control <Choices name="text"> with the choice "good".
# Behaviour: JSON-MIN puts columns and controls side by side in one object, and the control overwrites the text that was
# labelled; nothing says so. The CSV export of the same task renames the column to _data_text.
# Output seen: JSON-MIN {"text": "good", ...} without "fine day"; CSV columns "_data_text","text" with both.
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

from made import annotation, export

view = """<View><Text name="shown" value="$text"/><Choices name="text" toName="shown">
<Choice value="good"/><Choice value="bad"/></Choices></View>"""
chosen = {"id": "r", "from_name": "text", "to_name": "shown", "type": "choices", "value": {"choices": ["good"]}}
tasks = [{"id": 1, "data": {"text": "fine day"}, "annotations": [annotation(chosen)]}]
short = (export(tasks, "JSON_MIN", view) / "result.json").read_text()
table = (export(tasks, "CSV", view) / "result.csv").read_text()
print(short, table)
assert json.loads(short)[0]["text"] == "good" and "fine day" not in short
assert '"_data_text"' in table and '"fine day"' in table
PY
